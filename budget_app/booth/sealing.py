"""Sealed rounds in the booth: what a page needs to seal a ballot, and the envelope it sends.

A ballot that stays in the page comes here as an envelope alone. One that a form carries is sealed
by the ballot box, in memory.
"""

from typing import Any

from flask_babel import get_translations
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from budget_app.booth.drafts import Draft, read_draft
from budget_app.booth.queries import BallotPaper
from budget_app.booth.reasons import SENTENCES
from tallying.evidence import canonical

SEALED, HERE = "sealed", "here"
"""The field and value with which a page asks for a review without sending the choices."""
ENVELOPE = "envelope"
FIELDS = frozenset({"csrf_token", "token", "box", ENVELOPE})
"""All that a cast of an envelope holds."""


def stays_in_page(paper: BallotPaper, form: MultiDict[str, str]) -> bool:
    """Whether the page keeps the choices to itself and seals them."""
    return paper.seal is not None and form.get(SEALED) == HERE


def read_cast(paper: BallotPaper, form: MultiDict[str, str]) -> Draft | bytes:
    """The plain ballot of a form that carries one, or the envelope that a page has sealed.

    What is not one envelope for this very box is empty, and no round takes that.
    """
    if ENVELOPE not in form:
        return read_draft(paper.style, form)
    values = form.getlist(ENVELOPE)
    if len(values) != 1 or not set(form) <= FIELDS or form.get("box") != paper.box_id:
        return b""
    try:
        return canonical.unb64u(values[0])
    except canonical.NotCanonical:
        return b""


def script_data(round_id: str, paper: BallotPaper) -> dict[str, Any]:
    """What the page's scripts need to check, show and seal a ballot; empty in open rounds."""
    seal = paper.seal
    if seal is None:
        return {}
    return {
        "sealing": {
            "round": round_id,
            "box": paper.box_id,
            "size": seal.size,
            "suite": seal.suite,
            "keys": {name: canonical.b64u(key) for name, key in seal.keys.items()},
        },
        "faults": {
            str(code): str(text) % {"name": "{name}", "limit": "{limit}", "amount": "{amount}"}
            for code, text in SENTENCES.items()
        },
        "review": _review_words(),
    }


def _review_words() -> dict[str, Any]:
    return {
        "projects": _counted("%(num)s project", "%(num)s projects"),
        "points": _counted("%(num)s point", "%(num)s points"),
        "grade": _("Grade %(grade)s", grade="{grade}"),
        "blank": _(
            "Your ballot is blank: it names no project. A blank ballot counts as taking part."
        ),
        "cast": _("Put my ballot in the box"),
        "cast_blank": _("Put my blank ballot in the box"),
    }


def _counted(one: str, other: str) -> dict[str, str]:
    """A text for one and for more, as `Intl.PluralRules` names them."""
    texts = get_translations()
    return {
        form: texts.ngettext(one, other, number).replace("%(num)s", "{num}")
        for form, number in (("one", 1), ("other", 2))
    }
