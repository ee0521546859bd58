"""Casting, exactly once.

The locks, in this order everywhere: the round's row shared, then the voters' rows in the order of
their references. Closing takes the round's row alone, so it waits for the casts under way, and
those that come later find the round closed. The clock is read after the locks. A token is locked
with its voter: of two posts of one token the second sees what the first has recorded.
"""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from typing import cast as typed

from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from tallying.evidence import canonical
from tallying.evidence.acceptance import receipt_code
from voting import cast_rows, eligibility, polls, queue
from voting.cast_rows import Found, NewBallot, SharedPoll, TokenRow, chunks
from voting.enclosing import enclose
from voting.errors import (
    CastRefused,
    InvalidToken,
    NotOnRoll,
    RoundClosed,
    RoundNotOpen,
    TokenUsed,
)
from voting.manifest import Manifest, write_time
from voting.models import CastToken, Channel, PollState, Voter

TOKEN_BYTES = 16
SALT_BYTES = 32

_tokens = typed("Table", CastToken.__table__)
_voters = typed("Table", Voter.__table__)


@dataclass(frozen=True)
class CastRequest:
    """One ballot to record: `body` is the plain ballot, as `ballots.encode` writes it.

    With `sealed` it is an envelope that the voter's browser has sealed, in a sealed round.
    """

    round_id: str
    voter_ref: str
    token: str = field(repr=False)
    body: bytes = field(repr=False)
    channel: Channel = Channel.WEB
    sealed: bool = False


@dataclass(frozen=True)
class Acceptance:
    """An accepted ballot; the same again for a retry. `receipts.acceptance` signs it.

    `repeated` tells a retry from the first answer, for who sends a notice with it.
    """

    round_id: str
    leaf_hash: bytes
    repeated: bool = field(default=False, compare=False)

    @property
    def code(self) -> str:
        """The receipt code, as in `7K3M-9Q2T-XW4H-0RZD`."""
        return receipt_code(self.leaf_hash)


def issue_token(session: Session, round_id: str, voter_ref: str) -> str:
    """A one-time token for the review page; raises `NotOnRoll` or `UnknownRound`."""
    return issue_tokens(session, round_id, [voter_ref])[0]


def issue_tokens(session: Session, round_id: str, voter_refs: Sequence[str]) -> list[str]:
    """One token for each voter, in the same order; raises `NotOnRoll` when one is not."""
    boxes = {
        row.voter_ref: row.box_id
        for chunk in chunks(voter_refs)
        for row in session.execute(
            select(_voters.c.voter_ref, _voters.c.box_id).where(
                _voters.c.round_id == round_id, _voters.c.voter_ref.in_(chunk)
            )
        )
    }
    if any(ref not in boxes for ref in voter_refs):
        raise NotOnRoll
    tokens = [secrets.token_urlsafe(TOKEN_BYTES) for _ in voter_refs]
    rows = [
        {
            "round_id": round_id,
            "token_hash": _token_hash(token),
            "voter_ref": ref,
            "box_id": boxes[ref],
        }
        for ref, token in zip(voter_refs, tokens, strict=True)
    ]
    if rows:
        session.connection().execute(insert(_tokens), rows)
    return tokens


def cast(session: Session, request: CastRequest) -> Acceptance:
    """Record one ballot, replacing the voter's earlier one.

    Raises a `CastRefused`: `InvalidToken`, `TokenUsed` (another body), `RoundNotOpen`,
    `RoundClosed`, `NotOnRoll`, `InvalidBallot`. Nothing is recorded then.
    """
    answer = cast_many(session, request.round_id, [request])[0]
    if isinstance(answer, CastRefused):
        raise answer
    return answer


def cast_many(
    session: Session, round_id: str, requests: Sequence[CastRequest]
) -> list[Acceptance | CastRefused]:
    """Record ballots in one transaction, each by the same checks; one answer for each request."""
    hashes = [_token_hash(request.token) for request in requests]
    wanted = {
        token_hash: request.voter_ref for request, token_hash in zip(requests, hashes, strict=True)
    }
    batch = _Batch(session, round_id, cast_rows.find(session, round_id, wanted))
    answers = [
        batch.answer(request, token_hash)
        for request, token_hash in zip(requests, hashes, strict=True)
    ]
    if batch.ballots:
        cast_rows.record(session, batch.ballots)
    return answers


class _Batch:
    """The casts of one transaction, decided one by one; `ballots` are to be written together."""

    def __init__(self, session: Session, round_id: str, found: Found) -> None:
        self.round_id = round_id
        self.found = found
        self.manifest: Manifest | None = None
        if found.poll is not None and found.poll.manifest_digest is not None:
            self.manifest = polls.manifest_named(session, round_id, found.poll.manifest_digest)
        self.ballots: list[NewBallot] = []

    def answer(self, request: CastRequest, token_hash: bytes) -> Acceptance | CastRefused:
        """Decide one request; a token that was used answers before the clock is asked."""
        token = self.found.tokens.get(token_hash)
        if self.found.poll is None or token is None or token.voter_ref != request.voter_ref:
            return InvalidToken()
        mac = hmac.digest(request.token.encode(), request.body, "sha256")
        if token.body_mac is not None and token.leaf_hash is not None:
            same = hmac.compare_digest(mac, token.body_mac)
            return (
                Acceptance(self.round_id, token.leaf_hash, repeated=True) if same else TokenUsed()
            )
        try:
            leaf_hash = self._accept(request, token, self.found.poll, mac)
        except CastRefused as refusal:
            return refusal
        token.body_mac, token.leaf_hash = mac, leaf_hash
        return Acceptance(self.round_id, leaf_hash)

    def _accept(self, request: CastRequest, token: TokenRow, poll: SharedPoll, mac: bytes) -> bytes:
        manifest = self._open_manifest(poll)
        voter = self.found.voters[token.voter_ref]
        if voter.revoked or not eligibility.old_enough(manifest, voter.date_of_birth):
            raise NotOnRoll
        envelope = enclose(manifest, token.box_id, request.body, sealed=request.sealed)
        voter.ballots += 1
        facts: dict[str, Any] = {
            "round_id": self.round_id,
            "voter_ref": request.voter_ref,
            "seq": voter.ballots,
            "box_id": token.box_id,
            "channel": request.channel,
            "accepted_at": self.found.moment.replace(microsecond=0),
            "salt": secrets.token_bytes(SALT_BYTES),
            "ct": sha256(envelope).digest(),
        }
        pending = _entry(facts)
        ballot = NewBallot(
            **facts,
            envelope=envelope,
            leaf_hash=pending.leaf_hash,
            entry=pending.entry,
            epoch=poll.epoch,
            token_hash=token.token_hash,
            body_mac=mac,
        )
        self.ballots.append(ballot)
        return ballot.leaf_hash

    def _open_manifest(self, poll: SharedPoll) -> Manifest:
        """The manifest of a round that accepts ballots at this moment."""
        manifest, moment = self.manifest, self.found.moment
        if poll.state in (PollState.CLOSED, PollState.COMMITTED):
            raise RoundClosed(poll.closes)
        if poll.state is not PollState.OPEN or manifest is None:
            raise RoundNotOpen(poll.opens)
        if poll.opens is None or moment < poll.opens:
            raise RoundNotOpen(poll.opens)
        if poll.closes is None or moment >= poll.closes:
            raise RoundClosed(poll.closes)
        return manifest


def commitment(row: dict[str, Any]) -> bytes:
    """SHA-256(salt ‖ JCS({voter_ref, box, seq, channel, at})): what opens a `cast` entry."""
    personal = {
        "voter_ref": row["voter_ref"],
        "box": row["box_id"],
        "seq": row["seq"],
        "channel": str(row["channel"]),
        "at": write_time(row["accepted_at"]),
    }
    return sha256(row["salt"] + canonical.dumps(personal)).digest()


def _entry(row: dict[str, Any]) -> queue.Pending:
    return queue.pending(
        {
            "t": "cast",
            "r": row["round_id"],
            "ct": canonical.b64u(row["ct"]),
            "c": canonical.b64u(commitment(row)),
        }
    )


def _token_hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
