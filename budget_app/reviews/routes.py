"""The reviewers' pages: the queue, the declaration, and the review of one proposal."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from budget_app import access
from budget_app.accounts.forms import EmptyForm
from budget_app.addresses import page_number
from budget_app.parliaments.models import Parliament
from budget_app.proposals.models import Proposal
from budget_app.proposals.pages import expect_button, show_at_field
from budget_app.reviews import (
    appeals,
    assignments,
    author_views,
    beside,
    checklists,
    decisions,
    forms,
    merging,
    queries,
    questions,
)
from budget_app.reviews.blueprint import bp
from budget_app.reviews.models import AppealOutcome, Merge
from budget_app.reviews.pages import review_page
from budget_app.rounds.errors import InvalidField
from budget_app.rounds.models import Round

__all__ = ["author_views", "bp"]


@bp.get("/review")
@access.reviewer
def queue(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    """What waits for a decision, oldest first, and how much each reviewer has."""
    args = request.args
    wanted = queries.Wanted(
        args.get("reviewer", ""), args.get("district", ""), args.get("waiting", "")
    )
    page, lines = queries.queue(round_, wanted, page_number())
    return render_template(
        "reviews/queue.html",
        round=round_,
        wanted=wanted,
        page=page,
        lines=lines,
        reviewers=queries.reviewers(parliament),
        loads=queries.loads(round_),
        unassigned=queries.to_decide(round_, None),
        button=EmptyForm(),
    )


@bp.get("/<int:proposal_id>/review")
@access.reviewer
def review(parliament: Parliament, round_: Round, proposal: Proposal) -> ResponseReturnValue:
    """Before the first look one declares one's interests."""
    assignments.refuse_conflict(proposal, current_user)
    if assignments.declaration_of(proposal, current_user) is None:
        return _declaration_page(round_, proposal, forms.DeclarationForm(formdata=None))
    return review_page(round_, proposal)


@bp.post("/<int:proposal_id>/review/declare")
@access.reviewer
def declare(parliament: Parliament, round_: Round, proposal: Proposal) -> ResponseReturnValue:
    assignments.refuse_conflict(proposal, current_user)
    form: Any = forms.DeclarationForm()
    if not form.validate_on_submit():
        return _declaration_page(round_, proposal, form, 422)
    conflict = form.conflict.data == "yes"
    assignments.declare(proposal, by=current_user, conflict=conflict, words=form.words.data or "")
    if conflict:
        flash(
            _("You have stepped back; the proposal is in the queue for somebody else."), "success"
        )
        return redirect(url_for("reviews.queue"))
    return redirect(url_for("reviews.review", proposal_id=proposal.id))


@bp.post("/<int:proposal_id>/review/take")
@access.reviewer
def take(parliament: Parliament, round_: Round, proposal: Proposal) -> ResponseReturnValue:
    expect_button()
    assignments.take(proposal, by=current_user)
    flash(_("You review this proposal now."), "success")
    return redirect(url_for("reviews.review", proposal_id=proposal.id))


@bp.post("/<int:proposal_id>/review/assign")
@access.administrator
def assign(parliament: Parliament, round_: Round, proposal: Proposal) -> ResponseReturnValue:
    assignments.refuse_undeclared(proposal, current_user)
    people = queries.can_be_given(proposal)
    form = forms.assignment_form(people, queries.loads(round_))
    if not form.validate_on_submit():
        return review_page(round_, proposal, 422, assignment_form=form)
    reviewer = next(user for user in people if str(user.id) == form.reviewer.data)
    assignments.assign(proposal, reviewer, by=current_user)
    flash(_("%(name)s reviews this proposal now.", name=reviewer.display_name), "success")
    return redirect(url_for("reviews.review", proposal_id=proposal.id))


@bp.post("/<int:proposal_id>/review")
@access.reviewer
def decide(parliament: Parliament, round_: Round, proposal: Proposal) -> ResponseReturnValue:
    """Keep what is found so far, or publish the decision."""
    assignments.refuse_outsiders(proposal, current_user)
    checklists.hold_as_it_is(round_)  # the form and the decision ask for the same
    form = forms.review_form(proposal)
    if not form.validate_on_submit() or forms.asks_anew(round_, form):
        decisions.expect_undecided(proposal)
        return review_page(round_, proposal, 422, review_form=form)
    findings = forms.findings_of(round_, form)
    if not form.publish.data:
        decisions.save_draft(proposal, findings, by=current_user)
        flash(_("Saved. Nothing of it is public."), "success")
        return beside.done(round_, proposal)
    try:
        decisions.decide(proposal, findings, by=current_user)
    except InvalidField as error:
        show_at_field(form, error)
        return review_page(round_, proposal, 422, review_form=form)
    flash(_("The decision is published, and the authors are told."), "success")
    return redirect(url_for("reviews.queue"))


@bp.post("/<int:proposal_id>/review/notes")
@access.reviewer
def write_note(parliament: Parliament, round_: Round, proposal: Proposal) -> ResponseReturnValue:
    assignments.refuse_undeclared(proposal, current_user)
    form: Any = forms.NoteForm()
    if not form.validate_on_submit() or not beside.checklist_fits(round_, proposal):
        return beside.refused(round_, proposal, note_form=form)
    decisions.write_note(proposal, form.note.data, by=current_user)
    flash(_("The other reviewers can read your note."), "success")
    return beside.done(round_, proposal, "note_form")


@bp.post("/<int:proposal_id>/review/questions")
@access.reviewer
def ask(parliament: Parliament, round_: Round, proposal: Proposal) -> ResponseReturnValue:
    assignments.refuse_outsiders(proposal, current_user)
    form: Any = forms.QuestionForm()
    if not form.validate_on_submit() or not beside.checklist_fits(round_, proposal):
        return beside.refused(round_, proposal, question_form=form)
    questions.ask(proposal, form.question.data, by=current_user)
    flash(_("The authors are asked by mail."), "success")
    return beside.done(round_, proposal, "question_form")


@bp.post("/<int:proposal_id>/review/appeal")
@access.reviewer
def decide_appeal(parliament: Parliament, round_: Round, proposal: Proposal) -> ResponseReturnValue:
    assignments.refuse_outsiders(proposal, current_user)
    form: Any = forms.AppealDecisionForm()
    if not form.validate_on_submit():
        return review_page(round_, proposal, 422, appeal_form=form)
    outcome = AppealOutcome(form.outcome.data)
    try:
        appeals.decide_appeal(
            proposal, outcome, form.words.data, by=current_user, cost=form.cost.data
        )
    except InvalidField as error:
        show_at_field(form, error)
        return review_page(round_, proposal, 422, appeal_form=form)
    flash(_("The appeal is decided, and the authors are told."), "success")
    return redirect(url_for("reviews.queue"))


@bp.post("/<int:proposal_id>/review/merge")
@access.reviewer
def propose_merge(parliament: Parliament, round_: Round, proposal: Proposal) -> ResponseReturnValue:
    assignments.refuse_outsiders(proposal, current_user)
    form: Any = forms.MergeForm()
    if not form.validate_on_submit() or not beside.checklist_fits(round_, proposal):
        return beside.refused(round_, proposal, merge_form=form)
    target = queries.proposal_numbered(round_, form.number)
    try:
        merging.propose_merge(proposal, target, form.reasons.data, by=current_user)
    except InvalidField as error:
        show_at_field(form, error)
        return beside.refused(round_, proposal, merge_form=form)
    flash(_("The authors of both proposals are asked by mail."), "success")
    return beside.done(round_, proposal, "merge_form")


@bp.post("/<int:proposal_id>/review/merges/<int:merge_id>/withdraw")
@access.reviewer
def withdraw_merge(
    parliament: Parliament, round_: Round, proposal: Proposal, merge: Merge
) -> ResponseReturnValue:
    """Whoever has the proposal takes back what was asked about it."""
    expect_button()
    if not beside.checklist_fits(round_, proposal):
        return beside.refused(round_, proposal)
    merging.withdraw(merge, by=current_user)
    flash(_("The request is taken back, and the authors are told."), "success")
    return beside.done(round_, proposal)


def _declaration_page(
    round_: Round, proposal: Proposal, form: Any, status: int = 200
) -> ResponseReturnValue:
    page = render_template("reviews/declare.html", round=round_, proposal=proposal, form=form)
    return page, status
