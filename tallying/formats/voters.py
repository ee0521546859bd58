"""The lines of a file, one voter each: only conversions need them, the count does not."""

from pathlib import Path

from tallying.formats import module_of
from tallying.formats.election_file import ElectionFile, PlainFile, Voter
from tallying.formats.pabulib_file import PabulibFile
from tallying.formats.rows import decode, sections, value

_BALLOT = frozenset({"voter_id", "vote", "points"})


def voters_of(path: Path, source: ElectionFile) -> tuple[Voter, ...] | None:
    """The voters of a file that was read from `path`; None when it holds only counted ballots."""
    if path.suffix.lower() == ".parquet":
        found: tuple[Voter, ...] | None = module_of(path).voters(path, source)
        return found
    if isinstance(source, PlainFile):
        return source.voters
    if not isinstance(source, PabulibFile):
        return None
    section = sections(decode(path.read_bytes(), source.file), source.file)["VOTES"]
    graded = source.election.style.graded
    further = [
        (place, name)
        for place, name in enumerate(section.header)
        if name and not (name in _BALLOT and (graded or name != "points"))
    ]
    return tuple(
        Voter(name, {column: value(row, place) for place, column in further}, choices)
        for row, (name, choices) in zip(section.rows, source.ballots_raw, strict=True)
    )
