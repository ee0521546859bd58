"""The sequencer: a thread of the embedded server, a process of its own in production.

Any number may run. The lock of each log's head lets one append at a time, and another goes on
when it dies.
"""

import logging
import threading
import time
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from voting import log
from voting.database import Sessions
from voting.errors import VotingError
from voting.keys import KeyStore
from voting.models import LogCheckpoint, LogHead, LogQueue, Poll

logger = logging.getLogger(__name__)

INTERVAL_SECONDS = 1.0
AGAIN_SECONDS = 60.0
_told: dict[tuple[str, str], float] = {}
"""By round and kind of fault, when it was logged: what stays would be logged at every look."""


@dataclass(frozen=True)
class Sequencer:
    """Sequences every round with something to sequence or to sign."""

    sessions: Sessions
    keys: KeyStore
    interval: float = INTERVAL_SECONDS

    def run_once(self) -> int:
        """One batch for each round that waits; answers how many entries were appended."""
        return sum(self._sequence(round_id) for round_id in self._waiting())

    def run(self, stop: threading.Event) -> None:
        """Sequence until `stop` is set; a database that is away is tried again."""
        while not stop.is_set():
            try:
                appended = self.run_once()
            except OperationalError:
                logger.exception("The sequencer cannot reach the database.")
                appended = 0
            if not appended:
                stop.wait(self.interval)

    def _waiting(self) -> list[str]:
        signed = (
            select(LogCheckpoint.size)
            .where(LogCheckpoint.round_id == LogHead.round_id, LogCheckpoint.size == LogHead.size)
            .exists()
        )
        retired = select(Poll.round_id).where(Poll.retired_at.is_not(None))
        unsigned = select(LogHead.round_id).where(
            LogHead.size > 0, ~signed, LogHead.round_id.not_in(retired)
        )
        waiting = select(LogQueue.round_id).where(LogQueue.round_id.not_in(retired)).distinct()
        with self.sessions() as session:
            queued = session.scalars(waiting).all()
            return sorted({*queued, *session.scalars(unsigned)})

    def _sequence(self, round_id: str) -> int:
        """One round's fault (a lost key, a fork, a folder of another's) must not stop the others."""
        try:
            return log.sequence(self.sessions, self.keys, round_id)
        except (VotingError, OSError) as error:
            _tell(round_id, error)
            return 0


def _tell(round_id: str, error: Exception) -> None:
    """Log what keeps a log from being sequenced, once a minute."""
    what, now = (round_id, type(error).__name__), time.monotonic()
    if now - _told.get(what, -AGAIN_SECONDS) >= AGAIN_SECONDS:
        _told[what] = now
        logger.error("The log of %s cannot be sequenced.", round_id, exc_info=error)
