"""`bounded-overspending`: equal shares in which supporters may buy more than they can pay for."""

from tallying.election import BallotStyle
from tallying.rules import equal_shares
from tallying.rules.completion import fill_greedily
from tallying.rules.greedy import MIN_SCORE
from tallying.rules.overspending import Overspending
from tallying.rules.rule import Completion, Contest, Rule, Selection
from tallying.utilities import Utility


def select(contest: Contest) -> Selection:
    """Papasotiropoulos, Pishbin, Skibski, Skowron and Wąs, "Method of equal shares with bounded
    overspending", EC 2025 (arXiv 2409.15005), section 5: BOS equal shares, not BOS equal shares
    plus, which is a further rule.

    Everybody holds an equal share of the budget. For a project of cost c and any λ,
    α = min(1, Σ min(b_i, λ·u_i) / c) and ρ = λ / α; the least ρ / α over all λ and all projects
    that fit into the budget left is bought, and each supporter pays min(b_i, ρ·u_i). Where two
    prices of one project give the same ρ / α, the one with the greater α is taken. The count ends
    when nobody who supports a project that fits holds anything. Raises `UnresolvedTie`.
    """
    selection = Overspending(contest).selection()
    if contest.completion is Completion.GREEDY:
        selection = fill_greedily(contest, selection)
    return selection


RULE = Rule(
    id="bounded-overspending",
    title={
        "en": "Equal shares with bounded overspending",
        "es": "Partes iguales con exceso de gasto limitado",
        "fr": "Parts égales avec dépassement borné",
        "pt": "Partes iguais com excesso de despesa limitado",
    },
    description={
        "en": "The budget is divided equally among all voters, who buy projects together. Supporters may also buy a project for which their shares do not quite suffice: the less they can pay of it, the later it comes. Whatever they lack is taken from money that others do not use.",
        "es": "El presupuesto se divide en partes iguales entre quienes votan, que pagan proyectos en conjunto. También pueden pagar un proyecto para el que sus partes no alcanzan del todo: cuanto menos puedan pagar de él, más tarde le llega el turno. Lo que falta sale del dinero que otras personas no usan.",
        "fr": "Le budget est divisé en parts égales entre les votants, qui paient des projets ensemble. Ils peuvent aussi payer un projet pour lequel leurs parts ne suffisent pas tout à fait : moins ils peuvent en payer, plus son tour vient tard. Ce qui manque est pris sur l’argent que d’autres n’utilisent pas.",
        "pt": "O orçamento é dividido em partes iguais entre quem vota, e os projetos são pagos em conjunto. Quem apoia um projeto também pode pagá-lo quando as suas partes não bastam por completo: quanto menos puder pagar dele, mais tarde chega a vez dele. O que falta sai do dinheiro que outras pessoas não usam.",
    },
    citation="Papasotiropoulos, Pishbin, Skibski, Skowron, Wąs, “Method of equal shares with bounded overspending”, EC 2025.",
    complexity="For each project bought, the supporters of the few projects that may be next are sorted by what they hold.",
    styles=frozenset(BallotStyle),
    utilities=tuple(Utility),
    default_utility=equal_shares.RULE.default_utility,
    completions=(Completion.NONE, Completion.GREEDY),
    parameters=(MIN_SCORE,),
    select=select,
)
