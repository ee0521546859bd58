"""What a file publishes besides its ballots: its rule, its winners, and numbers to be recounted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tallying.election import BallotStyle
from tallying.formats.amounts import parse_whole
from tallying.profile import Profile
from tallying.utilities import NATURAL, supports

UNDECLARED = "unknown"


@dataclass(frozen=True)
class Difference:
    """A published number that a recount of the file's own ballots does not give."""

    field: str
    project: str | None
    published: int
    counted: int


def declared_rule(meta: Mapping[str, str]) -> str:
    """The rule that the file declares; `unknown` when it declares none."""
    return meta.get("rule", "") or UNDECLARED


def official_winners(selected: Mapping[str, int] | None) -> tuple[str, ...] | None:
    """The projects marked with 1, in the order of the file; None when the file marks nothing."""
    if selected is None:
        return None
    return tuple(name for name, mark in selected.items() if mark == 1)


def differences(
    profile: Profile, meta: Mapping[str, str], columns: Mapping[str, Mapping[str, str]]
) -> tuple[Difference, ...]:
    """The published numbers of ballots, projects, votes and points that a recount does not give.

    `columns` holds texts by project id and column name; a text that is no whole number is not
    compared, nor are scores of ranked ballots where no rule is declared that says what they are.
    """
    election = profile.election
    counted = supports(profile, NATURAL[election.style])
    found = [
        *_compare("num_votes", None, meta.get("num_votes"), profile.total),
        *_compare("num_projects", None, meta.get("num_projects"), len(election.projects)),
    ]
    scored = election.style is not BallotStyle.RANKED or declared_rule(meta) != UNDECLARED
    for project, support in zip(election.projects, counted, strict=True):
        published = columns.get(project.id, {})
        found += _compare("votes", project.id, published.get("votes"), support.votes)
        if scored:
            found += _compare("score", project.id, published.get("score"), support.score)
    return tuple(found)


def _compare(
    name: str, project: str | None, published: str | None, counted: int
) -> Iterator[Difference]:
    if not published:
        return
    try:
        number = parse_whole(published)
    except ValueError:
        return
    if number != counted:
        yield Difference(name, project, number, counted)
