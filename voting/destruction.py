"""Destroying what ties ballots to people, once appeals and court deadlines are over.

Erased together: the ballots' envelopes and salts, what the roll knows of people beside a hash whose
key is gone, revocations, the round's keys but that of its log, and the editions of the bundles that
hold restricted files. What stays: the log, its key, the public editions, outcomes, attestations.

Every step does no harm when it is done again. `key.destroyed` is logged after them all, and only
once the database's files have forgotten what was deleted (`voting/compaction.py`). An interrupted
destruction is finished by calling `destroy` again. Backups are the operator's to destroy
(`docs/operations`).
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tallying import durable
from tallying.evidence import bundle as archive
from tallying.sealing.stages import STAGES
from voting import bundle, bundle_files, changes, clock, compaction, layers, log, polls
from voting.database import Sessions, transaction
from voting.errors import TooEarly, WrongState
from voting.keys import KeyStore
from voting.lifecycle import Officials, two
from voting.models import (
    CastToken,
    Envelope,
    LayerPurpose,
    Poll,
    PollState,
    Revocation,
    Tally,
    Voter,
)

ERASED = (CastToken, Revocation, Envelope)
"""Tables of which no row of the round stays, in an order that their references allow."""
WHAT = ("envelopes", "openings", "roll_links", "revocations", "keys", "restricted_files")


def destroy(sessions: Sessions, keys: KeyStore, round_id: str, folder: Path, by: Officials) -> None:
    """Erase everything, then log that, and write the public editions anew with the longer log.

    `folder` holds the round's bundles. Raises `WrongState` unless the boxes were committed and a
    count published, `TooEarly` until the manifest's `keep_until` is over, `SameOfficial`, and
    `NotCompacted` or `StoreBusy` when all is deleted and the database's files may still hold it.
    """
    officials = two(by)
    with transaction(sessions) as session:
        poll = _ready(session, round_id)
        is_done = poll.destroyed_at is not None
        if poll.erased_at is None:
            _erase(session, poll)
    for path in _restricted_files(sessions, round_id, folder):
        path.unlink(missing_ok=True)
    durable.sync(folder)
    keys.destroy(round_id)
    compaction.compact(sessions)
    if not is_done:
        with transaction(sessions) as session:
            _log(session, round_id, officials)
    log.drain(sessions, keys, round_id)
    _rewrite_public(sessions, keys, round_id, folder)


def refuse_early(session: Session, round_id: str) -> None:
    """Raise `TooEarly` until the day after the manifest's `keep_until`, or when it names no day."""
    manifest = polls.sealed_manifest(session, round_id)
    if manifest.keep_until is None or clock.now(session).date() <= manifest.keep_until:
        raise TooEarly(manifest.keep_until)


def is_erased(session: Session, round_id: str) -> datetime | None:
    """When the round's ballots were deleted, if they were: the first step of its destruction."""
    return session.scalar(select(Poll.erased_at).where(Poll.round_id == round_id))


def is_logged(session: Session, round_id: str) -> bool:
    """Whether the round's destruction is complete, and its log says so."""
    poll = polls.read(session, round_id)
    return poll.destroyed_at is not None


def _ready(session: Session, round_id: str) -> Poll:
    poll = polls.lock(session, round_id)
    polls.expect(poll, PollState.COMMITTED, "Only a counted round can be destroyed.")
    refuse_early(session, round_id)
    if not _versions(session, round_id):
        message = "Nothing was counted yet: the result would be lost."
        raise WrongState(message, poll.state)
    return poll


def _versions(session: Session, round_id: str) -> list[int]:
    counted = select(Tally.version).where(
        Tally.round_id == round_id, Tally.outcome_digest.is_not(None)
    )
    return list(session.scalars(counted.order_by(Tally.version)))


def _erase(session: Session, poll: Poll) -> None:
    round_id = poll.round_id
    for table in ERASED:
        session.execute(delete(table).where(table.round_id == round_id))
    session.execute(
        update(Voter)
        .where(Voter.round_id == round_id)
        .values(date_of_birth=None, email_hash=None, account=None)
    )
    poll.erased_at = clock.now(session)


def _restricted_files(sessions: Sessions, round_id: str, folder: Path) -> Iterator[Path]:
    """What the layers took and gave, the inputs and auditors' editions of every version, and what a
    crash left of writing any of them."""
    with sessions() as session:
        versions = list(session.scalars(select(Tally.version).where(Tally.round_id == round_id)))
    paths = [
        layers.stage_path(folder, round_id, purpose, stage)
        for purpose in LayerPurpose
        for stage in STAGES
    ]
    for version in versions:
        paths.append(bundle.input_path(folder, round_id, version))
        paths.append(bundle.editions(folder, round_id, version).auditor)
    for path in paths:
        yield from sorted(folder.glob(f"{path.stem}.*"))


def _log(session: Session, round_id: str, officials: list[str]) -> None:
    poll = polls.lock(session, round_id)
    moment = clock.now(session)
    changes.put(session, poll, moment, {"t": "key.destroyed", "what": list(WHAT)}, officials)
    poll.destroyed_at = moment.replace(microsecond=0)


def _rewrite_public(sessions: Sessions, keys: KeyStore, round_id: str, folder: Path) -> None:
    with sessions() as session:
        files = bundle_files.log_files(session, round_id)
        versions = _versions(session, round_id)
    for version in versions:
        public = bundle.editions(folder, round_id, version).public
        if public.exists():
            archive.write_longer_log(public, files, signer=keys.log_signer(round_id))
