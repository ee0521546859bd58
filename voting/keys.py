"""The secrets of each round, as files that only the server's user can read.

A round's folder holds `round.key` (256 random bits that key every hash of an identity), `log.key`
and `receipt.key` (signed-note private keys) and `log.signed`, the last checkpoint that the log key
has signed: a database restored from an old backup cannot make the key sign a fork.
"""

import contextlib
import os
import re
import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from tallying import durable
from tallying.evidence import notes
from tallying.sealing.keys import LayerKey, read_private
from tallying.sealing.keys import generate as generate_layer_key
from tallying.sealing.seal import LAYERS
from voting.errors import UnsafeKey
from voting.log_key import LogKey

ROUND_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*/(?:[a-z0-9]+(?:-[a-z0-9]+)*|_administration)")
ADMINISTRATION = "_administration"
"""In place of a round's name: the log of a parliament's administration, which has no other keys."""
KEY_BYTES = 32
MACHINES = ("body", "observer")
"""Who signs what a layer gave: the machine of the body, and one with a build of its own."""


@dataclass(frozen=True)
class KeyStore:
    """The folder of keys; `host` begins the name of every log, as in `vote.example.org/…`."""

    folder: Path
    host: str = "localhost"

    def create(self, round_id: str) -> None:
        """Make the keys a round still lacks; existing ones stay as they are."""
        self.create_log(round_id)
        origin = self.origin(round_id)
        self._make(self._path(round_id, "round.key"), secrets.token_hex(KEY_BYTES))
        receipt_key, _ = notes.generate_key(origin + "/receipt")
        self._make(self._path(round_id, "receipt.key"), receipt_key)

    def create_log(self, log_id: str) -> None:
        """Make the key of a log, of a round or of an administration, where there is none."""
        self._round_folder(log_id).mkdir(mode=0o700, parents=True, exist_ok=True)
        self._make(self._path(log_id, "log.key"), notes.generate_key(self.origin(log_id))[0])
        self.log_key(log_id).begin()

    def origin(self, round_id: str) -> str:
        """The name of the round's log and of its key: it stays when the installation moves."""
        if self._path(round_id, "log.key").exists():
            return self.log_signer(round_id).name
        return f"{self.host}/{round_id}"

    def round_key(self, round_id: str) -> bytes:
        """The 32 bytes that key the round's hashes of identities."""
        return bytes.fromhex(self._read(self._path(round_id, "round.key")))

    def log_signer(self, round_id: str) -> notes.Signer:
        """Signs the index of bundles."""
        return notes.Signer(self._read(self._path(round_id, "log.key")))

    def receipt_signer(self, round_id: str) -> notes.Signer:
        """Signs acceptances."""
        return notes.Signer(self._read(self._path(round_id, "receipt.key")))

    def pepper(self) -> bytes:
        """256 bits of the installation, made at the first use; kept while its file stays the same."""
        path = self.folder / "pepper.key"
        try:
            found = path.stat()
        except FileNotFoundError:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._make(path, secrets.token_hex(KEY_BYTES))
            found = path.stat()
        return _pepper(self, path, (found.st_ino, found.st_mtime_ns, found.st_mode))

    def log_key(self, round_id: str) -> LogKey:
        """Signs checkpoints, each extending the last."""
        return LogKey(self.log_signer(round_id), self._path(round_id, "log.signed"))

    def create_layer_keys(self, round_id: str) -> None:
        """Make both private keys of an exercise, and the keys of the machines that sign."""
        self._round_folder(round_id).mkdir(mode=0o700, parents=True, exist_ok=True)
        for layer in LAYERS:
            self._make(self._path(round_id, f"layer-{layer}.key"), generate_layer_key()[0])
            for machine in MACHINES:
                name = f"{self.host}/{round_id}/{layer}-{machine}"
                self._make(self._machine(round_id, layer, machine), notes.generate_key(name)[0])

    def layer_key(self, round_id: str, layer: str) -> LayerKey:
        """The private key of a layer, where the server is trusted with it."""
        return read_private(self._read(self._path(round_id, f"layer-{layer}.key")))

    def layer_signers(self, round_id: str, layer: str) -> tuple[notes.Signer, ...]:
        """The two machines that sign what a layer gave, where the server stands in for them."""
        return tuple(
            notes.Signer(self._read(self._machine(round_id, layer, machine)))
            for machine in MACHINES
        )

    def holds_layer_keys(self, round_id: str) -> bool:
        """Whether a private key of a layer lies here."""
        return any(self._path(round_id, f"layer-{layer}.key").exists() for layer in LAYERS)

    def _machine(self, round_id: str, layer: str, machine: str) -> Path:
        return self._path(round_id, f"{layer}-{machine}.key")

    def destroy(self, round_id: str) -> None:
        """Remove every secret of a round but the key of its log; again does no harm."""
        folder = self._round_folder(round_id)
        kept = {"log.key", "log.signed"}
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.relative_to(folder).as_posix() not in kept:
                path.unlink()
        durable.sync(folder)

    def _round_folder(self, round_id: str) -> Path:
        if not ROUND_ID.fullmatch(round_id):
            message = f"{round_id!r} is not the name of a round (parliament/round)."
            raise UnsafeKey(message)
        return self.folder / round_id

    def _path(self, round_id: str, name: str) -> Path:
        return self._round_folder(round_id) / name

    def _make(self, path: Path, content: str) -> None:
        """Write a secret at once and whole, unless another process was first."""
        if path.exists():
            return
        draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()

    def _read(self, path: Path) -> str:
        try:
            mode = path.stat().st_mode
            content = path.read_text(encoding="ascii")
        except OSError as error:
            message = f"The key {path} cannot be read: {error.strerror}."
            raise UnsafeKey(message) from error
        if mode & 0o077:
            message = f"The key {path} can be read by others; make its mode 0400."
            raise UnsafeKey(message)
        return content.strip()


@lru_cache(maxsize=8)
def _pepper(store: KeyStore, path: Path, _as_it_is: tuple[int, int, int]) -> bytes:
    """Read again once the file has changed, in content or in who may read it."""
    return bytes.fromhex(store._read(path))  # noqa: SLF001 — of this module
