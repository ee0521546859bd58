"""Looking for what a voter chose everywhere a server could have left it."""

import base64
import io
import logging
import os
import zipfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

from sqlalchemy import Engine, inspect, text

SERVERS = ("werkzeug", "gunicorn.error", "gunicorn.access")


def spellings(marker: bytes) -> frozenset[bytes]:
    """The bytes themselves, in hexadecimal, and inside the base64 of whatever surrounds them."""
    found = {marker, marker.hex().encode(), marker.hex().upper().encode()}
    for before in range(3):
        whole = base64.b64encode(bytes(before) + marker)
        begins = -(-before * 8 // 6)
        inside = whole[begins : (before + len(marker)) * 8 // 6]
        found |= {inside, inside.translate(bytes.maketrans(b"+/", b"-_"))}
    return frozenset(found)


class Search:
    """For any of some markers, in every spelling."""

    def __init__(self, markers: Collection[bytes]) -> None:
        self.wanted = frozenset().union(*(spellings(marker) for marker in markers))

    def finds(self, content: bytes) -> bool:
        return any(spelling in content for spelling in self.wanted)

    def among(self, places: Iterator[tuple[str, bytes]]) -> set[str]:
        """The places that hold a marker."""
        return {name for name, content in places if self.finds(content)}


def files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The files below a folder, and the members of archives among them."""
    for path in sorted(Path(above, name) for above, _, names in os.walk(folder) for name in names):
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            continue  # another test's database, dropped in this moment
        name = str(path.relative_to(folder))
        yield name, content
        yield from ((f"{name}!{member}", inside) for member, inside in _members(content))


def _members(content: bytes) -> Iterator[tuple[str, bytes]]:
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield name, archive.read(name)


def columns(engine: Engine) -> Iterator[tuple[str, bytes]]:
    """Every value of every column of every table of the database."""
    with engine.connect() as connection:
        for table in inspect(connection).get_table_names():
            for row in connection.execute(text(f'SELECT * FROM "{table}"')).mappings():
                for name, value in row.items():
                    yield f"{table}.{name}", _as_bytes(value)


def write_down(engine: Engine) -> None:
    """Let PostgreSQL put into its files what it has in memory."""
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("CHECKPOINT"))


def _as_bytes(value: object) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else repr(value).encode()


@contextmanager
def every_log_line() -> Iterator[io.StringIO]:
    """All that the program says meanwhile: on both outputs, and to the loggers of its servers."""
    said = io.StringIO()
    handler, root = logging.StreamHandler(said), logging.getLogger()
    loggers = {logging.getLogger(name): logging.getLogger(name).level for name in SERVERS}
    root.addHandler(handler)
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    try:
        with redirect_stdout(said), redirect_stderr(said):
            yield said
    finally:
        root.removeHandler(handler)
        for logger, level in loggers.items():
            logger.setLevel(level)
