"""The plain ballots of a box as the auditor edition holds them, whatever the secrecy mode.

An open round's stand in its counted envelopes. A sealed round's are what the inner layer gave,
without the auditors' canaries.
"""

from collections.abc import Iterator

from tallying.errors import InvalidBallot, InvalidBundle
from tallying.evidence import canonical
from tallying.evidence.bundle import Bundle
from tallying.evidence.envelopes import open_envelope
from tallying.evidence.tables import stage
from tallying.sealing.seal import read_plain

OUT = "layers/restricted/out.jsonl"
CANARIES = "canary/openings.json"


def is_opened(bundle: Bundle, box_id: str) -> bool:
    """Whether this edition holds what the plain ballots of a box are read from."""
    return OUT in bundle or counted(box_id) in bundle


def report_path(bundle: Bundle, layer: str) -> str:
    """Where the report of a layer stands: for auditors alone, where a small box hides its numbers."""
    restricted = f"layers/restricted/{layer}.json"
    return restricted if restricted in bundle.index else f"layers/{layer}.json"


def counted(box_id: str) -> str:
    """Where the counted envelopes of a box stand."""
    return f"box/{box_id}/restricted/counted.jsonl"


def bodies(bundle: Bundle, box_id: str) -> list[bytes]:
    """The plain ballots of a box; raises `InvalidBundle`."""
    if OUT in bundle:
        return list(_without_canaries(bundle, box_id))
    path = counted(box_id)
    try:
        return [
            open_envelope(canonical.unb64u(item["envelope"])) for item in bundle.read_lines(path)
        ]
    except (KeyError, TypeError, canonical.NotCanonical) as error:
        message = f"{path} is not a list of envelopes: {error}"
        raise InvalidBundle(message) from error


def by_box(bundle: Bundle, path: str) -> dict[str, list[bytes]]:
    """The items of a stage, box by box in their order; raises `InvalidBundle`."""
    return bundle.kept(path, stage.items).value


def _without_canaries(bundle: Bundle, box_id: str) -> Iterator[bytes]:
    nonces = {
        item["nonce"]
        for item in (bundle.read_json(CANARIES)["canaries"] if CANARIES in bundle else ())
        if item["box"] == box_id
    }
    for body in by_box(bundle, OUT).get(box_id, []):
        if not nonces or _nonce(body) not in nonces:
            yield body


def _nonce(body: bytes) -> str | None:
    """The nonce of a sealed plain ballot in base64url; nothing when it cannot be read."""
    try:
        return canonical.b64u(read_plain(body)[1])
    except InvalidBallot:
        return None
