"""How a checklist is answered, and when the answers allow the word “feasible”."""

from collections.abc import Iterable
from enum import StrEnum

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from budget_app.reviews.models import Checklist
from budget_app.rounds.errors import InvalidField


class Answer(StrEnum):
    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "not_applicable"


ANSWERS = {
    Answer.YES: _l("Yes"),
    Answer.NO: _l("No"),
    Answer.NOT_APPLICABLE: _l("Not applicable"),
}


def answer_field(key: str) -> str:
    return f"answer_{key}"


def note_field(key: str) -> str:
    return f"note_{key}"


def refuse_gaps(checklist: Checklist, keys: Iterable[str]) -> None:
    """Raise `InvalidField` unless each of `keys` is answered, and every “no” explained."""
    for key in keys:
        found = checklist.get(key, {})
        if not found.get("answer"):
            raise InvalidField(
                answer_field(key), _("Answer every criterion before you call it feasible.")
            )
        if found["answer"] == Answer.NO and not found.get("note"):
            raise InvalidField(
                note_field(key), _("Explain why it is feasible in spite of this “no”.")
            )
