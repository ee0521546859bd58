"""What is known of official results that the plain reading of the declared rule does not give.

Each note says what its source says, and how to count so that the official winners come out; the
command `reproduce` counts so, and says whether they do.
"""

from dataclasses import dataclass, replace

from tallying.formats.election_file import ElectionFile
from tallying.presets.preset import without
from tallying.rules import RuleConfig, count


@dataclass(frozen=True)
class KnownDifference:
    """A known election: which one it is by its META, why it differs, how it was decided.

    `left_out` are projects that could not be funded, `ties` the order that the city used.
    """

    meta: dict[str, str]
    note: str
    left_out: tuple[str, ...] = ()
    ties: tuple[str, ...] = ()


KNOWN = (
    KnownDifference(
        meta={"unit": "Warszawa", "district": "Ursynów", "instance": "2021"},
        note=(
            "Projects 459, 1687 and 2150 overlapped in the Kabaty area and could not all be built "
            "(the file's own comment); the city kept 2150, and took it before 1821, which has as "
            "many votes and costs less. The file names no groups, so a plain greedy count cannot "
            "know this."
        ),
        left_out=("459", "1687"),
        ties=("more_votes", "higher_cost"),
    ),
)


def explain_difference(file: ElectionFile, config: RuleConfig, other_marks: int) -> str:
    """Why the official winners are not those of the declared rule, as far as it is known."""
    known = next((item for item in KNOWN if _is(file, item)), None)
    if known is not None:
        return f"{known.note} {_recounted(file, config, known)}"
    sentences = []
    if other_marks:
        sentences.append(
            f"{other_marks} further projects are marked as paid from other money (2 or 3)."
        )
    if comment := file.meta.get("comment"):
        sentences.append(f"The file says: {comment}")
    return " ".join(sentences)


def _is(file: ElectionFile, known: KnownDifference) -> bool:
    return all(file.meta.get(name) == text for name, text in known.meta.items())


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
