"""The pages of proposals: the public list, and an author's drafts."""

import re
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from budget_app import access
from budget_app.accounts import limits
from budget_app.accounts.forms import EmptyForm
from budget_app.accounts.names import keep_name
from budget_app.browsing import pages, picking
from budget_app.browsing.places import map_of
from budget_app.browsing.similar import similar_to
from budget_app.parliaments.models import Parliament
from budget_app.presentation.texts import plain
from budget_app.proposals import (
    coauthor_views,
    file_views,
    goals,
    history_views,
    queries,
    refused,
    services,
)
from budget_app.proposals.blueprint import bp
from budget_app.proposals.forms import WithdrawalForm, proposal_form
from budget_app.proposals.history import newest_number
from budget_app.proposals.models import Proposal
from budget_app.proposals.pages import refuse_strangers, refuse_who_is_not_the_author
from budget_app.proposals.services import ProposalText
from budget_app.reviews import pages as reviews
from budget_app.rounds.models import Round

__all__ = ["bp", "coauthor_views", "file_views", "history_views"]

BOTH = ("GET", "POST")
SAVES_AN_HOUR = 200
MORE_ROWS = 6
VERSION = re.compile(r"[0-9]{1,9}")

bp.add_app_template_filter(goals.goal_name)


@bp.get("/")
@access.public
def index(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    return pages.list_page(round_)


@bp.get("/<int:proposal_id>")
@access.public
def show(parliament: Parliament, round_: Round, proposal: Proposal) -> ResponseReturnValue:
    return _show_page(round_, proposal, WithdrawalForm(formdata=None))


@bp.route("/new", methods=BOTH)
@access.signed_in
def new(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    if not services.is_proposing(round_):
        raise services.NotProposing
    form = proposal_form(round_)
    if _is_complete(form):
        _count_save()
        proposal = services.start(
            round_, _text(round_, form), author=current_user, language=g.language
        )
        keep_name(current_user, form)
        return _kept(proposal, form)
    if form.errors and refused.says_something(form):
        _count_save()
        proposal = refused.keep_as_draft(
            round_, form, request.form, author=current_user, language=g.language
        )
        return redirect(url_for("proposals.edit", proposal_id=proposal.id))
    return _form_page(round_, form, None)


@bp.route("/<int:proposal_id>/edit", methods=BOTH)
@access.signed_in
def edit(parliament: Parliament, round_: Round, proposal: Proposal) -> ResponseReturnValue:
    refuse_strangers(proposal)
    services.refuse_rewriting(proposal)
    answers = refused.waiting_answers(proposal) if request.method == "GET" else None
    form = proposal_form(round_, proposal, answers)
    if _is_complete(form):
        _count_save()
        began_with = form.version.data or ""
        based_on = int(began_with) if VERSION.fullmatch(began_with) else None
        try:
            services.change(proposal, _text(round_, form), by=current_user, based_on=based_on)
        except services.ChangedMeanwhile as error:
            form.form_errors.append(error.message)
        else:
            keep_name(current_user, form)
            return _kept(proposal, form)
    elif form.errors and request.method == "POST":
        _count_save()
        refused.keep_beside(proposal, form, request.form)
        return redirect(url_for("proposals.edit", proposal_id=proposal.id))
    return _form_page(round_, form, proposal)


@bp.post("/<int:proposal_id>/submit")
@access.signed_in
def submit(parliament: Parliament, round_: Round, proposal: Proposal) -> ResponseReturnValue:
    refuse_who_is_not_the_author(proposal)
    if not EmptyForm().validate_on_submit():
        abort(400)
    return _submitted(proposal)


@bp.post("/<int:proposal_id>/withdraw")
@access.signed_in
def withdraw(parliament: Parliament, round_: Round, proposal: Proposal) -> ResponseReturnValue:
    refuse_who_is_not_the_author(proposal)
    form: Any = WithdrawalForm()
    if not form.validate_on_submit():
        return _show_page(round_, proposal, form, 422)
    services.withdraw(proposal, form.reason.data or "")
    flash(
        _("Your proposal is withdrawn.") if proposal.is_public else _("The draft is closed."),
        "success",
    )
    return redirect(url_for("proposals.show", proposal_id=proposal.id))


def _count_save() -> None:
    limits.hit("save-proposal", str(current_user.id), limit=SAVES_AN_HOUR, seconds=3600)


def _is_complete(form: Any) -> bool:
    """Whether what was sent can be saved; asking for more rows, or pressing the map, saves nothing."""
    if picking.is_pressed(request.form):
        return False
    if form.more.data:
        form.add_rows(least_empty=MORE_ROWS)
        return False
    return bool(form.validate_on_submit())


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
        goals=[int(number) for number in form.goals.data or []],
        lines=form.cost_lines(),
        place=form.place.data or "",
        latitude=form.latitude.data,
        longitude=form.longitude.data,
    )


def _kept(proposal: Proposal, form: Any) -> ResponseReturnValue:
    if others := form.pin_lies().others:
        flash(
            _(
                "The pin lies in %(there)s, and you chose %(here)s. Is the district right?",
                there=", ".join(plain(district.names) for district in others),
                here=plain(proposal.district.names),
            ),
            "warning",
        )
    if form.submit.data and queries.is_author(proposal) and not proposal.is_public:
        if similar_to(proposal):
            return redirect(url_for("browsing.before_submitting", proposal_id=proposal.id))
        return _submitted(proposal)
    if proposal.is_public:
        flash(_("Your changes are published. The history shows what was changed."), "success")
    else:
        flash(_("Your draft is saved. Only those who write it can see it."), "success")
    return redirect(url_for("proposals.show", proposal_id=proposal.id))


def _submitted(proposal: Proposal) -> ResponseReturnValue:
    services.submit(proposal)
    flash(_("Your proposal is published, and will be reviewed."), "success")
    return redirect(url_for("proposals.show", proposal_id=proposal.id))


def _show_page(
    round_: Round, proposal: Proposal, form: WithdrawalForm, status: int = 200
) -> ResponseReturnValue:
    page = render_template(
        "proposals/show.html",
        round=round_,
        proposal=proposal,
        own=queries.is_author(proposal),
        writing=queries.is_writing(proposal),
        changeable=services.can_be_rewritten(proposal),
        project=queries.project_of(proposal),
        withdrawal_form=form,
        **pages.of_proposal(proposal),
        **reviews.of_proposal(proposal),
    )
    return page, status


def _form_page(round_: Round, form: Any, proposal: Proposal | None) -> ResponseReturnValue:
    drawing, _pins = map_of(round_)
    if drawing and (place := picking.pressed(drawing, request.form)):
        form.put_pin(*place)
    page = render_template(
        "proposals/form.html",
        round=round_,
        map_heights=picking.heights(drawing) if drawing else {},
        form=form,
        proposal=proposal,
        drafts=[] if proposal else queries.drafts_of([round_], current_user),
        version=_began_with(proposal, form) if proposal else 0,
        own=proposal is None or queries.is_author(proposal),
    )
    return page, 422 if form.errors and request.method == "POST" else 200


def _began_with(proposal: Proposal, form: Any) -> int:
    """The version that the writer saw: answers that waited do not know what came since."""
    waited = request.method == "GET" and VERSION.fullmatch(form.version.data or "")
    return int(form.version.data) if waited else newest_number(proposal)
