"""Preparing a hearing: its words and dates, its agenda and polls, its hosts, and its minutes."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import abort, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm

from budget_app import access, meanwhile
from budget_app.accounts.forms import EmptyForm
from budget_app.accounts.models import User
from budget_app.hearings import drafts, forms, polls, queries, services
from budget_app.hearings.acts import expect, last_to, leads
from budget_app.hearings.blueprint import BOTH, HEARING, bp
from budget_app.hearings.models import CHANGEABLE, Hearing, HearingState, TrackKind
from budget_app.hearings.services import HearingFacts
from budget_app.languages import LANGUAGES
from budget_app.parliaments.models import Parliament
from budget_app.presentation.dates import bounded
from budget_app.records import queries as records
from budget_app.records.models import Act
from budget_app.rounds.errors import InvalidField
from budget_app.rounds.fields import by_language
from budget_app.rounds.moments import utc, written
from budget_app.rounds.queries import public_rounds

OVER = (HearingState.ENDED, HearingState.PUBLISHED)


@bp.route("/hearings/new", methods=BOTH)
@access.parliamentarian
def new(parliament: Parliament) -> ResponseReturnValue:
    form = forms.hearing_form(parliament, None)()
    made: list[Hearing] = []
    if _kept(
        form,
        lambda: made.append(
            services.prepare(parliament, _facts(parliament, form, None), by=current_user)
        ),
    ):
        flash(_("Saved as a draft: this is what everybody will see."), "success")
        return redirect(url_for("hearings.show", hearing_id=made[0].id))
    return _page("hearings/form.html", form, hearing=None)


@bp.route(f"{HEARING}/edit", methods=BOTH)
@access.parliamentarian
def edit(parliament: Parliament, hearing: Hearing) -> ResponseReturnValue:
    admit(hearing, *CHANGEABLE)
    form = meanwhile.form(
        forms.hearing_form(parliament, hearing),
        hearing,
        lambda: _known(hearing),
        last=last_to(Act.HEARING_CHANGED, hearing, item=None),
    )
    if _kept(
        form, lambda: services.change(hearing, _facts(parliament, form, hearing), by=current_user)
    ):
        flash(_("Saved."), "success")
        page = "hearings.show" if hearing.is_draft else "hearings.desk"
        return redirect(url_for(page, hearing_id=hearing.id))
    return _page("hearings/form.html", form, hearing=hearing)


@bp.post(f"{HEARING}/announce")
@access.parliamentarian
def announce(parliament: Parliament, hearing: Hearing) -> ResponseReturnValue:
    admit_press(hearing)
    drafts.announce(hearing, by=current_user)
    flash(_("The hearing is published: everybody sees it and can ask."), "success")
    return redirect(url_for("hearings.show", hearing_id=hearing.id))


@bp.post(f"{HEARING}/discard")
@access.parliamentarian
def discard(parliament: Parliament, hearing: Hearing) -> ResponseReturnValue:
    admit_press(hearing)
    drafts.discard(hearing, by=current_user)
    flash(_("The draft is deleted."), "success")
    return redirect(url_for("hearings.index"))


@bp.route(f"{HEARING}/agenda", methods=BOTH)
@access.parliamentarian
def agenda(parliament: Parliament, hearing: Hearing) -> ResponseReturnValue:
    """All items, and a form that adds one."""
    admit(hearing, *CHANGEABLE)
    form: Any = forms.item_form(parliament)()

    def add() -> None:
        services.add_item(
            hearing,
            by_language(form, "item", parliament.languages),
            utc(form.item_starts.data, parliament.zone),
            form.speaker.data or "",
            by=current_user,
        )

    if _kept(form, add):
        flash(_("The item is added."), "success")
        return redirect(url_for("hearings.agenda", hearing_id=hearing.id))
    return _page("hearings/agenda.html", form, hearing=hearing)


@bp.route(f"{HEARING}/polls", methods=BOTH)
@access.parliamentarian
def new_poll(parliament: Parliament, hearing: Hearing) -> ResponseReturnValue:
    admit(hearing, *CHANGEABLE)
    form = forms.poll_form(parliament)()

    def add() -> None:
        options = [
            by_language(form, f"option{number}", parliament.languages)
            for number in range(1, polls.MOST_OPTIONS + 1)
        ]
        polls.prepare(
            hearing,
            by_language(form, "question", parliament.languages),
            options,
            by=current_user,
        )

    if _kept(form, add):
        flash(_("The poll is prepared: open it during the hearing."), "success")
        return redirect(url_for("hearings.desk", hearing_id=hearing.id))
    return _page("hearings/poll.html", form, hearing=hearing, most=polls.MOST_OPTIONS)


@bp.route(f"{HEARING}/minutes", methods=BOTH)
@access.parliamentarian
def minutes(parliament: Parliament, hearing: Hearing) -> ResponseReturnValue:
    """Minutes and recording, once the hearing is over."""
    admit(hearing, *OVER)

    def present() -> dict[str, str]:
        texts = {f"minutes_{code}": text for code, text in hearing.minutes.items()}
        return {**texts, "recording": hearing.recording}

    last = last_to(Act.HEARING_MINUTES_PUBLISHED, hearing)
    form: Any = meanwhile.form(forms.minutes_form(parliament), hearing, present, last=last)

    def save() -> None:
        texts = by_language(form, "minutes", parliament.languages)
        services.publish(hearing, texts, form.recording.data or "", by=current_user)

    if _kept(form, save):
        flash(_("The minutes are published."), "success")
        return redirect(url_for("hearings.show", hearing_id=hearing.id))
    return _page("hearings/minutes.html", form, hearing=hearing)


@bp.route("/hearings/hosts", methods=BOTH)
@access.administrator
def hosts(parliament: Parliament) -> ResponseReturnValue:
    """Whose players this parliament's pages may show."""

    def present() -> dict[str, str]:
        return {"hosts": "\n".join(queries.own_hosts(parliament))}

    def last() -> User | None:
        return records.last_to(Act.STREAM_HOSTS_CHANGED, parliament)

    form: Any = meanwhile.form(forms.HostsForm, parliament, present, last=last)
    if _kept(
        form,
        lambda: services.set_hosts(parliament, (form.hosts.data or "").split(), by=current_user),
    ):
        flash(_("Saved."), "success")
        return redirect(url_for("hearings.hosts"))
    return _page("hearings/hosts.html", form, allowed=sorted(queries.allowed_hosts(parliament)))


def refuse_others(hearing: Hearing) -> None:
    """Only who chairs, and administrators."""
    if not leads(hearing, current_user):
        abort(403)


def admit_press(hearing: Hearing) -> None:
    """`refuse_others`, and only a button of our own pages."""
    refuse_others(hearing)
    refuse_forged()


def refuse_forged() -> None:
    """400 for what no button of our own pages sent."""
    if not EmptyForm().validate_on_submit():
        abort(400)


def admit(hearing: Hearing, *states: HearingState) -> None:
    """`refuse_others`, and nobody into a form that the hearing's state would refuse when sent."""
    refuse_others(hearing)
    expect(hearing, *states)


def _kept(form: Any, save: Callable[[], object]) -> bool:
    """Save a good form; a field that is refused says why, and nothing typed is lost."""
    if not form.validate_on_submit():
        return False
    try:
        save()
    except InvalidField as error:
        form[error.field].errors = [*form[error.field].errors, error.message]
        return False
    return True


def _page(template: str, form: FlaskForm, **context: Any) -> ResponseReturnValue:
    page = render_template(template, form=form, **context)
    return page, 422 if form.errors else 200


def _facts(parliament: Parliament, form: Any, hearing: Hearing | None) -> HearingFacts:
    """What the form says; dates that it does not ask for stay those of `hearing`."""
    languages = parliament.languages
    rounds = {str(round_.id): round_ for round_ in public_rounds(parliament)}
    chairs = set(form.chairs.data)
    return HearingFacts(
        titles=by_language(form, "title", languages),
        descriptions=by_language(form, "description", languages),
        places=by_language(form, "place", languages),
        starts=_moment(form, "starts", hearing),
        ends=_moment(form, "ends", hearing),
        round_=rounds.get(form.round.data),
        stream=form.stream.data or "",
        tracks=[
            {"kind": kind.value, "language": code, "address": address}
            for kind in TrackKind
            for code in LANGUAGES
            if (address := form[f"{kind}_{code}"].data)
        ],
        chairs=[u for u in queries.possible_chairs(parliament) if str(u.id) in chairs],
    )


def _moment(form: Any, name: str, hearing: Hearing | None) -> datetime:
    kept: datetime | None = getattr(hearing, name, None)
    if kept is not None and name not in form:
        return kept
    said = utc(form[name].data, g.parliament.zone)
    return kept if kept is not None and said == written(kept) else said


def _known(hearing: Hearing) -> dict[str, Any]:
    """What the form shows of a hearing that is there."""
    zone = hearing.parliament.zone
    texts = {"title": hearing.titles, "description": hearing.descriptions, "place": hearing.places}
    return {
        **{f"{name}_{code}": text for name, by in texts.items() for code, text in by.items()},
        **{f"{t['kind']}_{t['language']}": t["address"] for t in hearing.tracks},
        "round": str(hearing.round_id or ""),
        "starts": bounded(hearing.starts).astimezone(zone),
        "ends": bounded(hearing.ends).astimezone(zone),
        "chairs": [str(chair.id) for chair in hearing.chairs],
        "stream": hearing.stream,
    }
