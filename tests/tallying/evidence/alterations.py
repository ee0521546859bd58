"""What a dishonest operator, who holds the keys of log and index, does to a round of the evidence."""

import json
from collections.abc import Callable
from typing import Any

from tallying.evidence import canonical
from tallying.evidence.checkpoint import Checkpoint
from tallying.evidence.notes import sign
from tests.tallying.evidence.example_round import Keys, voter_ref
from tests.tallying.evidence.synthetic import Case

OUTCOME = "tally/outcome.json"
COUNTED = "box/north/restricted/counted.jsonl"
BALLOTS = "box/north/restricted/ballots.jsonl"
OPENINGS = "roll/restricted/openings.jsonl"
ROLL = "roll/restricted/roll.jsonl"
LOG = "log/entries.jsonl"
REPORT = "privacy/report.json"


def drop_line(name: str) -> Callable[[Case], Any]:
    return lambda case: case.edit_lines(name, lambda lines: [*lines[:5], *lines[6:]])


def edit_first(name: str, **fields: Any) -> Callable[[Case], Any]:
    return lambda case: case.edit_lines(name, lambda lines: lines[0].update(fields))


def edit(name: str, change: Callable[[Any], Any]) -> Callable[[Case], Any]:
    return lambda case: case.edit(name, change)


def edit_report(place: int, **fields: Any) -> Callable[[Case], Any]:
    return edit(REPORT, lambda value: value["boxes"][place].update(fields))


def relogged(change: Callable[[Case], Any]) -> Callable[[Case], Any]:
    """A change of the entries, with root and checkpoints made anew."""

    def apply(case: Case) -> None:
        change(case)
        case.relog()

    return apply


def entry(case: Case, kind: str) -> dict[str, Any]:
    return next(item for item in case.entries if item["t"] == kind)


def move(kind: str, place: int) -> Callable[[Case], Any]:
    def apply(case: Case) -> None:
        moved = entry(case, kind)
        case.entries.remove(moved)
        case.entries.insert(place, moved)

    return relogged(apply)


def opened_at(time: str) -> Callable[[Case], Any]:
    return relogged(lambda case: entry(case, "open").update(at=time))


def alter_margin(value: dict[str, Any]) -> None:
    value["boxes"][0]["outcome"]["margins"][0]["more"] += 1


def alter_value(value: dict[str, Any]) -> None:
    value["boxes"][0]["outcome"]["projects"][0]["values"]["left"] += 1


def announce_outcome(change: Callable[[Any], Any]) -> Callable[[Case], Any]:
    """Publish another outcome, and log it as if it had been counted."""

    def apply(case: Case) -> None:
        case.edit(OUTCOME, change)
        case.entries[-1]["outcome"] = canonical.digest_of(case.files[OUTCOME])

    return relogged(apply)


def announce_input(change: Callable[[Case], Any]) -> Callable[[Case], Any]:
    """Count something else, and log input and outcome as if all were well."""

    def apply(case: Case) -> None:
        change(case)
        entry(case, "tally.input")["input"] = case.input_digest()
        case.relog()

    return apply


def change_winner(result: Any) -> None:
    result["boxes"][0]["outcome"]["funded"] = ["n5"]


def change_step(result: Any) -> None:
    result["boxes"][0]["outcome"]["rounds"][1]["left"] = 1


def alter_envelope(lines: list[Any]) -> None:
    content = bytearray(canonical.unb64u(lines[0]["envelope"]))
    content[:4] = b"----"
    lines[0]["envelope"] = canonical.b64u(bytes(content))
    lines[0]["ct"] = canonical.digest_of(bytes(content))
    lines.sort(key=lambda line: canonical.unb64u(line["envelope"]))


def cost(case: Case) -> None:
    case.edit("config/round.json", lambda value: value["boxes"][0]["projects"][0].update(cost=1))


def stuff(case: Case) -> None:
    case.edit_lines(OPENINGS, lambda lines: lines[7].update(voter_ref=voter_ref(9999)))


def count_twice(case: Case) -> None:
    """Let a voter's first ballot count beside the last."""
    superseded = "box/north/restricted/superseded.jsonl"
    line = json.loads(case.files[superseded].splitlines()[0])
    case.edit_lines(superseded, lambda lines: lines[1:])
    case.edit_lines(COUNTED, lambda lines: lines.append(line))
    order = lambda lines: sorted(lines, key=lambda line: canonical.unb64u(line["envelope"]))  # noqa: E731
    case.edit_lines(COUNTED, order)


def other_history(case: Case) -> None:
    """Keep a checkpoint of the log as it was, and go on with another log."""
    kept = case.files["log/history/0000000003.checkpoint"]
    entry(case, "open")["by"] = ["official-a", "official-c"]
    case.relog()
    case.files["log/history/0000000003.checkpoint"] = kept


def with_history(change: Callable[[Case], Any]) -> Callable[[Case], Any]:
    """Write the past anew and sign it again; a checkpoint of the old one was kept by somebody."""

    def apply(case: Case) -> None:
        kept = case.files["log/history/0000000003.checkpoint"]
        change(case)
        case.relog()
        case.files["log/history/0000000003.checkpoint"] = kept

    return apply


def malformed(part: bytes, other: bytes) -> Callable[[Case], Any]:
    """A checkpoint of another form, its signature made anew."""

    def apply(case: Case) -> None:
        note = case.files["log/checkpoint"]
        assert part in note
        text = note.replace(part, other, 1).rpartition(b"\n\n")[0].decode() + "\n"
        case.files["log/checkpoint"] = sign(text, case.keys.log)

    return apply


def unsigned(case: Case) -> None:
    text = case.files["log/checkpoint"].rpartition(b"\n\n")[0]
    case.files["log/checkpoint"] = text + b"\n"


def swap_casts(case: Case) -> None:
    case.entries[3], case.entries[4] = case.entries[4], case.entries[3]


def forged_checkpoint(case: Case) -> None:
    other = Keys.make().log
    checkpoint = Checkpoint.parse(
        case.files["log/checkpoint"].decode().rpartition("\n\n")[0] + "\n"
    )
    case.files["log/checkpoint"] = checkpoint.sign(other)


def shorter_checkpoint(case: Case) -> None:
    case.files["log/checkpoint"] = case.files["log/history/0000000003.checkpoint"]


def of_another_log(case: Case) -> None:
    entry(case, "round.config")["origin"] = "another.example.org/log"


def late_roll(case: Case) -> None:
    change = {**entry(case, "roll.commit"), "t": "roll.change", "size": 130}
    case.entries.insert(len(case.entries) - 2, change)


def another_promise(line: dict[str, Any]) -> None:
    line["promise"] = "in the log some day"
