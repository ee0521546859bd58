"""Limits on parts of the budget: what districts and categories may spend, under every rule."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings

from tallying.codes import Code
from tallying.election import BallotStyle, Election, Project
from tallying.errors import InvalidElection, InvalidRule, UnresolvedTie
from tallying.explanation import explain
from tallying.outcome import Outcome, input_digest
from tallying.profile import Profile
from tallying.rules import RuleConfig, count
from tallying.rules.room import Room
from tests.tallying.factories import counted
from tests.tallying.reference.equal_shares import recount
from tests.tallying.reference.greedy import greedy, within_limits
from tests.tallying.strategies import Case, limited

thoroughly = settings(max_examples=50, deadline=None)
PROJECTS = (
    Project("a", "A", 60, ("parks",), "north"),
    Project("b", "B", 50, ("parks", "roads"), "north"),
    Project("c", "C", 30, ("roads",), "south"),
)
VOTES = [(["a"], 5), (["b"], 4), (["c"], 3)]


def limiting(**limits: Mapping[str, int]) -> Election:
    return Election(PROJECTS, 200, BallotStyle.APPROVAL, **limits)  # type: ignore[arg-type]


def of_case(case: Case, rule: str, **options: Any) -> Outcome:
    config = RuleConfig.from_json({"rule": rule, "ties": ["lots"], **options})
    return count(case.election, case.profile, config, lots=case.lots)


def code_and_values(outcome: Outcome, name: str) -> tuple[str, dict[str, Any]]:
    verdict = outcome.selection.verdicts[name]
    return verdict.code, dict(verdict.values)


def test_a_district_spends_no_more_than_its_budget() -> None:
    outcome = counted(limiting(district_budgets={"north": 100}), VOTES)
    assert outcome.funded == ("a", "c")
    values = {"step": 2, "district": "north", "district_left": 40}
    assert code_and_values(outcome, "b") == (Code.OVER_DISTRICT_BUDGET, values)


def test_a_district_may_spend_all_of_its_budget_and_one_without_a_budget_is_free() -> None:
    assert counted(limiting(district_budgets={"north": 110}), VOTES).funded == ("a", "b", "c")
    assert counted(limiting(district_budgets={"south": 30}), VOTES).funded == ("a", "b", "c")


def test_a_project_of_two_categories_counts_in_full_in_each() -> None:
    outcome = counted(limiting(category_caps={"roads": 79}), VOTES)
    assert outcome.funded == ("a", "b")
    values = {"step": 3, "category": "roads", "category_left": 29}
    assert code_and_values(outcome, "c") == (Code.OVER_CATEGORY_CAP, values)
    assert counted(limiting(category_caps={"roads": 80}), VOTES).funded == ("a", "b", "c")


def test_a_category_that_is_named_twice_is_charged_once() -> None:
    twice = Election(
        (Project("a", "A", 60, ("parks", "parks")),),
        100,
        BallotStyle.APPROVAL,
        category_caps={"parks": 60},
    )
    room = Room(twice)
    room.take(twice.projects[0])
    assert room.obstacle(Project("x", "X", 1, ("parks",))) is not None
    assert counted(twice, [(["a"], 1)]).funded == ("a",)


def test_a_project_that_a_district_shuts_out_does_not_end_a_count_that_stops() -> None:
    election = limiting(district_budgets={"north": 100})
    outcome = counted(election, VOTES, parameters={"unaffordable": "stop"})
    assert outcome.funded == ("a", "c")


def test_funding_in_part_is_charged_to_the_district_too() -> None:
    projects = (
        Project("a", "A", 60, (), "north"),
        Project("b", "B", 50, (), "north", partial_minimum=10, partial_step=10),
    )
    election = Election(projects, 100, BallotStyle.APPROVAL, district_budgets={"north": 115})
    outcome = counted(election, VOTES[:2], parameters={"unaffordable": "partial"})
    assert outcome.selection.partial == ("b", 40)


def test_what_is_too_expensive_is_told_what_was_left() -> None:
    room = Room(limiting())
    room.take(PROJECTS[0], 55)
    verdict = room.obstacle(Project("x", "X", 146))
    assert verdict is not None
    assert (verdict.code, verdict.values) == (Code.TOO_EXPENSIVE, {"left": 145})


def test_a_tie_for_the_money_of_a_district_needs_an_order() -> None:
    election = limiting(district_budgets={"north": 100})
    ballots = [(["a", "b"], 4), (["c"], 3)]
    with pytest.raises(UnresolvedTie) as refused:
        count(election, Profile.from_counts(election, ballots), RuleConfig("greedy"))
    assert refused.value.projects == ("a", "b")


def test_equal_shares_keeps_to_districts_and_categories() -> None:
    shut = counted(limiting(district_budgets={"north": 100}), VOTES, "equal-shares")
    assert shut.selection.verdicts["b"].code == Code.OVER_DISTRICT_BUDGET
    assert set(shut.funded) == {"a", "c"}
    capped = counted(limiting(category_caps={"parks": 55}), VOTES, "equal-shares")
    assert set(capped.funded) == {"b", "c"}
    assert code_and_values(capped, "a") == (
        Code.OVER_CATEGORY_CAP,
        {"category": "parks", "category_left": 5},
    )


@pytest.mark.parametrize("rule", ["greedy", "equal-shares"])
def test_a_rule_that_cannot_promise_floors_refuses_them_before_it_counts(rule: str) -> None:
    with pytest.raises(InvalidRule, match=f"{rule} cannot promise the floors of categories"):
        counted(limiting(category_floors={"roads": 10}), VOTES, rule)


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"district_budgets": {"west": 1}}, "No project has the district west, which has a budget"),
        ({"category_caps": {"art": 1}}, "No project has the category art, which has a cap"),
        ({"category_floors": {"art": 1}}, "No project has the category art, which has a floor"),
        ({"district_budgets": {"north": -1}}, "The budget of the district north is not between"),
        ({"category_caps": {"parks": 1.5}}, "The cap of the category parks is not a whole number"),
        ({"category_floors": {"parks": 2**53}}, "The floor of the category parks is not between"),
        (
            {"category_caps": {"parks": 4}, "category_floors": {"parks": 5}},
            "The cap of the category parks is below its floor",
        ),
    ],
)
def test_limits_that_make_no_sense_are_refused(limits: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidElection, match=message):
        limiting(**limits)


def test_limits_survive_writing_and_reading_and_only_then_change_the_input() -> None:
    plain = limiting()
    bounded = limiting(
        district_budgets={"north": 9}, category_caps={"parks": 8}, category_floors={"roads": 7}
    )
    assert Election.from_json(bounded.to_json()) == bounded
    assert not {"district_budgets", "category_caps", "category_floors"} & set(plain.to_json())
    digests = {input_digest(Profile.from_counts(each, VOTES)) for each in (plain, bounded)}
    assert len(digests) == 2


def test_limits_that_are_no_table_make_no_election() -> None:
    with pytest.raises(InvalidElection, match="This is no election"):
        Election.from_json({**limiting().to_json(), "category_caps": 3})


@pytest.mark.parametrize("stop", [False, True])
@pytest.mark.parametrize("per_cost", [False, True])
@given(case=limited())
@thoroughly
def test_greedy_within_limits_funds_what_the_definition_funds(
    case: Case, per_cost: bool, stop: bool
) -> None:
    parameters = {
        "order": "score_per_cost" if per_cost else "score",
        "unaffordable": "stop" if stop else "skip",
    }
    outcome = of_case(case, "greedy", parameters=parameters)
    assert list(outcome.funded) == greedy(case.profile, case.lots, per_cost, stop)


@given(limited(BallotStyle.RANKED))
@thoroughly
def test_borda_within_limits_funds_what_the_definition_funds(case: Case) -> None:
    assert list(of_case(case, "borda").funded) == greedy(case.profile, case.lots)


@pytest.mark.parametrize("completion", ["none", "greedy", "add1", "add1-greedy"])
@given(case=limited())
@thoroughly
def test_equal_shares_within_limits_is_the_definition_to_the_byte(
    case: Case, completion: str
) -> None:
    outcome = of_case(case, "equal-shares", completion=completion)
    assert outcome.to_bytes() == recount(outcome).to_bytes()
    projects = {project.id: project for project in case.election.projects}
    funded = [projects[name] for name in outcome.funded]
    assert within_limits(case.election, funded)
    shut_out = {Code.OVER_DISTRICT_BUDGET, Code.OVER_CATEGORY_CAP, Code.EXCLUDED_BY_GROUP}
    for name, project in projects.items():
        if outcome.selection.verdicts[name].code in shut_out:
            assert not within_limits(case.election, [*funded, project])
        if outcome.selection.verdicts[name].code == Code.SUPPORTERS_SHORT:
            assert within_limits(case.election, [*funded, project])


@pytest.mark.parametrize("unaffordable", ["skip", "stop"])
@given(case=limited())
@settings(max_examples=40, deadline=None)
def test_the_votes_that_a_project_lacked_within_limits_are_exactly_those_that_fund_it(
    case: Case, unaffordable: str
) -> None:
    options = {"parameters": {"unaffordable": unaffordable}}
    pairs = [(choices, times) for choices, times in case.profile.pairs()]
    outcome = counted(case.election, pairs, lots=case.lots, **options)
    for margin in outcome.selection.margins:
        name, more = margin["project"], margin["more"]
        for extra in (1, 7, 60) if more is None else (more - 1, more):
            if extra:
                again = counted(case.election, [*pairs, ([name], extra)], lots=case.lots, **options)
                assert (name in again.funded) == (more is not None and extra >= more)


@given(limited())
@thoroughly
def test_the_votes_that_are_surely_enough_for_equal_shares_are_enough_within_limits(
    case: Case,
) -> None:
    pairs = [(choices, times) for choices, times in case.profile.pairs()]
    outcome = counted(case.election, pairs, "equal-shares", lots=case.lots)
    for margin in outcome.selection.margins:
        name, more = margin["project"], margin["more"]
        again = [*pairs, ([name], more or 60)]
        funded = counted(case.election, again, "equal-shares", lots=case.lots).funded
        assert (name in funded) == (more is not None)


@pytest.mark.parametrize("rule", ["greedy", "equal-shares"])
def test_what_a_district_can_never_pay_needs_no_number_of_votes(rule: str) -> None:
    outcome = counted(limiting(district_budgets={"north": 55}), VOTES, rule).to_json()
    missed = explain(outcome, "a")
    assert missed.code == Code.OVER_DISTRICT_BUDGET
    assert missed.values["more"] is None
