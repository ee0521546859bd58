"""Equal shares at float speed against plain fractions: the same outcome, to the byte."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallying.election import BallotStyle
from tallying.errors import UnresolvedTie
from tallying.formats import pabulib
from tallying.outcome import Outcome
from tallying.rules import RuleConfig, count
from tests.tallying.reference.equal_shares import recount
from tests.tallying.strategies import Case, cases, grouped

FOLDER = Path(os.environ.get("PB_PABULIB", "nowhere"))
FILES = sorted(FOLDER.glob("*.pb"))
SMALL = [file for file in FILES if file.stat().st_size < 50_000]
COMPLETIONS = ("none", "greedy", "add1", "add1-greedy")

parameters = st.fixed_dictionaries(
    {
        "integral": st.booleans(),
        "exhaustive": st.booleans(),
        "compare": st.booleans(),
        "step": st.integers(1, 2),
    }
)


def counted(case: Case, **options: object) -> Outcome:
    config = RuleConfig.from_json({"rule": "equal-shares", "ties": ["lots"], **options})
    return count(case.election, case.profile, config, lots=case.lots)


def check(case: Case, **options: object) -> None:
    outcome = counted(case, **options)
    assert outcome.to_bytes() == recount(outcome).to_bytes()


@pytest.mark.parametrize("completion", COMPLETIONS)
@pytest.mark.parametrize("utility", ["cost", "cardinality"])
@given(case=cases(least_cost=0), chosen=parameters)
@settings(max_examples=100, deadline=None)
def test_approvals_give_the_outcome_of_plain_fractions(
    case: Case, chosen: dict[str, object], utility: str, completion: str
) -> None:
    check(case, utility=utility, completion=completion, parameters=chosen)


@pytest.mark.parametrize("completion", COMPLETIONS)
@pytest.mark.parametrize(
    "style", [BallotStyle.POINTS, BallotStyle.RANKED, BallotStyle.SCORE, BallotStyle.KNAPSACK]
)
def test_every_style_gives_the_outcome_of_plain_fractions(
    style: BallotStyle, completion: str
) -> None:
    @given(cases(style), parameters)
    @settings(max_examples=60, deadline=None)
    def run(case: Case, chosen: dict[str, object]) -> None:
        check(case, completion=completion, parameters=chosen)

    run()


@pytest.mark.parametrize("completion", COMPLETIONS)
@given(case=grouped())
@settings(max_examples=60, deadline=None)
def test_exclusive_groups_give_the_outcome_of_plain_fractions(case: Case, completion: str) -> None:
    check(case, completion=completion)


@given(cases())
@settings(max_examples=100, deadline=None)
def test_an_open_tie_is_refused_at_the_same_step_as_when_raising_one_by_one(case: Case) -> None:
    config = RuleConfig("equal-shares", ties=("more_votes",), completion="add1")
    reported = count(case.election, case.profile, config, report_open_ties=True)
    plain = recount(reported)
    assert reported.to_bytes() == plain.to_bytes()
    if not plain.open_ties:
        count(case.election, case.profile, config)
        return
    with pytest.raises(UnresolvedTie) as refused:
        count(case.election, case.profile, config)
    first = next(tie for tie in plain.selection.ties if tie.matters)
    assert (refused.value.step, refused.value.projects) == (first.step, first.open[0])


@pytest.mark.skipif(not FILES, reason="PB_PABULIB names no folder with real elections")
@pytest.mark.parametrize("completion", ["none", "add1"])
@pytest.mark.parametrize("path", SMALL, ids=[file.stem for file in SMALL])
def test_small_real_elections_give_the_outcome_of_plain_fractions(
    path: Path, completion: str
) -> None:
    file = pabulib.read(path)
    lots = tuple(sorted(file.election.index))
    check(Case(file.election, file.profile, lots), completion=completion)
