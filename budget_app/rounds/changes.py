"""What two officials change of a sealed round, with a reason that everybody reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from budget_app.accounts.models import User
from budget_app.extensions import db
from budget_app.records.models import Act
from budget_app.records.services import record
from budget_app.rounds.errors import InvalidField
from budget_app.rounds.models import ActKind, PhaseKind, Project, Round
from voting import amendments, box, changes, clock
from voting.amendments import Amendment, Difference
from voting.changes import Extension, Withdrawal
from voting.lifecycle import Officials
from voting.manifest import read_time
from voting.models import Poll, Voter
from voting.revocation import Reason

Payload = Mapping[str, Any]
"""What was asked for: `closes` (RFC 3339) or `project`, and `reason` by language; to revoke, the
`voter_ref` and the `code` of a `voting.revocation.Reason`."""


@dataclass(frozen=True)
class Changes:
    """Everything that was changed since the seal, for the round's pages."""

    extensions: tuple[Extension, ...]
    withdrawals: Mapping[str, Withdrawal]
    names: Mapping[str, dict[str, str]]
    """Of the withdrawn projects, by key."""

    def __bool__(self) -> bool:
        return bool(self.extensions or self.withdrawals)


def changes_of(round_: Round) -> Changes:
    """What was changed so far."""
    session = db.session()
    withdrawals = changes.withdrawn(session, round_.poll_id)
    rows = session.scalars(
        select(Project).where(Project.round_id == round_.id, Project.key.in_(withdrawals))
    )
    return Changes(
        tuple(changes.extensions(session, round_.poll_id)),
        withdrawals,
        {row.key: row.names for row in rows},
    )


def amendments_of(round_: Round) -> list[tuple[Amendment, list[Difference]]]:
    """Every amendment of the sealed rules, with what it changed in them."""
    poll = db.session.get(Poll, round_.poll_id)
    history = amendments.history(db.session(), round_.poll_id)
    if poll is None or not history:
        return []
    sealed = [*(item.manifest for item in history), bytes(poll.manifest or b"")]
    return [
        (item, amendments.differences(*pair))
        for item, pair in zip(history, pairwise(sealed), strict=True)
    ]


def check(round_: Round, kind: ActKind, payload: Payload) -> None:
    """Raise `InvalidField` when an act asks for what cannot be done."""
    if kind in _CHECKS:
        _CHECKS[kind](round_, payload)


def _check_close(round_: Round, payload: Payload) -> None:
    voting = round_.phase(PhaseKind.VOTING)
    closes = read_time(payload["closes"])
    if voting is None or closes <= max(voting.ends, clock.now(db.session())):
        raise InvalidField("closes", _("The new end must be later than the present one."))


def _check_project(round_: Round, payload: Payload) -> None:
    key = payload["project"]
    if key not in {project.key for project in round_.projects}:
        raise InvalidField("project", _("Choose a project of the ballot."))
    if key in changes.withdrawn(db.session(), round_.poll_id):
        raise InvalidField("project", _("This project is withdrawn already."))


def _check_voter(round_: Round, payload: Payload) -> None:
    voter = db.session.get(Voter, (round_.poll_id, payload["voter_ref"]))
    if voter is None:
        raise InvalidField("identity_number", _("Nobody with this number stands on the roll."))
    if voter.revoked:
        raise InvalidField("identity_number", _("The ballot of this person is revoked already."))


_CHECKS = {
    ActKind.EXTEND: _check_close,
    ActKind.WITHDRAW: _check_project,
    ActKind.REVOKE: _check_voter,
}


def extend_voting(round_: Round, payload: Payload, officials: Officials, *, by: User) -> None:
    """Let the vote end later; phases that would begin before it has ended move along."""
    closes = read_time(payload["closes"])
    box.extend(db.session(), round_.poll_id, closes, payload["reason"], officials)
    move_phases(round_, closes)
    record(Act.VOTING_EXTENDED, actor=by, round_=round_, closes=payload["closes"])


def withdraw_project(
    round_: Round, payload: Payload, officials: Officials, *, by: User
) -> Withdrawal:
    """Take a project out of the count; it stays on the ballot."""
    project = payload["project"]
    withdrawal = box.withdraw(db.session(), round_.poll_id, project, payload["reason"], officials)
    record(Act.PROJECT_WITHDRAWN, actor=by, round_=round_, project=project)
    return withdrawal


def revoke_ballot(round_: Round, payload: Payload, officials: Officials, *, by: User) -> None:
    """Let no ballot of a person count, and take none from them any more."""
    reason = Reason(payload["code"])
    box.revoke(db.session(), round_.poll_id, payload["voter_ref"], reason, officials)
    record(Act.BALLOT_REVOKED, actor=by, round_=round_, code=reason.value)


def move_phases(round_: Round, closes: datetime) -> None:
    """End the vote at `closes`; a later phase keeps its length where it has to begin later."""
    dated = [phase for kind in PhaseKind if (phase := round_.phase(kind))]
    vote = next(place for place, phase in enumerate(dated) if phase.kind is PhaseKind.VOTING)
    dated[vote].ends = closes
    for earlier, later in pairwise(dated[vote:]):
        if later.starts < earlier.ends:
            length = later.ends - later.starts
            later.starts, later.ends = earlier.ends, earlier.ends + length
