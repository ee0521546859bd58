"""The mutation corpus: bundles altered in one way, each refused by the check it concerns.

Every test runs twice, once for each of the two verifiers.

First a stranger's alterations of the archive, which the index shows. Then a dishonest operator's,
who signs index and log anew with the round's own keys: the deeper checks show those.
"""

import json
from collections.abc import Callable
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from tallying.cli import main
from tallying.evidence import bundle, canonical, manifest
from tallying.evidence.acceptance import PATH as ACCEPTANCES
from tallying.evidence.attestation import Statement
from tallying.evidence.checkpoint import Checkpoint
from tallying.evidence.notes import sign
from tallying.evidence.verify import Verdict
from tallying.formats import pabulib
from tests.tallying.evidence.archives import alter, detail, failed
from tests.tallying.evidence.beside import allowed
from tests.tallying.evidence.conftest import Verify
from tests.tallying.evidence.second import pbverify
from tests.tallying.evidence.synthetic import (
    ROUND,
    Case,
    Cast,
    Keys,
    example_casts,
    example_manifest,
    voter_ref,
)

FILES = sorted(
    [
        *(f"config/{name}" for name in ("round.json", "lots.json", "policy.txt")),
        "config/keys/receipt.txt",
        *("log/checkpoint", "log/entries.jsonl", "log/history/0000000001.checkpoint"),
        *("roll/root.json", "roll/restricted/roll.jsonl", "roll/restricted/openings.jsonl"),
        *(f"box/north/restricted/{name}.jsonl" for name in ("counted", "superseded", "ballots")),
        *("box/north/invalid.json", "box/north/ballots.pb", "box/south/withheld.json"),
        *(
            "reconciliation.json",
            "privacy/report.json",
            "tally/outcome.json",
            "software/requirements.lock",
        ),
        *("verify/CHECKS.md", "verify/pbverify.py", ACCEPTANCES),
    ]
)
OUTCOME = "tally/outcome.json"
COUNTED = "box/north/restricted/counted.jsonl"
BALLOTS = "box/north/restricted/ballots.jsonl"
OPENINGS = "roll/restricted/openings.jsonl"
ROLL = "roll/restricted/roll.jsonl"
LOG = "log/entries.jsonl"
REPORT = "privacy/report.json"


def changed(content: bytes) -> bytes:
    """The same content with one bit of its middle byte turned."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("how", ["removed", "emptied", "altered", "lengthened", "renamed"])
def test_no_file_can_be_touched(
    case: Case, tmp_path: Path, check: Verify, name: str, how: str
) -> None:
    content = case.files[name]
    changes: dict[str, bytes | None] = {
        "removed": {name: None},
        "emptied": {name: b""},
        "altered": {name: changed(content)},
        "lengthened": {name: content + b"\n"},
        "renamed": {name: None, f"{name}.old": content},
    }[how]
    path = alter(case.write(tmp_path / "honest.zip"), tmp_path / "altered.zip", changes)
    report = check(path)
    assert "V01" in failed(report)
    assert name in detail(report, "V01")
    assert report.verdict is Verdict.FAILED


@pytest.mark.parametrize(("name", "expected"), [("INDEX.json", "V01"), ("INDEX.sig", "V02")])
@pytest.mark.parametrize("how", ["emptied", "altered"])
def test_index_and_signature_cannot_be_touched(
    case: Case, tmp_path: Path, check: Verify, name: str, expected: str, how: str
) -> None:
    honest = case.write(tmp_path / "honest.zip")
    with bundle.Bundle.open(honest) as opened:
        content = opened.read(name)
    change = {"emptied": b"", "altered": changed(content)}[how]
    report = check(alter(honest, tmp_path / "altered.zip", {name: change}))
    assert expected in failed(report)


def test_a_missing_signature_is_seen(case: Case, tmp_path: Path, check: Verify) -> None:
    honest = case.write(tmp_path / "honest.zip")
    report = check(alter(honest, tmp_path / "altered.zip", {"INDEX.sig": None}))
    assert "V02" in failed(report)


@pytest.mark.parametrize("name", ["extra.txt", "box/north/restricted/more.jsonl", "log/history/x"])
def test_no_file_can_be_added(case: Case, tmp_path: Path, check: Verify, name: str) -> None:
    honest = case.write(tmp_path / "honest.zip")
    report = check(alter(honest, tmp_path / "altered.zip", {name: b"more"}))
    assert "V01" in failed(report)
    assert name in detail(report, "V01")


def test_a_bundle_forged_with_other_keys_does_not_pass_the_trust_file(
    tmp_path: Path, check: Verify
) -> None:
    forged = Case(keys=Keys.make()).build(tmp_path)
    path = forged.write(tmp_path / "forged.zip")
    assert failed(check(path)) == {"V02"}
    assert check(path, trusting=False).verdict is Verdict.UNPROVEN


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
    case.edit_lines(superseded, lambda lines: lines.pop(0))
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


OPERATOR: dict[str, tuple[str, Callable[[Case], Any]]] = {
    "an accepted ballot that is not in the log": ("V29", lambda case: case.hand_in(bytes(32))),
    "an acceptance of another key": (
        "V29",
        lambda case: case.hand_in(bytes(32), signer=case.keys.auditor),
    ),
    "an acceptance of another promise": (
        "V29",
        lambda case: case.edit_lines(ACCEPTANCES, lambda lines: another_promise(lines[0])),
    ),
    "an acceptance twice": (
        "V29",
        lambda case: case.edit_lines(ACCEPTANCES, lambda lines: [lines[0], *lines]),
    ),
    "two log keys in the policy": (
        "V02",
        lambda case: case.files.update(
            {
                "config/policy.txt": b"log "
                + Keys.make().log.verifier_key.encode()
                + b"\n"
                + case.files["config/policy.txt"]
            }
        ),
    ),
    "two keys for receipts": (
        "V02",
        lambda case: case.files.update(
            {"config/keys/receipt.txt": case.files["config/keys/receipt.txt"] * 2}
        ),
    ),
    "another spelling of JSON": (
        "V03",
        lambda case: case.files.update(
            {
                "reconciliation.json": json.dumps(
                    json.loads(case.files["reconciliation.json"])
                ).encode()
            }
        ),
    ),
    "a reordered log": (
        "V04",
        lambda case: case.edit_lines(LOG, lambda lines: lines.insert(4, lines.pop(3))),
    ),
    "a removed log entry": ("V04", drop_line(LOG)),
    "an edited log entry": (
        "V04",
        lambda case: case.edit_lines(LOG, lambda lines: lines[5].update(ct=lines[6]["c"])),
    ),
    "an inserted log entry": (
        "V04",
        lambda case: case.edit_lines(
            LOG, lambda lines: lines.insert(5, {**lines[5], "ct": lines[6]["c"]})
        ),
    ),
    "a checkpoint with a line too many": ("V05", malformed(b"\n\n", b"\nmore\n\n")),
    "a checkpoint of a size with zeros": ("V05", malformed(b"-2027\n1", b"-2027\n01")),
    "a checkpoint without a signature": ("V05", unsigned),
    "a checkpoint of an edited past": ("V07", with_history(lambda c: c.entries[1].update(size=9))),
    "a checkpoint of a past with less": ("V07", with_history(lambda c: c.entries.pop(1))),
    "a checkpoint of a past with more": (
        "V07",
        with_history(lambda c: c.entries.insert(1, {**c.entries[1], "size": 9})),
    ),
    "a checkpoint of a reordered past": (
        "V07",
        with_history(lambda c: c.entries.insert(1, c.entries.pop(2))),
    ),
    "a shorter checkpoint": ("V04", shorter_checkpoint),
    "a repeated log entry": (
        "V04",
        relogged(lambda case: case.entries.append(dict(case.entries[-1]))),
    ),
    "a forged checkpoint": ("V05", forged_checkpoint),
    "a checkpoint of another log": ("V05", relogged(of_another_log)),
    "another history": ("V07", other_history),
    "a changed cost": ("V09", cost),
    "a changed cost, counted anew": ("V09", announce_input(cost)),
    "an entry of another round": (
        "V09",
        relogged(lambda case: case.entries[7].update(r="example/other")),
    ),
    "an entry that nobody can judge": (
        "V09",
        relogged(lambda case: case.entries.append({"t": "paper.batch", "r": ROUND})),
    ),
    "boxes committed before the close": ("V09", move("box.commit", 3)),
    "one official for two": (
        "V10",
        relogged(lambda case: entry(case, "close").update(by=["a", "a"])),
    ),
    "no official at all": ("V10", relogged(lambda case: entry(case, "open").pop("by"))),
    "a removed person": ("V11", drop_line(ROLL)),
    "a roll changed after the close": ("V11", relogged(late_roll)),
    "an opening without its cast": ("V12", edit_first(OPENINGS, position=0)),
    "an opened commitment changed": ("V12", edit_first(OPENINGS, at="2027-05-10T12:30:01Z")),
    "a cast that nobody opens": ("V12", drop_line(OPENINGS)),
    "a reordered log, signed anew": ("V12", relogged(swap_casts)),
    "a voter who is not on the roll": ("V13", stuff),
    "a voter of another district": ("V13", edit_first(OPENINGS, box="south")),
    "a gap in a voter's ballots": ("V14", edit_first(OPENINGS, seq=3)),
    "a replaced ballot counted too": ("V14", count_twice),
    "numbers that do not tie": (
        "V15",
        edit("reconciliation.json", lambda value: value["boxes"][0].update(accepted=124)),
    ),
    "numbers that tie and are not those of the log": (
        "V15",
        edit(
            "reconciliation.json",
            lambda value: value["boxes"][0].update(accepted=126, superseded=7),
        ),
    ),
    "a removed ballot": ("V16", drop_line(COUNTED)),
    "an altered envelope": ("V16", lambda case: case.edit_lines(COUNTED, alter_envelope)),
    "an envelope of another hash": ("V16", edit_first(COUNTED, ct=canonical.digest_of(b""))),
    "an envelope counted twice": (
        "V16",
        lambda case: case.edit_lines(COUNTED, lambda lines: [lines[0], *lines]),
    ),
    "a cast after the close": ("V17", move("close", 40)),
    "an early close": (
        "V17",
        relogged(lambda case: entry(case, "close").update(at="2027-05-31T19:59:59Z")),
    ),
    "an opening at no time": ("V17", opened_at("tomorrow")),
    "an opening after the close": ("V17", opened_at("2027-06-01T20:00:01Z")),
    "a ballot cast out of time": ("V17", edit_first(OPENINGS, at="2027-06-01T00:00:00Z")),
    "an altered ballot": (
        "V21",
        edit_first_ballot := lambda case: case.edit_lines(
            BALLOTS, lambda lines: lines[1].__setitem__(0, ["n5"])
        ),
    ),
    "an altered ballot, counted anew": ("V21", announce_input(edit_first_ballot)),
    "ballots counted more often": (
        "V21",
        lambda case: case.edit_lines(BALLOTS, lambda lines: lines[1].__setitem__(1, 99)),
    ),
    "an invalid ballot with another reason": (
        "V21",
        edit("box/north/invalid.json", lambda value: value[0].update(reason="too_many")),
    ),
    "a public file with other ballots": (
        "V21",
        lambda case: case.files.update(
            {"box/north/ballots.pb": case.files["box/north/ballots.pb"].replace(b";n3\n", b";n5\n")}
        ),
    ),
    "a changed winner": ("V22", edit(OUTCOME, change_winner)),
    "a changed winner, logged as counted": ("V22", announce_outcome(change_winner)),
    "a changed step, logged as counted": ("V22", announce_outcome(change_step)),
    "an altered margin": ("V22", announce_outcome(alter_margin)),
    "an altered value of a reason": ("V22", announce_outcome(alter_value)),
    "an outcome of another round": (
        "V22",
        announce_outcome(lambda value: value.update(round="example/other")),
    ),
    "an outcome with a remark": (
        "V22",
        announce_outcome(lambda value: value.update(remark="fine")),
    ),
    "an outcome logged before the input": ("V22", move("tally.result", 3)),
    "other lots than announced": (
        "V23",
        edit("config/lots.json", lambda value: value["order"].reverse()),
    ),
    "another record of the lots than announced": (
        "V23",
        edit("config/lots.json", lambda value: value.update(record="Drawn at the mayor's desk.")),
    ),
    "a list of software without versions": (
        "V27",
        lambda case: case.files.update({"software/requirements.lock": b"numpy\n"}),
    ),
    "the hash of a small box's ballots in the index": (
        "V28",
        lambda case: case.files.update({"box/south/restricted/ballots.jsonl": b"[[],7]\n"}),
    ),
    "the hash of a small box's ballots in the outcome": (
        "V28",
        announce_outcome(lambda value: value["boxes"][1]["outcome"].update(input="0" * 64)),
    ),
    "a box that the privacy report leaves out": (
        "V28",
        edit(REPORT, lambda value: value["boxes"].pop()),
    ),
    "a box that the privacy report names twice": (
        "V28",
        edit(REPORT, lambda value: value["boxes"].append(value["boxes"][0])),
    ),
    "a privacy report of another round": (
        "V28",
        edit(REPORT, lambda value: value.update(round="example/other")),
    ),
    "a privacy report of other terms": (
        "V28",
        edit(REPORT, lambda value: value["terms"].update(least_cell=11)),
    ),
    "unique ballots that the privacy report denies": ("V28", edit_report(0, unique_permille=9)),
    "another number of distinct ballots": ("V28", edit_report(0, distinct=4)),
    "classes of equal ballots left out": (
        "V28",
        edit(REPORT, lambda value: value["boxes"][0]["classes"].pop()),
    ),
    "a remark in the privacy report": ("V28", edit_report(0, remark="fine")),
    "something done that nobody knows": ("V28", edit_report(0, done="burnt")),
    "published ballots called withheld": ("V28", edit_report(0, done="withheld")),
    "the number of a small box's ballots in the report": ("V28", edit_report(1, ballots=7)),
    "another reason in the notice": (
        "V28",
        edit("box/south/withheld.json", lambda value: value.update(reason="too_many_unique")),
    ),
    "the invalid ballots of a small box": (
        "V28",
        lambda case: case.files.update({"box/south/invalid.json": b"[]"}),
    ),
    "the numbers of a small box in the reconciliation": (
        "V28",
        edit("reconciliation.json", lambda value: value["boxes"][1].update(blank=0)),
    ),
    "what lets a small box be worked out": (
        "V28",
        edit(
            "reconciliation.json",
            lambda value: value["boxes"][0].update(accepted=125, superseded=5),
        ),
    ),
    "the size of a small box in the log": (
        "V28",
        relogged(lambda case: entry(case, "box.commit")["boxes"][1].update(size=7)),
    ),
    "the votes of a small box in the outcome": (
        "V28",
        announce_outcome(
            lambda value: value["boxes"][1]["outcome"]["projects"][0].update(votes=4, score=4)
        ),
    ),
    "terms below what any round may": (
        "V28",
        edit("config/round.json", lambda value: value["privacy"].update(least_ballots=5)),
    ),
    "demographics beside the ballots": (
        "V28",
        lambda case: case.files.update(
            {
                "box/north/ballots.pb": case.files["box/north/ballots.pb"]
                .replace(b"voter_id;vote\n", b"voter_id;vote;age\n")
                .replace(b";n3\n", b";n3;44\n")
            }
        ),
    ),
}


@pytest.mark.parametrize("what", OPERATOR)
def test_an_operator_who_signs_anew_is_caught(
    case: Case, tmp_path: Path, check: Verify, what: str
) -> None:
    expected, change = OPERATOR[what]
    change(case)
    report = check(case.write(tmp_path / "altered.zip"))
    assert {expected} <= failed(report) <= allowed(what, expected)
    assert detail(report, expected).endswith(".")
    assert "unexpected form" not in detail(report, expected)


def test_lines_claim_no_more_than_was_looked_at(case: Case, tmp_path: Path, check: Verify) -> None:
    for name in [name for name in case.files if name.startswith("log/history/")]:
        del case.files[name]
    auditor, public = case.write(tmp_path / "auditor.zip"), tmp_path / "public.zip"
    bundle.write_public(auditor, public)
    report, listed = check(public), len(case.files)
    left_out = sum("restricted" in name for name in case.files)
    assert f"{listed - left_out} files are those of the index" in detail(report, "V01")
    assert f"leaves out {left_out} " in detail(report, "V01")
    assert "log and receipt keys" in detail(report, "V02")
    assert "no earlier checkpoint" in detail(report, "V07")
    assert "two different names" in detail(report, "V10")


@pytest.mark.parametrize("altered", [{"root": canonical.digest_of(b"")}, {"size": 9}])
def test_another_roll_than_the_logged_one_is_seen_in_both_editions(
    case: Case, tmp_path: Path, check: Verify, altered: dict[str, Any]
) -> None:
    announce_input(edit("roll/root.json", lambda value: value.update(altered)))(case)
    auditor, public = case.write(tmp_path / "auditor.zip"), tmp_path / "public.zip"
    bundle.write_public(auditor, public)
    for path in (auditor, public):
        report = check(path)
        assert failed(report) == {"V11"}
        assert "roll/root.json" in detail(report, "V11")


@pytest.mark.parametrize("amended", [True, False])
def test_a_vote_cannot_open_before_its_rules_were_fixed(
    case: Case, tmp_path: Path, check: Verify, *, amended: bool
) -> None:
    if amended:
        case.amended = [example_manifest(software="0.0.9")]
    else:
        case.admin = Keys.make().log
    case.build(tmp_path)
    assert failed(check(case.write(tmp_path / "honest.zip"))) == set()
    opened_at("2020-05-01T08:00:00Z")(case)
    report = check(case.write(tmp_path / "altered.zip"))
    assert failed(report) == {"V17"}
    assert "before" in detail(report, "V17")


def test_the_first_differing_step_is_named(case: Case, tmp_path: Path, check: Verify) -> None:
    announce_outcome(change_step)(case)
    report = check(case.write(tmp_path / "altered.zip"))
    assert detail(report, "V22") == (
        "Box north: the recount departs from the published steps at step 2."
    )


def test_an_altered_margin_is_named_with_both_values(
    case: Case, tmp_path: Path, check: Verify
) -> None:
    outcome = json.loads(case.files[OUTCOME])["boxes"][0]["outcome"]
    project, more = outcome["margins"][0]["project"], outcome["margins"][0]["more"]
    announce_outcome(alter_margin)(case)
    said = detail(check(case.write(tmp_path / "altered.zip")), "V22")
    assert said == f"Box north: margins, {project}, more: found {more + 1}, expected {more}."


def test_a_field_too_many_is_named(case: Case, tmp_path: Path, check: Verify) -> None:
    announce_outcome(
        lambda value: value["boxes"][0]["outcome"]["margins"][0].update(remark="fine")
    )(case)
    said = detail(check(case.write(tmp_path / "altered.zip")), "V22")
    assert said.endswith(', remark: found "fine", expected nothing.')


def test_an_envelope_of_another_hash_is_named(case: Case, tmp_path: Path, check: Verify) -> None:
    edit_first(COUNTED, ct=canonical.digest_of(b""))(case)
    said = detail(check(case.write(tmp_path / "altered.zip")), "V16")
    assert said.startswith(f"{COUNTED}, line 1:")


def test_a_small_box_that_publishes_its_ballots_is_refused(tmp_path: Path, check: Verify) -> None:
    casts = [cast for cast in example_casts() if cast.number % 10 == 0]
    small = Case(casts=casts).build(tmp_path)
    big = Case(keys=small.keys).build(tmp_path)
    del small.files["box/north/withheld.json"]
    small.files["box/north/ballots.pb"] = big.files["box/north/ballots.pb"]
    assert "V28" in failed(check(small.write(tmp_path / "altered.zip"), trusting=False))


SHORT = "box/north/ballots-truncated.pb"


@pytest.fixture
def ranked(tmp_path: Path) -> Case:
    """120 rankings, of which 24 are unique, and no two alike in their first three projects alone."""
    case = Case(manifest=example_manifest(style="ranked"))
    case.manifest["rule"].update(rule="borda", utility="borda")
    case.manifest["privacy"]["most_unique_permille"] = 100
    orders = list(permutations(["n2", "n3", "n4", "n5"]))
    choices = [["n1", *orders[n]] if n < 24 else ["n1", "n2"] for n in range(120)]
    case.casts = [Cast(n, voter_ref(n), "north", choices[n]) for n in range(120)]
    return case.build(tmp_path)


def public(case: Case, folder: Path) -> Path:
    """The public edition alone."""
    path = folder / "public.zip"
    bundle.write_public(case.write(folder / "auditor.zip"), path)
    return path


def test_rankings_that_are_mostly_unique_are_published_cut(
    ranked: Case, tmp_path: Path, check: Verify
) -> None:
    assert "box/north/ballots.pb" not in ranked.files
    assert b"n1,n5,n4\n" in ranked.files[SHORT]
    for path in (ranked.write(tmp_path / "auditor.zip"), public(ranked, tmp_path)):
        report = check(path, trusting=False)
        assert failed(report) == set()
        assert "1 truncated, 1 merged" in detail(report, "V28")


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"n1,n5,n4\n", b"n1,n5\n"), (b"n1,n5,n4\n", b"n1,n5,n4,n3\n"), (b"n1,n2\n", b"n5,n2\n")],
)
def test_ballots_cut_in_another_way_are_refused(
    ranked: Case, tmp_path: Path, check: Verify, old: bytes, new: bytes
) -> None:
    ranked.files[SHORT] = ranked.files[SHORT].replace(old, new, 1)
    path = ranked.write(tmp_path / "altered.zip")
    assert "V28" in failed(check(path, trusting=False))


def test_cut_ballots_that_are_still_mostly_unique_are_refused_by_anybody(
    ranked: Case, tmp_path: Path, check: Verify
) -> None:
    pairs = [(cast.choices, 1) for cast in ranked.casts]
    election = manifest.elections(ranked.manifest)["north"]
    ranked.files[SHORT] = pabulib.write(election, pairs, {})
    ranked.edit(REPORT, lambda value: value["boxes"][0].update(keep=5))
    assert "more of" in detail(check(public(ranked, tmp_path), trusting=False), "V28").lower()


def test_a_seed_drawn_before_the_boxes_were_committed_is_refused(
    tmp_path: Path, check: Verify
) -> None:
    seeded = Case(seed="5e" * 32)
    seeded.manifest["rule"]["ties"] = ["seed"]
    seeded.build(tmp_path)
    move("seed", 4)(seeded)
    report = check(seeded.write(tmp_path / "altered.zip"), trusting=False)
    assert "before the boxes were committed" in detail(report, "V23")


def test_an_attestation_of_another_outcome_is_refused(
    case: Case, tmp_path: Path, check: Verify
) -> None:
    path = case.write(tmp_path / "bundle.zip")
    with bundle.Bundle.open(path) as opened:
        text = Statement.of(opened).text().replace("verdict agree", "verdict object")
    bundle.add_attestation(path, "one", sign(text, case.keys.auditor))
    assert failed(check(path)) == {"V24"}


@pytest.mark.parametrize(
    ("name", "change", "unjudged"),
    [
        ("reconciliation.json", lambda value: value["boxes"][0].update(paper=1), {"V25"}),
    ],
)
def test_what_this_version_cannot_judge_is_no_pass(
    case: Case,
    tmp_path: Path,
    check_first: Verify,
    name: str,
    change: Callable[[Any], Any],
    unjudged: set[str],
) -> None:
    edit(name, change)(case)
    report = check_first(case.write(tmp_path / "altered.zip"))
    assert unjudged <= {item.id for item in report.findings if not item.expected}
    assert not report.passed


def outcome_of(box: int, **fields: Any) -> Callable[[Any], Any]:
    return lambda result: result["boxes"][box]["outcome"].update(fields)


def project_of(box: int, place: int, **fields: Any) -> Callable[[Any], Any]:
    return lambda result: result["boxes"][box]["outcome"]["projects"][place].update(fields)


WITHOUT_BALLOTS: dict[str, Callable[[Any], Any]] = {
    "another winner": outcome_of(0, funded=["n5"]),
    "more spent than the winners cost": outcome_of(0, spent=10**12),
    "more spent than there is": outcome_of(0, budget=10**6, unspent=10**6 - 550),
    "more votes than voters": project_of(0, 1, votes=99_999),
    "fewer votes than none": project_of(0, 1, votes=-1),
    "more ballots than were counted": lambda result: result["boxes"][0]["outcome"]["counts"].update(
        ballots=1000, voters=1000
    ),
    "another cost": project_of(0, 0, cost=1),
    "another cost in a box of few": project_of(1, 0, cost=1),
    "another budget in a box of few": outcome_of(1, budget=2500, unspent=2475),
    "another winner in a box of few": outcome_of(1, funded=["s2"]),
}


@pytest.mark.parametrize("what", WITHOUT_BALLOTS)
def test_an_outcome_that_contradicts_itself_needs_no_ballots_to_be_refused(
    ranked: Case, tmp_path: Path, check: Verify, what: str
) -> None:
    announce_outcome(WITHOUT_BALLOTS[what])(ranked)
    report = check(public(ranked, tmp_path), trusting=False)
    assert failed(report) == {"V22"}, report.to_json()
    assert "unexpected form" not in detail(report, "V22")


def test_what_cannot_be_counted_again_is_not_called_verified_alone(
    ranked: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trust = tmp_path / "trust.txt"
    trust.write_text(ranked.keys.trust, encoding="utf8")
    arguments = [str(public(ranked, tmp_path)), "--trust", str(trust)]
    for program in (lambda: main(["verify", *arguments]), lambda: pbverify.main(arguments)):
        assert program() == 0
        lines = capsys.readouterr().out.splitlines()
        assert "Verified, not recounted" in lines[-4]
        assert lines[-2] == "The count was not done again, or not in every box: V22 says why."
        assert lines[-1].endswith("(V11, V12, V13, V14, V16, V19, V21, V22).")
