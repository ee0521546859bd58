"""The sequencer: a thread of the embedded server, a process of its own in production.

Any number may run. The lock of each log's head lets one append at a time, and another goes on
when it dies.
"""

import logging
import threading
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
        """One round's fault (a lost key, a fork) must not stop the others."""
        try:
            return log.sequence(self.sessions, self.keys, round_id)
        except VotingError:
            logger.exception("The log of %s cannot be sequenced.", round_id)
            return 0
