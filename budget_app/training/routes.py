"""The pages of training: a host's sessions, and the door through which participants come in."""

from typing import Any

import segno
from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup

from budget_app import access
from budget_app.accounts import limits
from budget_app.accounts.forms import EmptyForm
from budget_app.accounts.models import Role
from budget_app.languages import preferred_language
from budget_app.navigation import page_language
from budget_app.parliaments.models import Parliament
from budget_app.training import queries, services
from budget_app.training.forms import BeginForm, JoinForm, SeatForm
from budget_app.training.models import Delegation, DelegationState, TrainingSession

bp = Blueprint("training", __name__)

HOST = "/<language>/<parliament>/training"
BOTH = ("GET", "POST")
NO_BREAK = "\u2011"
"""A hyphen at which no line ends."""
JOINS_AN_HOUR = 300
"""From one place: a whole hall has one address."""


@bp.get(f"{HOST}/")
@access.administrator
def index(parliament: Parliament) -> ResponseReturnValue:
    return render_template("training/index.html", sessions=queries.sessions_of(parliament))


@bp.route(f"{HOST}/new", methods=BOTH)
@access.administrator
def begin(parliament: Parliament) -> ResponseReturnValue:
    if parliament.is_exercise:
        abort(404)
    form: Any = BeginForm()
    if form.validate_on_submit():
        session = services.begin(
            parliament,
            form.title.data,
            form.names(),
            form.minutes.data,
            by=current_user,
        )
        return redirect(url_for("training.show", session_id=session.id))
    page = render_template("training/begin.html", form=form)
    return page, 422 if form.errors else 200


@bp.get(f"{HOST}/<int:session_id>")
@access.administrator
def show(parliament: Parliament, session: TrainingSession) -> ResponseReturnValue:
    return render_template(
        "training/show.html",
        session=session,
        joined={
            each.id: queries.joined(each.exercise) for each in session.delegations if each.exercise
        },
        address_of=address_of,
        picture_of=picture_of,
        waiting=any(each.state is DelegationState.WAITING for each in session.delegations),
    )


def address_of(delegation: Delegation) -> str:
    """Where participants come in, each in their own language; the same after every reset."""
    return url_for("training.door", join_code=delegation.code, _external=True)


def picture_of(delegation: Delegation) -> Markup:
    """The address as a QR code, to be shown on a screen in the hall."""
    drawing: str = segno.make(address_of(delegation), error="m").svg_inline(scale=4, omitsize=True)
    return Markup(drawing)  # noqa: S704 — drawn by segno out of our own address


@bp.post(f"{HOST}/<int:session_id>/delegations/<int:delegation_id>/reset")
@access.administrator
def reset(
    parliament: Parliament, session: TrainingSession, delegation: Delegation
) -> ResponseReturnValue:
    if not EmptyForm().validate_on_submit():
        abort(400)
    services.reset(delegation, by=current_user)
    flash(_("A fresh exercise is being made; the code stays the same."), "success")
    return redirect(url_for("training.show", session_id=session.id))


@bp.post(f"{HOST}/<int:session_id>/end")
@access.administrator
def end(parliament: Parliament, session: TrainingSession) -> ResponseReturnValue:
    if not EmptyForm().validate_on_submit():
        abort(400)
    services.end(session, by=current_user)
    flash(_("The training session has ended, and its exercises are closed."), "success")
    return redirect(url_for("training.show", session_id=session.id))


@bp.get("/join/<join_code>")
@access.public
def door(delegation: Delegation) -> ResponseReturnValue:
    language = preferred_language()
    return redirect(url_for("training.join", language=language, join_code=delegation.code))


@bp.route("/<language>/join/<join_code>", methods=BOTH)
@access.public
def join(delegation: Delegation) -> ResponseReturnValue:
    """Come into an exercise with its code: a name and a part are enough."""
    form: Any = JoinForm()
    if form.validate_on_submit():
        limits.hit("join", limits.source(), limit=JOINS_AN_HOUR, seconds=3600)
        user = services.join(delegation, form.name.data, Role(form.role.data))
        flash(
            _(
                "You have seat %(number)s. Write down your code, %(code)s: with it you come back to this seat.",
                number=user.exercise_number,
                code=str(user.exercise_code).replace("-", NO_BREAK),
            ),
            "success",
        )
        return redirect(_home(delegation))
    page = render_template("training/join.html", form=form, delegation=delegation)
    return page, 422 if form.errors else 200


@bp.route("/<language>/join/<join_code>/seat", methods=BOTH)
@access.public
def come_back(delegation: Delegation) -> ResponseReturnValue:
    """Find the seat again that one had, on this device or another."""
    form: Any = SeatForm()
    if form.validate_on_submit():
        limits.hit("seat", limits.source(), limit=JOINS_AN_HOUR, seconds=3600)
        if services.come_back(delegation, form.code.data):
            return redirect(_home(delegation))
        form.code.errors = [_("Nobody in this exercise has this code. A reset gives new ones.")]
    page = render_template("training/come_back.html", form=form, delegation=delegation)
    return page, 422 if form.errors else 200


def _home(delegation: Delegation) -> str:
    exercise = delegation.exercise
    slug = exercise.slug if exercise else None
    return url_for("parliaments.home", language=page_language(), parliament=slug)
