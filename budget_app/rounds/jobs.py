"""Carrying out what two officials asked for: the act is the work row, under a lease."""

from collections.abc import Callable
from datetime import timedelta

import structlog
from sqlalchemy import or_, select

from budget_app import jobs
from budget_app.accounts.models import User
from budget_app.booth import notices
from budget_app.browsing.following import Happening, tell_followers
from budget_app.extensions import db
from budget_app.logs import places
from budget_app.records.models import Act
from budget_app.records.services import record
from budget_app.results.services import count_round
from budget_app.rounds import acts, amendments, changes, secrecy
from budget_app.rounds.destruction import destroy_round
from budget_app.rounds.models import ActKind, ActState, OfficialAct, Secrecy
from tallying.errors import TallyingError
from voting import clock
from voting.errors import VotingError
from voting.models import LayerPurpose

LEASE = timedelta(minutes=15)

log = structlog.get_logger()


@jobs.task(select(OfficialAct.id).where(OfficialAct.state == ActState.APPROVED))
def carry_out_acts() -> None:
    """Carry out every approved act; one whose worker died is taken up again after its lease."""
    while act := _lease_next():
        _carry_out(act)


def _lease_next() -> OfficialAct | None:
    """The next waiting act, leased in a transaction of its own, so that no other worker takes it."""
    now = clock.now(db.session())
    act = db.session.scalar(
        select(OfficialAct)
        .where(
            OfficialAct.state == ActState.APPROVED,
            or_(OfficialAct.leased_until.is_(None), OfficialAct.leased_until < now),
        )
        .order_by(OfficialAct.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=OfficialAct)
    )
    if act is not None:
        act.leased_until = now + LEASE
    db.session.commit()
    return act


def _carry_out(act: OfficialAct) -> None:
    try:
        _VERBS[act.kind](act, *_officials(act))
        act.state = ActState.DONE
        act.progress = 100
        if act.kind in _TOLD:
            tell_followers(act.round_, _TOLD[act.kind])
    except (VotingError, TallyingError, OSError) as error:
        db.session.rollback()
        name, where = type(error).__name__, places(error)
        log.error("act.failed", act=act.id, kind=act.kind.value, error=name, where=where)
        act.state = ActState.FAILED
        act.error = str(error)
        record(Act.ACT_FAILED, actor=None, round_=act.round_, kind=act.kind.value, request=act.id)
    act.finished_at = clock.now(db.session())
    db.session.commit()


def _officials(act: OfficialAct) -> tuple[User, User]:
    if act.approved_by is None:
        message = f"Act {act.id} was never approved."
        raise RuntimeError(message)
    return act.requested_by, act.approved_by


def _open(act: OfficialAct, first: User, second: User) -> None:
    if act.round_.secrecy is Secrecy.EXERCISE:
        poll_id = act.round_.poll_id
        db.session.commit()
        secrecy.open_exercise(poll_id, LayerPurpose.TEST)
    acts.open_voting(act.round_, first, second)


def _close(act: OfficialAct, first: User, second: User) -> None:
    acts.close_voting(act.round_, first, second)


def _count(act: OfficialAct, first: User, second: User) -> None:
    def progress(per_cent: int) -> None:
        act.progress = per_cent
        db.session.commit()

    seed = act.payload.get("seed")
    count_round(
        act.round_,
        officials=(first, second),
        seed=bytes.fromhex(seed) if seed else None,
        seed_record=act.payload.get("record", ""),
        progress=progress,
    )


def _amend(act: OfficialAct, first: User, second: User) -> None:
    officials = acts.official_refs(act.round_, first, second)
    amendments.amend_rules(act.round_, act.payload, officials, by=second)


def _extend(act: OfficialAct, first: User, second: User) -> None:
    officials = acts.official_refs(act.round_, first, second)
    changes.extend_voting(act.round_, act.payload, officials, by=second)


def _withdraw(act: OfficialAct, first: User, second: User) -> None:
    officials = acts.official_refs(act.round_, first, second)
    withdrawal = changes.withdraw_project(act.round_, act.payload, officials, by=second)
    notices.tell_of_withdrawal(act.round_, withdrawal)


def _revoke(act: OfficialAct, first: User, second: User) -> None:
    officials = acts.official_refs(act.round_, first, second)
    changes.revoke_ballot(act.round_, act.payload, officials, by=second)
    notices.tell_of_revocation(act.round_, act.payload["voter_ref"])


_TOLD = {
    ActKind.OPEN: Happening.OPENED,
    ActKind.CLOSE: Happening.CLOSED,
    ActKind.COUNT: Happening.COUNTED,
}
"""What the followers of a round are told."""

_VERBS: dict[ActKind, Callable[[OfficialAct, User, User], None]] = {
    ActKind.AMEND: _amend,
    ActKind.OPEN: _open,
    ActKind.EXTEND: _extend,
    ActKind.WITHDRAW: _withdraw,
    ActKind.REVOKE: _revoke,
    ActKind.CLOSE: _close,
    ActKind.COUNT: _count,
    ActKind.DESTROY: destroy_round,
}
