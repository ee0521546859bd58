"""What of a box's ballots is published, and the report that says how many voters share each.

A ballot that only one voter cast can be recognised by whoever knows or ordered it (the "Italian
attack": Benaloh, Moran, Naish, Ramchen, Teague, "Shuffle-Sum: Coercion-Resistant Verifiable
Tallying for STV Voting", IEEE TIFS 2009); classes of equal ballots are those of k-anonymity
(Sweeney 2002). The formats are described in `docs/formats/bundle.md`, the reasons in
`docs/privacy.md`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any, Self

from tallying.ballots import Choices
from tallying.election import BallotStyle, Election, Limits
from tallying.evidence.suppression import hidden_cells

PATH = "privacy/report.json"
SCHEMA = "pb.privacy/1"
LEAST_BALLOTS, LEAST_CELL, MOST_PERMILLE = 100, 10, 1000
"""No round sets `least_ballots` or `least_cell` lower, nor `most_unique_permille` higher."""
BANDS: tuple[tuple[int, int | None], ...] = ((1, 1), (2, 2), (3, 4), (5, 9), (10, None))
"""Sizes of classes of equal ballots, least and most (None: no end)."""
TOO_MANY_UNIQUE = "too_many_unique"
TRUNCATED_FILE = "ballots-truncated.pb"
TRUNCATED_REMARK = "Truncated ballots: they cannot be recounted."

Json = dict[str, Any]
Pairs = Sequence[tuple[Choices, int]]
"""Distinct canonical choices, each with the number of voters who cast it."""


@dataclass(frozen=True)
class Terms:
    """The manifest's share: from how many ballots and people on anything is told.

    A box with fewer than `least_ballots` ballots publishes none. Ranked and graded ballots are
    truncated or withheld when more than `most_unique_permille` of them, in thousandths, are
    unique. A number of people below `least_cell` is told nowhere.
    """

    least_ballots: int = LEAST_BALLOTS
    most_unique_permille: int = 200
    least_cell: int = LEAST_CELL

    @classmethod
    def read(cls, manifest: Mapping[str, Any]) -> Self:
        """From a manifest's JSON; raises `KeyError`, or `TypeError` on other fields."""
        terms = cls(**manifest["privacy"])
        if any(type(value) is not int for value in terms.to_json().values()):
            message = "The manifest's terms of privacy are no whole numbers."
            raise TypeError(message)
        return terms

    def to_json(self) -> dict[str, int]:
        """The value of `privacy` in the manifest."""
        return asdict(self)

    @property
    def problems(self) -> list[str]:
        """The fields that protect less than any round may."""
        low = {"least_ballots": LEAST_BALLOTS, "least_cell": LEAST_CELL}
        found = [name for name, least in low.items() if getattr(self, name) < least]
        if not 0 <= self.most_unique_permille <= MOST_PERMILLE:
            found.append("most_unique_permille")
        return found


class Done(StrEnum):
    """What became of a box's ballots."""

    PUBLISHED = "published"
    TRUNCATED = "truncated"
    """Only the first or highest `keep` projects of each ballot are public."""
    WITHHELD = "withheld"
    MERGED = "merged"
    """Withheld, and the box's numbers are not told apart from those of others."""


@dataclass(frozen=True)
class Publication:
    """What is published of a box: `pairs` as the public file says them, empty where there is none.

    `reason` is a code, None for ballots published whole; `keep` is None unless they are truncated.
    """

    done: Done
    pairs: Pairs = ()
    reason: str | None = None
    keep: int | None = None


def publication(style: BallotStyle, pairs: Pairs, terms: Terms) -> Publication:
    """Decide what is published of a box's valid and blank ballots, in canonical form."""
    total = sum(count for _, count in pairs)
    if total < terms.least_cell:
        return Publication(Done.MERGED, reason=f"fewer_than_{terms.least_cell}_ballots")
    if total < terms.least_ballots:
        return Publication(Done.WITHHELD, reason=f"fewer_than_{terms.least_ballots}_ballots")
    if not _can_shorten(style) or is_within(pairs, terms):
        return Publication(Done.PUBLISHED, pairs)
    longest = max(len(choices) for choices, _ in pairs)
    for keep in range(longest - 1, 0, -1):
        shortened = truncated(style, pairs, keep)
        if is_within(shortened, terms):
            return Publication(Done.TRUNCATED, shortened, TOO_MANY_UNIQUE, keep)
    return Publication(Done.WITHHELD, reason=TOO_MANY_UNIQUE)


def is_within(pairs: Pairs, terms: Terms) -> bool:
    """Whether no more than the manifest's share of the ballots is unique."""
    total = sum(count for _, count in pairs)
    return unique(pairs) * 1000 <= terms.most_unique_permille * total


def unique(pairs: Pairs) -> int:
    """How many ballots only one voter cast."""
    return sum(count == 1 for _, count in pairs)


def truncated(style: BallotStyle, pairs: Pairs, keep: int) -> Pairs:
    """The ballots with their first `keep` projects, or the `keep` of the most points.

    Of equal points the project whose id comes first by its UTF-8 bytes is kept. A shorter cut
    follows from a longer one, so cutting further never makes more ballots unique.
    """
    found: Counter[tuple[Any, ...]] = Counter()
    for choices, count in pairs:
        found[_cut(style, choices, keep)] += count
    return tuple(found.items())


def _cut(style: BallotStyle, choices: Choices, keep: int) -> tuple[Any, ...]:
    if not style.graded:
        return tuple(choices[:keep])
    ranked = sorted(choices, key=lambda pair: (-pair[1], pair[0].encode()))
    return tuple(sorted((tuple(pair) for pair in ranked[:keep]), key=lambda p: p[0].encode()))


def _can_shorten(style: BallotStyle) -> bool:
    """A set of projects has no first ones: approvals and knapsacks are published whole."""
    return style is BallotStyle.RANKED or style.graded


def truncated_election(election: Election) -> Election:
    """What the truncated file is written for: whole ballots keep limits that its own do not."""
    return replace(election, limits=Limits())


def box_report(box_id: str, style: BallotStyle, pairs: Pairs, terms: Terms) -> Json:
    """One box's line of the report, with no number of people below `least_cell`."""
    done = publication(style, pairs, terms)
    line = {"box": box_id, "done": done.done.value, "keep": done.keep, "reason": done.reason}
    if done.done is Done.MERGED:
        return {**line, **dict.fromkeys(("ballots", "classes", "distinct", "unique_permille"))}
    voters = _voters_by_band(pairs)
    hidden = hidden_cells({band: n for band, n in voters.items() if n}, terms.least_cell)
    total = sum(voters.values())
    return {
        **line,
        "ballots": total,
        "classes": [
            {"least": band[0], "most": band[1], "voters": None if band in hidden else number}
            for band, number in voters.items()
        ],
        # With the number of distinct ballots a hidden class could be worked out.
        "distinct": None if hidden else len(pairs),
        "unique_permille": None if BANDS[0] in hidden else voters[BANDS[0]] * 1000 // total,
    }


def report(round_id: str, boxes: Iterable[Json], terms: Terms) -> Json:
    """The file `privacy/report.json`; `boxes` are lines of `box_report` in the manifest's order."""
    return {
        "boxes": list(boxes),
        "round": round_id,
        "schema": SCHEMA,
        "terms": terms.to_json(),
    }


def _voters_by_band(pairs: Pairs) -> dict[tuple[int, int | None], int]:
    voters = dict.fromkeys(BANDS, 0)
    for _, count in pairs:
        band = next(band for band in BANDS if band[1] is None or count <= band[1])
        voters[band] += count
    return voters
