"""What a file with texts says of an election: its META and a table of its projects, as texts."""

from tallying.election import BallotStyle, Election
from tallying.errors import InvalidElection
from tallying.formats.amounts import write_amount
from tallying.formats.election_file import ElectionFile

VOTE_TYPES = {
    BallotStyle.APPROVAL: "approval",
    BallotStyle.KNAPSACK: "approval",
    BallotStyle.RANKED: "ordinal",
    BallotStyle.POINTS: "cumulative",
    BallotStyle.SCORE: "scoring",
}
_CHOOSE_ONE = "choose-1"
_KEPT = ("num_votes", "num_projects")
"""Published numbers: they stay as published, so that a recount can still refute them."""


def require_ids(election: Election, what: str) -> None:
    """Raises `InvalidElection` when an id holds what separates ids in texts."""
    for name in election.index:
        if "," in name or name != name.strip() or name.lower() == "none":
            raise InvalidElection(f"The id {name!r} cannot be written into a {what}.")


def meta_of(election: Election, ballots: int) -> dict[str, str]:
    """What follows from the election and its number of ballots; empty texts where nothing does."""
    limits = election.limits
    return {
        "num_projects": str(len(election.projects)),
        "num_votes": str(ballots),
        "budget": write_amount(election.budget, election.minor_digits),
        "vote_type": VOTE_TYPES[election.style],
        "currency": election.currency,
        "min_length": _number(limits.min_length),
        "max_length": _number(limits.max_length),
        "min_sum_points": _number(limits.min_points),
        "max_sum_points": _number(limits.max_points),
        "max_points": _number(limits.max_score),
    }


def meta_texts(source: ElectionFile) -> dict[str, str]:
    """META of a file in its order: its own texts, and what follows from the election."""
    known = meta_of(source.election, source.profile.total)
    meta = {key: text for key, text in source.meta.items() if text}
    kept = {key for key in _KEPT if key in meta}
    if meta.get("vote_type", "").lower() == _CHOOSE_ONE:
        kept.add("vote_type")
    return {**meta, **{key: text for key, text in known.items() if text and key not in kept}}


def project_texts(source: ElectionFile) -> tuple[list[str], list[dict[str, str]]]:
    """The columns of the projects, and each project's texts, in the order of the election."""
    election = source.election
    rows = []
    for project in election.projects:
        published = dict(source.columns.get(project.id, {}))
        own = {
            "project_id": project.id,
            "cost": write_amount(project.cost, election.minor_digits),
            "name": project.name if project.name != project.id else published.get("name", ""),
            "category": published.get("category") or ",".join(project.categories),
            "district": project.district,
        }
        if source.selected is not None:
            own["selected"] = published.get("selected") or str(source.selected.get(project.id, 0))
        rows.append({**published, **own})
    return _columns(rows), rows


def _columns(rows: list[dict[str, str]]) -> list[str]:
    """Every column that says something, the mandatory ones first."""
    named = dict.fromkeys(["project_id", "cost", *(name for row in rows for name in row)])
    return [
        name
        for name in named
        if name in ("project_id", "cost", "selected") or any(row.get(name) for row in rows)
    ]


def _number(limit: int | None) -> str:
    return str(limit) if limit else ""
