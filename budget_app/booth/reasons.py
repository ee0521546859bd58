"""Why a ballot is not valid, each reason as one sentence in the page's language."""

from flask_babel import gettext as _

from budget_app.booth.drafts import NOT_A_NUMBER
from budget_app.booth.queries import BallotPaper
from budget_app.presentation import money, plain
from tallying.ballots import Reason, ReasonCode


def sentence(reason: Reason, paper: BallotPaper) -> str:
    """What happened and what to do, without blame."""
    if reason.project_id is not None:
        return _about_project(reason, paper)
    return _about_ballot(reason, paper)


def _about_project(reason: Reason, paper: BallotPaper) -> str:
    entry = paper.entry(reason.project_id or "")
    if entry is None:
        return _("One of the projects is not on the ballot of this district. It was left out.")
    name = plain(entry.name)
    match reason.code:
        case ReasonCode.REPEATED_PROJECT:
            return _("“%(name)s” is on your ballot twice. Keep it once.", name=name)
        case ReasonCode.NOT_POSITIVE:
            return _("“%(name)s” has a number below 1. Give it 1 or more, or nothing.", name=name)
        case ReasonCode.SCORE_TOO_HIGH:
            return _(
                "“%(name)s” has a grade above %(most)s. The highest grade is %(most)s.",
                name=name,
                most=reason.limit,
            )
        case code if code == NOT_A_NUMBER:
            return _("What stands at “%(name)s” is not a whole number. Write a number.", name=name)
    return _("“%(name)s” cannot be read on your ballot. Choose it again.", name=name)


def _about_ballot(reason: Reason, paper: BallotPaper) -> str:
    limit = reason.limit or 0
    match reason.code:
        case ReasonCode.BLANK:
            return _("Nothing is chosen. In this round a ballot names at least one project.")
        case ReasonCode.TOO_FEW:
            return _("Too few projects are chosen. Choose at least %(least)s.", least=limit)
        case ReasonCode.TOO_MANY:
            return _("Too many projects are chosen. Keep at most %(most)s.", most=limit)
        case ReasonCode.OVER_BUDGET:
            return _(
                "The chosen projects cost more than the budget of %(budget)s. Remove one or more.",
                budget=_written(limit, paper),
            )
        case ReasonCode.UNDER_SPEND:
            return _(
                "The chosen projects cost less than %(least)s. Add one or more.",
                least=_written(limit, paper),
            )
        case ReasonCode.TOO_FEW_POINTS:
            return _("Too few points are given. Give at least %(least)s in all.", least=limit)
        case ReasonCode.TOO_MANY_POINTS:
            return _("Too many points are given. Give at most %(most)s in all.", most=limit)
    return _("The ballot could not be read. Choose your projects again.")


def _written(amount: int, paper: BallotPaper) -> str:
    return money(amount, paper.election.currency, paper.election.minor_digits)
