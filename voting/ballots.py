"""Is this a valid ballot of this box? The one place that decides, on the way in and on the way out.

A plain ballot is canonical JSON `{"choices": …, "v": 1}`. An open envelope is 32 secret random
bytes, so that its public hash cannot be guessed, and the ballot padded with zero bytes to the
box's size, so that its length tells nothing.
"""

import secrets
from typing import Any

from tallying.ballots import Reason, ReasonCode, check
from tallying.ballots import canonical as canonical_choices
from tallying.election import LARGEST_AMOUNT, BallotStyle, Election
from tallying.evidence import canonical
from voting.errors import InvalidBallot

VERSION = 1
RANDOM_BYTES = 32
PADDING_BLOCK = 256
MALFORMED = Reason(ReasonCode.MALFORMED)

Choices = list[Any]
"""Project ids, or pairs of an id and points, in canonical order."""


def encode(style: BallotStyle, choices: Choices) -> bytes:
    """The plain ballot, as a page or a command hands it to the box; not checked."""
    return canonical.dumps({"choices": canonical_choices(style, choices), "v": VERSION})


def parse(election: Election, body: bytes) -> Choices:
    """Read and check a plain ballot; raises `InvalidBallot` with every reason found."""
    choices = _read(body)
    reasons = check(election, choices)
    if reasons:
        raise InvalidBallot(reasons)
    return canonical_choices(election.style, choices)


def envelope(body: bytes, ballot_size: int) -> bytes:
    """A fresh open envelope around a plain ballot of at most `ballot_size` bytes."""
    if len(body) > ballot_size:
        raise InvalidBallot([Reason("too_large", None, ballot_size)])
    return secrets.token_bytes(RANDOM_BYTES) + body.ljust(ballot_size, b"\0")


def open_envelope(content: bytes) -> bytes:
    """The plain ballot inside an open envelope."""
    return content[RANDOM_BYTES:].rstrip(b"\0")


def padded_size(election: Election) -> int:
    """Bytes of the largest valid ballot of a box, rounded up to a multiple of 256."""
    limits = election.limits
    ids = sorted((project.id for project in election.projects), key=_json_length, reverse=True)
    largest: Choices = ids[: limits.max_length] if limits.max_length else ids
    if election.style.graded:
        most = limits.max_score or limits.max_points or LARGEST_AMOUNT
        largest = [[name, most] for name in largest]
    length = len(canonical.dumps({"choices": largest, "v": VERSION}))
    return -(-length // PADDING_BLOCK) * PADDING_BLOCK


def _json_length(name: str) -> int:
    return len(canonical.dumps(name))


def _read(body: bytes) -> Any:
    try:
        value = canonical.loads(body)
    except (ValueError, RecursionError) as error:
        raise InvalidBallot([MALFORMED]) from error
    if not isinstance(value, dict) or set(value) != {"choices", "v"}:
        raise InvalidBallot([MALFORMED])
    if type(value["v"]) is not int or value["v"] != VERSION:
        raise InvalidBallot([MALFORMED])
    return value["choices"]
