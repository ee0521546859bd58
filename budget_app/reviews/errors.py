"""What a review refuses, each in one sentence for the person who meets it."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from budget_app.rounds.errors import RoundError


class OwnProposal(RoundError):
    """A reviewer's own proposal, or one that a reviewer writes along."""

    sentence = _l("Somebody else must review a proposal of your own.")


class NotDeclared(RoundError):
    """Reviewing before saying whether there is a conflict of interest."""

    sentence = _l("Say first whether you have a conflict of interest in this proposal.")


class ConflictOfInterest(RoundError):
    """A reviewer who declared a conflict."""

    sentence = _l("You have declared a conflict of interest: somebody else reviews this proposal.")


class NotAssigned(RoundError):
    """Deciding what another reviewer has, or nobody."""

    sentence = _l("Only the reviewer who has this proposal, or an administrator, can do this.")


class AlreadyAssigned(RoundError):
    """Taking what another reviewer has."""

    sentence = _l("Another reviewer has taken this proposal; an administrator can reassign it.")


class NotUnderReview(RoundError):
    """Neither submitted nor under appeal."""

    sentence = _l("This proposal is no longer under review: it was decided, merged or withdrawn.")


class MergedMeanwhile(RoundError):
    """Reviewing what became a part of another proposal."""

    sentence = _l("This proposal was merged into another one: nothing of it is left to decide.")


class ReviewerHasConflict(RoundError):
    """Giving the proposal to somebody who declared a conflict, or who writes it; `name` is theirs."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    @property
    def message(self) -> str:
        sentence: str = _(
            "%(name)s has a conflict of interest in this proposal: choose somebody else.",
            name=self.name,
        )
        return sentence


class DecidedBySame(RoundError):
    """The appeal against one's own decision."""

    sentence = _l("Whoever decided cannot decide the appeal: somebody else must.")


class NoAppeal(RoundError):
    """An appeal where none is possible: not rejected, too late, a second one."""

    sentence = _l(
        "An appeal is possible once, within ten days after a proposal was not accepted,"
        " while the rules of the round are not sealed."
    )


class ChecklistFixed(RoundError):
    """Another checklist than the one under which a review was finished."""

    sentence = _l("A review was finished with this checklist: it can no longer be changed.")


class LastCriterion(RoundError):
    """A checklist that would ask for nothing."""

    sentence = _l("A checklist has at least one criterion.")


class MergeOver(RoundError):
    """An answer to a merge that is over."""

    sentence = _l("This request is over: it was answered, or a proposal was decided or withdrawn.")
