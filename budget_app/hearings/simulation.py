"""A hearing of an exercise that runs by itself: invented people ask, support and answer.

Every act goes through the services that real people's acts go through; the script says only who
does what, and when.
"""

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from typing import Any

from budget_app.accounts import services as accounts
from budget_app.accounts.models import User
from budget_app.extensions import db
from budget_app.hearings import polls, questions, services
from budget_app.hearings.errors import NoExercise
from budget_app.hearings.models import Hearing, HearingPoll, HearingQuestion, HearingState
from budget_app.hearings.queries import question_being_answered, queue

DOMAIN = "exercise.invalid"
"""Of the invented people: a name that no mail reaches (RFC 6761)."""


@dataclass(frozen=True)
class Step:
    """What happens at `at`, a part of the whole time between 0 and 1."""

    at: float
    does: str
    run: Callable[[], None]


def steps(hearing: Hearing, chair: User) -> Iterator[Step]:
    """The script, step by step; raises `NoExercise` for a hearing that is none.

    A hearing that is planned is begun first; it stays live at the end, for the people in the room.
    """
    if not hearing.is_exercise:
        raise NoExercise
    play = _Play(hearing, chair)
    for entry in _script()["steps"]:
        yield Step(entry["at"], entry["does"], partial(play.act, entry))


class _Play:
    def __init__(self, hearing: Hearing, chair: User) -> None:
        self.hearing, self.chair = hearing, chair
        self.asked: dict[str, HearingQuestion] = {}
        self.poll: HearingPoll | None = None

    def act(self, entry: dict[str, Any]) -> None:
        {
            "begin": self._begin,
            "ask": self._ask,
            "support": self._support,
            "shortlist": self._shortlist,
            "take-up": self._take_up,
            "answer": self._answer,
            "open-poll": self._open_poll,
            "vote": self._vote,
            "close-poll": self._close_poll,
        }[entry["does"]](entry)
        db.session.flush()

    def _begin(self, _entry: dict[str, Any]) -> None:
        if self.hearing.state is HearingState.PLANNED:
            services.begin(self.hearing, by=self.chair)

    def _ask(self, entry: dict[str, Any]) -> None:
        author = person(entry["who"])
        self.asked[entry["name"]] = questions.ask(
            self.hearing, entry["words"], author=author, language=entry["language"]
        )

    def _support(self, entry: dict[str, Any]) -> None:
        for number in range(*entry["people"]):
            questions.support(self.asked[entry["name"]], person(f"guest-{number}"))

    def _shortlist(self, entry: dict[str, Any]) -> None:
        questions.shortlist(self.asked[entry["name"]], queue(self.hearing).shortlisted)

    def _take_up(self, entry: dict[str, Any]) -> None:
        questions.take_up(self.asked[entry["name"]])

    def _answer(self, entry: dict[str, Any]) -> None:
        question = question_being_answered(self.hearing)
        if question is not None:
            questions.answer(
                question,
                entry["words"],
                self.chair.display_name,
                by=self.chair,
                language=entry["language"],
            )

    def _open_poll(self, entry: dict[str, Any]) -> None:
        self.poll = polls.prepare(self.hearing, entry["question"], entry["options"], by=self.chair)
        polls.open_(self.poll, by=self.chair)

    def _vote(self, entry: dict[str, Any]) -> None:
        for number in range(*entry["people"]):
            if self.poll is not None:
                polls.answer(self.poll, entry["option"], person(f"guest-{number}"))

    def _close_poll(self, _entry: dict[str, Any]) -> None:
        if self.poll is not None:
            polls.close(self.poll, by=self.chair)


def person(name: str) -> User:
    """Somebody invented; nobody can sign in as them."""
    user = accounts.ensure_user(f"{name}@{DOMAIN}", name=name.replace("-", " ").title())
    db.session.flush()
    return user


@cache
def _script() -> dict[str, Any]:
    text = files(__package__).joinpath("simulation.toml").read_text(encoding="utf8")
    return tomllib.loads(text)
