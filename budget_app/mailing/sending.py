"""Sending what waits in the outbox: in batches, over one connection, and outside of transactions.

A batch is leased in one transaction, spoken to the mail server in none, and settled in another:
however slow the server is, no ballot waits for it. Each mail leaves at least once, and while
nothing dies once: it leaves again where the worker or the database dies between the server's answer
and the settling, when the lease ends, or where the connection breaks before the answer.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPServerDisconnected
from typing import Any, cast

import structlog
from flask import current_app
from flask_mailman import EmailMessage
from flask_mailman.backends.base import BaseEmailBackend
from sqlalchemy import Row, Table, bindparam, or_, select, update

from budget_app.extensions import db
from budget_app.mailing.models import MailState, OutgoingMail
from voting import clock

BATCH = 50
"""Mails under one lease; as many may leave twice when a worker dies."""
LEASE = timedelta(minutes=15)
MOST_SECONDS = 60.0
"""No further mail is begun after that: even the last one, each of whose commands may take as long
as the settings' limit, ends before the lease does."""
MOST_TRIES = 8
PAUSE_BETWEEN_TRIES = timedelta(minutes=2)

log = structlog.get_logger()

_mails = cast("Table", OutgoingMail.__table__)
_WAITING = (
    select(_mails)
    .where(
        _mails.c.state == MailState.WAITING,
        or_(_mails.c.leased_until.is_(None), _mails.c.leased_until < bindparam("now")),
        or_(_mails.c.tried_at.is_(None), _mails.c.tried_at < bindparam("paused")),
    )
    .order_by(_mails.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)

AnyRow = Row[*tuple[Any, ...]]


@dataclass
class _Batch:
    """What became of leased mails: which the server took, and with which sending failed.

    A server that was `away` is no fault of any mail: no try is counted.
    """

    mails: Sequence[AnyRow]
    sent: list[AnyRow] = field(default_factory=list)
    failed: list[AnyRow] = field(default_factory=list)
    away: bool = False


def send_waiting(most: int = BATCH) -> int:
    """Send up to `most` waiting mails; returns how many left."""
    lease, mails = _take(most)
    if not mails:
        return 0
    batch = _Batch(mails)
    _speak(batch)
    _settle(batch, lease)
    return len(batch.sent)


def _take(most: int) -> tuple[datetime, Sequence[AnyRow]]:
    """The next mails, leased until the moment that is answered too: nobody else sends them."""
    now = clock.now(db.session())
    lease = now + LEASE
    connection = db.session.connection()
    values = {"now": now, "paused": now - PAUSE_BETWEEN_TRIES, "most": most}
    mails = connection.execute(_WAITING, values).all()
    if mails:
        ids = [mail.id for mail in mails]
        connection.execute(update(_mails).where(_mails.c.id.in_(ids)).values(leased_until=lease))
    db.session.commit()
    return lease, mails


def _speak(batch: _Batch) -> None:
    """Send over one connection until the mails, the time or the server's patience end."""
    until = time.monotonic() + MOST_SECONDS
    connection = current_app.extensions["mailman"].get_connection()
    try:
        connection.open()
    except OSError as error:  # smtplib's errors are OSErrors
        log.warning("mail.server_away", error=type(error).__name__)
        batch.away = True
    else:
        for mail in batch.mails:
            if time.monotonic() > until or not _say(batch, connection, mail):
                break
    _hang_up(connection)


def _say(batch: _Batch, connection: BaseEmailBackend, mail: AnyRow) -> bool:
    """Send one mail; whether the connection is good for another."""
    try:
        _message(mail, connection).send()
    except Exception as error:  # noqa: BLE001 — a mail that cannot be sent holds up no other
        log.warning("mail.not_sent", mail=mail.id, error=type(error).__name__)
        batch.failed.append(mail)
        is_own_fault = isinstance(error, SMTPException) or not isinstance(error, OSError)
        return is_own_fault and not isinstance(error, SMTPServerDisconnected)
    batch.sent.append(mail)
    return True


def _hang_up(connection: BaseEmailBackend) -> None:
    try:
        connection.close()
    except OSError as error:  # whatever was taken is taken
        log.warning("mail.not_closed", error=type(error).__name__)


def _settle(batch: _Batch, lease: datetime) -> None:
    """Keep what became of the mails in one transaction; those that were not begun wait again."""
    now = clock.now(db.session())
    done = {mail.id for mail in (*batch.sent, *batch.failed)}
    rest = [mail.id for mail in batch.mails if mail.id not in done]
    tried = {"tried_at": now, "tries": _mails.c.tries + 1, "leased_until": None}
    connection = db.session.connection()
    if batch.sent:
        ids = [mail.id for mail in batch.sent]
        values = {**tried, "state": MailState.SENT, "body": ""}
        connection.execute(update(_mails).where(_mails.c.id.in_(ids)).values(values))
    ours = update(_mails).where(_mails.c.leased_until == lease)
    for mail in batch.failed:
        state = MailState.FAILED if mail.tries + 1 >= MOST_TRIES else MailState.WAITING
        connection.execute(ours.where(_mails.c.id == mail.id).values({**tried, "state": state}))
    if rest:
        back = {"leased_until": None, **({"tried_at": now} if batch.away else {})}
        connection.execute(ours.where(_mails.c.id.in_(rest)).values(back))
    db.session.commit()


def _message(mail: AnyRow, connection: BaseEmailBackend) -> EmailMessage:
    return EmailMessage(
        mail.subject,
        mail.body,
        to=[mail.recipient],
        headers=_headers(mail.unsubscribe),
        connection=connection,
    )


def _headers(unsubscribe: str) -> dict[str, str]:
    """RFC 8058: what lets the mail program offer a button of its own."""
    if not unsubscribe:
        return {}
    return {
        "List-Unsubscribe": f"<{unsubscribe}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
