"""Addresses that nobody types by mistake: every page answers, none with an error of the server."""

import re
from urllib.parse import unquote_to_bytes

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from budget_app.access import EXTENSION_ENDPOINTS
from budget_app.accounts import services as accounts
from budget_app.accounts.models import Role
from tests.budget_app.audit.scenes import counted_round
from tests.budget_app.booth.scenes import open_scene
from tests.budget_app.walks import Watched, WatchedRequest

PARTS = {
    "language": "en",
    "parliament": "example",
    "round_slug": "schools",
    "district_slug": "north",
    "project_key": "p01",
    "version": "1",
    "number": "1",
    "change": "extend",
    "objection_id": "1",
    "proposal_id": "1",
    "picture_name": "0" * 64 + "-640.webp",
    "attachment_id": "1",
    "invitation_token": "token",
    "comment_id": "1",
    "decision_id": "1",
    "page_kind": "about",
    "join_code": "ABCD-EFGH",
    "session_id": "1",
    "survey_id": "1",
    "standing_id": "1",
    "answer_id": "1",
    "review_question_id": "1",
    "commitment_id": "1",
    "hearing_id": "1",
    "live_hearing_id": "1",
    "question_id": "1",
    "participation_id": "1",
    "code": "0000-0000-0000-0000",
    "token": "token",
    "tile_name": "0/000.p/1",
    "witness_id": "1",
    "criterion_key": "legal",
    "merge_id": "1",
}
PARAMETERS = [
    *("page", "text", "district", "category", "state", "order"),
    *("code", "then", "next", "v", "box", "q", "start", "from", "to", "watch", "refresh"),
    *("goal", "least", "most", "proposal", "project", "but"),
    *("reviewer", "waiting"),
]
HOSTILE = [
    "",
    "-1",
    "abc",
    "9" * 20,
    "9" * 5000,
    "%00",
    "%ff%fe",
    "\xff\xfe",
    "%ed%a0%80",
    "%25s%7B%7B7*7%7D%7D",
    "/%09/[",
    "x" * 5000,
]
"""As a server hands them on: escaped, or the bytes of Latin-1."""


def visitors(*names: str) -> pytest.MarkDecorator:
    """Each on PostgreSQL, which refuses more; who sees every page of the office, on SQLite too."""
    cases = [pytest.param("postgresql", name, marks=pytest.mark.postgres) for name in names]
    return pytest.mark.parametrize(
        ("database_url", "visitor"),
        [*cases, pytest.param("sqlite", "official")],
        indirect=["database_url"],
    )


@pytest.fixture
def stranger(app: Flask) -> FlaskClient:
    """Somebody signed out, who looks at a counted round."""
    return counted_round(app, voters=20).stranger().client


@pytest.fixture
def official(app: Flask) -> FlaskClient:
    """Somebody with every role, who looks at a counted round."""
    scene = counted_round(app, voters=20)
    with scene.work():
        ada = scene.person("ada")
        for role in (Role.AUDITOR, Role.REVIEWER):
            accounts.grant(ada, ada.memberships[0].parliament, role)
    return scene.browser("ada").client


@pytest.fixture
def voter(app: Flask) -> FlaskClient:
    """Somebody with a place on the roll of a round that takes ballots."""
    return open_scene(app).voter().client


@visitors("stranger", "official", "voter")
def test_no_query_brings_a_page_down(
    app: Flask, request: pytest.FixtureRequest, visitor: str
) -> None:
    browser = request.getfixturevalue(visitor)
    app.request_class = WatchedRequest
    failing = {
        (rule.rule, value[:20])
        for rule in _pages_that_differ(app, browser)
        for value in HOSTILE
        if _fails(browser, _address(rule), "&".join(f"{name}={value}" for name in PARAMETERS))
    }
    assert failing == set()


def _pages_that_differ(app: Flask, browser: FlaskClient) -> list[Rule]:
    """Every page that asks for a parameter; of others one for each feature and kind of answer.

    All that reads the query there is what frames every page: the links to other languages, the way
    back after the sign-in, the refusal of what is no text.
    """
    asking, others = [], {}
    for rule in _pages(app):
        Watched.asked.clear()
        status = _status(browser, _address(rule), "")
        if Watched.asked:
            asking.append(rule)
        else:
            others[rule.endpoint.partition(".")[0], status] = rule
    return [*asking, *others.values()]


@visitors("stranger", "official")
def test_no_part_of_an_address_brings_a_page_down(
    app: Flask, request: pytest.FixtureRequest, visitor: str
) -> None:
    browser = request.getfixturevalue(visitor)
    failing = {
        (rule.rule, value[:20])
        for value in HOSTILE
        for rule in _pages(app)
        if _fails(browser, _address(rule, last=value))
    }
    assert failing == set()


def _pages(app: Flask) -> list[Rule]:
    return [
        rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.endpoint not in EXTENSION_ENDPOINTS
    ]


def _address(rule: Rule, last: str | None = None) -> str:
    """The address of a page that is there; with `last` in place of its last part."""
    pieces = re.split(r"<(?:[^:>]+:)?(\w+)>", rule.rule)
    pieces[1::2] = [PARTS[name] for name in pieces[1::2]]
    if last is not None and len(pieces) > 1:
        pieces[-2] = last
    return "".join(pieces)


def _fails(browser: FlaskClient, path: str, query: str = "") -> bool:
    """Whether a visitor sees an error of the server."""
    return _status(browser, path, query) >= 500


def _status(browser: FlaskClient, path: str, query: str) -> int:
    browser.application.testing = False
    raw = {"PATH_INFO": unquote_to_bytes(path.encode("latin1")).decode("latin1")}
    with browser.get("/", environ_overrides={**raw, "QUERY_STRING": query}) as answer:
        return answer.status_code
