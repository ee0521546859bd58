"""What is known of official results that the plain reading of the declared rule does not give.

Each note says what its source says, and how to count so that the official winners come out; the
command `reproduce` counts so, and says whether they do.
"""

from dataclasses import dataclass, replace

from tallying.formats.election_file import ElectionFile
from tallying.presets.preset import without
from tallying.rules import RuleConfig, count
from tallying.ties import Criterion


@dataclass(frozen=True)
class KnownDifference:
    """A known election: which one it is by its META, why it differs, how it was decided.

    `subunit` is empty where the whole unit voted. `left_out` are projects that could not be
    funded, `ties` the order that gives the official winners; with neither, no way is known.
    """

    unit: str
    instance: str
    subunit: str
    note: str
    left_out: tuple[str, ...] = ()
    ties: tuple[str, ...] = ()


_DEARER = (Criterion.MORE_VOTES.value, Criterion.HIGHER_COST.value)
_BY_COST = (Criterion.HIGHER_COST.value,)
_NO_SOURCE = "No source that we found says why."


def _tie(unit: str, instance: str, subunit: str, first: str, others: str) -> KnownDifference:
    """A tie that the city decided for a dearer project."""
    note = f"The city took {first} before {others}, equal in votes and cheaper. {_NO_SOURCE}"
    return KnownDifference(unit, instance, subunit, note, ties=_DEARER)


def _absent(unit: str, instance: str, subunit: str, project: str) -> KnownDifference:
    """A project that had the votes and the money, and was not funded."""
    note = f"Project {project} was not funded, though it had its turn and fitted. {_NO_SOURCE}"
    return KnownDifference(unit, instance, subunit, note, left_out=(project,))


def _overlap(instance: str, subunit: str, kept: str, dropped: str) -> KnownDifference:
    """Warszawa: two projects on one site, as the comment of the file says."""
    note = (
        f"Projects {kept} and {dropped} were meant for the same place, and {kept} had more votes "
        "(the file's own comment). The file names no groups, so a plain count cannot know this."
    )
    return KnownDifference("Warszawa", instance, subunit, note, left_out=(dropped,))


KNOWN = (
    _tie("Gdynia", "2020", "Babie Doły | small", "1", "5"),
    KnownDifference(
        "Katowice",
        "2022",
        "Koszutka",
        "L12/11/IX and L12/14/IX have 140 points each; the city took L12/11/IX, which is cheaper "
        f"and has fewer voters. {_NO_SOURCE}",
        ties=(Criterion.LOWER_COST.value,),
    ),
    KnownDifference(
        "Kraków",
        "2022",
        "Czyżyny",
        "26 and 24 have 40 points each; the city took 26, which is dearer and has fewer voters. "
        f"{_NO_SOURCE}",
        ties=_BY_COST,
    ),
    KnownDifference(
        "Łódź",
        "2020",
        "",
        "The budget grew by unused money of districts after the vote, and further projects were "
        "then selected, not strictly by votes (the file's own comment). How is not known.",
    ),
    _tie("Łódź", "2024", "Katedralna", "S004KA", "S039KA"),
    _absent("Warszawa", "2018", "Las", "1649"),
    _tie("Warszawa", "2018", "Niskie Okęcie", "615", "308"),
    _absent("Warszawa", "2018", "Ursynów Wysoki Południowy", "1137"),
    _absent("Warszawa", "2018", "Wawrzyszew", "2527"),
    _tie("Warszawa", "2019", "Targówek Mieszkaniowy", "797", "845 and 1159"),
    _absent("Warszawa", "2020", "Białołęka", "118"),
    _absent("Warszawa", "2020", "Targówek", "1667"),
    KnownDifference(
        "Warszawa",
        "2021",
        "Ursynów",
        "Projects 459, 1687 and 2150 overlapped in the Kabaty area and could not all be built "
        "(the file's own comment); the city kept 2150, and took it before 1821, which has as "
        "many votes and costs less. The file names no groups, so a plain greedy count cannot "
        "know this.",
        left_out=("459", "1687"),
        ties=_DEARER,
    ),
    _overlap("2022", "Bemowo", "773", "153"),
    _overlap("2022", "Bielany", "201", "1932"),
    KnownDifference(
        "Wrocław",
        "2017",
        "Rejon nr 11, 750",
        "Project 150 was withdrawn after the vote, and the file gives it an artificial cost (its "
        "own comment), at which a count that stops at the first that does not fit ends at once.",
        left_out=("150",),
    ),
)


def explain_difference(file: ElectionFile, config: RuleConfig, other_marks: int) -> str:
    """Why the official winners are not those of the declared rule, as far as it is known."""
    known = next((item for item in KNOWN if _is(file, item)), None)
    if known is not None:
        decided = known.left_out or known.ties
        return f"{known.note} {_recounted(file, config, known)}" if decided else known.note
    sentences = []
    if other_marks:
        sentences.append(
            f"{other_marks} further projects are marked as paid from other money (2 or 3)."
        )
    if comment := file.meta.get("comment"):
        sentences.append(f"The file says: {comment}")
    return " ".join(sentences)


def _is(file: ElectionFile, known: KnownDifference) -> bool:
    meta = file.meta
    return (meta.get("unit", ""), meta.get("instance", ""), meta.get("subunit", "")) == (
        known.unit,
        known.instance,
        known.subunit,
    )


def _recounted(file: ElectionFile, config: RuleConfig, known: KnownDifference) -> str:
    election, profile = without(file, set(known.left_out))
    outcome = count(
        election, profile, replace(config, ties=known.ties or config.ties), report_open_ties=True
    )
    same = set(outcome.funded) == set(file.official or ())
    return (
        "Counted so, the official winners come out exactly."
        if same
        else "Counted so, other projects still come out."
    )
