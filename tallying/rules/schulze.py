"""`schulze`: put the projects in order by their pairwise wins, then greedy."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tallying.codes import Code
from tallying.election import BallotStyle, Project
from tallying.profile import Integers
from tallying.rules.greedy import without_support
from tallying.rules.pairwise import preferences, strongest_paths
from tallying.rules.room import Room
from tallying.rules.rule import Completion, Contest, Rule, Selection, Verdict
from tallying.rules.walk import Candidate, Order, Unaffordable, Walk
from tallying.ties import Tie
from tallying.utilities import Utility


def select(contest: Contest) -> Selection:
    """Schulze 2011, "A new monotonic, clone-independent, reversal symmetric, and condorcet-
    consistent single-winner election method", sections 2.2 and 2.3, with winning votes: what a
    ballot does not rank is equal, and below all that it ranks.

    The order of the paper is partial. Each step takes a project that none of those still waiting
    beats, by the tie order where there are several, and funds it when it fits. Raises
    `UnresolvedTie`.
    """
    candidates = [
        Candidate(project, support.score, support.votes)
        for project, support in zip(contest.election.projects, contest.supports, strict=True)
    ]
    left_out = without_support(candidates, 0)
    votes = preferences(contest.profile.rows, contest.profile.weights, len(candidates))
    ranked = _Ranked(contest, candidates, strongest_paths(votes))
    ranked.take([p for p, c in enumerate(candidates) if c.project.id not in left_out])
    walk = ranked.walk
    return Selection(
        funded=tuple(walk.funded),
        rounds=tuple(walk.rounds),
        ties=tuple(walk.met),
        verdicts={**left_out, **walk.verdicts},
    )


@dataclass
class _Ranked:
    """The walk through the partial order; `paths[a, b]` is the strength of the best path."""

    contest: Contest
    candidates: list[Candidate]
    paths: Integers
    walk: Walk = field(init=False)
    _lost: dict[str, list[tuple[str, Tie]]] = field(default_factory=dict)
    """Project → the funded ones that the tie order put before it when it would have fitted."""

    def __post_init__(self) -> None:
        room = Room(self.contest.election)
        self.walk = Walk(self.contest.ties, Order.SCORE, Unaffordable.SKIP, room)
        self._beats: NDArray[np.bool_] = self.paths > self.paths.T

    def take(self, waiting: list[int]) -> None:
        """Take all the waiting positions, one after the other."""
        waiting = list(waiting)
        while waiting:
            chosen = self._first(self._unbeaten(waiting), waiting)
            waiting.remove(chosen)
            self.walk.take([self.candidates[chosen]])
            self.walk.rounds[-1]["closest"] = self._closest(chosen, waiting)
            self._name_lost_tie(self.candidates[chosen].project)

    def _unbeaten(self, among: list[int]) -> list[int]:
        """Those whom none of the others beats."""
        winners = self._beats[np.ix_(among, among)].sum(axis=0)
        return [among[place] for place in np.flatnonzero(winners == 0)]

    def _first(self, unbeaten: list[int], waiting: list[int]) -> int:
        if len(unbeaten) == 1:
            return unbeaten[0]
        projects = [self.candidates[position].project for position in unbeaten]
        leading = self.contest.ties.arrange(projects)[0]
        matters = len(leading) > 1 and self._order_matters(leading, waiting)
        first, tie = self.contest.ties.first(projects, self.walk.step + 1, matters)
        self.walk.met.append(tie)
        if self.walk.room.obstacle(first) is None:
            for project in projects:
                if project is not first and self.walk.room.obstacle(project) is None:
                    self._lost.setdefault(project.id, []).append((first.id, tie))
        return self.contest.election.index[first.id]

    def _order_matters(self, leading: list[Project], waiting: list[int]) -> bool:
        """Whether the order of equal projects might change which are funded.

        It cannot when all that still fit alone fit together. Nor can it when those of the group
        fit together and no other project can come between them: one that is beaten by nobody but
        members of the group comes after it in the tie order.
        """
        fitting = [
            self.candidates[position].project
            for position in waiting
            if self.walk.room.obstacle(self.candidates[position].project) is None
        ]
        if self.walk.room.fits_together(fitting):
            return False
        group = {self.contest.election.index[project.id] for project in leading}
        if not self.walk.room.fits_together([p for p in fitting if p in leading]):
            return True
        ranking = self.contest.ties.ranking
        others = [position for position in waiting if position not in group]
        return any(
            ranking(self.candidates[position].project) <= ranking(leading[0])
            for position in self._unbeaten(others)
        )

    def _closest(self, chosen: int, waiting: list[int]) -> dict[str, Any] | None:
        """The waiting project that came closest to beating the chosen one."""
        if not waiting:
            return None
        ids = [candidate.project.id for candidate in self.candidates]
        lead = self.paths[chosen] - self.paths[:, chosen]
        rival = min(waiting, key=lambda position: (int(lead[position]), ids[position].encode()))
        return {
            "project": ids[rival],
            "strength": int(self.paths[chosen, rival]),
            "against": int(self.paths[rival, chosen]),
        }

    def _name_lost_tie(self, project: Project) -> None:
        verdict, lost = self.walk.verdicts[project.id], self._lost.get(project.id)
        if verdict.code != Code.TOO_EXPENSIVE or not lost:
            return
        used = {criterion for _, tie in lost for criterion in tie.decided_by}
        by = [str(criterion) for criterion in self.contest.ties.criteria if criterion in used]
        values = {**verdict.values, "to": [name for name, _ in lost], "by": by}
        self.walk.verdicts[project.id] = Verdict(Code.LOST_TIE, values)
        self.walk.rounds[-1]["verdict"] = str(Code.LOST_TIE)


RULE = Rule(
    id="schulze",
    title={
        "en": "Pairwise wins (Schulze)",
        "es": "Victorias por pares (Schulze)",
        "fr": "Duels gagnés (Schulze)",
        "pt": "Vitórias aos pares (Schulze)",
    },
    description={
        "en": "Every two projects are compared: more voters rank the winner higher. A project comes before another when its chain of wins is stronger. They are then funded in this order; one that costs more than what is left is passed over.",
        "es": "Los proyectos se comparan de dos en dos: gana el que más votantes ponen por delante. Un proyecto va antes que otro cuando su cadena de victorias es más fuerte. Luego se financian en ese orden; el que cuesta más de lo que queda se salta.",
        "fr": "Les projets sont comparés deux à deux : gagne celui que plus de votants placent devant l’autre. Un projet passe avant un autre quand sa chaîne de victoires est plus forte. Ils sont ensuite financés dans cet ordre ; celui qui coûte plus que ce qui reste est laissé de côté.",
        "pt": "Os projetos são comparados dois a dois: ganha o que mais votantes põem à frente. Um projeto vem antes de outro quando a sua cadeia de vitórias é mais forte. Depois são financiados nesta ordem; o que custa mais do que resta fica de fora.",
    },
    citation="Schulze, “A new monotonic, clone-independent, reversal symmetric, and condorcet-consistent single-winner election method”, Social Choice and Welfare 36, 2011.",
    complexity="One pass over the pairs that each distinct ballot ranks, then the cube of the number of projects.",
    styles=frozenset({BallotStyle.RANKED}),
    utilities=(Utility.BORDA,),
    default_utility=lambda _style: Utility.BORDA,
    completions=(Completion.NONE,),
    parameters=(),
    select=select,
)
