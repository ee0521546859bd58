"""Background work: sending what waits in the outbox."""

from sqlalchemy import select

from budget_app import jobs
from budget_app.mailing.models import MailState, OutgoingMail
from budget_app.mailing.sending import send_waiting


@jobs.task(select(OutgoingMail.id).where(OutgoingMail.state == MailState.WAITING), lane="mail")
def send_mail() -> None:
    """Until nothing waits, or the server takes nothing more for now."""
    while send_waiting():
        pass
