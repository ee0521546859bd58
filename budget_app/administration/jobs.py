"""The office's background work: sending what waits in the outbox."""

from sqlalchemy import select

from budget_app import jobs
from budget_app.administration.models import MailState, OutgoingMail
from budget_app.administration.outbox import send_waiting


@jobs.task(select(OutgoingMail.id).where(OutgoingMail.state == MailState.WAITING))
def send_mail() -> None:
    send_waiting()
