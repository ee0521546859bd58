"""The verbs of a hearing itself: changed, begun, ended, cancelled, its minutes published."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import current_app
from flask_babel import gettext as _

from budget_app.accounts.models import Role, User
from budget_app.extensions import db
from budget_app.hearings import organisations, streams
from budget_app.hearings.acts import expect, lock, note, touch
from budget_app.hearings.errors import TooEarly, WrongHearingState
from budget_app.hearings.models import (
    CHANGEABLE,
    AgendaItem,
    Hearing,
    HearingPollState,
    HearingState,
    QuestionState,
    StreamHost,
)
from budget_app.hearings.polls import close as close_poll
from budget_app.hearings.queries import allowed_hosts, question_being_answered
from budget_app.parliaments.models import Parliament
from budget_app.presentation.dates import bounded
from budget_app.records.models import Act
from budget_app.records.services import record
from budget_app.rounds.errors import InvalidField
from budget_app.rounds.models import Round
from voting import clock

Texts = dict[str, str]

HOURS_EARLY = 2
LONGEST = timedelta(hours=24)


@dataclass(frozen=True)
class HearingFacts:
    """What is prepared: texts by language; `tracks` as the model keeps them."""

    titles: Texts
    starts: datetime
    ends: datetime
    descriptions: Texts = field(default_factory=dict)
    places: Texts = field(default_factory=dict)
    round_: Round | None = None
    stream: str = ""
    tracks: list[dict[str, str]] = field(default_factory=list)
    chairs: Sequence[User] = ()


def prepare(parliament: Parliament, facts: HearingFacts, *, by: User | None) -> Hearing:
    """A draft, which `drafts.announce` makes public; raises `InvalidField`."""
    _check(parliament, facts)
    hearing = Hearing(
        parliament=parliament,
        state=HearingState.DRAFT,
        version=0,
        sequence=0,
        changed_at=clock.now(db.session()),
    )
    _set(hearing, facts)
    db.session.add(hearing)
    db.session.flush()
    note(Act.HEARING_PREPARED, hearing, by)
    return hearing


def change(hearing: Hearing, facts: HearingFacts, *, by: User) -> None:
    """New words, dates or links, until the hearing is over; raises `InvalidField`.

    Changes of a draft are nobody's news: its calendar entry begins with its announcement. A live hearing keeps its dates. What lies within a hearing moves with its beginning, and the
    organisations are told of new dates.
    """
    expect(hearing, *CHANGEABLE)
    moved = (facts.starts, facts.ends) != (hearing.starts, hearing.ends)
    if moved and hearing.state is HearingState.LIVE:
        raise WrongHearingState
    _check(hearing.parliament, facts)
    _keep_a_chair(hearing, facts.chairs, by)
    later = facts.starts - bounded(hearing.starts)
    _set(hearing, facts)
    if moved:
        _move_parts(hearing, later)
        organisations.tell_moved(hearing)
    if not hearing.is_draft:
        _announce_anew(hearing)
    note(Act.HEARING_CHANGED, hearing, by)


def begin(hearing: Hearing, *, by: User) -> None:
    """Not long before the announced moment, except in an exercise; raises `TooEarly`."""
    expect(hearing, HearingState.PLANNED)
    early = hearing.starts - clock.now(db.session())
    if early > timedelta(hours=HOURS_EARLY) and not hearing.is_exercise:
        raise TooEarly(HOURS_EARLY)
    hearing.state = HearingState.LIVE
    hearing.began_at = clock.now(db.session())
    touch(hearing)
    note(Act.HEARING_BEGUN, hearing, by)


def end(hearing: Hearing, *, by: User) -> None:
    """Close the queue and an open poll; what is being answered goes back to the shortlist."""
    expect(hearing, HearingState.LIVE)
    for poll in hearing.polls:
        if poll.state is HearingPollState.OPEN:
            close_poll(poll, by=by)
    question = question_being_answered(hearing)
    if question is not None:
        question.state = QuestionState.SHORTLISTED
    for item in hearing.agenda:
        item.is_on = False
    hearing.state = HearingState.ENDED
    hearing.ended_at = clock.now(db.session())
    touch(hearing)
    note(Act.HEARING_ENDED, hearing, by)


def cancel(hearing: Hearing, reasons: Texts, *, by: User) -> None:
    """Say that a planned hearing does not take place, and why."""
    expect(hearing, HearingState.PLANNED)
    hearing.state = HearingState.CANCELLED
    hearing.reasons = reasons
    organisations.tell_cancelled(hearing)
    _announce_anew(hearing)
    note(Act.HEARING_CANCELLED, hearing, by)


def publish(hearing: Hearing, minutes: Texts, recording: str, *, by: User) -> None:
    """Minutes and recording of a hearing that is over; both can be corrected later."""
    expect(hearing, HearingState.ENDED, HearingState.PUBLISHED)
    _check_player(hearing.parliament, "recording", recording)
    hearing.minutes, hearing.recording = minutes, recording
    hearing.state = HearingState.PUBLISHED
    touch(hearing)
    note(Act.HEARING_MINUTES_PUBLISHED, hearing, by)


def add_item(hearing: Hearing, titles: Texts, starts: datetime, speaker: str, *, by: User) -> None:
    """One more item of the agenda, on a day of the hearing; raises `InvalidField`."""
    expect(hearing, *CHANGEABLE)
    zone = hearing.parliament.zone
    first, day, last = (
        bounded(moment).astimezone(zone).date() for moment in (hearing.starts, starts, hearing.ends)
    )
    if not first <= day <= last:
        raise InvalidField("item_starts", _("This lies outside the day of the hearing."))
    item = AgendaItem(titles=titles, starts=starts, speaker=speaker, is_on=False)
    hearing.agenda.append(item)
    touch(hearing)
    db.session.flush()
    note(Act.HEARING_CHANGED, hearing, by, item=item.id)


def remove_item(hearing: Hearing, item: AgendaItem, *, by: User) -> None:
    expect(hearing, *CHANGEABLE)
    hearing.agenda.remove(item)
    touch(hearing)
    note(Act.HEARING_CHANGED, hearing, by, item=item.id)


def turn_to(hearing: Hearing, item: AgendaItem) -> None:
    """Mark the item that is on; the one before is no longer."""
    expect(hearing, HearingState.LIVE)
    lock(hearing)
    for other in hearing.agenda:
        other.is_on = False
    db.session.flush()  # the index allows one item at a time
    item.is_on = True
    touch(hearing)


def set_hosts(parliament: Parliament, hosts: Sequence[str], *, by: User) -> None:
    """The hosts whose players this parliament shows, besides the installation's own list.

    Raises `InvalidField` for what is no host, and for this installation's own.
    """
    found = []
    for text in hosts:
        try:
            found.append(streams.host_of(text))
        except streams.InvalidAddress as error:
            raise InvalidField("hosts", str(error)) from None
    # A frame of our own address would share the page's rights in spite of its sandbox.
    if set(found) & set(current_app.extensions["settings"].hosts):
        raise InvalidField("hosts", _("This installation's own pages are never put into a frame."))
    db.session.execute(db.delete(StreamHost).where(StreamHost.parliament_id == parliament.id))
    db.session.add_all(StreamHost(parliament_id=parliament.id, host=host) for host in set(found))
    record(Act.STREAM_HOSTS_CHANGED, actor=by, parliament=parliament, hosts=len(set(found)))


def _keep_a_chair(hearing: Hearing, chairs: Sequence[User], by: User) -> None:
    """Who alone leads cannot lock everybody out of the desk, not even with a slip of the hand."""
    alone = [chair.id for chair in hearing.chairs] == [by.id]
    if not alone or by.id in {chair.id for chair in chairs}:
        return
    if Role.ADMINISTRATOR not in by.roles_in(hearing.parliament):
        message = _(
            "You alone are in the chair: name the other person beside you, who then takes over."
        )
        raise InvalidField("chairs", message)


def _move_parts(hearing: Hearing, later: timedelta) -> None:
    """Agenda and times to speak keep their distance from the beginning."""
    for item in hearing.agenda:
        item.starts = bounded(item.starts) + later
    for organisation in hearing.organisations:
        if organisation.slot is not None:
            organisation.slot = bounded(organisation.slot) + later


def _announce_anew(hearing: Hearing) -> None:
    hearing.sequence += 1
    hearing.changed_at = clock.now(db.session())
    touch(hearing)


def _set(hearing: Hearing, facts: HearingFacts) -> None:
    hearing.titles, hearing.descriptions = facts.titles, facts.descriptions
    hearing.places, hearing.round_ = facts.places, facts.round_
    hearing.starts, hearing.ends = facts.starts, facts.ends
    hearing.stream, hearing.tracks = facts.stream, facts.tracks
    hearing.chairs = list(facts.chairs)


def _check(parliament: Parliament, facts: HearingFacts) -> None:
    if facts.ends <= facts.starts:
        raise InvalidField("ends", _("The hearing ends before it begins."))
    if facts.ends - facts.starts > LONGEST:
        raise InvalidField("ends", _("A hearing lasts at most 24 hours."))
    _check_player(parliament, "stream", facts.stream)
    for track in facts.tracks:
        try:
            streams.secure(track["address"])
        except streams.InvalidAddress as error:
            raise InvalidField(f"{track['kind']}_{track['language']}", str(error)) from None


def _check_player(parliament: Parliament, name: str, address: str) -> None:
    if not address:
        return
    try:
        streams.player(address, allowed_hosts(parliament))
    except streams.InvalidAddress as error:
        raise InvalidField(name, str(error)) from None
