"""The log's key signs what extends its last signature, and no other history."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tallying.evidence import merkle
from tallying.evidence.checkpoint import Checkpoint
from tallying.evidence.notes import Signer, generate_key
from voting.errors import LogForked
from voting.log_key import LogKey

ORIGIN = "vote.example.org/example/budget-2027"
ENTRIES = [f"entry {number}" for number in range(40)]
SIGNED = 20
"""Entries under the last signature."""


def leaves(entries: Sequence[str]) -> list[bytes]:
    return [merkle.leaf_hash(entry.encode()) for entry in entries]


def checkpoint(entries: Sequence[str]) -> Checkpoint:
    return Checkpoint(ORIGIN, len(entries), merkle.root(leaves(entries)))


def proof(entries: Sequence[str], old: int = SIGNED) -> list[bytes]:
    return merkle.consistency_proof(old, len(entries), merkle.nodes_of(leaves(entries)))


@pytest.fixture
def key(tmp_path: Path) -> LogKey:
    """A key that has signed the first twenty entries."""
    found = LogKey(Signer(generate_key(ORIGIN)[0]), tmp_path / "log.signed")
    found.begin()
    found.sign(checkpoint(ENTRIES[:SIGNED]), [])
    return found


def test_a_log_that_grows_is_signed(key: LogKey) -> None:
    note = key.sign(checkpoint(ENTRIES), proof(ENTRIES))
    assert Checkpoint.open(note, [key.signer.verifier]).size == 40
    assert key.last_signed()[0] == 40


ANEW = {
    "edited": [*ENTRIES[:7], "another", *ENTRIES[8:30]],
    "removed": [*ENTRIES[:7], *ENTRIES[8:31]],
    "inserted": [*ENTRIES[:7], "another", *ENTRIES[7:29]],
    "reordered": [*ENTRIES[:7], ENTRIES[8], ENTRIES[7], *ENTRIES[9:30]],
    "another log": [f"other {number}" for number in range(30)],
}


@pytest.mark.parametrize("how", ANEW)
def test_a_past_written_anew_is_not_signed(key: LogKey, how: str) -> None:
    for entries in (ANEW[how], ANEW[how][:SIGNED]):
        with pytest.raises(LogForked):
            key.sign(checkpoint(entries), proof(entries))
    assert key.last_signed() == (SIGNED, merkle.root(leaves(ENTRIES[:SIGNED])))


def test_a_shorter_log_is_not_signed(key: LogKey) -> None:
    with pytest.raises(LogForked):
        key.sign(checkpoint(ENTRIES[:10]), [])


PROOFS = {
    "none": [],
    "cut short": proof(ENTRIES)[:-1],
    "too long": [*proof(ENTRIES), bytes(32)],
    "turned round": proof(ENTRIES)[::-1],
    "of another size": proof(ENTRIES, 19),
    "short hashes": [found[:31] for found in proof(ENTRIES)],
}


@pytest.mark.parametrize("how", PROOFS)
def test_a_malformed_proof_is_not_taken(key: LogKey, how: str) -> None:
    with pytest.raises(LogForked):
        key.sign(checkpoint(ENTRIES), PROOFS[how])


@pytest.mark.parametrize("content", [None, b"", b"{}", b'{"root":"AA","size":"20"}'])
def test_a_record_that_is_lost_or_damaged_stops_the_signing(
    key: LogKey, content: bytes | None
) -> None:
    key.state.unlink()
    if content is not None:
        key.state.write_bytes(content)
    with pytest.raises(LogForked):
        key.sign(checkpoint(ENTRIES), proof(ENTRIES))
