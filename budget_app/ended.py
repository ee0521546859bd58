"""A form that comes after its sign-in ended: nothing is done, and what was written is kept."""

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import current_user

KEEPING = frozenset(
    {
        "proposals.new",
        "proposals.edit",
        "deliberation.comment",
        "deliberation.reply",
        "deliberation.edit",
        "deliberation.answer",
        "deliberation.answer_comment",
        "hearings.ask",
    }
)
"""The views whose words are shown again: long ones, which the public reads anyway, and no ballot."""

LABELS = {
    "title": _l("Title"),
    "summary": _l("In two sentences"),
    "description": _l("What should be done, where, and for whom"),
    "text": _l("Your words"),
    "words": _l("Your question"),
}
"""The fields that are shown; every other one goes along unseen."""


def keeps_words() -> bool:
    """Whether the present request's words can be shown again.

    Only where the browser vouches that one of our own pages sent them: a foreign page must not
    fill a form here that somebody then sends.
    """
    return (
        request.method == "POST"
        and request.endpoint in KEEPING
        and request.headers.get("Sec-Fetch-Site") == "same-origin"
    )


def was_signed_in() -> bool:
    """Whether the present request asks for a sign-in that is not there any more."""
    view = current_app.view_functions.get(request.endpoint or "")
    rule = getattr(view, "access_rule", None)
    return bool(rule and rule.signed_in and not current_user.is_authenticated)


def page() -> ResponseReturnValue:
    """The page that says so, with what was written where that can be kept."""
    fields: list[tuple[str, str]] = []
    if keeps_words():
        fields = [pair for pair in request.form.items(multi=True) if pair[0] != "csrf_token"]
    return render_template("errors/ended.html", fields=fields, labels=LABELS), 400
