"""A hall that joins at one moment, two workers at one delegation, and a worker that dies in between."""

from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

import pytest
from flask import Flask

from budget_app import jobs
from budget_app.accounts.models import Role, User
from budget_app.extensions import db
from budget_app.parliaments.models import Parliament
from budget_app.training import beginnings, services, template
from budget_app.training.models import Beginning, Delegation, DelegationState
from tests.budget_app.at_once import at_once
from tests.budget_app.rounds.office import Office, found_office

AT_ONCE = 4


@pytest.fixture
def office(app: Flask) -> Office:
    """A session of one delegation whose exercise nobody has made yet."""
    office = found_office(app)
    with office.work():
        ada = office.person("ada")
        host = ada.memberships[0].parliament
        services.begin(host, "Workshop", {Beginning.BOTH: ["Delegation of Belize"]}, 60, by=ada)
    return office


def exercises(office: Office) -> list[str]:
    """The addresses of all that were made."""
    with office.work():
        made = db.select(Parliament.slug).where(Parliament.is_exercise)
        return [f"/en/{slug}/" for slug in db.session.scalars(made)]


def test_everybody_in_the_hall_gets_a_place_of_their_own(office: Office) -> None:
    jobs.run_once(office.app)

    def join() -> None:
        delegation = db.session.scalars(db.select(Delegation)).one()
        services.join(delegation, "Ana", Role.CITIZEN)

    assert at_once(office.app, *[join] * AT_ONCE) == []
    with office.work():
        numbers = db.session.scalars(
            db.select(User.exercise_number).where(User.exercise_number.is_not(None))
        ).all()
        assert sorted(numbers) == list(range(1, AT_ONCE + 1))


def test_a_second_worker_leaves_alone_what_the_first_is_making(office: Office) -> None:
    looked: list[str] = []
    fill = template.fill

    def filling(exercise: Parliament, beginning: Beginning, minutes: int) -> None:
        slug = exercise.slug
        db.session.commit()  # as it does several times on its way
        if not looked:
            looked.append(slug)
            with ThreadPoolExecutor(1) as other:
                other.submit(jobs.run_once, office.app).result()
        fill(exercise, beginning, minutes)

    with patch.object(template, "fill", filling):
        jobs.run_once(office.app)
    assert len(looked) == len(exercises(office)) == 1


def test_what_a_dying_worker_leaves_is_found_by_nobody(office: Office) -> None:
    """It dies once the exercise has its rounds and before it is handed out."""
    with patch.object(beginnings, "cast_all", side_effect=SystemExit), pytest.raises(SystemExit):
        jobs.run_once(office.app)
    (left,) = exercises(office)
    assert office.stranger().get(left).status_code == 404
    with office.work():
        delegation = db.session.scalars(db.select(Delegation)).one()
        assert delegation.state is DelegationState.WAITING
        delegation.leased_until = None  # the lease has run out
    jobs.run_once(office.app)
    with office.work():
        delegation = db.session.scalars(db.select(Delegation)).one()
        assert delegation.state is DelegationState.READY
        assert delegation.exercise is not None
        address = f"/en/{delegation.exercise.slug}/"
    assert address != left
    assert office.stranger().get(address).status_code == 200
