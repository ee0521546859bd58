"""The verbs of civil-society organisations that take part."""

from dataclasses import dataclass
from datetime import datetime

from flask import render_template
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from budget_app.accounts import services as accounts
from budget_app.accounts.models import User
from budget_app.extensions import db
from budget_app.hearings.acts import expect, note, touch
from budget_app.hearings.errors import AlreadyDealtWith, AlreadyRegistered
from budget_app.hearings.models import Hearing, HearingState, Participation, ParticipationState
from budget_app.hearings.queries import participation_of
from budget_app.mailing.outbox import address, post
from budget_app.records.models import Act
from budget_app.rounds.errors import InvalidField
from voting import clock

SUBJECTS = {
    "participation": _l("Your part in a hearing"),
    "moved": _l("A hearing has moved"),
    "cancelled": _l("A hearing is cancelled"),
}


@dataclass(frozen=True)
class OrganisationWords:
    """What an organisation says of itself, in one language."""

    name: str
    purpose: str
    contact: str
    wish: str


def register(
    hearing: Hearing, words: OrganisationWords, *, user: User, language: str
) -> Participation:
    """Ask to take part; once a person."""
    expect(hearing, HearingState.PLANNED)
    accounts.one_at_a_time(user)
    if participation_of(hearing, user) is not None:
        raise AlreadyRegistered
    found = Participation(
        user=user,
        language=language,
        state=ParticipationState.ASKED,
        asked_at=clock.now(db.session()),
        **vars(words),
    )
    hearing.organisations.append(found)
    db.session.flush()
    return found


def confirm(hearing: Hearing, found: Participation, slot: datetime | None, *, by: User) -> None:
    """Let it take part, with a time to speak; raises `InvalidField` for one outside the hearing."""
    expect(hearing, HearingState.PLANNED, HearingState.LIVE)
    _expect_undecided(found)
    if slot is not None and not hearing.starts <= slot < hearing.ends:
        raise InvalidField("slot", _("The time to speak lies outside the hearing."))
    found.state, found.slot = ParticipationState.CONFIRMED, slot
    touch(hearing)
    _tell(Act.HEARING_ORGANISATION_CONFIRMED, hearing, found, by)


def decline(hearing: Hearing, found: Participation, reason: str, *, by: User) -> None:
    """Say no, with a reason that the organisation is told."""
    expect(hearing, HearingState.PLANNED, HearingState.LIVE)
    _expect_undecided(found)
    found.state, found.reason = ParticipationState.DECLINED, reason
    _tell(Act.HEARING_ORGANISATION_DECLINED, hearing, found, by)


def tell_moved(hearing: Hearing) -> None:
    """Tell those that take part, or still wait for their answer, of new dates."""
    for found in _concerned(hearing):
        _mail(hearing, found, "moved")


def tell_cancelled(hearing: Hearing) -> None:
    for found in _concerned(hearing):
        _mail(hearing, found, "cancelled")


def _concerned(hearing: Hearing) -> list[Participation]:
    declined = ParticipationState.DECLINED
    return [found for found in hearing.organisations if found.state is not declined]


def _expect_undecided(found: Participation) -> None:
    if found.state is not ParticipationState.ASKED:
        raise AlreadyDealtWith


def _tell(act: Act, hearing: Hearing, found: Participation, by: User) -> None:
    note(act, hearing, by, organisation=found.id)
    _mail(hearing, found, "participation")


def _mail(hearing: Hearing, found: Participation, about: str) -> None:
    """One mail in the language of its reader; `about` names a subject and its template."""
    language = found.user.language
    page = address(
        "hearings.show",
        language=language,
        parliament=hearing.parliament.slug,
        hearing_id=hearing.id,
    )
    with force_locale(language):
        text = render_template(
            f"emails/hearing_{about}.txt", hearing=hearing, participation=found, address=page
        )
        post(found.user.email, str(SUBJECTS[about]), text)
