"""What reviewers said among themselves goes with the personal data of the round."""

from sqlalchemy import delete, select, update

from budget_app.extensions import db
from budget_app.proposals.models import Proposal
from budget_app.reviews.models import Declaration, Draft, Merge, MergeObjection, Note
from budget_app.rounds.models import Round


def erase_private_words(round_: Round) -> None:
    """Notes, unfinished verdicts, and the sentences about conflicts of interest and merges."""
    numbers = select(Proposal.id).where(Proposal.round_id == round_.id)
    for table in (Note, Draft):
        db.session.execute(delete(table).where(table.proposal_id.in_(numbers)))
    db.session.execute(
        update(Declaration).where(Declaration.proposal_id.in_(numbers)).values(words="")
    )
    merges = select(Merge.id).where(Merge.source_id.in_(numbers))
    db.session.execute(
        update(MergeObjection).where(MergeObjection.merge_id.in_(merges)).values(reasons="")
    )
