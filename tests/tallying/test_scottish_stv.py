"""Council elections of Scotland: the statute's arithmetic, its ties, and the preset."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallying.cli import main
from tallying.election import BallotStyle, Election, Limits, Project
from tallying.errors import InvalidRule, UnresolvedTie
from tallying.formats import blt
from tallying.outcome import Outcome
from tallying.presets.registry import find
from tallying.profile import Profile
from tallying.rules import RuleConfig, count
from tests.tallying.factories import Ballots, counted, election
from tests.tallying.reference.scottish_stv import Count
from tests.tallying.strategies import Case, cases

SCOTTISH = {"method": "scottish"}


def ward(candidates: str, seats: int, ballots: Ballots, **options: object) -> Outcome:
    council = election(dict.fromkeys(candidates, 1), seats, BallotStyle.RANKED)
    return counted(council, ballots, "stv", parameters=SCOTTISH, **options)  # type: ignore[arg-type]


def told(outcome: Outcome, *names: str) -> list[tuple[object, ...]]:
    return [tuple(r.get(name) for name in names) for r in outcome.selection.rounds]


def test_a_transfer_value_has_five_decimals_and_its_remainder_is_lost() -> None:
    # 11 papers, 2 seats, quota 4: the surplus of "a" goes on at 3/7, so 7 papers bring 2.99999.
    votes = [(["a", "b"], 7), (["b"], 1), (["c"], 3)]
    outcome = ward("abc", 2, votes)
    assert told(outcome, "project", "source", "verdict", "support", "stage") == [
        ("a", None, "funded", "7", 1),
        (None, "a", None, None, 2 - 1),
        ("c", None, "eliminated", "3", 2),
        ("b", None, "funded", "3.99999", 3),
    ]
    assert outcome.selection.rounds[1]["surplus"] == "3"
    assert outcome.selection.rounds[1]["votes"] == {"b": "3.99999", "c": "3"}
    assert counted(outcome.contest.election, votes, "stv").selection.rounds[1]["support"] == "4"


def test_who_reaches_the_quota_receives_no_more_while_a_surplus_waits() -> None:
    # Quota 6: "a" and "b" are elected at once, so the surplus of "a" passes "b" and goes to "c".
    votes = [(["a", "b", "c"], 9), (["b"], 6), (["c"], 2), (["d"], 4), (["e"], 2)]
    outcome = ward("abcde", 3, votes)
    assert outcome.funded == ("a", "b", "c")
    assert outcome.selection.rounds[2]["votes"]["c"] == "4.99997"


def test_equals_who_reach_the_quota_together_need_no_order_where_all_find_room() -> None:
    council = election(dict.fromkeys("abc", 1), 2, BallotStyle.RANKED)
    profile = Profile.from_counts(council, [(["a"], 4), (["b"], 4), (["c"], 1)])
    assert set(count(council, profile, RuleConfig("stv", SCOTTISH)).funded) == {"a", "b"}


def test_equals_who_reach_the_quota_together_need_an_order_where_one_excludes_the_other() -> None:
    council = election(
        dict.fromkeys("abc", 1), 2, BallotStyle.RANKED, groups={"a": "list", "b": "list"}
    )
    profile = Profile.from_counts(council, [(["a"], 4), (["b"], 4), (["c"], 1)])
    with pytest.raises(UnresolvedTie):
        count(council, profile, RuleConfig("stv", SCOTTISH))


def test_who_continues_is_told_their_votes_after_an_exclusion() -> None:
    outcome = ward("abcd", 1, [(["a"], 4), (["b"], 3), (["c", "b"], 2), (["d", "c"], 1)])
    assert outcome.selection.rounds[0]["votes"] == {"a": "4", "b": "3", "c": "3"}


def test_equal_votes_are_decided_by_the_latest_earlier_stage() -> None:
    votes = [(["a"], 5), (["b"], 3), (["c", "b"], 2), (["d", "c"], 1)]
    outcome = ward("abcd", 1, votes, lots=["c", "d", "b", "a"])
    assert outcome.funded == ("a",)
    assert told(outcome, "project", "look_back") == [
        ("d", None),
        ("c", [{"stage": 1, "between": ["b", "c"]}]),
        ("b", [{"stage": 2, "between": ["a", "b"]}]),
        ("a", None),
    ]
    assert not outcome.selection.ties


def test_what_no_stage_decides_is_drawn_by_lot() -> None:
    level = [(["a"], 2), (["b"], 2), (["c"], 2)]
    assert ward("abc", 2, level, lots=["c", "a", "b"]).funded == ("c", "a")
    council = election(dict.fromkeys("abc", 1), 2, BallotStyle.RANKED)
    with pytest.raises(UnresolvedTie):
        count(council, Profile.from_counts(council, level), RuleConfig("stv", SCOTTISH))


def test_blank_papers_are_not_valid_and_leave_the_quota_alone() -> None:
    votes = [(["a"], 3), (["b"], 2), ([], 10)]
    assert ward("ab", 1, votes).selection.rounds[0]["quota"] == "3"


def test_the_last_vacancies_go_to_all_who_continue() -> None:
    votes = [(["a"], 9), (["b"], 2), (["c"], 1)]
    outcome = ward("abc", 3, votes)
    assert outcome.funded == ("a", "b", "c")
    assert all(r["project"] for r in outcome.selection.rounds)


@given(case=cases(BallotStyle.RANKED), seats=st.integers(1, 4))
@settings(max_examples=250, deadline=None)
def test_the_count_elects_whom_the_statute_elects(case: Case, seats: int) -> None:
    projects = tuple(replace(project, cost=1) for project in case.election.projects)
    council = Election(projects, seats, BallotStyle.RANKED, Limits())
    profile = Profile.from_counts(council, [(c, n) for c, n in case.profile.pairs()])
    config = RuleConfig("stv", SCOTTISH, ties=("lots",))
    outcome = count(council, profile, config, lots=case.lots)
    assert set(outcome.funded) == Count(outcome).run()


@given(case=cases(BallotStyle.RANKED, least_cost=0))
@settings(max_examples=100, deadline=None)
def test_unequal_costs_keep_to_the_budget(case: Case) -> None:
    config = RuleConfig("stv", SCOTTISH, ties=("lots",))
    outcome = count(case.election, case.profile, config, lots=case.lots)
    costs = [p.cost for p in case.election.projects if p.id in outcome.funded]
    assert sum(costs) <= case.election.budget
    assert len(outcome.selection.verdicts) == len(case.election.projects)


BLT = """3 2
7 1 2 0
1 2 0
3 3 0
2 0
0
"Ada"
"Bo"
"Cy"
"A ward"
"""


def test_the_preset_elects_the_seats_of_a_blt_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "ward.blt"
    path.write_text(BLT)
    arguments = ["run", str(path), "--rule", "stv", "--preset", "scottish", "--json", "-"]
    assert main(arguments) == 0
    outcome = json.loads(capsys.readouterr().out)
    assert outcome["funded"] == ["1", "2"]
    assert outcome["rule"]["parameters"] == SCOTTISH


def test_the_preset_refuses_projects_with_costs() -> None:
    file = blt.read(BLT)
    dear = (replace(file.election.projects[0], cost=2), *file.election.projects[1:])
    unequal = replace(file, election=replace(file.election, projects=dear))
    with pytest.raises(InvalidRule, match="elect to seats"):
        find("scottish").plan(unequal, {})


def test_no_candidates_are_nobody_elected() -> None:
    none = Election((), 2, BallotStyle.RANKED)
    config = RuleConfig("stv", SCOTTISH)
    assert count(none, Profile.from_counts(none, []), config).funded == ()
    alone = Election((Project("a", "", 1),), 2, BallotStyle.RANKED)
    assert count(alone, Profile.from_counts(alone, [(["a"], 1)]), config).funded == ("a",)
