"""Writing the evidence bundle, in stages, so that nothing contains its own hash.

`write_input` writes what the count reads and logs its digest; the count reads that file and
nothing else; `write_result` adds the outcome, logs its digest, and writes the two editions.
Attestations are added afterwards, detached. Each function commits its own transactions, because
the log must be sequenced and signed in between.
"""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from tallying.evidence import bundle as archive
from tallying.evidence import canonical
from tallying.evidence.count import input_digest
from voting import admin_log, bundle_files, clock, log, polls, queue
from voting.database import Sessions, transaction
from voting.errors import WrongState
from voting.keys import KeyStore
from voting.lifecycle import Officials, two
from voting.models import PollState, Tally
from voting.witnessing import Witnessing

OUTCOME = "tally/outcome.json"
GATHER_SECONDS = 30.0
"""How long a count waits for the witnesses of its last checkpoint."""


@dataclass(frozen=True)
class Editions:
    """The same bundle for everybody, and for the auditors, who also see what is restricted."""

    public: Path
    auditor: Path


def write_input(
    sessions: Sessions,
    keys: KeyStore,
    round_id: str,
    folder: Path,
    version: int,
    by: Officials,
) -> Path:
    """Write what the count reads, and log its digest as `tally.input`.

    Raises `WrongState` before the boxes are committed, or when a seed is still to be drawn.
    A second call for the same version writes the same bytes and logs nothing new.
    """
    two(by)
    log.drain(sessions, keys, round_id)
    with sessions() as session:
        poll = polls.read(session, round_id)
        polls.expect(poll, PollState.COMMITTED, "Counting needs closed and committed boxes.")
        manifest = polls.sealed_manifest(session, round_id)
        files = bundle_files.input_files(session, poll, manifest, folder)
        files |= bundle_files.log_files(session, round_id)
    folder.mkdir(parents=True, exist_ok=True)
    path = input_path(folder, round_id, version)
    archive.write(path, files, round_id=round_id, signer=keys.log_signer(round_id))
    with archive.Bundle.open(path) as written:
        digest = input_digest(written)
    with transaction(sessions) as session:
        _log_input(session, round_id, version, digest, by)
    log.drain(sessions, keys, round_id)
    return path


def write_result(
    sessions: Sessions,
    keys: KeyStore,
    round_id: str,
    folder: Path,
    version: int,
    result: Mapping[str, Any],
) -> Editions:
    """Add the outcome to what was counted, log its digest, and write both editions.

    `result` is what `tallying.evidence.count.count_bundle` answered for the file of
    `write_input`. A second call with the same result logs nothing new. Raises `NotWitnessed` when
    too few of the round's witnesses have signed the end of the log; then nothing is written.
    """
    outcome = canonical.dumps(dict(result))
    digest = canonical.b64u(sha256(outcome).digest())
    with transaction(sessions) as session:
        _log_result(session, round_id, version, digest)
    log.drain(sessions, keys, round_id)
    _gather(sessions, round_id)
    files = _counted_files(input_path(folder, round_id, version))
    files[OUTCOME] = outcome
    with sessions() as session:
        files |= bundle_files.log_files(session, round_id)
        files |= bundle_files.acceptance_files(session, round_id)
    files |= _admin_log(sessions, keys, round_id)
    written = editions(folder, round_id, version)
    signer = keys.log_signer(round_id)
    archive.write(written.auditor, files, round_id=round_id, signer=signer)
    archive.write_public(written.auditor, written.public)
    return written


def _admin_log(sessions: Sessions, keys: KeyStore, round_id: str) -> bundle_files.Files:
    """The log of the parliament's administration up to now, where the round names one."""
    parliament = round_id.partition("/")[0]
    with sessions() as session:
        if admin_log.verifier_key(session, parliament) is None:
            return {}
    name = admin_log.log_id(parliament)
    log.drain(sessions, keys, name)
    with sessions() as session:
        return bundle_files.log_files(session, name, "admin-log")


def add_attestation(path: Path, name: str, note: bytes) -> None:
    """Add an auditor's signed note to an edition, in place."""
    archive.add_attestation(path, name, note)


def _log_input(session: Session, round_id: str, version: int, digest: str, by: Officials) -> None:
    poll = polls.lock(session, round_id)
    tally = session.get(Tally, (round_id, version))
    if tally is not None:
        if tally.input_digest != digest:
            message = f"Version {version} was counted from another input."
            raise WrongState(message, poll.state)
        return
    session.add(Tally(round_id=round_id, version=version, input_digest=digest))
    act = {"t": "tally.input", "input": digest, "version": version, "by": two(by)}
    queue.put_act(session, poll, clock.now(session), act)


def _log_result(session: Session, round_id: str, version: int, digest: str) -> None:
    poll = polls.lock(session, round_id)
    tally = session.get(Tally, (round_id, version))
    if tally is None or tally.outcome_digest not in (None, digest):
        message = f"Version {version} has no input, or another outcome."
        raise WrongState(message, poll.state)
    if tally.outcome_digest is None:
        tally.outcome_digest = digest
        act = {"t": "tally.result", "outcome": digest, "version": version}
        queue.put_act(session, poll, clock.now(session), act)


def _gather(sessions: Sessions, round_id: str) -> None:
    with contextlib.closing(Witnessing(sessions)) as witnessing:
        witnessing.gather(round_id, GATHER_SECONDS)


def _counted_files(path: Path) -> bundle_files.Files:
    """What the input holds beside the log, byte for byte."""
    with archive.Bundle.open(path) as counted:
        return {
            name: counted.read(name)
            for name in counted.names
            if not name.startswith(("INDEX.", "log/", "attestations/"))
        }


def input_path(folder: Path, round_id: str, version: int) -> Path:
    """Where `write_input` writes what a version counts."""
    return folder / f"{_stem(round_id, version)}-input.zip"


def editions(folder: Path, round_id: str, version: int) -> Editions:
    """Where both editions of a version stand, once `write_result` has written them."""
    stem = _stem(round_id, version)
    return Editions(folder / f"{stem}-public.zip", folder / f"{stem}-auditor.zip")


def _stem(round_id: str, version: int) -> str:
    return f"{round_id.replace('/', '_')}-v{version}"
