"""What the authors of the example add to their drafts: pictures, a file, a co-author."""

from budget_app.demonstration import people
from budget_app.demonstration.content import Table
from budget_app.demonstration.pictures import draw
from budget_app.extensions import db
from budget_app.proposals import files
from budget_app.proposals.encoding import encode
from budget_app.proposals.models import Coauthor, Proposal
from voting import clock


def enrich(proposal: Proposal, entry: Table) -> None:
    """Add what `entry` says beside the text."""
    for picture in entry.get("pictures", []):
        encoded = encode(draw(picture["scene"]))
        files.add_picture(proposal, encoded, picture["shows"], by=proposal.author)
    for file in entry.get("files", []):
        read = files.read_attachment(file["text"].encode())
        files.add_attachment(proposal, read, file["title"], by=proposal.author)
    for email in entry.get("coauthors", []):
        _join(proposal, email)


def _join(proposal: Proposal, email: str) -> None:
    """Somebody who accepted an invitation; the mails about it were sent in an invented past."""
    now = clock.now(db.session())
    proposal.coauthors.append(Coauthor(user=people.person(email), invited_at=now, accepted_at=now))
