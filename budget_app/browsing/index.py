"""The full-text index of proposals: one interface, PostgreSQL's own search and SQLite's FTS5.

Words are compared without case and accents, which both databases fold differently: so they are
folded here. PostgreSQL also knows the stems of the four languages. The last word of a search may
be the beginning of one. A proposal is indexed by the flush that writes it, or the project that it
became, in its transaction.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Connection, delete, event, func, literal_column, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from budget_app.browsing import wording
from budget_app.browsing.models import ProposalWords
from budget_app.browsing.wording import Said
from budget_app.proposals.models import Proposal
from budget_app.rounds.models import Project
from budget_app.rounds.queries import folded

WORD = re.compile(r"[^\W_]+")
MOST_WORDS = 12
LONGEST_WORD = 40
CONFIGURATIONS = {"en": "english", "es": "spanish", "fr": "french", "pt": "portuguese"}
TITLE_WEIGHT = 10.0
"""How much more a word counts in the title than in the text: PostgreSQL's weights are 1 and 0.1."""


@dataclass(frozen=True)
class Words:
    """What is looked for: letters and digits only, so no operator of either search is among it."""

    words: tuple[str, ...]

    @classmethod
    def of(cls, typed: str) -> "Words":
        """The first words of what somebody typed, whatever it is."""
        found = WORD.findall(folded(typed[:2_000]))
        return cls(tuple(word[:LONGEST_WORD] for word in found[:MOST_WORDS]))

    def __bool__(self) -> bool:
        return bool(self.words)


class ProposalIndex(Protocol):
    """Finds the proposals of a round by words, best first, then the oldest."""

    def put(self, connection: Connection, number: int, said: Sequence[Said]) -> None:
        """Index a proposal, or index it anew, in the connection's transaction."""

    def with_all(self, session: Session, round_id: int, words: Words) -> list[int]:
        """The numbers of the proposals that hold every word, the last as a beginning."""

    def with_any(self, session: Session, round_id: int, beginnings: Sequence[str]) -> list[int]:
        """The numbers of the 50 proposals that hold most words with one of the beginnings."""


MOST_SIMILAR = 50
TITLE: Any = literal_column("'A'")
BODY: Any = literal_column("'D'")


FTS = """
SELECT proposal.id FROM proposal_fts JOIN proposal ON proposal.id = proposal_fts.rowid
WHERE proposal_fts MATCH :query AND proposal.round_id = :round
ORDER BY bm25(proposal_fts, :weight, 1.0), proposal.id LIMIT :most
"""


class SqliteIndex:
    """FTS5: `bm25` ranks; words in quotation marks are never operators."""

    def put(self, connection: Connection, number: int, said: Sequence[Said]) -> None:
        texts = _texts(said)
        insert = sqlite.insert(ProposalWords).values({"proposal_id": number, **texts})
        connection.execute(insert.on_conflict_do_update(set_=texts))

    def with_all(self, session: Session, round_id: int, words: Words) -> list[int]:
        query = " ".join(f'"{word}"' for word in words.words) + "*"
        return self._find(session, round_id, query, -1)

    def with_any(self, session: Session, round_id: int, beginnings: Sequence[str]) -> list[int]:
        query = " OR ".join(f'"{word}"*' for word in beginnings)
        return self._find(session, round_id, query, MOST_SIMILAR)

    def _find(self, session: Session, round_id: int, query: str, most: int) -> list[int]:
        found = session.scalars(
            text(FTS), {"query": query, "round": round_id, "most": most, "weight": TITLE_WEIGHT}
        )
        return list(found)


class PostgresqlIndex:
    """`tsvector`: each word as it is, and by its stem in the language of its text."""

    def put(self, connection: Connection, number: int, said: Sequence[Said]) -> None:
        texts = _texts(said)
        words = _vector("simple", **texts)
        for one in said:
            if one.language in CONFIGURATIONS:
                words = words.op("||")(_vector(CONFIGURATIONS[one.language], one.title, one.body))
        values = {**texts, "words": words}
        insert = postgresql.insert(ProposalWords).values({"proposal_id": number, **values})
        connection.execute(
            insert.on_conflict_do_update(index_elements=[ProposalWords.proposal_id], set_=values)
        )

    def with_all(self, session: Session, round_id: int, words: Words) -> list[int]:
        query: Any = None
        for configuration in ("simple", *CONFIGURATIONS.values()):
            one = func.to_tsquery(configuration, " & ".join(words.words) + ":*")
            query = one if query is None else query.op("||")(one)
        return self._find(session, round_id, query, None)

    def with_any(self, session: Session, round_id: int, beginnings: Sequence[str]) -> list[int]:
        query = func.to_tsquery("simple", " | ".join(f"{word}:*" for word in beginnings))
        return self._find(session, round_id, query, MOST_SIMILAR)

    def _find(self, session: Session, round_id: int, query: Any, most: int | None) -> list[int]:
        found = session.scalars(
            select(Proposal.id)
            .join(ProposalWords, ProposalWords.proposal_id == Proposal.id)
            .where(Proposal.round_id == round_id, ProposalWords.words.op("@@")(query))
            .order_by(func.ts_rank(ProposalWords.words, query).desc(), Proposal.id)
            .limit(most)
        )
        return list(found)


_INDEXES: dict[str, ProposalIndex] = {"sqlite": SqliteIndex(), "postgresql": PostgresqlIndex()}


def index_of(bind: Session | Connection) -> ProposalIndex:
    """The index of a database."""
    engine = bind.get_bind() if isinstance(bind, Session) else bind
    return _INDEXES[engine.dialect.name]


def search(session: Session, round_id: int, typed: str) -> list[int]:
    """The proposals that fit what somebody typed, best first; none when it holds no word."""
    words = Words.of(typed)
    return index_of(session).with_all(session, round_id, words) if words else []


def rebuild(session: Session) -> int:
    """Index every proposal anew, in the session's transaction; answers to how many."""
    connection = session.connection()
    session.execute(delete(ProposalWords))
    number = 0
    for proposal in session.scalars(select(Proposal).order_by(Proposal.id)):
        _put(connection, proposal.id, wording.of_everybody(connection, proposal))
        number += 1
    return number


def _texts(said: Sequence[Said]) -> dict[str, str]:
    return {"title": wording.titles(said), "body": wording.bodies(said)}


def _vector(configuration: str, title: str, body: str) -> Any:
    return func.setweight(func.to_tsvector(configuration, title), TITLE).op("||")(
        func.setweight(func.to_tsvector(configuration, body), BODY)
    )


def _put(connection: Connection, number: int, said: Sequence[Said]) -> None:
    if said:
        index_of(connection).put(connection, number, said)


@event.listens_for(Proposal, "after_insert")
def _index_new(_mapper: object, connection: Connection, proposal: Proposal) -> None:
    _put(connection, proposal.id, wording.of_author(proposal))


@event.listens_for(Proposal, "after_update")
def _index_changed(_mapper: object, connection: Connection, proposal: Proposal) -> None:
    _put(connection, proposal.id, wording.of_everybody(connection, proposal))


@event.listens_for(Project, "after_insert")
@event.listens_for(Project, "after_update")
@event.listens_for(Project, "after_delete")
def _index_names(_mapper: object, connection: Connection, project: Project) -> None:
    if project.proposal_id is not None:
        said = wording.by_number(connection, project.proposal_id)
        _put(connection, project.proposal_id, said)
