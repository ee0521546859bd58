"""The pages of hearings that everybody reads; taking part, leading and preparing in files of their own."""

from flask import Response, abort, g, get_flashed_messages, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from markupsafe import Markup

from budget_app import access
from budget_app.accounts.forms import EmptyForm
from budget_app.accounts.models import Role
from budget_app.deliberation.rules import NAMES
from budget_app.hearings import (
    calendars,
    chair,
    live,
    moderating,
    preparing,
    queries,
    simulating,
    taking_part,
)
from budget_app.hearings.acts import leads
from budget_app.hearings.blueprint import HEARING, bp
from budget_app.hearings.drafts import GRACE
from budget_app.hearings.forms import AskForm
from budget_app.hearings.models import Hearing
from budget_app.hearings.polls import told
from budget_app.hearings.screens import screen_of, tracks_of
from budget_app.parliaments.models import Parliament
from budget_app.presentation.dates import now
from budget_app.rounds.models import Round
from budget_app.security import allow_frame

__all__ = ["bp", "chair", "moderating", "preparing", "simulating", "taking_part"]

PREPARING = frozenset({Role.ADMINISTRATOR, Role.PARLIAMENTARIAN})


@bp.record_once
def _keep_fragments(state: object) -> None:
    live.init_app(state.app)  # type: ignore[attr-defined]


@bp.get("/hearings/")
@access.public
def index(parliament: Parliament) -> ResponseReturnValue:
    return _list(parliament, None)


@bp.get("/rounds/<round_slug>/hearings")
@access.public
def of_round(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    return _list(parliament, round_)


def _list(parliament: Parliament, round_: Round | None) -> ResponseReturnValue:
    return render_template(
        "hearings/of_round.html" if round_ else "hearings/index.html",
        round=round_,
        hearings=queries.hearings_of(parliament, round_),
        drafts=queries.drafts_of(parliament, round_) if queries.sees_drafts(parliament) else [],
        unanswered=len(queries.unanswered(parliament)),
        prepares=_prepares(parliament),
    )


def _prepares(parliament: Parliament) -> bool:
    roles = current_user.roles_in(parliament) if current_user.is_authenticated else frozenset()
    return bool(PREPARING & roles)


@bp.get("/hearings/unanswered")
@access.public
def unanswered(parliament: Parliament) -> ResponseReturnValue:
    """What was asked and is not answered yet, and for how long."""
    return render_template("hearings/unanswered.html", questions=queries.unanswered(parliament))


@bp.get(HEARING)
@access.public
def show(parliament: Parliament, hearing: Hearing) -> ResponseReturnValue:
    """Before, during and after: with a player only where this request asks for it."""
    screen = screen_of(hearing)
    known = current_user.is_authenticated
    # Who does something sees it at once; who only looks gets what was rendered for all.
    mine = queries.mine(hearing, current_user) if known else None
    refused = " ".join(map(str, get_flashed_messages(category_filter=[live.POLL_REFUSED])))
    html = live.render(hearing, mine, refused) if mine else _fragment(parliament, hearing.id).html
    page = render_template(
        "hearings/show.html",
        hearing=hearing,
        screen=screen,
        live=Markup(html),  # noqa: S704 — our own template's output
        tracks=tracks_of(hearing),
        mine=mine,
        speaks_for=queries.confirmed_for(hearing, current_user) if known else None,
        leads=known and leads(hearing, current_user),
        simulation=queries.simulation_of(hearing) if parliament.is_exercise else None,
        simulates=parliament.is_exercise and _prepares(parliament),
        too_late=hearing.is_draft and hearing.starts < now() - GRACE,
        refreshes=request.args.get("refresh") != "off",
        queue=queries.queue(hearing) if hearing.is_over else None,
        told=told,
        names=NAMES,
        ask_form=AskForm(formdata=None),
        button=EmptyForm(),
    )
    response = make_response(page)
    if screen and screen.agreed and screen.player:
        allow_frame(response, screen.player.host)
    return response


@bp.get("/hearings/<int:live_hearing_id>/live")
@access.public
def live_part(parliament: Parliament, live_hearing_id: int) -> ResponseReturnValue:
    """What hundreds ask for every few seconds; without a query where a process has it already."""
    fragment = _fragment(parliament, live_hearing_id)
    if request.accept_encodings.quality("gzip") > 0:
        response = Response(fragment.packed, mimetype="text/html")
        response.content_encoding = "gzip"
    else:
        response = Response(fragment.html, mimetype="text/html")
    response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = f"public, max-age={int(live.SECONDS)}"
    response.set_etag(fragment.etag, weak=True)
    return response.make_conditional(request)


def _fragment(parliament: Parliament, number: int) -> live.Fragment:
    return live.fragment(parliament, number, g.language) or abort(404)


@bp.get(f"{HEARING}/calendar.ics")
@access.public
def calendar(parliament: Parliament, hearing: Hearing) -> ResponseReturnValue:
    return _calendar_file(calendars.of_hearing(hearing, g.language), f"hearing-{hearing.id}")


@bp.get("/rounds/<round_slug>/calendar.ics")
@access.public
def round_calendar(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    return _calendar_file(calendars.of_round(round_, g.language), round_.slug)


def _calendar_file(content: bytes, name: str) -> Response:
    response = Response(content, mimetype="text/calendar")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    return response
