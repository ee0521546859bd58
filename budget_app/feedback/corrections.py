"""Correcting what is published, never in silence: what stood there before stays, as a difference."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from budget_app.accounts.models import User
from budget_app.extensions import db
from budget_app.feedback.models import Answer, Commitment, Correction, Light, Principle, Standing
from budget_app.presentation.texts import word
from budget_app.proposals.differences import Piece, difference
from budget_app.records.models import Act
from budget_app.records.services import record
from voting import clock

Published = Commitment | Standing | Answer
Content = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """What can be corrected in a kind of row, in the order of its page; the act on it."""

    key: str
    fields: tuple[str, ...]
    act: Act


PLACES: dict[type[Published], Place] = {
    Commitment: Place("commitment", ("principle", "promises"), Act.COMMITMENT_CORRECTED),
    Standing: Place("standing", ("light", "words", "evidence"), Act.STANDING_CORRECTED),
    Answer: Place("answer", ("said", "did", "evidence"), Act.ANSWER_CORRECTED),
}

LABELS: dict[str, LazyString] = {
    "principle": _l("What it is about"),
    "promises": _l("What is promised"),
    "light": _l("How it stands"),
    "words": _l("Why"),
    "evidence": _l("Address of the evidence"),
    "said": _l("You said"),
    "did": _l("We did"),
}


@dataclass(frozen=True)
class Change:
    """What became of one field, in one language where it has several."""

    label: str
    language: str | None
    pieces: list[Piece]


@dataclass(frozen=True)
class Told:
    """One correction as everybody reads it."""

    at: datetime
    by: User
    changes: list[Change]


def content_of(row: Published) -> Content:
    return {name: getattr(row, name) for name in PLACES[type(row)].fields}


def correct(row: Published, content: Content, *, by: User) -> None:
    """Publish other words in the place of a row's; the same words, or a second press, change nothing."""
    kind, place = type(row), PLACES[type(row)]
    db.session.execute(select(kind.id).where(kind.id == row.id).with_for_update())
    db.session.refresh(row, [*place.fields, "corrections"])
    before = content_of(row)
    if content == before:
        return
    row.corrections.append(Correction(before=before, at=clock.now(db.session()), by=by))
    for name, value in content.items():
        setattr(row, name, value)
    subject: dict[str, Any] = {place.key: row.id}
    record(place.act, actor=by, round_=row.round_, **subject)


def last_by(row: Published) -> User | None:
    """Who corrected it last; None where nobody did."""
    return row.corrections[-1].by if row.corrections else None


def told(row: Published) -> list[Told]:
    """The corrections of a row, the newest first, each with what it changed."""
    versions = [*(correction.before for correction in row.corrections), content_of(row)]
    return [
        Told(correction.at, correction.by, list(_changes(old, new)))
        for correction, (old, new) in zip(row.corrections, pairwise(versions), strict=True)
    ][::-1]


def _changes(old: Content, new: Content) -> Iterator[Change]:
    for name in old:
        if isinstance(old[name], Mapping):
            yield from _changes_by_language(str(LABELS[name]), old[name], new[name])
        elif old[name] != new[name]:
            pieces = difference(_said(name, old[name]), _said(name, new[name]))
            yield Change(str(LABELS[name]), None, pieces)


def _changes_by_language(
    label: str, old: Mapping[str, str], new: Mapping[str, str]
) -> Iterator[Change]:
    for language in {**old, **new}:
        before, after = old.get(language, ""), new.get(language, "")
        if before != after:
            yield Change(label, language, difference(before, after))


def _said(name: str, value: str) -> str:
    """A value in words."""
    kinds = {"principle": Principle, "light": Light}
    return word(kinds[name](value)) if name in kinds else value
