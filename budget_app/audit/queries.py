"""Reading what an audit is about: statement, keys, attestations, objections, reconciliation, log."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from budget_app import access
from budget_app.access import Loaded
from budget_app.accounts.models import User
from budget_app.audit.models import Attestation, AuditorKey, Objection, ObjectionState
from budget_app.extensions import db
from budget_app.parliaments.models import Parliament
from budget_app.results.models import Count, CountState
from budget_app.results.services import editions
from budget_app.rounds.models import Round
from budget_app.rounds.queries import sealed_manifest
from tallying.evidence import privacy
from tallying.evidence.attestation import Statement
from tallying.evidence.bundle import Bundle
from tallying.evidence.notes import Verifier
from voting import cosignatures, log
from voting.models import LogCheckpoint, LogEntry, Poll

ENTRIES_A_PAGE = 50

KINDS = {
    "round.config": _l("The rules are sealed"),
    "roll.commit": _l("The roll is fixed"),
    "roll.change": _l("The roll was changed"),
    "amend": _l("The sealed rules were amended"),
    "open": _l("Voting was opened"),
    "cast": _l("A ballot"),
    "extend": _l("The voting was extended"),
    "withdraw": _l("A project was withdrawn"),
    "revoke": _l("A ballot was revoked"),
    "close": _l("Voting was closed"),
    "box.commit": _l("The boxes are fixed"),
    "key.test": _l("The keys were tried"),
    "layer": _l("A layer of the envelopes was opened"),
    "seed": _l("The seed for ties"),
    "tally.input": _l("What was counted"),
    "tally.result": _l("The outcome"),
    "incident": _l("A result was annulled"),
    "canary.commit": _l("Canaries were committed to"),
    "canary.open": _l("Canaries were opened"),
    "key.destroyed": _l("Keys and personal data were destroyed"),
}


@dataclass(frozen=True)
class ShownEntry:
    """One entry of the public log."""

    position: int
    leaf_hash: str
    text: str

    @cached_property
    def words(self) -> str:
        """What kind of entry it is, for people."""
        kind = str(json.loads(self.text)["t"])
        return str(KINDS.get(kind, kind))


@dataclass(frozen=True)
class BundleFile:
    """One edition of a bundle, to be downloaded."""

    size: int
    files: int


@access.loader("objection_id", gives="objection")
def load_objection(loaded: Loaded, number: Any) -> Objection | None:
    round_: Round = loaded["round_"]
    return db.session.scalar(
        select(Objection).join(Count).where(Objection.id == number, Count.round_id == round_.id)
    )


def statement_of(count: Count) -> Statement:
    """What an auditor of this count signs."""
    return Statement(
        round_id=count.round_.poll_id,
        size=count.log_size,
        root=count.log_root,
        input=count.input_digest,
        outcome=count.outcome_digest,
    )


def key_of(parliament: Parliament, user: User) -> AuditorKey | None:
    return db.session.scalar(
        select(AuditorKey).where(
            AuditorKey.parliament_id == parliament.id, AuditorKey.user_id == user.id
        )
    )


def signed_with(note: bytes, verifier: Verifier) -> bool:
    """Whether a signature line of the note claims to be of this key, rightly or not."""
    prefix = f"— {verifier.name} "
    for line in note.decode(errors="replace").splitlines():
        if line.startswith(prefix):
            try:
                content = base64.b64decode(line.removeprefix(prefix))
            except ValueError:
                continue
            if content[:4] == verifier.key_hash:
                return True
    return False


def attestations(count: Count) -> Sequence[Attestation]:
    """In the order in which they were made."""
    return db.session.scalars(
        select(Attestation)
        .where(Attestation.count_id == count.id)
        .order_by(Attestation.attested_at, Attestation.user_id)
    ).all()


def attestation_of(count: Count, user: User) -> Attestation | None:
    return db.session.get(Attestation, (count.id, user.id))


def objections(count: Count) -> Sequence[Objection]:
    """In the order in which they were made."""
    return db.session.scalars(
        select(Objection).where(Objection.count_id == count.id).order_by(Objection.id)
    ).all()


def open_objections(count: Count) -> list[Objection]:
    return [objection for objection in objections(count) if objection.is_open]


def objections_to_answer(parliament: Parliament, user: User) -> Sequence[Objection]:
    """Of every round of the parliament, those that `user` may answer, the oldest first."""
    return db.session.scalars(
        select(Objection)
        .join(Count)
        .join(Round, Count.round_id == Round.id)
        .where(
            Round.parliament_id == parliament.id,
            Objection.state == ObjectionState.OPEN,
            Objection.user_id != user.id,
            Count.state != CountState.ANNULLED,
        )
        .order_by(Objection.id)
    ).all()


def reconciliation(count: Count) -> list[dict[str, Any]]:
    """One line for each box, as it stands in the bundle; None where a number is not told."""
    return _boxes(count, "reconciliation.json")


def privacy_report(count: Count) -> list[dict[str, Any]]:
    """What was published of each box's ballots, as it stands in the bundle."""
    return _boxes(count, privacy.PATH)


def _boxes(count: Count, path: str) -> list[dict[str, Any]]:
    with Bundle.open(editions(count).public) as bundle:
        lines: list[dict[str, Any]] = bundle.read_json(path)["boxes"]
    return lines


def bundle_files(count: Count) -> dict[str, BundleFile]:
    """Size and number of files of each edition: `public` and, until it is destroyed, `auditor`."""
    written = editions(count)
    found = {"public": _described(written.public)}
    if written.auditor.exists():
        found["auditor"] = _described(written.auditor)
    return found


def poll_of(round_: Round) -> Poll | None:
    return db.session.get(Poll, round_.poll_id)


def checkpoint(round_: Round) -> LogCheckpoint | None:
    return log.checkpoint(db.session(), round_.poll_id)


def cosigned(checkpoint: LogCheckpoint) -> str:
    """A checkpoint's note with the signatures of witnesses."""
    return cosignatures.cosigned(db.session(), checkpoint).decode()


def witnessing(round_: Round) -> dict[str, Any]:
    """How far each witness has signed, how far enough have, and the sealed policy."""
    policy = policy_of(round_)
    if policy is None:
        return {"witnesses": []}
    session, poll_id = db.session(), round_.poll_id
    return {
        "witnesses": cosignatures.progress(session, poll_id),
        "witnessed": cosignatures.witnessed_size(session, poll_id),
        "policy": policy,
    }


def policy_of(round_: Round) -> str | None:
    """The sealed lines on witnesses and their quorum, as a trust file takes them."""
    manifest = sealed_manifest(round_)
    return None if manifest is None else manifest.policy


def page_of(checkpoint: LogCheckpoint | None, asked: int) -> tuple[int, int, int, int]:
    """Of a log shown from its end: number of pages, this page, and the positions [start, end)."""
    size = checkpoint.size if checkpoint else 0
    pages = max(1, -(-size // ENTRIES_A_PAGE))
    page = min(asked, pages)
    end = size - (page - 1) * ENTRIES_A_PAGE
    return pages, page, max(0, end - ENTRIES_A_PAGE), end


def entries_of(log_id: str, start: int, end: int) -> list[ShownEntry]:
    """The entries of a log at positions [start, end)."""
    rows = db.session.execute(
        select(LogEntry.position, LogEntry.leaf_hash, LogEntry.entry)
        .where(LogEntry.round_id == log_id)
        .where(LogEntry.position >= start, LogEntry.position < end)
        .order_by(LogEntry.position)
    )
    return [
        ShownEntry(row.position, base64.b64encode(row.leaf_hash).decode(), row.entry.decode())
        for row in rows
    ]


def _described(path: Any) -> BundleFile:
    with Bundle.open(path) as bundle:
        return BundleFile(path.stat().st_size, len(bundle.names))
