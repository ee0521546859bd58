"""Every page that a link leads to, in every language, on a narrow screen: no barrier on any.

Links are followed in every language as a stranger, who sees what everybody does, and as an
administrator, who sees most. What else a role sees is found in English and looked at in each language.
"""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug.serving import make_server

from tests.browser.conftest import AXE, POLL_SECONDS, LiveServer
from tests.example import Answer, cookie_of, copy_of_example, kinds_of_pages

pytestmark = pytest.mark.browser

NARROW = {"width": 320, "height": 800}
SMALL_PHONE = 640
"""How high the screen of one is."""
LIST_BEGINS = """(() => {
  const first = document.querySelector('.fold ~ form .cards > li, .fold ~ .map-and-list .map');
  return first ? first.getBoundingClientRect().top + scrollY : 0;
})()"""
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


@pytest.fixture(scope="module")
def example(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveServer]:
    """The example parliament with few voters, behind a port."""
    with copy_of_example(tmp_path_factory, sqlite_template) as app:
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, args=(POLL_SECONDS,))
        thread.start()
        yield LiveServer(app, f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
        thread.join()
        server.server_close()


def visitor(browser: Browser, server: LiveServer, role: str) -> BrowserContext:
    context = browser.new_context(viewport=NARROW, base_url=server.url, reduced_motion="reduce")
    if role != "nobody":
        cookie: Any = {"name": "session", "value": cookie_of(server.app, role), "url": server.url}
        context.add_cookies([cookie])
    return context


def pages_by_kind(
    context: BrowserContext, server: LiveServer, language: str, role: str
) -> Iterator[Page]:
    """One page of each kind, opened in the browser; of public pages only those of a stranger."""
    page = context.new_page()

    def get(path: str) -> Answer:
        answer = context.request.get(server.url + path)
        return Answer(answer.status, answer.headers["content-type"], answer.text())

    for path, _text in kinds_of_pages(server.app, get, language, role):
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
    if page.evaluate("document.querySelector('main').offsetTop") > NARROW["height"] / 2:
        wrong.append("what is above its content takes half of the first screen")
    if page.evaluate(LIST_BEGINS) > SMALL_PHONE:
        wrong.append("what narrows its list takes the first screen of a small phone")
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
