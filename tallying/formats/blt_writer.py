"""Write ranked ballots as a BLT file."""

from collections.abc import Iterable, Iterator, Mapping

from tallying.election import BallotStyle
from tallying.errors import InvalidElection
from tallying.formats.election_file import ElectionFile, Voter

_AFTER = ("description", "source", "comment")
_WITHDRAWN = "withdrawn_"


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
    for number in withdrawn:
        parties[number] = source.meta.get(f"{_WITHDRAWN}{number}_party", "")
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
