"""Destroying what ties ballots to people, once appeals and court deadlines are over.

Erased together: the ballots' envelopes and salts, what the roll knows of people beside a hash whose
key is gone, revocations, the round's keys but that of its log, and the editions of the bundles that
hold restricted files. What stays: the log, its key, the public editions, outcomes, attestations.

Every step does no harm when it is done again, and `key.destroyed` is logged after them all: an
interrupted destruction is finished by calling `destroy` again. Backups are the operator's to
destroy (`docs/operations`).
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, delete, select, update
from sqlalchemy.orm import Session

from tallying.evidence import bundle as archive
from tallying.sealing.stages import STAGES
from voting import bundle, bundle_files, changes, clock, layers, log, polls
from voting.database import Sessions, transaction
from voting.errors import StoreBusy, TooEarly, WrongState
from voting.keys import KeyStore
from voting.lifecycle import Officials, two
from voting.models import (
    CastToken,
    Envelope,
    LayerPurpose,
    LogQueue,
    Poll,
    PollState,
    Revocation,
    Tally,
    Voter,
)

ERASED = (CastToken, Revocation, Envelope)
"""Tables of which no row of the round stays, in an order that their references allow."""
COMPACTED = tuple(table.__tablename__ for table in (*ERASED, Voter, LogQueue))
WHAT = ("envelopes", "openings", "roll_links", "revocations", "keys", "restricted_files")


def destroy(sessions: Sessions, keys: KeyStore, round_id: str, folder: Path, by: Officials) -> None:
    """Erase everything, then log that, and write the public editions anew with the longer log.

    `folder` holds the round's bundles. Raises `WrongState` unless the boxes were committed and a
    count published, `TooEarly` until the manifest's `keep_until` is over, `SameOfficial`.
    """
    officials = two(by)
    with transaction(sessions) as session:
        poll = _ready(session, round_id)
        is_logged = poll.destroyed_at is not None
        if not is_logged:
            _erase(session, round_id)
    _compact(_engine(sessions))
    for path in _restricted_files(sessions, round_id, folder):
        path.unlink(missing_ok=True)
    keys.destroy(round_id)
    if not is_logged:
        with transaction(sessions) as session:
            _log(session, round_id, officials)
    log.drain(sessions, keys, round_id)
    _rewrite_public(sessions, keys, round_id, folder)


def refuse_early(session: Session, round_id: str) -> None:
    """Raise `TooEarly` until the day after the manifest's `keep_until`, or when it names no day."""
    manifest = polls.sealed_manifest(session, round_id)
    if manifest.keep_until is None or clock.now(session).date() <= manifest.keep_until:
        raise TooEarly(manifest.keep_until)


def is_destroyed(session: Session, round_id: str) -> datetime | None:
    """When the round's keys and personal data were destroyed, if they were."""
    return session.scalar(select(Poll.destroyed_at).where(Poll.round_id == round_id))


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


def _erase(session: Session, round_id: str) -> None:
    for table in ERASED:
        session.execute(delete(table).where(table.round_id == round_id))
    session.execute(
        update(Voter)
        .where(Voter.round_id == round_id)
        .values(date_of_birth=None, email_hash=None, account=None)
    )


def _engine(sessions: Sessions) -> Engine:
    with sessions() as session:
        return session.get_bind().engine


def _compact(engine: Engine) -> None:
    """Let the database's files forget what was deleted: freed pages still hold it until then.

    Raises `StoreBusy` when others keep the database from it for too long.
    """
    connection = engine.raw_connection()
    driver: Any = connection.driver_connection
    try:
        if engine.dialect.name == "sqlite":
            driver.execute("VACUUM")
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return
        driver.autocommit = True
        for table in COMPACTED:
            driver.execute(f"VACUUM (FULL) {table}")
        driver.autocommit = False
    except engine.dialect.loaded_dbapi.Error as error:
        raise StoreBusy from error
    finally:
        connection.close()


def _restricted_files(sessions: Sessions, round_id: str, folder: Path) -> Iterator[Path]:
    """What the layers took and gave, and the inputs and auditors' editions of every version."""
    for purpose in LayerPurpose:
        for stage in STAGES:
            yield layers.stage_path(folder, round_id, purpose, stage)
    with sessions() as session:
        versions = list(session.scalars(select(Tally.version).where(Tally.round_id == round_id)))
    for version in versions:
        yield bundle.input_path(folder, round_id, version)
        yield bundle.editions(folder, round_id, version).auditor


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
