"""Secrets are files that nobody else can read, or the box does not start."""

from pathlib import Path

import pytest

from tallying.evidence import merkle
from tallying.evidence.checkpoint import Checkpoint
from voting.errors import LogForked, UnsafeKey
from voting.keys import KeyStore

ROUND = "example/budget"


@pytest.fixture
def keys(tmp_path: Path) -> KeyStore:
    store = KeyStore(tmp_path / "keys", "vote.example.org")
    store.create(ROUND)
    return store


def test_keys_are_made_once_and_private(keys: KeyStore) -> None:
    before = keys.round_key(ROUND)
    keys.create(ROUND)
    assert keys.round_key(ROUND) == before
    assert len(before) == 32
    modes = {path.name: path.stat().st_mode & 0o777 for path in (keys.folder / ROUND).iterdir()}
    assert modes == {
        "round.key": 0o400,
        "log.key": 0o400,
        "receipt.key": 0o400,
        "log.signed": 0o600,
    }


@pytest.mark.parametrize("mode", [0o404, 0o440, 0o666])
def test_a_key_that_others_can_read_is_refused(keys: KeyStore, mode: int) -> None:
    (keys.folder / ROUND / "round.key").chmod(mode)
    with pytest.raises(UnsafeKey, match="read by others"):
        keys.round_key(ROUND)


def test_a_missing_key_is_named(keys: KeyStore) -> None:
    with pytest.raises(UnsafeKey, match=r"round\.key"):
        keys.round_key("example/other")


@pytest.mark.parametrize(
    "name", ["../../etc", "a", "a/b/c", "a/..", "A/b", "a/b\n", "/a/b", "a//b"]
)
def test_a_name_that_is_no_round_reaches_no_file(keys: KeyStore, name: str) -> None:
    with pytest.raises(UnsafeKey):
        keys.create(name)


def test_the_pepper_is_made_once(keys: KeyStore) -> None:
    assert keys.pepper() == keys.pepper()


def test_the_log_key_signs_only_what_extends(keys: KeyStore) -> None:
    leaves = [merkle.leaf_hash(bytes([number])) for number in range(3)]
    key = keys.log_key(ROUND)
    one = Checkpoint(keys.origin(ROUND), 1, merkle.root(leaves[:1]))
    two = Checkpoint(keys.origin(ROUND), 2, merkle.root(leaves[:2]))
    assert key.sign(one, []) == key.sign(one, [])
    key.sign(two, [leaves[1]])
    other = merkle.root([leaves[0], leaves[2]])
    forks = [
        (one, []),
        (Checkpoint(two.origin, 2, other), []),
        (Checkpoint(two.origin, 3, merkle.root(leaves)), [leaves[1]]),
        (Checkpoint(two.origin, 3, merkle.root(leaves)), []),
    ]
    for checkpoint, proof in forks:
        with pytest.raises(LogForked):
            key.sign(checkpoint, proof)
    key.sign(Checkpoint(two.origin, 3, merkle.root(leaves)), [leaves[2]])
    assert key.last_signed() == (3, merkle.root(leaves))


def test_a_log_keeps_its_name_when_the_installation_gets_another_address(keys: KeyStore) -> None:
    moved = KeyStore(keys.folder, "other.example.org")
    assert moved.origin(ROUND) == keys.origin(ROUND) == f"vote.example.org/{ROUND}"
    assert moved.log_signer(ROUND).name == moved.origin(ROUND)
