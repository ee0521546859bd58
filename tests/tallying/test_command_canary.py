"""`tallying canary`, as an auditor types it."""

import secrets
import stat
from pathlib import Path

import pytest

from tallying.cli import main
from tallying.evidence import canonical
from tallying.evidence.canaries import Canary
from tallying.evidence.seal import Seal, SealedLayer
from tallying.sealing.keys import LayerKey
from tallying.sealing.seal import info, read_plain
from tests.tallying.evidence.example_round import ROUND, example_manifest

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def keys() -> dict[str, LayerKey]:
    return {layer: LayerKey(secrets.token_bytes(32)) for layer in ("outer", "inner")}


@pytest.fixture
def manifest(tmp_path: Path, keys: dict[str, LayerKey]) -> Path:
    layers = tuple(
        SealedLayer(layer, {"en": layer}, key.public, ("a+00000000+AA", "b+00000000+AA"))
        for layer, key in keys.items()
    )
    seal = Seal(layers=layers, server_trust=True, size=256)
    path = tmp_path / "round.json"
    path.write_bytes(canonical.dumps(example_manifest(secrecy="sealed", seal=seal.to_json())))
    return path


def typed(*words: object) -> int:
    return main(["canary", *map(str, words)])


def test_canaries_are_made_committed_to_and_opened(
    tmp_path: Path, manifest: Path, keys: dict[str, LayerKey]
) -> None:
    secret, public, opened = (tmp_path / name for name in ("s", "c.json", "o.json"))
    made = ["make", manifest, "--box", "north", "--count", 5, "-o", secret, "--commitments", public]
    assert typed(*made) == 0
    assert typed("open", secret, "-o", opened) == 0
    assert stat.S_IMODE(secret.stat().st_mode) == 0o400
    commitments = canonical.loads(public.read_bytes())["commitments"]
    canaries = [Canary.from_json(c) for c in canonical.loads(opened.read_bytes())["canaries"]]
    assert sorted(canary.commitment for canary in canaries) == commitments
    assert len(set(commitments)) == 5
    assert "nonce" not in public.read_text()
    for held, canary in zip(
        canonical.loads(secret.read_bytes())["canaries"], canaries, strict=True
    ):
        content = canonical.unb64u(held["envelope"])
        for layer in ("outer", "inner"):
            content = keys[layer].open(info(ROUND, "north", layer), content)
        choices, nonce = read_plain(content.rstrip(b"\0"))
        assert (choices, canonical.b64u(nonce)) == (canary.choices, canary.nonce)


def test_a_secret_is_never_overwritten(tmp_path: Path, manifest: Path, capsys: Captured) -> None:
    secret, public = tmp_path / "s", tmp_path / "c"
    made = ["make", manifest, "--box", "north", "--count", 1, "-o", secret, "--commitments", public]
    assert typed(*made) == 0
    before = secret.read_bytes()
    assert typed(*made) == 2
    assert "never overwritten" in capsys.readouterr().err
    assert secret.read_bytes() == before


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["make", "round.json", "--box", "west", "--count", 1], "districts north, south"),
        (["make", "round.json", "--box", "north", "--count", 0], "1 to 500"),
        (["make", "open.json", "--box", "north", "--count", 1], "are not sealed"),
        (["make", "nonsense", "--box", "north", "--count", 1], "is not a sealed manifest"),
        (["make", "missing", "--box", "north", "--count", 1], "No such file"),
        (["open", "round.json"], "is not a file of canaries"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_sentence(
    tmp_path: Path,
    manifest: Path,
    capsys: Captured,
    monkeypatch: pytest.MonkeyPatch,
    words: list[object],
    told: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert manifest.exists()
    Path("open.json").write_bytes(canonical.dumps(example_manifest()))
    Path("nonsense").write_bytes(b"{")
    assert typed(*words) == 2
    error = capsys.readouterr().err
    assert told in error
    assert len(error.splitlines()) == 1
    assert not Path("canaries.secret").exists()
