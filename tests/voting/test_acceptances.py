"""Acceptances that voters hand in: kept once, published with the count, and silent about who did."""

import pytest

from tallying.evidence.acceptance import Acceptance
from tests.voting.factories import ROUND, Vote
from voting import acceptances, receipts
from voting.database import transaction
from voting.errors import NoAcceptance
from voting.models import HandedAcceptance


def hand_in(vote: Vote, content: bytes) -> acceptances.HandedIn:
    with transaction(vote.store.sessions) as session:
        return acceptances.hand_in(session, ROUND, content)


def kept(vote: Vote) -> list[Acceptance]:
    with vote.store.sessions() as session:
        return acceptances.handed_in(session, ROUND)


def promised(vote: Vote, leaf: bytes) -> bytes:
    return receipts.acceptance(vote.keys, ROUND, leaf)


def test_an_acceptance_is_kept_once_with_nothing_about_who_handed_it_in(
    open_vote: Vote, voters: list[str]
) -> None:
    accepted = open_vote.cast(voters[0], "a")
    note = promised(open_vote, accepted.leaf_hash)
    told = [hand_in(open_vote, note) for _ in range(2)]
    assert told == [acceptances.HandedIn(accepted.code, is_kept=True)] * 2
    assert [item.leaf for item in kept(open_vote)] == [accepted.leaf_hash]
    columns = set(HandedAcceptance.__table__.columns.keys())
    assert columns == {"round_id", "leaf_hash", "signature"}


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"7K3M-9Q2T-XW4H-0RZD\n", b"pb.acceptance/1\n" * 4, b"\xff" * 9000],
    ids=["nothing", "an empty line", "a code", "no signature", "too much"],
)
def test_what_no_receipt_key_signed_is_not_kept(open_vote: Vote, content: bytes) -> None:
    with pytest.raises(NoAcceptance):
        hand_in(open_vote, content)
    assert kept(open_vote) == []


def test_an_altered_acceptance_is_not_kept(open_vote: Vote) -> None:
    note = promised(open_vote, bytes(32)).replace(b"AAAA", b"BAAA", 1)
    with pytest.raises(NoAcceptance):
        hand_in(open_vote, note)


def test_no_more_are_kept_than_ballots_can_have_been_lost(
    open_vote: Vote, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acceptances, "SPARE", -1)
    open_vote.drain()
    leaves = [bytes([number]) * 32 for number in range(9)]
    told = [hand_in(open_vote, promised(open_vote, leaf)).is_kept for leaf in leaves]
    assert True in told
    assert told == sorted(told, reverse=True)
    assert len(kept(open_vote)) == sum(told) < len(leaves)
    assert hand_in(open_vote, promised(open_vote, leaves[0])).is_kept
