"""A real server and a real browser, on this machine alone.

Every page that a test opens is watched: a request to anybody else, an error of a script or a
violation of the content security policy fails the test.
"""

import contextlib
import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from flask import Flask
from playwright.sync_api import Browser, Error, Page, Playwright, sync_playwright
from werkzeug.serving import make_server

from budget_app import create_app, jobs
from budget_app.extensions import db
from budget_app.settings import Settings

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
FLAGS = [
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HEIGHT = 900
MAIL_SECONDS = 10
POLL_SECONDS = 0.02
"""How often a server looks whether it is to stop; half a second, as it would, adds up."""

# A page answered with 4xx (an invalid ballot), and an answer that a test keeps from the page.
MEANT = ("the server responded with a status of 4", "net::ERR_FAILED")

REST_SECONDS = 10
"""How long pages may give way to one another before one of them is looked at."""

DOCUMENT = "({whole: document.readyState === 'complete', since: performance.timeOrigin})"
"""Which document a page shows, and whether it is there to its last byte."""

PageFactory = Callable[..., Page]
Seen = TypeVar("Seen")


@dataclass(frozen=True)
class LiveServer:
    """The application behind a port of this machine, with its worker."""

    app: Flask
    url: str

    def link_for(self, email: str) -> str:
        """The newest sign-in link sent to `email`, as soon as it is there."""
        deadline = time.monotonic() + MAIL_SECONDS
        while time.monotonic() < deadline:
            for mail in reversed(getattr(self.app.extensions["mailman"], "outbox", [])):
                found = re.search(r"http://\S+/link/\S+", mail.body)
                if email in mail.to and found:
                    return found.group()
            time.sleep(0.05)
        pytest.fail(f"No sign-in link reached {email}.")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(request: pytest.FixtureRequest) -> Iterator[Browser]:
    """The system's Chromium; without it the tests are skipped, and fail where `CI` is set."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        reason = "Chromium is not installed (Debian: apt install chromium)."
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    flags = [*FLAGS, *(["--no-sandbox"] if os.getuid() == 0 else [])]
    playwright: Playwright = request.getfixturevalue("playwright")
    browser = playwright.chromium.launch(executable_path=path, args=flags)
    yield browser
    browser.close()


@pytest.fixture
def live_server(sqlite_template: Path, tmp_path: Path) -> Iterator[LiveServer]:
    """A server with a database of its own and the embedded worker."""
    database = tmp_path / "platform.db"
    shutil.copy(sqlite_template, database)
    settings = Settings(
        instance_path=tmp_path / "instance",
        database_url=f"sqlite:///{database}",
        secret_key="a secret of the tests, long enough",
        mail_backend="locmem",
        embedded_worker=False,
        log_level="ERROR",
    )
    app = create_app(settings)
    server = make_server("127.0.0.1", 0, whole(app), threaded=True)
    stop = threading.Event()
    threads = [
        threading.Thread(target=server.serve_forever, args=(POLL_SECONDS,)),
        threading.Thread(target=jobs.run_forever, args=(app, stop)),
    ]
    for thread in threads:
        thread.start()
    yield LiveServer(app, f"http://127.0.0.1:{server.server_port}")
    stop.set()
    server.shutdown()
    for thread in threads:
        thread.join()
    server.server_close()
    with app.app_context():
        db.engine.dispose()


def whole(app: "WSGIApplication") -> "WSGIApplication":
    """Ends each answer before it is sent: werkzeug leaves a file open when its reader hangs up."""

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
        parts = app(environ, start_response)
        with contextlib.closing(parts) if hasattr(parts, "close") else contextlib.nullcontext():
            return [b"".join(parts)]

    return answer


class Watcher:
    """What must not happen on any page."""

    def __init__(self, server: LiveServer) -> None:
        self.server = server
        self.problems: list[str] = []

    def watch(self, page: Page) -> None:
        page.on("request", lambda request: self._asked(request.url))
        page.on("console", lambda message: self._said(message.type, message.text))
        page.on("pageerror", lambda error: self.problems.append(f"script: {error}"))

    def _asked(self, url: str) -> None:
        if not url.startswith((self.server.url + "/", "data:")):
            self.problems.append(f"asked a third party: {url}")

    def _said(self, kind: str, text: str) -> None:
        if kind == "error" and not any(words in text for words in MEANT):
            self.problems.append(f"console: {text}")


@pytest.fixture
def page_factory(browser: Browser, live_server: LiveServer) -> Iterator[PageFactory]:
    """Opens watched pages, each in a context of its own: `page_factory(320, javascript=False)`."""
    watcher = Watcher(live_server)
    contexts = []

    def make(width: int = 1280, *, javascript: bool = True, **options: Any) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": HEIGHT},
            java_script_enabled=javascript,
            base_url=live_server.url,
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(10_000)
        context.on("page", watcher.watch)
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()
    assert watcher.problems == []


@pytest.fixture
def axe(browser: Browser, live_server: LiveServer) -> Iterator[Callable[[Page], None]]:
    """Finds barriers on a page as it is shown now; a page without scripts is read from its HTML.

    A copy without scripts stands in for it there, because axe itself is a script.
    """
    source = AXE.read_text(encoding="utf8")
    context = browser.new_context(base_url=live_server.url)
    copies: list[Page] = []

    def check(page: Page) -> None:
        try:
            results = _run(page, source)
        except NoScripts:
            copy = copies.pop() if copies else context.new_page()
            if page.viewport_size:
                copy.set_viewport_size(page.viewport_size)
            html = at_rest(page, page.content)
            copy.route("**/*.js", lambda route: route.abort())
            copy.route(page.url, lambda route: route.fulfill(body=html, content_type="text/html"))
            copy.goto(page.url)
            results = _run(copy, source)
            copy.unroute_all()
            copies.append(copy)
        assert results == [], f"{page.url}: {results}"

    yield check
    context.close()


class NoScripts(Exception):
    """The page's context has scripts switched off."""


def _run(page: Page, source: str) -> list[str]:
    if page.evaluate("typeof document.createElement('noscript').innerHTML") and _scripts_off(page):
        raise NoScripts
    found = _violations(page, source)
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in found
        for node in violation["nodes"]
    ]


def _violations(page: Page, source: str) -> list[dict[str, Any]]:
    """What axe finds on the page as it is shown now."""

    def look() -> list[dict[str, Any]]:
        page.evaluate(source)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return list(found["violations"])

    return at_rest(page, look)


def at_rest(page: Page, look: Callable[[], Seen]) -> Seen:
    """What `look` sees of one whole document, also when the last click is only about to bring it.

    A page that gives way to the next one, or is still being read, is looked at again.
    """
    deadline = time.monotonic() + REST_SECONDS
    while time.monotonic() < deadline:
        try:
            before = page.evaluate(DOCUMENT)
            if before["whole"]:
                seen = look()
                if page.evaluate(DOCUMENT) == before:
                    return seen
        except Error:  # the page gave way in this moment
            pass
        time.sleep(POLL_SECONDS)
    pytest.fail(f"{page.url} did not come to rest")


def _scripts_off(page: Page) -> bool:
    """With scripting off, a `<noscript>` is shown as an element."""
    return bool(page.evaluate("matchMedia('(scripting: none)').matches"))
