"""The log of a parliament's administration: the acts of its officials, with the rounds' machinery.

Its row among the polls never leaves the draft state: it holds the log's name and key. An entry says
what was done and when; who did it, and to whom, only as a salted commitment.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy.orm import Session

from tallying.evidence import canonical
from voting import clock, queue
from voting.keys import ADMINISTRATION, KeyStore
from voting.manifest import write_time
from voting.models import LogHead, Poll, PollState

SALT_BYTES = 32


@dataclass(frozen=True)
class AdminAct:
    """One act: `number` orders the log, `facts` are public, `personal` is only committed to."""

    number: int
    act: str
    moment: datetime
    facts: Mapping[str, Any]
    personal: Mapping[str, Any]


def log_id(parliament: str) -> str:
    """The name of a parliament's log; no round can have it."""
    return f"{parliament}/{ADMINISTRATION}"


def begin(session: Session, keys: KeyStore, parliament: str) -> Poll:
    """The log of a parliament, begun with its key where there is none yet."""
    name = log_id(parliament)
    poll = session.get(Poll, name)
    if poll is None:
        keys.create_log(name)
        key = keys.log_signer(name).verifier_key
        poll = Poll(
            round_id=name,
            state=PollState.DRAFT,
            epoch=0,
            origin=keys.origin(name),
            log_key=key,
        )
        session.add(poll)
        session.flush()
        session.add(LogHead(round_id=name, size=0))
        config = {"t": "admin.config", "r": name, "origin": poll.origin, "log": key}
        queue.put(session, name, 0, clock.now(session), [queue.pending(config)])
        session.flush()
    return poll


def put(session: Session, keys: KeyStore, parliament: str, act: AdminAct) -> bytes:
    """Queue an act; answers the salt that opens its commitment.

    Acts are sequenced by their numbers, not under a lock: no official waits for another.
    """
    poll = begin(session, keys, parliament)
    salt = secrets.token_bytes(SALT_BYTES)
    commitment = sha256(salt + canonical.dumps(dict(act.personal))).digest()
    entry = {
        "t": "admin",
        "r": poll.round_id,
        "a": act.act,
        "at": write_time(act.moment),
        "c": canonical.b64u(commitment),
        **act.facts,
    }
    queue.put(session, poll.round_id, act.number, act.moment, [queue.pending(entry)])
    return salt


def verifier_key(session: Session, parliament: str) -> str | None:
    """The key of a parliament's log, which `round.config` names; None before it is begun."""
    poll = session.get(Poll, log_id(parliament))
    return None if poll is None else poll.log_key
