"""What happens to money that a proportional rule leaves over, and which of two results is taken."""

from dataclasses import replace
from typing import Any

from tallying.codes import Code
from tallying.rules.greedy import walk_all, without_support
from tallying.rules.room import Room
from tallying.rules.rule import Completion, Contest, Selection, Verdict
from tallying.rules.walk import Candidate, Order, Unaffordable, Walk
from tallying.utilities import gains


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


def prefer_greedy(contest: Contest, selection: Selection) -> Selection:
    """Take the greedy outcome if and only if strictly more voters have the higher utility there."""
    rival = walk_all(contest, contest.natural)
    weights, index = contest.profile.weights, contest.election.index
    here, there = (
        gains(contest.supports, [index[name] for name in chosen.funded], len(weights))
        for chosen in (selection, rival)
    )
    more_here, more_there = int(weights[here > there].sum()), int(weights[there > here].sum())
    chosen, other = (rival, selection) if more_there > more_here else (selection, rival)
    account: dict[str, Any] = {
        "chosen": "greedy" if chosen is rival else "equal-shares",
        "higher_with_equal_shares": more_here,
        "higher_with_greedy": more_there,
        "other_funded": list(other.funded),
    }
    return replace(chosen, completion={**selection.completion, "compare": account})
