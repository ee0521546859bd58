"""The live part as one piece of HTML, the same for everybody, rendered once for many readers.

A process keeps what it rendered for `SECONDS` without looking at the database; then it asks for the
hearing's version, and renders again only when that has grown. Hundreds who look every five seconds
cost one small query every three seconds for each process and language, and one rendering for each
change. Losing what is kept loses nothing.
"""

import gzip
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from flask import Flask, current_app
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound

from budget_app.extensions import db
from budget_app.hearings import polls, queries
from budget_app.hearings.models import Hearing, HearingState
from budget_app.parliaments.models import Parliament

SECONDS = 3.0
MOST_KEPT = 200
POLL_REFUSED = "poll-refused"
"""The kind of message that stands at a poll, not above the page."""

Key = tuple[int, int, str]


@dataclass(frozen=True)
class Fragment:
    """HTML with its fingerprint; `version` is the hearing's when it was rendered."""

    html: str
    packed: bytes  # gzip
    etag: str
    version: int
    until: float


class Fragments:
    """What one process rendered, by parliament, hearing and language."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self.seconds = seconds
        self._kept: dict[Key, Fragment] = {}
        self._rendering = Lock()

    def get(self, key: Key, version: Callable[[], int], render: Callable[[], str]) -> Fragment:
        """The newest that is good enough. One thread renders; others wait for it."""
        kept = self._kept.get(key)
        if kept is not None and time.monotonic() < kept.until:
            return kept
        with self._rendering:
            kept = self._kept.get(key)
            if kept is not None and time.monotonic() < kept.until:
                return kept
            return self._renew(key, kept, version(), render)

    def _renew(
        self, key: Key, kept: Fragment | None, version: int, render: Callable[[], str]
    ) -> Fragment:
        same = kept is not None and kept.version == version
        html = kept.html if kept is not None and same else render()
        packed = kept.packed if kept is not None and same else gzip.compress(html.encode(), mtime=0)
        etag = hashlib.sha256(html.encode()).hexdigest()[:20]
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        fragment = Fragment(html, packed, etag, version, time.monotonic() + self.seconds)
        self._kept[key] = fragment
        return fragment


def init_app(app: Flask) -> None:
    app.extensions["live_fragments"] = Fragments()


def fragment(parliament: Parliament, number: int, language: str) -> Fragment | None:
    """The live part of a hearing in one language; None where there is no such hearing."""
    kept: Fragments = current_app.extensions["live_fragments"]
    try:
        return kept.get(
            (parliament.id, number, language),
            lambda: _version(parliament, number),
            lambda: render(db.session.get_one(Hearing, number)),
        )
    except NoResultFound:
        return None


def render(hearing: Hearing, mine: queries.Mine | None = None, refused: str = "") -> str:
    """The live part as it is now: nothing in it depends on who asks, unless it is told whose.

    `refused` says why the answer to a poll that this person just gave was not taken.
    """
    # Not `render_template`, which looks up who is signed in: caches keep this answer for everybody.
    template = current_app.jinja_env.get_template("hearings/_live.html")
    return template.render(
        hearing=hearing,
        queue=queries.queue(hearing),
        told=polls.told,
        mine=mine,
        refused=refused,
    )


def _version(parliament: Parliament, number: int) -> int:
    query = select(Hearing.version).where(
        Hearing.parliament_id == parliament.id,
        Hearing.id == number,
        Hearing.state != HearingState.DRAFT,
    )
    return db.session.scalars(query).one()
