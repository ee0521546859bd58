"""The script of a hearing of an exercise in which invented people ask, support and answer.

Every act goes through the services that real people's acts go through; the script says only who
does what, and when. `simulations.py` says how far a hearing is in it.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from budget_app.accounts import services as accounts
from budget_app.accounts.models import User
from budget_app.extensions import db
from budget_app.hearings import polls, questions, services
from budget_app.hearings.models import Hearing, HearingPoll, HearingQuestion, HearingState
from budget_app.hearings.queries import question_being_answered, question_of, queue

DOMAIN = "exercise.invalid"
"""Of the invented people: a name that no mail reaches (RFC 6761)."""

AT_ONCE = 4
"""So many people of a crowd act in one step, which holds the write lock for a moment only."""


@dataclass(frozen=True)
class Step:
    """What happens at `at`, a part of the whole time between 0 and 1; `people` are guests."""

    at: float
    does: str
    entry: Mapping[str, Any]
    people: range


@dataclass
class Memory:
    """What later steps have to know of earlier ones: numbers of questions by name, of the poll."""

    asked: dict[str, int] = field(default_factory=dict)
    poll: int | None = None


@cache
def script() -> tuple[Step, ...]:
    """All steps in their order; a crowd comes in small groups, one after the other."""
    text = files(__package__).joinpath("simulation.toml").read_text(encoding="utf8")
    entries = tomllib.loads(text)["steps"]
    return tuple(
        step
        for entry, after in pairwise([*entries, {"at": 1.0}])
        for step in _steps(entry, after["at"])
    )


def _steps(entry: Mapping[str, Any], until: float) -> Iterator[Step]:
    crowd = range(*entry.get("people", (0, 1)))
    groups = [crowd[first : first + AT_ONCE] for first in range(0, len(crowd), AT_ONCE)]
    for number, people in enumerate(groups):
        at = entry["at"] + (until - entry["at"]) * number / len(groups)
        yield Step(at, entry["does"], entry, people)


def play(step: Step, hearing: Hearing, chair: User, memory: Memory) -> None:
    """Carry out one step; raises a `HearingError` where people in the hearing did otherwise."""
    _ACTS[step.does](_Play(hearing, chair, memory), step)
    db.session.flush()


@dataclass(frozen=True)
class _Play:
    hearing: Hearing
    chair: User
    memory: Memory

    def begin(self, _step: Step) -> None:
        if self.hearing.state is HearingState.PLANNED:
            services.begin(self.hearing, by=self.chair)

    def ask(self, step: Step) -> None:
        entry = step.entry
        question = questions.ask(
            self.hearing, entry["words"], author=person(entry["who"]), language=entry["language"]
        )
        self.memory.asked[entry["name"]] = question.id

    def support(self, step: Step) -> None:
        if question := self._asked(step):
            for number in step.people:
                questions.support(question, person(f"guest-{number}"))

    def shortlist(self, step: Step) -> None:
        if question := self._asked(step):
            questions.shortlist(question, queue(self.hearing).shortlisted)

    def take_up(self, step: Step) -> None:
        if question := self._asked(step):
            questions.take_up(question)

    def answer(self, step: Step) -> None:
        question = question_being_answered(self.hearing)
        if question is not None:
            questions.answer(
                question,
                step.entry["words"],
                self.chair.display_name,
                by=self.chair,
                language=step.entry["language"],
            )

    def open_poll(self, step: Step) -> None:
        entry = step.entry
        poll = polls.prepare(self.hearing, entry["question"], entry["options"], by=self.chair)
        polls.open_(poll, by=self.chair)
        self.memory.poll = poll.id

    def vote(self, step: Step) -> None:
        if poll := self._poll():
            for number in step.people:
                polls.answer(poll, step.entry["option"], person(f"guest-{number}"))

    def close_poll(self, _step: Step) -> None:
        if poll := self._poll():
            polls.close(poll, by=self.chair)

    def _asked(self, step: Step) -> HearingQuestion | None:
        number = self.memory.asked.get(step.entry["name"])
        return question_of(self.hearing, number) if number is not None else None

    def _poll(self) -> HearingPoll | None:
        return db.session.get(HearingPoll, self.memory.poll) if self.memory.poll else None


_ACTS: dict[str, Callable[[_Play, Step], None]] = {
    "begin": _Play.begin,
    "ask": _Play.ask,
    "support": _Play.support,
    "shortlist": _Play.shortlist,
    "take-up": _Play.take_up,
    "answer": _Play.answer,
    "open-poll": _Play.open_poll,
    "vote": _Play.vote,
    "close-poll": _Play.close_poll,
}


def person(name: str) -> User:
    """Somebody invented; nobody can sign in as them."""
    user = accounts.ensure_user(f"{name}@{DOMAIN}", name=name.replace("-", " ").title())
    db.session.flush()
    return user
