"""The roll, and what opens the commitments of the casts, as columns."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from tallying.evidence import canonical, merkle
from tallying.evidence.tables.lines import Lines, split
from tallying.evidence.tables.shape import DIGEST, NUMBER, TEXT, Shape

_PERSON = Shape({"box": TEXT, "class": TEXT, "voter_ref": TEXT})
_OPENING = Shape(
    {
        **dict.fromkeys(("at", "box", "channel", "voter_ref"), TEXT),
        **dict.fromkeys(("position", "seq"), NUMBER),
        "salt": DIGEST,
    }
)
_APART = re.compile(rb',"position":[0-9-]+,"salt":"[^"]+"')
"""What stands in an opening beside the personal part that its commitment is of."""
PERSONAL = ("at", "box", "channel", "seq", "voter_ref")


@dataclass
class Roll:
    """Everybody on the roll, in its order; `canaries` counts the auditors' test voters by box."""

    root: bytes = merkle.EMPTY
    boxes: list[Any] = field(default_factory=list)
    voters: list[Any] = field(default_factory=list)
    canaries: Counter[str] = field(default_factory=Counter)


def read_roll(lines: Lines) -> Roll:
    """Read `roll.jsonl`; raises `InvalidBundle` for a line that is no canonical object."""
    roll, names = Roll(), _Names()
    leaves: list[bytes] = []
    for block in lines.blocks():
        (boxes, classes, voters), _ = _PERSON.columns(lines, block, len(leaves) + 1)
        leaves += [merkle.leaf_hash(line) for line in split(block)]
        roll.boxes += names.same(boxes)
        roll.voters += voters
        if "canary" in classes:
            pairs = zip(boxes, classes, strict=True)
            roll.canaries.update(str(box) for box, kind in pairs if kind == "canary")
    roll.root = merkle.root(leaves)
    return roll


@dataclass
class Openings:
    """What each cast opens to, in the order of the file.

    `commitments` are the hashes that the openings give, in base64url; None where the salt is none.
    """

    positions: list[Any] = field(default_factory=list)
    boxes: list[Any] = field(default_factory=list)
    voters: list[Any] = field(default_factory=list)
    seqs: list[Any] = field(default_factory=list)
    times: list[Any] = field(default_factory=list)
    commitments: list[str | None] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.positions)


def read_openings(lines: Lines) -> Openings:
    """Read `openings.jsonl`; raises `InvalidBundle` for a line that is no canonical object."""
    openings, names = Openings(), _Names()
    for block in lines.blocks():
        columns, plain = _OPENING.columns(lines, block, len(openings) + 1)
        times, boxes, channels, positions, salts, seqs, voters = columns
        personal = (times, boxes, channels, seqs, voters)
        if plain:
            texts, known = split(_APART.sub(b"", block)), canonical.unb64u_digests(salts)
            openings.commitments += _commitments(texts, known)
        else:
            openings.commitments += _commitments(_texts(personal), [*map(_salt, salts)])
        openings.positions += positions
        openings.boxes += names.same(boxes)
        openings.voters += voters
        openings.seqs += seqs
        openings.times += times
    return openings


def _texts(personal: tuple[Sequence[Any], ...]) -> list[bytes]:
    """The canonical JSON of each cast's personal part."""
    rows = zip(*personal, strict=True)
    return canonical.encoded_each([dict(zip(PERSONAL, row, strict=True)) for row in rows])


def _commitments(texts: list[bytes], salts: Sequence[bytes | None]) -> list[str | None]:
    found = [
        None if salt is None else sha256(salt + text).digest()
        for salt, text in zip(salts, texts, strict=True)
    ]
    written = iter(canonical.b64u_digests([digest for digest in found if digest]))
    return [None if digest is None else next(written) for digest in found]


def _salt(text: Any) -> bytes | None:
    try:
        return canonical.unb64u(text)
    except canonical.NotCanonical:
        return None


class _Names:
    """Keeps one text for each name that stands on many lines."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def same(self, column: Iterable[Any]) -> list[Any]:
        known = self._known
        return [known.setdefault(x, x) if isinstance(x, str) else x for x in column]
