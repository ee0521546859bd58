"""What surveys refuse, each in one sentence."""

from flask_babel import lazy_gettext as _l

from budget_app.rounds.errors import RoundError


class SurveyClosed(RoundError):
    sentence = _l("This survey is not open.")


class SurveyBegun(RoundError):
    sentence = _l("A survey that has been opened keeps its questions.")


class SurveyEmpty(RoundError):
    sentence = _l("A survey needs a question before it can be opened.")
