"""`maximin-support`: fund what keeps the heaviest burden on any voter as light as possible."""

import heapq
from fractions import Fraction

from tallying.election import BallotStyle
from tallying.rules.carrying import Carriers, Load
from tallying.rules.greedy import MIN_SCORE
from tallying.rules.rule import Completion, Contest, Rule, Selection
from tallying.rules.sequence import Sequence
from tallying.rules.texts import fraction_text
from tallying.utilities import Utility


def select(contest: Contest) -> Selection:
    """Aziz, Lee and Talmon 2018, "Proportionally representative participatory budgeting: axioms
    and algorithms", section 5 (there "generalised sequential Phragmén").

    With L(W) the least load that the most burdened voter can have when supporters share the costs
    of the projects W in any way, which is the greatest c(S) / ‖N(S)‖ over the sets S ⊆ W, the
    project p that still fits and makes L(W ∪ p) least is added. Raises `UnresolvedTie`.
    """
    return _Support(contest).selection()


class _Support:
    """One count under way. L only rises as projects are added, so an old one is a lower bound."""

    def __init__(self, contest: Contest) -> None:
        self.sequence = Sequence(contest)
        projects, waiting = self.sequence.projects, self.sequence.waiting
        self.carriers = Carriers(
            {position: contest.supports[position].ballots for position in waiting},
            contest.profile.weights,
            {position: projects[position].cost for position in waiting},
        )
        self.load = Load(Fraction(0), {})
        self.bounds = [(self.carriers.density([position]), position) for position in waiting]
        """A heap of (lower bound of L with this project, position)."""
        heapq.heapify(self.bounds)

    def selection(self) -> Selection:
        """Add projects until none that fits is left."""
        self._drop()
        while self.bounds:
            equal = self._lightest()
            harmless = self.sequence.harmless(equal)
            position = self.sequence.best(equal, matters=not harmless)
            for other in equal:
                if other != position:
                    heapq.heappush(self.bounds, (equal[other].most, other))
            self.load = equal[position]
            most = self.load.most
            self.sequence.fund(position, {}, load=fraction_text(most))
            self._drop()
        return self.sequence.selection()

    def _drop(self) -> None:
        """Reject what does not fit any more."""
        sequence = self.sequence
        for position in sequence.in_order(sequence.waiting):
            verdict = sequence.room.obstacle(sequence.projects[position])
            if verdict is not None:
                sequence.reject(position, verdict, load=None)
        self.bounds = [entry for entry in self.bounds if entry[1] in sequence.waiting]
        heapq.heapify(self.bounds)

    def _lightest(self) -> dict[int, Load]:
        """The projects with which L is least, and the loads; they leave the heap.

        A bound is the c(S) / ‖N(S)‖ of some S, so where it can be carried, it is L itself. The
        bounds leave the heap in rising order, so the first that can be carried is the least.
        """
        best: dict[int, Load] = {}
        least: Fraction | None = None
        while self.bounds and (least is None or self.bounds[0][0] <= least):
            bound, position = heapq.heappop(self.bounds)
            trial = max(bound, self.load.most)
            found = self.carriers.spread(self.load, position, trial)
            if isinstance(found, Fraction):
                heapq.heappush(self.bounds, (found, position))
            else:
                best[position], least = found, trial
        return best


RULE = Rule(
    id="maximin-support",
    title={
        "en": "Maximin support",
        "es": "Máximo apoyo mínimo",
        "fr": "Soutien maximin",
        "pt": "Apoio maximin",
    },
    description={
        "en": "Supporters share the cost of each funded project among themselves, as evenly as possible over all projects. The project that makes the heaviest burden on any voter rise least is funded next, as long as any still fits into the budget.",
        "es": "Quienes apoyan cada proyecto financiado se reparten su costo, de la manera más pareja posible para el conjunto de los proyectos. Después se financia el proyecto con el que menos sube la mayor carga de una persona votante, mientras alguno quepa en el presupuesto.",
        "fr": "Les soutiens de chaque projet financé se partagent son coût, aussi également que possible sur l’ensemble des projets. On finance ensuite le projet qui élève le moins la plus lourde charge d’un votant, tant qu’il en reste un qui tient dans le budget.",
        "pt": "O custo de cada projeto financiado é dividido entre quem o apoia, tão igualmente quanto possível no conjunto dos projetos. Em seguida é financiado o projeto com que menos sobe a maior carga de uma pessoa votante, enquanto algum couber no orçamento.",
    },
    citation="Aziz, Lee, Talmon, “Proportionally representative participatory budgeting: axioms and algorithms”, AAMAS 2018.",
    complexity="For each project funded, a maximum flow from the funded projects to the ballots for each of the few that may be next.",
    styles=frozenset(BallotStyle) - {BallotStyle.RANKED},
    utilities=(Utility.CARDINALITY,),
    default_utility=lambda _style: Utility.CARDINALITY,
    completions=(Completion.NONE,),
    parameters=(MIN_SCORE,),
    select=select,
)
