"""What people do on machines of their own, with the commands of `tallying`."""

import io
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tallying.cli import main
from tallying.sealing.peel import stages_of
from tests.tallying.witness.served import free_port

BODIES = {"outer": "office", "inner": "audit"}
"""The name of each layer's body."""

MACHINES = {
    "outer": ("office.example", "observer.example"),
    "inner": ("audit.example", "university.example"),
}
PATIENCE_SECONDS = 10


def run(*words: object) -> str:
    """What a command that succeeds writes to standard output."""
    out, error = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(error):
        code = main([str(word) for word in words])
    assert code == 0, out.getvalue() + error.getvalue()
    return out.getvalue().strip()


@dataclass
class Bodies:
    """Two bodies with a key each, and each with its own machine and its observer's."""

    folder: Path
    verifiers: dict[str, str] = field(default_factory=dict)

    def make_keys(self) -> None:
        for layer, body in BODIES.items():
            run("keygen", "--kind", "layer", body, "-o", self.folder)
            for machine in MACHINES[layer]:
                path = self.folder / f"{machine}.key"
                self.verifiers[machine] = run("keygen", "--kind", "official", machine, "-o", path)

    def key(self, layer: str) -> Path:
        return self.folder / f"{BODIES[layer]}.private"

    def form(self) -> dict[str, str]:
        """What an administrator enters of them."""
        entered = {"secrecy": "sealed"}
        for layer, body in BODIES.items():
            entered |= {f"{layer}_body_{code}": f"Body {layer}" for code in ("en", "es")}
            entered[f"{layer}_key"] = (self.folder / f"{body}.public").read_text().strip()
            for number, machine in enumerate(MACHINES[layer], start=1):
                entered[f"{layer}_signer_{number}"] = self.verifiers[machine]
        return entered

    def open(self, layer: str, stage: bytes, manifest: Path, turn: str) -> dict[str, Any]:
        """Open a layer on both machines; answers the three files that the body brings."""
        folder = self.folder / turn / layer
        folder.mkdir(parents=True)
        handed = folder / "handed.jsonl"
        handed.write_bytes(stage)
        for machine in MACHINES[layer]:
            run(
                *("peel", handed, "--layer", layer, "--key", self.key(layer)),
                *("--sign-with", self.folder / f"{machine}.key"),
                *("--manifest", manifest, "-o", folder / machine),
            )
        brought, note = folder / MACHINES[layer][0], folder / "joined.note"
        notes = [folder / machine / "report.note" for machine in MACHINES[layer]]
        run("join", *notes, "--manifest", manifest, "-o", note)
        files = {
            "stage": brought / f"{stages_of(layer)[1]}.jsonl",
            "report": brought / "report.json",
            "note": note,
        }
        return {name: (io.BytesIO(path.read_bytes()), path.name) for name, path in files.items()}


@dataclass
class Witnesses:
    """Two witnesses, each a process of its own that listens on loopback."""

    folder: Path
    keys: dict[str, str] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)

    def make_keys(self, *names: str) -> None:
        for name in names:
            words = ("--kind", "witness", f"{name.lower()}.example.org/w", "-o", self._key(name))
            self.keys[name] = run("keygen", *words)
            self.ports[name] = free_port()

    @property
    def named(self) -> Mapping[str, tuple[str, str]]:
        """Key and address of each, as the office enters them."""
        return {
            name: (key, f"http://127.0.0.1:{self.ports[name]}") for name, key in self.keys.items()
        }

    @contextmanager
    def serving(self, log_key: str) -> Iterator[None]:
        """Both sign what the log shows them, until the end of the block."""
        with ExitStack() as stack:
            for name in self.keys:
                stack.enter_context(self._serve(name, log_key))
            yield

    @contextmanager
    def _serve(self, name: str, log_key: str) -> Iterator[None]:
        command = [
            *(sys.executable, "-m", "tallying.cli", "witness", "serve"),
            *("--key", str(self._key(name)), "--state", str(self.folder / f"{name}.state")),
            *("--log", log_key, "--port", str(self.ports[name])),
        ]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
            assert process.stderr is not None
            assert "listens" in process.stderr.readline()
            try:
                yield
            finally:
                process.send_signal(signal.SIGINT)
                process.wait(PATIENCE_SECONDS)

    def _key(self, name: str) -> Path:
        return self.folder / f"{name}.key"
