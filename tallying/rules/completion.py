"""What happens to money that a proportional rule leaves over, and which of two results is taken."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tallying.codes import Code
from tallying.rules.greedy import walk_all, without_support
from tallying.rules.market import Market, decimal_text
from tallying.rules.room import Room
from tallying.rules.rule import Completion, Contest, Selection, Verdict
from tallying.rules.walk import Candidate, Order, Unaffordable, Walk
from tallying.ties import Tie
from tallying.utilities import Support


def fill_greedily(contest: Contest, selection: Selection) -> Selection:
    """Spend what is left on the other projects, greedily by what the ballots say themselves."""
    election = contest.election
    candidates = [
        Candidate(project, support.score, support.votes)
        for project, support in zip(election.projects, contest.natural, strict=True)
        if project.id not in selection.funded
    ]
    left_out = without_support(candidates, contest.parameters["min_score"])
    projects = [election.projects[election.index[name]] for name in selection.funded]
    room = Room(election)
    for project in projects:
        room.take(project)
    walk = Walk(
        contest.ties,
        Order.SCORE,
        Unaffordable.SKIP,
        room,
        step=len(selection.rounds),
        funded_code=Code.FUNDED_BY_COMPLETION,
    )
    walk.take([candidate for candidate in candidates if candidate.project.id not in left_out])
    return replace(
        selection,
        funded=(*selection.funded, *walk.funded),
        rounds=(*selection.rounds, *walk.rounds),
        ties=(*selection.ties, *walk.met),
        verdicts={
            **selection.verdicts,
            **{name: _filled(selection, name, verdict) for name, verdict in walk.verdicts.items()},
        },
        completion={
            **selection.completion,
            "greedy": {"first_step": len(selection.rounds) + 1, "funded": list(walk.funded)},
        },
    )


def _filled(selection: Selection, name: str, verdict: Verdict) -> Verdict:
    """The verdict of the fill; of a project still unfunded, with the account of its supporters."""
    if verdict.code == Code.FUNDED_BY_COMPLETION:
        return Verdict(verdict.code, {**verdict.values, "completion": str(Completion.GREEDY)})
    return Verdict(verdict.code, {**selection.verdicts[name].values, **verdict.values})


def raise_endowments(contest: Contest) -> Selection:
    """Repeat the count with greater shares, and keep the last that stays within the budget.

    It ends at the first overrun, when every supported project is funded, or, if `exhaustive`,
    when no supported project fits into what is left.
    """
    budget, major = contest.election.budget, 10**contest.election.minor_digits
    share = Fraction(budget, max(1, contest.profile.total))
    if contest.parameters["integral"]:
        share = Fraction(share // major * major)
    step = contest.parameters["step"] * major
    met: dict[tuple[object, ...], Tie] = {}
    kept, raises = Market(contest, share, ceiling=budget).run(), 0
    ended = _ended(contest, kept)
    while ended is None:
        _remember(met, kept.ties, raises)
        trial = Market(contest, share + (raises + 1) * step, ceiling=budget).run()
        if trial.overrun:
            _remember(met, trial.ties, raises + 1)
            ended = "overrun"
        else:
            kept, raises = trial, raises + 1
            ended = _ended(contest, kept)
    _remember(met, kept.ties, raises)
    account = {
        "raises": raises,
        "first_share": decimal_text(share),
        "share": decimal_text(kept.endowment),
        "ended": ended,
    }
    return replace(kept.selection(), ties=tuple(met.values()), completion={"add1": account})


def _remember(met: dict[tuple[object, ...], Tie], ties: list[Tie], raises: int) -> None:
    """Keep each tie once, as it was first met."""
    for tie in ties:
        met.setdefault((tie.projects, tie.decided_by, tie.open), replace(tie, raises=raises))


def _ended(contest: Contest, market: Market) -> str | None:
    """Why no greater share is tried, or None."""
    waiting = market.unfunded
    if not waiting:
        return "all_funded"
    left = contest.election.budget - market.spent
    if contest.parameters["exhaustive"] and all(project.cost > left for project in waiting):
        return "exhaustive"
    return None


def prefer_greedy(contest: Contest, selection: Selection) -> Selection:
    """Take the greedy outcome if and only if strictly more voters have the higher utility there."""
    rival = walk_all(contest, contest.natural)
    here, there = (_gains(contest, chosen.funded) for chosen in (selection, rival))
    weights = contest.profile.weights
    more_here, more_there = int(weights[here > there].sum()), int(weights[there > here].sum())
    chosen, other = (rival, selection) if more_there > more_here else (selection, rival)
    account: dict[str, Any] = {
        "chosen": "greedy" if chosen is rival else "equal-shares",
        "higher_with_equal_shares": more_here,
        "higher_with_greedy": more_there,
        "other_funded": list(other.funded),
    }
    return replace(chosen, completion={**selection.completion, "compare": account})


def _gains(contest: Contest, funded: tuple[str, ...]) -> NDArray[Any]:
    """Each distinct ballot's utility of the funded projects, exact."""
    chosen: list[Support] = [contest.supports[contest.election.index[name]] for name in funded]
    most = sum(s.scale * int(s.units.max()) for s in chosen if len(s.units))
    gains = np.zeros(len(contest.profile.weights), dtype=np.int64 if most < 2**63 else object)
    for support in chosen:
        gains[support.ballots] += support.units.astype(gains.dtype) * support.scale
    return gains
