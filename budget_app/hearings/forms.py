"""What citizens, organisations and chairs write."""

import secrets
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional, Regexp, ValidationError

from budget_app.accounts.names import name_field
from budget_app.deliberation.models import Rule
from budget_app.deliberation.rules import NAMES
from budget_app.hearings.drafts import GRACE
from budget_app.hearings.errors import MomentOver
from budget_app.hearings.models import (
    LONGEST_QUESTION,
    Hearing,
    HearingState,
    TrackKind,
)
from budget_app.hearings.polls import LEAST_OPTIONS, MOST_OPTIONS
from budget_app.hearings.queries import possible_chairs
from budget_app.languages import LANGUAGES
from budget_app.navigation import ENDONYMS
from budget_app.parliaments.models import Parliament
from budget_app.presentation.dates import now
from budget_app.presentation.texts import plain, word
from budget_app.rounds.fields import CheckboxesField, answers, clean_text, text_field
from budget_app.rounds.moments import moment_field, utc, written
from budget_app.rounds.queries import public_rounds

LONGEST_ADDRESS = 500
LEAST_CHARACTERS = 10


def address_field(label: Any, description: Any = "") -> Any:
    return StringField(
        label,
        description=description,
        filters=[clean_text],
        validators=[
            Optional(),
            Length(max=LONGEST_ADDRESS, message=_l("At most %(max)d characters.")),
        ],
        render_kw={"inputmode": "url", "autocomplete": "off"},
    )


def texts_fields(
    parliament: Parliament, name: str, label: Any, *, longest: int, **options: Any
) -> dict[str, Any]:
    """One field for each language of the parliament; the first language is the one required."""
    required = options.pop("required", True)
    return {
        f"{name}_{code}": text_field(
            _l("%(label)s (%(language)s)", label=label, language=ENDONYMS[code]),
            longest=longest,
            required=required and code == parliament.default_language,
            **options,
        )
        for code in parliament.languages
    }


def _not_past(parliament: Parliament, hearing: Hearing | None) -> Any:
    """A validator: a hearing that is announced begins later, or was held today and is noted late.

    The beginning that a hearing has already may stay.
    """

    def refuse(form: Any, field: Any) -> None:
        if field.data is None:
            return  # what cannot be read has its own sentence
        starts = utc(field.data, parliament.zone)
        kept = hearing is not None and starts == written(hearing.starts)
        if not kept and starts < now() - GRACE:
            raise ValidationError(MomentOver().message)

    return refuse


def hearing_form(parliament: Parliament, hearing: Hearing | None) -> type[FlaskForm]:
    """Words, dates, chairs, and where it is seen and heard; one that is live keeps its dates."""
    fields = _hearing_fields(parliament, hearing)
    if hearing is not None and hearing.state is HearingState.LIVE:
        del fields["starts"], fields["ends"]
    return type("HearingForm", (FlaskForm,), fields)


def _hearing_fields(parliament: Parliament, hearing: Hearing | None) -> dict[str, Any]:
    rounds = [(str(round_.id), plain(round_.titles)) for round_ in public_rounds(parliament)]
    fields: dict[str, Any] = {
        **texts_fields(parliament, "title", _l("Title"), longest=120),
        **texts_fields(parliament, "description", _l("What it is about"), longest=3000, lines=True),
        **texts_fields(parliament, "place", _l("Place"), longest=200, required=False),
        "round": SelectField(
            _l("Round"), choices=answers([("", _l("None: of the parliament as a whole")), *rounds])
        ),
        "starts": moment_field(_l("Begins"), also=(_not_past(parliament, hearing),)),
        "ends": moment_field(_l("Ends")),
        "chairs": CheckboxesField(
            _l("Chair"),
            choices=answers(
                (str(user.id), user.display_name) for user in possible_chairs(parliament)
            ),
            validators=[InputRequired(_l("Name at least one person who leads the hearing."))],
        ),
        "stream": address_field(
            _l("Address of the live stream"),
            _l("Facebook Live, YouTube, PeerTube, or a page of a host that is allowed here."),
        ),
    }
    for kind in TrackKind:
        for code in LANGUAGES:
            label = _l("%(kind)s (%(language)s)", kind=word(kind), language=ENDONYMS[code])
            fields[f"{kind}_{code}"] = address_field(label)
    return fields


def cancel_form(parliament: Parliament) -> type[FlaskForm]:
    fields = texts_fields(parliament, "reason", _l("Reason"), longest=600, lines=True)
    return type("CancelForm", (FlaskForm,), fields)


def item_form(parliament: Parliament) -> type[FlaskForm]:
    fields: dict[str, Any] = {
        "item_starts": moment_field(_l("Begins")),
        **texts_fields(parliament, "item", _l("Item"), longest=200),
        "speaker": text_field(_l("Who speaks"), longest=200, required=False),
    }
    return type("ItemForm", (FlaskForm,), fields)


def poll_form(parliament: Parliament) -> type[FlaskForm]:
    """A question and up to six options, each in the parliament's languages."""
    fields = texts_fields(parliament, "question", _l("Question"), longest=200)
    for number in range(1, MOST_OPTIONS + 1):
        label = _l("Answer %(number)s", number=number)
        fields |= texts_fields(
            parliament, f"option{number}", label, longest=80, required=number <= LEAST_OPTIONS
        )
    return type("PollForm", (FlaskForm,), fields)


def minutes_form(parliament: Parliament) -> type[FlaskForm]:
    fields: dict[str, Any] = {
        **texts_fields(parliament, "minutes", _l("Minutes"), longest=50_000, lines=True),
        "recording": address_field(
            _l("Address of the recording"),
            _l("Facebook Live, YouTube, PeerTube, or a page of a host that is allowed here."),
        ),
    }
    return type("MinutesForm", (FlaskForm,), fields)


class AskForm(FlaskForm):
    """A question; `once` names this one form, so that two presses make one question."""

    words = text_field(
        _l("Your question"),
        longest=LONGEST_QUESTION,
        lines=True,
        description=_l("At most 500 characters."),
    )
    public_name = name_field()
    once = HiddenField(
        default=lambda: secrets.token_urlsafe(32), validators=[Regexp(r"[A-Za-z0-9_-]{1,43}\Z")]
    )

    def validate_words(self, field: Any) -> None:
        """Refuse what cannot be a question."""
        if len(field.data or "") < LEAST_CHARACTERS:
            raise ValidationError(_l("Write your question out: this is too short."))


class OrganisationForm(FlaskForm):
    name = text_field(_l("Name of the organisation"), longest=120)
    purpose = text_field(_l("What it does"), longest=300, lines=True)
    contact = text_field(
        _l("How the office reaches you"),
        longest=200,
        description=_l("Seen by the office alone."),
    )
    wish = text_field(_l("What you want to say"), longest=600, lines=True)


class ConfirmForm(FlaskForm):
    slot = moment_field(_l("Time to speak"), required=False)


class DeclineForm(FlaskForm):
    decline = text_field(_l("Reason"), longest=600, lines=True)


class HideForm(FlaskForm):
    """The published rules; without words of its own the rule's sentence is the explanation."""

    rule = RadioField(
        _l("Which rule does the question break?"),
        choices=answers((rule.value, NAMES[rule]) for rule in Rule),
        validators=[InputRequired(_l("Choose the rule that the question breaks."))],
    )
    explanation = text_field(
        _l("Explanation"),
        longest=1_000,
        lines=True,
        required=False,
        description=_l(
            "Everybody reads it in the moderation log: repeat none of the words, and name nobody. Left empty, the sentence of the rule stands there."
        ),
    )


class AnswerForm(FlaskForm):
    answered_by = text_field(_l("Who answered"), longest=200)
    answer = text_field(_l("The answer, in short"), longest=5000, lines=True)


class AsideForm(FlaskForm):
    aside = text_field(_l("Why it is not answered here"), longest=600, lines=True)


class HostsForm(FlaskForm):
    hosts = text_field(
        _l("Hosts, one a line"),
        longest=5000,
        lines=True,
        required=False,
        description=_l("For example video.example.org. Only players of these hosts can be shown."),
    )
