"""On which lines of a Pabulib file a repair was needed."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tallying.election import Election
from tallying.formats.pabulib_file import PabulibFile
from tallying.formats.rows import decode, sections, value
from tallying.formats.votes import Policy, kept_as_it_stands


class Repaired(NamedTuple):
    """A ballot that a named policy touched; `line` counts from 1."""

    line: int
    field: str
    policy: str
    voter: str


def repaired_lines(path: Path, file: PabulibFile) -> Iterator[Repaired]:
    """Each policy of each line, in the order of the file."""
    section = sections(decode(path.read_bytes(), file.file), file.file)["VOTES"]
    vote, points = section.column("vote"), section.column("points")
    voters = Counter(voter for voter, _ in file.ballots_raw)
    for row, (voter, choices) in zip(section.rows, file.ballots_raw, strict=True):
        if voters[voter] > 1:
            yield Repaired(row.line, "voter_id", Policy.REPEATED_VOTER.value, voter)
        numbers = value(row, points) if file.election.style.graded else ""
        for policy in _policies(file.election, value(row, vote), numbers):
            yield Repaired(row.line, "vote", policy.value, voter)
        for policy in sorted(kept_as_it_stands(file.election, choices)):
            yield Repaired(row.line, "vote", policy.value, voter)


def _policies(election: Election, vote: str, points: str) -> Iterator[Policy]:
    """What was dropped from the texts of a ballot that can be read."""
    names = [name.strip() for name in vote.split(",") if name.strip()]
    if len(set(names)) < len(names):
        yield Policy.REPEATED_PROJECT
    if any(name not in election.index for name in names):
        yield Policy.UNKNOWN_PROJECT
    numbers = [text for text in points.split(",") if text.strip()]
    if any(float(text) == 0 for text in numbers):
        yield Policy.ZERO_POINTS
