"""Four eyes: what one administrator asks for, another approves, and the worker carries out."""

import pytest

from budget_app.extensions import db
from budget_app.rounds import acts
from budget_app.rounds.errors import ActAlreadyRequested, SecondOfficialNeeded, VotingStillOpen
from budget_app.rounds.models import ActKind, ActState, OfficialAct, RoundState
from tests.budget_app.booth.pages import Page
from tests.budget_app.rounds.office import DESK, DICE, SETUP, Office


def pending(office: Office) -> int:
    act = acts.pending(office.round_())
    assert act is not None
    return act.id


def test_two_administrators_open_the_vote_together(office: Office) -> None:
    office.seal()
    office.browser("ada").saved(SETUP + "/conduct/open")
    ben = office.browser("ben")
    assert "Approve: Open the voting" in ben.text(DESK)
    with office.work():
        number = pending(office)
    ben.saved(f"{SETUP}/conduct/{number}/approve")
    assert 'http-equiv="refresh"' in ben.get(SETUP + "/conduct").text
    office.worker()
    with office.work():
        assert office.round_().state is RoundState.OPEN
    assert 'http-equiv="refresh"' not in ben.get(SETUP + "/conduct").text


def test_nobody_approves_what_they_asked_for(office: Office) -> None:
    office.seal()
    ada = office.browser("ada")
    ada.saved(SETUP + "/conduct/open")
    assert "Approve:" not in ada.text(DESK)
    with office.work():
        number = pending(office)
    answer = ada.post(f"{SETUP}/conduct/{number}/approve")
    assert answer.status_code == 409
    assert "never the one who asked for it" in Page(answer.text).text
    office.worker()
    with office.work():
        assert office.round_().state is RoundState.SEALED


@pytest.mark.parametrize("name", ["rosa", "aude"])
def test_the_second_official_is_an_administrator(office: Office, name: str) -> None:
    office.seal()
    with office.work():
        act = acts.request_act(office.round_(), ActKind.OPEN, by=office.person("ada"))
        with pytest.raises(SecondOfficialNeeded):
            acts.approve_act(act, by=office.person(name))


def test_a_round_waits_for_one_act_at_a_time(office: Office) -> None:
    office.seal()
    with office.work():
        acts.request_act(office.round_(), ActKind.OPEN, by=office.person("ada"))
        with pytest.raises(ActAlreadyRequested):
            acts.request_act(office.round_(), ActKind.OPEN, by=office.person("ben"))


def test_a_refused_request_can_be_made_again(office: Office) -> None:
    office.seal()
    ada, ben = office.browser("ada"), office.browser("ben")
    ada.saved(SETUP + "/conduct/open")
    with office.work():
        number = pending(office)
    ben.saved(f"{SETUP}/conduct/{number}/withdraw")
    page = ben.text(SETUP + "/conduct")
    assert "The request is refused." in page
    assert "Request taken back or refused" in page
    assert ben.post(f"{SETUP}/conduct/{number}/approve").status_code == 409
    ada.saved(SETUP + "/conduct/open")


def test_a_vote_is_not_closed_before_its_announced_end(office: Office) -> None:
    office.open()
    with office.work(), pytest.raises(VotingStillOpen):
        acts.request_act(office.round_(), ActKind.CLOSE, by=office.person("ada"))
    assert office.browser("ada").post(SETUP + "/conduct/close").status_code == 409


def test_an_act_out_of_its_order_is_refused(office: Office) -> None:
    office.seal()
    ada = office.browser("ada")
    assert ada.post(SETUP + "/conduct/close").status_code == 409
    assert ada.post(SETUP + "/conduct/count").status_code == 409


def test_after_the_end_two_administrators_close_the_vote(office: Office) -> None:
    office.open()
    with office.after_the_vote():
        office.act(ActKind.CLOSE)
    with office.work():
        assert office.round_().state is RoundState.CLOSED


def test_a_count_by_seed_asks_for_the_dice(office: Office) -> None:
    office.open(ties=("more_votes", "seed"))
    with office.after_the_vote():
        office.act(ActKind.CLOSE)
    ada = office.browser("ada")
    assert "throw dice in public now" in ada.text(SETUP + "/conduct")
    refused = ada.post(SETUP + "/conduct/count", {"dice": "six", "record": "In the hall."})
    assert refused.status_code == 422
    assert "digits only" in Page(refused.text).text
    ada.saved(SETUP + "/conduct/count", {"dice": DICE, "record": "In the hall."})
    with office.work():
        act = acts.pending(office.round_())
        assert act is not None
        assert len(bytes.fromhex(act.payload["seed"])) == 32


def test_what_cannot_be_carried_out_says_so_and_changes_nothing(office: Office) -> None:
    office.seal()
    with office.work():
        act = acts.request_act(office.round_(), ActKind.OPEN, by=office.person("ada"))
        acts.approve_act(act, by=office.person("ben"))
    with office.after_the_vote():
        office.worker()
    with office.work():
        failed = db.session.scalars(db.select(OfficialAct)).one()
        assert failed.state is ActState.FAILED
        assert "closed" in failed.error
        assert office.round_().state is RoundState.SEALED


def test_turnout_is_shown_and_never_a_count(office: Office) -> None:
    office.open()
    text = office.browser("ada").text(SETUP + "/conduct")
    assert "2 People on the roll" in text or "People on the roll 2" in text
    assert "People who voted fewer than 10" in text
    assert "0 votes" not in text
