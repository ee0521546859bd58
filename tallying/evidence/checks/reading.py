"""The large files of a bundle under verification, each read once, whoever asks first."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from hashlib import sha256
from typing import Any

from tallying.errors import InvalidBundle
from tallying.evidence import canonical
from tallying.evidence.bundle import Bundle
from tallying.evidence.opened import OUT, counted
from tallying.evidence.tables import envelopes, log, people, stage
from tallying.evidence.tables.envelopes import Asked, Counted, Envelopes
from tallying.evidence.tables.lines import Lines
from tallying.evidence.tables.log import Log
from tallying.evidence.tables.people import Openings, Roll
from tallying.evidence.tables.shape import check_canonical
from tallying.evidence.tables.table import Table, read_table

MID = "layers/restricted/mid.jsonl"
LOG, ROLL = "log/entries.jsonl", "roll/restricted/roll.jsonl"
OPENINGS = "roll/restricted/openings.jsonl"
ENVELOPES = ("/counted.jsonl", "/superseded.jsonl", "/revoked.jsonl")
COLUMNS: dict[str, Callable[[Lines], Any]] = {
    LOG: log.read_log,
    ROLL: people.read_roll,
    OPENINGS: people.read_openings,
}


class Files:
    """`begin` says what the counted envelopes are read for; without it they are only read."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._tables: dict[str, Table[Any]] = {}
        self._counted: Counted | None = None
        self._future: Future[Counted] | None = None
        self._asked: Asked | None = None
        self.on_reading: Callable[[str], None] | None = None
        """Hears the path of each large file before it is read."""

    def begin(self, asked: Asked, executor: Executor | None) -> None:
        """Take what `read_counted` needs, and let `executor` begin at once where there is one."""
        self._asked = asked
        if executor is not None and self._bundle.path is not None:
            self._future = executor.submit(envelopes.read_counted, self._bundle.path, asked)

    @property
    def counted(self) -> Counted:
        """The counted envelopes of every box; raises `InvalidBundle`."""
        if self._counted is None:
            if self._asked is None or self._bundle.path is None:
                raise InvalidBundle("The bundle does not say what its counted envelopes are of.")
            if self._future is None:
                self._counted = envelopes.read_counted(self._bundle.path, self._asked)
            else:
                self._counted = self._future.result()
        return self._counted

    def digest(self, path: str) -> tuple[str, int]:
        """SHA-256 in base64url and size of a file; raises `InvalidBundle` for a damaged one."""
        table = self._table(path)
        if table is not None:
            return table.digest, table.size
        content = self._bundle.read(path)
        return canonical.b64u(sha256(content).digest()), len(content)

    def check_lines(self, path: str) -> None:
        """Raise `InvalidBundle` unless every line of a file is canonical JSON."""
        table = self._table(path)
        if table is None or table.error is not None:
            read_table(self._bundle, path, check_canonical).require()

    @property
    def log(self) -> Log:
        """The entries of the log; raises `InvalidBundle`, as the following do."""
        found: Log = self._large(LOG).value
        return found

    @property
    def roll(self) -> Roll:
        """Everybody on the roll."""
        found: Roll = self._large(ROLL).value
        return found

    @property
    def openings(self) -> Openings:
        """What each `cast` entry commits to."""
        found: Openings = self._large(OPENINGS).value
        return found

    def envelopes(self, path: str) -> Envelopes:
        """The envelopes in a file."""
        found: Envelopes = self._large(path).value
        return found

    def items(self, path: str) -> dict[str, int]:
        """How many items of each box a stage holds."""
        value = self._large(path).value
        return value if path == MID else {box: len(items) for box, items in value.items()}

    def _large(self, path: str) -> Table[Any]:
        found = self._table(path)
        if found is None:
            message = f"The bundle has no file {path}."
            raise InvalidBundle(message)
        return found

    def _table(self, path: str) -> Table[Any] | None:
        """What a file is read as; None for one that is read whole."""
        if path not in self._tables:
            read = self._reader(path)
            if read is None:
                return None
            if self.on_reading:
                self.on_reading(path)
            self._tables[path] = read()
        return self._tables[path]

    def _reader(self, path: str) -> Callable[[], Table[Any]] | None:
        bundle = self._bundle
        if path not in bundle:
            return None
        if path in COLUMNS:
            return lambda: read_table(bundle, path, COLUMNS[path])
        if path == OUT:
            return lambda: bundle.kept(path, stage.items)
        if path == MID:
            return lambda: stage.counts(bundle, path)
        if self._asked is not None and path in map(counted, self._asked.box_ids):
            return lambda: self.counted.tables[path]
        if path.startswith("box/") and path.endswith(ENVELOPES):
            return lambda: read_table(bundle, path, envelopes.Reader().read)
        return None
