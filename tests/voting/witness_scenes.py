"""A vote whose log is witnessed: three witnesses on this machine, and what they signed."""

from pathlib import Path

from sqlalchemy import select

from tallying.evidence.cosignature import Witness, WitnessKey
from tallying.evidence.notes import generate_key
from tests.tallying.witness.served import free_port
from tests.voting.factories import ROUND, Vote
from voting import cosignatures, log
from voting.models import LogCosignature

NAMES = ("Press", "University", "Union")


class Witnesses:
    """Three witnesses with keys and addresses, each to be started when its test wants it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.texts = {
            name: generate_key(f"{name.lower()}.example.org/w", WitnessKey)[0] for name in NAMES
        }
        self.keys = {name: Witness(text) for name, text in self.texts.items()}
        self.ports = {name: free_port() for name in NAMES}

    def policy(self, threshold: int) -> str:
        lines = [
            f"witness {name} {self.keys[name].verifier_key} http://127.0.0.1:{self.ports[name]}/\n"
            for name in NAMES
        ]
        return "".join(lines) + f"group g {threshold} {' '.join(NAMES)}\nquorum g\n"


def signed(found: Vote) -> dict[str, list[int]]:
    """Whose signatures are kept, and of which sizes."""
    rows: dict[str, list[int]] = {}
    with found.store.sessions() as session:
        for row in session.scalars(select(LogCosignature).order_by(LogCosignature.size)):
            rows.setdefault(row.witness, []).append(row.size)
    return rows


def newest(found: Vote) -> bytes:
    with found.store.sessions() as session:
        checkpoint = log.checkpoint(session, ROUND)
        assert checkpoint is not None
        return cosignatures.cosigned(session, checkpoint)
