"""The search of the rehearsal finds what is hidden from it on purpose."""

import base64
import logging
import sqlite3
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import structlog
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from tests.rehearsal.search import Search, columns, every_log_line, files

MARKER = b"73069182"
SEARCH = Search([MARKER, bytes(range(240, 256))])

SPELT = {
    "as it is": b"x" + MARKER + b"x",
    "in hexadecimal": (b"x" + MARKER + b"x").hex().encode(),
    "raw bytes": b"x" + bytes(range(240, 256)),
    **{f"in base64 after {n}": base64.b64encode(b"x" * n + MARKER + b"xx") for n in range(4)},
    **{
        f"in base64url after {n}": base64.urlsafe_b64encode(b"x" * n + bytes(range(240, 256)))
        for n in range(4)
    },
}

LOGGED: dict[str, Callable[[str], object]] = {
    "structlog": lambda line: structlog.get_logger().error("request", form=line),
    "print": print,
    "standard error": lambda line: sys.stderr.write(line),
    "werkzeug": logging.getLogger("werkzeug").info,
    "gunicorn": logging.getLogger("gunicorn.access").info,
    "the application": logging.getLogger("budget_app").warning,
}


@pytest.mark.parametrize("how", SPELT)
def test_a_marker_is_found_in_every_spelling(how: str) -> None:
    assert SEARCH.finds(SPELT[how])
    assert not SEARCH.finds(SPELT[how].replace(SPELT[how][3:6], b"..."))


@pytest.mark.parametrize("how", LOGGED)
def test_a_marker_in_a_log_line_is_found(how: str) -> None:
    with every_log_line() as said:
        LOGGED[how](f"a ballot of {MARKER.decode()} points")
    assert SEARCH.finds(said.getvalue().encode())


def test_a_marker_in_a_traceback_is_found() -> None:
    with every_log_line() as said:
        try:
            raise ValueError(MARKER)
        except ValueError:
            logging.getLogger("budget_app").exception("A request failed.")
    assert SEARCH.finds(said.getvalue().encode())


def test_a_marker_in_a_file_or_an_archive_is_found(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "left.tmp").write_bytes(b"points=" + MARKER)
    (tmp_path / "clean").write_bytes(b"points=1")
    with zipfile.ZipFile(tmp_path / "bundle.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ballots", b"points=" + MARKER * 9)
    assert SEARCH.among(files(tmp_path)) == {"below/left.tmp", "bundle.zip!ballots"}


def test_a_marker_in_a_column_and_in_the_databases_write_ahead_log_is_found(
    tmp_path: Path,
) -> None:
    path = tmp_path / "platform.db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE draft (id INTEGER, body TEXT, raw BLOB)")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.execute("INSERT INTO draft VALUES (1, ?, x'00')", [MARKER.decode()])
    connection.commit()
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    assert SEARCH.among(columns(engine)) == {"draft.body"}
    assert "platform.db-wal" in SEARCH.among(files(tmp_path))
    with engine.begin() as changing:
        changing.execute(text("DELETE FROM draft"))
    assert SEARCH.among(columns(engine)) == set()
    assert SEARCH.among(files(tmp_path)), "what was deleted can still be read from the disk"
    connection.close()
