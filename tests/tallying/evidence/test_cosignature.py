"""Cosignatures of witnesses: tlog-cosignature, version 1.

C2SP publishes no vector with its key. What is published and used here: the verifier key of a
running witness and a cosignature with its time (transparency-dev/formats, `note`), and the message
that C2SP tlog-cosignature prints. The examples of the specification carry no keys to check with.
"""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tallying.evidence import cosignature, notes
from tallying.evidence.checkpoint import Checkpoint
from tallying.evidence.cosignature import Witness, WitnessKey

REMORA = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"
TIMED = (
    "ZGhGuQAAAABm/qTPeyKXD+R2rzyQsxPiP8mXum7qq/iF0u4vanlqJyocWODBt97w9uL+8qT7S5gxEHWWOworDcFiEBYJ"
    "XORmnFBOBA=="
)
BODY = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
MESSAGE = "cosignature/v1\ntime 1679315147\n" + BODY
WITNESS = Witness(notes.generate_key("witness.example.com/w1", WitnessKey)[0])
LOG = notes.Signer(notes.generate_key("example.com/behind-the-sofa")[0])


def test_the_key_of_a_running_witness_is_read() -> None:
    key = WitnessKey.parse(REMORA)
    assert (key.name, key.key_hash.hex(), key.text) == ("remora.n621.de", "da77ade7", REMORA)


def test_the_time_of_a_published_cosignature_is_read() -> None:
    assert cosignature.signed_at(base64.b64decode(TIMED)[4:]) == 1727964367


def test_what_is_signed_is_the_message_of_the_specification() -> None:
    signature = WITNESS.sign_at(BODY, 1679315147)
    assert signature[:8] == (1679315147).to_bytes(8)
    key = Ed25519PublicKey.from_public_bytes(WITNESS.verifier.public)
    key.verify(signature[8:], MESSAGE.encode())


def test_a_checkpoint_carries_log_and_witness() -> None:
    note = Checkpoint.parse(BODY).sign(LOG, WITNESS)
    opened = notes.open_note(note, [LOG.verifier, WITNESS.verifier])
    assert [key.name for key in opened.verified] == [LOG.name, WITNESS.name]
    assert Checkpoint.open(note, [LOG.verifier]).size == 20852163


def test_a_key_is_for_one_kind_of_signature() -> None:
    log_key, witness_key = LOG.verifier.text, WITNESS.verifier.text
    with pytest.raises(notes.InvalidNote):
        WitnessKey.parse(log_key)
    with pytest.raises(notes.InvalidNote):
        notes.Verifier.parse(witness_key)
    with pytest.raises(notes.InvalidNote):
        Witness(notes.generate_key("witness.example.com/w1")[0])
    plain = notes.Verifier(WITNESS.name, WITNESS.verifier.public)
    assert plain.key_hash != WITNESS.verifier.key_hash
    assert plain != WITNESS.verifier


@pytest.mark.parametrize("moment", [0, 2**63, 2**64 - 1])
def test_a_cosignature_without_a_time_that_can_be_is_refused(moment: int) -> None:
    assert not WITNESS.verifier.accepts(BODY, WITNESS.sign_at(BODY, moment))


@pytest.mark.parametrize("place", [0, 7, 8, 71])
def test_no_byte_of_a_cosignature_can_be_altered(place: int) -> None:
    signature = bytearray(WITNESS.sign(BODY))
    assert WITNESS.verifier.accepts(BODY, bytes(signature))
    signature[place] ^= 1
    assert not WITNESS.verifier.accepts(BODY, bytes(signature))


@pytest.mark.parametrize("length", [0, 7, 8, 71, 73])
def test_a_cosignature_of_another_length_is_refused(length: int) -> None:
    signature = (WITNESS.sign(BODY) + b"0")[:length]
    assert not WITNESS.verifier.accepts(BODY, signature)
    line = notes.signature_line(WITNESS.verifier, signature)
    note = f"{BODY}\n{line}".encode()
    with pytest.raises(notes.InvalidNote):
        notes.open_note(note, [WITNESS.verifier])


def test_an_extension_line_is_signed_too() -> None:
    extended = BODY + "Extendo\n"
    signature = WITNESS.sign(extended)
    assert WITNESS.verifier.accepts(extended, signature)
    assert not WITNESS.verifier.accepts(BODY, signature)
