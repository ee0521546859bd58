"""Revoking the online ballot of a voter before the boxes are committed.

The envelope stays and is not counted; the log says that a ballot was revoked and why, and commits
to whose it was with a salt.
"""

import secrets
from collections.abc import Iterator
from enum import StrEnum
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tallying.evidence import canonical, merkle
from voting import changes, clock, polls
from voting.errors import NotOnRoll, WrongState
from voting.lifecycle import Officials, two
from voting.models import LogEntry, PollState, Revocation, Voter

SALT_BYTES = 32


class Reason(StrEnum):
    """Why a ballot is revoked, as the log says it."""

    NOT_ELIGIBLE = "not_eligible"
    ON_ROLL_TWICE = "on_roll_twice"
    VOTED_ON_PAPER = "voted_on_paper"


def revoke(session: Session, round_id: str, voter_ref: str, reason: Reason, by: Officials) -> None:
    """Let no ballot of a voter count, and take none from them any more.

    Raises `NotOnRoll`, `WrongState` unless the vote is open, or closed and not committed, and when
    the voter is revoked already, and `SameOfficial`.
    """
    officials = two(by)
    poll = polls.lock(session, round_id)
    if poll.state not in (PollState.OPEN, PollState.CLOSED):
        message = "A ballot is revoked after voting opened and before the boxes are committed."
        raise WrongState(message, poll.state)
    voter = session.get(Voter, (round_id, voter_ref), with_for_update=True, populate_existing=True)
    if voter is None:
        raise NotOnRoll
    if voter.revoked:
        message = "The ballot of this voter is revoked already."
        raise WrongState(message, poll.state)
    voter.revoked = True
    salt = secrets.token_bytes(SALT_BYTES)
    commitment = sha256(salt + canonical.dumps(_personal(voter))).digest()
    act = {"t": "revoke", "reason": reason.value, "c": canonical.b64u(commitment)}
    entry = changes.put(session, poll, clock.now(session), act, officials)
    session.add(
        Revocation(
            round_id=round_id,
            voter_ref=voter_ref,
            box_id=voter.box_id,
            salt=salt,
            leaf_hash=merkle.leaf_hash(entry),
        )
    )
    session.flush()


def openings(session: Session, round_id: str) -> Iterator[dict[str, Any]]:
    """What each `revoke` entry commits to, in the order of the log; for auditors only."""
    rows = session.execute(
        select(Revocation, LogEntry.position)
        .join(
            LogEntry,
            (LogEntry.round_id == Revocation.round_id)
            & (LogEntry.leaf_hash == Revocation.leaf_hash),
        )
        .where(Revocation.round_id == round_id)
        .order_by(LogEntry.position)
    )
    for row, position in rows:
        yield {**_personal(row), "position": position, "salt": canonical.b64u(row.salt)}


def _personal(row: Voter | Revocation) -> dict[str, str]:
    return {"box": row.box_id, "voter_ref": row.voter_ref}
