"""Making a parliament, and keeping the pages that it writes."""

import re
from zoneinfo import available_timezones

from babel.numbers import get_currency_precision, is_currency

from budget_app.accounts.models import User
from budget_app.extensions import db
from budget_app.languages import LANGUAGES
from budget_app.parliaments import queries
from budget_app.parliaments.models import DEFAULT_ACCENT, PageKind, Parliament, ParliamentPage
from budget_app.records.models import Act
from budget_app.records.services import record
from voting import clock

SLUG = re.compile(r"^[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?$")
ACCENT = re.compile(r"^#[0-9a-f]{6}$")
LEAST_CONTRAST = 4.5


class InvalidParliament(ValueError):
    """What is wrong with the settings of a parliament, in one sentence."""


def create_parliament(
    slug: str,
    names: dict[str, str],
    *,
    languages: list[str],
    currency: str,
    timezone: str = "UTC",
    accent: str = DEFAULT_ACCENT,
    is_example: bool = False,
) -> Parliament:
    """Make a parliament; raises `InvalidParliament`."""
    accent = accent.lower()
    _check(slug, names, languages, currency, accent)
    if timezone not in available_timezones():
        raise InvalidParliament(f"“{timezone}” is not a time zone, as America/Santo_Domingo is.")
    parliament = Parliament(
        slug=slug,
        names=names,
        languages=languages,
        currency=currency,
        minor_digits=get_currency_precision(currency),
        timezone=timezone,
        accent=accent,
        is_example=is_example,
        created_at=clock.now(db.session()),
    )
    db.session.add(parliament)
    db.session.flush()
    record(Act.PARLIAMENT_CREATED, actor=None, parliament=parliament)
    return parliament


def keep_page(
    parliament: Parliament,
    kind: PageKind,
    texts: dict[str, str],
    *,
    by: User | None = None,
) -> None:
    """Replace what the parliament says on a page; without any text the page is gone."""
    # Before the page: a first version has no row to lock, and two pages share the list.
    db.session.refresh(parliament, ["page_kinds"], with_for_update=True)
    page = db.session.get(
        ParliamentPage, (parliament.id, kind), with_for_update=True, populate_existing=True
    )
    if page is None:
        page = ParliamentPage(parliament_id=parliament.id, kind=kind)
        db.session.add(page)
    elif page.texts == texts:
        return
    page.texts, page.changed_at = texts, clock.now(db.session())
    standing = {*parliament.page_kinds, kind.value} if texts else {*parliament.page_kinds} - {kind}
    parliament.page_kinds = [each.value for each in PageKind if each in standing]
    record(Act.PAGE_CHANGED, actor=by, parliament=parliament, page=kind.value)


def _check(
    slug: str, names: dict[str, str], languages: list[str], currency: str, accent: str
) -> None:
    if not SLUG.match(slug):
        raise InvalidParliament(
            f"“{slug}” cannot stand in an address: use small letters, digits and hyphens."
        )
    if queries.by_slug(slug):
        raise InvalidParliament(f"There is already a parliament “{slug}”.")
    unknown = [code for code in languages if code not in LANGUAGES]
    if unknown or not languages:
        raise InvalidParliament(f"Languages are chosen out of {', '.join(LANGUAGES)}.")
    if not all(names.get(code, "").strip() for code in languages):
        raise InvalidParliament("The parliament needs a name in each of its languages.")
    if not is_currency(currency):
        raise InvalidParliament(f"“{currency}” is not the code of a currency, as USD is.")
    if not ACCENT.match(accent):
        raise InvalidParliament(f"“{accent}” is not a colour written as #0b5d5b is.")
    if contrast_with_paper(accent) < LEAST_CONTRAST:
        raise InvalidParliament(
            f"The colour {accent} is too light: text in it could not be read by everybody."
        )


def contrast_with_paper(colour: str) -> float:
    """WCAG 2.2 contrast ratio of `colour` (#rrggbb) against the page's paper, #fbfaf7."""
    light, dark = sorted((_luminance("#fbfaf7"), _luminance(colour)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def name_office(parliament: Parliament, names: dict[str, str]) -> None:
    """Know an office in more languages; what was known of it by any of these names is replaced."""
    if len(names) > 1:
        said = set(names.values())
        others = [known for known in parliament.offices if said.isdisjoint(known.values())]
        parliament.offices = [*others, names]
