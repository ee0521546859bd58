"""Votes of the past, replayed: every ballot goes through the box's own casting, in batches."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask import current_app

from budget_app.accounts import services as accounts
from budget_app.accounts.models import User
from budget_app.extensions import db
from budget_app.results.models import Count
from budget_app.results.services import editions
from budget_app.rounds.models import PhaseKind, Round
from tallying.evidence.bundle import Bundle
from tallying.evidence.trust import Trust
from tallying.evidence.verify import Report, verify
from voting import box, clock, polls
from voting.box import Acceptance, CastRequest
from voting.eligibility import keyed_hash, normalised
from voting.errors import InvalidBallot
from voting.models import Channel

BATCH = 2000
Officials = tuple[User, User]
Advance = Callable[[int], None]
"""Hears how many ballots were cast since the last time."""


@dataclass(frozen=True)
class VoterBallot:
    """One voter's identity number and plain ballot, as `voting.ballots.encode` writes it."""

    identity_number: str
    body: bytes = field(repr=False)


@dataclass
class Cast:
    """How many ballots the box accepted, and why it refused others."""

    accepted: int = 0
    refused: Counter[str] = field(default_factory=Counter)

    def add(self, answer: Acceptance | Exception) -> None:
        if isinstance(answer, Acceptance):
            self.accepted += 1
        else:
            self.refused[_reason(answer)] += 1


def service_accounts(host: str, *names: str) -> Officials:
    """Two accounts that nobody can sign in with: their addresses take no mail."""
    first, second = (accounts.ensure_user(f"{host}-{n}@service.invalid") for n in (1, 2))
    first.name, second.name = names
    return first, second


def voting_dates(round_: Round) -> tuple[datetime, datetime]:
    """When the vote opened and closed."""
    voting = round_.phase(PhaseKind.VOTING)
    if voting is None:
        message = "A vote without dates cannot be replayed."
        raise RuntimeError(message)
    return voting.starts, voting.ends


def cast_all(
    round_: Round,
    ballots: Sequence[VoterBallot],
    advance: Advance,
    *,
    channel: Channel = Channel.WEB,
    until: datetime | None = None,
) -> Cast:
    """Cast in batches, in the caller's transaction; the clock runs evenly from the opening to
    `until` (default: it stands at the opening)."""
    opens, _closes = voting_dates(round_)
    length = (until or opens) - opens
    cast = Cast()
    for start in range(0, len(ballots), BATCH):
        batch = ballots[start : start + BATCH]
        with clock.replay(opens + length * (start / len(ballots))):
            for answer in box.cast_many(
                db.session(), round_.poll_id, _requests(round_, batch, channel)
            ):
                cast.add(answer)
        advance(len(batch))
    return cast


def check_bundle(count: Count) -> Report:
    """Verify the auditors' edition, with the keys that this installation signs with."""
    poll = polls.read(db.session(), count.round_.poll_id)
    policy = f"log {poll.log_key}\nreceipt {poll.receipt_key}\n"
    with Bundle.open(editions(count).auditor) as bundle:
        return verify(bundle, Trust.parse(policy, "the keys of this installation"))


def _requests(round_: Round, batch: Sequence[VoterBallot], channel: Channel) -> list[CastRequest]:
    key = current_app.extensions["keys"].round_key(round_.poll_id)
    refs = [keyed_hash(key, normalised(ballot.identity_number)) for ballot in batch]
    tokens = box.issue_tokens(db.session(), round_.poll_id, refs)
    return [
        CastRequest(round_.poll_id, ref, token, ballot.body, channel)
        for ref, token, ballot in zip(refs, tokens, batch, strict=True)
    ]


def _reason(refusal: Exception) -> str:
    if isinstance(refusal, InvalidBallot):
        return ", ".join(sorted({reason.code for reason in refusal.reasons}))
    return str(refusal)
