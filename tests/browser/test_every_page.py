"""Every page that a link leads to, in every language, on a narrow screen: no barrier on any.

Links are followed in every language as a stranger, who sees what everybody does, and as an
administrator, who sees most. What else a role sees is found in English and looked at in each language.
"""

import fcntl
import html
import os
import re
import secrets
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug.exceptions import HTTPException
from werkzeug.serving import make_server

from budget_app import create_app
from budget_app.accounts import services as accounts
from budget_app.accounts import sessions
from budget_app.accounts.models import SignIn
from budget_app.demonstration import people
from budget_app.demonstration.fill import fill
from budget_app.extensions import db
from budget_app.settings import Settings
from tests.browser.conftest import AXE, POLL_SECONDS, LiveServer
from voting import clock
from voting.database import writing

pytestmark = pytest.mark.browser

VOTERS = 240
NARROW = {"width": 320, "height": 800}
EVERYWHERE = ["nobody", "administrator"]
OTHERS = ["citizen", "reviewer", "auditor", "moderator", "parliamentarian"]
LANGUAGES = ["en", "es", "fr", "pt"]
# So that a crawl that stops early is seen.
LEAST_PAGES = {
    "nobody": 18,
    "citizen": 2,
    "administrator": 8,
    "reviewer": 3,
    "auditor": 4,
    "moderator": 1,
    "parliamentarian": 1,
}
INNER_LINK = re.compile(r'href="(/[^"#]*)')


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


@pytest.fixture(scope="module")
def example(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveServer]:
    """The example parliament with few voters, behind a port."""
    folder = tmp_path_factory.mktemp("example") / "instance"
    shutil.copytree(filled(tmp_path_factory, sqlite_template), folder)
    app = application(folder)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(POLL_SECONDS,))
    thread.start()
    yield LiveServer(app, f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    thread.join()
    server.server_close()
    with app.app_context():
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


def visitor(browser: Browser, server: LiveServer, role: str) -> BrowserContext:
    context = browser.new_context(viewport=NARROW, base_url=server.url, reduced_motion="reduce")
    if role != "nobody":
        cookie: Any = {"name": "session", "value": cookie_of(server.app, role), "url": server.url}
        context.add_cookies([cookie])
    return context


def pages_by_kind(
    context: BrowserContext, server: LiveServer, language: str, role: str
) -> Iterator[Page]:
    """One page of each kind that links lead to from the parliament's first page.

    Of public pages only those that a stranger sees are given.
    """
    adapter = server.app.url_map.bind(urlsplit(server.url).netloc)
    waiting, seen = [f"/{language}/san-telmo/"], set()
    page = context.new_page()
    while waiting:
        path = html.unescape(waiting.pop(0))
        try:
            endpoint, parts = adapter.match(urlsplit(path).path)
        except HTTPException as error:
            pytest.fail(f"A link leads to {path}: {error}")
        kind = (endpoint, parts["round_slug"] if endpoint == "rounds.show" else "")
        if kind in seen or parts.get("language", language) != language or endpoint == "static":
            continue
        answer = context.request.get(server.url + path)
        assert answer.status < 400, (path, answer.status)
        seen.add(kind)
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        waiting += INNER_LINK.findall(answer.text())
        rule = server.app.view_functions[endpoint].access_rule  # type: ignore[attr-defined]
        if role == "nobody" or rule.signed_in:
            page.goto(path)
            yield page


def check(page: Page, source: str) -> list[str]:
    """What is wrong with the page as it is shown."""
    page.evaluate(source)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    wrong = [f"{item['id']}: {[node['target'] for node in item['nodes']]}" for item in found]
    if page.locator("h1").count() != 1:
        wrong.append("it has not one heading of the first rank")
    if page.evaluate("document.documentElement.scrollWidth") > NARROW["width"]:
        wrong.append("it is wider than the screen")
    return [f"{page.url}: {text}" for text in wrong]


@pytest.mark.parametrize("role", EVERYWHERE)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_has_a_barrier(
    browser: Browser, example: LiveServer, language: str, role: str
) -> None:
    source = AXE.read_text(encoding="utf8")
    context = visitor(browser, example, role)
    wrong: list[str] = []
    pages = 0
    for page in pages_by_kind(context, example, language, role):
        pages += 1
        wrong += check(page, source)
    context.close()
    assert pages >= LEAST_PAGES[role]
    assert wrong == []


@pytest.mark.parametrize("role", OTHERS)
def test_what_a_role_alone_sees_has_no_barrier_in_any_language(
    browser: Browser, example: LiveServer, role: str
) -> None:
    source = AXE.read_text(encoding="utf8")
    context = visitor(browser, example, role)
    wrong: list[str] = []
    found: list[str] = []
    for page in pages_by_kind(context, example, "en", role):
        found.append(page.url.removeprefix(f"{example.url}/en/"))
        wrong += check(page, source)
    page = context.new_page()
    for language in LANGUAGES[1:]:
        for path in found:
            answer = page.goto(f"/{language}/{path}")
            assert answer is not None
            assert answer.ok, page.url
            wrong += check(page, source)
    context.close()
    assert len(found) >= LEAST_PAGES[role]
    assert wrong == []
