"""What offices say of a round, and the form of a survey."""

from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, RadioField, StringField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from budget_app.feedback.models import Light, Principle, QuestionKind, Survey, SurveyQuestion
from budget_app.feedback.survey_queries import values_of
from budget_app.navigation import ENDONYMS
from budget_app.parliaments.models import Parliament
from budget_app.presentation.texts import plain, word
from budget_app.rounds.fields import answers, clean_text, text_field

QUESTION = "question_"
CHOOSE = _l("Choose one of these.")
MOST_OPTIONS = 6


def is_https(_form: Any, field: Field) -> None:
    """An address that a reader can follow: https, with a host, without a name and a password."""
    parts = urlsplit(field.data or "")
    if parts.scheme != "https" or not parts.hostname or "@" in parts.netloc:
        raise ValidationError(_("Write an address that begins with https://"))


def evidence_field() -> Any:
    return StringField(
        _l("Address of the evidence"),
        description=_l("A page or file that shows it, for example https://www.example.org/minutes"),
        filters=[clean_text],
        validators=[
            Optional(),
            Length(max=500, message=_l("At most %(max)d characters.")),
            is_https,
        ],
        render_kw={"inputmode": "url", "autocomplete": "off"},
    )


def texts_in(
    parliament: Parliament, name: str, label: Any, *, longest: int, lines: bool = True
) -> dict[str, Any]:
    """A field for each language of the parliament, the first one needed."""
    return {
        f"{name}_{code}": text_field(
            _l("%(label)s (%(language)s)", label=label, language=ENDONYMS[code]),
            longest=longest,
            lines=lines,
            required=code == parliament.default_language,
        )
        for code in parliament.languages
    }


def _choice(label: Any, kind: Any) -> RadioField:
    return RadioField(
        label,
        choices=answers((each, word(each)) for each in kind),
        validators=[InputRequired(CHOOSE)],
    )


def commitment_form(parliament: Parliament) -> type[FlaskForm]:
    fields = {"principle": _choice(_l("What it is about"), Principle)}
    fields |= texts_in(parliament, "promise", _l("What is promised"), longest=400)
    return type("CommitmentForm", (FlaskForm,), fields)


def standing_form(parliament: Parliament) -> type[FlaskForm]:
    fields = {"light": _choice(_l("How it stands"), Light)}
    fields |= texts_in(parliament, "words", _l("Why"), longest=600)
    fields["evidence"] = evidence_field()

    class StandingForm(FlaskForm):
        def validate(self, extra_validators: Any = None) -> bool:
            good: bool = super().validate(extra_validators)
            evidence = self["evidence"]
            if self["light"].data != Light.GREEN or evidence.data or evidence.errors:
                return good
            evidence.errors = [_("“Kept” needs the address of what shows it.")]
            return False

    return type("StandingForm", (StandingForm,), fields)


def answer_form(parliament: Parliament) -> type[FlaskForm]:
    fields = texts_in(parliament, "said", _l("You said"), longest=400)
    fields |= texts_in(parliament, "did", _l("We did"), longest=1000)
    fields["evidence"] = evidence_field()
    return type("AnswerForm", (FlaskForm,), fields)


def survey_form(parliament: Parliament) -> type[FlaskForm]:
    fields = texts_in(parliament, "title", _l("Title"), longest=120, lines=False)
    return type("SurveyForm", (FlaskForm,), fields)


def question_form(parliament: Parliament) -> type[FlaskForm]:
    """A question; its options stand one on each line, in the same order in every language."""
    fields = {"kind": _choice(_l("How people answer"), QuestionKind)}
    fields |= texts_in(parliament, "text", _l("Question"), longest=200, lines=False)
    fields |= {
        f"options_{code}": text_field(
            _l("Options (%(language)s)", language=ENDONYMS[code]),
            longest=800,
            lines=True,
            required=False,
        )
        for code in parliament.languages
    }

    class QuestionForm(FlaskForm):
        def validate(self, extra_validators: Any = None) -> bool:
            if not super().validate(extra_validators):
                return False
            code, wrong = _wrong_options(self, parliament)
            if wrong:
                place = self[f"options_{code}"]
                place.errors = [*place.errors, wrong]
            return not wrong

    return type("QuestionForm", (QuestionForm,), fields)


def is_begun(form: Any) -> bool:
    """Whether something is written into the form of a question."""
    return any(field.data for field in form if field.name.startswith(("text_", "options_")))


def _wrong_options(form: Any, parliament: Parliament) -> tuple[str, str]:
    """In which language the options cannot be taken, and why, in one sentence; empty when they can."""
    home = parliament.default_language
    written = {code: options_in(form, code) for code in parliament.languages}
    if form["kind"].data != QuestionKind.CHOICE:
        code = next((code for code, options in written.items() if options), home)
        told = _("Only a choice has options: choose it above, or empty this field.")
        return code, str(told) if written[code] else ""
    first = len(written[home])
    if not 2 <= first <= MOST_OPTIONS:
        told = _("Write from 2 to %(most)s options, one on each line.", most=MOST_OPTIONS)
        return home, str(told)
    for code, options in written.items():
        if len(options) not in (0, first):
            told = _("There are %(number)s options, but another number in %(language)s.")
            return home, str(told) % {"number": first, "language": ENDONYMS[code]}
        if len({option.casefold() for option in options}) < len(options):
            return code, str(_("Two options are the same: nobody could tell them apart."))
    return home, ""


def options_in(form: Any, code: str) -> list[str]:
    lines = (form[f"options_{code}"].data or "").splitlines()
    return [line.strip() for line in lines if line.strip()]


def options_of(form: Any, parliament: Parliament) -> list[dict[str, str]]:
    """The options by language; those of a scale or of words are none."""
    if form.kind.data != QuestionKind.CHOICE:
        return []
    found: list[dict[str, str]] = [{} for _ in options_in(form, parliament.default_language)]
    for code in parliament.languages:
        for option, text in zip(found, options_in(form, code), strict=False):
            option[code] = text
    return found


def response_form(survey: Survey) -> type[FlaskForm]:
    """One field for each question, of which at least one must be answered."""
    fields = {f"{QUESTION}{question.id}": _asked(question) for question in survey.questions}

    class ResponseForm(FlaskForm):
        def validate(self, extra_validators: Any = None) -> bool:
            good: bool = super().validate(extra_validators)
            if good and not responses_in(self, survey):
                self.form_errors = [_("Answer at least one question.")]
                return False
            return good

    return type("ResponseForm", (ResponseForm,), fields)


def _asked(question: SurveyQuestion) -> Any:
    label = plain(question.texts)
    if question.kind is QuestionKind.WORDS:
        return text_field(label, longest=1000, lines=True, required=False)
    told = zip(map(str, values_of(question)), labels_of(question), strict=True)
    return RadioField(label, choices=answers(told), validators=[Optional()])


def labels_of(question: SurveyQuestion) -> list[str]:
    """The words of each answer."""
    if question.kind is QuestionKind.CHOICE:
        return [plain(option) for option in question.options]
    ends = {1: _("1: not at all"), 5: _("5: fully")}
    return [ends.get(value, str(value)) for value in values_of(question)]


def responses_in(form: Any, survey: Survey) -> dict[str, int | str]:
    """What was answered, by the question's number; unanswered questions are left out."""
    found: dict[str, int | str] = {}
    for question in survey.questions:
        given = form[f"{QUESTION}{question.id}"].data
        if given:
            found[str(question.id)] = given if question.kind is QuestionKind.WORDS else int(given)
    return found
