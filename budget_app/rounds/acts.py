"""Acts that need two officials: asked for by one administrator, approved by another."""

from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from budget_app.accounts.models import Role, User
from budget_app.extensions import db
from budget_app.records.models import Act
from budget_app.records.services import record
from budget_app.rounds import amendments, changes
from budget_app.rounds.errors import (
    ActAlreadyRequested,
    ActNotWaiting,
    AppealsPossible,
    InvalidField,
    KeysNotTried,
    LayersNotOpened,
    RoundError,
    SecondOfficialNeeded,
    VotingOver,
    VotingStillOpen,
    WrongRoundState,
)
from budget_app.rounds.models import (
    ActKind,
    ActState,
    OfficialAct,
    PhaseKind,
    Round,
    RoundState,
)
from budget_app.rounds.secrecy import awaited_layer
from voting import box, clock, destruction
from voting.eligibility import keyed_hash
from voting.errors import TooEarly
from voting.models import Poll

STAGES = {
    ActKind.OPEN: RoundState.SEALED,
    ActKind.CLOSE: RoundState.OPEN,
    ActKind.COUNT: RoundState.CLOSED,
}
"""The acts that every round goes through, and the state in which each is asked for."""

FITS = {
    **STAGES,
    ActKind.AMEND: RoundState.SEALED,
    ActKind.EXTEND: RoundState.OPEN,
    ActKind.WITHDRAW: RoundState.OPEN,
    ActKind.REVOKE: RoundState.OPEN,
    ActKind.DESTROY: RoundState.CERTIFIED,
}
BEFORE_THE_CLOSE = (ActKind.EXTEND, ActKind.WITHDRAW)
UNDER_WAY = (ActState.REQUESTED, ActState.APPROVED)


def request_act(
    round_: Round, kind: ActKind, *, by: User, payload: dict[str, Any] | None = None
) -> OfficialAct:
    """Ask for an act.

    Raises `WrongRoundState`, `VotingStillOpen`, `VotingOver`, `ActAlreadyRequested`, or
    `InvalidField` when `payload` says what cannot be done, or has no seed where a count needs one.
    """
    now = clock.now(db.session())
    refuse_unfit(round_, kind)
    if pending(round_) is not None:
        raise ActAlreadyRequested
    payload = payload or {}
    if kind is ActKind.COUNT and needs_seed(round_) and not payload.get("seed"):
        raise InvalidField("dice", _("The tie order asks for the seed of a public draw."))
    check_payload(round_, kind, payload)
    act = OfficialAct(
        round_=round_,
        kind=kind,
        state=ActState.REQUESTED,
        requested_by=by,
        requested_at=now,
        payload=payload,
    )
    db.session.add(act)
    db.session.flush()
    record(Act.ACT_REQUESTED, actor=by, round_=round_, kind=kind.value, request=act.id)
    return act


def approve_act(act: OfficialAct, *, by: User) -> None:
    """Approve what another administrator asked for; the worker carries it out.

    Raises `SecondOfficialNeeded`, `ActNotWaiting`, or what the request would raise now.
    """
    if act.state is not ActState.REQUESTED:
        raise ActNotWaiting
    if by.id == act.requested_by_id or Role.ADMINISTRATOR not in by.roles_in(act.round_.parliament):
        raise SecondOfficialNeeded
    refuse_unfit(act.round_, act.kind)
    check_payload(act.round_, act.kind, act.payload)
    act.approved_by = by
    act.approved_at = clock.now(db.session())
    act.state = ActState.APPROVED
    record(Act.ACT_APPROVED, actor=by, round_=act.round_, kind=act.kind.value, request=act.id)


def check_payload(round_: Round, kind: ActKind, payload: dict[str, Any]) -> None:
    """Raise `InvalidField` when an act asks for what cannot be done."""
    if kind is ActKind.AMEND:
        amendments.check(round_, payload)
    else:
        changes.check(round_, kind, payload)


def withdraw_act(act: OfficialAct, *, by: User) -> None:
    """Take back, or refuse, an act that is not approved yet."""
    if act.state is not ActState.REQUESTED:
        raise ActNotWaiting
    act.state = ActState.WITHDRAWN
    act.finished_at = clock.now(db.session())
    record(Act.ACT_WITHDRAWN, actor=by, round_=act.round_, kind=act.kind.value, request=act.id)


def open_voting(round_: Round, first: User, second: User) -> None:
    """Commit to the roll and accept ballots; `second` has confirmed what `first` asked for."""
    box.open_round(
        db.session(),
        current_app.extensions["keys"],
        round_.poll_id,
        official_refs(round_, first, second),
    )
    round_.state = RoundState.OPEN
    record(Act.VOTING_OPENED, actor=second, round_=round_)


def close_voting(round_: Round, first: User, second: User) -> None:
    """End the vote and commit to the envelopes that count."""
    box.close_round(db.session(), round_.poll_id, official_refs(round_, first, second))
    box.commit_boxes(db.session(), round_.poll_id)
    round_.state = RoundState.CLOSED
    record(Act.VOTING_CLOSED, actor=second, round_=round_)


def pending(round_: Round) -> OfficialAct | None:
    """The act that waits for approval or for the worker, if any."""
    return db.session.scalar(
        select(OfficialAct)
        .where(OfficialAct.round_id == round_.id, OfficialAct.state.in_(UNDER_WAY))
        .order_by(OfficialAct.id)
        .limit(1)
    )


def needs_seed(round_: Round) -> bool:
    """Whether the count waits for dice: the tie order names a seed that is not drawn yet."""
    if "seed" not in round_.rule.get("ties", ()):
        return False
    poll = db.session.get(Poll, round_.poll_id)
    return poll is None or poll.seed is None


def official_refs(round_: Round, first: User, second: User) -> tuple[str, str]:
    """How the public log names two officials: keyed hashes that tell them apart and no more."""
    key = current_app.extensions["keys"].round_key(round_.poll_id)
    return (
        keyed_hash(key, f"official:{first.id}"),
        keyed_hash(key, f"official:{second.id}"),
    )


def next_act(round_: Round) -> ActKind | None:
    """What is to be asked for next, if anything."""
    return next((kind for kind, state in STAGES.items() if round_.state is state), None)


def exceptional_acts(round_: Round) -> list[ActKind]:
    """What can be asked for beside the next stage, at this moment."""
    return [kind for kind in FITS if kind not in STAGES and is_fit(round_, kind)]


def is_fit(round_: Round, kind: ActKind) -> bool:
    """Whether the act fits the round now."""
    try:
        refuse_unfit(round_, kind)
    except RoundError:
        return False
    return True


def refuse_unfit(round_: Round, kind: ActKind) -> None:
    """Raise `WrongRoundState`, `VotingStillOpen`, `VotingOver` or `AppealsPossible` when the act
    does not fit the round now."""
    if round_.state is not FITS[kind]:
        raise WrongRoundState
    voting = round_.phase(PhaseKind.VOTING)
    is_over = voting is None or clock.now(db.session()) >= voting.ends
    if kind is ActKind.CLOSE and voting and not is_over:
        raise VotingStillOpen(voting.ends)
    if kind in (ActKind.OPEN, ActKind.COUNT) and awaited_layer(round_) is not None:
        raise KeysNotTried if kind is ActKind.OPEN else LayersNotOpened
    if kind in BEFORE_THE_CLOSE and is_over:
        raise VotingOver
    if kind is ActKind.DESTROY:
        _refuse_destruction(round_)


def _refuse_destruction(round_: Round) -> None:
    # One that failed half-way can be asked for again, though it may be logged already.
    done = select(OfficialAct.id).where(
        OfficialAct.round_id == round_.id,
        OfficialAct.kind == ActKind.DESTROY,
        OfficialAct.state == ActState.DONE,
    )
    if db.session.scalar(done.limit(1)) is not None:
        raise WrongRoundState
    try:
        destruction.refuse_early(db.session(), round_.poll_id)
    except TooEarly as error:
        raise AppealsPossible(error.until) from error
