"""The writers of one process into SQLite: in the order of asking, and never stuck."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from voting.database import open_engine, writing
from voting.turns import Turns

WRITERS = 8


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path / 'store.db'}")
    with writing(), engine.begin() as connection:
        connection.execute(text("CREATE TABLE came (number INTEGER)"))
    yield engine
    engine.dispose()


def write(engine: Engine, number: int) -> None:
    with writing(), engine.begin() as connection:
        connection.execute(text("INSERT INTO came VALUES (:number)"), {"number": number})


def test_writers_are_served_in_the_order_in_which_they_asked(engine: Engine) -> None:
    """SQLite itself lets whoever happens to look at the right moment write next."""
    writers = [threading.Thread(target=write, args=(engine, number)) for number in range(WRITERS)]
    with writing(), engine.begin():
        for writer in writers:
            writer.start()
            time.sleep(0.05)
    for writer in writers:
        writer.join()
    with engine.connect() as connection:
        came = connection.scalars(text("SELECT number FROM came ORDER BY rowid")).all()
    assert came == list(range(WRITERS))


def test_a_writer_that_fails_hands_its_turn_on(engine: Engine) -> None:
    with pytest.raises(ZeroDivisionError), writing(), engine.begin():
        raise ZeroDivisionError
    started = time.monotonic()
    write(engine, 1)
    assert time.monotonic() - started < 5


def test_readers_wait_for_nobody(engine: Engine) -> None:
    def read() -> None:
        with engine.connect() as connection:
            connection.execute(text("SELECT count(*) FROM came"))

    reader = threading.Thread(target=read)
    with writing(), engine.begin():
        reader.start()
        reader.join(5)
        assert not reader.is_alive()


def test_who_has_waited_too_long_leaves_the_queue() -> None:
    turns = Turns()
    assert turns.take(0)
    assert not turns.take(0.01)
    turns.give()
    assert turns.take(0)
