"""V04 to V10 and V17: the log is whole, signed, consistent, and says what the rules allow."""

import re
from datetime import datetime
from itertools import pairwise
from typing import Any

from tallying.errors import InvalidBundle
from tallying.evidence import merkle
from tallying.evidence.checks.check import Check, Failed, later
from tallying.evidence.checks.evidence import Evidence, field
from tallying.evidence.trust import named

TWO_OFFICIALS = ("open", "close", "seed", "tally.input", "incident")
ORDER = ("round.config", "roll.commit", "open", "close", "box.commit")
KNOWN = {*TWO_OFFICIALS, *ORDER, "roll.change", "cast", "tally.result"}
HISTORY = "log/history/"
MOST_ENTRY_BYTES = 65_535
TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", re.ASCII)


def v04(evidence: Evidence) -> str:
    """The Merkle root over the entries is the checkpoint's."""
    checkpoint, leaves = evidence.checkpoint, evidence.leaves
    if len(leaves) != checkpoint.size:
        raise Failed(f"The log has {len(leaves)} entries; the checkpoint says {checkpoint.size}.")
    if merkle.root(leaves) != checkpoint.root:
        raise Failed("The root over the entries is not the one that the checkpoint signs.")
    if len(set(leaves)) != len(leaves):
        raise Failed("An entry stands twice in the log.")
    if evidence.longest_entry > MOST_ENTRY_BYTES:
        raise Failed(f"An entry is above {MOST_ENTRY_BYTES} bytes.")
    return f"{checkpoint.size} entries give the signed root"


def v05(evidence: Evidence) -> str:
    """The checkpoint is signed by the log's key and names the round's log."""
    checkpoint = evidence.checkpoint
    _, config = evidence.only("round.config")
    if checkpoint.origin != config.get("origin"):
        raise Failed(f"The checkpoint is of the log {checkpoint.origin}, not of this round's.")
    return f"signed by {named(evidence.policy.log)} at {checkpoint.size} entries"


def v07(evidence: Evidence) -> str:
    """Every checkpoint signed on the way is of the same log."""
    paths = [name for name in evidence.bundle.index if name.startswith(HISTORY)]
    read_node = merkle.nodes_of(evidence.leaves)
    for path in sorted(paths):
        checkpoint = evidence.open_checkpoint(path)
        if checkpoint.origin != evidence.checkpoint.origin:
            raise Failed(f"{path} is of another log.")
        if checkpoint.size > len(evidence.leaves):
            raise Failed(f"{path} knows more entries than the log has.")
        if merkle.root_at(checkpoint.size, read_node) != checkpoint.root:
            raise Failed(f"{path} signs another beginning of the log.")
    return f"{len(paths)} checkpoints are beginnings of this log"


def v09(evidence: Evidence) -> str:
    """One `round.config`, the first entry, before `open`, of this manifest and these keys."""
    position, config = evidence.only("round.config")
    if position != 0:
        raise Failed("round.config is not the first entry of the log.")
    if config.get("manifest") != evidence.manifest_digest:
        raise Failed("The manifest is not the one that the log's first entry commits to.")
    for role in ("log", "receipt"):
        if config.get(role) not in {key.text for key in getattr(evidence.policy, role)}:
            raise Failed(f"The {role} key of the policy is not the one that was announced.")
    positions = [evidence.only(kind)[0] for kind in ORDER]
    if any(first >= second for first, second in pairwise(positions)):
        raise Failed(f"The acts do not stand in their order: {', '.join(ORDER)}.")
    foreign = [n for n, entry in enumerate(evidence.entries) if entry.get("r") != evidence.round_id]
    if foreign:
        raise Failed(f"Entry {foreign[0]} belongs to another round.")
    unknown = sorted(set(evidence.by_type) - KNOWN)
    if unknown:
        raise Failed(f"The log has entries {unknown[0]}, which this verifier cannot judge.")
    return "the manifest was fixed before voting opened"


def v10(evidence: Evidence) -> str:
    """The acts that need one name a second official, another than the first."""
    acts = 0
    for kind in TWO_OFFICIALS:
        for position, entry in evidence.by_type.get(kind, []):
            officials = entry.get("by")
            if not _two_names(officials):
                raise Failed(f"The act {kind} (entry {position}) names no second official.")
            acts += 1
    return f"{acts} acts carry two officials each"


def _two_names(officials: object) -> bool:
    return (
        isinstance(officials, list)
        and all(isinstance(name, str) and name for name in officials)
        and len(set(officials)) > 1
    )


def v17(evidence: Evidence) -> str:
    """Every cast stands between `open` and `close`, and within the manifest's dates."""
    opened, closed = evidence.only("open")[0], evidence.only("close")[0]
    casts = evidence.by_type.get("cast", [])
    outside = [position for position, _ in casts if not opened < position < closed]
    if outside:
        raise Failed(f"The cast at entry {outside[0]} stands outside of open and close.")
    opens = _time(evidence.manifest, "opens", "The manifest")
    closes = _time(evidence.manifest, "closes", "The manifest")
    if _time(evidence.only("close")[1], "at", "The entry close") < closes:
        raise Failed("Voting was closed before the time that the manifest announces.")
    if evidence.bundle.is_public:
        return f"{len(casts)} casts stand between open and close"
    for opening in evidence.openings:
        if not opens <= _time(opening, "at", "An opening") < closes:
            raise Failed(f"The ballot at entry {opening.get('position')} was cast out of time.")
    return f"{len(casts)} casts stand between open and close, each within the dates"


def _time(value: dict[str, Any], name: str, where: str) -> datetime:
    text = str(field(value, name, where))
    try:
        return _moment(text)
    except ValueError as error:
        message = f"{where} has a time that cannot be read: {text[:40]!r}."
        raise InvalidBundle(message) from error


def _moment(text: str) -> datetime:
    if not TIME.fullmatch(text):
        raise ValueError(text)
    return datetime.fromisoformat(text)


CHECKS = (
    Check("V04", "the root over the entries is the checkpoint's", v04),
    Check("V05", "the checkpoint is signed by the log's key", v05),
    later("V06", "the witnesses' quorum", "no witness signs this log yet"),
    Check("V07", "earlier checkpoints are of the same log", v07),
    later("V08", "time stamps", "reserved"),
    Check("V09", "one manifest, fixed before voting opened", v09),
    Check("V10", "a second official on the acts that need one", v10),
    Check("V17", "every cast between open and close", v17),
)
