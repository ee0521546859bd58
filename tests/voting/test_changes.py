"""What two officials change of a sealed round while the vote is open, in the log and for the count."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tallying.evidence.bundle import Bundle
from tallying.evidence.count import count_bundle
from tallying.evidence.verify import Report, verify
from tests.tallying.evidence import second
from tests.voting.factories import OFFICIALS, ROUND, Vote
from voting import box, bundle, changes, clock
from voting.database import transaction
from voting.errors import NotOnRoll, RoundClosed, SameOfficial, VotingError, WrongState
from voting.revocation import Reason

WHY = {"en": "The post was late."}
DAY = timedelta(days=1)


def extend(vote: Vote, by: timedelta = DAY, officials: box.Officials = OFFICIALS) -> None:
    with transaction(vote.store.sessions) as session:
        box.extend(session, ROUND, vote.manifest.closes + by, WHY, officials)


def withdraw(vote: Vote, project: str = "a", officials: box.Officials = OFFICIALS) -> None:
    with transaction(vote.store.sessions) as session:
        box.withdraw(session, ROUND, project, WHY, officials)


def count(vote: Vote, folder: Path) -> tuple[Any, Report]:
    """Commit, count from the bundle, and verify what is published."""
    vote.commit_boxes()
    written = bundle.write_input(vote.store.sessions, vote.keys, ROUND, folder, 1, OFFICIALS)
    with Bundle.open(written) as counted:
        result = count_bundle(counted)
    done = bundle.write_result(vote.store.sessions, vote.keys, ROUND, folder, 1, result)
    with Bundle.open(done.auditor) as evidence:
        return result, second.agree(done.auditor, verify(evidence))


def crowd(vote: Vote, choice: str) -> None:
    """Fifteen more voters for `choice` in `north`, and ten in `south`: no box hides its numbers."""
    further = vote.enrol(20)[5:]
    vote.cast_all([(voter, [choice]) for voter in further])
    vote.cast_all([(voter, ["d"]) for voter in vote.enrol(12, "south")[2:]])


def test_a_vote_that_was_extended_takes_ballots_until_the_later_close(
    open_vote: Vote, voters: list[str], tmp_path: Path
) -> None:
    extend(open_vote)
    with clock.replay(open_vote.manifest.closes):
        open_vote.cast(voters[0], "a")
        with pytest.raises(WrongState), transaction(open_vote.store.sessions) as session:
            box.close_round(session, ROUND, OFFICIALS)
    later = open_vote.manifest.closes + DAY
    with clock.replay(later):
        with pytest.raises(RoundClosed) as refused:
            open_vote.cast(voters[1], "a")
        assert refused.value.closes == later
        with transaction(open_vote.store.sessions) as session:
            box.close_round(session, ROUND, OFFICIALS)
    _, report = count(open_vote, tmp_path)
    assert report.passed, report.to_json()
    [entry] = [entry for entry in open_vote.entries() if entry["t"] == "extend"]
    assert (entry["reason"], entry["by"]) == (WHY, list(OFFICIALS))


def test_a_vote_can_be_extended_again_and_only_to_a_later_time(open_vote: Vote) -> None:
    extend(open_vote)
    for same_or_earlier in (DAY, timedelta(0)):
        with pytest.raises(WrongState):
            extend(open_vote, same_or_earlier)
    extend(open_vote, 2 * DAY)
    with open_vote.store.sessions() as session:
        closes = [found.closes for found in changes.extensions(session, ROUND)]
    assert closes == [open_vote.manifest.closes + DAY, open_vote.manifest.closes + 2 * DAY]


def test_a_withdrawn_project_is_on_the_ballot_and_cannot_be_funded(
    open_vote: Vote, voters: list[str], tmp_path: Path
) -> None:
    for voter in voters[:3]:
        open_vote.cast(voter, "a")
    open_vote.cast(voters[3], "b")
    withdraw(open_vote)
    open_vote.cast(voters[4], "a", "c")
    crowd(open_vote, "b")
    open_vote.close()
    result, report = count(open_vote, tmp_path)
    north = result["boxes"][0]["outcome"]
    assert set(north["funded"]) == {"b", "c"}
    codes = {project["id"]: project["code"] for project in north["projects"]}
    assert codes["a"] == "withdrawn"
    assert report.passed, report.to_json()
    with open_vote.store.sessions() as session:
        found = changes.withdrawn(session, ROUND)["a"]
    assert (found.box, found.reason) == ("north", WHY)


ACTS = pytest.mark.parametrize("act", [extend, withdraw], ids=["extend", "withdraw"])


@ACTS
def test_one_official_alone_changes_nothing(open_vote: Vote, act: Callable[..., None]) -> None:
    with pytest.raises(SameOfficial):
        act(open_vote, officials=("official-a", "official-a"))
    open_vote.drain()
    assert open_vote.types() == ["round.config", "roll.commit", "open"]


@ACTS
def test_at_the_close_it_is_too_late(open_vote: Vote, act: Callable[..., None]) -> None:
    with clock.replay(open_vote.manifest.closes), pytest.raises(RoundClosed):
        act(open_vote)
    open_vote.close()
    with pytest.raises(WrongState):
        act(open_vote)


@ACTS
def test_before_voting_opens_rules_are_amended_instead(
    draft: Vote, act: Callable[..., None]
) -> None:
    draft.seal()
    with pytest.raises(WrongState):
        act(draft)


def test_a_project_is_withdrawn_once_and_only_from_the_ballot(open_vote: Vote) -> None:
    withdraw(open_vote)
    for project in ("a", "unknown"):
        with pytest.raises(VotingError):
            withdraw(open_vote, project)


def revoke(vote: Vote, voter: str, officials: box.Officials = OFFICIALS) -> None:
    with transaction(vote.store.sessions) as session:
        box.revoke(session, ROUND, voter, Reason.NOT_ELIGIBLE, officials)


def test_a_revoked_ballot_stays_in_the_box_and_does_not_count(
    open_vote: Vote, voters: list[str], tmp_path: Path
) -> None:
    open_vote.cast(voters[0], "a")
    open_vote.cast(voters[0], "b")
    open_vote.cast(voters[1], "c")
    revoke(open_vote, voters[0])
    revoke(open_vote, voters[2])
    with pytest.raises(NotOnRoll):
        open_vote.cast(voters[0], "a")
    crowd(open_vote, "c")
    open_vote.close()
    result, report = count(open_vote, tmp_path)
    assert report.passed, report.to_json()
    north = result["boxes"][0]["outcome"]
    assert (north["counts"]["ballots"], north["funded"]) == (16, ["c"])
    path = bundle.editions(tmp_path, ROUND, 1).auditor
    with Bundle.open(path) as evidence:
        [line, _] = evidence.read_json("reconciliation.json")["boxes"]
        assert (line["accepted"], line["superseded"], line["revoked"]) == (18, 1, 1)
        opened = evidence.read_lines("roll/restricted/revocations.jsonl")
        assert {item["voter_ref"] for item in opened} == {voters[0], voters[2]}
    logged = [entry for entry in open_vote.entries() if entry["t"] == "revoke"]
    assert set(logged[0]) == {"t", "r", "at", "by", "c", "reason"}
    assert all(voter not in str(logged) for voter in voters)


def test_a_ballot_is_revoked_once_by_two_and_before_the_boxes_are_committed(
    open_vote: Vote, voters: list[str]
) -> None:
    with pytest.raises(SameOfficial):
        revoke(open_vote, voters[0], ("official-a", "official-a"))
    with pytest.raises(NotOnRoll):
        revoke(open_vote, "nobody")
    revoke(open_vote, voters[0])
    with pytest.raises(WrongState):
        revoke(open_vote, voters[0])
    open_vote.close()
    revoke(open_vote, voters[1])
    open_vote.commit_boxes()
    with pytest.raises(WrongState):
        revoke(open_vote, voters[2])
