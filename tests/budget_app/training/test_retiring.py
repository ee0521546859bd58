"""What becomes of an exercise that was closed: no worker looks at it, and after a while it is gone."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, event, func, literal_column, select, text
from sqlalchemy.exc import DatabaseError

from budget_app import jobs
from budget_app.accounts.models import Role, User
from budget_app.browsing.models import AlertPlan, Pace
from budget_app.extensions import db
from budget_app.parliaments.models import Parliament
from budget_app.rounds import acts
from budget_app.rounds.models import ActKind, ActState, OfficialAct, Round
from budget_app.training import removal, services
from budget_app.training.models import Beginning, Delegation
from budget_app.training.retiring import retire
from tests.budget_app.rounds.office import Office, found_office
from voting import clock
from voting.models import Base, LogQueue

COMMAND = ["pb", "remove-exercises"]
LONG_AGO = timedelta(days=31)


@pytest.fixture
def office(app: Flask) -> Office:
    """A session of one delegation that waits for its exercise, a vote."""
    office = found_office(app)
    with office.work():
        ada = office.person("ada")
        names = {Beginning.VOTING: ["Delegation of Belize"]}
        services.begin(ada.memberships[0].parliament, "Workshop", names, 60, by=ada)
    return office


def exercise() -> Parliament:
    found: Parliament = db.session.scalars(select(Parliament).where(Parliament.is_exercise)).one()
    return found


def join(office: Office) -> User:
    delegation = db.session.scalars(db.select(Delegation)).one()
    return services.join(delegation, "Ana", Role.ADMINISTRATOR)


def rows(office: Office) -> dict[str, int]:
    """How many each table has, without the host's own log, which goes on meanwhile."""
    with office.work():
        return {
            table.name: db.session.scalar(
                select(func.count())
                .select_from(table)
                .where(literal_column("round_id").not_like("example/%"))
                if table.name.startswith("log_") and table.name != "log_witness"
                else select(func.count()).select_from(table)
            )
            or 0
            for table in Base.metadata.sorted_tables
        }


def asked(engine: Engine) -> Iterator[list[Any]]:
    """The values that go to the database meanwhile."""
    seen: list[Any] = []

    def note(_connection: Any, _cursor: Any, _statement: str, values: Any, *_rest: Any) -> None:
        seen.extend(values.values() if isinstance(values, dict) else values)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def leave_work(office: Office) -> str:
    """Give every kind of worker something to do in the exercise; answers its poll."""
    with office.work():
        person = join(office)
        round_ = db.session.scalars(select(Round).where(Round.parliament_id == exercise().id)).one()
        now = clock.now(db.session())
        with clock.replay(now + timedelta(hours=2)):
            act = acts.request_act(round_, ActKind.CLOSE, by=person)
            acts.approve_act(act, by=join(office))
        db.session.add(AlertPlan(user_id=person.id, pace=Pace.DAILY, told_until=now, due_at=now))
        return str(round_.poll_id)


def test_no_worker_looks_at_a_closed_exercise(office: Office) -> None:
    jobs.run_once(office.app)
    poll_id = leave_work(office)
    waiting = (
        select(func.count()).select_from(LogQueue).where(LogQueue.round_id.startswith("exercise-"))
    )
    with office.work():
        retire(exercise())
        queued = db.session.scalar(waiting)
        engine = db.engine
    watching = asked(engine)
    seen = next(watching)
    jobs.run_once(office.app)
    next(watching, None)
    assert poll_id not in seen
    with office.work():
        assert db.session.scalar(waiting) == queued
        assert queued
        acts_left = db.session.scalars(select(OfficialAct.state).order_by(OfficialAct.id)).all()
        assert acts_left == [ActState.DONE, ActState.WITHDRAWN]
        assert db.session.scalars(select(AlertPlan)).all() == []


def test_a_closed_exercise_is_removed_without_a_trace_after_thirty_days(office: Office) -> None:
    before = rows(office)
    jobs.run_once(office.app)
    leave_work(office)
    jobs.run_once(office.app)
    with office.work():
        slug = exercise().slug
        retire(exercise())
    runner = office.app.test_cli_runner()
    assert "No exercise is old enough" in runner.invoke(args=COMMAND).output
    with office.work():
        exercise().retired_at = clock.now(db.session()) - LONG_AGO
    assert runner.invoke(args=COMMAND).output == f"Removed {slug}.\n"
    assert rows(office) == before
    instance = office.app.instance_path
    assert not [path for path in _files(instance) if slug in path]


def test_after_a_removal_the_logs_refuse_changes_as_before(office: Office) -> None:
    jobs.run_once(office.app)
    with office.work():
        retire(exercise())
        removal.remove(exercise())
    with office.work(), pytest.raises(DatabaseError):  # that of the host's own log
        db.session.execute(text("DELETE FROM log_entry"))


def test_an_exercise_in_use_and_a_real_parliament_are_never_removed(office: Office) -> None:
    jobs.run_once(office.app)
    with office.work():
        host = office.person("ada").memberships[0].parliament
        host.retired_at = clock.now(db.session()) - LONG_AGO
    before = rows(office)
    answer = office.app.test_cli_runner().invoke(args=[*COMMAND, "--days", "0"])
    assert "No exercise is old enough" in answer.output
    assert rows(office) == before


def _files(folder: str) -> list[str]:
    from pathlib import Path

    return [str(path.relative_to(folder)) for path in Path(folder).rglob("*")]
