"""After the appeals two administrators destroy keys and personal data; results and receipts stay."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from budget_app.extensions import db
from budget_app.mailing.models import OutgoingMail
from budget_app.records.models import Act, Record
from budget_app.rounds import acts, services
from budget_app.rounds.errors import AppealsPossible, InvalidField, WrongRoundState
from budget_app.rounds.models import ActKind, ActState, OfficialAct, RoundState
from tests.budget_app.booth.pages import Page
from tests.budget_app.rounds.office import ROUND, SETUP, Office
from tests.budget_app.rounds.test_changes import FOUND, REVOKE, approve, ends, vote
from voting import clock, compaction, destruction
from voting.errors import NotCompacted
from voting.models import Base

AUDIT = ROUND + "audit/"
DESTROY = f"{SETUP}/conduct/destroy/new"


@contextmanager
def after_the_appeals(office: Office) -> Iterator[None]:
    with office.work():
        moment = ends(office) + timedelta(days=60)
    with clock.replay(moment):
        yield


@pytest.fixture
def certified(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A certified round with a day until which everything is kept, a receipt and a revocation."""
    seal = services.seal

    def keep(round_, *, by=None):  # type: ignore[no-untyped-def]
        kept = (ends(office) + timedelta(days=30)).date()
        services.set_conditions(
            round_, attestations_required=0, min_age=None, age_on=None, keep_until=kept, by=by
        )
        seal(round_, by=by)

    monkeypatch.setattr(services, "seal", keep)
    office.open()
    vote(office, 1, "p001")
    vote(office, 2, "p002")
    office.browser("ada").saved(REVOKE, FOUND)
    approve(office)
    with office.after_the_vote():
        office.act(ActKind.CLOSE)
        office.act(ActKind.COUNT)
    return office


def destroy(office: Office) -> None:
    with after_the_appeals(office):
        office.act(ActKind.DESTROY)


def contents(office: Office) -> bytes:
    """Every row of the database, and every file of the instance folder but the database's own."""
    with office.work():
        rows = [
            json.dumps([str(value) for value in row])
            for table in Base.metadata.sorted_tables
            if table.name != "user_account"
            for row in db.session.execute(db.select(table))
        ]
    files = [
        path.read_bytes() for path in Path(office.app.instance_path).rglob("*") if path.is_file()
    ]
    return b"\n".join([*(row.encode() for row in rows), *files])


def test_mails_links_and_references_of_voters_are_gone(certified: Office) -> None:
    with certified.work():
        revoked = db.session.scalars(
            db.select(OfficialAct).where(OfficialAct.kind == ActKind.REVOKE)
        ).one()
        reference = revoked.payload["voter_ref"]
        assert db.session.scalars(db.select(OutgoingMail)).all()
    assert reference.encode() in contents(certified)
    destroy(certified)
    with certified.work():
        assert (
            db.session.scalars(db.select(OfficialAct.error).where(OfficialAct.error != "")).all()
            == []
        )
        assert db.session.scalars(db.select(OutgoingMail)).all() == []
        claims = db.session.scalars(db.select(Record).where(Record.act == Act.ROLL_CLAIMED)).all()
        assert claims
        assert all(claim.actor_id is None for claim in claims)
        assert certified.round_().state is RoundState.CERTIFIED
    after = contents(certified)
    assert b"voter1@example.org" not in after
    assert list(Path(certified.app.instance_path).rglob("*auditor*.zip")) == []
    assert list(Path(certified.app.instance_path).rglob("round.key")) == []


def test_pages_say_so_and_results_stay_as_they_were(certified: Office) -> None:
    stranger = certified.stranger()
    before = stranger.text(ROUND + "results/")
    destroy(certified)
    assert stranger.text(ROUND + "results/") == before
    text = stranger.text(AUDIT + "evidence")
    assert "Keys and personal data were destroyed" in text
    assert "key.destroyed" in stranger.text(AUDIT + "log")
    with stranger.get(AUDIT + "bundle") as public:
        assert public.status_code == 200
    assert certified.browser("aude").get(AUDIT + "auditor-bundle").status_code == 404
    assert certified.browser("aude").get(AUDIT + "evidence").status_code == 200
    voter = certified.browser("voter2")
    answer = voter.post(
        ROUND + "vote/eligibility",
        {"identity_number": "ID2", "day": "31", "month": "1", "year": "1985", "press": "join"},
    )
    assert answer.status_code == 422


def test_it_is_offered_after_the_appeals_and_done_once(certified: Office) -> None:
    ada = certified.browser("ada")
    refused = ada.get(DESTROY)
    assert refused.status_code == 409
    assert "everything is kept until" in Page(refused.text).text
    with certified.work(), pytest.raises(AppealsPossible):
        acts.refuse_unfit(certified.round_(), ActKind.DESTROY)
    with after_the_appeals(certified):
        ada = certified.browser("ada")
        assert ada.post(DESTROY, {}).status_code == 422
        assert "After the appeals" in ada.text(SETUP + "/conduct")
        ada.saved(DESTROY, {"understood": "y"})
        approve(certified)
        with certified.work(), pytest.raises(WrongRoundState):
            acts.refuse_unfit(certified.round_(), ActKind.DESTROY)


def test_a_round_cannot_promise_to_forget_before_it_is_counted(office: Office) -> None:
    office.announce()
    with office.work(), pytest.raises(InvalidField):
        services.set_conditions(
            office.round_(),
            attestations_required=0,
            min_age=None,
            age_on=None,
            keep_until=ends(office).date(),
            by=office.person("ada"),
        )


def test_after_a_failure_it_can_be_asked_for_again(
    certified: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(destruction, "_rewrite_public", fail)
        destroy(certified)
    with certified.work():
        failed = db.session.scalars(
            db.select(OfficialAct).where(OfficialAct.kind == ActKind.DESTROY)
        ).one()
        assert failed.error == "no space left"
    destroy(certified)
    with certified.work():
        states = db.session.scalars(
            db.select(OfficialAct.state).where(OfficialAct.kind == ActKind.DESTROY)
        ).all()
        assert set(states) == {ActState.FAILED, ActState.DONE}
    assert "key.destroyed" in certified.stranger().text(AUDIT + "log")


def test_before_it_is_logged_a_failure_lets_two_others_try(
    certified: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(destruction, "_log", fail)
        destroy(certified)
    assert "key.destroyed" not in certified.stranger().text(AUDIT + "log")
    destroy(certified)
    assert "key.destroyed" in certified.stranger().text(AUDIT + "log")
    with certified.stranger().get(AUDIT + "bundle") as public:
        assert public.status_code == 200


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_pages_do_not_call_destroyed_what_the_disk_may_still_hold(
    certified: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object) -> None:
        raise NotCompacted

    with monkeypatch.context() as patch:
        patch.setattr(compaction, "compact", refuse)
        destroy(certified)
    with after_the_appeals(certified):
        text = certified.browser("ada").text(SETUP + "/conduct")
    assert text.count("flask pb compact-destroyed") == 2, "as what is to be done, and as the error"
    evidence = certified.stranger().text(AUDIT + "evidence")
    assert "Keys and personal data were destroyed" not in evidence
    destroy(certified)
    with after_the_appeals(certified):
        text = certified.browser("ada").text(SETUP + "/conduct")
    assert text.count("flask pb compact-destroyed") == 1, "as the error of the first try"
    evidence = certified.stranger().text(AUDIT + "evidence")
    assert "Keys and personal data were destroyed" in evidence
