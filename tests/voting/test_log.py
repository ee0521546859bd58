"""The sequencer and the log: gap-free, append-only, signed only as it grows."""

import base64
import shutil
import threading
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from tallying import durable
from tallying.evidence import canonical, merkle
from tests.voting.factories import ROUND, Vote
from voting import log, receipts, sequencer, tiles
from voting.database import transaction
from voting.errors import LogForked
from voting.models import LogCheckpoint, LogEntry, LogHead, LogTile, Poll
from voting.queue import pending, put
from voting.receipts import ReceiptState
from voting.sequencer import Sequencer


def fill(vote: Vote, count: int) -> None:
    """Queue so many entries, as casts do between two acts."""
    with transaction(vote.store.sessions) as session:
        poll = session.get_one(Poll, ROUND)
        entries = [pending({"t": "cast", "r": ROUND, "c": str(n)}) for n in range(count)]
        put(session, ROUND, poll.epoch, vote.manifest.opens, entries)


def leaf_hashes(vote: Vote) -> list[bytes]:
    with vote.store.sessions() as session:
        found = session.scalars(select(LogEntry.leaf_hash).order_by(LogEntry.position))
        return [bytes(leaf) for leaf in found]


def test_acts_and_casts_are_logged_in_the_order_of_the_round(
    open_vote: Vote, voters: list[str]
) -> None:
    for voter in voters:
        open_vote.cast(voter, "a")
    open_vote.close()
    open_vote.commit_boxes()
    assert open_vote.drain() == 10
    assert open_vote.types() == [
        "round.config", "roll.commit", "open", *["cast"] * 5, "close", "box.commit",
    ]  # fmt: skip


def test_positions_do_not_tell_the_order_of_casting(open_vote: Vote) -> None:
    fill(open_vote, 300)
    open_vote.drain()
    cast = [int(entry["c"]) for entry in open_vote.entries() if entry["t"] == "cast"]
    assert sorted(cast) == list(range(300))
    assert cast != sorted(cast)


def test_the_checkpoint_is_over_every_entry(open_vote: Vote) -> None:
    fill(open_vote, 1000)
    open_vote.drain()
    with open_vote.store.sessions() as session:
        newest = log.checkpoint(session, ROUND)
    leaves = leaf_hashes(open_vote)
    assert newest is not None
    assert (newest.size, newest.root) == (len(leaves), merkle.root(leaves))
    origin, size, root = bytes(newest.note).decode().split("\n")[:3]
    assert (origin, size) == (f"vote.example.org/{ROUND}", str(len(leaves)))
    assert base64.b64decode(root) == merkle.root(leaves)


@pytest.mark.parametrize("batch", [100, 256, 700])
def test_batches_of_any_size_leave_the_same_tiles(open_vote: Vote, batch: int) -> None:
    fill(open_vote, 1100)
    while log.sequence(open_vote.store.sessions, open_vote.keys, ROUND, batch):
        pass
    leaves = leaf_hashes(open_vote)
    with open_vote.store.sessions() as session:
        stored = session.scalars(select(LogTile).order_by(LogTile.level, LogTile.tile_index)).all()
        reader = tiles.TileReader(session, ROUND, len(leaves))
        assert merkle.root_at(len(leaves), reader.node) == merkle.root(leaves)
    assert [(tile.level, tile.tile_index) for tile in stored] == [(0, n) for n in range(4)]
    for tile in stored:
        part = leaves[tile.tile_index * 256 : (tile.tile_index + 1) * 256]
        assert bytes(tile.hashes) == b"".join(part)


def test_a_second_level_of_tiles_is_stored_when_it_is_whole(open_vote: Vote) -> None:
    leaves = [merkle.leaf_hash(str(number).encode()) for number in range(256 * 257)]
    with transaction(open_vote.store.sessions) as session:
        for start in (0, 65_000):
            part = leaves[start : 65_000 if start == 0 else None]
            tiles.store(session, ROUND, start, part)
            session.execute(
                insert(LogEntry),
                [
                    {"round_id": ROUND, "position": start + n, "leaf_hash": leaf, "entry": b"{}"}
                    for n, leaf in enumerate(part)
                ],
            )
        reader = tiles.TileReader(session, ROUND, len(leaves))
        assert reader.node(16, 0) == merkle.root(leaves[:65_536])
        assert reader.node(8, 256) == merkle.root(leaves[65_536:])
        assert merkle.root_at(len(leaves), reader.node) == merkle.root(leaves)


def test_every_receipt_has_a_proof_that_verifies(open_vote: Vote, voters: list[str]) -> None:
    accepted = [open_vote.cast(voter, "a") for voter in voters]
    open_vote.drain()
    for answer in accepted:
        with open_vote.store.sessions() as session:
            status = receipts.find(session, ROUND, answer.code.lower())
        assert status.state is ReceiptState.LOGGED
        assert status.proof is not None
        head, _, note = status.proof.partition("\n\n")
        magic, extra, index, *hashes = head.split("\n")
        entry = base64.b64decode(extra.removeprefix("extra "))
        assert (magic, index) == ("c2sp.org/tlog-proof@v1", f"index {status.position}")
        assert set(canonical.loads(entry)) == {"t", "r", "c", "ct"}
        assert merkle.leaf_hash(entry) == answer.leaf_hash
        assert merkle.verify_inclusion(
            answer.leaf_hash,
            int(status.position or 0),
            int(status.size or 0),
            [base64.b64decode(found) for found in hashes],
            base64.b64decode(note.split("\n")[2]),
        )


def test_the_first_proof_is_kept(open_vote: Vote, voters: list[str]) -> None:
    answer = open_vote.cast(voters[0], "a")
    open_vote.drain()
    with open_vote.store.sessions() as session:
        first = receipts.find(session, ROUND, answer.code)
    open_vote.cast(voters[1], "a")
    open_vote.drain()
    with open_vote.store.sessions() as session:
        assert receipts.find(session, ROUND, answer.code) == first


def test_two_sequencers_leave_one_log(open_vote: Vote) -> None:
    fill(open_vote, 2000)
    workers = [
        threading.Thread(target=open_vote.drain),
        threading.Thread(target=open_vote.drain),
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    leaves = leaf_hashes(open_vote)
    with open_vote.store.sessions() as session:
        newest = log.checkpoint(session, ROUND)
        assert session.get_one(LogHead, ROUND).size == len(leaves) == 2003
    assert newest is not None
    assert (newest.size, newest.root) == (2003, merkle.root(leaves))


def test_a_crash_between_appending_and_signing_is_made_good(open_vote: Vote) -> None:
    with transaction(open_vote.store.sessions) as session:
        log.append_batch(session, ROUND)
    with open_vote.store.sessions() as session:
        assert log.checkpoint(session, ROUND) is None
    assert Sequencer(open_vote.store.sessions, open_vote.keys).run_once() == 0
    with open_vote.store.sessions() as session:
        newest = log.checkpoint(session, ROUND)
    assert newest is not None
    assert newest.size == 3


def test_a_crash_after_signing_signs_the_same_again(open_vote: Vote) -> None:
    """The key remembers a signature that the database lost."""
    with transaction(open_vote.store.sessions) as session:
        log.append_batch(session, ROUND)
    with open_vote.store.sessions() as session:
        log.sign_checkpoint(session, open_vote.keys, ROUND)
        session.rollback()
    assert open_vote.keys.log_key(ROUND).last_signed()[0] == 3
    fill(open_vote, 10)
    assert open_vote.drain() == 10


def test_a_database_behind_the_signed_log_is_not_signed(open_vote: Vote) -> None:
    """As after restoring an old backup: the log would fork."""
    if open_vote.store.name == "postgresql":
        pytest.skip("a copied file is the backup of the other database")
    open_vote.drain()
    path = open_vote.store.url.removeprefix("sqlite:///")
    open_vote.store.engine.dispose()
    shutil.copy(path, path + ".backup")
    fill(open_vote, 5)
    open_vote.drain()
    open_vote.store.engine.dispose()
    shutil.move(path + ".backup", path)
    fill(open_vote, 6)
    with pytest.raises(LogForked):
        open_vote.drain()


def test_a_forgotten_last_signature_stops_the_signing(open_vote: Vote) -> None:
    (open_vote.keys.folder / ROUND / "log.signed").unlink()
    with pytest.raises(LogForked):
        open_vote.drain()


def test_the_sequencer_runs_until_it_is_stopped(open_vote: Vote, voters: list[str]) -> None:
    stop = threading.Event()
    ours = Sequencer(open_vote.store.sessions, open_vote.keys, interval=0.01)
    worker = threading.Thread(target=ours.run, args=(stop,))
    worker.start()
    answer = open_vote.cast(voters[0], "a")
    state = ReceiptState.QUEUED
    while state is ReceiptState.QUEUED:
        with open_vote.store.sessions() as session:
            state = receipts.find(session, ROUND, answer.code).state
    stop.set()
    worker.join()
    assert state is ReceiptState.LOGGED


def test_one_rounds_lost_key_does_not_stop_the_others_and_is_not_logged_at_every_look(
    open_vote: Vote, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sequencer, "_told", {})
    shutil.rmtree(open_vote.keys.folder / ROUND)
    for _ in range(3):
        Sequencer(open_vote.store.sessions, open_vote.keys).run_once()
    assert caplog.text.count(f"The log of {ROUND} cannot be sequenced.") == 1


@pytest.mark.one_store
def test_a_folder_that_cannot_be_written_to_stops_no_other_round(
    open_vote: Vote, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a folder of keys was brought back as somebody else's."""

    def refuse(path: Path, _content: bytes) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(sequencer, "_told", {})
    monkeypatch.setattr(durable, "write", refuse)
    assert Sequencer(open_vote.store.sessions, open_vote.keys).run_once() == 0
    assert f"The log of {ROUND} cannot be sequenced." in caplog.text


def test_checkpoints_say_when_they_were_signed(open_vote: Vote) -> None:
    open_vote.drain()
    with open_vote.store.sessions() as session:
        [signed] = session.scalars(select(LogCheckpoint.signed_at))
    assert signed.tzinfo is not None
