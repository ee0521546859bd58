"""The key that signs a log's checkpoints, and remembers outside the database what it has signed.

A database restored from an old backup, or forked, cannot make it sign another history.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import index
from pathlib import Path

from tallying import durable
from tallying.evidence import canonical, merkle, notes
from tallying.evidence.checkpoint import Checkpoint
from voting.errors import LogForked


@dataclass(frozen=True)
class LogKey:
    """A signer and the file of the last size and root that it signed."""

    signer: notes.Signer
    state: Path

    def begin(self) -> None:
        """Remember the empty log, unless something was signed already."""
        if not self.state.exists():
            self._remember(0, merkle.EMPTY)

    def last_signed(self) -> tuple[int, bytes]:
        """Size and root of the last checkpoint; raises `LogForked` when that was forgotten."""
        try:
            value = canonical.loads(self.state.read_bytes())
            return index(value["size"]), canonical.unb64u(value["root"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            message = f"The log key's record of what it signed cannot be read: {self.state}."
            raise LogForked(message) from error

    def sign(self, checkpoint: Checkpoint, consistency: Sequence[bytes]) -> bytes:
        """The signed note; raises `LogForked` unless it extends what was signed last.

        `consistency` is the proof from the last signed size to the new one, empty when it is 0.
        """
        old_size, old_root = self.last_signed()
        if not self._extends(checkpoint, old_size, old_root, consistency):
            message = (
                f"The log of {checkpoint.size} entries does not extend "
                f"the {old_size} entries signed before; it is not signed."
            )
            raise LogForked(message)
        self._remember(checkpoint.size, checkpoint.root)
        return checkpoint.sign(self.signer)

    def _extends(
        self, new: Checkpoint, old_size: int, old_root: bytes, proof: Sequence[bytes]
    ) -> bool:
        if new.size < old_size:
            return False
        if new.size == old_size:
            return new.root == old_root
        return old_size == 0 or merkle.verify_consistency(
            old_size, new.size, old_root, new.root, proof
        )

    def _remember(self, size: int, root: bytes) -> None:
        """Durably, before the signature leaves."""
        durable.write(self.state, canonical.dumps({"root": canonical.b64u(root), "size": size}))
