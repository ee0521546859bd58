"""Casting, exactly once: who may, when, with which token, and what a retry gets."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from hashlib import sha256

import pytest
import time_machine
from sqlalchemy import func, select, text

from tests.statements import statements
from tests.voting.factories import ROUND, Vote
from voting import box, cast_rows, clock, receipts
from voting.database import transaction
from voting.errors import (
    InvalidBallot,
    InvalidToken,
    NotOnRoll,
    RoundClosed,
    RoundNotOpen,
    TokenUsed,
    UnknownRound,
)
from voting.models import Envelope, LogQueue, Voter

MILLISECOND = timedelta(milliseconds=1)


def ballots_in(vote: Vote) -> int:
    with vote.store.sessions() as session:
        return session.scalars(select(func.count()).select_from(Envelope)).one()


def test_a_ballot_is_recorded_and_queued_for_the_log(open_vote: Vote, voters: list[str]) -> None:
    accepted = open_vote.cast(voters[0], "a", "b")
    with open_vote.store.sessions() as session:
        envelope = session.scalars(select(Envelope)).one()
        queued = session.scalars(
            select(LogQueue).where(LogQueue.leaf_hash == accepted.leaf_hash)
        ).one()
    assert envelope.leaf_hash == queued.leaf_hash
    assert (envelope.seq, envelope.box_id, envelope.voter_ref) == (1, "north", voters[0])
    assert len(envelope.envelope) == 32 + 256


def test_the_same_post_again_gives_the_same_answer(open_vote: Vote, voters: list[str]) -> None:
    token, body = open_vote.token(voters[0]), open_vote.body("a")
    first = open_vote.post(voters[0], token, body)
    second = open_vote.post(voters[0], token, body)
    assert (first, first.repeated, second.repeated) == (second, False, True)
    assert ballots_in(open_vote) == 1


def test_one_token_does_not_cast_two_different_ballots(open_vote: Vote, voters: list[str]) -> None:
    token = open_vote.token(voters[0])
    open_vote.post(voters[0], token, open_vote.body("a"))
    with pytest.raises(TokenUsed):
        open_vote.post(voters[0], token, open_vote.body("b"))
    assert ballots_in(open_vote) == 1


def test_a_token_of_another_voter_is_refused(open_vote: Vote, voters: list[str]) -> None:
    token = open_vote.token(voters[0])
    with pytest.raises(InvalidToken):
        open_vote.post(voters[1], token, open_vote.body("a"))
    assert open_vote.post(voters[0], token, open_vote.body("a"))


def test_an_invented_token_is_refused(open_vote: Vote, voters: list[str]) -> None:
    with pytest.raises(InvalidToken):
        open_vote.post(voters[0], "invented", open_vote.body("a"))


def test_a_token_is_kept_only_as_a_hash(open_vote: Vote, voters: list[str]) -> None:
    token = open_vote.token(voters[0])
    open_vote.post(voters[0], token, open_vote.body("a"))
    with open_vote.store.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM cast_token").all()
    assert token not in str(rows)
    assert token.encode() not in b"".join(
        bytes(value) for row in rows for value in row if isinstance(value, bytes | memoryview)
    )


def test_an_invalid_ballot_leaves_the_token_good(open_vote: Vote, voters: list[str]) -> None:
    token = open_vote.token(voters[0])
    with pytest.raises(InvalidBallot):
        open_vote.post(voters[0], token, open_vote.body("a", "b", "c"))
    assert ballots_in(open_vote) == 0
    assert open_vote.post(voters[0], token, open_vote.body("a"))


def test_a_project_of_another_box_is_refused(open_vote: Vote, voters: list[str]) -> None:
    with pytest.raises(InvalidBallot) as refused:
        open_vote.cast(voters[0], "d")
    assert refused.value.reasons[0].project_id == "d"


def test_voting_again_replaces(open_vote: Vote, voters: list[str]) -> None:
    first, second = open_vote.cast(voters[0], "a"), open_vote.cast(voters[0], "b")
    assert first.code != second.code
    with open_vote.store.sessions() as session:
        own = receipts.of_voter(session, ROUND, voters[0])
        assert session.get_one(Voter, (ROUND, voters[0])).ballots == 2
    assert [(ballot.seq, ballot.counts, ballot.code) for ballot in own] == [
        (2, True, second.code),
        (1, False, first.code),
    ]


def test_equal_ballots_have_different_receipts(open_vote: Vote, voters: list[str]) -> None:
    codes = {open_vote.cast(voter, "a").code for voter in voters}
    assert len(codes) == len(voters)


def test_who_is_not_on_the_roll_gets_no_token(open_vote: Vote) -> None:
    with pytest.raises(NotOnRoll):
        open_vote.token("somebody")


def test_a_round_that_does_not_exist_takes_no_ballot(open_vote: Vote, voters: list[str]) -> None:
    request = box.CastRequest("example/other", voters[0], "token", b"")
    with pytest.raises(UnknownRound), transaction(open_vote.store.sessions) as session:
        box.cast(session, request)


def test_nothing_is_cast_before_the_opening_act(draft: Vote) -> None:
    [voter] = draft.enrol(1)
    draft.seal()
    with pytest.raises(RoundNotOpen):
        draft.cast(voter, "a")


def test_the_first_and_the_last_moment(open_vote: Vote, voters: list[str]) -> None:
    opens, closes = open_vote.manifest.opens, open_vote.manifest.closes
    with clock.replay(opens - MILLISECOND), pytest.raises(RoundNotOpen):
        open_vote.cast(voters[0], "a")
    with clock.replay(opens):
        open_vote.cast(voters[0], "a")
    with clock.replay(closes - MILLISECOND):
        open_vote.cast(voters[1], "a")
    with clock.replay(closes), pytest.raises(RoundClosed):
        open_vote.cast(voters[2], "a")
    assert ballots_in(open_vote) == 2


def test_a_skewed_web_clock_moves_no_close_on_postgresql(
    open_vote: Vote, voters: list[str]
) -> None:
    if open_vote.store.name == "sqlite":
        pytest.skip("a clock of its own is a matter of the other database")
    late = open_vote.manifest.closes + timedelta(seconds=1)
    with time_machine.travel(late, tick=True):
        assert open_vote.cast(voters[0], "a")


def test_a_clock_that_steps_back_does_not_precede_the_last_cast(
    open_vote: Vote, voters: list[str]
) -> None:
    if open_vote.store.name == "postgresql":
        pytest.skip("the host's clock is a matter of the other database")
    closes = open_vote.manifest.closes
    with clock.replay(closes - timedelta(seconds=1)):
        open_vote.cast(voters[0], "a")
    open_vote.cast(voters[1], "a")
    with open_vote.store.sessions() as session:
        times = session.scalars(select(Envelope.accepted_at)).all()
    assert set(times) == {closes - timedelta(seconds=1)}


def test_a_retry_after_the_close_gets_its_answer(open_vote: Vote, voters: list[str]) -> None:
    token, body = open_vote.token(voters[0]), open_vote.body("a")
    unused = open_vote.token(voters[1])
    first = open_vote.post(voters[0], token, body)
    open_vote.close()
    assert open_vote.post(voters[0], token, body) == first
    with pytest.raises(TokenUsed):
        open_vote.post(voters[0], token, open_vote.body("b"))
    with pytest.raises(RoundClosed):
        open_vote.post(voters[1], unused, body)


def test_casting_many_refuses_one_by_one(open_vote: Vote, voters: list[str]) -> None:
    """The bulk path refuses what the single path refuses, and records the rest."""
    tokens = [open_vote.token(voter) for voter in voters[:3]]
    good, bad = open_vote.body("a"), open_vote.body("d")
    posts = [
        (voters[0], tokens[0], good),
        (voters[1], tokens[1], bad),
        (voters[2], tokens[0], good),
        (voters[0], tokens[0], good),
        (voters[0], tokens[0], open_vote.body("b")),
        (voters[2], tokens[2], good),
    ]
    requests = [box.CastRequest(ROUND, *post) for post in posts]
    with transaction(open_vote.store.sessions) as session:
        answers = box.cast_many(session, ROUND, requests)
    kinds = [type(answer) for answer in answers]
    assert kinds == [
        box.Acceptance,
        InvalidBallot,
        InvalidToken,
        box.Acceptance,
        TokenUsed,
        box.Acceptance,
    ]
    assert answers[3] == answers[0]
    assert ballots_in(open_vote) == 2


def test_a_voter_twice_in_one_batch_gets_two_sequence_numbers(
    open_vote: Vote, voters: list[str]
) -> None:
    requests = [
        box.CastRequest(ROUND, voters[0], open_vote.token(voters[0]), open_vote.body(choice))
        for choice in "ab"
    ]
    with transaction(open_vote.store.sessions) as session:
        box.cast_many(session, ROUND, requests)
        assert sorted(session.scalars(select(Envelope.seq))) == [1, 2]
        assert session.get_one(Voter, (ROUND, voters[0])).ballots == 2


def test_a_cast_asks_the_database_a_few_times_only(open_vote: Vote, voters: list[str]) -> None:
    """Every statement is a way there and back while the voter waits and locks are held."""
    open_vote.cast(voters[0], "a")
    token, body = open_vote.token(voters[0]), open_vote.body("b")
    with statements(open_vote.store.engine) as seen:
        open_vote.post(voters[0], token, body)
    most = {"sqlite": 6, "postgresql": 3}[open_vote.store.name]
    assert len(seen) <= most, "\n".join(seen)


def test_the_clock_is_read_once_a_cast_holds_its_locks(open_vote: Vote, voters: list[str]) -> None:
    if open_vote.store.name == "sqlite":
        pytest.skip("there one writer waits for another before it reads anything")
    token_hash = sha256(open_vote.token(voters[0]).encode()).digest()
    with open_vote.store.sessions() as holder, ThreadPoolExecutor(1) as thread:
        holder.get_one(Voter, (ROUND, voters[0]), with_for_update=True)
        found = thread.submit(moment_of_cast, open_vote, token_hash, voters[0])
        until_somebody_waits(open_vote)
        released = clock.now(holder)
        holder.rollback()
        assert found.result() >= released


def moment_of_cast(vote: Vote, token_hash: bytes, voter: str) -> datetime:
    with transaction(vote.store.sessions) as session:
        return cast_rows.find(session, ROUND, {token_hash: voter}).moment


def until_somebody_waits(vote: Vote) -> None:
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    while True:  # one transaction sees the same activity all the time
        with vote.store.sessions() as session:
            if session.execute(waiting).scalar_one():
                return
        time.sleep(0.01)
