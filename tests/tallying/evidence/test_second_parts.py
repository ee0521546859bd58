"""The parts of `pbverify.py` that stand alone: signatures, trees and canonical JSON."""

import json
from fractions import Fraction
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from tallying.evidence import canonical, merkle
from tests.tallying.evidence.second import pbverify

# Signatures

VECTORS = [  # RFC 8032, section 7.1: public key, message, signature
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
            "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
            "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
]


@pytest.mark.parametrize("vector", VECTORS)
def test_the_published_signatures_hold_and_no_altered_one_does(vector: tuple[str, ...]) -> None:
    public, message, signature = map(bytes.fromhex, vector)
    assert pbverify.signature_holds(public, message, signature)
    assert not pbverify.signature_holds(public, message + b"x", signature)
    for place in (0, 31, 32, 63):
        wrong = bytearray(signature)
        wrong[place] ^= 1
        assert not pbverify.signature_holds(public, message, bytes(wrong))
    assert not pbverify.signature_holds(public, message, signature[:-1])
    assert not pbverify.signature_holds(public, message, signature + b"\0")


def test_another_spelling_of_a_signature_or_a_point_is_refused() -> None:
    public, message, signature = map(bytes.fromhex, VECTORS[0])
    s = int.from_bytes(signature[32:], "little") + pbverify.L
    assert not pbverify.signature_holds(public, message, signature[:32] + s.to_bytes(32, "little"))
    for number in (pbverify.P, pbverify.P + 1, 2**255 + 1, 2):  # too large, −0, not on the curve
        assert pbverify._point(number.to_bytes(32, "little")) is None
    assert not pbverify.signature_holds(b"\xff" * 32, message, signature)


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200))
def test_signatures_of_another_implementation_hold(seed: bytes, message: bytes) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public = key.public_key().public_bytes_raw()
    assert pbverify.signature_holds(public, message, key.sign(message))
    assert not pbverify.signature_holds(public, message + b"\0", key.sign(message))


# Trees and canonical JSON, against the first program's


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 5, 7, 8, 9, 31, 64, 100])
def test_both_programs_grow_the_same_tree(size: int) -> None:
    leaves = [merkle.leaf_hash(str(n).encode()) for n in range(size)]
    nodes = merkle.nodes_of(leaves)
    found = pbverify.roots(leaves, range(size + 1))
    assert found == {n: merkle.root_at(n, nodes) for n in range(size + 1)}
    for index in range(size):
        path = merkle.inclusion_proof(index, size, nodes)
        assert pbverify.root_by_path(leaves[index], index, size, path) == found[size]
        with pytest.raises(pbverify.Failed):
            pbverify.root_by_path(leaves[index], index, size, [*path, leaves[0]])


TEXTS = st.text(max_size=6) | st.sampled_from(["\u0301", "e\u0301", "\n", "\\u", '\\"', "\x7f"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**54), 2**54) | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS | st.just("a"), inner),
    max_leaves=8,
)


@given(VALUES, st.booleans())
def test_both_programs_take_the_same_json(value: Any, ascii_only: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, sort_keys=True, separators=(",", ":"))
    content = text.encode("utf8", "surrogatepass")
    assert _taken(pbverify.loads, pbverify.Failed, content) == _taken(
        canonical.loads, canonical.NotCanonical, content
    )


@pytest.mark.parametrize(
    "text",
    ['{"a":1,"a":1}', '{"b":1,"a":1}', "1.0", "1e2", "-0", "[1, 2]", '"\\u0041"', '"\\/"', "NaN",
     '"\\t"', '"\\\\t"', '"\\\\\\t"', '"\\ud800"', "9007199254740992", "", "[", '{"A":1}', "01",
     "[" * 16 + "]" * 16, "[" * 17 + "]" * 17, "[" * 5000, "[" + "[]," * 20 + "[]]", '"a\\nb"'],
)  # fmt: skip
def test_both_programs_refuse_the_same_spellings(text: str) -> None:
    assert _taken(pbverify.loads, pbverify.Failed, text.encode()) == _taken(
        canonical.loads, canonical.NotCanonical, text.encode()
    )


def _taken(loads: Any, refusal: type[Exception], content: bytes) -> Any:
    try:
        return loads(content)
    except refusal:
        return "refused"


def test_a_difference_late_in_a_long_value_is_shown() -> None:
    with pytest.raises(pbverify.Failed) as raised:
        pbverify.equal("a" * 300 + "b" + "c" * 300, "a" * 300 + "d" + "c" * 300, "They differ")
    found, expected = str(raised.value).split(", expected ")
    assert "ab" in found
    assert "ad" in expected
    assert len(str(raised.value)) < 400


def test_an_amount_is_told_as_a_number() -> None:
    with pytest.raises(pbverify.Failed, match='found 48000000, expected "1/3"'):
        pbverify.equal(Fraction(48000000), Fraction(1, 3), "They differ")
