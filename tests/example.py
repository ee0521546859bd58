"""The example parliament with few voters, and the pages of it that links lead to."""

import fcntl
import html
import os
import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from werkzeug.exceptions import HTTPException

from budget_app import create_app
from budget_app.accounts import services as accounts
from budget_app.accounts import sessions
from budget_app.accounts.models import SignIn
from budget_app.demonstration import people
from budget_app.demonstration.fill import fill
from budget_app.extensions import db
from budget_app.settings import Settings
from voting import clock
from voting.database import writing

VOTERS = 240
INNER_LINK = re.compile(r'href="(/[^"#]*)')


@dataclass(frozen=True)
class Answer:
    """What the server says to a visitor who follows a link."""

    status: int
    media_type: str
    text: str


def application(folder: Path) -> Flask:
    return create_app(
        Settings(
            instance_path=folder,
            secret_key="a secret of the tests, long enough",
            mail_backend="locmem",
            embedded_worker=False,
            log_level="ERROR",
        )
    )


def filled(tmp_path_factory: pytest.TempPathFactory, template: Path) -> Path:
    """A filled installation, to be copied: the first worker that needs it makes it for all."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "filled"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            shutil.rmtree(folder, ignore_errors=True)  # what a worker left that died
            folder.mkdir()
            shutil.copy(template, folder / "platform.db")
            app = application(folder)
            with app.app_context(), writing():
                fill(lambda _name, _total: nullcontext(lambda *_: None), VOTERS)
                db.session.commit()
                db.session.remove()
                db.engine.dispose()
            (folder / "done").touch()
    return folder


@contextmanager
def copy_of_example(tmp_path_factory: pytest.TempPathFactory, template: Path) -> Iterator[Flask]:
    """An application whose installation is a copy of the filled one."""
    folder = tmp_path_factory.mktemp("example") / "instance"
    shutil.copytree(filled(tmp_path_factory, template), folder)
    app = application(folder)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def cookie_of(app: Flask, role: str) -> str:
    """The session cookie of somebody with that role, as the sign-in would set it."""
    token = secrets.token_urlsafe()
    with app.app_context(), writing():
        email = next(way.email for way in people.ways_in() if way.role == role)
        now = clock.now(db.session())
        db.session.add(
            SignIn(
                token_hash=sessions.token_hash(token),
                user=accounts.ensure_user(email),
                created_at=now,
                ends_at=now + timedelta(hours=1),
                second_factor_at=now,
            )
        )
        db.session.commit()
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    return str(signer.dumps({"_user_id": token, "_fresh": True, sessions.SEEN: int(time.time())}))


def kinds_of_pages(
    app: Flask, get: Callable[[str], Answer], language: str, role: str
) -> Iterator[tuple[str, str]]:
    """The address and text of one page of each kind that links lead to from the first page.

    Of public pages only those that a stranger sees are given.
    """
    adapter = app.url_map.bind("localhost")
    waiting, seen = [f"/{language}/san-telmo/"], set()
    while waiting:
        path = html.unescape(waiting.pop(0))
        try:
            endpoint, parts = adapter.match(urlsplit(path).path)
        except HTTPException as error:
            pytest.fail(f"A link leads to {path}: {error}")
        kind = (endpoint, parts["round_slug"] if endpoint == "rounds.show" else "")
        if kind in seen or parts.get("language", language) != language or endpoint == "static":
            continue
        answer = get(path)
        assert answer.status < 400, (path, answer.status)
        seen.add(kind)
        if not answer.media_type.startswith("text/html"):
            continue
        waiting += INNER_LINK.findall(answer.text)
        rule = vars(app.view_functions[endpoint])["access_rule"]
        if role == "nobody" or rule.signed_in:
            yield path, answer.text
