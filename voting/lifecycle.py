"""The acts of a round's vote, each allowed in one state only: seal, open, close, commit."""

from collections.abc import Sequence
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from tallying.evidence import canonical, merkle
from tallying.evidence.suppression import committed_size
from voting import admin_log, clock, layers, polls, queue, roll
from voting.counted import of_counted
from voting.errors import (
    InvalidManifest,
    RoundClosed,
    SameOfficial,
    WrongState,
)
from voting.keys import KeyStore
from voting.manifest import Manifest, missing, write_time
from voting.models import Box, Envelope, LogHead, Poll, PollState, Voter

Officials = tuple[str, str]
"""The salted references of two different officials: who asked, who confirmed."""


def seal(session: Session, keys: KeyStore, manifest: Manifest) -> Poll:
    """Seal a manifest and begin the round's log with it.

    Raises `InvalidManifest` with what is missing, `WrongState` when one is sealed already.
    """
    poll = polls.prepare(session, keys, manifest.round)
    polls.expect(poll, PollState.DRAFT, "A sealed manifest cannot be changed.")
    problems = [*missing(manifest), *voters_outside(session, manifest)]
    if problems:
        raise InvalidManifest(problems)
    keys.create(manifest.round)
    poll.state = PollState.SEALED
    poll.opens, poll.closes = manifest.opens, manifest.closes
    poll.manifest, poll.manifest_digest = manifest.to_bytes(), manifest.digest
    poll.origin = keys.origin(manifest.round)
    poll.log_key = keys.log_signer(manifest.round).verifier_key
    poll.receipt_key = keys.receipt_signer(manifest.round).verifier_key
    session.add_all(boxes_of(manifest))
    session.add(LogHead(round_id=poll.round_id, size=0))
    act = {
        "t": "round.config",
        "manifest": manifest.digest,
        "origin": poll.origin,
        "log": poll.log_key,
        "receipt": poll.receipt_key,
    }
    administration = admin_log.verifier_key(session, manifest.round.partition("/")[0])
    if administration is not None:
        act["admin"] = administration
    queue.put_act(session, poll, clock.now(session), act)
    return poll


def open_round(session: Session, keys: KeyStore, round_id: str, by: Officials) -> None:
    """Commit to the roll and open the vote; casts are accepted from the manifest's `opens` on.

    A sealed round opens when its keys were tried, and none of the bodies' is on the server.
    """
    officials = two(by)
    poll = polls.lock(session, round_id)
    polls.expect(poll, PollState.SEALED, "Only a sealed round can be opened.")
    moment = clock.now(session)
    if poll.closes is not None and moment >= poll.closes:
        raise RoundClosed(poll.closes)
    layers.require_ready(session, keys, poll)
    poll.state = PollState.OPEN
    queue.put_act(session, poll, moment, roll.commitment(session, round_id, "roll.commit"))
    queue.put_act(session, poll, moment, {"t": "open", "at": write_time(moment), "by": officials})


def close_round(session: Session, round_id: str, by: Officials) -> None:
    """End the vote, at its announced or extended end or later; waits for the casts under way."""
    officials = two(by)
    poll = polls.lock(session, round_id)
    polls.expect(poll, PollState.OPEN, "Only an open round can be closed.")
    moment = clock.now(session)
    if poll.closes is not None and moment < poll.closes:
        message = f"Voting ends at {write_time(poll.closes)}; it cannot be closed before."
        raise WrongState(message, poll.state)
    poll.state = PollState.CLOSED
    queue.put_act(session, poll, moment, {"t": "close", "at": write_time(moment), "by": officials})


def commit_boxes(session: Session, round_id: str) -> None:
    """Commit to the envelopes that will be counted: the last one of each voter, per box.

    The log is public, so it does not say how many they are where they are few.
    """
    poll = polls.lock(session, round_id)
    polls.expect(poll, PollState.CLOSED, "The boxes are committed once, after the close.")
    boxes = session.scalars(select(Box).where(Box.round_id == round_id)).all()
    least_cell = polls.sealed_manifest(session, round_id).privacy.least_cell
    commitments = []
    for box in sorted(boxes, key=lambda box: box.box_id.encode()):
        leaves = [merkle.leaf_hash(ct) for ct in counted_digests(session, round_id, box.box_id)]
        box.counted_root, box.counted_size = merkle.root(leaves), len(leaves)
        root = canonical.b64u(box.counted_root)
        size = committed_size(box.counted_size, least_cell)
        commitments.append({"box": box.box_id, "root": root, "size": size})
    poll.state = PollState.COMMITTED
    moment = clock.now(session)
    queue.put_act(session, poll, moment, {"t": "box.commit", "boxes": commitments})


def record_seed(session: Session, round_id: str, seed: str, record: str, by: Officials) -> None:
    """Log the public draw of the seed (hexadecimal) that breaks ties; once, after the close."""
    officials = two(by)
    poll = polls.lock(session, round_id)
    polls.expect(poll, PollState.COMMITTED, "The seed is drawn after the boxes are committed.")
    if poll.seed is not None:
        message = "The seed was drawn already and is never redrawn."
        raise WrongState(message, poll.state)
    poll.seed, poll.seed_record = bytes.fromhex(seed).hex(), record
    act = {
        "t": "seed",
        "seed": poll.seed,
        "record_sha256": canonical.b64u(sha256(record.encode()).digest()),
        "by": officials,
    }
    queue.put_act(session, poll, clock.now(session), act)


def record_incident(
    session: Session, round_id: str, what: str, version: int, by: Officials
) -> None:
    """Log that an outcome's version was annulled, and why."""
    officials = two(by)
    poll = polls.lock(session, round_id)
    act = {"t": "incident", "what": what, "version": version, "by": officials}
    queue.put_act(session, poll, clock.now(session), act)


def counted_digests(session: Session, round_id: str, box_id: str) -> list[bytes]:
    """SHA-256 of every envelope that counts in a box, sorted."""
    return sorted(session.scalars(of_counted(Envelope.ct, round_id, box_id)))


def two(by: Officials) -> list[str]:
    """The references as they are logged; raises `SameOfficial`."""
    asked, confirmed = by
    if asked == confirmed:
        raise SameOfficial
    return [asked, confirmed]


def boxes_of(manifest: Manifest) -> list[Box]:
    """The rows of a manifest's boxes."""
    return [
        Box(round_id=manifest.round, box_id=box.id, ballot_size=box.ballot_size)
        for box in manifest.boxes
    ]


def voters_outside(session: Session, manifest: Manifest) -> Sequence[str]:
    """The districts of the roll that no box of a manifest has, as codes of what is missing."""
    districts = session.scalars(
        select(Voter.box_id).where(Voter.round_id == manifest.round).distinct()
    )
    boxes = {box.id for box in manifest.boxes}
    return [f"roll_names_no_box:{name}" for name in sorted(set(districts) - boxes)]
