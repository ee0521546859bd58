"""SQLite and a power cut: every ballot that was answered is there, unless syncing is switched off."""

import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import sessionmaker

from tests.crashes.checker import Findings, Told, examine
from tests.crashes.power import NoFileSystem, Recorder, Step, cut
from tests.stores import Store
from tests.voting.factories import ROUND, Vote
from tests.voting.factories import vote as make_vote
from voting import log
from voting.database import Sessions, open_engine
from voting.models import LogCheckpoint

BALLOTS, CUTS = 60, 40
SMALL_LOG_PAGES = 40
"""The write-ahead log goes into the database after so many pages: cuts fall into that as well."""


@pytest.fixture
def recorder(request: pytest.FixtureRequest) -> Iterator[Recorder]:
    try:
        with Recorder(f"power-cut-{request.node.name}").registered() as recorder:
            yield recorder
    except NoFileSystem as reason:
        pytest.skip(f"The power cannot be cut: {reason}")


@dataclass(frozen=True)
class Recorded:
    """A vote, the files that were there before it, and all that was done to them."""

    ballots: Vote
    before: dict[str, bytes]
    steps: list[Step]


def vote_until_the_cut(
    recorder: Recorder, template: Path, folder: Path, synchronous: str
) -> Recorded:
    """Ballots one after the other, now and then sequenced; answers are marked among the steps."""
    path = folder / "platform.db"
    shutil.copy(template, path)
    before = {str(path): path.read_bytes()}
    engine = open_engine(recorder.url(path))

    @event.listens_for(engine, "connect")
    def weaken(connection: Any, _record: object) -> None:
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        connection.execute(f"PRAGMA wal_autocheckpoint = {SMALL_LOG_PAGES}")

    ballots = make_vote(Store(recorder.url(path), engine, sessionmaker(engine)), folder)
    voters = ballots.enrol(12)
    ballots.seal()
    ballots.open()
    key = ballots.keys.log_key(ROUND)
    recorder.mark(key.state.read_bytes())
    recorder.mark("open")
    for number in range(BALLOTS):
        token = ballots.token(voters[number % len(voters)])
        accepted = ballots.post(voters[number % len(voters)], token, ballots.body("a"))
        recorder.mark((token, accepted.code))
        if number % 7 == 0:
            ballots.drain()
            recorder.mark(key.state.read_bytes())
    steps = list(recorder.steps)
    engine.dispose()
    return Recorded(ballots, before, steps)


@contextmanager
def after_the_cut(vote: Recorded, moment: int, folder: Path) -> Iterator[tuple[Sessions, Told]]:
    """What the disk holds, opened again, and what voters had been told by then."""
    folder.mkdir()
    cut(vote.steps, moment, vote.before, folder)
    notes = [step.note for step in vote.steps[:moment] if step.kind == "mark"]
    *_, signed = [note for note in notes if isinstance(note, bytes)]
    vote.ballots.keys.log_key(ROUND).state.write_bytes(signed)
    engine = open_engine(f"sqlite:///{folder}/platform.db")
    try:
        yield (
            sessionmaker(engine),
            {note[0]: {note[1]} for note in notes if isinstance(note, tuple)},
        )
    finally:
        engine.dispose()


def is_whole(sessions: Sessions) -> bool:
    """Whether SQLite finds its own file in order; raises `DBAPIError` when it is beyond that."""
    with sessions() as session:
        return session.scalars(text("PRAGMA integrity_check")).all() == ["ok"]


def look(sessions: Sessions, told: Told) -> Findings:
    with sessions() as session:
        roots = {row.size: row.root for row in session.query(LogCheckpoint)}
        return examine(session, ROUND, told, roots)


def moments(steps: list[Step]) -> list[int]:
    """Where the power goes: anywhere after the opening, and at the very end."""
    opened = next(number for number, step in enumerate(steps) if step.note == "open")
    anywhere = random.Random(4).sample(range(opened + 1, len(steps)), CUTS - 1)
    return [*anywhere, len(steps)]


def test_no_answered_ballot_is_lost_when_the_power_is_cut(
    recorder: Recorder, sqlite_template: Path, tmp_path: Path
) -> None:
    vote = vote_until_the_cut(recorder, sqlite_template, tmp_path, "FULL")
    for moment in moments(vote.steps):
        folder = tmp_path / str(moment)
        with after_the_cut(vote, moment, folder) as (sessions, told):
            assert is_whole(sessions)
            found = look(sessions, told)
            assert found.clean, (moment, found)
            log.drain(
                sessions, vote.ballots.keys, ROUND
            )  # the key signs on: this is what it signed
            assert look(sessions, told).clean, moment
    assert found.acknowledged == BALLOTS


def test_the_same_look_finds_what_less_syncing_loses(
    recorder: Recorder, sqlite_template: Path, tmp_path: Path
) -> None:
    vote = vote_until_the_cut(recorder, sqlite_template, tmp_path, "NORMAL")
    lost = 0
    for moment in moments(vote.steps):
        folder = tmp_path / str(moment)
        with after_the_cut(vote, moment, folder) as (sessions, told):
            lost += bool(look(sessions, told).lost)
    assert lost > CUTS / 4


def test_without_syncing_ballots_are_lost_or_all_of_the_database(
    recorder: Recorder, sqlite_template: Path, tmp_path: Path
) -> None:
    vote = vote_until_the_cut(recorder, sqlite_template, tmp_path, "OFF")
    lost = 0
    for moment in moments(vote.steps):
        folder = tmp_path / str(moment)
        try:
            with after_the_cut(vote, moment, folder) as (sessions, told):
                lost += not is_whole(sessions) or bool(look(sessions, told).lost)
        except DBAPIError:
            lost += 1
    assert lost > CUTS / 4
