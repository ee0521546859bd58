"""A round that nobody was told of can be deleted, and two of one name are told apart."""

import pytest

from budget_app.extensions import db
from budget_app.records.models import Act, Record
from budget_app.rounds.models import Round
from tests.budget_app.rounds.office import DESK, SETUP, Office

pytestmark = pytest.mark.one_store


def test_a_draft_is_deleted_and_its_records_stay(office: Office) -> None:
    office.begin()
    ada = office.browser("ada")
    assert office.browser("rosa").post(SETUP + "/delete").status_code == 403
    assert "Delete the draft" in ada.text(SETUP)
    ada.saved(SETUP + "/delete")
    with office.work():
        assert db.session.scalars(db.select(Round)).all() == []
        acts = [row.act for row in db.session.scalars(db.select(Record).order_by(Record.id))]
        assert acts[-2:] == [Act.ROUND_CREATED, Act.ROUND_DELETED]
    assert "Draft of a round deleted" in ada.text(DESK + "records")


def test_an_announced_round_stays(office: Office) -> None:
    office.announce()
    ada = office.browser("ada")
    assert "Delete the draft" not in ada.text(SETUP)
    assert ada.post(SETUP + "/delete").status_code == 409
    with office.work():
        assert office.round_().is_public


def test_a_second_round_of_the_same_name_warns(office: Office) -> None:
    office.begin()
    ada = office.browser("ada")
    assert "the very same name" not in ada.text(SETUP + "/texts")
    ada.saved(DESK + "rounds/new", {"title": "schools", "copy_of": ""})
    assert "the very same name" in ada.text(DESK + "rounds/schools-2/texts")
