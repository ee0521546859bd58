"""`greedy`: fund projects from the best to the worst while there is money."""

from collections.abc import Mapping
from typing import Any

from tallying.codes import Code
from tallying.election import BallotStyle
from tallying.rules.margins import greedy_margins
from tallying.rules.room import Room
from tallying.rules.rule import (
    N_,
    Completion,
    Contest,
    Kind,
    Parameter,
    Rule,
    Selection,
    Verdict,
)
from tallying.rules.walk import Candidate, Order, Unaffordable, Walk
from tallying.utilities import NATURAL, Support, Utility


def select(contest: Contest) -> Selection:
    """Practice; `partial` follows Goel, Krishnaswamy, Sakshuwong and Aitamurto 2019, "Knapsack
    voting for participatory budgeting", section 2. Raises `UnresolvedTie`."""
    parameters = contest.parameters
    return walk_all(
        contest,
        contest.supports,
        order=Order(parameters["order"]),
        unaffordable=Unaffordable(parameters["unaffordable"]),
    )


def walk_all(
    contest: Contest,
    supports: tuple[Support, ...],
    order: Order = Order.SCORE,
    unaffordable: Unaffordable = Unaffordable.SKIP,
) -> Selection:
    """The greedy count of all projects by the scores of `supports`."""
    min_score = contest.parameters["min_score"]
    candidates = [
        Candidate(project, support.score, support.votes)
        for project, support in zip(contest.election.projects, supports, strict=True)
    ]
    walk = Walk(contest.ties, order, unaffordable, Room(contest.election))
    left_out = without_support(candidates, min_score)
    walk.take([candidate for candidate in candidates if candidate.project.id not in left_out])
    utility = contest.utility
    return Selection(
        funded=tuple(walk.funded),
        partial=walk.partial,
        rounds=tuple(walk.rounds),
        ties=tuple(walk.met),
        verdicts={**left_out, **walk.verdicts},
        margins=greedy_margins(walk, candidates, contest.election, min_score, utility),
    )


def without_support(candidates: list[Candidate], min_score: int) -> Mapping[str, Verdict]:
    """The verdicts on projects that no rule looks at: nobody's, or below the minimum score."""
    verdicts: dict[str, Verdict] = {}
    for candidate in candidates:
        if candidate.votes == 0:
            verdicts[candidate.project.id] = Verdict(Code.NO_SUPPORT)
        elif candidate.score < min_score:
            values: dict[str, Any] = {"minimum": min_score}
            verdicts[candidate.project.id] = Verdict(Code.BELOW_MINIMUM, values)
    return verdicts


MIN_SCORE = Parameter(
    name="min_score",
    type=Kind.INTEGER,
    default=0,
    help={
        "en": "The least score that a project needs to be funded.",
        "es": "La suma mínima de votos o puntos que un proyecto necesita para que se financie.",
        "fr": "Le total minimal de voix ou de points qu’il faut à un projet pour être financé.",
        "pt": "A soma mínima de votos ou pontos de que um projeto precisa para ser financiado.",
    },
)

RULE = Rule(
    id="greedy",
    title={
        "en": "Most votes first",
        "es": "Primero los más votados",
        "fr": "Les plus votés d’abord",
        "pt": "Primeiro os mais votados",
    },
    description={
        "en": "Projects are funded from the most supported to the least, as long as the money lasts. A project that costs more than what is left is passed over, or ends the count, as the round says.",
        "es": "Los proyectos se financian del más apoyado al menos apoyado mientras alcance el dinero. Un proyecto que cuesta más de lo que queda se salta, o termina el escrutinio, según diga la ronda.",
        "fr": "Les projets sont financés du plus soutenu au moins soutenu, tant qu’il reste de l’argent. Un projet qui coûte plus que ce qui reste est laissé de côté, ou met fin au dépouillement, selon l’édition.",
        "pt": "Os projetos são financiados do mais apoiado ao menos apoiado, enquanto houver dinheiro. Um projeto que custa mais do que resta fica de fora, ou encerra a apuração, conforme a rodada.",
    },
    citation=N_(
        "Practice of most cities; funding in part: Goel, Krishnaswamy, Sakshuwong, Aitamurto, “Knapsack voting for participatory budgeting”, ACM Transactions on Economics and Computation 7(2), 2019."
    ),
    complexity="One pass over the distinct ballots, then sorting the projects.",
    styles=frozenset(BallotStyle),
    utilities=tuple(Utility),
    default_utility=NATURAL.__getitem__,
    completions=(Completion.NONE,),
    parameters=(
        Parameter(
            name="order",
            type=Kind.CHOICE,
            default=Order.SCORE.value,
            choices=tuple(order.value for order in Order),
            help={
                "en": "Whether the greatest score is best, or the greatest score per unit of cost.",
                "es": "Si lo mejor es la mayor suma de votos o puntos, o la mayor suma por unidad de costo.",
                "fr": "Si le meilleur est le plus grand total de voix ou de points, ou le plus grand total par unité de coût.",
                "pt": "Se o melhor é a maior soma de votos ou pontos, ou a maior soma por unidade de custo.",
            },
        ),
        Parameter(
            name="unaffordable",
            type=Kind.CHOICE,
            default=Unaffordable.SKIP.value,
            choices=tuple(choice.value for choice in Unaffordable),
            help={
                "en": "A project that does not fit is passed over (skip), ends the count (stop), or is funded in part and ends the count (partial).",
                "es": "Un proyecto que no cabe se salta (skip), termina el escrutinio (stop), o se financia en parte y termina el escrutinio (partial).",
                "fr": "Un projet qui ne tient pas dans l’argent restant est laissé de côté (skip), met fin au dépouillement (stop), ou est financé en partie et y met fin (partial).",
                "pt": "Um projeto que não cabe fica de fora (skip), encerra a apuração (stop), ou é financiado em parte e encerra a apuração (partial).",
            },
        ),
        MIN_SCORE,
    ),
    select=select,
)
