"""The projects of a ballot: accepted proposals with frozen costs, and those the office adds."""

from dataclasses import dataclass, field

from flask_babel import gettext as _
from sqlalchemy import func, select

from budget_app.accounts.models import User
from budget_app.extensions import db
from budget_app.records.models import Act
from budget_app.records.services import record
from budget_app.rounds.errors import FromProposal, InvalidField
from budget_app.rounds.models import District, Project, Round
from budget_app.rounds.unsealed import refuse_sealed


@dataclass(frozen=True)
class ProjectFacts:
    """What a ballot says of a project; `cost` in minor units."""

    district: District
    names: dict[str, str]
    cost: int
    summaries: dict[str, str] = field(default_factory=dict)
    categories: list[str] = field(default_factory=list)
    exclusive_group: str | None = None


def add_project(
    round_: Round,
    facts: ProjectFacts,
    *,
    by: User | None,
    proposal_id: int | None = None,
) -> Project:
    """Put a project on the ballot; raises `InvalidField` when it costs more than its district has."""
    _refuse(round_, facts)
    project = Project(
        round_id=round_.id,
        district=facts.district,
        proposal_id=proposal_id,
        key=_next_key(round_),
        names=facts.names,
        summaries=facts.summaries,
        cost=facts.cost,
        categories=facts.categories,
        exclusive_group=facts.exclusive_group,
    )
    round_.projects.append(project)
    db.session.flush()
    record(Act.PROJECT_ADDED, actor=by, round_=round_, project=project.key)
    return project


def change_project(project: Project, facts: ProjectFacts, *, by: User | None) -> None:
    """Raises `FromProposal` when the cost or district of an accepted proposal would change."""
    _refuse(project.round_, facts)
    frozen = (facts.cost, facts.district.id) == (project.cost, project.district_id)
    if project.proposal_id is not None and not frozen:
        raise FromProposal
    project.district = facts.district
    project.names, project.summaries = facts.names, facts.summaries
    project.cost, project.categories = facts.cost, facts.categories
    project.exclusive_group = facts.exclusive_group
    record(Act.PROJECT_CHANGED, actor=by, round_=project.round_, project=project.key)


def remove_project(project: Project, *, by: User | None) -> None:
    """Take a project that the office added off the ballot again."""
    round_ = project.round_
    refuse_sealed(round_)
    if project.proposal_id is not None:
        raise FromProposal
    record(Act.PROJECT_REMOVED, actor=by, round_=round_, project=project.key)
    round_.projects.remove(project)


def refuse_unaffordable(field_name: str, cost: int, district: District) -> None:
    """Raise `InvalidField` when `cost` is above the budget of `district`."""
    if cost > district.budget:
        raise InvalidField(
            field_name,
            _("This is above the budget of the district: the project could never be funded."),
        )


def _refuse(round_: Round, facts: ProjectFacts) -> None:
    refuse_sealed(round_)
    refuse_unaffordable("cost", facts.cost, facts.district)


def _next_key(round_: Round) -> str:
    """`p001`, `p002`, … so that nobody picks the key that the lots are drawn with."""
    count = select(func.count()).select_from(Project).where(Project.round_id == round_.id)
    taken = set(db.session.scalars(select(Project.key).where(Project.round_id == round_.id)))
    first = (db.session.scalar(count) or 0) + 1
    return next(
        key
        for number in range(first, first + len(taken) + 1)
        if (key := f"p{number:03}") not in taken
    )
