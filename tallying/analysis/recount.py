"""The same contest with other numbers of voters, without reading or merging anything again."""

from dataclasses import replace
from fractions import Fraction

import numpy as np

from tallying.errors import UnresolvedTie
from tallying.outcome import Outcome
from tallying.profile import Integers
from tallying.rules import find
from tallying.rules.market import Market, Stall
from tallying.rules.rule import Completion, Contest, Selection
from tallying.ties import TieOrder
from tallying.utilities import Support, exact_dot


def reweighted(contest: Contest, weights: Integers) -> Contest:
    """The contest with other weights of the same distinct ballots, shape (d,); 0 is allowed.

    Ties that the order leaves open are reported, not raised: a recount publishes nothing.
    """
    profile = replace(contest.profile, weights=weights, total=int(weights.sum()))
    natural = tuple(_counted(support, weights) for support in contest.natural)
    same = contest.natural is contest.supports
    return replace(
        contest,
        profile=profile,
        natural=natural,
        supports=natural if same else tuple(_counted(s, weights) for s in contest.supports),
        ties=_ties(contest, natural),
    )


def with_voters(contest: Contest, position: int, voters: int) -> Contest:
    """The contest with further voters who choose one project alone, and give it the most
    that anybody gives it."""
    extra = len(contest.profile.weights)
    weights = np.concatenate((contest.profile.weights, np.array([voters])))

    def joined(supports: tuple[Support, ...]) -> tuple[Support, ...]:
        old = supports[position]
        unit = int(old.units.max()) if len(old.units) else 1
        ballots = np.concatenate((old.ballots, np.array([extra])))
        units = np.concatenate((old.units, np.array([unit])))
        score = old.score + voters * unit * old.scale
        new = Support(ballots, units, old.scale, old.votes + voters, score)
        return (*supports[:position], new, *supports[position + 1 :])

    natural = joined(contest.natural)
    profile = replace(contest.profile, weights=weights, total=contest.profile.total + voters)
    return replace(
        contest,
        profile=profile,
        natural=natural,
        supports=joined(contest.supports),
        ties=_ties(contest, natural),
    )


def with_score(contest: Contest, position: int, votes: int, score: int) -> Contest:
    """The contest with so many more (or fewer) votes and so much more score of one project.

    Only rules that look at nothing but scores and votes can count it.
    """

    def changed(supports: tuple[Support, ...]) -> tuple[Support, ...]:
        old = supports[position]
        new = replace(old, votes=old.votes + votes, score=old.score + score)
        return (*supports[:position], new, *supports[position + 1 :])

    natural = changed(contest.natural)
    return replace(
        contest, natural=natural, supports=changed(contest.supports), ties=_ties(contest, natural)
    )


def select(outcome: Outcome, contest: Contest) -> Selection | None:
    """Count again by the outcome's rule; None when a tie refuses the count."""
    try:
        return find(outcome.config.rule).select(contest)
    except UnresolvedTie:
        return None


def funded(outcome: Outcome, contest: Contest) -> tuple[tuple[str, ...], bool]:
    """Who is funded, without the reasons, and whether an open tie mattered.

    Equal shares as such needs no account of who paid for what, which is half of its work.
    """
    plain = contest.completion is Completion.NONE and not contest.parameters.get("compare")
    if outcome.config.rule != "equal-shares" or not plain:
        selection = find(outcome.config.rule).select(contest)
        return selection.funded, any(tie.matters for tie in selection.ties)
    share = Fraction(contest.election.budget, max(1, contest.profile.total))
    market = Market(Stall(contest), share).run()
    return tuple(market.bought), any(tie.matters for tie in market.ties)


def _counted(support: Support, weights: Integers) -> Support:
    counted = weights[support.ballots]
    score = support.scale * exact_dot(counted, support.units)
    return replace(support, votes=int(counted.sum()), score=score)


def _ties(contest: Contest, natural: tuple[Support, ...]) -> TieOrder:
    votes = {p.id: s.votes for p, s in zip(contest.election.projects, natural, strict=True)}
    return replace(contest.ties, votes=votes, report_open=True)
