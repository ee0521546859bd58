"""A count as the pages show it: read once from its stored document, never counted again."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from flask import g
from sqlalchemy import select

from budget_app import access
from budget_app.access import Loaded
from budget_app.extensions import db
from budget_app.results.models import Count, CountState, Picture
from budget_app.rounds.manifests import privacy
from budget_app.rounds.models import District, Project, Round
from budget_app.rounds.queries import turnout_by_district
from tallying.election import BallotStyle
from tallying.explanation import Explanation, deciding_steps, explanations
from tallying.wording import Wording

BY_PLACES = frozenset({"stv", "expanding-approvals"})
"""The rules for ranked ballots under which points for places decide nothing."""


@dataclass(frozen=True)
class ProjectResult:
    """One project after the count; `others` voted in its district without choosing it."""

    project: Project
    explanation: Explanation
    others: int
    by_places: bool = False
    """Whether ballots were ranked and points for places decide nothing."""

    @property
    def funded(self) -> bool:
        return self.explanation.verdict != "not_funded"

    @property
    def spent(self) -> int:
        """What it gets, in minor units: its cost, or a part of it."""
        if not self.funded:
            return 0
        amount: int = self.explanation.values.get("amount", self.project.cost)
        return amount

    @property
    def is_told(self) -> bool:
        """Whether its votes are published: not in a district where very few people voted."""
        return "votes" in self.explanation.values

    @property
    def score(self) -> int:
        """The points or votes that it got; where points for places decide nothing, its voters.

        0 where it is not told.
        """
        score: int = self.explanation.values.get("votes" if self.by_places else "score", 0)
        return score

    @property
    def votes(self) -> int:
        """0 where it is not told."""
        votes: int = self.explanation.values.get("votes", 0)
        return votes

    def support(self, wording: Wording) -> str:
        """Its score in words; empty where it is not told."""
        if not self.is_told:
            return ""
        style = BallotStyle.APPROVAL.value if self.by_places else wording.style
        return replace(wording, style=style).support(self.score)


@dataclass(frozen=True)
class BoxResult:
    """One district's outcome; `outcome` is JSON of the schema `tallying.outcome/1`."""

    district: District
    outcome: Mapping[str, Any]
    projects: tuple[ProjectResult, ...]

    @property
    def is_told(self) -> bool:
        """Whether its numbers are published: not where very few people voted."""
        return self.outcome["counts"]["voters"] is not None

    @property
    def voters(self) -> int:
        """0 where it is not told."""
        return self.outcome["counts"]["voters"] or 0

    @property
    def spent(self) -> int:
        spent: int = self.outcome["spent"]
        return spent

    @property
    def budget(self) -> int:
        budget: int = self.outcome["budget"]
        return budget

    @cached_property
    def by_key(self) -> dict[str, ProjectResult]:
        return {result.project.key: result for result in self.projects}

    @property
    def rule(self) -> str:
        return str(self.outcome["rule"]["rule"])


@dataclass(frozen=True)
class Result:
    """All boxes of one count."""

    count: Count
    boxes: tuple[BoxResult, ...]

    @property
    def projects(self) -> list[ProjectResult]:
        return [result for box in self.boxes for result in box.projects]

    @property
    def funded(self) -> list[ProjectResult]:
        """District by district, in the order of selection."""
        found = []
        for box in self.boxes:
            part = box.outcome["partial"]
            keys = [*box.outcome["funded"], *([part["project"]] if part else [])]
            found += [box.by_key[key] for key in keys]
        return found

    @property
    def not_funded(self) -> list[ProjectResult]:
        """The best supported first."""
        rest = [result for result in self.projects if not result.funded]
        return sorted(rest, key=lambda result: (-result.score, result.project.key))

    @property
    def budget(self) -> int:
        return sum(box.budget for box in self.boxes)

    @property
    def spent(self) -> int:
        return sum(box.spent for box in self.boxes)

    def counted(self, what: str) -> int:
        """`voters`, `ballots`, `blank` or `invalid` of all boxes that tell their numbers."""
        return sum(box.outcome["counts"][what] or 0 for box in self.boxes)

    @property
    def left_out(self) -> int:
        """How many districts tell no numbers."""
        return sum(not box.is_told for box in self.boxes)

    @property
    def ties(self) -> int:
        return sum(len(box.outcome["ties"]) for box in self.boxes)


@access.loader("version", gives="count")
def load_count(loaded: Loaded, version: Any) -> Count | None:
    return count_version(loaded["round_"], version)


def count_version(round_: Round, version: int) -> Count | None:
    return db.session.scalar(
        select(Count).where(Count.round_id == round_.id, Count.version == version)
    )


def counts(round_: Round) -> Sequence[Count]:
    """Every version, the newest first."""
    return db.session.scalars(
        select(Count).where(Count.round_id == round_.id).order_by(Count.version.desc())
    ).all()


def current_count(round_: Round) -> Count | None:
    """The newest count, unless it was annulled."""
    newest = newest_count(round_)
    return None if newest is None or newest.state is CountState.ANNULLED else newest


def newest_count(round_: Round) -> Count | None:
    return db.session.scalar(
        select(Count).where(Count.round_id == round_.id).order_by(Count.version.desc()).limit(1)
    )


def result_of(count: Count) -> Result:
    """The count with the rows of its projects."""
    document = json.loads(count.document)
    rows = _project_rows(count.round_)
    districts = {district.slug: district for district in count.round_.districts}
    boxes = tuple(_box(districts[item["box"]], item["outcome"], rows) for item in document["boxes"])
    return Result(count, boxes)


@dataclass(frozen=True)
class Turnout:
    """How many voted and how many could, in the districts that tell their numbers.

    `roll` is None, and with it every share, where a district's roll could be worked out from it
    and is small; `by_district` is None for a district that is not told apart.
    """

    voted: int
    roll: int | None
    by_district: Mapping[str, tuple[int, int | None] | None]


@dataclass(frozen=True)
class Closest:
    """The unfunded project that missed by the fewest votes or points."""

    item: ProjectResult
    more: int
    unit: str


@dataclass(frozen=True)
class BesideOfficial:
    """This outcome beside the one of the past election that is repeated here."""

    both: int
    only_here: tuple[Project, ...]
    only_there: tuple[Project, ...]


def turnout_of(result: Result) -> Turnout:
    """Who voted, out of the roll."""
    rolls = {s: found.roll for s, found in turnout_by_district(result.count.round_).items()}
    hidden = [rolls[box.district.slug] for box in result.boxes if not box.is_told]
    # The log says how many stand on the whole roll: less the others, it would say these.
    told = not hidden or sum(hidden) >= privacy(result.count.round_).least_cell
    return Turnout(
        voted=result.counted("voters"),
        roll=sum(rolls.values()) - sum(hidden) if told else None,
        by_district={
            slug: (box.voters, rolls[slug] if told else None) if box.is_told else None
            for box in result.boxes
            for slug in [box.district.slug]
        },
    )


def closest(result: Result) -> Closest | None:
    """Who was nearest to being funded, where that is known exactly."""
    known = [
        Closest(item, item.explanation.values["more"], item.explanation.values["unit"])
        for item in result.not_funded
        if item.explanation.values.get("more") and item.explanation.values["exact"]
    ]
    return min(known, key=lambda found: (found.more, found.item.project.key), default=None)


def beside_official(result: Result) -> BesideOfficial | None:
    """None for a round of one's own, and where the source names no winners."""
    official = result.count.round_.official
    if official is None:
        return None
    here = {item.project.key: item.project for item in result.funded}
    rows = {item.project.key: item.project for item in result.projects}
    return BesideOfficial(
        both=len(set(here) & set(official)),
        only_here=tuple(here[key] for key in sorted(set(here) - set(official))),
        only_there=tuple(rows[key] for key in sorted(set(official) - set(here)) if key in rows),
    )


def step_of(box: BoxResult, key: str) -> int | None:
    """The number of the decision about a project, from 1; None when its turn never came."""
    return deciding_steps(box.outcome).get(key)


def payments(box: BoxResult, key: str) -> list[tuple[ProjectResult, int]]:
    """For which funded projects the supporters of an unfunded one paid, and how much together."""
    used = box.by_key[key].explanation.values.get("used", ())
    return [(box.by_key[funded], amount) for funded, amount in used]


def not_reached(box: BoxResult) -> list[ProjectResult]:
    """The projects about which no step decided, the best supported first."""
    decided = deciding_steps(box.outcome)
    rest = [item for item in box.projects if item.project.key not in decided]
    return sorted(rest, key=lambda item: (-item.score, item.project.key))


def pictures_of(count: Count) -> dict[str, str]:
    """The drawings of a count in the page's language, by name."""
    rows = db.session.execute(
        select(Picture.name, Picture.svg).where(
            Picture.count_id == count.id, Picture.language == g.language
        )
    )
    return {row.name: row.svg for row in rows}


def _project_rows(round_: Round) -> dict[str, Project]:
    found = db.session.scalars(select(Project).where(Project.round_id == round_.id))
    return {project.key: project for project in found}


def _box(district: District, outcome: dict[str, Any], rows: Mapping[str, Project]) -> BoxResult:
    voters = outcome["counts"]["voters"] or 0
    by_places = outcome["rule"]["rule"] in BY_PLACES
    projects = tuple(
        ProjectResult(
            rows[key], explanation, voters - explanation.values.get("votes", 0), by_places
        )
        for key, explanation in explanations(outcome).items()
    )
    return BoxResult(district, outcome, projects)
