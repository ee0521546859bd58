"""A round's own checklist: written before its reviews, fixed once one of them is finished."""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from budget_app.accounts.models import User
from budget_app.extensions import db
from budget_app.presentation.texts import localized
from budget_app.proposals.models import Proposal
from budget_app.reviews.errors import ChecklistFixed, LastCriterion
from budget_app.reviews.models import ReviewDecision
from budget_app.rounds.errors import InvalidField
from budget_app.rounds.models import Round
from budget_app.rounds.steps import Step
from budget_app.rounds.unsealed import record_change, refuse_sealed

MOST_CRITERIA = 12
LONGEST_CRITERION = 160


@dataclass(frozen=True)
class Criterion:
    """One thing to check; answers are kept by its `key`, which lasts when the texts change."""

    key: str
    texts: Mapping[str, str]

    @property
    def words(self) -> str:
        return localized(self.texts)


def criteria_of(round_: Round) -> list[Criterion]:
    return [Criterion(each["key"], each["texts"]) for each in round_.checklist]


def keys_of(round_: Round) -> list[str]:
    return [each["key"] for each in round_.checklist]


def fingerprint(round_: Round) -> str:
    """Tells whether a form was begun with the present texts."""
    content = json.dumps(round_.checklist, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def is_fixed(round_: Round) -> bool:
    """Whether a review of the round was finished, so that its answers are public."""
    decided = select(ReviewDecision.id).join(Proposal).where(Proposal.round_id == round_.id)
    return db.session.scalar(decided.limit(1)) is not None


def hold_as_it_is(round_: Round) -> None:
    """Let nobody change the checklist until the transaction ends; others may decide meanwhile."""
    row = select(Round.id).where(Round.id == round_.id)
    db.session.execute(row.with_for_update(read=True))
    db.session.refresh(round_, ["checklist"])


def add_criterion(round_: Round, texts: dict[str, str], *, by: User) -> None:
    """At the end; raises `InvalidField` for one too many, or one that stands there already."""
    present = _opened(round_)
    if len(present) >= MOST_CRITERIA:
        message = _("A checklist has at most %(number)s criteria.", number=MOST_CRITERIA)
        raise InvalidField("text", message)
    _refuse_repeated(present, texts)
    _keep(round_, [*present, Criterion(secrets.token_hex(4), texts)], by)


def change_criterion(round_: Round, key: str, texts: dict[str, str], *, by: User) -> None:
    """Other words for it; a review that is begun keeps its answer, and is shown the new words."""
    present = _opened(round_)
    _refuse_repeated([each for each in present if each.key != key], texts)
    _keep(round_, [Criterion(key, texts) if each.key == key else each for each in present], by)


def remove_criterion(round_: Round, key: str, *, by: User) -> None:
    """Raises `LastCriterion` where nothing would be left; gone already, nothing happens."""
    present = _opened(round_)
    left = [each for each in present if each.key != key]
    if not left:
        raise LastCriterion
    if len(left) < len(present):
        _keep(round_, left, by)


def move_criterion(round_: Round, key: str, *, up: bool, by: User) -> None:
    """Change places with its neighbour; at the end of the list nothing happens."""
    present = _opened(round_)
    place = next((n for n, each in enumerate(present) if each.key == key), 0)
    other = place - 1 if up else place + 1
    if 0 <= other < len(present) and present[place].key == key:
        present[place], present[other] = present[other], present[place]
        _keep(round_, present, by)


def _opened(round_: Round) -> list[Criterion]:
    """The criteria, held against other changes and decisions; raises when they are fixed."""
    row = select(Round.id).where(Round.id == round_.id)
    db.session.execute(row.with_for_update())
    db.session.refresh(round_, ["checklist", "state"])
    refuse_sealed(round_)
    if is_fixed(round_):
        raise ChecklistFixed
    return criteria_of(round_)


def _refuse_repeated(others: Sequence[Criterion], texts: Mapping[str, str]) -> None:
    for code, text in texts.items():
        if any(each.texts.get(code, "").casefold() == text.casefold() for each in others):
            raise InvalidField(f"text_{code}", _("The checklist says this already."))


def _keep(round_: Round, criteria: Sequence[Criterion], by: User) -> None:
    round_.checklist = [{"key": each.key, "texts": dict(each.texts)} for each in criteria]
    record_change(round_, by, Step.CHECKLIST.value)
