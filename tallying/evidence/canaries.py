"""Canaries: test ballots that only the auditors know, and what finding them again shows.

Their commitments are logged before the first layer is opened, their contents after the last one.
Who alters m of a box's N ballots without knowing the K canaries among them is found with the
probability 1 − (1 − m/N)^K. The format is described in `docs/formats/sealed.md`.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any, Self

from tallying.ballots import canonical as canonical_choices
from tallying.ballots import check
from tallying.election import BallotStyle, Election
from tallying.errors import InvalidBallot, TallyingError
from tallying.evidence import canonical
from tallying.sealing.seal import NONCE_BYTES, read_plain

TRIES = 1000
"""Of drawing a valid ballot at random, before giving up."""

Json = dict[str, Any]


class NoCanary(TallyingError):
    """No canary can be made or read; the message says why."""


class Fate(StrEnum):
    """What became of a canary between the voter's device and the last layer."""

    FOUND = "found"
    ALTERED = "altered"
    """A ballot with its nonce came out, with other choices."""
    MISSING = "missing"
    """No ballot with its nonce came out: it was dropped, or never cast, or replaced by its voter."""


@dataclass(frozen=True)
class Canary:
    """One test ballot: its box, canonical choices, and 16 random bytes in base64url."""

    box: str
    choices: list[Any]
    nonce: str

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """Read `{"box", "choices", "nonce"}`, further fields ignored; raises `NoCanary`."""
        if not isinstance(value, Mapping):
            raise NoCanary("A canary is an object with box, choices and nonce.")
        box, choices, nonce = (value.get(name) for name in ("box", "choices", "nonce"))
        try:
            fits = len(canonical.unb64u(str(nonce))) == NONCE_BYTES
        except canonical.NotCanonical:
            fits = False
        if not (fits and isinstance(box, str) and isinstance(choices, list)):
            raise NoCanary("A canary has a box, choices and a nonce of 16 bytes in base64url.")
        return cls(box, choices, str(nonce))

    @property
    def commitment(self) -> str:
        """SHA-256 of the canonical JSON of box, choices and nonce, in base64url."""
        return canonical.digest(asdict(self))


@dataclass(frozen=True)
class Taken:
    """A box after its canaries are taken out: the voters' ballots, and each nonce's fate.

    `removed` ballots had the nonce of a canary: found or altered ones, and copies of them.
    """

    bodies: list[bytes]
    fates: dict[str, Fate]
    removed: int


def take_out(bodies: Iterable[bytes], canaries: Sequence[Canary]) -> Taken:
    """Take the canaries of a box out of its plain ballots, by their nonces.

    An altered canary is taken out too: whatever became of it, it is nobody's ballot.
    """
    by_nonce = {canary.nonce: canary for canary in canaries}
    fates = dict.fromkeys(by_nonce, Fate.MISSING)
    kept: list[bytes] = []
    removed = 0
    for body in bodies:
        choices, nonce = _read(body)
        canary = by_nonce.get(nonce)
        if canary is None:
            kept.append(body)
            continue
        removed += 1
        if fates[nonce] is not Fate.ALTERED:
            fates[nonce] = Fate.FOUND if choices == canary.choices else Fate.ALTERED
    return Taken(kept, fates, removed)


def _read(body: bytes) -> tuple[Any, str]:
    """Choices and nonce of a plain ballot; an empty nonce where it cannot be read."""
    try:
        choices, nonce = read_plain(body)
    except InvalidBallot:
        return None, ""
    return choices, canonical.b64u(nonce)


def make(election: Election, box_id: str) -> Canary:
    """A valid ballot of the box, drawn at random, with a fresh nonce; raises `NoCanary`.

    The ballots of a round are no uniform draw, so a canary looks like a rare ballot; but nobody
    sees it before the last layer is opened.
    """
    for _ in range(TRIES):
        choices = canonical_choices(election.style, _draw(election))
        if choices and not check(election, choices):
            return Canary(box_id, choices, canonical.b64u(secrets.token_bytes(NONCE_BYTES)))
    raise NoCanary(f"No valid ballot of the box {box_id} was found at random.")


def _draw(election: Election) -> list[Any]:
    """Choices that may break a limit of the ballot."""
    limits, chance = election.limits, secrets.SystemRandom()
    ids = [project.id for project in election.projects]
    longest = min(len(ids), limits.max_length or len(ids))
    if not longest:
        return []
    chosen = chance.sample(ids, chance.randint(min(max(1, limits.min_length), longest), longest))
    if not election.style.graded:
        return chosen
    if election.style is BallotStyle.POINTS and limits.max_points is not None:
        return _split(chosen, limits.max_points)
    return [[name, chance.randint(1, limits.max_score or 10)] for name in chosen]


def _split(chosen: list[str], points: int) -> list[Any]:
    """All points over the first of the chosen projects, at least one for each."""
    chance = secrets.SystemRandom()
    names = chosen[: max(1, points)]
    cuts = sorted(chance.sample(range(1, points), len(names) - 1)) if points > 1 else []
    bounds = [0, *cuts, points]
    return [[name, bounds[n + 1] - bounds[n]] for n, name in enumerate(names)]


def detection(altered: int, ballots: int, canaries: int) -> Fraction:
    """The probability 1 − (1 − m/N)^K that at least one of K canaries is among m altered of N.

    `ballots` holds the canaries too. Raises `ValueError` on numbers that no box has.
    """
    if not 0 <= altered <= ballots or ballots < 1 or not 0 <= canaries <= ballots:
        message = f"{altered} of {ballots} ballots cannot be altered among {canaries} canaries."
        raise ValueError(message)
    return 1 - (1 - Fraction(altered, ballots)) ** canaries


def altered_at_least(outcome: Mapping[str, Any]) -> int | None:
    """How many ballots must be altered to give the nearest unfunded project the votes it lacked.

    An altered ballot adds one vote to it and takes one from another, so half of the missing votes
    suffice. None where the outcome states no exact number of votes.
    """
    lacking = [item for item in outcome["margins"] if item["more"]]
    if not lacking or not all(item["exact"] and item["unit"] == "votes" for item in lacking):
        return None
    nearest: int = min(item["more"] for item in lacking)
    return -(-nearest // 2)
