"""Mail as rows: written with the act that causes it; `sending` takes it from there."""

from typing import cast

from flask import current_app
from sqlalchemy import Table, insert

from budget_app import moment
from budget_app.extensions import db
from budget_app.mailing.models import OutgoingMail

_POSTING = insert(cast("Table", OutgoingMail.__table__))


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
