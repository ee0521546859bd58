"""The page of a review is one form with several buttons: each sends the checklist along.

So whoever keeps a note or asks the authors while the checklist is half filled in loses neither.
"""

from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from budget_app.extensions import db
from budget_app.proposals.models import Proposal
from budget_app.reviews import checklists, forms
from budget_app.reviews.decisions import Findings, save_draft
from budget_app.reviews.models import Draft
from budget_app.reviews.pages import has_checklist, is_sent_along, review_page
from budget_app.rounds.models import Round

FIELDS = {
    "note_form": ("note",),
    "question_form": ("question",),
    "merge_form": ("target", "reasons"),
}
"""What is typed beside the checklist, by the form that reads it."""


def checklist_fits(round_: Round, proposal: Proposal) -> bool:
    """Keep the checklist that was sent along as the draft; False where something in it is wrong.

    One that was not sent, was not touched, or can no longer be kept, fits.
    """
    if not is_sent_along() or not has_checklist(round_, proposal):
        return True
    checklists.hold_as_it_is(round_)
    form = forms.review_form(proposal)
    if not form.validate_on_submit():
        return False
    findings = forms.findings_of(round_, form)
    if _is_news(round_, proposal, findings):
        save_draft(proposal, findings, by=current_user)
    return True


def refused(round_: Round, proposal: Proposal, **filled: Any) -> ResponseReturnValue:
    """The page with all that was typed, and with what is wrong in `filled` and in the checklist."""
    if is_sent_along() and has_checklist(round_, proposal):
        form = forms.review_form(proposal)
        form.validate_on_submit()
        filled = {"review_form": form, **filled}
    return review_page(round_, proposal, 422, **filled)


def done(round_: Round, proposal: Proposal, name: str = "") -> ResponseReturnValue:
    """Back to the review; what was typed for another button than that of `name` comes along."""
    others = [field for key, fields in FIELDS.items() if key != name for field in fields]
    if not any(request.form.get(field, "").strip() for field in others):
        return redirect(url_for("reviews.review", proposal_id=proposal.id))
    fresh: dict[str, Any] = {"review_form": forms.review_form(proposal, formdata=None)}
    kinds = {
        "note_form": forms.NoteForm,
        "question_form": forms.QuestionForm,
        "merge_form": forms.MergeForm,
    }
    if name:
        fresh[name] = kinds[name](formdata=None)
    return review_page(round_, proposal, **fresh)


def _is_news(round_: Round, proposal: Proposal, findings: Findings) -> bool:
    draft = db.session.get(Draft, proposal.id)
    if draft is None:
        empty = {key: {"answer": "", "note": ""} for key in checklists.keys_of(round_)}
        return findings != Findings(checklist=empty)
    return any(getattr(draft, name) != value for name, value in vars(findings).items())
