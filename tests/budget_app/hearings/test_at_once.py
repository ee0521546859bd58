"""What is pressed, or done by workers, at the same moment happens once."""

import time

import pytest
from flask import Flask

from budget_app.extensions import db
from budget_app.hearings import organisations, simulations
from budget_app.hearings.jobs import take_step
from budget_app.hearings.models import (
    Hearing,
    HearingQuestion,
    HearingSimulation,
    Participation,
    SimulationState,
)
from budget_app.hearings.organisations import OrganisationWords
from budget_app.hearings.simulation import script
from budget_app.records.models import Act, Record
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


def _running() -> bool:
    state = db.session.scalar(db.select(HearingSimulation.state))
    db.session.rollback()
    return state is SimulationState.RUNNING


def test_a_simulation_starts_once_and_two_workers_take_each_step_once(
    on_both_stores: str, app: Flask, meeting: Meeting
) -> None:
    with meeting.office.work():
        meeting.hearing().parliament.is_exercise = True

    def start() -> None:
        simulations.start(meeting.hearing(), by=meeting.office.person("pia"), seconds=0)

    def work() -> None:
        deadline = time.monotonic() + 60
        while _running() and time.monotonic() < deadline:
            take_step()

    at_once(app, start, start)
    at_once(app, work, work)
    with meeting.office.work():
        acts = db.select(Record).where(Record.act == Act.HEARING_SIMULATION_STARTED)
        assert len(db.session.scalars(acts).all()) == 1
        assert db.session.get_one(HearingSimulation, 1).next_step == len(script())
        supports = db.session.scalars(db.select(HearingQuestion.supports)).all()
        assert sorted(supports) == [0, 8, 12, 16]
