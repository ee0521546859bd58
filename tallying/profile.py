"""The ballots of an election, as distinct ballots with integer weights, in arrays."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, Self

import numpy as np

from tallying.ballots import Choices, canonical
from tallying.election import LARGEST_AMOUNT, BallotStyle, Election
from tallying.errors import InvalidBallot
from tallying.sparse import Integers, Rows, merged

__all__ = ["Entries", "Integers", "Profile", "Rows"]


@dataclass(frozen=True)
class Profile:
    """Distinct ballots, each with its weight, in an order that is not promised.

    `weights[i]`, shape (d,), says how many voters cast the ballot `rows[i]`; the blank ballot is
    one of them. `total` is the number of valid ballots, blank included.
    """

    election: Election
    rows: Rows
    weights: Integers
    total: int

    @classmethod
    def from_counts(cls, election: Election, counts: Iterable[tuple[Choices, int]]) -> Self:
        """Merge equal ballots, whatever the order in which they come.

        Raises `InvalidBallot` on choices that the election's style cannot read, on an unknown
        or repeated project, and on a count that is not a positive number. The limits of a ballot
        are not looked at: `ballots.check` does, before a ballot comes here.
        """
        found: dict[tuple[Any, ...], int] = {}
        for choices, count in counts:
            key = _positions(election, _readable(election, choices, count))
            found[key] = found.get(key, 0) + count
        if sum(found.values()) > LARGEST_AMOUNT:
            raise InvalidBallot(f"More than {LARGEST_AMOUNT} ballots cannot be counted.")
        lengths = np.array([len(key) for key in found], dtype=np.int64)
        flat = [entry for key in found for entry in key]
        numbers = ranks(election, lengths)
        if election.style.graded:
            numbers = np.array([number for _, number in flat], dtype=np.int64)
            flat = [project for project, _ in flat]
        rows = Rows.of(lengths, np.array(flat, dtype=np.int64), numbers)
        weights = np.array(list(found.values()), dtype=np.int64)
        return cls(election, rows, weights, int(weights.sum()))

    @classmethod
    def from_rows(cls, election: Election, rows: Rows, weights: Integers) -> Self:
        """Merge equal rows, each as `Rows` says; raises `InvalidBallot` on too many ballots."""
        total = _checked_total(weights)
        return cls(election, *merged(rows, weights), total)

    @cached_property
    def blank(self) -> int:
        """How many valid ballots name no project."""
        return int(self.weights[self.rows.lengths == 0].sum())

    @cached_property
    def ballots(self) -> tuple[tuple[Any, ...], ...]:
        """The canonical choices of each distinct ballot: for reports and small elections."""
        return tuple(tuple(json.loads(choices)) for choices in self._choices())

    @cached_property
    def order(self) -> Integers:
        """The distinct ballots by the bytes of their choices: an order that files cannot change."""
        choices = self._choices()
        return np.array(sorted(range(len(choices)), key=choices.__getitem__), dtype=np.int64)

    def pairs(self) -> list[list[Any]]:
        """`[choices, count]` pairs, sorted by the bytes of the choices."""
        return [[json.loads(choices), weight] for choices, weight in self._sorted_choices()]

    def pairs_bytes(self) -> bytes:
        """The canonical JSON of `pairs`, without building them."""
        return b"[" + b",".join([b"[%b,%d]" % pair for pair in self._sorted_choices()]) + b"]"

    def reweighted(self, weights: Integers) -> "Profile":
        """The same distinct ballots cast by other numbers of voters, shape (d,).

        Ballots of weight 0 are dropped; a negative weight raises `InvalidBallot`.
        """
        if len(weights) != len(self.rows) or (weights < 0).any():
            raise InvalidBallot("Each distinct ballot needs one weight that is not negative.")
        kept = np.flatnonzero(weights)
        rows = self.rows if len(kept) == len(weights) else self.rows.take(kept)
        return Profile(self.election, rows, weights[kept], _checked_total(weights))

    @cached_property
    def entries(self) -> "Entries":
        """The same ballots turned around: who names each project."""
        return Entries.of(self)

    def _sorted_choices(self) -> list[tuple[bytes, int]]:
        return sorted(zip(self._choices(), self.weights.tolist(), strict=True))

    def _choices(self) -> list[bytes]:
        """The canonical JSON of each distinct ballot."""
        election, rows = self.election, self.rows
        ids = [json.dumps(p.id, ensure_ascii=False).encode() for p in election.projects]
        projects, numbers = rows.projects, rows.numbers
        if election.style is not BallotStyle.RANKED:
            order = _canonical_order(election, rows)
            projects, numbers = projects[order], numbers[order]
        words = [ids[project] for project in projects.tolist()]
        if election.style.graded:
            words = [b"[%b,%d]" % pair for pair in zip(words, numbers.tolist(), strict=True)]
        bounds = rows.starts.tolist()
        return [b"[" + b",".join(words[start:end]) + b"]" for start, end in pairwise(bounds)]


@dataclass(frozen=True)
class Entries:
    """Compressed sparse rows by project: project `p` holds the slice `starts[p]:starts[p + 1]`.

    `ballots` holds positions in `Profile.rows`, ascending within a project; `numbers` holds
    the points or the grade given, the rank counted from 1, or 1.
    """

    starts: Integers
    ballots: Integers
    numbers: Integers

    @classmethod
    def of(cls, profile: Profile) -> Self:
        """Turn a profile around."""
        rows, projects = profile.rows, len(profile.election.projects)
        narrow = np.uint16 if projects < 2**16 else np.int64  # numpy sorts 16 bits by radix
        order = np.argsort(rows.projects.astype(narrow), kind="stable")
        owners = np.repeat(np.arange(len(rows)), rows.lengths)
        starts = np.zeros(projects + 1, dtype=np.int64)
        np.cumsum(np.bincount(rows.projects, minlength=projects), out=starts[1:])
        numbers = rows.numbers if rows.plain else rows.numbers[order]
        return cls(starts, owners[order], numbers)


def ranks(election: Election, lengths: Integers) -> Integers | None:
    """On ranked ballots of these lengths the rank of each entry, counted from 1; else None."""
    if election.style is not BallotStyle.RANKED:
        return None
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(1, total + 1) - np.repeat(ends - lengths, lengths)


def _canonical_order(election: Election, rows: Rows) -> Integers:
    """The entries of each row by the UTF-8 bytes of their ids, shape (entries,)."""
    count = len(election.projects)
    places = np.empty(count, dtype=np.int64)
    places[sorted(range(count), key=lambda p: election.projects[p].id.encode())] = range(count)
    owners = np.repeat(np.arange(len(rows)), rows.lengths)
    return np.argsort(owners * count + places[rows.projects])


def _checked_total(weights: Integers) -> int:
    """The sum of the weights; raises `InvalidBallot` when it is too large to count."""
    greatest = int(weights.max()) if len(weights) else 0
    exact = greatest * len(weights) < 2**63
    total = int(weights.sum()) if exact else sum(weights.tolist())
    if total > LARGEST_AMOUNT:
        raise InvalidBallot(f"More than {LARGEST_AMOUNT} ballots cannot be counted.")
    return total


def _positions(election: Election, choices: list[Any]) -> tuple[Any, ...]:
    """Readable choices with positions for ids, so that equal ballots are equal."""
    index = election.index
    if election.style.graded:
        return tuple(sorted((index[name], number) for name, number in choices))
    positions = (index[name] for name in choices)
    return tuple(positions if election.style is BallotStyle.RANKED else sorted(positions))


def _readable(election: Election, choices: Choices, count: int) -> list[Any]:
    """The choices in canonical order; raises `InvalidBallot` when they cannot be counted."""
    style = election.style
    if type(count) is not int or count < 1:
        raise InvalidBallot(f"A ballot is counted {count!r} times.")
    try:
        ordered = canonical(style, choices)
        ids = [choice[0] for choice in ordered] if style.graded else ordered
        unknown = [name for name in ids if name not in election.index]
        positive = not style.graded or all(
            type(n) is int and 1 <= n <= LARGEST_AMOUNT for _, n in ordered
        )
    except (AttributeError, IndexError, TypeError, ValueError) as error:
        raise InvalidBallot(f"This is no {style} ballot: {choices!r}.") from error
    if unknown:
        raise InvalidBallot(f"A ballot names {unknown[0]!r}, which is no project of the election.")
    if len(set(ids)) != len(ids):
        raise InvalidBallot(f"A ballot names a project twice: {ids!r}.")
    if not positive:
        raise InvalidBallot(f"A ballot gives a number that is no positive integer: {ordered!r}.")
    return ordered
