"""Signed notes and checkpoints against published examples, and forged ones refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallying.evidence import merkle, notes
from tallying.evidence.checkpoint import Checkpoint

# The examples of golang.org/x/mod/sumdb/note and of C2SP signed-note.
GO_SKEY = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
GO_SIGNATURE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdng"
    "otpRZb6KE6RyyBwJnAM=\n"
)
C2SP_VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
C2SP_NOTE = (
    "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ON"
    "ncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
SIGNER = notes.Signer(notes.generate_key("log.example.org/one")[0])
OTHER = notes.Signer(notes.generate_key("log.example.org/one")[0])


def test_the_published_note_is_signed_byte_for_byte() -> None:
    signer = notes.Signer(GO_SKEY)
    assert signer.verifier_key == GO_VKEY
    assert notes.sign(GO_TEXT, signer).decode() == GO_TEXT + "\n" + GO_SIGNATURE


def test_the_published_notes_open_with_their_keys() -> None:
    go = notes.open_note((GO_TEXT + "\n" + GO_SIGNATURE).encode(), [notes.Verifier.parse(GO_VKEY)])
    assert go.text == GO_TEXT
    c2sp = notes.open_note(C2SP_NOTE.encode(), [notes.Verifier.parse(C2SP_VKEY)])
    assert [key.name for key in c2sp.verified] == ["example.com/foo"]


def test_signatures_of_unknown_keys_are_ignored() -> None:
    note = notes.sign("words\n", OTHER, SIGNER)
    assert notes.open_note(note, [SIGNER.verifier]).verified == (SIGNER.verifier,)


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_no_altered_byte_goes_unnoticed(place: int, change: int) -> None:
    content = bytearray(notes.sign("A first line.\n\nA second one.\n", SIGNER))
    content[place % len(content)] ^= change
    with pytest.raises(notes.InvalidNote):
        notes.open_note(bytes(content), [SIGNER.verifier])


def test_a_signature_by_another_key_of_the_same_name_is_refused() -> None:
    with pytest.raises(notes.InvalidNote, match="not signed by"):
        notes.open_note(notes.sign("words\n", OTHER), [SIGNER.verifier])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"words\n",
        b"words\n\n",
        b"words\n\n\n",
        b"\xff\n\n",
        b"wo\x00rds\n\n" + GO_SIGNATURE.encode(),
        b"words\n\n- name AAAAAAA=\n",
        "words\n\n— name\n".encode(),
        "words\n\n— name AAAA\n".encode(),
        "words\n\n— name ****\n".encode(),
        "words\n\n— na+me AAAAAAA=\n".encode(),
        "words\n\n— name AAAAAAB=\n".encode(),
        f"words\n\n{GO_SIGNATURE}".removesuffix("\n").encode(),
        f"words\n\n{GO_SIGNATURE * 101}".encode(),
        b"a" * 1_000_001,
    ],
)
def test_a_malformed_note_is_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(notes.InvalidNote) as refused:
        notes.open_note(content, [SIGNER.verifier])
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "name",
        "name+c74f20a3",
        GO_VKEY.replace("c74f20a3", "c74f20a4"),
        GO_VKEY.replace("c74f20a3", "C74F20A3"),
        GO_VKEY.replace("Peter", "Pieter"),
        GO_VKEY.replace("Peter", "Peter "),
        GO_VKEY.replace("+ARpc", "+AhpC"),
        GO_VKEY[:-4],
    ],
)
def test_a_malformed_key_is_refused(vkey: str) -> None:
    with pytest.raises(notes.InvalidNote):
        notes.Verifier.parse(vkey)
    with pytest.raises(notes.InvalidNote):
        notes.Signer(vkey)


def test_a_private_key_must_match_its_hash_and_stays_out_of_sight() -> None:
    with pytest.raises(notes.InvalidNote, match="damaged"):
        notes.Signer(GO_SKEY.replace("c74f20a3", "c74f20a4"))
    assert "AYEK" not in repr(notes.Signer(GO_SKEY))


@pytest.mark.parametrize("name", ["", "two words", "a+b", "line\nbreak", "no\u00a0break"])
def test_a_key_needs_a_name_without_space_or_plus(name: str) -> None:
    with pytest.raises(notes.InvalidNote):
        notes.generate_key(name)


@pytest.mark.parametrize("text", ["no newline", "a\ttab\n", ""])
def test_a_text_that_is_no_note_is_not_signed(text: str) -> None:
    with pytest.raises(notes.InvalidNote):
        notes.sign(text, SIGNER)


def test_a_checkpoint_comes_back_from_its_note() -> None:
    checkpoint = Checkpoint(SIGNER.name, 7, merkle.leaf_hash(b"seven"))
    assert Checkpoint.open(checkpoint.sign(SIGNER), [SIGNER.verifier]) == checkpoint
    lines = checkpoint.text().split("\n")
    assert lines == ["log.example.org/one", "7", checkpoint.root_text, ""]


def test_a_checkpoint_of_another_log_is_refused() -> None:
    note = Checkpoint("log.example.org/two", 0, merkle.EMPTY).sign(SIGNER)
    with pytest.raises(notes.InvalidNote, match="not of"):
        Checkpoint.open(note, [SIGNER.verifier])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "origin\n1\n",
        f"\n1\n{Checkpoint('o', 1, merkle.EMPTY).root_text}\n",
        f"origin\n01\n{Checkpoint('o', 1, merkle.EMPTY).root_text}\n",
        f"origin\n-1\n{Checkpoint('o', 1, merkle.EMPTY).root_text}\n",
        f"origin\n1\n{Checkpoint('o', 1, merkle.EMPTY).root_text}",
        f"origin\n1\n{Checkpoint('o', 1, merkle.EMPTY).root_text}\nmore\n",
        "origin\n1\nAAAA\n",
        "origin\n1\n????\n",
    ],
)
def test_a_malformed_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(notes.InvalidNote):
        Checkpoint.parse(text)
