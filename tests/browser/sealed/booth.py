"""What tests of the sealed booth look at: the wire, the tab, and the envelopes in the box."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, Request, Route, expect
from sqlalchemy import select

from budget_app.extensions import db
from tests.budget_app.booth.scenes import Scene
from voting.models import Envelope

Axe = Callable[[Page], None]
IN_THE_BOX = "Your ballot is in the box."


class Wire:
    """Everything that a page sends and gets."""

    def __init__(self, page: Page) -> None:
        self.sent: list[str] = []
        self.casts: list[str] = []
        page.context.on("request", self._write)

    def _write(self, request: Request) -> None:
        body = request.post_data or ""
        if request.url.endswith("/cast"):
            self.casts.append(body)
        self.sent += [request.url, body, str(request.all_headers())]

    def holding(self, pattern: str) -> list[str]:
        """What was sent with these words outside an envelope."""
        seen = [re.sub(r"envelope=[\w-]+", "", text) for text in self.sent]
        return [text for text in seen if re.search(pattern, text)]


def heading(page: Page) -> Any:
    return expect(page.get_by_role("heading", level=1))


def kept_in_tab(page: Page) -> int:
    return int(page.evaluate("sessionStorage.length"))


def lose_one_answer(page: Page) -> None:
    """The server gets the next cast, and its answer does not come back."""

    def lose(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.abort()

    page.route("**/cast", lose, times=1)


def envelopes(scene: Scene) -> int:
    with scene.app.app_context():
        return len(db.session.scalars(select(Envelope.leaf_hash)).all())
