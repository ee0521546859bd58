"""The application on each database, and people who use it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from budget_app import create_app
from budget_app.accounts import services as accounts
from budget_app.accounts.models import Role, User
from budget_app.extensions import db
from budget_app.parliaments.queries import by_slug
from budget_app.settings import Settings
from tests.budget_app import sign_ins
from voting.database import writing

AsUser = Callable[..., FlaskClient]


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """What the application under test is configured with."""
    return Settings(
        instance_path=tmp_path / "instance",
        database_url=database_url,
        secret_key="a secret of the tests, long enough",
        mail_backend="locmem",
        embedded_worker=False,
        log_level="ERROR",
    )


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The application; forms carry their tokens as in real life."""
    app = create_app(settings)
    app.testing = True
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser of somebody signed out."""
    return app.test_client()


@pytest.fixture
def as_user(app: Flask) -> AsUser:
    """A browser of somebody signed in: `as_user("ana@example.org", Role.AUDITOR)`.

    Roles are given in the parliament `example`; officials have passed their second factor unless
    `second_factor=False`.
    """

    def sign_in(
        email: str, *roles: Role, slug: str = "example", second_factor: bool = True
    ) -> FlaskClient:
        token = f"token of {email}"
        with app.app_context(), writing():
            user = accounts.ensure_user(email, name=email.partition("@")[0].title())
            _grant(user, slug, roles)
            sign_ins.begin(user, token, second_factor=second_factor and bool(roles))
            db.session.commit()
        return sign_ins.client_of(app, token)

    return sign_in


def _grant(user: User, slug: str, roles: tuple[Role, ...]) -> None:
    parliament = by_slug(slug)
    for role in roles:
        assert parliament is not None, f"There is no parliament {slug}."
        accounts.grant(user, parliament, role, by=None)
