"""Casting, exactly once.

The locks, in this order everywhere: the round's row shared, then the voters' rows in the order of
their references. Closing takes the round's row alone, so it waits for the casts under way, and
those that come later find the round closed. The clock is read after the locks. Tokens are read
after them too: of two posts of one token the second sees what the first has recorded.
"""

import hmac
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, TypeVar
from typing import cast as typed

from sqlalchemy import Table, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from tallying.evidence import canonical
from tallying.evidence.acceptance import receipt_code
from voting import clock, eligibility, polls, queue
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
from voting.models import CastToken, Channel, Envelope, PollState, Voter

TOKEN_BYTES = 16
SALT_BYTES = 32
ROWS_PER_QUERY = 1000

T = TypeVar("T")

_tokens = typed("Table", CastToken.__table__)
_voters = typed("Table", Voter.__table__)
_envelopes = typed("Table", Envelope.__table__)


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
        for chunk in _chunks(voter_refs)
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
    poll = polls.share(session, round_id)
    voters = _locked_voters(session, round_id, [request.voter_ref for request in requests])
    hashes = [_token_hash(request.token) for request in requests]
    tokens = _issued_tokens(session, round_id, hashes)
    batch = _Batch(session, poll, voters, tokens)
    answers = [
        batch.answer(request, tokens.get(token_hash))
        for request, token_hash in zip(requests, hashes, strict=True)
    ]
    batch.write(session)
    return answers


@dataclass
class _Token:
    token_hash: bytes
    voter_ref: str
    box_id: str
    body_mac: bytes | None
    leaf_hash: bytes | None


@dataclass
class _Voter:
    box_id: str
    date_of_birth: Any
    ballots: int
    revoked: bool


class _Batch:
    """The casts of one transaction, decided one by one and written together."""

    def __init__(
        self,
        session: Session,
        poll: polls.SharedPoll,
        voters: dict[str, _Voter],
        tokens: dict[bytes, _Token],
    ) -> None:
        self.poll = poll
        self.round_id = poll.round_id
        self.voters = voters
        self.tokens = tokens
        self.moment = _moment(session, self.round_id)
        self.manifest: Manifest | None = None
        if poll.manifest_digest is not None:
            self.manifest = polls.manifest_named(session, self.round_id, poll.manifest_digest)
        self.envelopes: list[dict[str, Any]] = []
        self.entries: list[queue.Pending] = []
        self.used: list[_Token] = []

    def answer(self, request: CastRequest, token: _Token | None) -> Acceptance | CastRefused:
        """Decide one request; a token that was used answers before the clock is asked."""
        if token is None or token.voter_ref != request.voter_ref:
            return InvalidToken()
        mac = hmac.digest(request.token.encode(), request.body, "sha256")
        if token.body_mac is not None and token.leaf_hash is not None:
            same = hmac.compare_digest(mac, token.body_mac)
            return (
                Acceptance(self.round_id, token.leaf_hash, repeated=True) if same else TokenUsed()
            )
        try:
            leaf_hash = self._accept(request, token)
        except CastRefused as refusal:
            return refusal
        token.body_mac, token.leaf_hash = mac, leaf_hash
        self.used.append(token)
        return Acceptance(self.round_id, leaf_hash)

    def _accept(self, request: CastRequest, token: _Token) -> bytes:
        manifest = self._open_manifest()
        voter = self.voters.get(request.voter_ref)
        if (
            voter is None
            or voter.revoked
            or not eligibility.old_enough(manifest, voter.date_of_birth)
        ):
            raise NotOnRoll
        envelope = enclose(manifest, token.box_id, request.body, sealed=request.sealed)
        voter.ballots += 1
        row = {
            "round_id": self.round_id,
            "voter_ref": request.voter_ref,
            "seq": voter.ballots,
            "box_id": token.box_id,
            "channel": request.channel,
            "accepted_at": self.moment.replace(microsecond=0),
            "salt": secrets.token_bytes(SALT_BYTES),
            "ct": sha256(envelope).digest(),
            "envelope": envelope,
        }
        entry = _entry(row)
        row["leaf_hash"] = entry.leaf_hash
        self.envelopes.append(row)
        self.entries.append(entry)
        return entry.leaf_hash

    def _open_manifest(self) -> Manifest:
        """The manifest of a round that accepts ballots at this moment."""
        poll, manifest = self.poll, self.manifest
        if poll.state in (PollState.CLOSED, PollState.COMMITTED):
            raise RoundClosed(poll.closes)
        if poll.state is not PollState.OPEN or manifest is None:
            raise RoundNotOpen(poll.opens)
        if poll.opens is None or self.moment < poll.opens:
            raise RoundNotOpen(poll.opens)
        if poll.closes is None or self.moment >= poll.closes:
            raise RoundClosed(poll.closes)
        return manifest

    def write(self, session: Session) -> None:
        """Insert what was accepted, in as many statements as there are tables."""
        if not self.envelopes:
            return
        connection = session.connection()
        connection.execute(insert(_envelopes), self.envelopes)
        connection.execute(
            update(_voters)
            .where(
                _voters.c.round_id == self.round_id, _voters.c.voter_ref == bindparam("of_voter")
            )
            .values(ballots=bindparam("last")),
            [{"of_voter": row["voter_ref"], "last": row["seq"]} for row in self.envelopes],
        )
        connection.execute(
            update(_tokens)
            .where(
                _tokens.c.round_id == self.round_id, _tokens.c.token_hash == bindparam("of_token")
            )
            .values(body_mac=bindparam("mac"), leaf_hash=bindparam("leaf")),
            [
                {"of_token": token.token_hash, "mac": token.body_mac, "leaf": token.leaf_hash}
                for token in self.used
            ],
        )
        queue.put(session, self.round_id, self.poll.epoch, self.moment, self.entries)


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


def _locked_voters(session: Session, round_id: str, refs: Sequence[str]) -> dict[str, _Voter]:
    found: dict[str, _Voter] = {}
    for chunk in _chunks(sorted(set(refs))):
        rows = session.execute(
            select(_voters.c.voter_ref, *(_voters.c[name] for name in _Voter.__dataclass_fields__))
            .where(_voters.c.round_id == round_id, _voters.c.voter_ref.in_(chunk))
            .order_by(_voters.c.voter_ref)
            .with_for_update()
        )
        found |= {row.voter_ref: _Voter(*row[1:]) for row in rows}
    return found


def _issued_tokens(session: Session, round_id: str, hashes: Sequence[bytes]) -> dict[bytes, _Token]:
    columns = [_tokens.c[name] for name in _Token.__dataclass_fields__]
    found: dict[bytes, _Token] = {}
    for chunk in _chunks(hashes):
        rows = session.execute(
            select(*columns).where(_tokens.c.round_id == round_id, _tokens.c.token_hash.in_(chunk))
        )
        found |= {bytes(row.token_hash): _Token(*row) for row in rows}
    return found


def _moment(session: Session, round_id: str) -> datetime:
    """The time of these casts; on SQLite a host's clock that stepped back is not believed."""
    moment = clock.now(session)
    if session.get_bind().dialect.name == "postgresql":
        return moment
    last = session.execute(
        select(func.max(Envelope.accepted_at)).where(Envelope.round_id == round_id)
    ).scalar_one()
    return moment if last is None else max(moment, last)


def _token_hash(token: str) -> bytes:
    return sha256(token.encode()).digest()


def _chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), ROWS_PER_QUERY):
        yield items[start : start + ROWS_PER_QUERY]
