"""The folder of a ceremony, and what may happen to its files."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tallying.cli import main
from tallying.evidence.canonical import digest_of, dumps
from tallying.sealing.keys import read_public
from tallying.sealing.seal import SUITE, plain_ballot, seal_ballot
from tallying.sealing.stages import Header, write_stage
from tests.tallying.sealing.sealed import ROUND

Captured = pytest.CaptureFixture[str]
MARKER = "marker-project"
BODIES = {"outer": "office", "inner": "audit"}
SIGNERS = {
    "outer": ("office.example", "observer.example"),
    "inner": ("audit.example", "uni.example"),
}


class Ceremony:
    """A folder with the keys of two bodies, four machines' keys, a manifest and a stage."""

    def __init__(self, folder: Path, capsys: Captured) -> None:
        self.folder, self._capsys = folder, capsys
        assert self.run("keygen", "--kind", "layer", "office", "-o", folder)[0] == 0
        assert self.run("keygen", "--kind", "layer", "audit", "-o", folder, "--split")[0] == 0
        self.verifiers = {
            name: self.run("keygen", "--kind", "official", name, "-o", folder / f"{name}.key")[1]
            for names in SIGNERS.values()
            for name in names
        }
        self.write_manifest()
        self.write_stage(5)

    def run(self, *arguments: object) -> tuple[int, str, str]:
        self._capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        said = self._capsys.readouterr()
        assert MARKER not in said.out + said.err
        return code, said.out.strip(), said.err.strip()

    def public(self, layer: str) -> str:
        return (self.folder / f"{BODIES[layer]}.public").read_text().strip()

    def manifest(self) -> dict[str, Any]:
        return {
            "boxes": [{"id": "north"}],
            "round": ROUND,
            "seal": {
                "layers": [
                    {
                        "body": {"en": BODIES[layer]},
                        "key": self.public(layer),
                        "layer": layer,
                        "signers": [self.verifiers[name] for name in SIGNERS[layer]],
                    }
                    for layer in BODIES
                ],
                "server_trust": False,
                "size": 256,
                "suite": SUITE,
            },
        }

    def write_manifest(self, **changes: Any) -> None:
        content = dumps(self.manifest() | changes)
        (self.folder / "round.json").write_bytes(content)

    def write_stage(self, voters: int, box: str = "north", **changes: Any) -> None:
        keys = {layer: read_public(self.public(layer)) for layer in BODIES}
        envelopes = sorted(
            seal_ballot(
                plain_ballot([MARKER], number.to_bytes(16)),
                size=256,
                round_id=ROUND,
                box_id=box,
                keys=keys,
            )
            for number in range(voters)
        )
        digest = digest_of((self.folder / "round.json").read_bytes())
        header: dict[str, Any] = {
            "round_id": ROUND,
            "manifest": digest,
            "stage": "in",
            "boxes": {box: voters},
        }
        (self.folder / "in.jsonl").unlink(missing_ok=True)
        write_stage(
            self.folder / "in.jsonl",
            Header(**header | changes),
            [(box, content) for content in envelopes],
        )

    def peel_outer(self, signer: str, *more: object) -> tuple[int, str, str]:
        return self.run(
            *("peel", self.folder / "in.jsonl", "--layer", "outer"),
            *("--key", self.folder / "office.private"),
            *("--sign-with", self.folder / f"{signer}.key"),
            *("-o", self.folder / signer),
            *more,
        )

    def peel_inner(
        self, signer: str, shares: tuple[int, ...], *more: object
    ) -> tuple[int, str, str]:
        given = [
            word for share in shares for word in ("--share", self.folder / f"audit.share-{share}")
        ]
        return self.run(
            *("peel", self.folder / "office.example" / "mid.jsonl", "--layer", "inner", *given),
            *("--sign-with", self.folder / f"{signer}.key"),
            *("-o", self.folder / signer),
            *more,
        )

    def join(self, one: str, other: str, *more: object) -> tuple[int, str, str]:
        notes = [self.folder / name / "report.note" for name in (one, other)]
        return self.run("join", *notes, "-o", self.folder / "joined.note", *more)


def replaced(name: str, change: Callable[[bytes], bytes]) -> Callable[[Ceremony], None]:
    """Something that happens to a file of the ceremony before the layer is opened."""

    def happen(ceremony: Ceremony) -> None:
        path = ceremony.folder / name
        content = change(path.read_bytes())
        path.unlink()
        path.write_bytes(content)

    return happen
