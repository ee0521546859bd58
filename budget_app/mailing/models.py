"""The outbox of mails."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from voting.models import Base, UtcDateTime, values_of


class MailState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class OutgoingMail(Base):
    """A mail written in the transaction of the act that causes it, and sent after the commit."""

    __tablename__ = "outgoing_mail"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[MailState] = mapped_column(
        values_of(MailState), default=MailState.WAITING, index=True
    )
    recipient: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    # The poll of a mail to a voter: that it was sent is destroyed with the round's personal data.
    about: Mapped[str | None] = mapped_column(String(128), index=True)
    # Where one press ends mails of this kind (RFC 8058); empty for mails that nobody can end.
    unsubscribe: Mapped[str] = mapped_column(String(500), default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # A worker has it until then, and nobody else sends it; when the worker dies, it waits again.
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
