"""The pages of proposals: the public list, an author's drafts, and the review."""

from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm

from budget_app import access
from budget_app.accounts.forms import EmptyForm
from budget_app.browsing import pages
from budget_app.browsing.similar import similar_to
from budget_app.parliaments.models import Parliament
from budget_app.proposals import queries, services
from budget_app.proposals.forms import AcceptForm, RejectForm, proposal_form
from budget_app.proposals.models import Proposal
from budget_app.proposals.services import ProposalText
from budget_app.rounds.errors import InvalidField
from budget_app.rounds.models import Round

bp = Blueprint(
    "proposals", __name__, url_prefix="/<language>/<parliament>/rounds/<round_slug>/proposals"
)

BOTH = ("GET", "POST")


@bp.get("/")
@access.public
def index(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    return pages.list_page(round_)


@bp.get("/<int:proposal_id>")
@access.public
def show(parliament: Parliament, round_: Round, proposal: Proposal) -> ResponseReturnValue:
    return render_template(
        "proposals/show.html",
        round=round_,
        proposal=proposal,
        own=queries.is_author(proposal),
        proposing=services.is_proposing(round_),
        project=queries.project_of(proposal),
        button=EmptyForm(),
        **pages.of_proposal(proposal),
    )


@bp.route("/new", methods=BOTH)
@access.signed_in
def new(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    if not services.is_proposing(round_):
        raise services.NotProposing
    form = proposal_form(round_)()
    if form.validate_on_submit():
        proposal = services.start(
            round_, _text(round_, form), author=current_user, language=g.language
        )
        return _kept(proposal, form)
    return _form_page(round_, form, None)


@bp.route("/<int:proposal_id>/edit", methods=BOTH)
@access.signed_in
def edit(parliament: Parliament, round_: Round, proposal: Proposal) -> ResponseReturnValue:
    _refuse_others(proposal)
    services.refuse_rewriting(proposal)
    known = {**vars(proposal), "district": proposal.district.slug}
    form = proposal_form(round_)(data=known)
    if form.validate_on_submit():
        services.change(proposal, _text(round_, form))
        return _kept(proposal, form)
    return _form_page(round_, form, proposal)


@bp.post("/<int:proposal_id>/withdraw")
@access.signed_in
def withdraw(parliament: Parliament, round_: Round, proposal: Proposal) -> ResponseReturnValue:
    _refuse_others(proposal)
    if not EmptyForm().validate_on_submit():
        abort(400)
    services.withdraw(proposal)
    flash(_("Your proposal is withdrawn."), "success")
    return redirect(url_for("proposals.index"))


@bp.get("/review")
@access.reviewer
def queue(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    return render_template("proposals/queue.html", round=round_, proposals=queries.queue(round_))


@bp.get("/<int:proposal_id>/review")
@access.reviewer
def review(parliament: Parliament, round_: Round, proposal: Proposal) -> ResponseReturnValue:
    return _review_page(round_, proposal, AcceptForm(formdata=None), RejectForm(formdata=None))


@bp.post("/<int:proposal_id>/review/accept")
@access.reviewer
def accept(parliament: Parliament, round_: Round, proposal: Proposal) -> ResponseReturnValue:
    form: Any = AcceptForm()
    if form.validate_on_submit():
        try:
            services.accept(proposal, form.cost.data, form.explanation.data, by=current_user)
        except InvalidField as error:
            form.cost.errors = [*form.cost.errors, error.message]
        else:
            flash(_("Accepted: the proposal is a project on the ballot now."), "success")
            return redirect(url_for("proposals.queue"))
    return _review_page(round_, proposal, form, RejectForm(formdata=None), 422)


@bp.post("/<int:proposal_id>/review/reject")
@access.reviewer
def reject(parliament: Parliament, round_: Round, proposal: Proposal) -> ResponseReturnValue:
    form: Any = RejectForm()
    if form.validate_on_submit():
        services.reject(proposal, form.reason.data, by=current_user)
        flash(_("Rejected: the author is told, and the reason is published."), "success")
        return redirect(url_for("proposals.queue"))
    return _review_page(round_, proposal, AcceptForm(formdata=None), form, 422)


def _text(round_: Round, form: Any) -> ProposalText:
    district = round_.district(form.district.data)
    if district is None:
        abort(400)
    return ProposalText(
        district=district,
        title=form.title.data,
        summary=form.summary.data or "",
        description=form.description.data or "",
        categories=form.categories.data or [],
        estimate=form.estimate.data,
    )


def _kept(proposal: Proposal, form: Any) -> ResponseReturnValue:
    if form.submit.data and similar_to(proposal):
        return redirect(url_for("browsing.before_submitting", proposal_id=proposal.id))
    if form.submit.data:
        services.submit(proposal)
        flash(_("Your proposal is published, and will be reviewed."), "success")
    else:
        flash(_("Your draft is saved. Only you can see it."), "success")
    return redirect(url_for("proposals.show", proposal_id=proposal.id))


def _form_page(round_: Round, form: FlaskForm, proposal: Proposal | None) -> ResponseReturnValue:
    page = render_template("proposals/form.html", round=round_, form=form, proposal=proposal)
    return page, 422 if any(field.errors for field in form) else 200


def _review_page(
    round_: Round, proposal: Proposal, accept_form: Any, reject_form: Any, status: int = 200
) -> ResponseReturnValue:
    page = render_template(
        "proposals/review.html",
        round=round_,
        proposal=proposal,
        accept_form=accept_form,
        reject_form=reject_form,
    )
    return page, status


def _refuse_others(proposal: Proposal) -> None:
    if not queries.is_author(proposal):
        abort(403)
