"""The names of what records are about: they keep numbers alone, since names change and are erased."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from flask_babel import gettext as _
from markupsafe import Markup, escape
from sqlalchemy import select

from budget_app.accounts.models import User
from budget_app.audit.models import Objection
from budget_app.deliberation.models import Comment, Decision
from budget_app.extensions import db
from budget_app.feedback.models import Answer, Commitment, Standing, Survey
from budget_app.hearings.models import (
    Hearing,
    HearingPoll,
    HearingPollState,
    HearingQuestion,
    Participation,
)
from budget_app.presentation.texts import best
from budget_app.proposals.models import Proposal
from budget_app.rounds.models import Project
from budget_app.training.models import Delegation, TrainingSession

LONGEST_EXCERPT = 80

Found = Mapping[tuple[int | None, str, Any], Markup]
"""By round, fact and value, the name of what the value stands for."""


class Told(Protocol):
    """An act as the desk's record or the public log tells it."""

    @property
    def round_id(self) -> int | None: ...

    @property
    def subject(self) -> dict[str, Any]: ...


def nobody(_row: Any) -> bool:
    return False


@dataclass(frozen=True)
class Source:
    """Which facts of a record are numbers of rows of `table`, and what such a row is called.

    `is_public` says which rows everybody may read; the others are named to officials alone.
    """

    facts: tuple[str, ...]
    table: type[Any]
    name: Callable[[Any], Markup]
    is_public: Callable[[Any], bool] = nobody


def names_of(records: Sequence[Told], *, for_everybody: bool = False) -> Found:
    """Whatever still has a name that the reader may know, with one query for each kind of thing."""
    found = dict(_projects(records))
    for source in SOURCES:
        facts = [
            (record.round_id, fact, record.subject[fact])
            for record in records
            for fact in source.facts
            if isinstance(record.subject.get(fact), int)
        ]
        rows = _rows(source.table, {number for _round, _fact, number in facts})
        for key in facts:
            row = rows.get(key[2])
            if row is None or (for_everybody and not source.is_public(row)):
                continue
            if name := source.name(row):
                found[key] = name
    return found


def person(user: User) -> Markup:
    """An official or a citizen, without the address of whoever gave no name."""
    return Markup("<bdi>{}</bdi>").format(user.name or _("somebody without a name"))


def _rows(table: type[Any], numbers: set[int]) -> dict[int, Any]:
    if not numbers:
        return {}
    return {row.id: row for row in db.session.scalars(select(table).where(table.id.in_(numbers)))}


def _projects(records: Sequence[Told]) -> list[tuple[tuple[int | None, str, Any], Markup]]:
    """A project is named by its key, which is its own within a round."""
    keys = {record.subject["project"] for record in records if "project" in record.subject}
    rounds = {record.round_id for record in records if "project" in record.subject}
    if not keys:
        return []
    rows = db.session.scalars(
        select(Project).where(Project.round_id.in_(rounds), Project.key.in_(keys))
    )
    return [((row.round_id, "project", row.key), _best(row.names)) for row in rows]


def _best(texts: Mapping[str, str]) -> Markup:
    return _in(*best(texts))


def _in(language: str, text: str) -> Markup:
    """The beginning of a text, marked with its language where that is known."""
    short = text if len(text) <= LONGEST_EXCERPT else text[: LONGEST_EXCERPT - 1].rstrip() + "…"
    if not language:
        return escape(short)
    return Markup('<span lang="{}">{}</span>').format(language, short) if short else Markup()


def _proposal(proposal: Proposal) -> Markup:
    """A draft's title is its authors' alone."""
    return _in(proposal.language, proposal.title) if proposal.is_public else Markup()


def _question(question: HearingQuestion) -> Markup:
    """What was hidden is not shown again here."""
    return Markup() if question.hidden else _in(question.language, question.words)


def _hearing(hearing: Hearing) -> Markup:
    """A draft's title is nobody's news."""
    return Markup() if hearing.is_draft else _best(hearing.titles)


def _comment(comment: Comment) -> Markup:
    """What was removed is not shown again here, only what it was about."""
    if comment.is_visible and comment.text:
        return _in(comment.language, comment.text)
    subject = comment.thread.subject
    language, title = best(subject.titles)
    return escape(_("a comment on %(title)s")) % {"title": _in(subject.language or language, title)}


def _objection(objection: Objection) -> Markup:
    """Its reasons, in a language that nobody noted."""
    return _in("", objection.reasons)


def _of_public_round(row: Any) -> bool:
    return bool(row.round_.is_public)


def _titles(row: Any) -> Markup:
    return _best(row.titles)


def _decision(decision: Decision) -> Markup:
    """The explanation that everybody reads; a report without consequences has none."""
    if decision.explanation:
        return _in(decision.language, decision.explanation)
    return escape(_("It breaks no rule"))


SOURCES = (
    Source(("standing",), Standing, lambda row: _best(row.words), _of_public_round),
    Source(("decision",), Decision, _decision),
    Source(("proposal", "into"), Proposal, _proposal),
    Source(("user", "reviewer"), User, person),
    Source(("hearing",), Hearing, _hearing, lambda hearing: not hearing.is_draft),
    Source(("question",), HearingQuestion, _question, lambda row: not row.hearing.is_draft),
    Source(
        ("poll",),
        HearingPoll,
        lambda poll: _best(poll.questions),
        lambda poll: poll.state is not HearingPollState.PREPARED,
    ),
    Source(("organisation",), Participation, lambda row: escape(row.name)),
    Source(("commitment",), Commitment, lambda row: _best(row.promises), _of_public_round),
    Source(("answer",), Answer, lambda row: _best(row.said), _of_public_round),
    Source(("survey",), Survey, _titles, lambda survey: survey.is_published),
    Source(("comment",), Comment, _comment, lambda comment: comment.is_visible),
    Source(("objection",), Objection, _objection),
    Source(("session",), TrainingSession, lambda row: escape(row.title)),
    Source(("delegation",), Delegation, lambda row: escape(row.name)),
)
