"""What a visitor enters to narrow the list, and to keep a search."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Form, SelectField
from wtforms.validators import InputRequired

from budget_app.browsing.models import Pace
from budget_app.rounds.fields import MoneyField, answers, text_field


class CostRange(Form):
    """Two amounts in an address, which needs no token."""

    least = MoneyField(_l("Cost from"), required=False)
    most = MoneyField(_l("Cost up to"), required=False)


class SaveSearchForm(FlaskForm):
    name = text_field(_l("Name of this search"), longest=80)


PACES = (
    (Pace.DAILY.value, _l("Once a day, when something is new")),
    (Pace.WEEKLY.value, _l("Once a week, when something is new")),
    (Pace.NEVER.value, _l("Never")),
)


class PaceForm(FlaskForm):
    pace: Any = SelectField(
        _l("Mails of what is new"), choices=answers(PACES), validators=[InputRequired()]
    )


DIGEST_PACES = (
    (Pace.NEVER.value, _l("No digest")),
    (Pace.WEEKLY.value, _l("Once a week, when something is new")),
    (Pace.DAILY.value, _l("Once a day, when something is new")),
)


class DigestForm(FlaskForm):
    digest: Any = SelectField(
        _l("Digest"), choices=answers(DIGEST_PACES), validators=[InputRequired()]
    )
