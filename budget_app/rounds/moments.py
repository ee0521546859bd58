"""Form fields of days and moments: as browsers send them, within years that a mistake falls out of."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateTimeLocalField
from wtforms.validators import InputRequired, Optional, ValidationError

from budget_app.presentation.dates import now

MOMENT_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
FIRST_YEAR = 2000
YEARS_AHEAD = 20


class WithinYears:
    """A day from 2000 to `ahead` years from now: year 26 and year 20265 are slips of the hand."""

    def __init__(self, ahead: int = YEARS_AHEAD) -> None:
        self.ahead = ahead

    def __call__(self, _form: Any, field: Any) -> None:
        """Raise `ValidationError` for a day or moment outside."""
        last = now().year + self.ahead
        if field.data is not None and not FIRST_YEAR <= field.data.year <= last:
            raise ValidationError(
                _("Choose a day from the year %(first)s to %(last)s.", first=FIRST_YEAR, last=last)
            )


def utc(local: datetime, zone: ZoneInfo) -> datetime:
    """A moment that was written in the parliament's time."""
    return local.replace(tzinfo=zone).astimezone(UTC)


def written(moment: datetime) -> datetime:
    """A moment as its field shows it: without seconds."""
    return moment.replace(second=0, microsecond=0)


def moment_field(
    label: Any,
    *,
    required: bool = True,
    presence: Any = None,
    also: tuple[Any, ...] = (),
    description: Any = "",
) -> Any:
    """Day and time in the parliament's zone; `presence` says otherwise when it may stay empty.

    `also` are validators that come after all others.
    """
    if presence is None:
        presence = InputRequired(_l("Enter day and time.")) if required else Optional()
    return DateTimeLocalField(
        label,
        format=MOMENT_FORMATS,
        validators=[presence, WithinYears(), *also],
        description=description,
    )
