"""Many at once, on both databases: nothing lost, nothing twice, no gap in the log."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.voting.factories import ROUND, Vote
from voting import clock, log, opening, reconciliation
from voting.box import Acceptance
from voting.errors import RoundClosed
from voting.models import Envelope, LogEntry, Voter

THREADS = 20


def in_parallel(
    work: Sequence[Callable[[], Acceptance]], threads: int = THREADS
) -> list[Acceptance]:
    with ThreadPoolExecutor(threads) as pool:
        return [future.result() for future in [pool.submit(job) for job in work]]


def test_fifty_posts_of_one_token_give_one_ballot_and_one_receipt(
    open_vote: Vote, voters: list[str]
) -> None:
    token, body = open_vote.token(voters[0]), open_vote.body("a")
    start = threading.Barrier(50)

    def post() -> Acceptance:
        start.wait()
        return open_vote.post(voters[0], token, body)

    answers = in_parallel([post] * 50, threads=50)
    assert len({answer.code for answer in answers}) == 1
    assert sum(not answer.repeated for answer in answers) == 1
    with open_vote.store.sessions() as session:
        assert session.scalars(select(func.count()).select_from(Envelope)).one() == 1


def test_two_hundred_voters_voting_twice_are_counted_once_each(draft: Vote) -> None:
    voters = draft.enrol(200)
    draft.seal()
    draft.open()
    sequencing = threading.Event()

    def sequence() -> None:
        while not sequencing.wait(0.05):
            draft.drain()

    sequencer = threading.Thread(target=sequence)
    sequencer.start()
    jobs = [partial(draft.cast, voter, "a") for voter in voters * 2]
    accepted = in_parallel(jobs)
    sequencing.set()
    sequencer.join()
    draft.close()
    draft.drain()

    assert len({answer.leaf_hash for answer in accepted}) == 400
    with draft.store.sessions() as session:
        logged = session.execute(
            select(LogEntry.position, LogEntry.leaf_hash).order_by(LogEntry.position)
        ).all()
        boxes = opening.open_boxes(session, ROUND, Path())
        [north, _] = reconciliation.reconcile(session, ROUND, boxes)
        sequences = session.scalars(select(Voter.ballots)).all()
    assert [row.position for row in logged] == list(range(len(logged)))
    assert {answer.leaf_hash for answer in accepted} <= {bytes(row.leaf_hash) for row in logged}
    assert (north.accepted, north.superseded, north.result) == (400, 200, 200)
    assert north.ties
    assert set(sequences) == {2}


def test_a_ballot_cast_while_the_round_closes_is_before_the_close_or_refused(
    open_vote: Vote, voters: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    closes = open_vote.manifest.closes
    moment = [closes - timedelta(seconds=1)]
    monkeypatch.setattr(clock, "now", lambda *_read: moment[0])
    closed = threading.Event()
    accepted: list[Acceptance] = []

    def vote_on(voter: str) -> None:
        while True:
            try:
                accepted.append(open_vote.cast(voter, "a"))
            except RoundClosed:
                return
            assert not closed.is_set()

    voting = [threading.Thread(target=vote_on, args=(voter,)) for voter in voters]
    for thread in voting:
        thread.start()
    while len(accepted) < 20:
        log.sequence(open_vote.store.sessions, open_vote.keys, ROUND)
    moment[0] = closes
    open_vote.close()
    closed.set()
    for thread in voting:
        thread.join()
    open_vote.drain()
    types = open_vote.types()
    assert types.count("cast") == len(accepted)
    assert types[-1] == "close"
