"""The Merkle tree against published values, and its proofs on trees of every shape."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallying.evidence import merkle

# The entries and roots of the Certificate Transparency reference tests (RFC 6962).
ENTRIES = [
    bytes.fromhex(entry)
    for entry in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
CONSISTENCY = {
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
LEAVES = [merkle.leaf_hash(entry) for entry in ENTRIES]
NODE = merkle.nodes_of(LEAVES)


def leaves_of(size: int) -> list[bytes]:
    return [merkle.leaf_hash(str(number).encode()) for number in range(size)]


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_the_reference_tests(size: int) -> None:
    assert merkle.root(LEAVES[:size]).hex() == ROOTS[size]
    assert merkle.root_at(size, NODE).hex() == ROOTS[size]


@pytest.mark.parametrize(("sizes", "proof"), CONSISTENCY.items())
def test_consistency_proofs_are_those_of_the_reference_tests(
    sizes: tuple[int, int], proof: list[str]
) -> None:
    found = merkle.consistency_proof(*sizes, NODE)
    assert [part.hex() for part in found] == proof


def by_definition(leaves: list[bytes]) -> bytes:
    """Section 2.1 of RFC 6962, word for word."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"").digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    left, right = by_definition(leaves[:split]), by_definition(leaves[split:])
    return sha256(b"\x01" + left + right).digest()


@given(st.integers(0, 200))
def test_the_root_is_that_of_the_definition(size: int) -> None:
    leaves = leaves_of(size)
    assert merkle.root(leaves) == by_definition(leaves)


@given(st.data())
def test_every_leaf_has_a_proof_that_holds_for_it_alone(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 300))
    index = data.draw(st.integers(0, size - 1))
    leaves = leaves_of(size)
    root = merkle.root(leaves)
    proof = merkle.inclusion_proof(index, size, merkle.nodes_of(leaves))
    assert merkle.verify_inclusion(leaves[index], index, size, proof, root)

    other = data.draw(st.integers(0, size - 1).filter(lambda place: place != index) | st.none())
    if other is not None:
        assert not merkle.verify_inclusion(leaves[other], index, size, proof, root)
        assert not merkle.verify_inclusion(leaves[index], other, size, proof, root)
    assert not merkle.verify_inclusion(leaves[index], index, size, [*proof, root], root)
    assert not merkle.verify_inclusion(leaves[index], size, size, proof, root)
    assert not merkle.verify_inclusion(leaves[index], -1, size, proof, root)
    if proof:
        assert not merkle.verify_inclusion(leaves[index], index, size, proof[:-1], root)
        assert not merkle.verify_inclusion(leaves[index], index, size, proof[::-1], leaves[index])


@given(st.data())
def test_every_tree_is_shown_to_extend_its_beginnings(data: st.DataObject) -> None:
    new_size = data.draw(st.integers(1, 300))
    old_size = data.draw(st.integers(1, new_size))
    node = merkle.nodes_of(leaves_of(new_size))
    old, new = merkle.root_at(old_size, node), merkle.root_at(new_size, node)
    proof = merkle.consistency_proof(old_size, new_size, node)
    assert merkle.verify_consistency(old_size, new_size, old, new, proof)

    forged = merkle.root([*leaves_of(old_size - 1), merkle.leaf_hash(b"another")])
    assert not merkle.verify_consistency(old_size, new_size, forged, new, proof)
    assert not merkle.verify_consistency(old_size, new_size, old, forged, proof)
    assert not merkle.verify_consistency(old_size, new_size, old, new, [*proof, old])
    if proof:
        assert not merkle.verify_consistency(old_size, new_size, old, new, proof[:-1])


def test_every_tree_extends_the_empty_one_and_none_a_larger_one() -> None:
    assert merkle.verify_consistency(0, 8, merkle.EMPTY, merkle.root_at(8, NODE), [])
    assert not merkle.verify_consistency(0, 8, merkle.root_at(1, NODE), merkle.root_at(8, NODE), [])
    assert not merkle.verify_consistency(8, 7, merkle.root_at(8, NODE), merkle.root_at(7, NODE), [])


def test_there_is_no_proof_of_what_is_not_there() -> None:
    for index in (-1, 8):
        with pytest.raises(IndexError, match="no leaf"):
            merkle.inclusion_proof(index, 8, NODE)
    for sizes in ((-1, 8), (8, 7)):
        with pytest.raises(IndexError, match="cannot extend"):
            merkle.consistency_proof(*sizes, NODE)
