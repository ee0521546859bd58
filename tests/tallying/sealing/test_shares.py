from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallying.errors import InvalidLayerKey
from tallying.sealing import bech32
from tallying.sealing.bech32 import ALPHABET, read, write
from tallying.sealing.keys import LayerKey, fingerprint, key_id
from tallying.sealing.shares import Share, combine, split
from tests.tallying.sealing.sealed import layer_key

KEY = layer_key("outer")
SHARES = split(KEY)


@pytest.mark.parametrize("two", list(permutations(range(3), 2)))
def test_any_two_of_three_shares_give_the_key(two: tuple[int, int]) -> None:
    assert combine([SHARES[place] for place in two]).seed == KEY.seed


def test_shares_are_combined_in_the_field_that_the_format_names() -> None:
    """In the field of AES 0x80 times 2 is 0x1b."""
    key = LayerKey(bytes(range(32)))
    one, two = (
        Share(number, key_id(key.public), bytes(byte ^ added for byte in key.seed))
        for number, added in ((1, 0x80), (2, 0x1B))
    )
    assert combine([one, two]).seed == key.seed


@settings(max_examples=30, deadline=None)
@given(st.binary(min_size=32, max_size=32))
def test_every_key_comes_back_from_its_shares(seed: bytes) -> None:
    one, _, three = split(LayerKey(seed))
    assert combine([three, one]).seed == seed


def test_one_share_tells_nothing_of_the_key() -> None:
    """Whatever a byte of the key is, each byte of a share takes every value."""
    splittings = [split(LayerKey(b"\0" * 32)) for _ in range(500)]
    for number in range(3):
        values = {byte for shares in splittings for byte in shares[number].value}
        assert len(values) == 256


def test_one_share_alone_or_twice_gives_nothing() -> None:
    with pytest.raises(InvalidLayerKey, match="Two shares are needed; 1 were given"):
        combine(SHARES[:1])
    with pytest.raises(InvalidLayerKey, match="Both are share 1"):
        combine([SHARES[0], SHARES[0]])


def test_shares_of_different_keys_give_nothing() -> None:
    other = split(layer_key("inner"))
    with pytest.raises(InvalidLayerKey, match="of different keys") as refused:
        combine([SHARES[0], other[1]])
    assert fingerprint(KEY.public) in str(refused.value)


def test_shares_of_two_splittings_of_one_key_give_nothing() -> None:
    with pytest.raises(InvalidLayerKey, match="do not fit together"):
        combine([SHARES[0], split(KEY)[1]])


def test_a_share_names_its_number_and_its_key_and_hides_the_rest_in_print() -> None:
    assert repr(SHARES[1]) == f"<Share 2 of the key {fingerprint(KEY.public)}>"


def test_a_share_reads_back_however_it_is_typed() -> None:
    share = SHARES[2]
    for text in (
        share.text,
        share.text.lower(),
        share.text.replace(" ", ""),
        f"# Share 3 of 3\n{share.text[:40]}\n  {share.text[40:]}\n",
    ):
        assert Share.parse(text) == share


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_one_typing_error_is_found_and_its_place_named(data: st.DataObject) -> None:
    typed = list(SHARES[0].text.lower().replace(" ", ""))
    place = data.draw(st.integers(len("pb-share1"), len(typed) - 1))
    others = ALPHABET.replace(typed[place], "")
    typed[place] = data.draw(st.sampled_from(others))
    group = (place - len("pb-share1")) // 4 + 1
    with pytest.raises(InvalidLayerKey, match=rf"typing error, most likely in group {group} of"):
        Share.parse("".join(typed))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "does not begin with PB-SHARE1"),
        (KEY.text, "does not begin with PB-SHARE1"),
        (SHARES[0].text[:-1], "It has 71 characters after PB-SHARE1; there are 72"),
        (SHARES[0].text + "Q", "It has 73 characters"),
        (SHARES[0].text[:-3] + "B" + SHARES[0].text[-2:], "holds a character that none has"),
        (write("pb-share", b"\x04" + bytes(40)), "There is no share 4"),
    ],
    ids=["empty", "key", "short", "long", "character", "number"],
)
def test_what_is_no_share_is_refused(text: str, said: str) -> None:
    with pytest.raises(InvalidLayerKey, match=said):
        Share.parse(text)


def test_exchanged_neighbours_are_found() -> None:
    text = SHARES[0].text.lower().replace(" ", "")
    for place in range(len("pb-share1"), len(text) - 1, 5):
        if text[place] != text[place + 1]:
            typed = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
            with pytest.raises(InvalidLayerKey, match="typing error"):
                Share.parse(typed)


def test_a_spelling_with_other_last_bits_is_refused() -> None:
    """41 bytes leave 2 bits of their last character; only zeros are a share."""
    values = bech32._regroup(bytes([1, *range(40)]), 8, 5)
    values[-1] |= 1
    check = bech32._polymod(bech32._checked("pb-share", [*values, *([0] * 6)])) ^ bech32.CONSTANT
    values += [check >> 5 * (5 - place) & 31 for place in range(6)]
    with pytest.raises(InvalidLayerKey, match="last characters are not those of a key"):
        Share.parse("pb-share1" + "".join(ALPHABET[value] for value in values))


def test_the_checksum_is_that_of_the_standard() -> None:
    """One of the valid strings of BIP-350."""
    assert read("abcdef", "abcdef1l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx", 20) == bytes.fromhex(
        "ffbbcdeb38bdab49ca307b9ac5a928398a418820"
    )
