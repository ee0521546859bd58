"""Why a rule gives no outcome, and what a preset did to the election."""

from tallying.errors import (
    FloorsNotKept,
    NoSelection,
    NotProved,
    TallyingError,
    UnresolvedTie,
    WrongBallots,
)
from tallying.presets.preset import Note, NoteCode
from tallying.wording.wording import Wording


def refusal(error: TallyingError, wording: Wording) -> str:
    """Why a count was refused; what has no sentence of its own is told in English."""
    match error:
        case WrongBallots():
            return wording.gettext(
                "The rule %(rule)s cannot count %(style)s ballots.",
                rule=error.rule,
                style=error.style,
            )
        case FloorsNotKept():
            return wording.gettext(
                "The rule %(rule)s cannot promise the floors of categories.", rule=error.rule
            )
        case UnresolvedTie():
            return wording.gettext(
                "The tie order leaves open which of these projects comes first at step %(step)s: %(projects)s.",
                step=wording.number(error.step),
                projects=", ".join(error.projects),
            )
        case NoSelection():
            return wording.gettext("No selection of supported projects keeps to every limit.")
        case NotProved():
            return wording.gettext("No selection could be proved to be the best one.")
    return str(error)


def note(told: Note, wording: Wording) -> str:
    """What a preset did, in one sentence."""
    match told.code:
        case NoteCode.CATEGORY_ENDED:
            return wording.gettext(
                "Left out, since their category had ended before their turn: %(projects)s.",
                projects=_listed(told.projects, wording),
            )
        case NoteCode.TOO_FEW_VOTES:
            return wording.gettext(
                "Left out, with fewer votes than their cost asks for: %(projects)s.",
                projects=_listed(told.projects, wording),
            )
        case NoteCode.RESERVE:
            return wording.gettext(
                "A project funded in part gets at least %(number)s percent of its cost; a reserve pays the rest.",
                number=wording.number(told.number),
            )
        case NoteCode.SEATS:
            return wording.ngettext(
                "%(shown)s seat. Ties that earlier stages do not decide are drawn by lot.",
                "%(shown)s seats. Ties that earlier stages do not decide are drawn by lot.",
                told.number,
            )


def _listed(projects: tuple[str, ...], wording: Wording) -> str:
    return ", ".join(projects) or wording.gettext("none")
