"""What those who write a proposal do while it is reviewed: answer, agree to a merge, appeal."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from budget_app import access
from budget_app.parliaments.models import Parliament
from budget_app.proposals.models import Proposal
from budget_app.proposals.pages import (
    expect_button,
    refuse_strangers,
    refuse_who_is_not_the_author,
)
from budget_app.reviews import appeals, forms, merging, questions
from budget_app.reviews.blueprint import bp
from budget_app.reviews.errors import NoAppeal
from budget_app.reviews.models import Merge, MergeState, Question
from budget_app.rounds.models import Round

BOTH = ("GET", "POST")


@bp.route("/<int:proposal_id>/questions/<int:review_question_id>", methods=BOTH)
@access.signed_in
def answer(
    parliament: Parliament, round_: Round, proposal: Proposal, question: Question
) -> ResponseReturnValue:
    refuse_strangers(proposal)
    questions.refuse_answer(proposal, question)
    form: Any = forms.AnswerForm()
    if form.validate_on_submit():
        questions.answer(proposal, question, form.text.data, by=current_user)
        flash(_("The office has your answer. It is published with the decision."), "success")
        return redirect(url_for("proposals.show", proposal_id=proposal.id))
    page = render_template(
        "reviews/answer.html", round=round_, proposal=proposal, question=question, form=form
    )
    return page, 422 if form.errors else 200


@bp.route("/<int:proposal_id>/appeal", methods=BOTH)
@access.signed_in
def appeal(parliament: Parliament, round_: Round, proposal: Proposal) -> ResponseReturnValue:
    refuse_strangers(proposal)
    until = appeals.appeal_until(proposal)
    if until is None:
        raise NoAppeal
    form: Any = forms.AppealForm()
    if form.validate_on_submit():
        appeals.make_appeal(proposal, form.reasons.data, by=current_user)
        flash(_("Your appeal is made. Somebody else than before decides it."), "success")
        return redirect(url_for("proposals.show", proposal_id=proposal.id))
    page = render_template(
        "reviews/appeal.html", round=round_, proposal=proposal, form=form, until=until
    )
    return page, 422 if form.errors else 200


@bp.route("/<int:proposal_id>/merges/<int:merge_id>/object", methods=BOTH)
@access.signed_in
def object_to_merge(
    parliament: Parliament, round_: Round, proposal: Proposal, merge: Merge
) -> ResponseReturnValue:
    """A co-author says why not; an author has the button that declines."""
    refuse_strangers(proposal)
    if not merging.may_object(merge, current_user):
        abort(403)
    merging.refuse_over(merge)
    form: Any = forms.ObjectionForm()
    if form.validate_on_submit():
        merging.object_to(merge, form.reasons.data, by=current_user)
        flash(_("The authors of both proposals and the reviewers read your objection."), "success")
        return redirect(url_for("proposals.show", proposal_id=proposal.id))
    page = render_template(
        "reviews/object.html", round=round_, proposal=proposal, merge=merge, form=form
    )
    return page, 422 if form.errors else 200


@bp.post("/<int:proposal_id>/merges/<int:merge_id>/<any(agree, decline):reply>")
@access.signed_in
def answer_merge(
    parliament: Parliament, round_: Round, proposal: Proposal, merge: Merge, reply: str
) -> ResponseReturnValue:
    refuse_who_is_not_the_author(proposal)
    expect_button()
    merging.answer_merge(merge, by=current_user, agrees=reply == "agree")
    if merge.state is MergeState.DONE:
        flash(_("Both authors agreed: the proposals are merged."), "success")
    elif reply == "decline":
        flash(_("You have declined: both proposals stay as they are."), "success")
    else:
        flash(
            _("You have agreed. The proposals are merged as soon as the other author agrees too."),
            "success",
        )
    return redirect(url_for("proposals.show", proposal_id=proposal.id))
