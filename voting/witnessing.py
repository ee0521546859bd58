"""Asking a round's witnesses to cosign each new checkpoint of its log.

Questions go out in threads that touch no database, and whoever calls `run_once` keeps what has
come back: a witness that is away holds nothing up, and is asked again after a growing pause.
"""

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from tallying.evidence import merkle
from tallying.evidence.policy import Policy, Witness
from tallying.witness import client
from tallying.witness.client import Conflict, InvalidAddress, NoCosignature, Question
from voting import cosignatures, log, tiles
from voting.database import Sessions, transaction
from voting.errors import NotWitnessed
from voting.models import LogCheckpoint, LogHead, Poll

logger = logging.getLogger(__name__)

ASKED_AT_ONCE = 16
SHORTEST_PAUSE_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 60.0
LOOK_SECONDS = 0.05

Answer = bytes | Conflict
Key = tuple[str, str]
"""A round and one of its witnesses."""


@dataclass(frozen=True)
class _Asked:
    """A question under way."""

    size: int
    policy: Policy
    witness: Witness
    answer: Future[Answer]


@dataclass
class _Rest:
    """A witness that did not sign is left alone until `until`, each time for longer."""

    until: float
    pause: float


@dataclass
class Witnessing:
    """Asks the witnesses of every round; `clock` in seconds, never going back."""

    sessions: Sessions
    patience: float = client.PATIENCE_SECONDS
    clock: Callable[[], float] = time.monotonic
    _asked: dict[Key, _Asked] = field(default_factory=dict)
    _rests: dict[Key, _Rest] = field(default_factory=dict)
    _known: dict[Key, int] = field(default_factory=dict)
    _policies: dict[str, Policy | None] = field(default_factory=dict)
    _complete: dict[str, tuple[str, int]] = field(default_factory=dict)
    _pool: ThreadPoolExecutor | None = None

    def run_once(self) -> int:
        """Keep what was answered, and ask who is to be asked; answers how many signed."""
        kept = sum(self._conclude(key) for key in self._answered())
        with self.sessions() as session:
            for round_id, size, digest in self._rounds(session):
                self._ask_all(session, round_id, size, digest)
        return kept

    def gather(self, round_id: str, patience: float = 10.0) -> None:
        """Wait until the newest checkpoint of a round has its quorum; raises `NotWitnessed`."""
        end = self.clock() + patience
        self._rests = {key: rest for key, rest in self._rests.items() if key[0] != round_id}
        while lacking := self._lacking(round_id):
            if self.clock() >= end:
                raise NotWitnessed(lacking)
            self.run_once()
            wait([asked.answer for asked in self._asked.values()], timeout=LOOK_SECONDS)

    def close(self) -> None:
        """Let go of the threads; questions under way are given up."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def _lacking(self, round_id: str) -> list[str]:
        """The witnesses that have not signed the newest checkpoint; none once the quorum has."""
        with self.sessions() as session:
            policy = cosignatures.policy(session, round_id)
            newest = log.checkpoint(session, round_id)
            if policy is None or newest is None:
                return []
            signed = cosignatures.signers(session, round_id, newest.size)
        if policy.is_met(signed):
            return []
        return [witness.name for witness in policy.witnesses if witness.name not in signed]

    def _rounds(self, session: Session) -> list[tuple[str, int, str]]:
        """Rounds whose log has grown since every witness signed: round, size, manifest."""
        rows = session.execute(
            select(LogHead.round_id, LogHead.size, Poll.manifest_digest)
            .join(Poll, Poll.round_id == LogHead.round_id)
            .where(Poll.retired_at.is_(None))
        )
        return [
            (round_id, size, digest)
            for round_id, size, digest in rows
            if digest is not None and size and self._complete.get(round_id) != (digest, size)
        ]

    def _ask_all(self, session: Session, round_id: str, size: int, digest: str) -> None:
        if digest not in self._policies:
            self._policies[digest] = cosignatures.policy(session, round_id)
        policy = self._policies[digest]
        newest = log.checkpoint(session, round_id)
        if policy is None or newest is None:
            if policy is None:
                self._complete[round_id] = (digest, size)
            return
        signed = cosignatures.signers(session, round_id, newest.size)
        missing = [w for w in policy.witnesses if w.name not in signed and w.address]
        for witness in missing:
            if self._may_ask((round_id, witness.name)):
                question = self._question(session, round_id, newest, witness)
                if question is not None:
                    self._send((round_id, witness.name), newest.size, policy, witness, question)
        if not missing and newest.size == size:
            self._complete[round_id] = (digest, size)

    def _may_ask(self, key: Key) -> bool:
        rest = self._rests.get(key)
        return key not in self._asked and (rest is None or self.clock() >= rest.until)

    def _question(
        self, session: Session, round_id: str, newest: LogCheckpoint, witness: Witness
    ) -> Question | None:
        """What to ask; None for a witness that knows more than the log has."""
        key = (round_id, witness.name)
        try:
            address = client.Address.parse(witness.address or "")
        except InvalidAddress as error:
            self._pause(key, str(error))
            return None
        old = self._known.get(key, cosignatures.last_size(session, round_id, witness.name))
        if old > newest.size:
            self._pause(key, f"It has signed {old} entries; the log has {newest.size}.")
            return None
        reader = tiles.TileReader(session, round_id, newest.size)
        proof = merkle.consistency_proof(old, newest.size, reader.node)
        return Question(address, witness.key, bytes(newest.note), old, proof)

    def _send(
        self, key: Key, size: int, policy: Policy, witness: Witness, question: Question
    ) -> None:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(ASKED_AT_ONCE, thread_name_prefix="witness")
        answer = self._pool.submit(client.ask, question, self.patience)
        self._asked[key] = _Asked(size, policy, witness, answer)

    def _answered(self) -> list[Key]:
        return [key for key, asked in self._asked.items() if asked.answer.done()]

    def _conclude(self, key: Key) -> bool:
        """Keep a signature; True when it is a new one."""
        asked = self._asked.pop(key)
        try:
            answer = asked.answer.result()
        except NoCosignature as error:
            self._pause(key, str(error))
            return False
        if isinstance(answer, Conflict):
            self._take_note(key, answer)
            return False
        self._known[key] = asked.size
        self._rests.pop(key, None)
        with transaction(self.sessions) as session:
            return cosignatures.keep(
                session, key[0], asked.size, asked.policy, asked.witness, answer
            )

    def _take_note(self, key: Key, conflict: Conflict) -> None:
        """Ask again from the size that the witness knows; told the same twice, after a pause."""
        if self._known.get(key) == conflict.size:
            self._pause(key, f"It has signed {conflict.size} entries, and will not go on.")
        self._known[key] = conflict.size

    def _pause(self, key: Key, why: str) -> None:
        rest = self._rests.get(key)
        pause = (
            SHORTEST_PAUSE_SECONDS if rest is None else min(rest.pause * 2, LONGEST_PAUSE_SECONDS)
        )
        self._rests[key] = _Rest(self.clock() + pause, pause)
        logger.warning("The witness %s of %s did not sign: %s", key[1], key[0], why)
