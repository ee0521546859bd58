"""`keygen --kind layer`, as the officials of the two bodies type it."""

import stat
from pathlib import Path

import pytest

from tallying.sealing.key_files import read_key
from tallying.sealing.keys import fingerprint, read_public
from tests.tallying.sealing.ceremony import Ceremony


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_keygen_writes_the_public_key_and_a_private_one_for_its_owner_alone(
    tmp_path: Path, ceremony: Ceremony
) -> None:
    code, out, _ = ceremony.run("keygen", "--kind", "layer", "--name", "x", "-o", tmp_path / "new")
    assert code == 0
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["x.private", "x.public"]
    assert mode(tmp_path / "new" / "x.private") == 0o400
    public = read_public((tmp_path / "new" / "x.public").read_text())
    assert read_key(tmp_path / "new" / "x.private", []).public == public
    assert f"Fingerprint of the new key: {fingerprint(public)}" in out
    assert str(tmp_path / "new" / "x.public") in out
    assert "PB-LAYER-KEY" not in out


def test_keygen_splits_a_key_into_three_files_and_keeps_no_whole_one(ceremony: Ceremony) -> None:
    shares = sorted(ceremony.folder.glob("audit.[ps]*"))
    assert [path.name for path in shares] == [
        "audit.public",
        *(f"audit.share-{number}" for number in (1, 2, 3)),
    ]
    assert {mode(path) for path in shares[1:]} == {0o400}
    public = read_public(ceremony.public("inner"))
    assert f"# Share 2 of 3 of the key audit, fingerprint {fingerprint(public)}." in (
        shares[2].read_text()
    )
    assert read_key(None, shares[2:]).public == public


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--kind", "layer"], "Say whose key it is"),
        (["--kind", "layer", "a/b"], "letters, digits, dots"),
        (["--kind", "layer", ".a"], "letters, digits, dots"),
        (["--kind", "layer", "office"], "office.public exists already"),
        (["--kind", "official", "a.example", "--split"], "Only the key of a layer is split"),
    ],
)
def test_keygen_refuses_in_one_sentence(
    arguments: list[str], said: str, ceremony: Ceremony
) -> None:
    before = sorted(ceremony.folder.iterdir())
    code, _, error = ceremony.run("keygen", *arguments, "-o", ceremony.folder)
    assert (code, len(error.splitlines())) == (2, 1)
    assert said in error
    assert sorted(ceremony.folder.iterdir()) == before


def test_keygen_writes_nothing_where_one_of_its_files_exists(
    tmp_path: Path, ceremony: Ceremony
) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "audit.share-3").write_bytes(b"kept")
    code, _, error = ceremony.run(
        *("keygen", "--kind", "layer", "audit", "--split", "-o", tmp_path / "new")
    )
    assert (code, "audit.share-3 exists already" in error) == (2, True)
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["audit.share-3"]
