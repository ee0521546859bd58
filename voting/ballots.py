"""Is this a valid ballot of this box? The one place that decides, on the way in and on the way out.

A plain ballot is canonical JSON `{"choices": …, "v": 1}`. An open envelope is 32 secret random
bytes, so that its public hash cannot be guessed, and the ballot padded with zero bytes to the
box's size, so that its length tells nothing. In sealed rounds it has a nonce besides, and one
size in every box of the round.
"""

import secrets
from collections.abc import Mapping
from typing import Any

import tallying.errors
from tallying.ballots import Reason, ReasonCode, check
from tallying.ballots import canonical as canonical_choices
from tallying.election import LARGEST_AMOUNT, BallotStyle, Election
from tallying.evidence import canonical, envelopes
from tallying.sealing.seal import NONCE_BYTES
from voting.errors import InvalidBallot

PADDING_BLOCK = 256
MALFORMED = Reason(ReasonCode.MALFORMED)

Choices = list[Any]
"""Project ids, or pairs of an id and points, in canonical order."""


def encode(style: BallotStyle, choices: Choices) -> bytes:
    """The plain ballot, as a page or a command hands it to the box; not checked."""
    return canonical.dumps({"choices": canonical_choices(style, choices), "v": envelopes.VERSION})


def parse(election: Election, body: bytes) -> Choices:
    """Read and check a plain ballot; raises `InvalidBallot` with every reason found."""
    try:
        choices = envelopes.read_ballot(body)
    except tallying.errors.InvalidBallot as error:
        raise InvalidBallot([MALFORMED]) from error
    reasons = check(election, choices)
    if reasons:
        raise InvalidBallot(reasons)
    return canonical_choices(election.style, choices)


def envelope(body: bytes, ballot_size: int) -> bytes:
    """A fresh open envelope around a plain ballot of at most `ballot_size` bytes."""
    if len(body) > ballot_size:
        raise InvalidBallot([Reason("too_large", None, ballot_size)])
    return secrets.token_bytes(envelopes.RANDOM_BYTES) + body.ljust(ballot_size, b"\0")


def padded_sizes(elections: Mapping[str, Election], *, sealed: bool) -> dict[str, int]:
    """Bytes of a padded ballot of each box; in sealed rounds all boxes have the largest."""
    sizes = {box_id: padded_size(found, sealed=sealed) for box_id, found in elections.items()}
    return dict.fromkeys(sizes, max(sizes.values(), default=0)) if sealed else sizes


def padded_size(election: Election, *, sealed: bool = False) -> int:
    """Bytes of the largest valid ballot of a box, rounded up to a multiple of 256."""
    limits = election.limits
    ids = sorted((project.id for project in election.projects), key=_json_length, reverse=True)
    largest: Choices = ids[: limits.max_length] if limits.max_length else ids
    if election.style.graded:
        most = limits.max_score or limits.max_points or LARGEST_AMOUNT
        largest = [[name, most] for name in largest]
    body = {"choices": largest, "v": envelopes.VERSION}
    if sealed:
        body["nonce"] = canonical.b64u(bytes(NONCE_BYTES))
    return -(-len(canonical.dumps(body)) // PADDING_BLOCK) * PADDING_BLOCK


def _json_length(name: str) -> int:
    return len(canonical.dumps(name))
