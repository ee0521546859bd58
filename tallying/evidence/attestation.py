"""An attestation: an auditor's signed note that a count follows from a log and an input."""

from dataclasses import dataclass
from typing import Self

from tallying.errors import InvalidBundle
from tallying.evidence import canonical, manifest
from tallying.evidence.bundle import Bundle, input_digest
from tallying.evidence.checkpoint import Checkpoint
from tallying.evidence.count import OUTCOME
from tallying.evidence.notes import InvalidNote, Verifier, open_note, text_of

SCHEMA = "tallying.attestation/1"
VERDICT = "agree"


@dataclass(frozen=True)
class Statement:
    """What is signed: which log, which input, which outcome. `root` is standard base64."""

    round_id: str
    size: int
    root: str
    input: str
    outcome: str

    def text(self) -> str:
        """The lines of the note."""
        return (
            f"{SCHEMA}\n{self.round_id}\nlog {self.size} {self.root}\n"
            f"input {self.input}\noutcome {self.outcome}\nverdict {VERDICT}\n"
        )

    @classmethod
    def of(cls, bundle: Bundle) -> Self:
        """The statement about a counted bundle; raises `InvalidBundle`."""
        try:
            checkpoint = Checkpoint.parse(text_of(bundle.read("log/checkpoint")))
        except InvalidNote as error:
            message = f"log/checkpoint: {error}"
            raise InvalidBundle(message) from error
        return cls(
            round_id=str(bundle.read_json(manifest.PATH)["round"]),
            size=checkpoint.size,
            root=checkpoint.root_text,
            input=input_digest(bundle),
            outcome=canonical.digest_of(bundle.read(OUTCOME)),
        )


def verify(note: bytes, statement: Statement, verifier: Verifier) -> None:
    """Raise `InvalidNote` unless `verifier` signed exactly this statement."""
    opened = open_note(note, [verifier])
    if opened.text != statement.text():
        message = "The attestation is about another log, input or outcome."
        raise InvalidNote(message)
