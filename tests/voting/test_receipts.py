"""Receipt codes and acceptances: forgiving to read, and silent about the choices."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallying.evidence import canonical
from tallying.evidence.acceptance import receipt_code
from tallying.evidence.proof import Proof
from tests.voting.factories import ROUND, Vote
from voting import receipts
from voting.database import transaction
from voting.models import ReceiptChecks
from voting.receipts import ReceiptState


@given(st.binary(min_size=32, max_size=32))
def test_a_code_is_the_first_eighty_bits(leaf_hash: bytes) -> None:
    code = receipt_code(leaf_hash)
    assert [len(group) for group in code.split("-")] == [4, 4, 4, 4]
    assert receipts.read_code(code) == leaf_hash[:10]


def test_a_known_code() -> None:
    assert receipt_code(bytes(range(32))) == "000G-40R4-0M30-E209"


@pytest.mark.parametrize(
    "typed",
    ["000g-40r4-0m30-e209", "000g40r40m30e209", " OOOG 4OR4 OM3O E2O9 ", "ooog-40r4-0m30-e209"],
)
def test_a_code_is_read_as_people_type_it(typed: str) -> None:
    assert receipts.read_code(typed) == bytes(range(10))


@pytest.mark.parametrize("typed", ["", "000G-40R4-0M30-E20", "000G-40R4-0M30-E20U", "é" * 16])
def test_what_cannot_be_a_code_is_unknown(open_vote: Vote, typed: str) -> None:
    with open_vote.store.sessions() as session:
        assert receipts.find(session, ROUND, typed).state is ReceiptState.UNKNOWN


def test_a_receipt_is_queued_then_logged(open_vote: Vote, voters: list[str]) -> None:
    code = open_vote.cast(voters[0], "a").code
    states = []
    for _ in range(2):
        with open_vote.store.sessions() as session:
            states.append(receipts.find(session, ROUND, code).state)
        open_vote.drain()
    assert states == [ReceiptState.QUEUED, ReceiptState.LOGGED]


def test_a_code_of_no_ballot_is_unknown(open_vote: Vote) -> None:
    with open_vote.store.sessions() as session:
        assert receipts.find(session, ROUND, "0" * 16).state is ReceiptState.UNKNOWN


def test_an_acceptance_is_the_same_each_time_and_says_nothing_of_the_choices(
    open_vote: Vote, voters: list[str]
) -> None:
    few, many = open_vote.cast(voters[0], "a"), open_vote.cast(voters[1], "b", "c")
    notes = [receipts.acceptance(open_vote.keys, ROUND, answer.leaf_hash) for answer in (few, many)]
    assert notes[0] == receipts.acceptance(open_vote.keys, ROUND, few.leaf_hash)
    assert len(notes[0]) == len(notes[1])
    assert notes[0].decode().startswith(f"pb.acceptance/1\n{ROUND}\n")
    assert "in the log within 60 seconds\n" in notes[0].decode()


def test_receipts_of_different_ballots_have_the_same_form(
    open_vote: Vote, voters: list[str]
) -> None:
    """In a log of eight entries every proof has three hashes, whatever its place."""
    said = ((), ("a",), ("b", "c"), ("a", "b"), ("c",))
    answers = [open_vote.cast(voter, *chosen) for voter, chosen in zip(voters, said, strict=True)]
    open_vote.drain()
    proofs = []
    for answer in answers:
        with open_vote.store.sessions() as session:
            proofs.append(receipts.find(session, ROUND, answer.code).proof or "")
    forms = [
        [(line.partition(" ")[0] if " " in line else "", len(line)) for line in proof.split("\n")]
        for proof in proofs
    ]
    assert all(form == forms[0] for form in forms)
    assert len(forms[0]) == 3 + 3 + 1 + 3 + 1 + 2
    entries = [canonical.loads(Proof.parse(proof.encode()).extra or b"") for proof in proofs]
    assert {tuple(entry) for entry in entries} == {("c", "ct", "r", "t")}
    notes = {len(receipts.acceptance(open_vote.keys, ROUND, a.leaf_hash)) for a in answers}
    assert len(notes) == len({len(answer.code) for answer in answers}) == 1


def test_checks_of_receipts_are_counted_each_and_nothing_else_is_kept(open_vote: Vote) -> None:
    sessions = open_vote.store.sessions
    with sessions() as session:
        assert receipts.checks(session, ROUND) == 0
    workers = [threading.Thread(target=count_five, args=(open_vote,)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with sessions() as session:
        assert receipts.checks(session, ROUND) == 20
    assert set(ReceiptChecks.__table__.columns.keys()) == {"round_id", "checks"}


def count_five(open_vote: Vote) -> None:
    for _ in range(5):
        with transaction(open_vote.store.sessions) as session:
            receipts.count_check(session, ROUND)
