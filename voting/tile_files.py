"""The files of a log as C2SP tlog-tiles names them: tiles of hashes, and bundles of entries.

A file of a log is the same for ever: a partial tile is the beginning of the whole one.
"""

import re
from dataclasses import dataclass

from sqlalchemy.orm import Session

from voting import log, tiles
from voting.tiles import HEIGHT, WIDTH

ENTRIES = "entries"
NAME = re.compile(
    r"(?P<level>entries|0|[1-9][0-9]?)/(?P<index>(?:x[0-9]{3}/){0,5}[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)
MOST_LEVELS = 64
LENGTH_BYTES = 2


@dataclass(frozen=True)
class TileFile:
    """One tile: `level` None means the entries themselves; `width` of 256 is whole."""

    level: int | None
    index: int
    width: int = WIDTH

    @classmethod
    def parse(cls, name: str) -> "TileFile | None":
        """Read `L/N[.p/W]` or `entries/N[.p/W]`, where N is `x001/x234/067`; None for another."""
        found = NAME.fullmatch(name)
        if found is None or found["index"].startswith("x000/"):
            return None
        level = None if found["level"] == ENTRIES else int(found["level"])
        width = int(found["width"] or WIDTH)
        if (level or 0) >= MOST_LEVELS or (found["width"] and width >= WIDTH):
            return None
        return cls(level, int(found["index"].replace("x", "").replace("/", "")), width)

    @property
    def name(self) -> str:
        """The tile as it is named below `tile/`."""
        digits = str(self.index)
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        path = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
        level = ENTRIES if self.level is None else self.level
        return f"{level}/{path}" + ("" if self.width == WIDTH else f".p/{self.width}")

    def is_in(self, size: int) -> bool:
        """Whether a log of `size` entries has this tile, at this width or wider."""
        return self.index * WIDTH + self.width <= size >> (HEIGHT * (self.level or 0))


def content(session: Session, round_id: str, size: int, file: TileFile) -> bytes:
    """The bytes of a file that a log of `size` entries has; reads at most 256 rows."""
    first = file.index * WIDTH
    if file.level is None:
        entries = log.entries(session, round_id, first, first + file.width)
        return b"".join(len(entry).to_bytes(LENGTH_BYTES) + entry for entry in entries)
    hashes = tiles.TileReader(session, round_id, size).tile(file.level, file.index)
    return b"".join(hashes[: file.width])
