"""What is said of a proposal in each language: its authors' words, and the ballot's official ones.

A proposal is written in one language; the project that it becomes has names and summaries in the
parliament's languages. The search finds it by the words of any of them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from budget_app.proposals.models import Proposal
from budget_app.rounds.models import Project
from budget_app.rounds.queries import folded


@dataclass(frozen=True)
class Said:
    """One title and one text of a proposal, folded, and the language that they are in."""

    language: str
    title: str
    body: str


def of_author(proposal: Any) -> list[Said]:
    """What the authors say; `proposal` is a `Proposal`, or a row of these columns."""
    body = f"{proposal.summary or ''}\n{proposal.description or ''}"
    return [Said(proposal.language, folded(proposal.title), folded(body))]


def of_everybody(connection: Connection, proposal: Any) -> list[Said]:
    """What the authors say, and what the ballot does."""
    ballots = connection.execute(
        select(Project.names, Project.summaries).where(Project.proposal_id == proposal.id)
    )
    return of_author(proposal) + [said for row in ballots for said in _official(*row)]


def by_number(connection: Connection, number: int) -> list[Said]:
    """As `of_everybody`, of what the database holds; nothing when there is no such proposal."""
    columns = (Proposal.id, Proposal.language, Proposal.title)
    texts = (Proposal.summary, Proposal.description)
    row = connection.execute(select(*columns, *texts).where(Proposal.id == number)).one_or_none()
    return of_everybody(connection, row) if row is not None else []


def titles(said: Iterable[Said]) -> str:
    """Each title once, one a line."""
    return _lines([one.title for one in said])


def bodies(said: Iterable[Said]) -> str:
    return _lines([one.body for one in said])


def _official(names: dict[str, str], summaries: dict[str, str]) -> Iterator[Said]:
    for language in dict.fromkeys((*names, *summaries)):
        yield Said(language, folded(names.get(language, "")), folded(summaries.get(language, "")))


def _lines(texts: Sequence[str]) -> str:
    return "\n".join(dict.fromkeys(text for text in texts if text))
