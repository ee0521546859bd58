"""Two people at one form: the later save never wipes the earlier one unseen.

A form carries a mark of each value that it began with. When it is sent, its row is locked until
the transaction ends and what stands is read anew: of two that are sent at the same moment, the
second finds what the first saved. What somebody else changed meanwhile is then shown beside what
was typed, once. The form keeps what its sender changed, takes the other's values where the sender
had changed nothing, and goes on from there: saved again, it stands.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import abort
from flask_babel import format_datetime
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from markupsafe import Markup
from sqlalchemy import select
from wtforms import HiddenField

from budget_app.accounts.models import User
from budget_app.extensions import db
from budget_app.languages import LANGUAGES
from budget_app.presentation import dates

Present = Callable[[], Mapping[str, Any]]
"""What stands, by the form's fields; read anew whenever it is asked."""

LastWriter = Callable[[], User | None]
"""Who wrote what stands; None where nobody knows any more."""

NOT_TYPED = ("CSRFTokenField", "HiddenField", "SubmitField")
MINUTE = "%Y-%m-%dT%H:%M"
"""Moments are compared as fields show them: in the parliament's time, without seconds."""
DIGITS = 12
"""Of a mark: two values of one field that share it are not met by chance."""


@dataclass(frozen=True)
class Stands:
    """A field that another person changed: what stands now, and what this one typed.

    `yours` is None where nothing was changed, so that the form took `theirs`; `anchor` is the id of
    the field, `language` that of its words, where it has one.
    """

    label: str
    anchor: str
    theirs: str
    yours: str | None
    language: str | None


class Aware(FlaskForm):
    """A form that compares what it began with to what stands, before it is good."""

    row: Any
    present: Present
    last: LastWriter
    called: Mapping[str, Any]
    stands: tuple[Stands, ...] = ()

    def validate(self, extra_validators: Any = None) -> bool:
        """False, once, where somebody else changed something; 404 where the row is gone."""
        if self.stands:  # asked again of the same form: it is told, and not yet sent once more
            return False
        return bool(super().validate(extra_validators)) and not self._changed_meanwhile()

    def _changed_meanwhile(self) -> bool:
        began = _read(self["began_with"].data)
        if self.is_submitted():
            self._hold()
        now = self.present()
        changed = [field for field in self if _is_news(field, began, now)]
        if not changed:  # by nobody, or to the same words: also a second press
            return False
        self.stands = tuple(self._beside(field, began, now) for field in changed)
        for field, shown in zip(changed, self.stands, strict=True):
            if shown.yours is None:
                _put(field, now.get(field.name))
        _put(self["began_with"], marks(now))
        self.form_errors.append(self._sentence())
        return True

    def _hold(self) -> None:
        """Let nobody else change the row until the transaction ends, and forget what was read of it.

        Citizens may go on adding rows that belong to it.
        """
        kind = type(self.row)
        row = select(kind.id).where(kind.id == self.row.id)
        if db.session.scalar(row.with_for_update(key_share=True)) is None:
            abort(404)
        db.session.expire_all()

    def _beside(self, field: Any, began: Mapping[str, str], now: Mapping[str, Any]) -> Stands:
        kept = mark(_typed(field)) == began.get(field.name, "")
        ending = field.name.rpartition("_")[2]
        return Stands(
            _bare(self.called.get(field.name, field.label.text)),
            _anchor(field),
            _said(field, now.get(field.name)),
            None if kept else _said(field, _typed(field)),
            ending if ending in LANGUAGES else None,
        )

    def _sentence(self) -> str:
        """Who changed what, and what becomes of this person's words."""
        fields = ", ".join(stands.label for stands in self.stands)
        writer = self.last()
        if writer is None:
            said = _("Somebody changed this meanwhile: %(fields)s.", fields=fields)
        elif writer == current_user:
            said = _("You changed this meanwhile in another window: %(fields)s.", fields=fields)
        else:
            name = writer.display_name
            said = _("%(name)s changed this meanwhile: %(fields)s.", name=name, fields=fields)
        rest = _("What you typed is still in the form, and stands once you save again.")
        return f"{said} {rest}"


def form(
    kind: type[FlaskForm],
    row: Any,
    present: Present,
    *,
    last: LastWriter,
    called: Mapping[str, Any] = {},
    begins: Mapping[str, Any] = {},
    **options: Any,
) -> Any:
    """A form of `kind` that changes what hangs on `row`, filled with what stands, or with `begins`.

    `called` names fields whose label alone, outside their group, says too little.
    """
    aware = type(kind.__name__, (Aware, kind), {"began_with": HiddenField()})
    known = dict(present())
    made: Any = aware(data={**known, **begins, "began_with": marks(known)}, **options)
    made.row, made.present, made.last, made.called = row, present, last, called
    return made


def marks(content: Mapping[str, Any]) -> str:
    """The marks of what is written; an empty field and one that is not there are the same."""
    found = {name: mark(value) for name, value in content.items()}
    return " ".join(f"{name}:{one}" for name, one in sorted(found.items()) if one)


def mark(value: Any) -> str:
    """The same for the same value, whether it comes from a row or was typed; empty for none."""
    written = _written(value)
    return hashlib.sha256(written.encode()).hexdigest()[:DIGITS] if written else ""


def _read(text: str | None) -> dict[str, str]:
    """What `marks` wrote; whatever else was sent marks nothing."""
    pairs = (pair.partition(":") for pair in (text or "").split())
    return {name: one for name, _colon, one in pairs}


def _is_news(field: Any, began: Mapping[str, str], now: Mapping[str, Any]) -> bool:
    """Whether something else stands now than the form began with, and than was typed."""
    stands = mark(now.get(field.name))
    can_be_typed = field.type not in NOT_TYPED
    return can_be_typed and stands not in (began.get(field.name, ""), mark(_typed(field)))


def _typed(field: Any) -> Any:
    """What was sent: of questions without an answer browsers send nothing, and WTForms then takes
    what stands."""
    return field.data if field.raw_data or field.type != "RadioField" else None


def _written(value: Any) -> str:
    if value is None or value is False or value == "":
        return ""
    if isinstance(value, datetime):
        return value.strftime(MINUTE)
    if isinstance(value, Mapping):
        parts = {name: text for name, each in value.items() if (text := _written(each))}
        return json.dumps(parts, sort_keys=True) if parts else ""
    if isinstance(value, list | tuple):
        texts = [text for each in value if (text := _written(each))]
        return json.dumps(sorted(texts)) if texts else ""
    return str(value)


def _bare(words: Any) -> str:
    """Words without the marks of their language."""
    return words.striptags() if isinstance(words, Markup) else str(words)


def _anchor(field: Any) -> str:
    """Where a link to the field leads: of a group to its first answer."""
    is_group = field.type in ("RadioField", "CheckboxesField")
    return str(getattr(field, "anchor", f"{field.id}-0" if is_group else field.id))


def _put(field: Any, value: Any) -> None:
    """Let the field show `value` in the place of what was sent."""
    field.raw_data = None
    field.process(None, value)


def _said(field: Any, value: Any) -> str:
    """A value as people read it: the words of choices, amounts and dates as pages write them."""
    if not _written(value):
        return ""
    if hasattr(field, "said"):
        return str(field.said(value))
    if isinstance(value, datetime):
        return str(format_datetime(value.replace(tzinfo=None), "medium", rebase=False))
    if isinstance(value, date):
        return dates.date(value)
    if value is True:
        return str(_("Yes"))
    words = {
        str(key): _bare(label) for key, label, *_rest in getattr(field, "iter_choices", list)()
    }
    chosen = value if isinstance(value, list | tuple) else [value]
    return ", ".join(words.get(str(each), str(each)) for each in chosen)
