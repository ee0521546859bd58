"""Opening an envelope of the `open` secrecy mode, and reading plain ballots of both modes.

An open envelope is 32 secret random bytes, so that its public hash cannot be guessed, and the plain
ballot, padded with zero bytes so that its length tells nothing. A plain ballot is canonical JSON
`{"choices": …, "v": 1}`; in sealed rounds it has a `nonce` besides.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from tallying.ballots import canonical as canonical_choices
from tallying.ballots import check
from tallying.election import Election
from tallying.errors import InvalidBallot
from tallying.evidence import canonical
from tallying.sealing.seal import read_plain

VERSION = 1
RANDOM_BYTES = 32


def open_envelope(content: bytes) -> bytes:
    """The plain ballot inside an open envelope."""
    return content[RANDOM_BYTES:].rstrip(b"\0")


def read_ballot(body: bytes) -> Any:
    """What a plain ballot says is chosen, not checked further; raises `InvalidBallot`."""
    try:
        value = canonical.loads(body)
    except canonical.NotCanonical as error:
        raise InvalidBallot(str(error)) from error
    if not isinstance(value, dict) or set(value) != {"choices", "v"}:
        raise InvalidBallot("A plain ballot has the fields choices and v.")
    if type(value["v"]) is not int or value["v"] != VERSION:
        raise InvalidBallot(f"A plain ballot is of version {VERSION}.")
    return value["choices"]


def read_choices(body: bytes, *, sealed: bool) -> Any:
    """What a plain ballot of either mode chooses; raises `InvalidBallot`."""
    return read_plain(body)[0] if sealed else read_ballot(body)


def tally_ballots(
    election: Election, bodies: Iterable[bytes], *, sealed: bool
) -> tuple[list[list[Any]], Counter[str]]:
    """What plain ballots say: canonical `[choices, count]` pairs, and refusals by reason."""
    spoken: Counter[bytes] = Counter()
    invalid: Counter[str] = Counter()
    for body, times in Counter(bodies).items():
        try:
            choices = read_choices(body, sealed=sealed)
        except InvalidBallot:
            invalid["malformed"] += times
            continue
        reasons = check(election, choices)
        if reasons:
            invalid[str(reasons[0].code)] += times
        else:
            spoken[canonical.dumps(canonical_choices(election.style, choices))] += times
    return [[canonical.loads(key), count] for key, count in sorted(spoken.items())], invalid
