import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallying.errors import BallotTooLong, InvalidBallot, InvalidLayerKey, Undecryptable
from tallying.evidence.canonical import b64u, unb64u
from tallying.sealing.keys import LayerKey, generate, read_private, read_public
from tallying.sealing.seal import (
    LAYER_BYTES,
    info,
    pad,
    plain_ballot,
    read_plain,
    seal_layer,
)
from tests.tallying.sealing.sealed import ROUND, SIZE, envelope, layer_key, plain, sealed

NONCE = bytes(range(16))


def opened(content: bytes, box: str = "north", round_id: str = ROUND) -> bytes:
    for layer in ("outer", "inner"):
        content = layer_key(layer).open(info(round_id, box, layer), content)
    return content


def test_an_envelope_opens_outer_first_and_gives_the_padded_ballot() -> None:
    body = plain(1)
    assert opened(envelope(body)) == pad(body, SIZE)


def test_a_plain_ballot_reads_back_its_choices_and_nonce() -> None:
    body = plain_ballot([["school", 3]], NONCE)
    assert body == b'{"choices":[["school",3]],"nonce":"AAECAwQFBgcICQoLDA0ODw","v":1}'
    assert read_plain(body) == ([["school", 3]], NONCE)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b'{"choices":[],"v":1}',
        b'{"choices":[],"nonce":"AAECAwQFBgcICQoLDA0ODw","v":2}',
        b'{"choices":[],"nonce":"AAECAwQFBgcICQoLDA0ODw","v":true}',
        b'{"choices":[],"nonce":"AAECAwQFBgcICQoLDA0O","v":1}',
        b'{"choices":[],"nonce":7,"v":1}',
        b'{"choices":[], "nonce":"AAECAwQFBgcICQoLDA0ODw","v":1}',
        b'{"choices":[],"nonce":"AAECAwQFBgcICQoLDA0ODw","v":1}\0x',
    ],
)
def test_what_is_no_plain_ballot_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidBallot):
        read_plain(body)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text("abc", min_size=1, max_size=6), max_size=20))
def test_every_envelope_has_one_size_whatever_was_chosen(choices: list[str]) -> None:
    body = plain_ballot(choices, NONCE)
    assert len(envelope(body)) == SIZE + 2 * LAYER_BYTES


def test_a_ballot_longer_than_the_rounds_size_is_refused() -> None:
    assert pad(b"x" * SIZE, SIZE) == b"x" * SIZE
    with pytest.raises(BallotTooLong):
        pad(b"x" * (SIZE + 1), SIZE)


def test_the_same_ballot_sealed_twice_gives_different_envelopes() -> None:
    assert envelope(plain(1)) != envelope(plain(1))


@pytest.mark.parametrize(
    ("round_id", "box", "layer"),
    [
        ("assembly/parks", "north", "outer"),
        (ROUND, "south", "outer"),
        (ROUND, "north", "inner"),
    ],
)
def test_an_envelope_opens_for_no_other_round_box_or_layer(
    round_id: str, box: str, layer: str
) -> None:
    content = envelope(plain(1))
    with pytest.raises(Undecryptable):
        layer_key("outer").open(info(round_id, box, layer), content)


def test_an_envelope_does_not_open_with_another_key() -> None:
    with pytest.raises(Undecryptable):
        layer_key("inner").open(info(ROUND, "north", "outer"), envelope(plain(1)))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_one_flipped_bit_anywhere_leaves_nothing_to_open(data: st.DataObject) -> None:
    content = bytearray(sealed("outer", b"ballot"))
    content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(Undecryptable):
        layer_key("outer").open(info(ROUND, "north", "outer"), bytes(content))


@pytest.mark.parametrize("length", [0, 1, 1119, 1120, 1135, 1136, 1141])
def test_a_shortened_layer_does_not_open(length: int) -> None:
    with pytest.raises(Undecryptable):
        layer_key("outer").open(info(ROUND, "north", "outer"), sealed("outer", b"ballot")[:length])


@pytest.mark.parametrize("tail", [b"\0", b"x" * LAYER_BYTES])
def test_an_extended_layer_does_not_open(tail: bytes) -> None:
    with pytest.raises(Undecryptable):
        layer_key("outer").open(info(ROUND, "north", "outer"), sealed("outer", b"ballot") + tail)


@pytest.mark.parametrize("curve_point", [b"\0" * 32, b"\x01" + b"\0" * 31, b"\xff" * 32])
def test_a_degenerate_point_in_an_envelope_does_not_open(curve_point: bytes) -> None:
    content = sealed("outer", b"ballot")
    with pytest.raises(Undecryptable):
        layer_key("outer").open(
            info(ROUND, "north", "outer"), content[:1088] + curve_point + content[1120:]
        )


@pytest.mark.parametrize("names", [("a|b", "c"), ("a", "b|c")])
def test_no_name_may_be_read_as_two(names: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="holds no"):
        info(*names, "outer")


def test_what_another_implementation_sealed_opens() -> None:
    vector = json.loads((Path(__file__).parent / "hpke_js.json").read_text())
    key = LayerKey(unb64u(vector["seed"]))
    content = key.open(vector["info"].encode(), unb64u(vector["ciphertext"]))
    assert content.decode() == vector["body"]


def test_keys_read_back_as_they_are_written() -> None:
    private, public = generate()
    key = read_private(private)
    assert read_public(public) == read_public(public + "\n") == key.public
    assert key.text == private
    assert key.open(b"i", seal_layer(key.public, b"i", b"ballot")) == b"ballot"


def test_two_keys_are_different() -> None:
    assert generate()[0] != generate()[0]


def test_a_key_does_not_show_its_secret_when_it_is_printed() -> None:
    key = layer_key("outer")
    assert key.seed.hex() not in repr(key)
    assert repr(key).startswith("<LayerKey ")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff" * 1216,
        layer_key("outer").public[:-1],
        layer_key("outer").public + b"x",
        layer_key("outer").public[:1184] + b"\0" * 32,
    ],
    ids=["empty", "lattice", "short", "long", "curve"],
)
def test_a_public_key_with_which_nothing_can_be_sealed_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidLayerKey, match="not the public key of a layer"):
        read_public(b64u(content))


@pytest.mark.parametrize("text", ["", "PB-LAYER-KEY1", "é" * 20, "PRIVATE+KEY+a+b+c"])
def test_what_is_no_private_key_is_refused(text: str) -> None:
    with pytest.raises(InvalidLayerKey, match="not the private key of a layer"):
        read_private(text)
