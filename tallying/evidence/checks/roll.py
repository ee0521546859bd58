"""V11 to V14: who voted stood on the roll, once each, and the commitments open to them."""

from collections import defaultdict
from hashlib import sha256

from tallying.errors import InvalidBundle
from tallying.evidence import canonical, merkle
from tallying.evidence.checks.check import Check, Failed
from tallying.evidence.checks.evidence import Evidence, field, whole

REVOCATIONS = "revocations.jsonl"
PERSONAL = ("at", "box", "channel", "seq", "voter_ref")


def v11(evidence: Evidence) -> str:
    """The roll's root and size are the last that the log commits to."""
    lines = evidence.bundle.lines("roll/restricted/roll.jsonl")
    stated = evidence.bundle.read_json("roll/root.json")
    found = {
        "root": canonical.b64u(merkle.root([merkle.leaf_hash(line) for line in lines])),
        "size": len(lines),
    }
    if found != stated:
        raise Failed("The roll is not the one whose root is stated.")
    commits = [
        *evidence.by_type.get("roll.commit", []),
        *evidence.by_type.get("roll.change", []),
    ]
    if not commits:
        raise Failed("The log commits to no roll.")
    position, last = max(commits, key=lambda item: item[0])
    if position > evidence.only("close")[0]:
        raise Failed("The roll was changed after the close.")
    if {"root": last.get("root"), "size": last.get("size")} != found:
        raise Failed("The roll is not the last one that the log commits to.")
    return f"{len(lines)} people on the roll, as committed"


def v12(evidence: Evidence) -> str:
    """Every cast of the log opens to who, where, when and which ballot."""
    casts = dict(evidence.by_type.get("cast", []))
    seen: set[int] = set()
    personal = [{name: opening.get(name) for name in PERSONAL} for opening in evidence.openings]
    committed = canonical.encoded_each(personal)
    for opening, content in zip(evidence.openings, committed, strict=True):
        position = whole(opening, "position", "openings.jsonl")
        entry = casts.get(position)
        if entry is None or position in seen:
            raise Failed(f"An opening names entry {position}, which is no cast or opened already.")
        seen.add(position)
        salt = _bytes(field(opening, "salt", "openings.jsonl"))
        commitment = canonical.b64u(sha256(salt + content).digest())
        if commitment != entry.get("c"):
            raise Failed(f"The cast at entry {position} does not open to what is stated.")
    if len(seen) != len(casts):
        missing = min(set(casts) - seen)
        raise Failed(f"The cast at entry {missing} is not opened.")
    return f"{len(seen)} casts open"


def v13(evidence: Evidence) -> str:
    """Every voter stands on the roll, in the box of the ballot."""
    boxes = {str(field(line, "voter_ref", "roll.jsonl")): line.get("box") for line in evidence.roll}
    if len(boxes) != len(evidence.roll):
        raise Failed("The roll names somebody twice.")
    for opening in evidence.openings:
        if boxes.get(str(opening.get("voter_ref"))) != opening.get("box"):
            position = opening.get("position")
            raise Failed(
                f"Who cast entry {position} is not on the roll of box {opening.get('box')}."
            )
    return "every voter stands on the roll, in their own district"


def v14(evidence: Evidence) -> str:
    """Each voter's ballots are numbered without a gap; the last one counts, unless it is revoked."""
    revoked = _revoked(evidence)
    ballots: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
    casts = dict(evidence.by_type.get("cast", []))
    for opening in evidence.openings:
        entry = casts.get(whole(opening, "position", "openings.jsonl"), {})
        cast = (whole(opening, "seq", "openings.jsonl"), str(opening.get("box")))
        ballots[str(opening.get("voter_ref"))].append((*cast, str(entry.get("ct"))))
    last: dict[str, dict[str, set[str]]] = {
        kind: {box: set() for box in evidence.elections} for kind in ("counted", "revoked")
    }
    for voter, cast_by in ballots.items():
        cast_by.sort()
        if [seq for seq, _, _ in cast_by] != list(range(1, len(cast_by) + 1)):
            raise Failed("A voter's ballots are not numbered from 1 without a gap.")
        _, box, ct = cast_by[-1]
        last["revoked" if voter in revoked else "counted"].setdefault(box, set()).add(ct)
    for box, expected in last["counted"].items():
        if _envelopes(evidence, box, "counted") != expected:
            raise Failed(f"Box {box} counts another ballot than each voter's last.")
    for box, expected in last["revoked"].items():
        if _envelopes(evidence, box, "revoked") != expected:
            raise Failed(f"The revoked ballots of box {box} are not those of the revocations.")
    told = f"; {len(revoked)} revocations open" if revoked else ""
    return f"{len(ballots)} people voted; the last ballot of each counts{told}"


def _envelopes(evidence: Evidence, box: str, kind: str) -> set[str]:
    return {str(item.get("ct")) for item in evidence.envelopes(box, kind)}


def _revoked(evidence: Evidence) -> set[str]:
    """Whose ballot is revoked; raises `Failed` unless each entry of the log opens to one voter."""
    entries = dict(evidence.by_type.get("revoke", []))
    revoked: dict[int, str] = {}
    for opening in evidence.revocations:
        position = whole(opening, "position", REVOCATIONS)
        personal = {name: field(opening, name, REVOCATIONS) for name in ("box", "voter_ref")}
        salt = _bytes(field(opening, "salt", REVOCATIONS))
        commitment = canonical.b64u(sha256(salt + canonical.dumps(personal)).digest())
        if commitment != entries.get(position, {}).get("c"):
            raise Failed(f"The revocation at entry {position} does not open to what is stated.")
        revoked[position] = str(personal["voter_ref"])
    if set(revoked) != set(entries) or len(set(revoked.values())) != len(evidence.revocations):
        raise Failed("The revocations do not open each entry of the log once, each for one voter.")
    return set(revoked.values())


def _bytes(text: object) -> bytes:
    try:
        return canonical.unb64u(str(text))
    except canonical.NotCanonical as error:
        message = f"openings.jsonl: {error}"
        raise InvalidBundle(message) from error


CHECKS = (
    Check("V11", "the roll is the committed one", v11, auditors_only=True),
    Check("V12", "every cast opens", v12, auditors_only=True),
    Check("V13", "every voter is on the roll", v13, auditors_only=True),
    Check("V14", "one ballot counts for each voter, the last", v14, auditors_only=True),
)
