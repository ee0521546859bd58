"""Finding rounds and what stands below them in an address; who has voted so far."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import g
from flask_login import current_user
from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import lazyload
from sqlalchemy.orm.attributes import set_committed_value

from budget_app import access
from budget_app.access import Loaded
from budget_app.accounts.models import Role, User
from budget_app.extensions import db
from budget_app.parliaments.models import Parliament
from budget_app.rounds import manifests
from budget_app.rounds.models import (
    ActState,
    District,
    LogWitness,
    OfficialAct,
    Project,
    Round,
    RoundState,
)
from voting import polls
from voting.manifest import Manifest
from voting.models import Voter, VoterKind

PROJECTS_A_PAGE = 100


@dataclass(frozen=True)
class Turnout:
    """How many people voted, and how many could; never what for.

    `voted` leaves out the districts, `left_out` of them, in which fewer voted than the round tells.
    """

    voted: int
    roll: int
    left_out: int = 0


@dataclass(frozen=True)
class ProjectSearch:
    """What a visitor looks for among the projects of a ballot."""

    text: str = ""
    district: str = ""
    category: str = ""
    order: str = "name"


_BY_SLUG = (
    select(Round)
    .where(Round.parliament_id == bindparam("parliament"), Round.slug == bindparam("slug"))
    # Few pages need phases and districts, and the parliament is there already.
    .options(lazyload(Round.phases), lazyload(Round.districts), lazyload(Round.parliament))
)


@access.loader("round_slug", gives="round_")
def load_round(loaded: Loaded, slug: Any) -> Round | None:
    """A draft is found by the parliament's administrators only."""
    parliament: Parliament = loaded["parliament"]
    round_ = db.session.scalar(_BY_SLUG, {"parliament": parliament.id, "slug": slug})
    if round_ is None or not (round_.is_public or _may_see_drafts(parliament)):
        return None
    set_committed_value(round_, "parliament", parliament)
    g.round = round_
    return round_


@access.loader("district_slug", gives="district")
def load_district(loaded: Loaded, slug: Any) -> District | None:
    round_: Round = loaded["round_"]
    return round_.district(slug)


@access.loader("project_key", gives="project")
def load_project(loaded: Loaded, key: Any) -> Project | None:
    round_: Round = loaded["round_"]
    return db.session.scalar(
        select(Project).where(Project.round_id == round_.id, Project.key == key)
    )


@access.loader("act_id", gives="act")
def load_act(loaded: Loaded, number: Any) -> OfficialAct | None:
    round_: Round = loaded["round_"]
    return db.session.scalar(
        select(OfficialAct).where(OfficialAct.round_id == round_.id, OfficialAct.id == number)
    )


@access.loader("witness_id", gives="witness")
def load_witness(loaded: Loaded, number: Any) -> LogWitness | None:
    round_: Round = loaded["round_"]
    return next((witness for witness in round_.witnesses if witness.id == number), None)


def _may_see_drafts(parliament: Parliament) -> bool:
    return current_user.is_authenticated and Role.ADMINISTRATOR in current_user.roles_in(parliament)


def public_rounds(parliament: Parliament) -> Sequence[Round]:
    """The parliament's announced rounds, newest first."""
    return db.session.scalars(
        select(Round)
        .where(Round.parliament_id == parliament.id, Round.state != RoundState.DRAFT)
        .order_by(Round.id.desc())
    ).all()


def all_rounds(parliament: Parliament) -> Sequence[Round]:
    """Drafts too, newest first: for administrators."""
    return db.session.scalars(
        select(Round).where(Round.parliament_id == parliament.id).order_by(Round.id.desc())
    ).all()


def acts_of(round_: Round) -> Sequence[OfficialAct]:
    """Every act that two officials were asked for, newest first."""
    return db.session.scalars(
        select(OfficialAct).where(OfficialAct.round_id == round_.id).order_by(OfficialAct.id.desc())
    ).all()


def acts_waiting_for(parliament: Parliament, user: User) -> Sequence[OfficialAct]:
    """Requests of other administrators of the parliament that `user` may approve."""
    return db.session.scalars(
        select(OfficialAct)
        .join(Round, OfficialAct.round_id == Round.id)
        .where(
            Round.parliament_id == parliament.id,
            OfficialAct.state == ActState.REQUESTED,
            OfficialAct.requested_by_id != user.id,
        )
        .order_by(OfficialAct.id)
    ).all()


def turnout(round_: Round) -> Turnout:
    """All districts together."""
    found = turnout_by_district(round_).values()
    return Turnout(
        voted=sum(district.voted for district in found),
        roll=sum(district.roll for district in found),
        left_out=sum(district.left_out for district in found),
    )


def turnout_by_district(round_: Round) -> dict[str, Turnout]:
    """By the slug of the district."""
    rows = db.session.execute(
        select(Voter.box_id, func.count(), func.count().filter(Voter.ballots > 0))
        .where(Voter.round_id == round_.poll_id, Voter.kind == VoterKind.VOTER)
        .group_by(Voter.box_id)
    ).all()
    counted = {box: (voted, roll) for box, roll, voted in rows}
    least = manifests.privacy(round_).least_cell
    return {d.slug: _told(*counted.get(d.slug, (0, 0)), least) for d in round_.districts}


def _told(voted: int, roll: int, least: int) -> Turnout:
    return Turnout(voted, roll) if voted >= least else Turnout(0, roll, left_out=1)


def sealed_manifest(round_: Round) -> Manifest | None:
    """What was sealed, as the ballot box keeps it."""
    return polls.sealed_manifest(db.session(), round_.poll_id) if round_.is_sealed else None


def places_of_lots(round_: Round) -> dict[str, int]:
    """Each project's place in the lots, from 1, by its key; empty before the draw."""
    if not round_.lots_dice:
        return {}
    return {key: place for place, key in enumerate(manifests.lots_order(round_), start=1)}


def project_count(round_: Round) -> int:
    count = select(func.count()).select_from(Project).where(Project.round_id == round_.id)
    return db.session.scalar(count) or 0


def find_projects(round_: Round, search: ProjectSearch, language: str) -> list[Project]:
    """The ballot's projects that fit, in the order asked for.

    A ballot has hundreds of projects at most, in several languages with diacritics that databases
    fold differently: so they are searched here, each word by itself.
    """
    wanted = folded(search.text).split()
    fitting = [
        project
        for project in round_.projects
        if (not search.district or project.district.slug == search.district)
        and (not search.category or search.category in project.categories)
        and _holds(project, wanted)
    ]
    by_name = sorted(fitting, key=lambda p: (folded(_name(p, language)), p.key))
    if search.order == "cost":
        return sorted(by_name, key=lambda p: p.cost)
    if search.order == "cost-down":
        return sorted(by_name, key=lambda p: -p.cost)
    return by_name


def categories_of(round_: Round) -> list[str]:
    """The categories that occur on the ballot."""
    return sorted({category for project in round_.projects for category in project.categories})


def folded(text: str) -> str:
    """`text` without case and diacritics, for comparing."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in plain if not unicodedata.combining(character))


def _holds(project: Project, wanted: Sequence[str]) -> bool:
    """Whether what is said of a project, in any language, holds all these words, folded."""
    said = folded(" ".join([*project.names.values(), *project.summaries.values()]))
    return all(word in said for word in wanted)


def _name(project: Project, language: str) -> str:
    return project.names.get(language) or next(iter(project.names.values()), project.key)
