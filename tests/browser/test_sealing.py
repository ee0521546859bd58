"""What the browser seals opens with the two bodies' keys, and shows nothing but its length."""

from typing import Any

import pytest
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric import mlkem, x25519
from playwright.sync_api import Error, Page

from tallying.ballots import canonical as canonical_choices
from tallying.election import BallotStyle
from tallying.evidence import canonical
from tallying.sealing.seal import read_plain
from tests.browser.conftest import PageFactory

pytestmark = pytest.mark.browser

SIZE = 512
LAYER = 1136
SUITE = "MLKEM768-X25519/HKDF-SHA256/AES-256-GCM"
SEAL = """async ([parameters, choices]) => {
  const { seal } = await import("/static/js/seal.js");
  return seal(parameters, choices);
}"""
CHOICES_OF = """async ([style, ids, ballot]) => {
  const { choicesOf } = await import("/static/js/booth-rules.js");
  return choicesOf({ style, projects: Object.fromEntries(ids.map((id) => [id, {}])) }, ballot);
}"""
IDS = ["b", "école", "é", "a", "\ufb00", "𝄞", "\u200d", "a b", '"\\']
CHOICES: dict[str, Any] = {
    "approval": {"ids": ["b", "a"]},
    "knapsack": {"ids": IDS},
    "ranked": {"ids": ["b", "a", "é"]},
    "points": {"grades": {"b": 3, "a": 7, "10": 1, "elsewhere": 4}},
    "score": {"grades": dict.fromkeys(IDS, 5)},
}


class Layer:
    """One body's key pair, and the opening by the standard's own words."""

    def __init__(self, name: str) -> None:
        self.name = name
        lattice, curve = mlkem.MLKEM768PrivateKey.generate(), x25519.X25519PrivateKey.generate()
        self._private = hpke.MLKEM768X25519PrivateKey(lattice, curve)
        public = lattice.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw()
        self.key = canonical.b64u(public)

    def open(self, sealed: bytes, round_id: str, box_id: str) -> bytes:
        suite = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
        info = f"pb-seal/1|{round_id}|{box_id}|{self.name}".encode()
        return suite.decrypt(sealed, self._private, info)


@pytest.fixture(scope="module")
def inner() -> Layer:
    return Layer("inner")


@pytest.fixture(scope="module")
def outer() -> Layer:
    return Layer("outer")


@pytest.fixture
def page(page_factory: PageFactory) -> Page:
    page = page_factory()
    page.goto("/static/js/site.js")
    return page


@pytest.fixture
def parameters(inner: Layer, outer: Layer) -> dict[str, Any]:
    return {
        "round": "example/schools",
        "box": "north",
        "size": SIZE,
        "suite": SUITE,
        "keys": {"inner": inner.key, "outer": outer.key},
    }


@pytest.mark.parametrize("style", CHOICES)
def test_both_bodies_together_open_what_the_browser_sealed(
    page: Page, parameters: dict[str, Any], inner: Layer, outer: Layer, style: str
) -> None:
    choices = page.evaluate(CHOICES_OF, [style, [*IDS, "10"], CHOICES[style]])
    sealed = canonical.unb64u(page.evaluate(SEAL, [parameters, choices]))
    assert len(sealed) == SIZE + 2 * LAYER
    middle = outer.open(sealed, "example/schools", "north")
    padded = inner.open(middle, "example/schools", "north")
    assert len(padded) == SIZE
    found, nonce = read_plain(padded.rstrip(b"\0"))
    assert found == in_order(style)
    assert len(nonce) == 16


def in_order(style: str) -> list[Any]:
    """The choices as the ballot box writes them."""
    ballot = CHOICES[style]
    if "ids" in ballot:
        return canonical_choices(BallotStyle(style), ballot["ids"])
    pairs = [[id_, points] for id_, points in ballot["grades"].items() if id_ != "elsewhere"]
    return canonical_choices(BallotStyle(style), pairs)


def test_two_envelopes_of_one_ballot_have_nothing_in_common(
    page: Page, parameters: dict[str, Any], inner: Layer, outer: Layer
) -> None:
    first, second = (canonical.unb64u(page.evaluate(SEAL, [parameters, ["a"]])) for _ in range(2))
    opened = [
        inner.open(outer.open(sealed, "example/schools", "north"), "example/schools", "north")
        for sealed in (first, second)
    ]
    assert first[:32] != second[:32]
    assert opened[0] != opened[1]


def test_a_blank_and_a_full_ballot_have_the_same_length(
    page: Page, parameters: dict[str, Any]
) -> None:
    full = [f"project-{number}" for number in range(30)]
    lengths = {len(page.evaluate(SEAL, [parameters, choices])) for choices in ([], ["a"], full)}
    assert len(lengths) == 1


@pytest.mark.parametrize(
    ("change", "choices"),
    [
        ({"size": 64}, ["a" * 64]),
        ({"suite": "DHKEM"}, ["a"]),
        ({"keys": {"inner": "AAAA", "outer": "AAAA"}}, ["a"]),
    ],
    ids=["too large", "another suite", "a broken key"],
)
def test_what_cannot_be_sealed_is_refused(
    page: Page, parameters: dict[str, Any], change: dict[str, Any], choices: list[str]
) -> None:
    with pytest.raises(Error):
        page.evaluate(SEAL, [parameters | change, choices])
