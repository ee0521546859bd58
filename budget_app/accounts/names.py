"""The public name: asked for where a person publishes, changed in the account's page, never required."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from flask import g
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import or_, select
from wtforms import StringField
from wtforms.validators import Length, Optional, ValidationError

from budget_app.accounts.models import Membership, Role, User
from budget_app.extensions import db
from budget_app.languages import LANGUAGES
from budget_app.parliaments.models import Parliament
from budget_app.presentation.texts import word

LONGEST_NAME = 120
SHORTEST_RUN = 3
"""Characters of a name that can be recognised inside a text; shorter ones stand in any text."""

JOINERS = "\u200c\u200d"
"""Invisible, and needed by the letters of some scripts."""

WORD = re.compile(r"\w+")


def name_field() -> Any:
    """An optional name, begun with the one that the person has; refused ones stay to be mended."""
    return StringField(
        _l("Public name"),
        default=lambda: getattr(current_user, "name", ""),
        filters=[_tidy],
        validators=[
            Optional(),
            Length(max=LONGEST_NAME, message=_l("At most %(max)d characters.")),
            refuse_misleading,
        ],
        render_kw={"autocomplete": "name"},
    )


def keep_name(user: User, form: Any, field: str = "public_name") -> None:
    """Take over what the form says; whoever was asked once is not asked again."""
    user.name = form[field].data or ""
    user.name_asked = True


def refuse_misleading(_form: Any, field: Any) -> None:
    """Refuse what cannot be seen, an address, and what an office or another official is called."""
    name: str = field.data or ""
    if name == getattr(current_user, "name", ""):
        return
    if any(_is_invisible(character) for character in name) or not any(map(str.isalpha, name)):
        raise ValidationError(_("A name has letters, and no characters that cannot be seen."))
    if "@" in name:
        raise ValidationError(
            _("This looks like an e-mail address, and everybody would see it: enter a name.")
        )
    if _looks_official(words_of(name), g.parliament):
        raise ValidationError(
            _("This looks like the name of an office: enter your own, or leave it empty.")
        )
    if _is_of_an_official(words_of(name), g.parliament):
        raise ValidationError(
            _("An official has this name: add what tells you apart, or leave it empty.")
        )


def words_of(text: str) -> list[str]:
    """The words without their case and accents: a name is one however it is typed."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    return WORD.findall("".join(c for c in folded if not unicodedata.combining(c)))


def hold_run(words: Sequence[str], run: Sequence[str]) -> bool:
    """Whether these words stand there together, unless they are too short to mean anything."""
    if sum(map(len, run)) < SHORTEST_RUN:
        return False
    return f" {' '.join(run)} " in f" {' '.join(words)} "


def _tidy(value: str | None) -> str:
    """Composed letters and single spaces."""
    return re.sub(" +", " ", unicodedata.normalize("NFC", value or "").strip(" "))


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character)[0] in "C" and character not in JOINERS


def _looks_official(words: Sequence[str], parliament: Parliament) -> bool:
    held = select(User.office).join(Membership).where(Membership.parliament_id == parliament.id)
    offices = {name for names in parliament.offices for name in names.values()}
    taken = {*parliament.names.values(), *offices, *db.session.scalars(held.distinct()), *_roles()}
    return any(hold_run(words, words_of(name)) for name in taken)


def _is_of_an_official(words: Sequence[str], parliament: Parliament) -> bool:
    """Whether somebody else with a role has this name, in whatever order its words stand.

    A name is shown in every parliament, so the officials of all count; those who exist in one
    exercise alone count there.
    """
    names = (
        select(User.name)
        .join(Membership)
        .where(
            Membership.role != Role.CITIZEN,
            User.id != getattr(current_user, "id", None),
            or_(User.exercise_id.is_(None), User.exercise_id == parliament.id),
        )
    )
    own = sorted(words)
    return any(own == sorted(words_of(name)) for name in db.session.scalars(names.distinct()))


def _roles() -> set[str]:
    """What officials are called, in every language."""
    found = set()
    for code in LANGUAGES:
        with force_locale(code):
            found |= {word(role) for role in Role if role is not Role.CITIZEN}
    return found
