"""Proposals that may already say what somebody is about to write."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from budget_app.browsing.finding import load
from budget_app.browsing.index import WORD, index_of
from budget_app.browsing.models import ProposalWords
from budget_app.extensions import db
from budget_app.proposals.models import Proposal
from budget_app.proposals.queries import PUBLIC
from budget_app.rounds.models import Round
from budget_app.rounds.queries import folded

MOST = 5
SHORTEST_WORD = 4
BEGINNING = 6
"""Letters that words of one stem share, in all four languages, often enough to suggest something."""
ENOUGH_IN_COMMON = 0.4
STOP_WORDS = frozenset(
    folded(
        "with that this from have will where their them they there what when which your more into "
        "para como esta este esto donde desde sobre cada pero entre hasta porque nuestra nuestro "
        "dans avec pour cette leur leurs plus nous vous sont mais entre chaque tous toutes depuis "
        "uma mais pela pelo onde nossa nosso todos todas cada sem numa"
    ).split()
)


@dataclass(frozen=True)
class _Likeness:
    share: float
    number: int


def similar_to(proposal: Proposal) -> list[Proposal]:
    """Public proposals of its round that a proposal resembles, most alike first."""
    texts = f"{proposal.title} {proposal.summary}"
    return [p for p in resembling(proposal.round_, texts) if p.id != proposal.id]


def resembling(round_: Round, texts: str) -> list[Proposal]:
    """Public proposals of the round that share enough words with `texts`, most alike first.

    Two words at least, and two fifths of the words of the shorter of both: fewer, and proposals
    that share only the kind of thing or the place would be offered.
    """
    wanted = beginnings(texts[:600])
    if len(wanted) < 2:
        return []
    session = db.session()
    ids = index_of(session).with_any(session, round_.id, sorted(wanted)[:40])
    rows = session.execute(
        select(ProposalWords.proposal_id, ProposalWords.title)
        .join(Proposal, Proposal.id == ProposalWords.proposal_id)
        .where(ProposalWords.proposal_id.in_(ids), Proposal.state.in_(PUBLIC))
    )
    alike = [
        _likeness(number, wanted, beginnings(title))
        for number, titles in rows
        for title in titles.split("\n")
    ]
    best = sorted(
        (one for one in alike if one.share >= ENOUGH_IN_COMMON),
        key=lambda one: (-one.share, one.number),
    )
    return load(list(dict.fromkeys(one.number for one in best))[:MOST])


def beginnings(text: str) -> set[str]:
    """The beginnings of the words that say what a text is about."""
    return {word[:BEGINNING] for word in _telling(WORD.findall(folded(text)))}


def _telling(words: Iterable[str]) -> Iterable[str]:
    return (word for word in words if len(word) >= SHORTEST_WORD and word not in STOP_WORDS)


def _likeness(number: int, wanted: set[str], title: set[str]) -> _Likeness:
    common = len(wanted & title)
    shorter = min(len(wanted), len(title))
    return _Likeness(common / shorter if common >= 2 else 0.0, number)
