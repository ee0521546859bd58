"""Properties of analyses on random elections, and of resampling."""

from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallying.analysis import SCHEMA, Resampling, analyse
from tallying.analysis.closeness import closeness
from tallying.analysis.complaints import representation
from tallying.analysis.pricing import Answer, priceability
from tallying.analysis.recount import funded, reweighted
from tallying.analysis.stability import bounds, stability
from tallying.election import BallotStyle
from tallying.outcome import Outcome
from tallying.profile import Profile
from tallying.rules import RULES, RuleConfig, count
from tests.tallying.factories import counted, election
from tests.tallying.strategies import Case, cases

RUNS = settings(max_examples=60, deadline=None)


def by(case: Case, rule: str, **options: Any) -> Outcome:
    config = RuleConfig(rule, ties=("lots",), **options)
    return count(case.election, case.profile, config, lots=case.lots)


@RUNS
@given(cases())
def test_equal_shares_is_priceable_and_leaves_no_group_to_complain(case: Case) -> None:
    outcome = by(case, "equal-shares")
    assert representation(outcome).satisfied
    assert priceability(outcome).answer is Answer.YES


@RUNS
@given(cases(BallotStyle.SCORE))
def test_equal_shares_leaves_no_group_to_complain_where_ballots_grade(case: Case) -> None:
    assert representation(by(case, "equal-shares")).satisfied


@RUNS
@given(cases())
def test_complaints_are_those_that_the_definition_gives(case: Case) -> None:
    """Every group of supporters of every unfunded project, one by one."""
    outcome = by(case, "greedy", utility="cost")
    found = {complaint.project for complaint in representation(outcome).complaints}
    assert found == {p for p in case.election.index if _somebody_could_complain(outcome, p)}


def _somebody_could_complain(outcome: Outcome, project: str) -> bool:
    election_, profile = outcome.contest.election, outcome.contest.profile
    costs = {p.id: p.cost for p in election_.projects}
    if project in outcome.funded:
        return False
    members = [
        (sum(costs[q] for q in ballot if q in outcome.funded) + costs[project], int(weight))
        for ballot, weight in zip(profile.ballots, profile.weights, strict=True)
        if project in ballot
    ]
    share = Fraction(election_.budget, profile.total)
    groups = (g for size in range(1, len(members) + 1) for g in combinations(members, size))
    return any(
        max(gain for gain, _ in group) <= share * sum(weight for _, weight in group)
        for group in groups
    )


@RUNS
@given(cases())
def test_no_small_election_stays_undecided_and_its_answers_agree(case: Case) -> None:
    """What the quick proofs say, the simplex method says, too."""
    for rule in ("greedy", "equal-shares"):
        outcome = by(case, rule)
        quick = priceability(outcome)
        assert quick.answer is not Answer.UNDECIDED
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("tallying.analysis.pricing._Question.refuted", lambda _self: None)
            assert priceability(outcome).answer is quick.answer
            patch.setattr("tallying.analysis.pricing._Question.paid", lambda _self: None)
            assert priceability(outcome).answer is quick.answer


@RUNS
@given(cases(), st.sampled_from(["cardinality", "cost"]))
def test_no_smaller_change_of_a_project_changes_a_greedy_outcome(case: Case, utility: str) -> None:
    outcome = by(case, "greedy", utility=utility)
    found = closeness(outcome)
    assert found.exact
    smallest = min(
        (k for p in case.election.index for k in range(1, 15) if _changes(case, outcome, p, k)),
        default=None,
    )
    if found.change is None or found.change > 0:
        assert found.change == smallest or (smallest is None and (found.change or 99) >= 15)
    else:
        assert smallest is None or smallest >= -found.change


def _changes(case: Case, outcome: Outcome, project: str, voters: int) -> bool:
    pairs = [*case.profile.pairs(), [[project], voters]]
    again = Case(case.election, Profile.from_counts(case.election, pairs), case.lots)
    utility = str(outcome.contest.utility)
    return set(by(again, "greedy", utility=utility).funded) != set(outcome.funded)


@RUNS
@given(cases())
def test_the_order_of_projects_and_ballots_changes_no_analysis(case: Case) -> None:
    turned = type(case.election)(
        tuple(reversed(case.election.projects)),
        case.election.budget,
        case.election.style,
        case.election.limits,
    )
    other = Case(turned, Profile.from_counts(turned, reversed(case.profile.pairs())), case.lots)
    resampling = Resampling(3, 7)
    here, there = (analyse(by(c, "greedy"), resampling).to_json() for c in (case, other))
    assert here == there


def test_a_seed_gives_the_same_recounts_and_another_seed_others() -> None:
    outcome = counted(election({"a": 1, "b": 1}, 1), [(["a"], 11), (["b"], 10)])
    first = stability(outcome, Resampling(200, 1))
    assert first == stability(outcome, Resampling(200, 1))
    assert first.projects != stability(outcome, Resampling(200, 2)).projects
    assert sum(project.times for project in first.projects) == 200
    assert first.same == first.projects[0].times


def test_what_nobody_could_lose_is_funded_in_every_recount() -> None:
    outcome = counted(election({"a": 1}, 1), [(["a"], 3)], "equal-shares")
    (project,) = stability(outcome, Resampling(20, 0)).projects
    assert (project.times, project.most) == (20, 1)


def test_the_bounds_are_those_of_wilson() -> None:
    """Newcombe 1998, table I: 81 of 263 lies between 0.2553 and 0.3662, 15 of 148 between
    0.0624 and 0.1605, 0 of 20 between 0 and 0.1611."""
    assert bounds(81, 263) == (Fraction(255, 1000), Fraction(367, 1000))
    assert bounds(15, 148) == (Fraction(62, 1000), Fraction(161, 1000))
    assert bounds(0, 20) == (0, Fraction(162, 1000))


KINDS = [(rule.id, style) for rule in RULES.values() for style in sorted(rule.styles)]


@pytest.mark.parametrize(("rule", "style"), KINDS)
def test_every_rule_is_analysed_and_recounted_as_if_counted_afresh(
    rule: str, style: BallotStyle
) -> None:
    @settings(max_examples=8, deadline=None)
    @given(cases(style), st.data())
    def recounted(case: Case, data: st.DataObject) -> None:
        outcome = by(case, rule)
        assert analyse(outcome, Resampling(2, 1)).to_json()["schema"] == SCHEMA
        pairs = case.profile.pairs()
        times = [data.draw(st.integers(0, 2)) for _ in pairs]
        if not any(times):
            return
        number = {str(ballot): n for (ballot, _), n in zip(pairs, times, strict=True)}
        weights = np.array([number[str(list(ballot))] for ballot in case.profile.ballots])
        again = funded(outcome, reweighted(outcome.contest, weights))[0]
        kept = [(pair[0], n) for pair, n in zip(pairs, times, strict=True) if n]
        fresh = Case(case.election, Profile.from_counts(case.election, kept), case.lots)
        assert again == by(fresh, rule).funded

    recounted()
