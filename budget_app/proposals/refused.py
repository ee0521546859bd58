"""Answers that the form refused, kept with the proposal until they are mended.

A page that answers a form cannot be gone back to: whoever follows a link from it and returns
would find nothing. So what was typed is kept, and the form has an address of its own.
"""

from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from budget_app.accounts.models import User
from budget_app.proposals.models import Proposal
from budget_app.proposals.services import ProposalText, begin_rewriting, start
from budget_app.rounds.models import Round

LONGEST = 50_000
"""Characters of one answer; the form allows 10,000 at most."""
MOST_ANSWERS = 20
"""Of one name: goals and categories have fewer."""
NOT_WRITTEN = ("csrf_token", "more")
LONGEST_TITLE = 120


def says_something(form: Any) -> bool:
    """Whether there is anything to lose."""
    return any(
        value.strip()
        for name in ("title", "summary", "description", "place", "latitude", "estimate")
        for value in form[name].raw_data or []
    ) or bool(form.cost_lines())


def keep_as_draft(
    round_: Round, form: Any, answers: "MultiDict[str, str]", *, author: User, language: str
) -> Proposal:
    """A draft with a title and a district, chosen or not yet, and all answers beside it."""
    text = ProposalText(
        district=round_.district(form.district.data) or round_.districts[0],
        title=(form.title.data or "")[:LONGEST_TITLE] or _("Without a title"),
    )
    proposal = start(round_, text, author=author, language=language)
    proposal.refused = _typed(form, answers)
    return proposal


def keep_beside(proposal: Proposal, form: Any, answers: "MultiDict[str, str]") -> None:
    """The proposal stays as it is; the answers wait beside it."""
    begin_rewriting(proposal)
    proposal.refused = _typed(form, answers)


def waiting_answers(proposal: Proposal) -> "MultiDict[str, str] | None":
    """What the form was sent last and refused."""
    return None if proposal.refused is None else MultiDict(proposal.refused)


def _typed(form: Any, answers: "MultiDict[str, str]") -> dict[str, list[str]]:
    """The answers to fields of the form alone: a sender may add others."""
    own = {field.name for field in _fields(form)} - set(NOT_WRITTEN)
    return {
        name: [value[:LONGEST] for value in values[:MOST_ANSWERS]]
        for name, values in answers.lists()
        if name in own
    }


def _fields(form: Any) -> list[Any]:
    """The fields that have answers, those of rows too."""
    rows = [field for row in form.lines for field in row.form]
    return [*(field for field in form if field.name != "lines"), *rows]
