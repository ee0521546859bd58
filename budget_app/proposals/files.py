"""The pictures and attachments of a proposal: added, described, put first, removed.

Reading and encoding a file takes up to a second, so `encode` and `read_attachment` are called
before the transaction that writes.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from budget_app.accounts.models import User
from budget_app.extensions import db
from budget_app.proposals.encoding import SMALL, EncodedPicture
from budget_app.proposals.history import keep_version
from budget_app.proposals.models import (
    FileKind,
    Proposal,
    ProposalAttachment,
    ProposalPicture,
)
from budget_app.proposals.services import begin_rewriting
from budget_app.rounds.errors import InvalidField

MOST_PICTURES = 5
MOST_ATTACHMENTS = 5
MOST_BYTES = 10 * 1024 * 1024
PDF_START, PDF_END = b"%PDF-", b"%%EOF"
PDF_TAIL = 2048
MIMETYPES = {FileKind.PDF: "application/pdf", FileKind.TEXT: "text/plain; charset=utf-8"}


@dataclass(frozen=True)
class ReadAttachment:
    """A file whose kind was found in its bytes."""

    kind: FileKind
    digest: str
    content: bytes


def add_picture(proposal: Proposal, encoded: EncodedPicture, description: str, *, by: User) -> None:
    """Add a picture after the others; raises `InvalidField` for one too many or twice the same."""
    begin_rewriting(proposal)
    if len(proposal.pictures) >= MOST_PICTURES:
        raise InvalidField("picture", str(_l("Five pictures are the most: remove one first.")))
    if encoded.digest in [picture.digest for picture in proposal.pictures]:
        raise InvalidField("picture", str(_l("This picture is here already.")))
    last = max((picture.position for picture in proposal.pictures), default=0)
    proposal.pictures.append(
        ProposalPicture(position=last + 1, description=description, **vars(encoded))
    )
    keep_version(proposal, by)


def describe_picture(picture: ProposalPicture, proposal: Proposal, text: str, *, by: User) -> None:
    begin_rewriting(proposal)
    picture.description = text
    keep_version(proposal, by)


def put_first(picture: ProposalPicture, proposal: Proposal, *, by: User) -> None:
    """Let the picture stand for the proposal in lists."""
    begin_rewriting(proposal)
    others = [each for each in proposal.pictures if each is not picture]
    for position, each in enumerate([picture, *others], start=1):
        each.position = position
    db.session.flush()
    db.session.refresh(proposal, ["pictures"])
    keep_version(proposal, by)


def remove_picture(picture: ProposalPicture, proposal: Proposal, *, by: User) -> None:
    begin_rewriting(proposal)
    proposal.pictures.remove(picture)
    keep_version(proposal, by)


def read_attachment(content: bytes) -> ReadAttachment:
    """What kind of file this is by its bytes, whatever its name; raises `InvalidField`."""
    if len(content) > MOST_BYTES:
        raise InvalidField("file", str(_l("This file is larger than 10 MB: choose a smaller one.")))
    kind = FileKind.PDF if _is_pdf(content) else FileKind.TEXT
    if kind is FileKind.TEXT and not _is_text(content):
        raise InvalidField("file", str(_l("Only PDF files and plain text can be attached.")))
    return ReadAttachment(kind, hashlib.sha256(content).hexdigest(), content)


def add_attachment(proposal: Proposal, file: ReadAttachment, title: str, *, by: User) -> None:
    """Add a file after the others; raises `InvalidField` for one too many or twice the same."""
    begin_rewriting(proposal)
    if len(proposal.attachments) >= MOST_ATTACHMENTS:
        raise InvalidField("file", str(_l("Five files are the most: remove one first.")))
    if file.digest in [attachment.digest for attachment in proposal.attachments]:
        raise InvalidField("file", str(_l("This file is here already.")))
    proposal.attachments.append(
        ProposalAttachment(title=title, size=len(file.content), **vars(file))
    )
    keep_version(proposal, by)


def remove_attachment(attachment: ProposalAttachment, proposal: Proposal, *, by: User) -> None:
    begin_rewriting(proposal)
    proposal.attachments.remove(attachment)
    keep_version(proposal, by)


def bytes_of(proposal: Proposal, digest: str, width: int) -> bytes | None:
    """The file of one of the proposal's pictures in one of the two widths."""
    column = ProposalPicture.small if width == SMALL else ProposalPicture.large
    return db.session.scalar(
        select(column).where(
            ProposalPicture.proposal_id == proposal.id, ProposalPicture.digest == digest
        )
    )


def file_name(attachment: ProposalAttachment) -> str:
    """A name of plain letters for whoever saves the file, made from its title."""
    folded = unicodedata.normalize("NFKD", attachment.title).encode("ascii", "ignore").decode()
    words = "-".join(re.findall(r"[a-z0-9]+", folded.lower()))[:60].strip("-")
    return f"{words or 'file'}.{attachment.kind}"


def _is_pdf(content: bytes) -> bool:
    return content.startswith(PDF_START) and PDF_END in content[-PDF_TAIL:]


def _is_text(content: bytes) -> bool:
    """UTF-8 without control characters but for those of lines and pages."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return False
    return bool(text.strip()) and not re.search(r"[\x00-\x08\x0b\x0e-\x1f\x7f]", text)
