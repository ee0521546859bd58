"""Inviting co-authors, and answering an invitation."""

from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from budget_app import access
from budget_app.accounts import limits
from budget_app.accounts.services import normal_email
from budget_app.parliaments.models import Parliament
from budget_app.proposals import coauthors, services
from budget_app.proposals.blueprint import bp
from budget_app.proposals.forms import InvitationForm
from budget_app.proposals.models import Coauthor, Proposal
from budget_app.proposals.pages import (
    expect_button,
    refuse_strangers,
    refuse_who_is_not_the_author,
    show_at_field,
)
from budget_app.rounds.errors import InvalidField
from budget_app.rounds.models import Round

DAY = 24 * 3600
INVITATIONS_A_DAY = 30
INVITATIONS_TO_ONE_A_DAY = 5


@bp.get("/<int:proposal_id>/coauthors")
@access.signed_in
def edit_coauthors(
    parliament: Parliament, round_: Round, proposal: Proposal
) -> ResponseReturnValue:
    refuse_who_is_not_the_author(proposal)
    services.refuse_rewriting(proposal)
    return _coauthors_page(round_, proposal, InvitationForm(formdata=None))


@bp.post("/<int:proposal_id>/coauthors")
@access.signed_in
def invite_coauthor(
    parliament: Parliament, round_: Round, proposal: Proposal
) -> ResponseReturnValue:
    refuse_who_is_not_the_author(proposal)
    form: Any = InvitationForm()
    if form.validate_on_submit():
        email = normal_email(form.email.data)
        limits.hit("invite", str(current_user.id), limit=INVITATIONS_A_DAY, seconds=DAY)
        limits.hit("invited", email, limit=INVITATIONS_TO_ONE_A_DAY, seconds=DAY)
        try:
            coauthors.invite(proposal, email, language=g.language)
        except InvalidField as error:
            show_at_field(form, error)
        else:
            flash(_("The invitation to %(email)s is on its way.", email=email), "success")
            return redirect(url_for("proposals.edit_coauthors", proposal_id=proposal.id))
    return _coauthors_page(round_, proposal, form, 422)


@bp.post("/<int:proposal_id>/coauthors/<int:number>/take-back")
@access.signed_in
def take_invitation_back(
    parliament: Parliament, round_: Round, proposal: Proposal, number: int
) -> ResponseReturnValue:
    refuse_who_is_not_the_author(proposal)
    expect_button()
    coauthors.take_back(proposal, number)
    flash(_("The invitation is taken back; its link leads nowhere any more."), "success")
    return redirect(url_for("proposals.edit_coauthors", proposal_id=proposal.id))


@bp.post("/<int:proposal_id>/coauthors/leave")
@access.signed_in
def leave_proposal(
    parliament: Parliament, round_: Round, proposal: Proposal
) -> ResponseReturnValue:
    refuse_strangers(proposal)
    expect_button()
    coauthors.leave(proposal, current_user)
    flash(_("You are no longer a co-author of this proposal."), "success")
    return redirect(url_for("proposals.index"))


@bp.get("/invitations/<invitation_token>")
@access.signed_in
def invitation(parliament: Parliament, round_: Round, invitation: Coauthor) -> ResponseReturnValue:
    """What one is asked to join; shown to nobody but the person who was invited."""
    coauthors.refuse_answer(invitation, current_user)
    return render_template("proposals/invitation.html", round=round_, proposal=invitation.proposal)


@bp.post("/invitations/<invitation_token>/accept")
@access.signed_in
def accept_invitation(
    parliament: Parliament, round_: Round, invitation: Coauthor
) -> ResponseReturnValue:
    expect_button()
    proposal_id = invitation.proposal_id
    coauthors.accept(invitation, current_user)
    flash(_("You are a co-author now."), "success")
    return redirect(url_for("proposals.show", proposal_id=proposal_id))


@bp.post("/invitations/<invitation_token>/decline")
@access.signed_in
def decline_invitation(
    parliament: Parliament, round_: Round, invitation: Coauthor
) -> ResponseReturnValue:
    expect_button()
    coauthors.decline(invitation, current_user)
    flash(_("You have declined. The invitation is forgotten."), "success")
    return redirect(url_for("proposals.index"))


def _coauthors_page(
    round_: Round, proposal: Proposal, form: InvitationForm, status: int = 200
) -> ResponseReturnValue:
    page = render_template(
        "proposals/coauthors.html",
        round=round_,
        proposal=proposal,
        form=form,
        most=coauthors.MOST_COAUTHORS,
    )
    return page, status
