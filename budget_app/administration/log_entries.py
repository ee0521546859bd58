"""Reading a parliament's log: one page of it, of all acts or of those of one round and kind."""

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, LargeBinary, Select, func, literal, or_, select

from budget_app.extensions import db
from budget_app.rounds.models import Round
from voting.manifest import read_time
from voting.models import LogEntry

ENTRIES_A_PAGE = 50
OF_THE_LOG = frozenset(("t", "r", "a", "at", "c", "round"))
"""The parts of an entry that are no facts of its act; `round` is shown beside them."""

KINDS: dict[str, tuple[LazyString, tuple[str, ...]]] = {
    "office": (_l("Parliament and roles"), ("parliament:",)),
    "rules": (
        _l("Rules and projects of rounds"),
        ("round:itself:", "round:manifest:", "round:lots:", "round:project:"),
    ),
    "roll": (_l("Roll of voters"), ("round:roll:",)),
    "vote": (_l("Vote"), ("round:voting:", "round:act:", "round:ballot:", "round:keys:")),
    "count": (_l("Count and audit"), ("round:count:", "audit:")),
    "proposals": (_l("Review of proposals"), ("proposal:",)),
    "moderation": (_l("Moderation"), ("moderation:",)),
    "hearings": (_l("Hearings"), ("hearing:",)),
    "answers": (_l("Surveys, answers, commitments"), ("feedback:",)),
    "training": (_l("Training sessions"), ("training:",)),
}
"""The kinds of acts that a reader can choose: what each is called, and how its acts begin."""


@dataclass(frozen=True)
class Choice:
    """What a reader wants to see: the acts of one round, of one kind, or all."""

    round_: Round | None = None
    kind: str = ""

    @property
    def narrows(self) -> bool:
        return self.round_ is not None or bool(self.kind)

    def in_address(self) -> dict[str, str]:
        """As it stands in the query of an address."""
        found = {"round": self.round_.slug if self.round_ else "", "kind": self.kind}
        return {name: value for name, value in found.items() if value}


@dataclass(frozen=True)
class LoggedAct:
    """One entry: `content` as it was logged, and the announced round that it is about."""

    position: int
    leaf_hash: str
    text: str
    content: Mapping[str, Any]
    round_: Round | None

    @property
    def act(self) -> str:
        """Empty for the entry with which a log begins."""
        return str(self.content.get("a", ""))

    @property
    def round_id(self) -> int | None:
        return self.round_.id if self.round_ else None

    @cached_property
    def at(self) -> datetime | None:
        return read_time(self.content["at"]) if "at" in self.content else None

    @cached_property
    def subject(self) -> dict[str, Any]:
        """The public facts of the act."""
        return {name: fact for name, fact in self.content.items() if name not in OF_THE_LOG}


@dataclass(frozen=True)
class LogPage:
    """One page, the newest entry first; `total` entries fit the reader's choice."""

    entries: Sequence[LoggedAct]
    total: int
    number: int
    pages: int


def page_of_log(
    log_id: str, size: int, choice: Choice, asked: int, rounds: Iterable[Round]
) -> LogPage:
    """Of the entries that a checkpoint of that size covers; the last page for a later one."""
    by_slug = {round_.slug: round_ for round_ in rounds}
    fitting = _fitting(log_id, size, choice)
    total = size
    if choice.narrows:
        total = db.session.scalar(select(func.count()).select_from(fitting.subquery())) or 0
    pages = max(1, -(-total // ENTRIES_A_PAGE))
    number = min(asked, pages)
    rows = db.session.execute(
        fitting.order_by(LogEntry.position.desc())
        .limit(ENTRIES_A_PAGE)
        .offset((number - 1) * ENTRIES_A_PAGE)
    )
    return LogPage([_read(row, by_slug) for row in rows], total, number, pages)


def _fitting(log_id: str, size: int, choice: Choice) -> Select[int, bytes, bytes]:
    query = select(LogEntry.position, LogEntry.leaf_hash, LogEntry.entry).where(
        LogEntry.round_id == log_id, LogEntry.position < size
    )
    if choice.round_ is not None:
        query = query.where(_holds(f'"round":{json.dumps(choice.round_.slug)}'))
    if choice.kind:
        _name, beginnings = KINDS[choice.kind]
        query = query.where(or_(*(_holds(f'"a":"{begin}') for begin in beginnings)))
    return query


def _holds(part: str) -> ColumnElement[bool]:
    """Entries are canonical JSON: a name and its value stand there in one way, and in no text."""
    searched = literal(part.encode(), LargeBinary)
    if db.engine.dialect.name == "postgresql":
        return func.pg_catalog.position(LogEntry.entry, searched) > 0
    return func.instr(LogEntry.entry, searched) > 0


def _read(row: Any, rounds: Mapping[str, Round]) -> LoggedAct:
    content = json.loads(row.entry)
    return LoggedAct(
        row.position,
        base64.b64encode(row.leaf_hash).decode(),
        row.entry.decode(),
        content,
        rounds.get(content.get("round", "")),
    )
