"""What authors are told by mail while and after their proposal is reviewed."""

from collections.abc import Iterable

from flask import render_template
from flask_babel import LazyString, force_locale
from flask_babel import gettext as _

from budget_app.accounts.models import User
from budget_app.browsing.following import page_of
from budget_app.mailing.outbox import post
from budget_app.proposals.models import Proposal


def writers(proposal: Proposal) -> list[User]:
    """The author, and the co-authors who accepted."""
    return [proposal.author, *proposal.joined]


def tell(
    people: Iterable[User],
    proposal: Proposal,
    subject: LazyString,
    sentence: LazyString,
    words: str = "",
) -> None:
    """One mail each, in each one's language; `words` are as somebody wrote them."""
    for user in people:
        with force_locale(user.language):
            body = render_template(
                "emails/review_news.txt",
                title=proposal.title,
                sentence=sentence,
                words=words,
                address=page_of(proposal, user.language),
            )
            post(user.email, str(subject), body)


def tell_decision(proposal: Proposal, *, accepted: bool) -> None:
    """The decision in full, to everybody who wrote the proposal."""
    for user in writers(proposal):
        with force_locale(user.language):
            body = render_template(
                "emails/proposal_decided.txt",
                proposal=proposal,
                accepted=accepted,
                address=page_of(proposal, user.language),
            )
            post(user.email, _("What became of your proposal"), body)
