"""Finding parliaments, and the first two parts of every address."""

from collections.abc import Sequence
from typing import Any

from flask import g
from sqlalchemy import bindparam, select

from budget_app import access
from budget_app.access import Loaded
from budget_app.extensions import db
from budget_app.languages import LANGUAGES
from budget_app.parliaments.models import PageKind, Parliament, ParliamentPage

_BY_SLUG = select(Parliament).where(
    Parliament.slug == bindparam("slug"), Parliament.retired_at.is_(None)
)


@access.loader("language", gives="language")
def load_language(_loaded: Loaded, code: Any) -> str | None:
    if code not in LANGUAGES:
        return None
    g.language = code
    return str(code)


@access.loader("parliament", gives="parliament")
def load_parliament(_loaded: Loaded, slug: Any) -> Parliament | None:
    parliament = by_slug(slug)
    if parliament is not None:
        g.parliament = parliament
        g.is_example = parliament.is_example
        g.is_exercise = parliament.is_exercise
    return parliament


def by_slug(slug: str) -> Parliament | None:
    return db.session.scalar(_BY_SLUG, {"slug": slug})


def all_parliaments() -> Sequence[Parliament]:
    """The real ones, exercises aside."""
    return db.session.scalars(
        select(Parliament).where(Parliament.is_exercise.is_(False)).order_by(Parliament.slug)
    ).all()


def page(parliament: Parliament, kind: PageKind) -> ParliamentPage | None:
    """What the parliament wrote there; None where nothing stands in any language."""
    found = row_of(parliament, kind)
    return found if found is not None and found.texts else None


def row_of(parliament: Parliament, kind: PageKind) -> ParliamentPage | None:
    """The page, also after its last words were taken away."""
    return db.session.get(ParliamentPage, (parliament.id, kind))


def version(page: ParliamentPage | None) -> str:
    """What tells one saving of a page from another; empty before the first."""
    return page.changed_at.isoformat() if page is not None else ""
