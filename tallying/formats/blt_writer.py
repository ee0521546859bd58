"""Write ranked ballots as a BLT file."""

from collections.abc import Iterable, Iterator, Mapping

from tallying.election import BallotStyle, Election
from tallying.errors import InvalidElection
from tallying.formats.election_file import ElectionFile, Voter

_AFTER = ("description", "source", "comment")
_KEYS_HELD = frozenset(
    {*_AFTER, "budget", "vote_type", "num_votes", "num_projects", "max_length", "min_length"}
)
_COLUMNS_HELD = frozenset({"project_id", "cost", "name", "category", "votes", "score"})
_WITHDRAWN = "withdrawn_"


def losses(source: ElectionFile, voters: bool) -> tuple[str, ...]:
    """What a BLT file cannot hold of the source."""
    election = source.election
    limits = election.limits
    questions = {
        "the costs and the budget (a candidate costs one seat; 1 seat is written)": any(
            project.cost != 1 for project in election.projects
        ),
        "the ids of the projects (candidates are numbered)": not _keeps_numbers(source),
        "the limits of a ballot": bool(limits.max_length or limits.min_length),
        "categories and districts": any(
            len(project.categories) > 1 or project.district for project in election.projects
        ),
        "limits of districts and categories, exclusive groups, and funding in part": _constrained(
            election
        ),
        "quotation marks and line breaks in names": any(
            _plain(text) != text for text in _texts(source)
        ),
        "the currency": bool(election.currency),
        "the ids and further columns of the voters": voters,
    }
    return (*(what for what, lost in questions.items() if lost), *_lost_texts(source))


def _lost_texts(source: ElectionFile) -> Iterator[str]:
    for key in sorted(source.meta):
        held = key in _KEYS_HELD or key == "currency" or key.startswith(_WITHDRAWN)
        if source.meta[key] and not held:
            yield f"{key} of META"
    columns = {name for fields in source.columns.values() for name in fields if fields[name]}
    for name in sorted(columns - _COLUMNS_HELD - {"district", "categories"}):
        yield f"the column {name} of the projects"


def _texts(source: ElectionFile) -> Iterator[str]:
    for project in source.election.projects:
        yield project.name
        yield from project.categories
    yield from (source.meta.get(key, "") for key in _AFTER)


def _constrained(election: Election) -> bool:
    return bool(
        election.district_budgets
        or election.category_caps
        or election.category_floors
        or any(p.exclusive_group or p.partial_minimum is not None for p in election.projects)
    )


def encode(source: ElectionFile, _voters: Iterable[Voter] | None = None) -> bytes:
    """The file's bytes: equal ballots as one line, sorted; voters are not written.

    Raises `InvalidElection` when the ballots are not ranked.
    """
    election = source.election
    if election.style is not BallotStyle.RANKED:
        raise InvalidElection(f"A BLT file holds ranked ballots, not {election.style} ballots.")
    keeps = _keeps_numbers(source)
    places = {
        name: int(name) if keeps else place for place, name in enumerate(election.index, start=1)
    }
    withdrawn = _withdrawn(source) if keeps else {}
    unit_costs = all(project.cost == 1 for project in election.projects)
    lines = [f"{len(places) + len(withdrawn)} {election.budget if unit_costs else 1}"]
    if withdrawn:
        lines.append(" ".join(f"-{number}" for number in sorted(withdrawn)))
    for choices, count in source.profile.pairs():
        lines.append(" ".join(map(str, [count, *(places[name] for name in choices), 0])))
    return "\n".join(
        [*lines, "0", *_names(source, places, withdrawn), *_after(source), ""]
    ).encode()


def _names(
    source: ElectionFile, places: Mapping[str, int], withdrawn: Mapping[int, str]
) -> Iterator[str]:
    """A line for each candidate: the name, and the party where the file knows parties."""
    projects = {places[project.id]: project for project in source.election.projects}
    parties = {number: ", ".join(project.categories) for number, project in projects.items()}
    names = {number: project.name for number, project in projects.items()} | dict(withdrawn)
    for number in sorted(names):
        party = f" {_quoted(parties.get(number, ''))}" if any(parties.values()) else ""
        yield _quoted(names[number]) + party


def _after(source: ElectionFile) -> list[str]:
    texts = [source.meta.get(key, "") for key in _AFTER]
    while len(texts) > 1 and not texts[-1]:
        texts.pop()
    return [_quoted(text) for text in texts]


def _withdrawn(source: ElectionFile) -> dict[int, str]:
    """Number → name of the candidates that a BLT file said had withdrawn."""
    found = {
        key.removeprefix(_WITHDRAWN): name
        for key, name in source.meta.items()
        if key.startswith(_WITHDRAWN)
    }
    return {int(number): name for number, name in found.items() if _is_number(number)}


def _keeps_numbers(source: ElectionFile) -> bool:
    """Whether the ids, with the withdrawn, are already the numbers of candidates, ascending."""
    ids = list(source.election.index)
    if not all(map(_is_number, ids)):
        return False
    numbers = [int(name) for name in ids]
    every = sorted([*numbers, *_withdrawn(source)])
    return numbers == sorted(numbers) and every == list(range(1, len(every) + 1))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and text == str(int(text))


def _plain(text: str) -> str:
    return " ".join(text.replace('"', "'").split())


def _quoted(text: str) -> str:
    return f'"{_plain(text)}"'
