"""Write an election and its ballots as a Pabulib file."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tallying.ballots import Choices
from tallying.election import Election
from tallying.formats.amounts import write_amount
from tallying.formats.election_file import ElectionFile, Voter
from tallying.formats.said import meta_of, meta_texts, project_texts, require_ids
from tallying.profile import Profile
from tallying.utilities import NATURAL, supports


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
    require_ids(election, "Pabulib file")
    profile = Profile.from_counts(election, pairs)
    text = io.StringIO()
    rows = csv.writer(text, delimiter=";", lineterminator="\n")
    rows.writerows([["META"], ["key", "value"], *_meta(election, profile, meta)])
    rows.writerows([["PROJECTS"], *_projects(profile, selected)])
    rows.writerows([["VOTES"], *_votes(profile)])
    return text.getvalue().encode()


def encode(source: ElectionFile, voters: Iterable[Voter] | None = None) -> bytes:
    """The bytes of a file that was read: META, the projects with all their columns, the ballots.

    With `voters` each line is written in their order, with their ids and columns; else ballots
    are written as `write` does. Raises `InvalidElection` as `write` does.
    """
    election = source.election
    require_ids(election, "Pabulib file")
    columns, projects = project_texts(source)
    text = io.StringIO()
    rows = csv.writer(text, delimiter=";", lineterminator="\n")
    rows.writerows([["META"], ["key", "value"], *map(list, meta_texts(source).items())])
    rows.writerows([["PROJECTS"], columns])
    rows.writerows([row.get(name, "") for name in columns] for row in projects)
    rows.writerow(["VOTES"])
    rows.writerows(_votes(source.profile) if voters is None else _lines(election, voters))
    return text.getvalue().encode()


def _lines(election: Election, voters: Iterable[Voter]) -> Iterator[list[str]]:
    every = list(voters)
    graded = election.style.graded
    further = list(dict.fromkeys(name for voter in every for name in voter.columns))
    yield ["voter_id", "vote", *(["points"] if graded else []), *further]
    for voter in every:
        columns = [voter.columns.get(name, "") for name in further]
        yield [voter.id, *_fields(graded, voter.choices), *columns]


def _meta(election: Election, profile: Profile, meta: Mapping[str, str]) -> list[list[str]]:
    known = meta_of(election, profile.total)
    return [[name, text] for name, text in {**meta, **known}.items() if text]


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
