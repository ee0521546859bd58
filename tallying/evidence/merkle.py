"""The Merkle tree of RFC 6962: roots, inclusion and consistency proofs, and their verification.

Hashes are 32 bytes. `read_node(level, index)` answers the hash of the complete subtree over the
leaves [index·2^level, (index + 1)·2^level), so that a proof needs no more than the nodes it names.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256

EMPTY = sha256(b"").digest()

ReadNode = Callable[[int, int], bytes]


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256(0x00 ‖ entry)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right)."""
    return sha256(b"\x01" + left + right).digest()


def root(hashes: Sequence[bytes]) -> bytes:
    """The root over leaf hashes. Level by level: a last node without a sibling moves up as it is."""
    if not hashes:
        return EMPTY
    level = list(hashes)
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        above = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
        if len(level) % 2:
            above.append(level[-1])
        level = above
    return level[0]


def nodes_of(hashes: Sequence[bytes]) -> ReadNode:
    """A `read_node` over leaf hashes in memory; keeps every level that it was asked for."""
    levels = [list(hashes)]

    def read(level: int, index: int) -> bytes:
        while len(levels) <= level:
            below = levels[-1]
            pairs = zip(below[::2], below[1::2], strict=False)
            levels.append([node_hash(left, right) for left, right in pairs])
        return levels[level][index]

    return read


def root_at(size: int, read_node: ReadNode) -> bytes:
    """The root of the first `size` leaves."""
    return _subtree(0, size, read_node) if size else EMPTY


def inclusion_proof(index: int, size: int, read_node: ReadNode) -> list[bytes]:
    """The audit path of leaf `index` in the first `size` leaves (RFC 6962, 2.1.1), lowest first."""
    if not 0 <= index < size:
        message = f"There is no leaf {index} among {size}."
        raise IndexError(message)
    proof: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            proof.append(_subtree(middle, end, read_node))
            end = middle
        else:
            proof.append(_subtree(start, middle, read_node))
            start = middle
    return proof[::-1]


def consistency_proof(old: int, new: int, read_node: ReadNode) -> list[bytes]:
    """The proof that the first `old` leaves begin the first `new` (RFC 6962, 2.1.2)."""
    if not 0 <= old <= new:
        message = f"A log of {new} entries cannot extend one of {old}."
        raise IndexError(message)
    if old in (0, new):
        return []
    proof: list[bytes] = []
    start, end, whole = 0, new, True
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            proof.append(_subtree(middle, end, read_node))
            end = middle
        else:
            proof.append(_subtree(start, middle, read_node))
            start, whole = middle, False
    if not whole:
        proof.append(_subtree(start, end, read_node))
    return proof[::-1]


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes
) -> bool:
    """Whether `proof` leads from a leaf's hash to the root `expected` (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            found = node_hash(sibling, found)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and found == expected


def verify_consistency(
    old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether `proof` shows that the tree `old_root` begins `new_root` (RFC 9162, 2.1.4.2)."""
    if not 0 < old <= new:
        return old == 0 and old_root == EMPTY and not proof
    if old == new:
        return old_root == new_root and not proof
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        return False
    node, last = old - 1, new - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    before = after = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root


def _split(leaves: int) -> int:
    """The largest power of two below `leaves`."""
    return 1 << ((leaves - 1).bit_length() - 1)


def _subtree(start: int, end: int, read_node: ReadNode) -> bytes:
    """The root over the leaves [start, end); `start` is a multiple of the subtree's width."""
    parts: list[bytes] = []
    while start < end:
        level = (end - start).bit_length() - 1
        parts.append(read_node(level, start >> level))
        start += 1 << level
    found = parts.pop()
    while parts:
        found = node_hash(parts.pop(), found)
    return found
