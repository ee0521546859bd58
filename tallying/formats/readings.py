"""Many texts of ballots read at once, where nothing about them needs a closer look."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tallying.election import LARGEST_AMOUNT, BallotStyle, Election
from tallying.formats.amounts import parse_whole
from tallying.formats.raw_ballots import Texts, trimmed
from tallying.profile import ranks
from tallying.sparse import Integers, Rows

_UNKNOWN, _EMPTY, _ABSENT, _UNREADABLE = -1, -2, -3, -4


class Readings(NamedTuple):
    """The ballots of the texts at the positions `clear`; those at `unclear` were left unread."""

    rows: Rows
    clear: Integers
    unclear: Integers


class Reader:
    """Reads texts of one election; each word is looked up once and remembered."""

    def __init__(self, election: Election) -> None:
        self._election = election
        self._projects = _Projects(election.index)
        self._numbers = _Numbers()

    def read(self, texts: Texts) -> Readings:
        """Unclear is also a ballot with a word that is no number, or too few numbers."""
        owners, projects = _words(texts.votes, self._projects)
        unclear = np.zeros(len(texts.votes), dtype=np.bool_)
        numbers = self._numbers_given(texts.points, owners, unclear)
        return clear_ballots(self._election, owners, projects, numbers, unclear)

    def _numbers_given(
        self, points: Sequence[str], owners: Integers, unclear: NDArray[np.bool_]
    ) -> Integers | None:
        """The number of each entry, 0 on unclear ballots; marks further ballots as unclear."""
        if not self._election.style.graded:
            return None
        givers, given = _words(points, self._numbers)
        size = len(unclear)
        unclear |= np.bincount(givers, minlength=size) != np.bincount(owners, minlength=size)
        numbers = np.zeros(len(owners), dtype=np.int64)
        numbers[~unclear[owners]] = given[~unclear[givers]]
        return numbers


def clear_ballots(
    election: Election,
    owners: Integers,
    projects: Integers,
    numbers: Integers | None,
    unclear: NDArray[np.bool_],
) -> Readings:
    """The ballots whose entries need no repair.

    `owners`, ascending, `projects` and `numbers` (None unless the ballots are graded) have the
    shape (entries,); `unclear`, shape (ballots,), marks ballots that need one for other reasons.
    Unclear is a ballot with a negative project, a project twice, or a number below 1.
    """
    unclear = unclear.copy()
    unclear[owners[projects < 0]] = True
    if numbers is not None:
        unclear[owners[numbers < 1]] = True
    order = np.argsort(owners * (len(election.projects) - _UNREADABLE) + projects)
    following, before = order[1:], order[:-1]
    twice = (owners[following] == owners[before]) & (projects[following] == projects[before])
    unclear[owners[following[twice]]] = True
    if election.style is not BallotStyle.RANKED:
        owners, projects = owners[order], projects[order]
        numbers = None if numbers is None else numbers[order]
    kept = ~unclear[owners]
    lengths = np.bincount(owners[kept], minlength=len(unclear))[~unclear]
    given = ranks(election, lengths) if numbers is None else numbers[kept]
    rows = Rows.of(lengths, projects[kept], given)
    return Readings(rows, np.flatnonzero(~unclear), np.flatnonzero(unclear))


class _Projects(dict[str, int]):
    """Words of the field `vote`: the project's position, or why there is none."""

    def __missing__(self, word: str) -> int:
        name = trimmed(word)
        absent = _ABSENT if word.strip() else _EMPTY
        self[word] = found = self.get(name, _UNKNOWN) if name else absent
        return found


class _Numbers(dict[str, int]):
    """Words of the field `points`: the number given, or why there is none."""

    def __missing__(self, word: str) -> int:
        text = trimmed(word)
        absent = _ABSENT if word.strip() else _EMPTY
        self[word] = found = _number(text) if text else absent
        return found


def _number(text: str) -> int:
    try:
        number = parse_whole(text)
    except ValueError:
        return _UNREADABLE
    return number if number <= LARGEST_AMOUNT else _UNREADABLE


def _words(texts: Sequence[str], known: dict[str, int]) -> tuple[Integers, Integers]:
    """What the words of each text stand for, with the text's position; absent ones left out.

    The word `none` is absent where it is a text by itself.
    """
    sizes = np.fromiter((text.count(",") for text in texts), dtype=np.int64, count=len(texts)) + 1
    words = ",".join(texts).split(",")
    found = np.fromiter(map(known.__getitem__, words), dtype=np.int64, count=len(words))
    owners = np.repeat(np.arange(len(texts)), sizes)
    there = (found != _EMPTY) & ((found != _ABSENT) | (sizes[owners] > 1))
    return owners[there], found[there]
