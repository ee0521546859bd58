"""Opening an envelope of the `open` secrecy mode, and reading plain ballots of both modes.

An open envelope is 32 secret random bytes, so that its public hash cannot be guessed, and the plain
ballot, padded with zero bytes so that its length tells nothing. A plain ballot is canonical JSON
`{"choices": …, "v": 1}`; in sealed rounds it has a `nonce` besides.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from tallying.ballots import canonical as canonical_choices
from tallying.ballots import check
from tallying.election import Election
from tallying.errors import InvalidBallot
from tallying.evidence import canonical
from tallying.sealing.seal import read_plain

VERSION = 1
_NONCE_END = re.compile(rb',"nonce":"[A-Za-z0-9_-]{21}[AQgw]","v":1}\Z')
_ZERO_NONCE = b',"nonce":"%s","v":1}' % (b"A" * 22)
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
    if sealed:
        bodies = map(_without_nonce, bodies)
    return tally_bodies(election, Counter(bodies), sealed=sealed)


def tally_bodies(
    election: Election, bodies: Mapping[bytes, int], *, sealed: bool
) -> tuple[list[list[Any]], Counter[str]]:
    """`tally_ballots` for distinct plain ballots and how often each stands."""
    spoken: Counter[bytes] = Counter()
    invalid: Counter[str] = Counter()
    for body, times in bodies.items():
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


def _without_nonce(body: bytes) -> bytes:
    """A sealed ballot with the nonce zero, where it has one: then equal ballots are equal bytes.

    The quotes around it cannot be other than those of a text: before the first stand bytes that
    could not stand there after the end of a text. So whether it can be read, and as what, stays.
    """
    end = _NONCE_END.search(body)
    return body if end is None else body[: end.start()] + _ZERO_NONCE
