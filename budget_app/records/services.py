"""Writing the record of an act; it is kept or lost with the act's own transaction."""

import unicodedata
from typing import Any

from flask import current_app

from budget_app.accounts.models import User
from budget_app.extensions import db
from budget_app.parliaments.models import Parliament
from budget_app.records.models import Act, Record
from budget_app.rounds.models import Round
from tallying.evidence import canonical
from voting import admin_log, clock
from voting.admin_log import AdminAct

LOGGED: dict[Act, tuple[str, ...]] = {
    Act.PARLIAMENT_CREATED: (),
    Act.PAGE_CHANGED: ("page",),
    Act.MEMBER_ADDED: ("role",),
    Act.MEMBER_REMOVED: ("role",),
    Act.ROUND_CREATED: (),
    Act.ROUND_DELETED: (),
    Act.ROUND_CHANGED: ("part",),
    Act.ROUND_ANNOUNCED: (),
    Act.LOTS_DRAWN: ("dice",),
    Act.PROJECT_ADDED: (),
    Act.PROJECT_CHANGED: (),
    Act.PROJECT_REMOVED: (),
    Act.ROLL_IMPORTED: ("added",),
    Act.ROLL_EMPTIED: ("removed",),
    Act.ROUND_SEALED: ("manifest",),
    Act.ROUND_AMENDED: ("manifest",),
    Act.ACT_REQUESTED: ("kind", "request"),
    Act.ACT_APPROVED: ("kind", "request"),
    Act.ACT_WITHDRAWN: ("kind", "request"),
    Act.ACT_FAILED: ("kind", "request"),
    Act.VOTING_OPENED: (),
    Act.VOTING_EXTENDED: ("closes",),
    Act.PROJECT_WITHDRAWN: ("project",),
    Act.BALLOT_REVOKED: ("code",),
    Act.VOTING_CLOSED: (),
    Act.ROUND_COUNTED: ("version",),
    Act.COUNT_CERTIFIED: ("version",),
    Act.COUNT_ANNULLED: ("version",),
    Act.KEYS_DESTROYED: (),
    Act.AUDITOR_KEY_REGISTERED: ("verifier_key",),
    Act.COUNT_ATTESTED: ("version",),
    Act.COUNT_OBJECTED: ("version",),
    Act.OBJECTION_ANSWERED: ("version",),
    Act.OBJECTION_WITHDRAWN: ("version",),
    Act.OBJECTION_UPHELD: ("version",),
    Act.COMMITMENT_MADE: ("commitment",),
    Act.COMMITMENT_JUDGED: (
        "commitment",
        "light",
    ),
    Act.COMMITMENT_CORRECTED: ("commitment",),
    Act.STANDING_CORRECTED: ("standing",),
    Act.FEEDBACK_ANSWERED: ("answer",),
    Act.ANSWER_CORRECTED: ("answer",),
    Act.SURVEY_MADE: ("survey",),
    Act.SURVEY_OPENED: ("survey",),
    Act.SURVEY_CLOSED: ("survey",),
    Act.SURVEY_AWAITS_HEARING: ("survey",),
    Act.TRAINING_BEGUN: ("session",),
    Act.TRAINING_ENDED: ("session",),
    Act.EXERCISE_RESET: ("delegation",),
    Act.PROPOSAL_ACCEPTED: (),
    Act.PROPOSAL_REJECTED: (),
    Act.REVIEW_ASSIGNED: (),
    Act.REVIEW_DECLARED: (),
    Act.APPEAL_DECIDED: (),
    Act.MERGE_ASKED: (),
    Act.MERGE_WITHDRAWN: (),
    Act.PROPOSAL_MERGED: (),
    Act.COMMENT_KEPT: ("decision",),
    Act.COMMENT_HIDDEN: ("decision", "rule"),
    Act.COMMENT_RESTORED: ("decision", "rule"),
    Act.COMMENT_REOPENED: ("decision",),
    Act.APPEAL_UPHELD: ("decision", "rule"),
    Act.APPEAL_DISMISSED: ("decision", "rule"),
    Act.MODERATION_RULES_CHANGED: (),
    Act.HEARING_PREPARED: ("hearing",),
    Act.HEARING_ANNOUNCED: ("hearing",),
    Act.HEARING_DISCARDED: ("hearing",),
    Act.HEARING_CHANGED: ("hearing",),
    Act.HEARING_BEGUN: ("hearing",),
    Act.HEARING_ENDED: ("hearing",),
    Act.HEARING_CANCELLED: ("hearing",),
    Act.HEARING_MINUTES_PUBLISHED: ("hearing",),
    Act.HEARING_ORGANISATION_CONFIRMED: ("hearing",),
    Act.HEARING_ORGANISATION_DECLINED: ("hearing",),
    Act.HEARING_QUESTION_HIDDEN: ("hearing", "question", "rule"),
    Act.HEARING_QUESTION_SHOWN: ("hearing", "question"),
    Act.HEARING_QUESTION_ANSWERED: ("hearing", "question"),
    Act.HEARING_QUESTION_SET_ASIDE: ("hearing", "question"),
    Act.HEARING_POLL_PREPARED: ("hearing", "poll"),
    Act.HEARING_POLL_REMOVED: ("hearing", "poll"),
    Act.HEARING_POLL_OPENED: ("hearing", "poll"),
    Act.HEARING_POLL_CLOSED: ("hearing", "poll"),
    Act.HEARING_SIMULATION_STARTED: ("hearing",),
    Act.HEARING_SIMULATION_STOPPED: ("hearing",),
    Act.STREAM_HOSTS_CHANGED: ("hosts",),
}
"""The acts of officials, which go into the parliament's public log, and what it says of each."""


def record(
    act: Act,
    *,
    actor: User | None,
    parliament: Parliament | None = None,
    round_: Round | None = None,
    **subject: Any,
) -> None:
    """Note that `actor` did `act`; None is the installation itself. No personal data in `subject`."""
    if round_ is not None:
        parliament = round_.parliament
    row = Record(
        at=clock.now(db.session()),
        act=act,
        actor_id=actor.id if actor else None,
        parliament_id=parliament.id if parliament else None,
        round_id=round_.id if round_ else None,
        subject=subject,
    )
    db.session.add(row)
    if act in LOGGED and parliament is not None:
        _log(row, parliament, round_)


def _log(row: Record, parliament: Parliament, round_: Round | None) -> None:
    """Put the act into the parliament's public log: who, and whom, only as a commitment."""
    db.session.flush()
    public = set(LOGGED[row.act])
    subject = {name: _composed(value) for name, value in row.subject.items()}
    facts = {name: value for name, value in subject.items() if name in public}
    personal = {name: value for name, value in subject.items() if name not in public}
    if round_ is not None:
        (facts if round_.is_public else personal)["round"] = round_.slug
    personal = {"actor": row.actor_id, **personal}
    salt = admin_log.put(
        db.session(),
        current_app.extensions["keys"],
        parliament.slug,
        AdminAct(row.id, row.act.value, row.at, facts, personal),
    )
    row.opening = {"personal": personal, "salt": canonical.b64u(salt)}


def _composed(value: Any) -> Any:
    """Text in the form that the log takes."""
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value
