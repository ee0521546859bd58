"""The first pages: choosing a parliament, a parliament's home, its colours, and health."""

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import text

from budget_app import access
from budget_app.booth.queries import has_voted
from budget_app.extensions import db
from budget_app.hearings.queries import hearings_of
from budget_app.languages import preferred_language
from budget_app.parliaments import queries
from budget_app.parliaments.models import PageKind, Parliament
from budget_app.presentation.dates import now
from budget_app.proposals.queries import count_public
from budget_app.rounds.invitation import Invitation, invitation
from budget_app.rounds.queries import project_count, public_rounds

bp = Blueprint("parliaments", __name__)

HEARINGS_SHOWN = 3


@bp.get("/")
@access.public
def choose_language() -> ResponseReturnValue:
    parliaments = queries.all_parliaments()
    language = preferred_language()
    if len(parliaments) == 1:
        return redirect(
            url_for("parliaments.home", language=language, parliament=parliaments[0].slug)
        )
    return redirect(url_for("parliaments.choose", language=language))


@bp.get("/health")
@access.public
def health() -> ResponseReturnValue:
    """Whether the application and its database answer; for the machine that watches them."""
    db.session.execute(text("SELECT 1"))
    return {"status": "ok"}


@bp.get("/<language>/")
@access.public
def choose() -> ResponseReturnValue:
    return render_template("parliaments/choose.html", parliaments=queries.all_parliaments())


@bp.get("/<language>/<parliament>/")
@access.public
def home(parliament: Parliament) -> ResponseReturnValue:
    rounds = public_rounds(parliament)
    invitations = {round_.id: invitation(round_, now()) for round_ in rounds}
    voting = (round_ for round_ in rounds if invitations[round_.id] is Invitation.VOTE)
    return render_template(
        "parliaments/home.html",
        rounds=rounds,
        invitations=invitations,
        voted={round_.id for round_ in voting if has_voted(round_, current_user)},
        project_counts={round_.id: project_count(round_) for round_ in rounds},
        proposal_counts={
            round_.id: count_public(round_)
            for round_ in rounds
            if invitations[round_.id] in (Invitation.PROPOSE, Invitation.READ_PROPOSALS)
        },
        hearings=hearings_of(parliament)[:HEARINGS_SHOWN],
    )


@bp.get("/<language>/<parliament>/pages/<any(about, rules, help, contact):page_kind>")
@access.public
def page(parliament: Parliament, page_kind: str) -> ResponseReturnValue:
    """What the parliament says of itself, in its own words."""
    found = queries.page(parliament, PageKind(page_kind))
    if found is None:
        abort(404)
    return render_template("parliaments/page.html", page=found)


@bp.get("/<language>/<parliament>/theme.css")
@access.public
def theme(parliament: Parliament) -> ResponseReturnValue:
    """The parliament's accent as custom properties: colours need no inline style."""
    css = render_template("parliaments/theme.css", parliament=parliament)
    response = Response(css, mimetype="text/css")
    response.headers["Cache-Control"] = "public, max-age=300"
    response.add_etag()
    return response.make_conditional(request)
