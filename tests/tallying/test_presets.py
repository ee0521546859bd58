import json
from pathlib import Path
from typing import Any

import pytest

from tallying.cli import main

FILE = (
    "META\nkey;value\nbudget;100\nvote_type;approval\nrule;{rule}\n"
    "PROJECTS\nproject_id;cost;category\na;60;x\nb;{b};y\nc;30;y\nd;9;y\n"
    "VOTES\nvoter_id;vote\n1;a,b\n2;a,b\n3;a,c\n4;b,a\n5;c,d\n6;a\n"
)


def outcome(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    *options: str,
    rule: str = "greedy",
    b: int = 50,
) -> Any:
    path = folder / "x.pb"
    path.write_text(FILE.format(rule=rule, b=b))
    code = main(["run", str(path), *options, "--json", "-"])
    captured = capsys.readouterr()
    return json.loads(captured.out) if code == 0 else (code, captured.err)


def test_without_a_rule_the_preset_official_counts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert outcome(tmp_path, capsys) == outcome(tmp_path, capsys, "--preset", "official")


@pytest.mark.parametrize(("percent", "amount"), [("80", 40), ("81", None)])
def test_poznan_completes_a_project_from_a_share_of_its_cost_on(
    percent: str, amount: int | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = outcome(tmp_path, capsys, "--preset", "poznan", "--set", f"percent={percent}")
    assert found["funded"] == ["a"]
    assert found["partial"] == (None if amount is None else {"project": "b", "amount": amount})


def test_swiecie_leaves_out_what_costs_more_than_its_votes_bear(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = outcome(tmp_path, capsys, "--preset", "swiecie", b=50)
    assert {p["id"] for p in plain["projects"]} == {"a", "b", "c", "d"}
    strict = outcome(tmp_path, capsys, "--preset", "swiecie", "--set", "factor=1", b=51)
    assert {p["id"] for p in strict["projects"]} == {"a", "c", "d"}
    assert strict["rule"]["rule"] == "equal-shares"


def test_a_share_of_voters_equal_to_the_share_of_the_budget_is_enough_in_swiecie(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = outcome(tmp_path, capsys, "--preset", "swiecie", "--set", "factor=1", b=50)
    assert {p["id"] for p in found["projects"]} == {"a", "b", "c", "d"}


def test_exclusive_groups_are_named_by_the_caller(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = outcome(tmp_path, capsys, "--preset", "exclusive", "--set", "groups=a,c/b,d")
    assert found["funded"] == ["a", "d"]
    without = outcome(
        tmp_path, capsys, "--preset", "exclusive", "--set", "groups=a,c", "--set", "left_out=a"
    )
    assert without["funded"] == ["b", "c", "d"]


def test_a_category_ends_at_its_first_project_that_does_not_fit_in_budapest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = outcome(tmp_path, capsys, "--preset", "budapest", "--set", "caps=x=60/y=40")
    assert found["funded"] == ["a"]
    wide = outcome(tmp_path, capsys, "--preset", "budapest", "--set", "caps=x=60/y=40", b=30)
    assert wide["funded"] == ["a", "b"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--preset", "atlantis"], "Unknown preset: atlantis. Known: budapest"),
        (["--preset", "poznan", "--set", "percent=many"], "percent of poznan"),
        (["--preset", "poznan", "--set", "percent=101"], "more than 100"),
        (["--preset", "poznan", "--set", "speed=1"], "Unknown parameter of poznan: speed"),
        (["--preset", "swiecie", "--set", "factor=0"], "at least 1"),
        (["--preset", "exclusive", "--set", "groups=a,z"], "names z, which is no project"),
        (["--preset", "exclusive", "--set", "groups=a,b/b"], "names b twice"),
        (["--preset", "budapest", "--set", "caps=x"], "budapest"),
        (["--preset", "budapest"], "No project has the category"),
        (["--preset", "poznan", "--rule", "borda"], "one of greedy, not borda"),
        (["--preset", "poznan", "--utility", "cost"], "--utility needs --rule"),
        (["--set", "percent=3"], "--set needs --rule or --preset"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(
    options: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, error = outcome(tmp_path, capsys, *options)
    assert code == 2
    assert message in error
    assert error.count("\n") == 1
