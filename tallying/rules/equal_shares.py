"""`equal-shares`: everyone gets an equal share of the budget, and supporters buy projects together."""

from dataclasses import replace
from fractions import Fraction

from tallying.election import BallotStyle
from tallying.rules.completion import fill_greedily, prefer_greedy
from tallying.rules.greedy import MIN_SCORE
from tallying.rules.margins import sufficient_votes
from tallying.rules.market import Market, Stall
from tallying.rules.raising import raise_endowments
from tallying.rules.rule import Completion, Contest, Kind, Parameter, Rule, Selection
from tallying.utilities import NATURAL, Utility


def select(contest: Contest) -> Selection:
    """Peters, Pierczyński and Skowron 2021, "Proportional participatory budgeting with additive
    utilities", with the completion that the contest names. Raises `UnresolvedTie`."""
    if contest.completion in (Completion.ADD1, Completion.ADD1_GREEDY):
        selection = raise_endowments(contest)
    else:
        selection = _once(contest)
    if contest.completion in (Completion.GREEDY, Completion.ADD1_GREEDY):
        selection = fill_greedily(contest, selection)
    if contest.parameters["compare"]:
        selection = prefer_greedy(contest, selection)
    return replace(selection, margins=sufficient_votes(contest, selection.funded))


def _once(contest: Contest) -> Selection:
    share = Fraction(contest.election.budget, max(1, contest.profile.total))
    return Market(Stall(contest), share).run().selection()


def _default_utility(style: BallotStyle) -> Utility:
    """A grade or a rank is itself a measure; a project that is only named is worth its cost."""
    if style in (BallotStyle.APPROVAL, BallotStyle.KNAPSACK):
        return Utility.COST
    return NATURAL[style]


RULE = Rule(
    id="equal-shares",
    title={
        "en": "Equal shares",
        "es": "Partes iguales",
        "fr": "Parts égales",
        "pt": "Partes iguais",
    },
    description={
        "en": "The budget is divided equally among all voters. A project is funded when its supporters can pay for it together out of their shares; each pays as equally as possible, and the project that costs its supporters least for what it gives them comes first.",
        "es": "El presupuesto se divide en partes iguales entre quienes votan. Un proyecto se financia cuando quienes lo apoyan pueden pagarlo en conjunto con sus partes; pagan lo más por igual posible, y va primero el proyecto que menos les cuesta por lo que les da.",
        "fr": "Le budget est divisé en parts égales entre les votants. Un projet est financé quand ses soutiens peuvent le payer ensemble avec leurs parts ; ils paient aussi également que possible, et le projet qui leur coûte le moins pour ce qu’il leur apporte passe d’abord.",
        "pt": "O orçamento é dividido em partes iguais entre quem vota. Um projeto é financiado quando quem o apoia pode pagá-lo em conjunto com as suas partes; o custo é dividido tão igualmente quanto possível, e vem primeiro o projeto que menos custa a quem o apoia pelo que lhe dá.",
    },
    citation="Peters, Pierczyński, Skowron, “Proportional participatory budgeting with additive utilities”, NeurIPS 2021.",
    complexity="For each project bought, a pass over the supporters of the few projects that may be next; add1 repeats the count where more money may change what is bought, not for each step.",
    styles=frozenset(BallotStyle),
    utilities=tuple(Utility),
    default_utility=_default_utility,
    completions=(
        Completion.NONE,
        Completion.GREEDY,
        Completion.ADD1,
        Completion.ADD1_GREEDY,
    ),
    parameters=(
        Parameter(
            name="step",
            type=Kind.INTEGER,
            default=1,
            least=1,
            help={
                "en": "When shares are raised: by how many units of the currency each time.",
                "es": "Cuando se aumentan las partes: en cuántas unidades de la moneda cada vez.",
                "fr": "Quand les parts sont relevées : de combien d’unités de la monnaie à chaque fois.",
                "pt": "Quando as partes aumentam: em quantas unidades da moeda de cada vez.",
            },
        ),
        Parameter(
            name="integral",
            type=Kind.BOOLEAN,
            default=False,
            help={
                "en": "When shares are raised: begin with whole units of the currency, rounded down.",
                "es": "Cuando se aumentan las partes: empezar con unidades enteras de la moneda, redondeadas hacia abajo.",
                "fr": "Quand les parts sont relevées : commencer par une part arrondie à l’unité inférieure de la monnaie.",
                "pt": "Quando as partes aumentam: começar com unidades inteiras da moeda, arredondadas para baixo.",
            },
        ),
        Parameter(
            name="exhaustive",
            type=Kind.BOOLEAN,
            default=False,
            help={
                "en": "When shares are raised: end as soon as no supported project fits into the money left.",
                "es": "Cuando se aumentan las partes: terminar en cuanto ningún proyecto apoyado quepa en el dinero que queda.",
                "fr": "Quand les parts sont relevées : finir dès qu’aucun projet soutenu ne tient dans l’argent restant.",
                "pt": "Quando as partes aumentam: terminar assim que nenhum projeto apoiado caiba no dinheiro que resta.",
            },
        ),
        Parameter(
            name="compare",
            type=Kind.BOOLEAN,
            default=False,
            help={
                "en": "Take the most-votes-first result instead if strictly more voters gain more from it.",
                "es": "Tomar en su lugar el resultado de “primero los más votados” si son estrictamente más las personas que ganan con él.",
                "fr": "Prendre plutôt le résultat de la règle « les plus votés d’abord » si strictement plus de votants y gagnent.",
                "pt": "Adotar em vez disso o resultado de “primeiro os mais votados” se forem estritamente mais as pessoas que ganham com ele.",
            },
        ),
        MIN_SCORE,
    ),
    select=select,
)
