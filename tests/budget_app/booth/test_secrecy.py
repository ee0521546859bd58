"""What a ballot says stands in its envelope and nowhere else."""

import re
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from budget_app.booth import queries
from budget_app.extensions import db
from budget_app.settings import Settings
from tests.budget_app.booth.conftest import OpenScene
from tests.budget_app.booth.scenes import Scene
from voting import eligibility

MARK = b"7777771"
"""A number of points that nothing else would say."""


def columns_holding(scene: Scene, mark: bytes) -> set[str]:
    """Every column of the database in which the mark stands."""
    found = set()
    with scene.app.app_context():
        tables = inspect(db.engine).get_table_names()
        for table in tables:
            for row in db.session.execute(text(f'SELECT * FROM "{table}"')).mappings():
                found |= {
                    f"{table}.{name}"
                    for name, value in row.items()
                    if mark
                    in (
                        bytes(value)
                        if isinstance(value, bytes | memoryview)
                        else repr(value).encode()
                    )
                }
    return found


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """With every line that the application writes in production."""
    return settings.model_copy(update={"log_level": "INFO"})


@pytest.fixture
def marked(open_round: OpenScene) -> tuple[Scene, str]:
    scene = open_round("points", max_points=99_999_999)
    voter = scene.voter()
    fields = ("points-a", MARK.decode())
    voter.post("", {"box": "north", fields[0]: fields[1], "act": "update"})
    answer = voter.vote(fields)
    assert answer.status_code == 303
    cookies = str(voter.client.get_cookie("session"))
    pages = answer.location + voter.client.get(answer.location).text
    return scene, cookies + pages


def test_choices_are_in_the_envelope_alone(marked: tuple[Scene, str]) -> None:
    assert columns_holding(marked[0], MARK) == {"envelope.envelope"}


def test_choices_are_neither_in_cookies_addresses_nor_the_receipt(
    marked: tuple[Scene, str],
) -> None:
    assert MARK.decode() not in marked[1]


def test_choices_are_in_no_log_line(
    open_round: OpenScene, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    voter = open_round("points", max_points=99_999_999).voter()
    voter.vote(("points-a", MARK.decode()))
    voter.post("/cast", {"box": "north", "points-a": MARK.decode()})
    voter.post("/review", {"box": "north", "points-a": MARK.decode() + "x"})
    written = capsys.readouterr()
    lines = written.out + written.err + caplog.text
    assert "booth.cast" in lines
    assert MARK.decode() not in lines


def test_no_file_but_the_database_holds_the_choices(marked: tuple[Scene, str]) -> None:
    folder = Path(marked[0].app.instance_path)
    holding = [path for path in folder.rglob("*") if path.is_file() and MARK in path.read_bytes()]
    assert holding == []


def test_receipts_of_different_ballots_differ_in_nothing_but_code_and_time(
    open_round: OpenScene,
) -> None:
    scene = open_round("points")
    pages = []
    for number, points in ((1, "1"), (2, "10")):
        voter = scene.voter(number)
        answer = voter.vote(("points-a", points))
        content = voter.client.get(answer.location).text
        code = answer.location.rsplit("/", 1)[1]
        content = content.replace(code, "CODE").replace(f"voter{number}", "voter")
        pages.append(
            re.sub(r'value="[^"]{40,}"|<path[^>]*>|<code>\w+</code>|<time.*?</time>', "", content)
        )
    assert pages[0] == pages[1]


def test_a_traceback_of_the_database_says_nothing_of_ballot_and_voter(
    open_round: OpenScene, caplog: pytest.LogCaptureFixture
) -> None:
    scene = open_round("points", max_points=99_999_999)
    scene.app.testing = False  # errors get the page that everybody sees
    voter = scene.voter()
    data = voter.review(("points-a", MARK.decode())).form("/cast").having()
    with scene.app.app_context(), db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE envelope RENAME COLUMN salt TO gone"))
        who = eligibility.voter_ref(queries.keys(), scene.round_id, "ID1")
    answer = voter.post("/cast", data)
    assert answer.status_code == 500
    assert "INSERT INTO envelope" in caplog.text
    assert MARK.decode() not in caplog.text + answer.text
    assert who not in caplog.text + answer.text
