"""Tiles as files: names and widths of tlog-tiles.

C2SP publishes no vectors; the examples are those of the specification's text, and the names that
golang.org/x/mod/sumdb/tlog tests its reader with, without their tile height.
"""

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallying.evidence import merkle
from tests.voting.factories import ROUND, Vote
from tests.voting.test_log import fill, leaf_hashes
from voting import tile_files
from voting.tile_files import TileFile

NAMES = {
    "0/x001/x234/067": TileFile(0, 1234067),
    "0/001": TileFile(0, 1),
    "0/001.p/5": TileFile(0, 1, 5),
    "5/x123/x456/078": TileFile(5, 123456078),
    "5/x123/x456/078.p/2": TileFile(5, 123456078, 2),
    "entries/x003/x057/500": TileFile(None, 3057500),
    "63/000.p/255": TileFile(63, 0, 255),
}
NO_NAMES = [
    *("", "0", "0/", "0/1", "0/0001", "0/x001", "5/123/456/078", "-1/001", "data/x003/x057/500"),
    *("00/001", "64/000", "0/x000/001", "0/001.p/", "0/001.p/0", "0/001.p/256", "0/001.p/05"),
    *("0/001/", "/0/001", "0/../001", "0/001.p/5/6", "0/٠٠١", "0/X001/067", "0/001.P/5", "entries"),
    "0/" + "x001/" * 9 + "001",
]


@pytest.mark.parametrize(("name", "file"), NAMES.items())
def test_names_are_those_of_the_specification(name: str, file: TileFile) -> None:
    assert TileFile.parse(name) == file
    assert file.name == name


@pytest.mark.parametrize("name", NO_NAMES)
def test_another_spelling_is_no_name(name: str) -> None:
    assert TileFile.parse(name) is None


@given(st.none() | st.integers(0, 63), st.integers(0, 10**9), st.integers(1, 256))
def test_every_tile_has_one_name(level: int | None, index: int, width: int) -> None:
    file = TileFile(level, index, width)
    assert TileFile.parse(file.name) == file


def widths(level: int | None, size: int) -> list[int]:
    """Of all tiles of a level, as far as they are in a log of that size."""
    found = []
    for index in range(300):
        width = next((w for w in range(256, 0, -1) if TileFile(level, index, w).is_in(size)), 0)
        found += [width] if width else []
    return found


def test_a_log_of_70000_has_the_tiles_that_the_specification_counts() -> None:
    assert widths(0, 70_000) == [256] * 273 + [112]
    assert widths(1, 70_000) == [256, 17]
    assert widths(2, 70_000) == [1]
    assert widths(3, 70_000) == []
    assert (widths(0, 256), widths(1, 256)) == ([256], [1])


def test_an_empty_log_has_none() -> None:
    assert widths(0, 0) == widths(None, 0) == []


def test_the_files_of_a_log_give_its_root_and_its_entries(open_vote: Vote) -> None:
    fill(open_vote, 600)
    open_vote.drain()
    leaves = leaf_hashes(open_vote)
    size = len(leaves)
    with open_vote.store.sessions() as session:

        def read(level: int | None, index: int, width: int = 256) -> bytes:
            file = TileFile(level, index, width)
            assert file.is_in(size)
            return tile_files.content(session, ROUND, size, file)

        whole = read(0, 0) + read(0, 1) + read(0, 2, size % 256)
        assert whole == b"".join(leaves)
        assert read(0, 0, 7) == whole[: 7 * 32]
        assert read(1, 0, 2) == merkle.root(leaves[:256]) + merkle.root(leaves[256:512])
        bundles = read(None, 0) + read(None, 1) + read(None, 2, size % 256)
    assert [merkle.leaf_hash(entry) for entry in entries_of(bundles)] == leaves


def entries_of(content: bytes) -> list[bytes]:
    """The entries of bundles, each behind its length in two bytes."""
    found, rest = [], iter(content)
    while len(length := bytes(islice(rest, 2))) == 2:
        found.append(bytes(islice(rest, int.from_bytes(length))))
    return found
