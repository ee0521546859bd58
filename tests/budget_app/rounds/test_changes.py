"""Extending a vote and withdrawing a project: asked for, approved, shown, counted."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

from budget_app.extensions import db
from budget_app.mailing.models import OutgoingMail
from budget_app.presentation.dates import moment
from budget_app.rounds import acts
from budget_app.rounds.errors import VotingOver, VotingStillOpen
from budget_app.rounds.models import ActKind, ActState, OfficialAct, PhaseKind, RoundState
from tests.budget_app.booth.pages import Page
from tests.budget_app.booth.scenes import Citizen
from tests.budget_app.rounds.office import DESK, ROUND, SETUP, Office
from voting import changes, clock
from voting.manifest import write_time
from voting.models import Poll, Voter

WHY = {"reason_en": "The hall was flooded.", "reason_es": "La sala se inundó.", "understood": "y"}
EXTEND, WITHDRAW = (f"{SETUP}/conduct/{kind}/new" for kind in ("extend", "withdraw"))


def ends(office: Office) -> Any:
    voting = office.round_().phase(PhaseKind.VOTING)
    assert voting is not None
    return voting.ends


def later(office: Office, **by: int) -> str:
    """A later end of the vote as the form sends it, in the parliament's time zone."""
    with office.work():
        zone = office.round_().parliament.zone
        moment = ends(office).replace(second=0, microsecond=0) + timedelta(**by)
        return str(moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M"))


def pending(office: Office) -> int:
    with office.work():
        act = acts.pending(office.round_())
        assert act is not None
        return act.id


def approve(office: Office, name: str = "ben") -> None:
    office.browser(name).saved(f"{SETUP}/conduct/{pending(office)}/approve")
    office.worker()


def withdraw_roof(office: Office) -> None:
    office.browser("ada").saved(WITHDRAW, {"project": "p001", **WHY})
    approve(office)


def vote(office: Office, number: int = 1, *keys: str) -> Citizen:
    """A citizen of the office's roll who votes through the pages."""
    client = office.browser(f"voter{number}").client
    citizen = Citizen(client, ROUND + "vote")
    page = citizen.page("/eligibility")
    if any(form.action.endswith("/eligibility") for form in page.forms):
        citizen.find_on_roll(f"ID{number}", {1: date(1990, 4, 1), 2: date(1985, 1, 31)}[number])
    page = citizen.review(*(("choice", key) for key in keys), box_id="national")
    assert citizen.post("/cast", page.form("/cast").having()).status_code == 303
    return citizen


def test_two_administrators_extend_the_vote_and_everybody_reads_why(office: Office) -> None:
    office.open()
    office.browser("ada").saved(EXTEND, {"closes": later(office, days=3), **WHY})
    text = office.browser("ben").text(SETUP + "/conduct")
    assert "The hall was flooded." in text
    assert "never back to an earlier one" in text
    with office.work():
        before = ends(office)
    approve(office)
    with office.work():
        round_ = office.round_()
        poll = db.session.get_one(Poll, round_.poll_id)
        assert before < ends(office) == poll.closes
        dated = [phase for kind in PhaseKind if (phase := round_.phase(kind))]
        assert all(a.ends <= b.starts for a, b in pairwise(dated))
    stranger = office.stranger()
    for page in (ROUND, ROUND + "rules"):
        assert "The voting was extended until" in stranger.text(page)
        assert "The hall was flooded." in stranger.text(page)
    with clock.replay(before), office.work(), pytest.raises(VotingStillOpen):
        acts.request_act(office.round_(), ActKind.CLOSE, by=office.person("ada"))


def test_the_form_tells_the_present_end(office: Office) -> None:
    office.open()
    with office.work():
        present = moment(ends(office))
    assert f"Until now: {present}. Time zone:" in office.browser("ada").get(EXTEND).text


def test_an_earlier_end_and_a_missing_reason_are_refused_at_the_field(office: Office) -> None:
    office.open()
    ada = office.browser("ada")
    refused = ada.post(EXTEND, {"closes": later(office, days=-1), **WHY})
    assert refused.status_code == 422
    assert "must be later than the present one" in Page(refused.text).text
    refused = ada.post(EXTEND, {"closes": later(office, days=1), **WHY, "reason_en": " "})
    assert "This cannot stay empty." in Page(refused.text).text
    without = {name: value for name, value in WHY.items() if name != "understood"}
    refused = ada.post(EXTEND, {"closes": later(office, days=1), **without})
    assert "say that you know it" in Page(refused.text).text
    with office.work():
        assert acts.pending(office.round_()) is None


def test_a_withdrawn_project_is_marked_wherever_it_stands_and_its_voters_are_told(
    office: Office,
) -> None:
    office.open()
    vote(office, 1, "p001")
    withdraw_roof(office)
    stranger = office.stranger()
    assert "Withdrawn: Roof" in stranger.text(ROUND)
    for page in (ROUND + "projects/p001", ROUND + "vote", ROUND + "rules"):
        assert "The hall was flooded." in stranger.text(page), page
    with office.work():
        mails = db.session.scalars(
            db.select(OutgoingMail).where(OutgoingMail.subject.contains("withdrawn"))
        ).all()
        [mail] = mails
        assert mail.recipient == "voter1@example.org"
        for told in ("Roof", "The hall was flooded.", "/vote", "vote again"):
            assert told in mail.body
    citizen = vote(office, 1, "p002", "p003")
    assert "Withdrawn: Roof" in citizen.review(("choice", "p001"), box_id="national").text


def test_the_result_says_why_a_withdrawn_project_is_not_funded(office: Office) -> None:
    office.open()
    vote(office, 1, "p001")
    vote(office, 2, "p001", "p002")
    withdraw_roof(office)
    with office.after_the_vote():
        office.act(ActKind.CLOSE)
        office.act(ActKind.COUNT)
    with office.work():
        assert office.round_().state is RoundState.COUNTED
    text = office.stranger().text(ROUND + "results/projects/p001")
    assert "It was withdrawn during the vote and could not be funded" in text
    assert "The hall was flooded." in text
    text = office.stranger().text(ROUND + "results/")
    assert "1 project is funded" in text
    assert "Withdrawn: Roof" in text


def test_a_project_is_withdrawn_once(office: Office) -> None:
    office.open()
    withdraw_roof(office)
    refused = office.browser("ada").post(WITHDRAW, {"project": "p001", **WHY})
    assert refused.status_code == 422
    assert "This project is withdrawn already." in Page(refused.text).text


@pytest.mark.parametrize("address", [EXTEND, WITHDRAW])
def test_it_is_offered_and_taken_only_while_people_vote(office: Office, address: str) -> None:
    office.seal()
    ada = office.browser("ada")
    assert ada.get(address).status_code == 409
    assert ada.post(address, {"project": "p001", **WHY}).status_code == 409
    office.act(ActKind.OPEN)
    assert ada.get(address).status_code == 200
    assert "If something goes wrong" in ada.text(SETUP + "/conduct")
    assert office.browser("rosa").get(address).status_code == 403
    with office.after_the_vote(), office.work(), pytest.raises(VotingOver):
        acts.refuse_unfit(office.round_(), ActKind.EXTEND)


def test_what_is_approved_and_comes_too_late_changes_nothing(office: Office) -> None:
    office.open()
    with office.work():
        closes = write_time(ends(office) + timedelta(days=1))
        payload = {"closes": closes, "reason": {"en": "Late.", "es": "Tarde."}}
        act = acts.request_act(
            office.round_(), ActKind.EXTEND, by=office.person("ada"), payload=payload
        )
        acts.approve_act(act, by=office.person("ben"))
    with office.after_the_vote():
        office.worker()
    with office.work():
        failed = db.session.scalars(
            db.select(OfficialAct).where(OfficialAct.kind == ActKind.EXTEND)
        ).one()
        assert failed.state is ActState.FAILED
        assert changes.extensions(db.session(), office.round_().poll_id) == []


def test_nobody_approves_an_extension_that_they_asked_for(office: Office) -> None:
    office.open()
    ada = office.browser("ada")
    ada.saved(EXTEND, {"closes": later(office, days=3), **WHY})
    assert "Approve: Extend the voting" in office.browser("ben").text(DESK)
    assert ada.post(f"{SETUP}/conduct/{pending(office)}/approve").status_code == 409


REVOKE = f"{SETUP}/conduct/revoke/new"
FOUND = {"identity_number": "id 1", "code": "not_eligible", "understood": "y"}


def test_a_revoked_voter_is_told_and_casts_no_more(office: Office) -> None:
    office.open()
    citizen = vote(office, 1, "p001")
    office.browser("ada").saved(REVOKE, FOUND)
    text = office.browser("ben").text(SETUP + "/conduct")
    assert "This person may not vote in this round" in text
    approve(office)
    assert "Your ballot was revoked." in citizen.page("/eligibility").text
    assert citizen.post("/review", {"box": "national", "choice": "p002"}).status_code == 200
    with office.work():
        mails = db.session.scalars(
            db.select(OutgoingMail).where(OutgoingMail.recipient == "voter1@example.org")
        ).all()
        assert "does not count" in mails[-1].subject
        kept = str([act.payload for act in db.session.scalars(db.select(OfficialAct))])
        assert "ID1" not in kept.upper()
        assert db.session.scalars(db.select(Voter.revoked).where(Voter.ballots > 0)).one()
    refused = office.browser("ada").post(REVOKE, FOUND)
    assert "is revoked already" in Page(refused.text).text


def test_somebody_who_is_not_on_the_roll_cannot_be_revoked(office: Office) -> None:
    office.open()
    refused = office.browser("ada").post(REVOKE, {**FOUND, "identity_number": "ID77"})
    assert refused.status_code == 422
    assert "Nobody with this number stands on the roll." in Page(refused.text).text


AMEND = f"{SETUP}/conduct/amend/new"


def test_two_administrators_correct_a_cost_before_voting_opens(office: Office) -> None:
    office.seal()
    ada = office.browser("ada")
    refused = ada.post(AMEND, {**WHY})
    assert "Nothing would change" in Page(refused.text).text
    refused = ada.post(AMEND, {"project": "p001", "cost": "5000", **WHY})
    assert "more than the whole budget" in Page(refused.text).text
    ada.saved(AMEND, {"project": "p001", "cost": "650", "name_en": "New roof", **WHY})
    text = office.browser("ben").text(SETUP + "/conduct")
    assert "New roof" in text
    assert "€650" in text
    approve(office)
    stranger = office.stranger()
    text = stranger.text(ROUND + "rules")
    for told in ("Amendment 1", "The hall was flooded.", "p001.cost", "60000", "65000", "New roof"):
        assert told in text, told
    old = stranger.get(ROUND + "rules/amended/1.json")
    assert b'"cost":60000' in old.data
    assert stranger.get(ROUND + "rules/amended/2.json").status_code == 404
    office.act(ActKind.OPEN)
    assert ada.get(AMEND).status_code == 409
    vote(office, 1, "p001")


def test_an_amendment_moves_the_dates_of_the_vote(office: Office) -> None:
    office.seal()
    moved = {"closes": later(office, days=2)}
    office.browser("ada").saved(AMEND, {**moved, **WHY})
    with office.work():
        before = ends(office)
    approve(office)
    with office.work():
        assert ends(office) > before
        assert db.session.get_one(Poll, office.round_().poll_id).closes == ends(office)
    refused = office.browser("ada").post(AMEND, {"closes": "2020-01-01T10:00", **WHY})
    assert refused.status_code == 422
