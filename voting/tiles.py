"""The log's hashes in tiles of 256, so that a proof reads few rows.

Tile level L, index i holds the hashes of the nodes (8·L, 256·i … 256·i + 255) of the Merkle tree,
as in C2SP tlog-tiles. Only whole tiles are rows. The hashes of a ragged tile are read from below:
at level 0 from the entries, higher up from the roots of the whole tiles under it.
"""

from collections.abc import Sequence
from typing import Any
from typing import cast as typed

from sqlalchemy import Select, Table, insert, select
from sqlalchemy.orm import Session

from tallying.evidence import merkle
from voting.models import LogEntry, LogTile

HEIGHT = 8
WIDTH = 1 << HEIGHT
HASH_BYTES = 32

_tiles = typed("Table", LogTile.__table__)


class TileReader:
    """Nodes of one round's tree at `size` entries; keeps the tiles that it has read."""

    def __init__(self, session: Session, round_id: str, size: int) -> None:
        self.session = session
        self.round_id = round_id
        self.size = size
        self._read: dict[tuple[int, int], list[bytes]] = {}

    def node(self, level: int, index: int) -> bytes:
        """The hash of the complete subtree over leaves [index·2^level, (index + 1)·2^level)."""
        tile_level, height = divmod(level, HEIGHT)
        first = index << height
        start = first % WIDTH
        hashes = self.tile(tile_level, first // WIDTH)[start : start + (1 << height)]
        if len(hashes) != 1 << height:
            message = f"The log of {self.round_id} has no node {index} at level {level}."
            raise LookupError(message)
        return hashes[0] if height == 0 else merkle.root(hashes)

    def tile(self, level: int, index: int) -> list[bytes]:
        """The hashes of a tile: 256, or fewer at the right edge."""
        key = (level, index)
        if key not in self._read:
            self._read[key] = self._stored(level, index) or self._ragged(level, index)
        return self._read[key]

    def _stored(self, level: int, index: int) -> list[bytes]:
        row = self.session.execute(
            select(LogTile.hashes).where(
                LogTile.round_id == self.round_id,
                LogTile.level == level,
                LogTile.tile_index == index,
            )
        ).one_or_none()
        if row is None:
            return []
        content = bytes(row.hashes)
        return [content[at : at + HASH_BYTES] for at in range(0, len(content), HASH_BYTES)]

    def _ragged(self, level: int, index: int) -> list[bytes]:
        first = index * WIDTH
        query: Select[Any]
        if level == 0:
            last = min(first + WIDTH, self.size)
            query = (
                select(LogEntry.leaf_hash)
                .where(LogEntry.round_id == self.round_id)
                .where(LogEntry.position >= first, LogEntry.position < last)
                .order_by(LogEntry.position)
            )
        else:
            query = (
                select(LogTile.root)
                .where(LogTile.round_id == self.round_id, LogTile.level == level - 1)
                .where(LogTile.tile_index >= first, LogTile.tile_index < first + WIDTH)
                .order_by(LogTile.tile_index)
            )
        return [bytes(found) for found in self.session.scalars(query)]


def store(session: Session, round_id: str, size: int, leaf_hashes: Sequence[bytes]) -> None:
    """Store the tiles that `leaf_hashes` make whole, appended to a log of `size` entries."""
    reader = TileReader(session, round_id, size)
    level, hashes = 0, list(leaf_hashes)
    while hashes:
        first, offset = divmod(size, WIDTH)
        if offset:
            hashes = reader.tile(level, first)[:offset] + hashes
        whole = [hashes[at : at + WIDTH] for at in range(0, len(hashes) // WIDTH * WIDTH, WIDTH)]
        roots = [merkle.root(tile) for tile in whole]
        rows = [
            {
                "round_id": round_id,
                "level": level,
                "tile_index": first + number,
                "root": root,
                "hashes": b"".join(tile),
            }
            for number, (tile, root) in enumerate(zip(whole, roots, strict=True))
        ]
        if rows:
            session.connection().execute(insert(_tiles), rows)
        level, size, hashes = level + 1, first, roots
