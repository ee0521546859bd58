"""Two people at one form: the later save never wipes the earlier one unseen."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy import select
from wtforms import HiddenField

from budget_app.extensions import db

Present = Callable[[], Mapping[str, Any]]
"""What stands in a row, by the form's fields; read anew whenever it is asked."""


@dataclass(frozen=True)
class Stands:
    """What another person wrote into a field meanwhile: its label and the words."""

    label: str
    words: str


class Aware(FlaskForm):
    """A form that carries the fingerprint of what it began with, and compares before it is good."""

    row: Any
    present: Present
    stands: tuple[Stands, ...] = ()

    def validate(self, extra_validators: Any = None) -> bool:
        """False, once, where something else stands now: the page shows it beside what was sent."""
        return bool(super().validate(extra_validators)) and not self._changed_meanwhile()

    def _changed_meanwhile(self) -> bool:
        kind = type(self.row)
        db.session.execute(select(kind.id).where(kind.id == self.row.id).with_for_update())
        db.session.refresh(self.row)
        now = _written(self.present())
        began_with = self["began_with"]
        if began_with.data == fingerprint(now):
            return False
        self.stands = tuple(
            Stands(field.label.text, _said(field, now.get(field.name, "")))
            for field in self
            if field.type not in ("CSRFTokenField", "HiddenField", "SubmitField")
            and now.get(field.name, "") != str(field.data or "")
        )
        if not self.stands:  # the same words, or a second press
            return False
        began_with.raw_data, began_with.data = None, fingerprint(now)
        self.form_errors.append(
            _(
                "Somebody changed this meanwhile: here is what stands now; yours is still in the"
                " form. Saved once more, it replaces the other words."
            )
        )
        return True


def form(
    kind: type[FlaskForm], row: Any, present: Present, *, begins: Mapping[str, Any] = {}
) -> Any:
    """A form of `kind` that changes `row`, filled with what stands, or with `begins` where given."""
    aware = type(kind.__name__, (Aware, kind), {"began_with": HiddenField()})
    known = dict(present())
    made: Any = aware(data={**known, **begins, "began_with": fingerprint(known)})
    made.row, made.present = row, present
    return made


def fingerprint(content: Mapping[str, Any]) -> str:
    """Of what is written: an empty field and one that is not there are the same."""
    text = json.dumps(_written(content), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _written(content: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in content.items() if value}


def _said(field: Any, value: str) -> str:
    """The words of a choice, or what was written."""
    words = {str(key): str(label) for key, label, *_rest in getattr(field, "iter_choices", list)()}
    return words.get(value, value)
