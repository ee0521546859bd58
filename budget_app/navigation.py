"""Where a visitor can go from a page: the same page in other languages, the pages of a round."""

from dataclasses import dataclass

from flask import current_app, has_request_context, request
from flask_babel import gettext as _

from budget_app.languages import LANGUAGES, page_locale
from budget_app.rounds.models import Round, RoundState

ENDONYMS = {"en": "English", "es": "Español", "fr": "Français", "pt": "Português"}
VOTE_IS_OVER = (RoundState.CLOSED, RoundState.COUNTED, RoundState.CERTIFIED)


@dataclass(frozen=True)
class StepItem:
    """One step of a desk's list; `state` is `done`, `next` or `locked`."""

    title: str
    href: str | None
    state: str
    current: bool
    note: str = ""


def page_language() -> str:
    return str(page_locale().language)


def language_name() -> str:
    """The name of the page's language, in that language."""
    return ENDONYMS[page_language()]


def language_links() -> list[tuple[str, str, str]]:
    """(code, own name, address of this same page) for every language of the interface.

    An answer to a form that has no page of its own leads to the parliament's first page.
    """
    if not has_request_context():
        return []
    first, _slash, rest = _page_path().lstrip("/").partition("/")
    kept = rest if first in LANGUAGES else ""
    query = request.query_string.decode(errors="replace") if request.method == "GET" else ""
    tail = kept + (f"?{query}" if query else "")
    return [(code, ENDONYMS[code], f"{request.script_root}/{code}/{tail}") for code in LANGUAGES]


def _page_path() -> str:
    adapter = current_app.create_url_adapter(request)
    if request.method == "GET" or (adapter and adapter.test(request.path, "GET")):
        return request.path
    slug = (request.view_args or {}).get("parliament")
    return f"/{page_language()}/{slug}/" if slug else "/"


def round_pages(round_: Round) -> list[tuple[str, str]]:
    """(endpoint, title) of the pages that this round has so far."""
    # A closed round is about to be counted, or counted anew: its page says which.
    counted = round_.state in VOTE_IS_OVER
    return _there(
        ("rounds.show", _("Overview"), True),
        ("results.show", _("Result"), counted),
        ("rounds.projects", _("Projects"), round_.is_sealed),
        ("proposals.index", _("Proposals"), True),
        ("deliberation.index", _("Comments"), round_.is_public),
        ("feedback.show", _("What came of it"), True),
        ("hearings.of_round", _("Hearings"), True),
        ("rounds.manifest", _("Rules"), round_.is_sealed),
        ("audit.log", _("Public log"), round_.is_sealed),
    )


def help_pages(round_: Round) -> list[tuple[str, str]]:
    """(endpoint, title) of what a voter of this round may ask for on any of its pages."""
    return _there(
        ("rounds.manifest", _("Rules of this round"), round_.is_sealed),
        ("booth.eligibility", _("Can I vote?"), round_.state not in VOTE_IS_OVER),
        ("booth.check", _("Check a receipt"), round_.is_sealed),
    )


def _there(*pages: tuple[str, str, bool]) -> list[tuple[str, str]]:
    return [
        (endpoint, title)
        for endpoint, title, there in pages
        if there and endpoint in current_app.view_functions
    ]
