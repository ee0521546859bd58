"""The mutation corpus: what a dishonest operator alters, each refused by the check it concerns.

The operator signs index and log anew with the round's own keys: the deeper checks show it, in each of
the two verifiers.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tallying.evidence import canonical
from tallying.evidence.acceptance import PATH as ACCEPTANCES
from tests.tallying.evidence.alterations import (
    BALLOTS,
    COUNTED,
    LOG,
    OPENINGS,
    OUTCOME,
    REPORT,
    ROLL,
    alter_envelope,
    alter_margin,
    alter_value,
    announce_input,
    announce_outcome,
    another_promise,
    change_step,
    change_winner,
    cost,
    count_twice,
    drop_line,
    edit,
    edit_first,
    edit_report,
    entry,
    forged_checkpoint,
    late_roll,
    malformed,
    move,
    of_another_log,
    opened_at,
    other_history,
    relogged,
    shorter_checkpoint,
    stuff,
    swap_casts,
    unsigned,
    with_history,
)
from tests.tallying.evidence.archives import detail, failed
from tests.tallying.evidence.beside import allowed
from tests.tallying.evidence.conftest import Verify
from tests.tallying.evidence.example_round import ROUND, Keys
from tests.tallying.evidence.synthetic import Case

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
    "a cast that says more": ("V09", relogged(lambda case: case.entries[7].update(voter="7"))),
    "a cast of another thing than a hash": (
        "V09",
        relogged(lambda case: case.entries[7].update(c="by Ana, for the school")),
    ),
    "an act that says more": ("V09", relogged(lambda case: entry(case, "close").update(n=7))),
    "a committed box that says more": (
        "V09",
        relogged(lambda case: entry(case, "box.commit")["boxes"][1].update(ballots=7)),
    ),
    "an act that says less": ("V09", relogged(lambda case: entry(case, "tally.result").pop("r"))),
    "a box committed twice": (
        "V09",
        relogged(
            lambda case: entry(case, "box.commit")["boxes"].insert(
                0, {**entry(case, "box.commit")["boxes"][0], "size": 99}
            )
        ),
    ),
    "boxes committed before the close": ("V09", move("box.commit", 3)),
    "one official for two": (
        "V10",
        relogged(lambda case: entry(case, "close").update(by=["a", "a"])),
    ),
    "an official named twice": (
        "V10",
        relogged(lambda case: entry(case, "close")["by"].append("official-b")),
    ),
    "no official at all": ("V10", relogged(lambda case: entry(case, "open").pop("by"))),
    "a remark about a person": ("V11", edit_first(ROLL, remark="fine")),
    "a remark beside an opening": ("V12", edit_first(OPENINGS, remark="fine")),
    "a remark beside an envelope": ("V16", edit_first(COUNTED, remark="fine")),
    "a remark in the reconciliation": (
        "V15",
        edit("reconciliation.json", lambda value: value["boxes"][1].update(remark=7)),
    ),
    "another box reconciled": (
        "V28",
        edit("reconciliation.json", lambda value: value["boxes"][1].update(box="centre")),
    ),
    "a box reconciled twice": (
        "V15",
        edit("reconciliation.json", lambda value: value["boxes"].insert(0, value["boxes"][1])),
    ),
    "a remark beside invalid ballots": (
        "V21",
        edit("box/north/invalid.json", lambda value: value[0].update(remark="fine")),
    ),
    "a close at a time in other digits": (
        "V17",
        relogged(
            lambda case: entry(case, "close").update(at="\uff12\uff10\uff12\uff17-05-31T20:00:00Z")
        ),
    ),
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
