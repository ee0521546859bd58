"""What surveys refuse, each in one sentence."""

from flask_babel import lazy_gettext as _l

from budget_app.rounds.errors import RoundError


class SurveyClosed(RoundError):
    sentence = _l("This survey is not open.")


class SurveyBegun(RoundError):
    sentence = _l(
        "A survey that is open, or waits for the end of its hearing, keeps its questions."
    )


class SurveyEmpty(RoundError):
    sentence = _l("A survey needs a question before it can be opened.")


class SurveyOfNothing(RoundError):
    sentence = _l("The hearing is cancelled: nobody can be asked about it.")


class NothingToAwait(RoundError):
    sentence = _l("Only a survey about a hearing that has not ended yet can wait for its end.")
