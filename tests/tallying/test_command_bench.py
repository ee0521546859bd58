"""`tallying bench` measures both sides and says when they fund other projects."""

import json
import os
from pathlib import Path

import pytest

from tallying.benchmark import compare
from tallying.benchmark.measure import timed
from tallying.benchmark.peer import Peer
from tallying.cli import main
from tallying.errors import InvalidRule

SMALL = """META
key;value
budget;10
vote_type;approval
num_projects;3
num_votes;3
PROJECTS
project_id;cost
a;6
b;4
c;5
VOTES
voter_id;vote
1;a,b
2;a
3;c
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "small.pb"
    path.write_text(SMALL)
    return path


def test_every_rule_that_takes_the_ballots_is_measured_and_agrees(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", str(file), "--repeat", "1", "--json", "-"]) == 0
    rows = json.loads(capsys.readouterr().out)["small.pb"]
    by_work = {row["work"]: row for row in rows}
    assert {"read and merge", "greedy", "equal-shares", "phragmen"} <= set(by_work)
    for row in (by_work["greedy"], by_work["equal-shares"]):
        assert row["same"] is True
        assert row["ours"] > 0
        assert row["peak"] > 2**20
        assert row["ratio"] == pytest.approx(row["theirs"] / row["ours"])


def test_a_different_outcome_fails_the_check(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Peer, "work", lambda *_: lambda: {"c"})
    assert main(["bench", str(file), "--repeat", "1", "--rules", "greedy"]) == 1


def test_a_rule_with_a_completion_is_measured(file: Path) -> None:
    works = [compare.Work("equal-shares", "add1")]
    found = list(compare.measures(file, works, repeat=1, limit=60))
    assert found[1].work == "equal-shares/add1"
    assert found[1].same is True


def test_work_that_does_not_end_is_ended_and_bounds_the_ratio(file: Path) -> None:
    def forever() -> None:
        while True:
            pass

    assert timed(forever, repeat=1, limit=0.2).seconds is None


def test_work_that_fails_says_why() -> None:
    def broken() -> None:
        raise InvalidRule("The moon is full.")

    def gone() -> None:
        os._exit(1)

    assert timed(broken, repeat=1, limit=10).failed == "The moon is full."
    assert timed(gone, repeat=1, limit=10).failed == "the process ended before its work was done"
    assert timed(lambda: 1 // 0, repeat=1, limit=10).failed.startswith("ZeroDivisionError")


def test_a_rule_that_fails_stands_in_the_table_and_hides_no_other(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = "borda,equal-shares/add1"
    assert main(["bench", str(file), "--repeat", "1", "--rules", rules]) == 2
    told = capsys.readouterr().out.splitlines()
    assert told[-2].startswith("borda\tfailed: The rule borda cannot count approval ballots.\t")
    assert told[-1].startswith("equal-shares/add1\t")
    assert told[-1].endswith("\tsame")


def test_bad_numbers_are_one_sentence(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", str(file), "--repeat", "0"]) == 2
    assert capsys.readouterr().err == "tallying: --repeat and --limit must be positive.\n"
