"""Calendar files (RFC 5545) of a hearing and of a round's dates."""

from datetime import datetime

from flask import current_app
from icalendar import Calendar, Event
from sqlalchemy import func, select

from budget_app.extensions import db
from budget_app.hearings.models import Hearing, HearingState
from budget_app.hearings.queries import hearings_of
from budget_app.mailing.outbox import address
from budget_app.presentation.texts import plain, word
from budget_app.records.models import Act, Record
from budget_app.rounds.models import Phase, Round

PRODUCT = "-//Participatory budgeting//Hearings//EN"
MOVING = (Act.ROUND_CHANGED, Act.ROUND_AMENDED, Act.VOTING_EXTENDED)
"""Acts that can move a round's dates: their number is the sequence of its entries."""


def of_hearing(hearing: Hearing, language: str) -> bytes:
    """One entry; a cancelled hearing's says so."""
    return _file([_hearing_event(hearing, language)])


def of_round(round_: Round, language: str) -> bytes:
    """An entry for each phase and each hearing."""
    moved = db.session.scalar(
        select(func.count())
        .select_from(Record)
        .where(Record.round_id == round_.id, Record.act.in_(MOVING))
    )
    phases = [_phase_event(phase, language, moved or 0) for phase in round_.phases]
    sessions = hearings_of(round_.parliament, round_)
    return _file(phases + [_hearing_event(hearing, language) for hearing in sessions])


def _file(events: list[Event]) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for event in events:
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _hearing_event(hearing: Hearing, language: str) -> Event:
    page = address(
        "hearings.show",
        language=language,
        parliament=hearing.parliament.slug,
        hearing_id=hearing.id,
    )
    event = _event(f"hearing-{hearing.id}", hearing.starts, hearing.ends, hearing.changed_at)
    event.add("sequence", hearing.sequence)
    event.add("summary", plain(hearing.titles))
    event.add("description", plain(hearing.descriptions))
    if hearing.places:
        event.add("location", plain(hearing.places))
    cancelled = hearing.state is HearingState.CANCELLED
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("url", page)
    return event


def _phase_event(phase: Phase, language: str, moved: int) -> Event:
    round_ = phase.round_
    page = address(
        "rounds.show",
        language=language,
        parliament=round_.parliament.slug,
        round_slug=round_.slug,
    )
    stamp = round_.announced_at or round_.created_at
    event = _event(f"round-{round_.id}-{phase.kind}", phase.starts, phase.ends, stamp)
    event.add("sequence", moved)
    event.add("summary", f"{word(phase.kind)} · {plain(round_.titles)}")
    event.add("transp", "TRANSPARENT")
    event.add("url", page)
    return event


def _event(name: str, starts: datetime, ends: datetime, stamp: datetime) -> Event:
    """All moments are UTC: no calendar needs a table of time zones."""
    event = Event()
    event.add("uid", f"{name}@{current_app.extensions['settings'].host}")
    event.add("dtstamp", stamp)
    event.add("dtstart", starts)
    event.add("dtend", ends)
    return event
