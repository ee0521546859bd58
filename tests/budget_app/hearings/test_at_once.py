"""Who registers an organisation with a double click."""

import pytest
from flask import Flask

from budget_app.extensions import db
from budget_app.hearings import organisations
from budget_app.hearings.models import Hearing, Participation
from budget_app.hearings.organisations import OrganisationWords
from tests.budget_app.at_once import at_once
from tests.budget_app.hearings.meeting import Meeting


@pytest.fixture
def on_both_stores(both_stores: str) -> str:
    return both_stores


def test_an_organisation_is_registered_once(
    on_both_stores: str, app: Flask, meeting: Meeting
) -> None:
    meeting.office.browser("ana")

    def register() -> None:
        hearing = db.session.scalars(db.select(Hearing)).one()
        words = OrganisationWords("Friends of the river", "We clean.", "555", "Three dikes.")
        organisations.register(hearing, words, user=meeting.office.person("ana"), language="en")

    assert len(at_once(app, register, register)) == 1
    with meeting.office.work():
        assert len(db.session.scalars(db.select(Participation)).all()) == 1
