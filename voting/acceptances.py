"""Acceptances that voters hand in, to be published: one that the final log lacks proves a loss.

Kept are the leaf's hash and the signature. Nothing says who handed it in or when, and a receipt code
alone, which anybody can make up, is not kept.
"""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tallying.evidence.acceptance import Acceptance
from tallying.evidence.notes import InvalidNote, Verifier
from voting import polls
from voting.errors import NoAcceptance
from voting.models import HandedAcceptance, LogHead

SPARE = 1000
"""So many more are kept than the log has entries: what a lost log or a stolen key may bring."""
MOST_BYTES = 4000
"""Of a file that is handed in; an honest one has some 300."""


@dataclass(frozen=True)
class HandedIn:
    """What became of one; `is_kept` unless there are too many already."""

    code: str
    is_kept: bool


def hand_in(session: Session, round_id: str, content: bytes) -> HandedIn:
    """Keep the acceptance in a note that a voter saved; one that is kept already is kept once.

    Raises `NoAcceptance` unless the round's receipt key signed it.
    """
    poll = polls.read(session, round_id)
    try:
        keys = [Verifier.parse(poll.receipt_key or "")]
        found = Acceptance.read(content[: MOST_BYTES + 1], round_id, keys)
    except InvalidNote as error:
        raise NoAcceptance from error
    return HandedIn(found.code, _keep(session, round_id, found))


def handed_in(session: Session, round_id: str) -> list[Acceptance]:
    """Those that are kept, in the order of their leaves' bytes."""
    rows = session.scalars(select(HandedAcceptance).where(HandedAcceptance.round_id == round_id))
    return sorted(Acceptance(bytes(row.leaf_hash), bytes(row.signature)) for row in rows)


def _keep(session: Session, round_id: str, found: Acceptance) -> bool:
    key = {"round_id": round_id, "leaf_hash": found.leaf}
    if session.get(HandedAcceptance, tuple(key.values())) is not None:
        return True
    entries = session.scalar(select(LogHead.size).where(LogHead.round_id == round_id)) or 0
    of_round = HandedAcceptance.round_id == round_id
    kept = session.scalar(select(func.count()).select_from(HandedAcceptance).where(of_round)) or 0
    if kept >= entries + SPARE:
        return False
    try:
        with session.begin_nested():
            session.add(HandedAcceptance(**key, signature=found.signature))
    except IntegrityError:  # somebody else was first
        pass
    return True
