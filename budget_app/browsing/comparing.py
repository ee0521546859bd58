"""Up to four proposals or projects side by side.

The choice travels in the address, so that it can be shared and needs no script. It is no ballot
choice, and the ballot booth offers no comparison: what somebody wants to vote for must never stand
in an address, where proxies, histories and the next site would read it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from sqlalchemy import select

from budget_app.access import LARGEST_NUMBER
from budget_app.browsing.finding import supporters
from budget_app.extensions import db
from budget_app.proposals.models import Proposal
from budget_app.proposals.queries import PUBLIC
from budget_app.rounds.models import District, Project, Round

MOST = 4


@dataclass(frozen=True)
class Compared:
    """One column; amounts in minor units. `parameter` is its part of the address."""

    title: dict[str, str]
    href: str
    district: District
    categories: list[str]
    goals: list[int]
    cost: int | None
    estimate: int | None
    supporters: int | None
    proposal: Proposal | None
    summary: dict[str, str]
    parameter: tuple[str, str]


def compare(
    round_: Round, proposals: Sequence[str], projects: Sequence[str]
) -> tuple[list[Compared], bool]:
    """The first four that are there, in the order of the address; and whether more were asked for."""
    numbers = [
        int(n) for n in dict.fromkeys(proposals) if n.isascii() and n.isdigit() and len(n) < 11
    ]
    keys = list(dict.fromkeys(projects))
    chosen = [n for n in numbers if n <= LARGEST_NUMBER][: MOST + 1]
    found = [_of_proposal(p) for p in _proposals(round_, chosen)]
    found += [_of_project(p) for p in _projects(round_, keys[: MOST + 1])]
    return found[:MOST], len(found) > MOST


def without(shown: Sequence[Compared], left_out: Compared) -> dict[str, list[str]]:
    """The parameters of the address that compares the others."""
    given: dict[str, list[str]] = {}
    for one in shown:
        if one is not left_out:
            name, value = one.parameter
            given.setdefault(name, []).append(value)
    return given


def _proposals(round_: Round, numbers: list[int]) -> list[Proposal]:
    rows = db.session.scalars(
        select(Proposal).where(
            Proposal.round_id == round_.id, Proposal.id.in_(numbers), Proposal.state.in_(PUBLIC)
        )
    )
    return sorted(rows, key=lambda proposal: numbers.index(proposal.id))


def _projects(round_: Round, keys: list[str]) -> list[Project]:
    rows = db.session.scalars(
        select(Project).where(Project.round_id == round_.id, Project.key.in_(keys))
    )
    return sorted(rows, key=lambda project: keys.index(project.key))


def _of_proposal(proposal: Proposal) -> Compared:
    return Compared(
        title={proposal.language: proposal.title},
        href=url_for("proposals.show", proposal_id=proposal.id),
        district=proposal.district,
        categories=proposal.categories,
        goals=proposal.goals,
        cost=proposal.cost,
        estimate=proposal.estimate,
        supporters=supporters([proposal.id]).get(proposal.id, 0),
        proposal=proposal,
        summary={proposal.language: proposal.summary},
        parameter=("proposal", str(proposal.id)),
    )


def _of_project(project: Project) -> Compared:
    return Compared(
        title=project.names,
        href=url_for("rounds.project", project_key=project.key),
        district=project.district,
        categories=project.categories,
        goals=[],
        cost=project.cost,
        estimate=None,
        supporters=None,
        proposal=None,
        summary=project.summaries,
        parameter=("project", project.key),
    )
