"""Mail as rows: written with the act that causes it, sent after the commit, tried again after a failure."""

from datetime import timedelta
from typing import cast

import structlog
from flask import current_app
from flask_mailman import EmailMessage
from sqlalchemy import Table, insert, or_, select

from budget_app import moment
from budget_app.administration.models import MailState, OutgoingMail
from budget_app.extensions import db
from voting import clock

MOST_TRIES = 8
PAUSE_BETWEEN_TRIES = timedelta(minutes=2)

_POSTING = insert(cast("Table", OutgoingMail.__table__))

log = structlog.get_logger()


def post(
    recipient: str, subject: str, body: str, *, about: str | None = None, unsubscribe: str = ""
) -> None:
    """Put a mail into the outbox; it leaves only if the present transaction commits.

    Nothing is sent to the invented people of exercises: their addresses end in `.invalid`.

    `about` names the poll of a mail to a voter, which is forgotten with the poll's personal data;
    `unsubscribe` is the address at which one press, without a sign-in, ends mails of this kind.
    """
    if recipient.endswith(".invalid"):
        return
    row = {
        "recipient": recipient,
        "subject": subject,
        "body": body,
        "created_at": moment.now(),
        "about": about,
        "unsubscribe": unsubscribe,
    }
    db.session.connection().execute(_POSTING, row)


def address(endpoint: str, **parts: str | int) -> str:
    """The whole address of a page, for mails: also where no request is being answered."""
    base: str = current_app.extensions["settings"].base_url
    return base.rstrip("/") + current_app.url_map.bind("").build(endpoint, parts)


def send_waiting(most: int = 20) -> int:
    """Send up to `most` waiting mails, one transaction each; returns how many left."""
    sent = 0
    for _ in range(most):
        left = _send_one()
        db.session.commit()
        if left is None:
            break
        sent += left
    return sent


def _send_one() -> bool | None:
    now = clock.now(db.session())
    mail = db.session.scalar(
        select(OutgoingMail)
        .where(
            OutgoingMail.state == MailState.WAITING,
            or_(OutgoingMail.tried_at.is_(None), OutgoingMail.tried_at < now - PAUSE_BETWEEN_TRIES),
        )
        .order_by(OutgoingMail.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if mail is None:
        return None
    mail.tries += 1
    mail.tried_at = now
    try:
        headers = _headers(mail)
        EmailMessage(mail.subject, mail.body, to=[mail.recipient], headers=headers).send()
    except OSError as error:  # smtplib's errors are OSErrors: the server is away, try again later
        log.warning("mail.not_sent", mail=mail.id, error=type(error).__name__)
        mail.state = MailState.FAILED if mail.tries >= MOST_TRIES else MailState.WAITING
        return False
    mail.state = MailState.SENT
    mail.body = ""
    return True


def _headers(mail: OutgoingMail) -> dict[str, str]:
    """RFC 8058: what lets the mail program offer a button of its own."""
    if not mail.unsubscribe:
        return {}
    return {
        "List-Unsubscribe": f"<{mail.unsubscribe}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
