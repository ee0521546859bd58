"""A parliament to sign in at."""

import re
from collections.abc import Callable

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from budget_app.accounts import services
from budget_app.extensions import db
from budget_app.mailing.models import OutgoingMail
from budget_app.parliaments.models import Parliament
from budget_app.parliaments.services import create_parliament
from voting.database import writing

Fill = Callable[..., dict[str, str]]


@pytest.fixture(autouse=True)
def parliament(app: Flask) -> None:
    """The parliament `example`."""
    with app.app_context(), writing():
        create_parliament("example", {"en": "Example"}, languages=["en"], currency="EUR")
        db.session.commit()


@pytest.fixture
def whole_work() -> None:
    """A password costs what it costs in an installation."""


@pytest.fixture(autouse=True)
def _cheap_passwords(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same hash with little work, for it is made to be slow; not beside `whole_work`."""
    if "whole_work" in request.fixturenames:
        return
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(services, "_hasher", cheap)
    monkeypatch.setattr(services, "_NOBODY", cheap.hash("nobody's"))


def token_of(page: str) -> str:
    """The form token of a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found, page
    return found[1]


def post(client: FlaskClient, page: str, action: str, **data: str):  # type: ignore[no-untyped-def]
    """Load `page`, as a browser does, and send a form of it."""
    return client.post(action, data={"csrf_token": token_of(client.get(page).text), **data})


def last_link(app: Flask) -> str:
    """The path of the link in the newest mail."""
    with app.app_context():
        mail = db.session.scalars(select(OutgoingMail).order_by(OutgoingMail.id.desc())).first()
        assert mail is not None
        found = re.search(r"https?://[^/\s]+(/\S+)", mail.body)
        assert found, mail.body
        return found[1]


def in_example(app: Flask) -> Parliament:
    """The parliament's row, in the present context."""
    return db.session.scalars(select(Parliament)).one()
