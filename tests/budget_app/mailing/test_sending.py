"""The outbox: every mail leaves, once while nothing dies, and no writer waits for a mail server."""

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from budget_app import create_app, jobs
from budget_app.extensions import db
from budget_app.mailing import sending
from budget_app.mailing.models import MailState, OutgoingMail
from budget_app.mailing.outbox import post
from budget_app.settings import Settings
from tests.smtp import MailServer
from voting import clock
from voting.database import writing

PEOPLE = [f"person{number}@example.org" for number in range(5)]


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer().running() as running:
        yield running


@pytest.fixture
def office(settings: Settings, server: MailServer) -> Iterator[Flask]:
    """An application that sends by SMTP, with a mail to each of `PEOPLE` in its outbox."""
    ways = {"mail_backend": "smtp", "mail_server": "127.0.0.1", "mail_port": server.port}
    app = create_app(settings.model_copy(update=ways))
    with app.app_context(), writing():
        for person in PEOPLE:
            post(person, "A subject", "A text")
        db.session.commit()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def send(app: Flask) -> None:
    jobs.run_once(app, "mail")


def column(app: Flask, name: str) -> list[Any]:
    with app.app_context():
        return list(
            db.session.scalars(select(getattr(OutgoingMail, name)).order_by(OutgoingMail.id))
        )


def later(app: Flask, by: timedelta) -> None:
    """As if the mails had been tried and leased so much earlier."""
    with app.app_context(), writing():
        for mail in db.session.scalars(select(OutgoingMail)):
            mail.tried_at = mail.tried_at and mail.tried_at - by
            mail.leased_until = mail.leased_until and mail.leased_until - by
        db.session.commit()


def test_a_batch_leaves_over_one_connection_and_forgets_its_words(
    office: Flask, server: MailServer
) -> None:
    send(office)
    send(office)
    assert server.taken == PEOPLE
    assert server.connections == 1
    assert set(column(office, "state")) == {MailState.SENT}
    assert set(column(office, "body")) == {""}


def test_no_writer_waits_for_a_slow_mail_server(office: Flask, server: MailServer) -> None:
    """Whoever casts a ballot while a mail is being sent gets the write lock at once."""
    server.delay = 1.0
    worker = threading.Thread(target=send, args=(office,))
    worker.start()
    while not server.connections:
        time.sleep(0.01)
    started = time.monotonic()
    with office.app_context(), writing():
        post("eva@example.org", "A subject", "A text")
        db.session.commit()
    assert time.monotonic() - started < server.delay
    assert len(server.taken) < len(PEOPLE)
    server.delay = 0.0
    worker.join()


def test_a_mail_server_that_dies_in_a_batch_loses_no_mail(
    office: Flask, server: MailServer
) -> None:
    server.dies_at = 2
    send(office)
    assert server.taken == [PEOPLE[0], PEOPLE[1], *PEOPLE[3:]]
    later(office, sending.PAUSE_BETWEEN_TRIES + timedelta(seconds=1))
    send(office)
    assert server.taken == [PEOPLE[0], PEOPLE[1], *PEOPLE[3:], PEOPLE[2]]
    assert column(office, "tries") == [1, 1, 2, 1, 1]


def test_a_recipient_who_is_refused_holds_up_no_other_and_is_given_up_in_the_end(
    office: Flask, server: MailServer
) -> None:
    server.refused = PEOPLE[1]
    for _ in range(sending.MOST_TRIES):
        send(office)
        later(office, sending.PAUSE_BETWEEN_TRIES + timedelta(seconds=1))
    assert sorted(server.taken) == sorted(set(PEOPLE) - {PEOPLE[1]})
    assert column(office, "state")[1] is MailState.FAILED


def test_a_mail_that_cannot_be_written_holds_up_no_other(office: Flask, server: MailServer) -> None:
    with office.app_context(), writing():
        db.session.execute(
            update(OutgoingMail)
            .where(OutgoingMail.recipient == PEOPLE[0])
            .values(subject="Two\nlines")
        )
        db.session.commit()
    send(office)
    assert server.taken == PEOPLE[1:]
    assert column(office, "tries") == [1] * len(PEOPLE)


def test_no_mail_is_given_up_because_the_mail_server_is_away(
    office: Flask, server: MailServer, capsys: pytest.CaptureFixture[str]
) -> None:
    office.extensions["mailman"].port = 1  # nobody listens there
    for _ in range(sending.MOST_TRIES + 1):
        send(office)
        later(office, sending.PAUSE_BETWEEN_TRIES + timedelta(seconds=1))
    assert set(column(office, "state")) == {MailState.WAITING}
    office.extensions["mailman"].port = server.port
    send(office)
    assert server.taken == PEOPLE


def test_two_workers_at_once_send_each_mail_once(office: Flask, server: MailServer) -> None:
    server.delay = 0.02
    workers = [threading.Thread(target=send, args=(office,)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(server.taken) == PEOPLE


def test_what_a_dead_worker_held_is_sent_when_its_lease_is_over(
    office: Flask, server: MailServer
) -> None:
    with office.app_context(), writing():
        held = update(OutgoingMail).values(leased_until=clock.now(db.session()) + sending.LEASE)
        db.session.execute(held)
        db.session.commit()
    send(office)
    assert server.taken == []
    later(office, sending.LEASE + timedelta(seconds=1))
    send(office)
    assert server.taken == PEOPLE


def test_a_slow_batch_ends_before_its_lease_and_gives_the_rest_back(
    office: Flask, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "MOST_SECONDS", 0.05)
    server.delay = 0.1
    with office.app_context(), writing():
        assert sending.send_waiting() == 1
    assert column(office, "leased_until") == [None] * len(PEOPLE)
    assert server.taken == PEOPLE[:1]
