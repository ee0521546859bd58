"""The office's background work: sending what waits in the outbox."""

from budget_app import jobs
from budget_app.administration.outbox import send_waiting


@jobs.task
def send_mail() -> None:
    send_waiting()
