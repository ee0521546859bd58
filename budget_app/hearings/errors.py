"""What a hearing refuses, each in one sentence for the person who meets it."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from budget_app.rounds.errors import RoundError


class HearingError(RoundError):
    """The root of what hearings refuse."""


class WrongHearingState(HearingError):
    """An act that does not fit how far the hearing has come."""

    sentence = _l("This hearing is not at the point where this can be done.")


class MomentOver(HearingError):
    """Publishing a draft whose day has passed."""

    sentence = _l("This moment is over: a hearing is announced before it begins.")


class TooEarly(HearingError):
    """Beginning long before the announced moment."""

    def __init__(self, hours: int) -> None:
        super().__init__()
        self.hours = hours

    @property
    def message(self) -> str:
        sentence: str = _(
            "A hearing begins at most %(hours)s hours before the time that is announced: change that first.",
            hours=self.hours,
        )
        return sentence


class QuestionsClosed(HearingError):
    """A question or a support after the end."""

    sentence = _l("This hearing takes no more questions.")


class AskedAlready(HearingError):
    """The same person's same words a second time in one hearing."""

    sentence = _l(
        "You have asked this in this hearing already. “What you did here”, on its page, says what became of it."
    )


class AlreadySupported(HearingError):
    """A second support by the same person."""

    sentence = _l("You support this question already.")


class OwnQuestion(HearingError):
    """Supporting what one asked oneself."""

    sentence = _l("This question is your own: others support it.")


class AlreadyDealtWith(HearingError):
    """The question or request was decided meanwhile."""

    sentence = _l("Somebody dealt with this before you.")


class AnotherPollOpen(HearingError):
    """A second open poll."""

    sentence = _l("Another poll is open: close it first.")


class PollNotOpen(HearingError):
    """An answer before the opening or after the close."""

    sentence = _l("This poll takes no answers now.")


class AlreadyAnswered(HearingError):
    """A second answer by the same person."""

    sentence = _l("You have answered this poll already.")


class AlreadyRegistered(HearingError):
    """A second request of the same person."""

    sentence = _l("You have asked to take part in this hearing already.")


class RealParliament(HearingError):
    """The button of a simulation in a parliament that is no exercise."""

    sentence = _l("Hearings are simulated in exercises only, and this parliament is none.")


class AlreadySimulated(HearingError):
    """A second simulation of the same hearing."""

    sentence = _l("This hearing has been simulated already.")


class NoExercise(HearingError):
    """A simulation outside an exercise round."""

    sentence = _l("Only a hearing of an exercise can be simulated.")
