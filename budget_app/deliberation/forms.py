"""What people write in comments, and what moderators decide about it."""

import secrets
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any

from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectField, SubmitField
from wtforms.validators import InputRequired, Length, StopValidation

from budget_app.accounts.limits import TooManyAttempts, hit
from budget_app.accounts.models import User
from budget_app.accounts.names import name_field
from budget_app.deliberation.models import LONGEST, Rule, Stance
from budget_app.deliberation.rules import NAMES
from budget_app.languages import LANGUAGES
from budget_app.navigation import ENDONYMS
from budget_app.presentation.light_markup import markdown
from budget_app.rounds.fields import answers, text_field

TURNING = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}
"""Characters that turn the direction of whatever follows them, also beyond the comment."""

HOUR = 3600
LIMITS = {"comment": 10, "vote": 60, "report": 20, "translation": 30}
"""How often one person may do each within an hour."""

STANCES = {
    Stance.FOR: _l("For"),
    Stance.AGAINST: _l("Against"),
    Stance.NEUTRAL: _l("Neither: a question or a remark"),
}


def without_turning(value: str | None) -> str | None:
    """Text that cannot turn around what stands beside it."""
    return value.translate(dict.fromkeys(TURNING)) if value else value


class SomethingToRead:
    """Words that show: not only spaces, invisible characters, or empty links."""

    def __call__(self, _form: Any, field: Any) -> None:
        shown = markdown(field.data).striptags()
        if not any(unicodedata.category(character)[0] in "LNPS" for character in shown):
            raise StopValidation(_("This cannot stay empty."))


def words_field(label: Any, *, longest: int, description: Any = "") -> Any:
    """A field for what a person writes in public."""
    field = text_field(
        label, longest=longest, lines=True, first=[SomethingToRead()], description=description
    )
    field.kwargs["filters"].append(without_turning)
    return field


def _language_field() -> SelectField:
    return SelectField(
        _l("Language of your words"),
        choices=answers((code, ENDONYMS[code]) for code in LANGUAGES),
        default=lambda: g.language,
    )


class ReplyForm(FlaskForm):
    """Words in a language; `once` names this one form, so that two presses make one comment."""

    text = words_field(_l("Your words"), longest=LONGEST)
    language = _language_field()
    public_name = name_field()
    once = HiddenField(
        default=lambda: secrets.token_urlsafe(32), validators=[InputRequired(), Length(max=43)]
    )


class CommentForm(ReplyForm):
    stance = RadioField(
        _l("What your comment says"),
        choices=answers((stance.value, words) for stance, words in STANCES.items()),
        validators=[InputRequired(_l("Say whether you are for it, against it, or neither."))],
    )


class EditForm(FlaskForm):
    text = words_field(_l("Your words"), longest=LONGEST)
    language = _language_field()


class VoteForm(FlaskForm):
    vote = RadioField(choices=answers([("useful", ""), ("not-useful", ""), ("none", "")]))

    def useful(self) -> bool | None:
        return {"useful": True, "not-useful": False}.get(self.vote.data)


def _rule_field(label: Any) -> RadioField:
    return RadioField(
        label,
        choices=answers((rule.value, NAMES[rule]) for rule in Rule),
        validators=[InputRequired(_l("Choose the rule that it breaks."))],
    )


class ReportForm(FlaskForm):
    rule = _rule_field(_l("Which rule does the comment break?"))
    words = text_field(
        _l("What you would add, in one sentence"), longest=300, required=False, lines=True
    )


class HideForm(FlaskForm):
    rule = _rule_field(_l("Which rule does the comment break?"))
    explanation = words_field(_l("Explanation"), longest=1_000)


class AppealForm(FlaskForm):
    words = words_field(_l("Why your comment should come back"), longest=2_000)


class AppealDecisionForm(FlaskForm):
    explanation = words_field(_l("Explanation"), longest=1_000)
    restore = SubmitField(_l("Restore the comment"))
    dismiss = SubmitField(_l("Leave it removed"))


def rules_form(languages: Iterable[str]) -> type[FlaskForm]:
    """The introduction of the rules in each language of the parliament."""
    fields = {
        f"text_{code}": text_field(
            ENDONYMS[code],
            longest=20_000,
            required=False,
            lines=True,
            description=_l("Left empty, the platform's own text stands here."),
        )
        for code in languages
    }
    return type("RulesForm", (FlaskForm,), fields)


def too_often(what: str, by: User) -> str:
    """Count one attempt at `what`; beyond the limit the sentence that says so, else nothing.

    Commits, as `hit` does: call it before anything is changed.
    """
    try:
        hit(what, str(by.id), limit=LIMITS[what], seconds=HOUR)
    except TooManyAttempts as error:
        minutes = -(-error.seconds // 60)
        return _SENTENCES[what](minutes)
    return ""


_SENTENCES: dict[str, Callable[[int], str]] = {
    "comment": lambda n: _(
        "That is ten comments within an hour. You can send this one in %(minutes)s minutes.",
        minutes=n,
    ),
    "vote": lambda n: _(
        "That is sixty votes on comments within an hour. You can go on in %(minutes)s minutes.",
        minutes=n,
    ),
    "report": lambda n: _(
        "That is twenty reports within an hour. You can send this one in %(minutes)s minutes.",
        minutes=n,
    ),
    "translation": lambda n: _(
        "That is thirty translations within an hour. You can go on in %(minutes)s minutes.",
        minutes=n,
    ),
}
