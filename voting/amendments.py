"""Correcting a sealed manifest before voting opens: publicly, by two officials, the old one kept."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tallying.evidence import canonical
from tallying.evidence.seal import Seal
from voting import changes, clock, lifecycle, polls
from voting.errors import InvalidManifest, WrongState
from voting.lifecycle import Officials, two
from voting.manifest import Manifest, Texts, missing, read_time
from voting.models import AmendedManifest, Box, Poll, PollState


@dataclass(frozen=True)
class Amendment:
    """The `number`th correction: what was changed and why; `manifest` is the one that it replaced."""

    number: int
    what: Texts
    at: datetime
    manifest: bytes


@dataclass(frozen=True)
class Difference:
    """One value of a manifest that an amendment changed; None where there was or is none."""

    path: str
    before: Any
    after: Any


def amend(session: Session, manifest: Manifest, what: Texts, by: Officials) -> Poll:
    """Replace the sealed manifest.

    Raises `WrongState` unless it is sealed and voting has not opened, or when nothing changes,
    `InvalidManifest` with what is missing, or when drawn lots would change, and `SameOfficial`.
    """
    officials = two(by)
    poll = polls.lock(session, manifest.round)
    polls.expect(poll, PollState.SEALED, "Only a sealed round that is not open can be amended.")
    if manifest.digest == poll.manifest_digest:
        message = "This amendment changes nothing."
        raise WrongState(message, poll.state)
    old = polls.sealed_manifest(session, manifest.round)
    problems = [*missing(manifest), *lifecycle.voters_outside(session, manifest)]
    if problems or _redrawn(old, manifest):
        raise InvalidManifest(problems or ["lots_redrawn"])
    if _bodies(old) != _bodies(manifest):
        raise InvalidManifest(["seal_changed"])
    number = len(history(session, manifest.round)) + 1
    session.add(
        AmendedManifest(round_id=poll.round_id, number=number, manifest=poll.manifest or b"")
    )
    poll.opens, poll.closes = manifest.opens, manifest.closes
    poll.manifest, poll.manifest_digest = manifest.to_bytes(), manifest.digest
    session.execute(delete(Box).where(Box.round_id == poll.round_id))
    session.add_all(lifecycle.boxes_of(manifest))
    act = {"t": "amend", "manifest": manifest.digest, "what": dict(what)}
    changes.put(session, poll, clock.now(session), act, officials)
    return poll


def history(session: Session, round_id: str) -> list[Amendment]:
    """Every amendment with the manifest that it replaced, the first one first."""
    old = session.scalars(
        select(AmendedManifest)
        .where(AmendedManifest.round_id == round_id)
        .order_by(AmendedManifest.number)
    )
    entries = changes.entries(session, round_id, "amend")
    return [
        Amendment(row.number, entry["what"], read_time(entry["at"]), bytes(row.manifest))
        for row, entry in zip(old, entries, strict=True)
    ]


def differences(before: bytes, after: bytes) -> list[Difference]:
    """What two manifests do not say alike, by the path of the value: `boxes.north.budget`."""
    old, new = (dict(_leaves("", canonical.loads(content))) for content in (before, after))
    return [
        Difference(path, old.get(path), new.get(path))
        for path in sorted({*old, *new})
        if old.get(path) != new.get(path)
    ]


def _leaves(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Every value with its path; things with an id or a phase are named by it."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(f"{path}.{name}" if path else name, inner)
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for place, item in enumerate(value):
            name = item.get("id") or item.get("phase") or str(place)
            yield from _leaves(f"{path}.{name}", item)
    else:
        yield path, value


def _bodies(manifest: Manifest) -> Seal | None:
    """Who holds which key: the keys may have been tried already."""
    return None if manifest.seal is None else replace(manifest.seal, size=0)


def _redrawn(old: Manifest, new: Manifest) -> bool:
    """Whether projects of both manifests come in another order in the lots: those are drawn once."""
    both = set(old.lots or ()) & set(new.lots or ())
    first, second = ([name for name in lots or () if name in both] for lots in (old.lots, new.lots))
    return first != second
