"""Putting an accepted ballot into its envelope, in memory only."""

import secrets

from tallying.ballots import Reason
from tallying.sealing.seal import NONCE_BYTES, plain_ballot, seal_ballot
from voting import ballots
from voting.errors import InvalidBallot
from voting.manifest import Manifest

WRONG_SIZE = "envelope_size"
"""The code of the reason for an envelope that this round cannot have."""


def enclose(manifest: Manifest, box_id: str, body: bytes, *, sealed: bool) -> bytes:
    """The envelope of a ballot of `box_id`; raises `InvalidBallot` with every reason found.

    `body` is the plain ballot, or with `sealed` an envelope that the voter's browser has made:
    of that no more than its length can be judged here.
    """
    seal = manifest.seal
    if sealed:
        if seal is None or len(body) != seal.envelope_size:
            raise InvalidBallot([Reason(WRONG_SIZE)])
        return body
    choices = ballots.parse(manifest.elections[box_id], body)
    if seal is None:
        return ballots.envelope(body, manifest.ballot_sizes[box_id])
    return seal_ballot(
        plain_ballot(choices, secrets.token_bytes(NONCE_BYTES)),
        size=seal.size,
        round_id=manifest.round,
        box_id=box_id,
        keys=seal.keys,
    )
