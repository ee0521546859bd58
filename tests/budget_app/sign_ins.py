"""Sign-ins without the mail: a row of the database, and a browser that shows it."""

import time
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient

from budget_app.accounts import sessions
from budget_app.accounts.models import SignIn, User
from budget_app.extensions import db
from voting import clock

NOW = timedelta(0)


def begin(
    user: User,
    token: str,
    *,
    ago: timedelta = NOW,
    lasts: timedelta = timedelta(hours=1),
    second_factor: bool = True,
) -> None:
    """Keep a sign-in that `token` opens; inside a writing transaction."""
    now = clock.now(db.session())
    row = SignIn(
        token_hash=sessions.token_hash(token),
        user=user,
        created_at=now - ago,
        ends_at=now + lasts,
        second_factor_at=now if second_factor else None,
    )
    db.session.merge(row)


def client_of(app: Flask, token: str) -> FlaskClient:
    """A browser that shows `token`, seen just now."""
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = token
        session[sessions.SEEN] = int(time.time())
    return client
