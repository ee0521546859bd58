"""The rehearsal, from the set-up of a sealed round to its certification."""

import io
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from budget_app import jobs
from budget_app.extensions import db
from tallying.evidence import canonical
from tests.budget_app.rounds.office import Office
from tests.rehearsal import search, voters
from tests.rehearsal.auditors import Auditors
from tests.rehearsal.offline import Bodies, Witnesses
from tests.rehearsal.parliament import (
    PEOPLE,
    conduct,
    hand_out,
    log_key,
    open_layer,
    prepare,
    try_keys,
)
from tests.rehearsal.search import Search

AT_ONCE = 250
"""How many ballots are cast in one transaction."""

Held = dict[str, set[str]]
"""What was looked for, and where the server held it."""


@dataclass
class Rehearsal:
    """Who takes part, and what was seen on the way.

    `written` are the folders in which the server and its database write, `apart` is that of other
    people's machines. `held` tells by the moment what was found.
    """

    office: Office
    written: tuple[Path, ...]
    apart: Path
    error_page: str = ""
    log_lines: str = ""
    held: dict[str, Held] = field(default_factory=dict)
    bundle: Path = Path()
    report: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.bodies = Bodies(self._machines("bodies"))
        self.witnesses = Witnesses(self._machines("witnesses"))
        self.auditors = Auditors(self.office, self._machines("auditors"))
        self.nonces = voters.draw_nonces()

    def run(self) -> None:
        """All of it."""
        with search.every_log_line() as said, self._temporary_files():
            self._set_up()
            with self.witnesses.serving(log_key(self.office)):
                self._vote()
                self._look("while people vote", said)
                with self.office.after_the_vote():
                    self._close()
                    self._look("before the layers are opened", said)
                    open_layer(self.office, self.bodies, "outer", "count")
                    self._look("when the outer layer is opened", said)
                    open_layer(self.office, self.bodies, "inner", "count")
                    self._count()
                    self._certify()
            self._look("at the end", said)
        self.log_lines = said.getvalue()

    def _set_up(self) -> None:
        self.bodies.make_keys()
        self.witnesses.make_keys("Press", "University")
        prepare(self.office, self.bodies, self.witnesses)
        self.auditors.enrol_canaries()
        self.auditors.register_keys()
        self.auditors.write_trust(self.witnesses)

    def _vote(self) -> None:
        try_keys(self.office, self.bodies)
        conduct(self.office, "open")
        self.error_page = voters.vote_in_booth(self.office, self.written[0])
        batch = voters.Batch(self.office, self.nonces)
        others = [number for number in PEOPLE if number not in voters.BOOTH]
        for first in range(0, len(others), AT_ONCE):
            batch.cast(others[first : first + AT_ONCE], at_first=True)
            jobs.run_once(self.office.app)
        batch.cast(voters.CHANGING, at_first=False)
        self.auditors.cast_canaries()
        for number in voters.REVOKED:
            person = {"identity_number": f"ID{number}", "code": "not_eligible", "understood": "y"}
            conduct(self.office, "revoke/new", person)

    def _close(self) -> None:
        conduct(self.office, "close")
        hand_out(self.office)

    def _count(self) -> None:
        self.auditors.open_canaries()
        conduct(self.office, "count")

    def _certify(self) -> None:
        self.auditors.attest()
        jobs.run_once(self.office.app)
        self.bundle = self.auditors.bundle("aude")
        self.report = self.auditors.verify(self.bundle, self.bodies)

    def _look(self, moment: str, said: io.StringIO) -> None:
        """Search everything that the server holds now."""
        places = list(self._places(said.getvalue()))
        wanted = {
            "points": Search([str(voters.MARKED_POINTS).encode()]),
            "nonces": Search(_spelt(self.nonces.counted)),
            "never opened": Search(_spelt(self.nonces.never_opened)),
            "control": Search([b"voter1@example.org"]),
        }
        self.held[moment] = {name: found.among(iter(places)) for name, found in wanted.items()}

    def _places(self, log_lines: str) -> Iterator[tuple[str, bytes]]:
        yield "log lines", log_lines.encode()
        yield "error page", self.error_page.encode()
        with self.office.app.app_context():
            yield from search.columns(db.engine)
            if len(self.written) > 1:
                search.write_down(db.engine)
        for folder in self.written:
            yield from search.files(folder)

    @contextmanager
    def _temporary_files(self) -> Iterator[None]:
        """They are made where they are searched too."""
        folder = self.written[0] / "tmp"
        folder.mkdir()
        with patch.object(tempfile, "tempdir", str(folder)):
            yield

    def _machines(self, name: str) -> Path:
        folder = self.apart / name
        folder.mkdir(parents=True)
        return folder


def _spelt(nonces: Mapping[int, bytes]) -> list[bytes]:
    """Nonces as they are, and as ballots spell them."""
    return [*nonces.values(), *(canonical.b64u(nonce).encode() for nonce in nonces.values())]
