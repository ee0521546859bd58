"""Write an election and its ballots as a Pabulib file."""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from tallying.ballots import Choices
from tallying.election import BallotStyle, Election
from tallying.errors import InvalidElection
from tallying.formats.amounts import write_amount
from tallying.profile import Profile
from tallying.utilities import NATURAL, supports

VOTE_TYPES = {
    BallotStyle.APPROVAL: "approval",
    BallotStyle.KNAPSACK: "approval",
    BallotStyle.RANKED: "ordinal",
    BallotStyle.POINTS: "cumulative",
    BallotStyle.SCORE: "scoring",
}


def write(
    election: Election,
    pairs: Iterable[tuple[Choices, int]],
    meta: Mapping[str, str],
    selected: Iterable[str] | None = None,
) -> bytes:
    """The file's bytes: ballots sorted by their canonical form, voters numbered from 1.

    `meta` gives further keys (description, country, unit, instance, rule, …); what follows from
    the election is written from the election. Nothing of a voter is written but the ballot.
    `selected` are the funded projects, for the column of that name. Raises `InvalidElection` when
    an id holds a comma, which the format cannot say.
    """
    for name in election.index:
        if "," in name or name != name.strip():
            raise InvalidElection(f"The id {name!r} cannot be written into a Pabulib file.")
    profile = Profile.from_counts(election, pairs)
    text = io.StringIO()
    rows = csv.writer(text, delimiter=";", lineterminator="\n")
    rows.writerows([["META"], ["key", "value"], *_meta(election, profile, meta)])
    rows.writerows([["PROJECTS"], *_projects(profile, selected)])
    rows.writerows([["VOTES"], *_votes(profile)])
    return text.getvalue().encode()


def _meta(election: Election, profile: Profile, meta: Mapping[str, str]) -> list[list[str]]:
    limits, digits = election.limits, election.minor_digits
    known = {
        "num_projects": str(len(election.projects)),
        "num_votes": str(profile.total),
        "budget": write_amount(election.budget, digits),
        "vote_type": VOTE_TYPES[election.style],
        "currency": election.currency,
        "min_length": _number(limits.min_length),
        "max_length": _number(limits.max_length),
        "min_sum_points": _number(limits.min_points),
        "max_sum_points": _number(limits.max_points),
        "max_points": _number(limits.max_score),
    }
    return [[name, text] for name, text in {**meta, **known}.items() if text]


def _number(limit: int | None) -> str:
    return str(limit) if limit else ""


def _projects(profile: Profile, selected: Iterable[str] | None) -> list[list[str]]:
    election = profile.election
    funded = None if selected is None else set(selected)
    header = ["project_id", "cost", "votes", "score", "name", "category", "district"]
    rows = [header + (["selected"] if funded is not None else [])]
    both = zip(election.projects, supports(profile, NATURAL[election.style]), strict=True)
    for project, support in sorted(both, key=lambda pair: pair[0].id.encode()):
        row = [
            project.id,
            write_amount(project.cost, election.minor_digits),
            str(support.votes),
            str(support.score),
            project.name,
            ",".join(project.categories),
            project.district,
        ]
        rows.append(row + ([str(int(project.id in funded))] if funded is not None else []))
    return rows


def _votes(profile: Profile) -> list[list[str]]:
    graded = profile.election.style.graded
    rows = [["voter_id", "vote", *(["points"] if graded else [])]]
    voter = 0
    for choices, count in profile.pairs():
        fields = _fields(graded, choices)
        for _ in range(count):
            voter += 1
            rows.append([str(voter), *fields])
    return rows


def _fields(graded: bool, choices: list[Any]) -> list[str]:
    if not graded:
        return [",".join(choices)]
    return [
        ",".join(name for name, _ in choices),
        ",".join(str(number) for _, number in choices),
    ]
