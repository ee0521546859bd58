"""A ballot being filled: what a form's fields say, before it is checked and cast.

Without JavaScript the form itself carries the ballot from page to page, so the same fields are
read on every page and written back, as they were typed, into the next one.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from werkzeug.datastructures import MultiDict

from tallying.ballots import Reason, canonical, check
from tallying.election import BallotStyle, Election
from voting import ballots
from voting.ballots import Choices

CHOICE = "choice"
POINTS = "points-"
NOT_A_NUMBER = "not_a_number"

_NUMBER = re.compile(r"[+-]?\d{1,12}")


@dataclass(frozen=True)
class Draft:
    """`choices` as a ballot has them; `typed` is what stands in the field of each project."""

    style: BallotStyle
    choices: Choices = field(default_factory=list, repr=False)
    typed: Mapping[str, str] = field(default_factory=dict, repr=False)
    unreadable: tuple[Reason, ...] = ()

    @property
    def chosen(self) -> list[str]:
        """The ids of the projects on the ballot, in its order."""
        return [choice[0] if self.style.graded else choice for choice in self.choices]

    def fields(self) -> Iterator[tuple[str, str]]:
        """The form fields that say the same again."""
        if self.style.graded:
            yield from ((POINTS + id_, text) for id_, text in self.typed.items())
        else:
            yield from ((CHOICE, id_) for id_ in self.choices)

    def cost(self, election: Election) -> int:
        """What the chosen projects cost together, in minor units."""
        costs = {project.id: project.cost for project in election.projects}
        return sum(costs.get(id_, 0) for id_ in self.chosen)

    def points(self) -> int:
        """How many points are given in all."""
        return sum(choice[1] for choice in self.choices) if self.style.graded else 0

    def reasons(self, election: Election) -> tuple[Reason, ...]:
        """Why this is not a valid ballot of the box; empty when it is one."""
        return (*self.unreadable, *check(election, self.choices))

    def body(self) -> bytes:
        """The plain ballot for the box; the same bytes for the same choices."""
        return ballots.encode(self.style, self.choices)


def read_draft(style: BallotStyle, form: MultiDict[str, str]) -> Draft:
    """What the fields of a posted form say; whatever they say, nothing is lost or raised."""
    if style.graded:
        return _read_graded(style, form)
    chosen = form.getlist(CHOICE)
    if style is BallotStyle.RANKED:
        return Draft(style, chosen)
    return Draft(style, canonical(style, chosen))


def _read_graded(style: BallotStyle, form: MultiDict[str, str]) -> Draft:
    typed = {
        name.removeprefix(POINTS): text.strip()
        for name, text in form.items()
        if name.startswith(POINTS) and text.strip() not in ("", "0")
    }
    readable = {id_: int(text) for id_, text in typed.items() if _NUMBER.fullmatch(text)}
    choices = [[id_, number] for id_, number in readable.items() if number]
    unreadable = tuple(Reason(NOT_A_NUMBER, id_, None) for id_ in typed if id_ not in readable)
    return Draft(style, canonical(style, choices), typed, unreadable)


def rearranged(draft: Draft, act: str) -> Draft:
    """A ranking after one button: `add:ID`, `remove:ID`, `up:ID` or `down:ID`."""
    verb, _, id_ = act.partition(":")
    order = list(draft.choices)
    if verb == "add" and id_ and id_ not in order:
        order.append(id_)
    elif id_ in order:
        at = order.index(id_)
        to = {"up": at - 1, "down": at + 1}.get(verb, at)
        if verb == "remove":
            order.remove(id_)
        elif 0 <= to < len(order):
            order[at], order[to] = order[to], order[at]
    return replace(draft, choices=order)
