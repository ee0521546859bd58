"""Canonical JSON: one form for each value, and every other spelling refused."""

import json
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallying.evidence import canonical

TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs"], include_characters="\n")).map(
    lambda text: unicodedata.normalize("NFC", text)
)
SCALARS = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS
KEYS = st.text("abcdefghijklmnopqrstuvwxyz0123456789_", min_size=1, max_size=6)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4)
)


@given(VALUES)
def test_a_value_comes_back_from_its_one_form(value: Any) -> None:
    content = canonical.dumps(value)
    assert canonical.loads(content) == value
    assert json.loads(content) == value


@given(VALUES)
def test_any_other_spelling_is_refused(value: Any) -> None:
    content = canonical.dumps(value)
    spaced = json.dumps(value, indent=1).encode()
    for other in (spaced, content + b"\n", b" " + content):
        if other != content:
            with pytest.raises(canonical.NotCanonical):
                canonical.loads(other)


def test_keys_are_sorted_and_nothing_is_padded() -> None:
    assert canonical.dumps({"b": [1, 'é\n"\\'], "a": None, "a_1": ()}) == (
        '{"a":null,"a_1":[],"b":[1,"é\\n\\"\\\\"]}'.encode()
    )


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        2**53,
        -(2**53),
        10**400,
        {"Upper": 1},
        {"": 1},
        {"a b": 1},
        {1: 2},
        "a\tb",
        "a\rb",
        "\x00",
        "\x7f",
        "\x85",
        "\ud800",
        "e\u0301",
        b"bytes",
        {1, 2},
    ],
)
def test_a_value_beyond_the_limits_has_no_form(value: Any) -> None:
    with pytest.raises(canonical.NotCanonical):
        canonical.dumps([value])


def test_sixteen_levels_are_the_most() -> None:
    value: Any = 0
    for _ in range(16):
        value = [value]
    assert canonical.loads(canonical.dumps(value)) == value
    with pytest.raises(canonical.NotCanonical, match="deeper"):
        canonical.dumps([value])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff",
        b"\xef\xbb\xbf1",
        b"1.0",
        b"1e3",
        b"-0",
        b"NaN",
        b"Infinity",
        b'{"a":1,"a":1}',
        b'{"b":1,"a":1}',
        b'"\\u0041"',
        b'"\\ud800"',
        b"[" * 100_000,
        b"9" * 5000,
        '"e\u0301"'.encode(),
    ],
)
def test_bytes_that_are_not_the_one_form_are_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(canonical.NotCanonical) as refused:
        canonical.loads(content)
    assert str(refused.value).endswith(".")


def test_the_digest_is_that_of_the_canonical_bytes() -> None:
    assert canonical.digest({}) == "RBNvo1WzZ4oRRq0W9-hknpT7T8If536DEMBg9hyq_4o"


@given(st.binary(max_size=50))
def test_base64url_comes_back(content: bytes) -> None:
    assert canonical.unb64u(canonical.b64u(content)) == content


@pytest.mark.parametrize("text", ["A", "AA==", "AB", "A+", "A/", "A A", "é", "AA\n"])
def test_any_other_spelling_of_base64url_is_refused(text: str) -> None:
    with pytest.raises(canonical.NotCanonical):
        canonical.unb64u(text)


@given(st.lists(VALUES))
def test_lines_read_together_are_those_read_one_by_one(values: list[Any]) -> None:
    lines = [canonical.dumps(value) for value in values]
    assert canonical.loads_together(lines) == values
    assert canonical.encoded_each(values) == lines
    assert [canonical.encoded(value) for value in values] == lines


@pytest.mark.parametrize(
    "line",
    [
        *(b"", b"1,2", b" 1", b"1.0", b"-0", b"9007199254740992", b'{"A":1}', b'{"a":1,"a":1}'),
        *(b'{"b":1,"a":1}', b'"\\t"', b'"\\u0041"', b"\xff", b'"\x7f"', '"e\u0301"'.encode()),
        *(b"[" * 17 + b"]" * 17, b"[1", b"2]", b"NaN", b"[" * 50_000),
    ],
)
def test_one_line_that_is_not_canonical_is_seen_among_others(line: bytes) -> None:
    assert canonical.loads_together([b"1", line, b'{"a":2}']) is None


def test_no_line_begins_what_another_ends() -> None:
    for lines in ([b"[1", b"2]"], [b"[1", b"2]", b"3,4"], [b'"a', b'b"'], [b"[", b"]", b"1,2"]):
        assert canonical.loads_together(lines) is None
