"""V28: what is published tells of nobody more than the manifest allows, and the report is true."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from tallying.election import Election
from tallying.errors import InvalidBundle, TallyingError
from tallying.evidence import canonical, privacy
from tallying.evidence.checks.check import Check, Failed
from tallying.evidence.checks.evidence import Evidence, Json, field, whole
from tallying.evidence.count import OUTCOME, has_ballots
from tallying.evidence.privacy import Done
from tallying.evidence.suppression import is_merged, reconciled, without_numbers
from tallying.formats import pabulib
from tallying.formats.pabulib import PabulibFile

VOTES = b"\nVOTES\n"
RECONCILIATION = "reconciliation.json"

Pairs = list[tuple[Any, int]]


def v28(evidence: Evidence) -> str:
    """The report is what the ballots give, and every file keeps to what it says was done."""
    terms = evidence.privacy
    if terms.problems:
        raise Failed(f"The manifest protects less than any round may: {', '.join(terms.problems)}.")
    lines = _report_lines(evidence)
    for box_id, election in evidence.elections.items():
        line = lines[box_id]
        done = _done(line, box_id)
        if has_ballots(evidence.bundle, box_id):
            _as_recomputed(evidence, box_id, election, line)
        _files(evidence, box_id, done, line)
        _OF_DONE[done](evidence, box_id, election, line)
    _small_numbers(evidence)
    return _found(lines)


def _found(lines: dict[str, Json]) -> str:
    told = []
    for done in Done:
        number = sum(line["done"] == done for line in lines.values())
        if number:
            told.append(f"{number} {done.value}")
    return f"ballots of boxes: {', '.join(told)}; no small number is told"


def _report_lines(evidence: Evidence) -> dict[str, Json]:
    """The report's lines by box; raises `Failed` unless it is about this round and its boxes."""
    report = evidence.bundle.read_json(privacy.PATH)
    stated = field(report, "boxes", privacy.PATH)
    boxes = [str(field(line, "box", privacy.PATH)) for line in stated]
    missing = [box_id for box_id in evidence.elections if box_id not in boxes]
    if missing:
        raise Failed(f"The privacy report says nothing of box {missing[0]}.")
    if boxes != list(evidence.elections):
        raise Failed("The privacy report names a box that is not on the ballot, or one twice.")
    expected = privacy.report(evidence.round_id, stated, evidence.privacy)
    if canonical.dumps(report) != canonical.dumps(expected):
        raise Failed("The privacy report is of another round, or of other terms than the manifest.")
    return dict(zip(boxes, stated, strict=True))


def _done(line: Json, box_id: str) -> Done:
    try:
        return Done(field(line, "done", privacy.PATH))
    except ValueError as error:
        raise Failed(f"The privacy report does not say what was done in box {box_id}.") from error


def _as_recomputed(evidence: Evidence, box_id: str, election: Election, line: Json) -> None:
    """The line is that of the ballots themselves."""
    pairs = _pairs(evidence, box_id)
    expected = privacy.box_report(box_id, election.style, pairs, evidence.privacy)
    if canonical.dumps(line) == canonical.dumps(expected):
        return
    names = [name for name in expected if line.get(name, ...) != expected[name]]
    what = f"another {names[0]} than its ballots give" if names else "more than it may"
    raise Failed(f"The privacy report of box {box_id} tells {what}.")


def _pairs(evidence: Evidence, box_id: str) -> Pairs:
    return [(choices, count) for choices, count in evidence.profile(box_id).pairs()]


def _files(evidence: Evidence, box_id: str, done: Done, line: Json) -> None:
    """The files of a box are those of what was done, and the notice gives the same reason."""
    index, folder = evidence.bundle.index, f"box/{box_id}"
    expected = {
        f"{folder}/ballots.pb": done is Done.PUBLISHED,
        f"{folder}/restricted/ballots.jsonl": done is Done.PUBLISHED,
        f"{folder}/withheld.json": done is not Done.PUBLISHED,
        f"{folder}/{privacy.TRUNCATED_FILE}": done is Done.TRUNCATED,
        f"{folder}/invalid.json": done is not Done.MERGED,
    }
    for path, wanted in expected.items():
        if wanted and path not in index:
            raise Failed(f"The ballots of box {box_id} are {done.value}, but {path} is missing.")
        if path in index and not wanted:
            raise Failed(f"The ballots of box {box_id} are {done.value}; {path} tells of them.")
    if done is not Done.PUBLISHED:
        notice = evidence.bundle.read_json(f"{folder}/withheld.json")
        if notice != {"reason": line.get("reason")}:
            raise Failed(f"The notice of box {box_id} gives another reason than the report.")


def _published(evidence: Evidence, box_id: str, election: Election, _line: Json) -> None:
    """The published votes are sorted, numbered from 1, and have no column beside the ballot."""
    if _counted(evidence, box_id) < evidence.privacy.least_ballots:
        raise Failed(f"Box {box_id} publishes fewer than {evidence.privacy.least_ballots} ballots.")
    pairs = [(choices, count) for choices, count in evidence.published(box_id).pairs()]
    _only_ballots(evidence, box_id, f"box/{box_id}/ballots.pb", election, pairs)


def _truncated(evidence: Evidence, box_id: str, election: Election, line: Json) -> None:
    """The shortened ballots are as many as were counted, as short as stated, and seldom unique."""
    path = f"box/{box_id}/{privacy.TRUNCATED_FILE}"
    _no_hash_of_ballots(evidence, box_id)
    pairs = [(choices, count) for choices, count in _read(evidence, path).profile.pairs()]
    keep = whole(line, "keep", privacy.PATH)
    if sum(count for _, count in pairs) != _counted(evidence, box_id):
        raise Failed(f"{path} holds another number of ballots than were counted.")
    if max(len(choices) for choices, _ in pairs) > keep or keep < 1:
        raise Failed(f"{path} holds longer ballots than the {keep} projects of the report.")
    if not privacy.is_within(pairs, evidence.privacy):
        raise Failed(f"More of {path} is unique than the manifest allows.")
    if has_ballots(evidence.bundle, box_id):
        whole_pairs = _pairs(evidence, box_id)
        pairs = list(privacy.truncated(election.style, whole_pairs, keep))
    shortened = privacy.truncated_election(election)
    _only_ballots(evidence, box_id, path, shortened, pairs)


def _withheld(evidence: Evidence, box_id: str, _election: Election, line: Json) -> None:
    """Few ballots, or ballots that are mostly unique: neither they nor a hash of them is public."""
    _no_hash_of_ballots(evidence, box_id)
    few = _counted(evidence, box_id) < evidence.privacy.least_ballots
    if few == (line["reason"] == privacy.TOO_MANY_UNIQUE):
        raise Failed(f"The reason why box {box_id} withholds its ballots is not the true one.")


def _merged(evidence: Evidence, box_id: str, _election: Election, _line: Json) -> None:
    """Not even a number of people: not in the reconciliation, not in the outcome."""
    told = evidence.reconciliation[box_id]
    if any(value is not None for name, value in told.items() if name != "box"):
        raise Failed(f"The reconciliation tells numbers of the few ballots of box {box_id}.")
    outcome = _outcome(evidence, box_id)
    if canonical.dumps(outcome) != canonical.dumps(without_numbers(outcome)):
        raise Failed(f"The outcome tells numbers of the few ballots of box {box_id}.")


_OF_DONE: dict[Done, Callable[[Evidence, str, Election, Json], None]] = {
    Done.PUBLISHED: _published,
    Done.TRUNCATED: _truncated,
    Done.WITHHELD: _withheld,
    Done.MERGED: _merged,
}


def _counted(evidence: Evidence, box_id: str) -> int:
    """How many ballots the result of a box counts; raises `Failed` where that is hidden."""
    line = field(evidence.reconciliation, box_id, RECONCILIATION)
    if is_merged(line):
        raise Failed(f"The reconciliation hides the numbers of box {box_id}, which are not small.")
    return whole(line, "result", RECONCILIATION)


def _small_numbers(evidence: Evidence) -> None:
    """What is hidden cannot be worked out: not from the log, nor from the other boxes."""
    least = evidence.privacy.least_cell
    for item in field(evidence.only("box.commit")[1], "boxes", "box.commit"):
        size = field(item, "size", "box.commit")
        if size is not None and (type(size) is not int or size < least):
            raise Failed(f"The log says how few ballots box {item.get('box')} counts.")
    lines = evidence.reconciliation
    hidden = [box_id for box_id, line in lines.items() if line.get("accepted") is None]
    if evidence.merged and len(hidden) < min(2, len(lines)):
        raise Failed(
            f"What box {hidden[0]} hides is the casts of the log less those of the other boxes."
        )
    if not evidence.bundle.is_public:
        _hidden_as_they_should_be(evidence, hidden)


def _hidden_as_they_should_be(evidence: Evidence, hidden: list[str]) -> None:
    """With the openings at hand: the very boxes that suppression picks hide their numbers."""
    accepted = Counter(map(str, evidence.openings.boxes))
    full = [
        {**line, "accepted": accepted[box_id], "result": 0 if is_merged(line) else line["result"]}
        for box_id, line in evidence.reconciliation.items()
    ]
    told = reconciled(full, evidence.privacy.least_cell)
    expected = [line["box"] for line in told if line["accepted"] is None]
    if hidden != expected:
        raise Failed(f"Boxes {', '.join(hidden)} hide their numbers, not {', '.join(expected)}.")


def _no_hash_of_ballots(evidence: Evidence, box_id: str) -> None:
    """Whoever tries out every handful of ballots finds the one that a public hash names."""
    if field(_outcome(evidence, box_id), "input", OUTCOME) is not None:
        raise Failed(f"The outcome gives the hash of the ballots withheld in box {box_id}.")


def _outcome(evidence: Evidence, box_id: str) -> Json:
    boxes = field(evidence.result, "boxes", OUTCOME)
    found: Json = next(item["outcome"] for item in boxes if item["box"] == box_id)
    return found


def _read(evidence: Evidence, path: str) -> PabulibFile:
    try:
        return pabulib.read(evidence.bundle.read(path), path)
    except TallyingError as error:
        message = f"{path} cannot be read: {error}"
        raise InvalidBundle(message) from error


def _only_ballots(
    evidence: Evidence, box_id: str, path: str, election: Election, pairs: Pairs
) -> None:
    votes = evidence.bundle.read(path).rpartition(VOTES)[2]
    if votes != pabulib.write(election, pairs, {}).rpartition(VOTES)[2]:
        raise Failed(f"The public file of box {box_id} says more of its voters than their ballots.")


CHECKS = (Check("V28", "the privacy of what is published", v28),)
