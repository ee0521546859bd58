"""What the verifiers say of an altered round names the place, and claims no more than was looked at."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tallying.evidence import bundle, canonical
from tallying.evidence.attestation import Statement
from tallying.evidence.notes import sign
from tests.tallying.evidence.alterations import (
    BALLOTS,
    COUNTED,
    OPENINGS,
    OUTCOME,
    ROLL,
    alter_margin,
    announce_input,
    announce_outcome,
    change_step,
    change_winner,
    count_twice,
    drop_line,
    edit,
    edit_first,
    move,
    opened_at,
)
from tests.tallying.evidence.archives import detail, failed
from tests.tallying.evidence.conftest import Verify
from tests.tallying.evidence.example_round import Keys, example_casts, example_manifest
from tests.tallying.evidence.synthetic import Case


def twice(name: str) -> Callable[[Case], Any]:
    return lambda case: case.edit_lines(name, lambda lines: [lines[0], *lines])


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


WHERE: dict[str, tuple[str, str, Callable[[Case], Any]]] = {
    "a person twice": ("V13", "roll.jsonl, line 2", twice(ROLL)),
    "an envelope twice": ("V15", "found", twice(COUNTED)),
    "a dropped envelope": ("V14", "entry index 79 is missing", drop_line(COUNTED)),
    "a replaced ballot counted too": ("V14", "entry index 5 is too many", count_twice),
    "a dropped person": ("V11", "expected", drop_line(ROLL)),
    "another listed ballot": (
        "V21",
        "ballots.jsonl, line 2",
        lambda case: case.edit_lines(BALLOTS, lambda lines: lines[1].__setitem__(1, 99)),
    ),
    "an unlogged outcome": ("V22", "expected", edit(OUTCOME, change_winner)),
    "a superseded envelope twice": (
        "V16",
        "entry index",
        twice("box/north/restricted/superseded.jsonl"),
    ),
    "a gap in a voter's ballots": ("V14", "entry index 130", edit_first(OPENINGS, seq=3)),
}


@pytest.mark.parametrize("what", WHERE)
def test_a_fault_is_named_with_its_place(
    case: Case, tmp_path: Path, check: Verify, what: str
) -> None:
    check_id, where, change = WHERE[what]
    change(case)
    assert where in detail(check(case.write(tmp_path / "altered.zip")), check_id)


def test_a_small_box_that_publishes_its_ballots_is_refused(tmp_path: Path, check: Verify) -> None:
    casts = [cast for cast in example_casts() if cast.number % 10 == 0]
    small = Case(casts=casts).build(tmp_path)
    big = Case(keys=small.keys).build(tmp_path)
    del small.files["box/north/withheld.json"]
    small.files["box/north/ballots.pb"] = big.files["box/north/ballots.pb"]
    assert "V28" in failed(check(small.write(tmp_path / "altered.zip"), trusting=False))


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
