"""What somebody may have meant whose search found nothing: a wrong letter in a word is forgiven,
two in a long one.

The words of the titles and official names of public proposals are compared here, so that both
databases offer the same; texts are too long to be read whole for one search. No draft is read.
"""

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from sqlalchemy import select

from budget_app.browsing.finding import Wanted, find_ids
from budget_app.browsing.index import WORD, Words
from budget_app.browsing.places import has_places
from budget_app.extensions import db
from budget_app.proposals.models import Proposal
from budget_app.proposals.queries import PUBLIC
from budget_app.rounds.models import Project, Round
from budget_app.rounds.queries import folded

SHORTEST_WORD = 4
"""Of fewer letters, too many words are one letter apart."""

LONG_WORD = 7
"""Of so many letters, few words are two letters apart."""


def meant(round_: Round, wanted: Wanted) -> str | None:
    """Words that find proposals in place of those that found none; None when none are known."""
    return nearest_words(
        wanted.text,
        _titles(round_),
        lambda text: bool(find_ids(round_, replace(wanted, text=text))),
    )


def meant_on_map(round_: Round, wanted: Wanted) -> str | None:
    """The same, of what has a place on the map."""
    other = meant(round_, wanted)
    return other if other and has_places(round_, replace(wanted, text=other)) else None


def nearest_words(text: str, titles: Iterable[str], is_found: Callable[[str], bool]) -> str | None:
    """`text` with its unknown words mended from `titles`, where that is another text and finds."""
    typed = Words.of(text).words
    if not any(len(word) >= SHORTEST_WORD for word in typed):
        return None
    known = _Known(titles)
    offered = [known.nearest(word, last=word is typed[-1]) for word in typed]
    if tuple(map(folded, offered)) == typed:
        return None
    mended = " ".join(offered)
    return mended if is_found(mended) else None


def are_near(one: str, other: str, most: int) -> bool:
    """Whether at most `most` mistakes make one of the other: a letter more, less or another, or two
    neighbours swapped."""
    if one == other:
        return True
    if most == 0 or abs(len(one) - len(other)) > most:
        return False
    pairs = enumerate(zip(one, other, strict=False))
    same = next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))
    one, other = one[same:], other[same:]
    left = [(one[1:], other[1:]), (one[1:], other), (one, other[1:])]
    if one[:2] == other[:2][::-1]:
        left.append((one[2:], other[2:]))
    return any(are_near(a, b, most - 1) for a, b in left)


class _Known:
    """The words that titles hold, by their folded form as they are written most often."""

    def __init__(self, titles: Iterable[str]) -> None:
        written = Counter(
            word for title in titles for word in WORD.findall(unicodedata.normalize("NFC", title))
        )
        self._written: dict[str, str] = {}
        self._often: Counter[str] = Counter()
        for word, number in sorted(written.items(), key=lambda item: (-item[1], item[0])):
            plain = folded(word)
            self._written.setdefault(plain, word.lower())
            self._often[plain] += number

    def nearest(self, word: str, *, last: bool) -> str:
        """The word itself when it is known, as the `last` may be by its beginning; else the most
        frequent of those with the fewest mistakes; else itself."""
        if word in self._often or len(word) < SHORTEST_WORD:
            return self._written.get(word, word)
        if last and any(each.startswith(word) for each in self._often):
            return word
        near = self._near(word, 1)
        if not near and len(word) >= LONG_WORD:
            near = self._near(word, 2)
        return self._written[min(near, key=lambda w: (-self._often[w], w))] if near else word

    def _near(self, word: str, mistakes: int) -> list[str]:
        """The letters are compared first: each mistake puts in one and leaves out another at most."""
        letters, most = set(word), 2 * mistakes
        return [
            each
            for each in self._often
            if len(letters.symmetric_difference(each)) <= most and are_near(word, each, mistakes)
        ]


def _titles(round_: Round) -> Iterator[str]:
    public = (Proposal.round_id == round_.id, Proposal.state.in_(PUBLIC))
    yield from db.session.scalars(select(Proposal.title).where(*public))
    official = select(Project.names).join(Proposal, Project.proposal_id == Proposal.id)
    for names in db.session.scalars(official.where(*public)):
        yield from names.values()
