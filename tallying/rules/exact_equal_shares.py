"""`exact-equal-shares`: equal shares in which those who pay for a project pay exactly the same."""

from dataclasses import replace
from fractions import Fraction

import numpy as np

from tallying.codes import Code
from tallying.election import BallotStyle
from tallying.rules import equal_shares
from tallying.rules.completion import fill_greedily
from tallying.rules.even_market import EvenMarket
from tallying.rules.even_raising import raise_evenly
from tallying.rules.rule import Completion, Contest, Rule, Selection, Verdict
from tallying.utilities import Utility

RAISING = (Completion.ADD1, Completion.ADD1_GREEDY, Completion.ADD_OPT)


def select(contest: Contest) -> Selection:
    """Kraiczy, Robinson and Elkind 2025, "Streamlining Equal Shares", algorithm 1, for utilities
    that are the same for all supporters of a project.

    Everybody holds an equal share of the budget. With t(p) the greatest t such that t supporters
    hold c/t each, the project of greatest t·u/c is bought, and those t pay c/t each; the others
    pay nothing. Raises `UnresolvedTie`.
    """
    if contest.completion in RAISING:
        raised = raise_evenly(contest)
        completion = "add_opt" if contest.completion is Completion.ADD_OPT else "add1"
        selection = replace(
            _selection(raised.market), ties=raised.ties, completion={completion: raised.account}
        )
    else:
        share = Fraction(contest.election.budget, max(1, contest.profile.total))
        selection = _selection(EvenMarket(contest, share).run())
    if contest.completion in (Completion.GREEDY, Completion.ADD1_GREEDY):
        selection = fill_greedily(contest, selection)
    return selection


def _selection(market: EvenMarket) -> Selection:
    """What was bought, with the reason for every project."""
    decisions = market.decisions
    unfunded = market.unfunded
    for position in decisions.in_order(market.gone.keys() & decisions.waiting):
        verdict = decisions.room.shut_out(market.projects[position])
        if verdict is not None:
            decisions.dismiss(position, verdict)
    for position, verdict in zip(unfunded, _accounts(market, unfunded), strict=True):
        decisions.dismiss(position, verdict)
    return decisions.selection()


def _accounts(market: EvenMarket, unfunded: list[int]) -> list[Verdict]:
    """What the supporters of each project hold together, and what they paid for others."""
    found = []
    weights = market.contest.profile.weights
    payers = np.zeros(len(weights), dtype=np.int64)
    used: list[list[list[object]]] = [[] for _ in unfunded]
    for bought in market.bought:
        even = bought.even
        payers[even.ballots] = weights[even.ballots]
        for account, position in zip(used, unfunded, strict=True):
            number = int(payers[market.contest.supports[position].ballots].sum())
            amount = number * even.price.numerator // even.price.denominator
            if amount:
                account.append([market.projects[even.position].id, amount])
        payers[even.ballots] = 0
    for account, position in zip(used, unfunded, strict=True):
        account.sort(key=lambda pair: (-int(str(pair[1])), str(pair[0]).encode()))
        values = {"held": _held(market, position), "used": account}
        found.append(Verdict(Code.NO_EQUAL_PARTS, values))
    return found


def _held(market: EvenMarket, position: int) -> int:
    """What the supporters of a project hold together, in minor units, rounded down."""
    support, paid = market.contest.supports[position], Fraction(0)
    members = np.zeros(len(market.contest.profile.weights), dtype=np.bool_)
    members[support.ballots] = True
    for bought in market.bought:
        own = bought.even.ballots[members[bought.even.ballots]]
        paid += int(market.contest.profile.weights[own].sum()) * bought.even.price
    return int(support.votes * market.endowment - paid)


RULE = Rule(
    id="exact-equal-shares",
    title={
        "en": "Exact equal shares",
        "es": "Partes exactamente iguales",
        "fr": "Parts exactement égales",
        "pt": "Partes exatamente iguais",
    },
    description={
        "en": "The budget is divided equally among all voters. A project is funded when a group of its supporters can pay for it in equal parts; whoever has less left than such a part pays nothing. The project with the most payers for its cost and use comes first.",
        "es": "El presupuesto se divide en partes iguales entre quienes votan. Un proyecto se financia cuando un grupo de quienes lo apoyan puede pagarlo en partes iguales; quien tiene menos que una de esas partes no paga nada. Va primero el proyecto que más personas pagan en relación con su costo y su utilidad.",
        "fr": "Le budget est divisé en parts égales entre les votants. Un projet est financé quand un groupe de ses soutiens peut le payer à parts égales ; qui a moins qu’une telle part ne paie rien. Le projet que le plus de personnes paient, compte tenu de son coût et de son utilité, passe d’abord.",
        "pt": "O orçamento é dividido em partes iguais entre quem vota. Um projeto é financiado quando um grupo de quem o apoia pode pagá-lo em partes iguais; quem tem menos do que uma dessas partes não paga nada. Vem primeiro o projeto que mais pessoas pagam em relação ao seu custo e à sua utilidade.",
    },
    citation="Kraiczy, Robinson, Elkind, “Streamlining Equal Shares”, arXiv 2502.11797, 2025.",
    complexity="For each project bought, the supporters of the few projects that may be next are sorted by what they hold; add1 and add-opt repeat the count at each share at which it can change.",
    styles=frozenset(BallotStyle) - {BallotStyle.RANKED},
    utilities=(Utility.COST, Utility.CARDINALITY),
    default_utility=lambda _style: Utility.COST,
    completions=tuple(Completion),
    parameters=tuple(p for p in equal_shares.RULE.parameters if p.name != "compare"),
    select=select,
)
