"""Why a ballot is not valid, each reason as one sentence: what happened, what to do, no blame."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from budget_app.booth.drafts import NOT_A_NUMBER
from budget_app.booth.queries import BallotPaper
from budget_app.presentation.figures import money
from budget_app.presentation.texts import plain
from tallying.ballots import Reason, ReasonCode

NOT_HERE = _l("One of the projects is not on the ballot of this district. It was left out.")
UNREADABLE = _l("The ballot could not be read. Choose your projects again.")

SENTENCES: dict[str, LazyString] = {
    ReasonCode.REPEATED_PROJECT: _l("“%(name)s” is on your ballot twice. Keep it once."),
    ReasonCode.NOT_POSITIVE: _l("“%(name)s” has a number below 1. Give it 1 or more, or nothing."),
    ReasonCode.SCORE_TOO_HIGH: _l(
        "“%(name)s” has a grade above %(limit)s. The highest grade is %(limit)s."
    ),
    NOT_A_NUMBER: _l("What stands at “%(name)s” is not a whole number. Write a number."),
    ReasonCode.BLANK: _l("Nothing is chosen. In this round a ballot names at least one project."),
    ReasonCode.TOO_FEW: _l("Too few projects are chosen. Choose at least %(limit)s."),
    ReasonCode.TOO_MANY: _l("Too many projects are chosen. Keep at most %(limit)s."),
    ReasonCode.OVER_BUDGET: _l(
        "The chosen projects cost more than the budget of %(amount)s. Remove one or more."
    ),
    ReasonCode.UNDER_SPEND: _l("The chosen projects cost less than %(amount)s. Add one or more."),
    ReasonCode.TOO_FEW_POINTS: _l("Too few points are given. Give at least %(limit)s in all."),
    ReasonCode.TOO_MANY_POINTS: _l("Too many points are given. Give at most %(limit)s in all."),
}


def sentence(reason: Reason, paper: BallotPaper) -> str:
    """The reason in the page's language."""
    if reason.project_id is not None and paper.entry(reason.project_id) is None:
        return str(NOT_HERE)
    entry = paper.entry(reason.project_id or "")
    election = paper.election
    values = {
        "name": plain(entry.name) if entry else "",
        "limit": reason.limit,
        "amount": money(reason.limit or 0, election.currency, election.minor_digits),
    }
    return str(SENTENCES.get(reason.code, UNREADABLE)) % values
