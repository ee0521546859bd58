"""What two runs of equal shares show of the endowments between theirs holds at each of them."""

from dataclasses import replace
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from tallying.profile import Profile
from tallying.rules import RuleConfig, count
from tallying.rules.between import Between
from tallying.rules.market import Market, Stall
from tests.tallying.factories import counted, election
from tests.tallying.strategies import Case, cases

INNER = 24


@given(
    case=cases(),
    utility=st.sampled_from(["cost", "cardinality"]),
    lowest=st.integers(0, 90),
    width=st.integers(1, 60),
)
@settings(max_examples=150, deadline=None)
def test_what_two_runs_show_holds_at_every_endowment_between(
    case: Case, utility: str, lowest: int, width: int
) -> None:
    rich = replace(case.election, budget=10**6)
    profile = Profile.from_counts(rich, [(c, n) for c, n in case.profile.pairs()])
    config = RuleConfig("equal-shares", utility=utility, ties=("lots",))
    stall = Stall(count(rich, profile, config, lots=case.lots).contest)
    ends = Fraction(lowest, 30), Fraction(lowest + width, 30)
    lower, upper = (Market(stall, end, traced=True).run() for end in ends)
    check_between(lower, upper)


def check_between(lower: Market, upper: Market) -> int:
    """Compare with runs at inner endowments; how many purchases are shown."""
    shown = Between(lower, upper).shown
    expected = [(p.position, p.tied) for p in lower.purchases[:shown]]
    low, width = lower.endowment, upper.endowment - lower.endowment
    for part in range(1, INNER):
        inner = Market(lower.stall, low + width * part / INNER).run()
        assert [(p.position, p.tied) for p in inner.purchases[:shown]] == expected
    return shown


def test_a_rival_that_is_cheaper_only_between_two_endowments_is_not_overlooked() -> None:
    """All purchases are the same at both ends; between them the third is another."""
    costs = dict(zip("abcdefghi", (40, 28, 34, 10, 10, 28, 40, 36, 20), strict=True))
    ballots = {"adgihe": 1, "eag": 2, "idbc": 1, "eibhfa": 1, "digb": 3, "hfd": 3}
    ballots |= {"bfadc": 2, "af": 2, "dc": 1, "bdace": 2}
    votes = [(list(names), times) for names, times in ballots.items()]
    contest = counted(election(costs, 10**6), votes, "equal-shares").contest
    ends = Fraction(123, 20), Fraction(287, 40)
    lower, upper = (Market(Stall(contest), end, traced=True).run() for end in ends)
    assert [p.position for p in lower.purchases] == [p.position for p in upper.purchases]
    assert check_between(lower, upper) == 2
