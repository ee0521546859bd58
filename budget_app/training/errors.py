"""What training refuses, each in one sentence."""

from flask_babel import lazy_gettext as _l

from budget_app.rounds.errors import RoundError


class TrainingEnded(RoundError):
    sentence = _l("This training session has ended.")


class ExerciseNotReady(RoundError):
    sentence = _l("This exercise is still being made. Try again in a minute.")


class ExerciseFull(RoundError):
    sentence = _l("So many people have joined this exercise that nobody else can.")
