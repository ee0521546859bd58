"""The auditors' canaries: test voters on the roll, commitments before the layers, openings after.

An auditor makes the ballots on a machine of their own (`tallying canary`) and hands in commitments,
which are logged before the first layer is opened, and the contents after the last one. They are
taken out before the count. The server knows who on the roll is a canary, and pages say so: canaries
watch the two bodies that open the layers, and whoever stands between the booth and them.
"""

import secrets
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tallying.evidence.canaries import Canary, Fate, Taken, take_out
from tallying.evidence.canonical import NotCanonical, dumps, unb64u
from tallying.evidence.seal import INNER
from tallying.sealing.peel import stages_of
from tallying.sealing.stages import read_stage
from voting import casting, clock, layers, polls, queue, roll
from voting.eligibility import voter_ref
from voting.errors import CanaryRefused, WrongState
from voting.keys import KeyStore
from voting.models import CanaryBallot, LayerPurpose, Poll, PollState, Voter, VoterKind
from voting.roll_file import Line

DIGITS = 12
YOUNGEST, OLDEST = 20, 80
"""Years before the vote in which a canary is born, unless the round's least age is higher."""
MOST = 500
"""Commitments of one hand-in: their log entry stays below its limit."""
DIGEST_BYTES = 32


@dataclass(frozen=True)
class Identity:
    """With which a canary signs up for its place on the roll; shown once, kept as a hash only."""

    identity_number: str
    date_of_birth: date
    box_id: str


def enrol(
    session: Session, keys: KeyStore, round_id: str, box_id: str, number: int
) -> list[Identity]:
    """Put `number` new canaries on the roll of a box of a sealed round, before the close.

    Raises `WrongState` after it, or in a round whose ballots are not sealed, and `CanaryRefused`
    for a box that the round does not have.
    """
    layers.seal_of(session, round_id)
    manifest = polls.sealed_manifest(session, round_id)
    if box_id not in manifest.elections:
        raise CanaryRefused("unknown_box")
    if not 1 <= number <= MOST:
        raise CanaryRefused("number")
    year = (manifest.age_on or manifest.opens.date()).year
    youngest = max(YOUNGEST, (manifest.min_age or 0) + 1)
    identities = [_identity(box_id, year, youngest) for _ in range(number)]
    lines = [
        Line(place, found.identity_number, box_id, found.date_of_birth)
        for place, found in enumerate(identities, start=1)
    ]
    report = roll.enter(session, keys, round_id, lines, kind=VoterKind.CANARY)
    if report.added != number:
        raise CanaryRefused("number")
    return identities


def _identity(box_id: str, year: int, youngest: int) -> Identity:
    chance = secrets.SystemRandom()
    born = date(year - chance.randint(youngest, max(OLDEST, youngest)), 1, 1)
    day = date.fromordinal(born.toordinal() + secrets.randbelow(365))
    number = "".join(str(secrets.randbelow(10)) for _ in range(DIGITS))
    return Identity(number, day, box_id)


def cast(
    session: Session, keys: KeyStore, round_id: str, identity_number: str, envelope: bytes
) -> casting.Acceptance:
    """Cast a sealed canary for its test voter, as any ballot is cast.

    Raises `CanaryRefused` for somebody who is no canary, and what `casting.cast` raises.
    """
    reference = voter_ref(keys, round_id, identity_number)
    voter = session.get(Voter, (round_id, reference))
    if voter is None or voter.kind is not VoterKind.CANARY:
        raise CanaryRefused("no_canary")
    token = casting.issue_token(session, round_id, reference)
    request = casting.CastRequest(round_id, reference, token, envelope, sealed=True)
    return casting.cast(session, request)


def commit(session: Session, round_id: str, by: str, commitments: Sequence[str]) -> None:
    """Log an auditor's commitments; `by` is their salted reference.

    Raises `CanaryRefused` for what is no commitment or stands there already, `WrongState` once a
    layer is opened.
    """
    poll = polls.lock(session, round_id)
    layers.seal_of(session, round_id)
    if layers.opened(session, round_id, LayerPurpose.COUNT):
        message = "Canaries are committed to before the first layer is opened."
        raise WrongState(message, poll.state)
    _expect_commitments(session, round_id, commitments)
    session.add_all(
        CanaryBallot(round_id=round_id, commitment=text, committed_by=by) for text in commitments
    )
    act = {"t": "canary.commit", "by": [by], "commitments": list(commitments)}
    queue.put_act(session, poll, clock.now(session), act)


def _expect_commitments(session: Session, round_id: str, commitments: Sequence[str]) -> None:
    if not 1 <= len(commitments) <= MOST:
        raise CanaryRefused("number")
    if not all(_is_digest(text) for text in commitments):
        raise CanaryRefused("no_commitment")
    known = {row.commitment for row in rows(session, round_id)}
    if len(set(commitments)) != len(commitments) or known & set(commitments):
        raise CanaryRefused("committed_already")


def _is_digest(text: str) -> bool:
    try:
        return len(unb64u(text)) == DIGEST_BYTES
    except NotCanonical:
        return False


def open_(
    session: Session, round_id: str, folder: Path, by: str, canaries: Sequence[Canary]
) -> dict[str, Fate]:
    """Open an auditor's own commitments and log what became of each; answers fates by nonce.

    `folder` holds the stages. Raises `CanaryRefused` for what was not committed to by them or is
    opened already, `WrongState` before both layers are opened and after the count.
    """
    poll = polls.lock(session, round_id)
    _expect_opened(session, poll)
    committed = {row.commitment: row for row in rows(session, round_id)}
    found = _fates(session, round_id, folder, canaries)
    told: list[dict[str, Any]] = []
    seen: set[tuple[str, str]] = {(row.box_id or "", row.nonce or "") for row in committed.values()}
    for canary in canaries:
        row = committed.get(canary.commitment)
        if row is None or row.committed_by != by or row.nonce is not None:
            raise CanaryRefused("not_committed")
        if (canary.box, canary.nonce) in seen:
            raise CanaryRefused("nonce_twice")
        seen.add((canary.box, canary.nonce))
        fate = found[canary.box].fates[canary.nonce]
        row.box_id, row.choices, row.nonce, row.fate = (
            canary.box,
            canary.choices,
            canary.nonce,
            fate,
        )
        told.append(_opening(row))
    if not told:
        raise CanaryRefused("number")
    queue.put_act(session, poll, clock.now(session), {"t": "canary.open", "canaries": told})
    return {canary.nonce: found[canary.box].fates[canary.nonce] for canary in canaries}


def _expect_opened(session: Session, poll: Poll) -> None:
    if layers.awaited(session, poll.round_id, LayerPurpose.COUNT) is not None:
        message = "Canaries are opened after both layers."
        raise WrongState(message, poll.state)
    polls.expect(poll, PollState.COMMITTED, "Canaries are opened after both layers.")


def _fates(
    session: Session, round_id: str, folder: Path, canaries: Sequence[Canary]
) -> dict[str, Taken]:
    boxes = set(polls.sealed_manifest(session, round_id).elections)
    if not {canary.box for canary in canaries} <= boxes:
        raise CanaryRefused("unknown_box")
    bodies: dict[str, list[bytes]] = defaultdict(list)
    path = layers.stage_path(folder, round_id, LayerPurpose.COUNT, stages_of(INNER)[1])
    with read_stage(path) as stage:
        for box_id, item in stage:
            bodies[box_id].append(item)
    return {
        box_id: take_out(bodies[box_id], [canary for canary in canaries if canary.box == box_id])
        for box_id in boxes
    }


def rows(session: Session, round_id: str) -> Sequence[CanaryBallot]:
    """Every commitment of a round, in an order that does not change."""
    return session.scalars(
        select(CanaryBallot)
        .where(CanaryBallot.round_id == round_id)
        .order_by(CanaryBallot.commitment)
    ).all()


def opened(session: Session, round_id: str) -> list[Canary]:
    """The canaries that were opened, to be taken out before the count."""
    return [
        Canary(row.box_id or "", list(row.choices or ()), row.nonce or "")
        for row in rows(session, round_id)
        if row.nonce is not None
    ]


def openings(session: Session, round_id: str) -> list[dict[str, Any]]:
    """What the bundle says of the opened canaries, sorted by the bytes of the canonical JSON."""
    found = [_opening(row) for row in rows(session, round_id) if row.nonce is not None]
    return sorted(found, key=dumps)


def _opening(row: CanaryBallot) -> dict[str, Any]:
    return {
        "box": row.box_id,
        "choices": row.choices,
        "found": row.fate is Fate.FOUND,
        "nonce": row.nonce,
    }


def require_opened(session: Session, round_id: str) -> None:
    """Raise `WrongState` while a commitment is not opened: its ballot would be counted."""
    if any(row.nonce is None for row in rows(session, round_id)):
        message = "The auditors have not opened all their canaries, which must not be counted."
        raise WrongState(message, polls.read(session, round_id).state)
