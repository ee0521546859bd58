"""What does not survive from one file to another: both are compared after reading."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields

from tallying.ballots import Choices, canonical
from tallying.election import BallotStyle, Election, Project
from tallying.formats.election_file import ElectionFile, Voter

_FIELDS = {
    "name": "the names of the projects",
    "categories": "the categories of the projects",
    "district": "the districts of the projects",
    "exclusive_group": "exclusive groups",
    "partial_minimum": "funding in part",
    "partial_step": "funding in part",
}
_ELECTION = {
    "style": "the ballot style",
    "limits": "the limits of a ballot",
    "currency": "the currency",
    "district_budgets": "the budgets of the districts",
    "category_caps": "the caps of the categories",
    "category_floors": "the floors of the categories",
}
_WRITTEN_ANEW = frozenset({"num_votes", "num_projects", "budget", "vote_type", "currency"})
_OF_THE_ELECTION = frozenset({"project_id", "cost", "name", "category", "categories", "district"})


def lost(
    source: ElectionFile,
    target: ElectionFile,
    voters: Sequence[Voter] | None = None,
    written_voters: Sequence[Voter] | None = None,
) -> tuple[str, ...]:
    """Everything of the source that the target does not say, each as a few words.

    Projects are compared by their place, since a format may give them other ids. Empty texts, and
    ids of voters that only number the lines, are nothing to lose.
    """
    found = [
        *_of_election(source.election, target.election),
        *_of_ballots(source, target),
        *_of_meta(source.meta, target.meta),
        *_of_columns(source, target),
        *_of_voters(voters or (), written_voters or ()),
    ]
    return tuple(dict.fromkeys(found))


def _of_election(before: Election, after: Election) -> Iterator[str]:
    if len(before.projects) != len(after.projects):
        yield "some projects"
        return
    pairs = list(zip(before.projects, after.projects, strict=True))
    if list(before.index) != list(after.index):
        yield "the ids of the projects"
    scales = 10**before.minor_digits, 10**after.minor_digits
    if any(p.cost * scales[1] != q.cost * scales[0] for p, q in pairs):
        yield "the costs"
    if before.budget * scales[1] != after.budget * scales[0]:
        yield "the budget"
    for name, words in _ELECTION.items():
        if getattr(before, name) != getattr(after, name):
            yield words
    yield from (words for p, q in pairs for words in _of_project(p, q))


def _of_project(before: Project, after: Project) -> Iterator[str]:
    same_default = before.name == before.id and after.name == after.id
    for item in fields(Project):
        words = _FIELDS.get(item.name)
        if words is None or (item.name == "name" and same_default):
            continue
        if getattr(before, item.name) != getattr(after, item.name):
            yield words


def _of_ballots(source: ElectionFile, target: ElectionFile) -> Iterator[str]:
    before, after = source.election, target.election
    if len(before.projects) != len(after.projects) or before.style.graded != after.style.graded:
        return
    names = dict(zip(before.index, after.index, strict=True))
    ours = sorted(
        (_ballot(after.style, choices, names), n) for choices, n in source.profile.pairs()
    )
    theirs = sorted((_ballot(after.style, choices), n) for choices, n in target.profile.pairs())
    if ours != theirs:
        yield "what the ballots say"


def _ballot(style: BallotStyle, choices: Choices, names: Mapping[str, str] | None = None) -> str:
    """A ballot in its canonical form, with the projects' ids in the target."""
    said = names or {}
    if style.graded:
        return str(canonical(style, [[said.get(name, name), number] for name, number in choices]))
    return str(canonical(style, [said.get(name, name) for name in choices]))


def _of_meta(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    for key in sorted(before):
        if before[key] and key not in _WRITTEN_ANEW and before[key] != after.get(key):
            yield f"{key} of META"
    for key in ("num_votes", "num_projects"):
        if before.get(key) and key in after and before[key] != after[key]:
            yield f"{key} of META"


def _of_columns(source: ElectionFile, target: ElectionFile) -> Iterator[str]:
    pairs = zip(source.election.index, target.election.index, strict=False)
    for before_id, after_id in pairs:
        before, after = source.columns.get(before_id, {}), target.columns.get(after_id, {})
        for name, text in before.items():
            if text and name not in _OF_THE_ELECTION and text != after.get(name):
                yield f"the column {name} of the projects"


def _of_voters(before: Sequence[Voter], after: Sequence[Voter]) -> Iterator[str]:
    ids = [voter.id for voter in before]
    numbered = ids == [str(number) for number in range(1, len(ids) + 1)]
    if not numbered and ids != [voter.id for voter in after]:
        yield "the ids of the voters"
    names = sorted({name for voter in before for name in voter.columns if voter.columns[name]})
    for name in names:
        texts = [voter.columns.get(name, "") for voter in before]
        if texts != [voter.columns.get(name, "") for voter in after]:
            yield f"the column {name} of the voters"
