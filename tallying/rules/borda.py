"""`borda`: ranks become points, then greedy."""

from tallying.election import BallotStyle
from tallying.rules.greedy import MIN_SCORE, walk_all
from tallying.rules.rule import N_, Completion, Contest, Rule, Selection
from tallying.utilities import Utility


def select(contest: Contest) -> Selection:
    """Position r of a ballot gives k + 1 − r, with k the length limit or else the number of
    projects, on short ballots too; what is not ranked gets 0. Raises `UnresolvedTie`."""
    return walk_all(contest, contest.supports)


RULE = Rule(
    id="borda",
    title={
        "en": "Points for ranks",
        "es": "Puntos por orden de preferencia",
        "fr": "Points selon le rang",
        "pt": "Pontos por ordem de preferência",
    },
    description={
        "en": "Each ballot gives the most points to its first project and one point less to each next one. Projects are funded from the most points to the fewest; one that costs more than what is left is passed over.",
        "es": "Cada papeleta da el mayor número de puntos a su primer proyecto y un punto menos a cada uno de los siguientes. Los proyectos se financian de más a menos puntos; el que cuesta más de lo que queda se salta.",
        "fr": "Chaque bulletin donne le plus de points à son premier projet et un point de moins à chacun des suivants. Les projets sont financés du plus grand au plus petit total ; celui qui coûte plus que ce qui reste est laissé de côté.",
        "pt": "Cada cédula dá o maior número de pontos ao seu primeiro projeto e um ponto a menos a cada um dos seguintes. Os projetos são financiados do maior ao menor total; o que custa mais do que resta fica de fora.",
    },
    citation=N_(
        "Borda, “Mémoire sur les élections au scrutin”, 1781, with the length limit as the highest score."
    ),
    complexity="One pass over the distinct ballots, then sorting the projects.",
    styles=frozenset({BallotStyle.RANKED}),
    utilities=(Utility.BORDA,),
    default_utility=lambda _style: Utility.BORDA,
    completions=(Completion.NONE,),
    parameters=(MIN_SCORE,),
    select=select,
)
