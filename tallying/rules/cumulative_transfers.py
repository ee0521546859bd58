"""`cumulative-transfers`: everyone gives away an equal share, and support that is not needed moves on."""

from enum import StrEnum
from fractions import Fraction

from tallying.election import BallotStyle
from tallying.rules.gifts import Gifts
from tallying.rules.parts import as_text
from tallying.rules.rule import Completion, Contest, Kind, Parameter, Rule, Selection
from tallying.rules.sequence import Sequence
from tallying.utilities import NATURAL, Utility


class Variant(StrEnum):
    """What happens when no project has enough support: transfers to one, or elimination."""

    MTC = "mtc"
    EWTC = "ewtc"


def select(contest: Contest) -> Selection:
    """Skowron, Slinko, Szufa and Talmon 2020, "Participatory budgeting with cumulative votes",
    sections 4 and 5 (arXiv 2009.02690). Raises `UnresolvedTie`.

    Every voter splits B / n by the numbers on the ballot; a blank ballot keeps its share, which
    stays unspent. A project is eligible when its gifts s reach its cost c and it fits. The
    eligible one of greatest s / c is funded, what costs nothing before all others; what it got
    beyond its cost returns to its givers' other live projects, in proportion to their gifts, and
    is lost where there are none.

    With none eligible, `mtc` takes the best s / c of those whose givers hold its cost together:
    their gifts to it rise by one common factor, up to all that a giver holds, out of the other
    gifts in proportion; without such a project, what is left is funded by s / c while it fits.
    `ewtc` drops the least s / c, whose gifts move on as above; when all are gone, they are funded
    in the reverse order as far as they fit. A project that its group or a limit shuts out is
    dropped at once.
    """
    return _Transfers(contest).selection()


class _Transfers:
    def __init__(self, contest: Contest) -> None:
        self._sequence = Sequence(contest)
        self._projects = contest.election.projects
        self._gifts = Gifts(contest, self._sequence.waiting)
        self._variant = Variant(contest.parameters["variant"])
        self._dropped: list[int] = []

    def selection(self) -> Selection:
        """Fund until nobody lives, then what is left over pays for others."""
        while live := self._drop_shut_out():
            fitting = [position for position in live if self._fits(position)]
            best = self._greatest(fitting)
            if best and self._enough(best[0]):
                self._buy(best)
            elif self._variant is Variant.EWTC:
                self._eliminate(live)
            elif reached := [p for p in fitting if self._gifts.reachable(p, self._cost(p))]:
                self._transfer(self._greatest(reached))
            else:
                break
        if self._variant is Variant.EWTC:
            self._accept_in_reverse()
        else:
            self._accept_by_support()
        return self._sequence.selection()

    def _drop_shut_out(self) -> list[int]:
        for position in self._sequence.in_order(self._gifts.live):
            verdict = self._sequence.room.shut_out(self._projects[position])
            if verdict is not None:
                self._gifts.drop(position)
                self._sequence.reject(position, verdict)
        return list(self._gifts.live)

    def _cost(self, position: int) -> int:
        return self._projects[position].cost

    def _fits(self, position: int) -> bool:
        return self._sequence.room.obstacle(self._projects[position]) is None

    def _enough(self, position: int) -> bool:
        gifts = self._gifts
        return gifts.support(position) >= self._cost(position) * gifts.unit - gifts.tolerance

    def _greatest(self, positions: list[int]) -> list[int]:
        """Those of the most support for their cost; what costs nothing before all others."""
        if free := [position for position in positions if not self._cost(position)]:
            return free
        about = {p: self._gifts.about(p) / self._cost(p) for p in positions}
        near = max(about.values(), default=0.0) * (1 - 4 * self._gifts.error)
        return self._extreme([p for p in positions if about[p] >= near], 1)

    def _least(self, positions: list[int]) -> list[int]:
        about = {p: self._gifts.about(p) / self._cost(p) for p in positions}
        near = min(about.values()) * (1 + 4 * self._gifts.error)
        return self._extreme([p for p in positions if about[p] <= near], -1)

    def _extreme(self, positions: list[int], sign: int) -> list[int]:
        if not positions:
            return []
        ratios = {p: Fraction(self._gifts.support(p), self._cost(p)) for p in positions}
        most = max(sign * ratio for ratio in ratios.values())
        return [p for p, r in ratios.items() if most - sign * r <= self._gifts.tolerance]

    def _buy(self, equal: list[int]) -> None:
        position = self._sequence.best(equal, not self._sequence.harmless(equal))
        shown = self._shown(position)
        self._gifts.pay(position, self._cost(position))
        self._sequence.fund(position, {}, support=shown, how="supported")

    def _transfer(self, equal: list[int]) -> None:
        position = self._sequence.best(equal)
        shown = self._shown(position)
        self._gifts.raise_and_pay(position, self._cost(position))
        self._sequence.fund(position, {}, support=shown, how="transferred")

    def _eliminate(self, live: list[int]) -> None:
        position = self._sequence.worst(self._least(live))
        project, shown = self._projects[position], self._shown(position)
        self._gifts.drop(position)
        self._dropped.append(position)
        self._sequence.note(project=project.id, cost=project.cost, support=shown)

    def _accept_in_reverse(self) -> None:
        for position in reversed(self._dropped):
            self._accept(position)

    def _accept_by_support(self) -> None:
        while live := list(self._gifts.live):
            equal = self._greatest(live)
            fitting = [self._projects[p] for p in equal if self._fits(p)]
            matters = bool(fitting) and not self._sequence.room.fits_together(fitting)
            position = self._sequence.best(equal, matters)
            self._accept(position)
            self._gifts.live.discard(position)

    def _accept(self, position: int) -> None:
        account = {"support": self._shown(position), "how": "accepted"}
        verdict = self._sequence.room.obstacle(self._projects[position])
        if verdict is not None:
            self._sequence.reject(position, verdict)
        else:
            self._sequence.fund(position, {}, **account)

    def _shown(self, position: int) -> str:
        """The gifts to a live project, in minor units; of one that was dropped nothing."""
        if position not in self._gifts.live:
            return "0"
        return as_text(self._gifts.support(position), self._gifts.unit, 9)


RULE = Rule(
    id="cumulative-transfers",
    title={
        "en": "Cumulative votes with transfers",
        "es": "Votos acumulativos con transferencias",
        "fr": "Votes cumulatifs avec transferts",
        "pt": "Votos cumulativos com transferências",
    },
    description={
        "en": "Everyone gets an equal share of the budget and splits it among projects as the ballot says. A project is funded when its gifts pay for it; what it does not need goes to its givers' other projects. When none has enough, support moves to the nearest one, or the weakest leaves, as the round says.",
        "es": "Cada votante recibe una parte igual del presupuesto y la reparte entre proyectos como dice su papeleta. Un proyecto se financia cuando lo que recibe alcanza para pagarlo; lo que le sobra pasa a los otros proyectos de quienes se lo dieron. Cuando ninguno tiene bastante, el apoyo pasa al más cercano, o sale el más débil, según diga la ronda.",
        "fr": "Chaque votant reçoit une part égale du budget et la répartit entre des projets comme le dit son bulletin. Un projet est financé quand les dons reçus suffisent à le payer ; ce dont il n’a pas besoin va aux autres projets des mêmes votants. Quand aucun n’a assez, le soutien va au plus proche, ou le plus faible sort, selon l’édition.",
        "pt": "Cada votante recebe uma parte igual do orçamento e divide-a entre projetos como diz a sua cédula. Um projeto é financiado quando o que recebe basta para pagá-lo; o que lhe sobra vai para os outros projetos de quem deu. Quando nenhum tem o bastante, o apoio passa para o mais próximo, ou sai o mais fraco, conforme a rodada.",
    },
    citation="Skowron, Slinko, Szufa, Talmon, “Participatory budgeting with cumulative votes”, 2020, arXiv 2009.02690.",
    complexity="For each project funded or dropped, a pass over the givers of the live projects.",
    styles=frozenset(BallotStyle),
    utilities=(Utility.CARDINALITY, Utility.POINTS, Utility.SCORE, Utility.BORDA),
    default_utility=NATURAL.__getitem__,
    completions=(Completion.NONE,),
    parameters=(
        Parameter(
            name="variant",
            type=Kind.CHOICE,
            default=Variant.MTC.value,
            choices=tuple(variant.value for variant in Variant),
            help={
                "en": "When no project has enough: support moves to the one nearest to enough (mtc), or the weakest leaves and its support moves on (ewtc).",
                "es": "Cuando ningún proyecto tiene bastante: el apoyo pasa al más cercano a tenerlo (mtc), o sale el más débil y su apoyo pasa a otros (ewtc).",
                "fr": "Quand aucun projet n’a assez : le soutien va à celui qui en est le plus proche (mtc), ou le plus faible sort et son soutien va à d’autres (ewtc).",
                "pt": "Quando nenhum projeto tem o bastante: o apoio passa para o mais próximo de o ter (mtc), ou sai o mais fraco e o seu apoio passa para outros (ewtc).",
            },
        ),
    ),
    select=select,
)
