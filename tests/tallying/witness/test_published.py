"""The witness against published exchanges: tlog-witness, `add-checkpoint`.

C2SP publishes no vectors with keys. These are the requests of litewitness (FiloSottile/torchwood,
`cmd/litewitness/testdata/litewitness.txt`), whose log signs trees of made-up hashes, and the
checkpoints and the proof of transparency-dev/witness (`witness_test.go`). litewitness answers 403
for an unknown log; the specification asks for 404.
"""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from tallying.evidence.notes import Verifier, open_note
from tests.tallying.witness.served import Served, body, serving

ORIGIN = "sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562"
KEY = Verifier(
    ORIGIN, bytes.fromhex("ffdc2d4d98e4124d3feaf788c0c2f9abfd796083d1f0495437f302ec79cf100f")
)
OF_1 = (
    "KgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "UgIom7fPZTqpxWWhyjWduBvTvGVqsokMbqTArsQilegKoFBJQjUFAmQ0+YeSPM3wfUQMFSzVnnNuWRTYrajXpNUbIQY=",
)
OF_3 = (
    "RcCI1Nk56ZcSmIEfIn0SleqtV7uvrlXNccFx595Iwl0=",
    "UgIom2VbtIcdFbwFAy1n7s6IkAxIY6J/GQOTuZF2ORV39d75cbAj2aQYwyJre36kezNobZs4SUUdrcawfAB8WVrx6go=",
)
OF_5 = (
    "QrtXrQZCCvpIgsSmOsah7HdICzMLLyDfxToMql9WTjY=",
    "UgIomw/EOJmWi0i1FQsOj+etB7F8IccFam/jgd6wzRns4QPVmyEZtdvl1U2KEmLOZ/ASRcWJi0tW90dJWAShei7sDww=",
)
LEAVES = {
    n: f"Kg{letter}AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=" for n, letter in enumerate("AEIMQ")
}
"""Leaf hashes 2a00…, 2a01…, in base64."""
FROM_1_TO_3 = [LEAVES[1], LEAVES[2]]
FROM_1_TO_5 = [LEAVES[1], "+fUDV+k970B4I3uKrqJM4aP1lloPZP8mvr2Z4wRw2LI=", LEAVES[4]]
FROM_3_TO_5 = [LEAVES[2], LEAVES[3], "wgiIFdZfYNv6WU1OllBKsWnLYIS/DBMqt8Uh/S4OukE=", LEAVES[4]]

MONKEYS = Verifier.parse("monkeys+db4d9f7e+AULaJMvTtDLHPUcUrjdDad9vDlh/PTfC2VV60JUtCfWT")
MONKEYS_5 = (
    "monkeys\n5\n41smjBUiAU70EtKlT6lIOIYtRTYxYXsDB+XHfcvu/BE=\n\n— monkeys 202fftzGl3LVoqjXfwCFZZXs8"
    "I+5G22+Ek2K0AOyBuSJ/8/CZawNF+6fNlTKOCd622pbzJNkkJFWuw9DbicZCkEx9AY=\n"
).encode()
MONKEYS_8 = (
    "monkeys\n8\nV8K9aklZ4EPB+RMOk1/8VsJUdFZR77GDtZUQq84vSbo=\n\n— monkeys 202ffoUEboiQYpHzICeaFmoy3"
    "RNviHTpAxYrq/eO4QQVQMvu9UebKBMX2MJC76NLthZaKsnKbCA8GxrjePZhvDCH7Ag=\n"
).encode()
MONKEYS_PROOF = [
    bytes.fromhex(found)
    for found in (
        "b9e1d62618f7fee8034e4c5010f727ab24d8e4705cb296c374bf2025a87a10d2",
        "aac66cd7a79ce4012d80762fe8eec3a77f22d1ca4145c3f4cee022e7efcd599d",
        "89d0f753f66a290c483b39cd5e9eafb12021293395fad3d4a2ad053cfbcfdc9e",
        "29e40bb79c966f4c6fe96aff6f30acfce5f3e8d84c02215175d6e018a5dee833",
    )
]


@pytest.fixture
def witness(tmp_path: Path) -> Iterator[Served]:
    with serving(tmp_path / "state", KEY, MONKEYS) as served:
        yield served


def request(old: int, proof: list[str], size: int, signed: tuple[str, str]) -> bytes:
    root, signature = signed
    text = f"{ORIGIN}\n{size}\n{root}\n\n— {ORIGIN} {signature}\n"
    return body(old, [base64.b64decode(line) for line in proof], text.encode())


def test_the_published_exchange_with_a_witness(witness: Served) -> None:
    first = witness.send(request(0, [], 1, OF_1))
    assert first.status == 200
    assert first.text.startswith(f"— {witness.key.name} ")

    altered = (OF_3[0], OF_3[1].replace("6go=", "6gx="))
    assert witness.send(request(1, FROM_1_TO_3, 3, altered)).status == 403
    other = request(1, FROM_1_TO_3, 3, OF_3).replace(b"09e562", b"09e563")
    assert witness.send(other).status == 404
    assert witness.send(request(1, [], 3, OF_3)).status == 422
    wrong = [LEAVES[1], LEAVES[2][:-3] + "BA="]
    assert witness.send(request(1, wrong, 3, OF_3)).status == 422
    assert witness.send(request(1, FROM_1_TO_3, 3, OF_3)).status == 200

    stale = witness.send(request(1, FROM_1_TO_5, 5, OF_5))
    assert (stale.status, stale.text, stale.content_type) == (409, "3\n", "text/x.tlog.size")
    last = witness.send(request(3, FROM_3_TO_5, 5, OF_5))
    assert last.status == 200
    note = f"{ORIGIN}\n5\n{OF_5[0]}\n\n{last.text}".encode()
    assert open_note(note, [witness.key]).verified == (witness.key,)
    again = witness.send(request(0, [], 5, OF_5))
    assert (again.status, again.text) == (409, "5\n")


def test_the_published_proof_of_another_witness(witness: Served) -> None:
    assert witness.send(body(0, [], MONKEYS_5)).status == 200
    assert witness.send(body(2, MONKEYS_PROOF, MONKEYS_8)).status == 409
    assert witness.send(body(5, [], MONKEYS_8)).status == 422
    assert witness.send(body(5, MONKEYS_PROOF[::-1], MONKEYS_8)).status == 422
    assert witness.send(body(5, [], MONKEYS_5)).status == 200
    assert witness.send(body(5, MONKEYS_PROOF, MONKEYS_8)).status == 200
    assert witness.send(body(8, MONKEYS_PROOF, MONKEYS_5)).status == 400


def test_a_first_checkpoint_needs_no_proof_and_takes_none(witness: Served) -> None:
    assert witness.send(body(0, MONKEYS_PROOF, MONKEYS_5)).status == 422
    assert witness.send(body(0, [b"\x02" * 32], MONKEYS_5)).status == 422
