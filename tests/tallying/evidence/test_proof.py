"""Proofs of inclusion as texts: tlog-proof, version 1.

The cases of form are those of transparency-dev/formats (`proof`); C2SP publishes no vector whose
hashes can be checked.
"""

import base64
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallying.evidence import merkle
from tallying.evidence.checkpoint import Checkpoint
from tallying.evidence.proof import InvalidProof, Proof

H1, H2 = sha256(b"hash1").digest(), sha256(b"hash2").digest()
B1, B2 = base64.b64encode(H1).decode(), base64.b64encode(H2).decode()
EXTRA = base64.b64encode(b"extra information").decode()
PUBLISHED = [
    (
        Proof(5, (H1, H2), b"test checkpoint\n"),
        f"c2sp.org/tlog-proof@v1\nindex 5\n{B1}\n{B2}\n\ntest checkpoint\n",
    ),
    (
        Proof(10, (H1,), b"checkpoint data\n", b"extra information"),
        f"c2sp.org/tlog-proof@v1\nextra {EXTRA}\nindex 10\n{B1}\n\ncheckpoint data\n",
    ),
    (Proof(0, (), b"checkpoint\n"), "c2sp.org/tlog-proof@v1\nindex 0\n\ncheckpoint\n"),
]


@pytest.mark.parametrize(("proof", "text"), PUBLISHED)
def test_the_published_proofs_are_written_and_read(proof: Proof, text: str) -> None:
    assert proof.text() == text
    assert Proof.parse(text.encode()) == proof


@pytest.mark.parametrize(
    ("head", "why"),
    [
        ("wrong-header\nindex 0", "begins with"),
        ("c2sp.org/tlog-proof@v1\nextra !!notbase64!!\nindex 0", "extra"),
        ("c2sp.org/tlog-proof@v1", "no line `index"),
        ("c2sp.org/tlog-proof@v1\nindex notanumber", "no line `index"),
        ("c2sp.org/tlog-proof@v1\nindex -5", "no line `index"),
        ("c2sp.org/tlog-proof@v1\nindex 05", "no line `index"),
        ("c2sp.org/tlog-proof@v1\nindex 0\n!!notbase64!!", "hash of the proof"),
        (f"c2sp.org/tlog-proof@v1\nindex 0\n{base64.b64encode(bytes(64)).decode()}", "hashes"),
        ("c2sp.org/tlog-proof@v1\nindex 0" + f"\n{B1}" * 64, "hashes"),
        (f"c2sp.org/tlog-proof@v1\nindex 0\n{B1[:-2]}B=", "hash of the proof"),
    ],
)
def test_malformed_proofs_are_refused(head: str, why: str) -> None:
    with pytest.raises(InvalidProof, match=why):
        Proof.parse(f"{head}\n\ncheckpoint\n".encode())


@pytest.mark.parametrize("content", [b"", b"\xff\n\n", b"c2sp.org/tlog-proof@v1\nindex 0\n"])
def test_what_is_no_text_of_a_proof_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidProof):
        Proof.parse(content)


@given(st.integers(1, 200), st.data())
def test_a_proof_leads_from_its_leaf_to_the_root_and_from_no_other(
    size: int, data: st.DataObject
) -> None:
    leaves = [merkle.leaf_hash(str(number).encode()) for number in range(size)]
    index = data.draw(st.integers(0, size - 1))
    hashes = merkle.inclusion_proof(index, size, merkle.nodes_of(leaves))
    proof = Proof(index, tuple(hashes), b"")
    checkpoint = Checkpoint("log", size, merkle.root(leaves))
    assert proof.leads_to(leaves[index], checkpoint)
    assert not proof.leads_to(merkle.leaf_hash(b"another"), checkpoint)
    assert not proof.leads_to(leaves[index], Checkpoint("log", size, merkle.leaf_hash(b"root")))
