"""The log as columns: casts are many and alike, every other entry is kept as it is."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from tallying.evidence.tables.lines import Lines, split
from tallying.evidence.tables.shape import DIGEST, TEXT, Shape, parsed

Json = dict[str, Any]
CAST = "cast"
_DIGEST = re.compile(DIGEST.strip('"'))
_CAST = Shape({"c": DIGEST, "ct": DIGEST, "r": TEXT, "t": f'"({CAST})"'})


@dataclass
class Casts:
    """The entries `cast`: where each stands, the hash of its envelope, and its commitment."""

    positions: list[int] = field(default_factory=list)
    ct: list[str] = field(default_factory=list)
    c: list[Any] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.positions)


@dataclass
class Log:
    """`leaves` are the hashes of all entries; `acts` the entries but casts, by type, with positions.

    `rounds` has the first position of each round that an entry names; None stands for what is no
    text. `longest` is the length of the longest entry in bytes. `odd_cast` is the position of the
    first cast that says anything else than its two hashes.
    """

    leaves: list[bytes] = field(default_factory=list)
    casts: Casts = field(default_factory=Casts)
    acts: dict[str, list[tuple[int, Json]]] = field(default_factory=lambda: defaultdict(list))
    rounds: dict[str | None, int] = field(default_factory=dict)
    longest: int = 0
    odd_cast: int | None = None

    def take_casts(self, found: list[tuple[str, ...]], first: int) -> None:
        """Append casts that stand one after the other from position `first`."""
        c, ct, rounds, _ = zip(*found, strict=True)
        self.casts.positions += range(first, first + len(found))
        self.casts.c += c
        self.casts.ct += ct
        for named in set(rounds):
            self.rounds.setdefault(named, first + rounds.index(named))

    def take(self, entry: Json, position: int) -> None:
        """Append any entry."""
        named = entry.get("r")
        self.rounds.setdefault(named if isinstance(named, str) else None, position)
        kind = str(entry.get("t"))
        if kind != CAST:
            self.acts[kind].append((position, entry))
            return
        if self.odd_cast is None and not _is_cast(entry):
            self.odd_cast = position
        self.casts.positions.append(position)
        self.casts.ct.append(str(entry.get("ct")))
        self.casts.c.append(entry.get("c"))


def _is_cast(entry: Json) -> bool:
    hashes = (entry.get("c"), entry.get("ct"))
    digests = (isinstance(text, str) and _DIGEST.fullmatch(text) for text in hashes)
    return entry.keys() == {"c", "ct", "r", "t"} and all(digests)


def read_log(lines: Lines) -> Log:
    """Read `log/entries.jsonl`; raises `InvalidBundle` for a line that is no canonical object."""
    log = Log()
    for block in lines.blocks():
        first, entries = len(log.leaves), split(block)
        log.longest = max(log.longest, *map(len, entries))
        log.leaves += [sha256(b"\x00" + entry).digest() for entry in entries]
        casts = _CAST.matched(block)
        if casts is not None:
            log.take_casts(casts, first)
            continue
        for position, entry in enumerate(parsed(lines.name, entries, first + 1), first):
            log.take(entry, position)
    return log
