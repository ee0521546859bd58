"""`stv`: the single transferable vote for projects with costs."""

from enum import StrEnum

from tallying.election import BallotStyle
from tallying.rules.parts import PRECISION
from tallying.rules.rule import N_, Completion, Contest, Kind, Parameter, Rule, Selection
from tallying.rules.scottish_stv import count_as_in_scotland
from tallying.rules.transfers import Transfers
from tallying.utilities import Utility


class Method(StrEnum):
    """How surpluses are reckoned and ties looked at."""

    GENERAL = "general"
    SCOTTISH = "scottish"


def select(contest: Contest) -> Selection:
    """The count by the method that the round names; raises `UnresolvedTie`."""
    if contest.parameters["method"] == Method.SCOTTISH:
        return count_as_in_scotland(contest)
    return _General(contest).selection()


class _General:
    """The single transferable vote with a quota for each project: this form is our own.

    The quota is ⌊n · c / (B + c_min)⌋ + 1, n the valid ballots, blank included, c_min the least
    positive cost. What costs nothing is funded first, the most votes first, and takes no votes
    away. Then, again and again: what does not fit any more is removed, and its ballots go on in
    full; the greatest share of a quota, if it is at least 1, is funded, and its surplus goes on
    by the weighted inclusive Gregory method; else, if all that are left fit together, they are
    funded; else the least share of a quota is removed.

    Votes are counted in 2⁻ᵇ parts (see `parts`). A transfer of votes w over a quota q makes of an
    error e in what ballots are worth one of at most e · (2 + n/q) + 1 part, so after all m
    transfers it is below (n + 2)^m parts, and that of a pile n times as much: with
    b = `PRECISION` + (m + 1) · log₂(n + 2) below 2^-`PRECISION` of a vote.
    """

    def __init__(self, contest: Contest) -> None:
        voters, projects = contest.profile.total, len(contest.election.projects)
        bits = PRECISION + (projects + 1) * (voters + 2).bit_length()
        self._count = Transfers(contest, voters, 1 << bits, 1 << (bits - PRECISION), 9)
        self._sequence = self._count.sequence

    def selection(self) -> Selection:
        """Decide until nobody waits."""
        self._fund_what_is_free()
        while self._sequence.waiting:
            if self._count.drop_unaffordable():
                continue
            if reached := self._count.reached():
                self._fund(self._sequence.best(self._count.greatest(reached)))
            elif self._count.remaining_fit():
                self._fund_all()
            else:
                least = self._count.least(self._sequence.waiting)
                self._count.eliminate(self._sequence.worst(least))
        return self._sequence.selection()

    def _fund_what_is_free(self) -> None:
        sequence, piles = self._sequence, self._count.piles
        while free := [p for p in sequence.waiting if not sequence.projects[p].cost]:
            most = max(piles.totals[position] for position in free)
            equal = [position for position in free if piles.totals[position] == most]
            chosen = sequence.best(equal, matters=not sequence.harmless(equal))
            sequence.fund(chosen, {}, **self._count.account(chosen))
            piles.hand_on(chosen)
            self._count.drop_unaffordable()

    def _fund(self, position: int) -> None:
        surplus = max(0, self._count.surplus(position))
        self._sequence.fund(position, {}, **self._count.account(position))
        self._count.piles.hand_on(position, surplus)

    def _fund_all(self) -> None:
        while self._sequence.waiting:
            equal = self._count.greatest(self._sequence.waiting)
            position = self._sequence.best(equal, matters=False)
            self._sequence.fund(position, {}, **self._count.account(position))


RULE = Rule(
    id="stv",
    title={
        "en": "Single transferable vote",
        "es": "Voto único transferible",
        "fr": "Vote unique transférable",
        "pt": "Voto único transferível",
    },
    description={
        "en": "Each ballot counts for its first project. A project needs votes in proportion to its cost: one that has them is funded, and votes beyond that go on to the next choices. When none has them, the one furthest from it leaves and its votes go on.",
        "es": "Cada papeleta cuenta para su primer proyecto. Un proyecto necesita votos en proporción a su costo: el que los tiene se financia, y los votos que le sobran pasan a las siguientes preferencias. Cuando ninguno los tiene, sale el que está más lejos de tenerlos, y sus votos pasan a las siguientes preferencias.",
        "fr": "Chaque bulletin compte pour son premier projet. Un projet a besoin de voix en proportion de son coût : celui qui les a est financé, et les voix en trop passent aux choix suivants. Quand aucun ne les a, celui qui en est le plus loin sort, et ses voix passent aux choix suivants.",
        "pt": "Cada cédula conta para o seu primeiro projeto. Um projeto precisa de votos em proporção ao seu custo: o que os tem é financiado, e os votos a mais passam às escolhas seguintes. Quando nenhum os tem, sai o que está mais longe disso, e os seus votos passam às escolhas seguintes.",
    },
    citation=N_(
        "Our own form for projects with costs; for equal costs Droop's quota and the weighted inclusive Gregory method, and as `scottish` the Scottish Local Government Elections Order 2007, SSI 2007 No. 42, rules 45 to 52."
    ),
    complexity="For each project funded or removed, a pass over the distinct ballots.",
    styles=frozenset({BallotStyle.RANKED}),
    utilities=(Utility.BORDA,),
    default_utility=lambda _style: Utility.BORDA,
    completions=(Completion.NONE,),
    parameters=(
        Parameter(
            name="method",
            type=Kind.CHOICE,
            default=Method.GENERAL.value,
            choices=tuple(method.value for method in Method),
            help={
                "en": "Exact fractions of votes (general), or the arithmetic of Scottish council elections: five decimals, and ties decided by earlier stages first (scottish).",
                "es": "Fracciones exactas de votos (general), o la aritmética de las elecciones municipales escocesas: cinco decimales, y los empates se deciden primero por las etapas anteriores (scottish).",
                "fr": "Fractions exactes de voix (general), ou l’arithmétique des élections municipales écossaises : cinq décimales, et les égalités tranchées d’abord par les étapes précédentes (scottish).",
                "pt": "Frações exatas de votos (general), ou a aritmética das eleições municipais escocesas: cinco casas decimais, e os empates decididos primeiro pelas etapas anteriores (scottish).",
            },
        ),
    ),
    select=select,
)
