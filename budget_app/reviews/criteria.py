"""What every proposal is checked for, and when an answered list allows the word “feasible”."""

from enum import StrEnum

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from budget_app.reviews.models import Checklist
from budget_app.rounds.errors import InvalidField


class Answer(StrEnum):
    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "not_applicable"


CRITERIA = {
    "competence": _l("It is within the competence of the parliament"),
    "legal": _l("It is legal"),
    "technical": _l("It can be built or done"),
    "budget": _l("It fits into the budget of the district"),
    "costed": _l("Its cost was worked out"),
    "unique": _l("It repeats no other proposal or plan"),
}

ANSWERS = {
    Answer.YES: _l("Yes"),
    Answer.NO: _l("No"),
    Answer.NOT_APPLICABLE: _l("Not applicable"),
}


def answer_field(key: str) -> str:
    return f"answer_{key}"


def note_field(key: str) -> str:
    return f"note_{key}"


def refuse_gaps(checklist: Checklist) -> None:
    """Raise `InvalidField` unless every criterion is answered, and every “no” explained."""
    for key in CRITERIA:
        found = checklist.get(key, {})
        if not found.get("answer"):
            raise InvalidField(
                answer_field(key), _("Answer every criterion before you call it feasible.")
            )
        if found["answer"] == Answer.NO and not found.get("note"):
            raise InvalidField(
                note_field(key), _("Explain why it is feasible in spite of this “no”.")
            )
