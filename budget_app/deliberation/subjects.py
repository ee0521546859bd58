"""What people talk about and are asked about: a proposal, a round or a hearing, behind one face.

Threads and surveys know nothing else of what they belong to. A further kind is a further class
here, and a further key in their tables.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any, ClassVar

from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from budget_app.extensions import db
from budget_app.hearings.models import Hearing, HearingState
from budget_app.parliaments.models import Parliament
from budget_app.presentation.texts import plain
from budget_app.proposals.models import Proposal
from budget_app.proposals.queries import PUBLIC
from budget_app.rounds.models import PhaseKind, Round, RoundState, StageState
from voting import clock

Row = Proposal | Round | Hearing

TALKING = (RoundState.ANNOUNCED, RoundState.SEALED, RoundState.OPEN)
AFTERWARDS = timedelta(days=30)
"""How long a hearing is talked about after its end."""


class Subject(ABC):
    """A row as a thread or a survey sees it.

    `key` is the column that points to it, `on` introduces its title, `page` and `layout` are the
    endpoint of its own page and what that page extends.
    """

    key: ClassVar[str]
    on: ClassVar[LazyString]
    page: ClassVar[str]
    layout: ClassVar[str] = "layouts/round.html"
    row: Row

    @property
    def number(self) -> int:
        return self.row.id

    @property
    @abstractmethod
    def parliament(self) -> Parliament: ...

    @property
    @abstractmethod
    def round_(self) -> Round | None: ...

    @property
    @abstractmethod
    def titles(self) -> Mapping[str, str]:
        """By language."""

    @property
    @abstractmethod
    def parts(self) -> dict[str, Any]:
        """The parts of an address that lead to it."""

    @property
    @abstractmethod
    def has_thread(self) -> bool:
        """Whether comments on it can be read."""

    @property
    @abstractmethod
    def takes_comments(self) -> bool:
        """Whether comments on it are written and voted on now."""

    @property
    def language(self) -> str | None:
        """The one language of its title, where a person wrote that."""
        return None

    @property
    def title(self) -> str:
        return plain(self.titles)

    @property
    def thread_page(self) -> str:
        """The endpoint of the page that shows the beginning of its thread."""
        return self.page


@dataclass(frozen=True)
class OfProposal(Subject):
    """Comments are taken from the round's announcement to the end of its vote."""

    row: Proposal
    key = "proposal_id"
    on = _l("On the proposal")
    page = "proposals.show"

    @property
    def parliament(self) -> Parliament:
        return self.row.round_.parliament

    @property
    def round_(self) -> Round:
        return self.row.round_

    @property
    def titles(self) -> Mapping[str, str]:
        return {self.row.language: self.row.title}

    @property
    def language(self) -> str:
        return self.row.language

    @property
    def parts(self) -> dict[str, Any]:
        return {"round_slug": self.row.round_.slug, "proposal_id": self.row.id}

    @property
    def has_thread(self) -> bool:
        return self.row.state in PUBLIC or self.row.submitted_at is not None

    @property
    def takes_comments(self) -> bool:
        return self.row.state in PUBLIC and _is_before_the_count(self.row.round_)


class OfParliament(Subject):
    """What a parliament itself opens, with titles in its languages."""

    row: Round | Hearing

    @property
    def parliament(self) -> Parliament:
        return self.row.parliament

    @property
    def titles(self) -> Mapping[str, str]:
        return self.row.titles


@dataclass(frozen=True)
class OfRound(OfParliament):
    """Comments on the whole round stand on a page of their own, and are taken as on proposals."""

    row: Round
    key = "round_id"
    on = _l("On the round")
    page = "rounds.show"

    @property
    def round_(self) -> Round:
        return self.row

    @property
    def parts(self) -> dict[str, Any]:
        return {"round_slug": self.row.slug}

    @property
    def has_thread(self) -> bool:
        return self.row.is_public

    @property
    def takes_comments(self) -> bool:
        return _is_before_the_count(self.row)

    @property
    def thread_page(self) -> str:
        return "deliberation.index"


@dataclass(frozen=True)
class OfHearing(OfParliament):
    """Comments are taken until some time after the hearing; a cancelled one has none any more, a draft none yet."""

    row: Hearing
    key = "hearing_id"
    on = _l("On the hearing")
    page = "hearings.show"
    layout = "layouts/base.html"

    @property
    def round_(self) -> Round | None:
        return self.row.round_

    @property
    def parts(self) -> dict[str, Any]:
        return {"hearing_id": self.row.id}

    @property
    def has_thread(self) -> bool:
        return True

    @property
    def takes_comments(self) -> bool:
        late = (self.row.ended_at or self.row.ends) <= clock.now(db.session()) - AFTERWARDS
        unseen = self.row.state in (HearingState.DRAFT, HearingState.CANCELLED)
        return not (unseen or late)

    @property
    def thread_page(self) -> str:
        """While people meet, their page belongs to the questions, and looks again by itself."""
        return "deliberation.index" if self.row.state is HearingState.LIVE else self.page


KINDS: dict[str, Callable[[Any], Subject]] = {
    "proposal": OfProposal,
    "hearing": OfHearing,
    "round_": OfRound,
}
"""By the name under which an address loads the row; a proposal's address loads its round too."""


def subject_of(*rows: Row | None) -> Subject:
    """Whichever row is there, as a subject: of several keys the database lets one be set."""
    row = next(row for row in rows if row is not None)
    if isinstance(row, Proposal):
        return OfProposal(row)
    return OfRound(row) if isinstance(row, Round) else OfHearing(row)


def subject_in(loaded: Mapping[str, Any]) -> Subject | None:
    """The subject among the rows that an address loaded; None where it names none."""
    return next((kind(loaded[name]) for name, kind in KINDS.items() if name in loaded), None)


def about(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """Give a view its `subject` in place of the row that its address named; below the access rule."""

    @wraps(view)
    def told(**loaded: Any) -> ResponseReturnValue:
        rows = {name: value for name, value in loaded.items() if name not in KINDS}
        return view(subject=subject_in(loaded), **rows)

    return told


def _is_before_the_count(round_: Round) -> bool:
    if round_.state not in TALKING:
        return False
    voting = round_.phase(PhaseKind.VOTING)
    return voting is None or voting.state_at(clock.now(db.session())) is not StageState.DONE
