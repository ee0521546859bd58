"""V11 to V14: who voted stood on the roll, once each, and the commitments open to them."""

from collections import defaultdict
from hashlib import sha256

from tallying.errors import InvalidBundle
from tallying.evidence import canonical
from tallying.evidence.checks.check import Check, Failed
from tallying.evidence.checks.differences import difference
from tallying.evidence.checks.evidence import Evidence, Json, field, whole
from tallying.evidence.checks.reading import ROLL

REVOCATIONS = "revocations.jsonl"


def v11(evidence: Evidence) -> str:
    """The roll's root and size are the last that the log commits to."""
    stated, roll = stated_roll(evidence), evidence.roll
    found = {"root": canonical.b64u(roll.root), "size": len(roll.voters)}
    if found != stated:
        raise Failed(difference("The roll is not the one whose root is stated", stated, found))
    return f"{len(roll.voters)} people on the roll, as committed"


def stated_roll(evidence: Evidence) -> Json:
    """Root and size that the bundle states: the last that the log commits to, or `Failed`."""
    path = "roll/root.json"
    stated: Json = evidence.bundle.read_json(path)
    commits = [
        *evidence.by_type.get("roll.commit", []),
        *evidence.by_type.get("roll.change", []),
    ]
    if not commits:
        raise Failed("The log commits to no roll.")
    position, last = max(commits, key=lambda item: item[0])
    if position > evidence.only("close")[0]:
        raise Failed("The roll was changed after the close.")
    if {"root": last.get("root"), "size": last.get("size")} != stated:
        raise Failed(f"{path} is not of the last roll that the log commits to.")
    return stated


def v12(evidence: Evidence) -> str:
    """Every cast of the log opens to who, where, when and which ballot."""
    casts = dict(zip(evidence.casts.positions, evidence.casts.c, strict=True))
    openings = evidence.openings
    seen: set[int] = set()
    for position, commitment in zip(openings.positions, openings.commitments, strict=True):
        entry = _whole(position)
        if entry not in casts or entry in seen:
            raise Failed(
                f"An opening names entry index {entry}, which is no cast or opened already."
            )
        seen.add(entry)
        if commitment is None or commitment != casts[entry]:
            raise Failed(f"The cast at entry index {entry} does not open to what is stated.")
    if len(seen) != len(casts):
        missing = min(set(casts) - seen)
        raise Failed(f"The cast at entry index {missing} is not opened.")
    return f"{len(seen)} casts open"


def v13(evidence: Evidence) -> str:
    """Every voter stands on the roll, in the box of the ballot."""
    roll, openings = evidence.roll, evidence.openings
    boxes = dict(zip(map(str, roll.voters), roll.boxes, strict=True))
    if len(boxes) != len(roll.voters):
        first: dict[object, int] = {}
        names = enumerate(map(str, roll.voters), start=1)
        line = next(number for number, name in names if first.setdefault(name, number) != number)
        raise Failed(f"The roll names somebody twice: {ROLL}, line {line}.")
    found = zip(openings.voters, openings.boxes, openings.positions, strict=True)
    for voter, box, position in found:
        if boxes.get(str(voter)) != box:
            raise Failed(f"Who cast entry index {position} is not on the roll of box {box}.")
    return "every voter stands on the roll, in their own district"


def v14(evidence: Evidence) -> str:
    """Each voter's ballots are numbered without a gap; the last one counts, unless it is revoked."""
    revoked, openings = _revoked(evidence), evidence.openings
    ct = dict(zip(evidence.casts.positions, evidence.casts.ct, strict=True))
    last: dict[str, dict[str, set[str]]] = {
        kind: {box: set() for box in evidence.elections} for kind in ("counted", "revoked")
    }
    voters = _last_casts(evidence)
    for voter, place in voters.items():
        box, position = str(openings.boxes[place]), _whole(openings.positions[place])
        kind = "revoked" if voter in revoked else "counted"
        last[kind].setdefault(box, set()).add(ct.get(position, ""))
    for box, expected in last["counted"].items():
        what = f"Box {box} counts another ballot than each voter's last"
        _same(evidence, _envelopes(evidence, box, "counted"), expected, what)
    for box, expected in last["revoked"].items():
        what = f"The revoked ballots of box {box} are not those of the revocations"
        _same(evidence, _envelopes(evidence, box, "revoked"), expected, what)
    told = f"; {len(revoked)} revocations open" if revoked else ""
    return f"{len(voters)} people voted; the last ballot of each counts{told}"


def _same(evidence: Evidence, found: set[str], expected: set[str], what: str) -> None:
    """Raise `Failed` unless both are the same envelopes, naming where in the log one stands."""
    if found == expected:
        return
    differing = found ^ expected
    for ct, position in zip(evidence.casts.ct, evidence.casts.positions, strict=True):
        if ct in differing:
            told = "is missing" if ct in expected else "is too many"
            raise Failed(f"{what}: that of entry index {position} {told}.")
    raise Failed(f"{what}: one is of no cast.")


def _last_casts(evidence: Evidence) -> dict[str, int]:
    """Where each voter's last opening stands; raises `Failed` unless they are numbered from 1."""
    openings = evidence.openings
    last: dict[str, int] = {}
    again: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for place, (voter, seq) in enumerate(
        zip(map(str, openings.voters), openings.seqs, strict=True)
    ):
        # Most people vote once: only the others cost a list.
        if seq == 1 and voter not in last:
            last[voter] = place
        else:
            again[voter].append((_whole(seq), place))
    for voter, later in again.items():
        later.sort()
        if voter not in last or [seq for seq, _ in later] != list(range(2, len(later) + 2)):
            position = openings.positions[later[0][1]]
            raise Failed(
                "A voter's ballots are not numbered from 1 without a gap: "
                f"the number of the one at entry index {position}."
            )
        last[voter] = later[-1][1]
    return last


def _envelopes(evidence: Evidence, box: str, kind: str) -> set[str]:
    return set(map(str, evidence.envelopes(box, kind).ct))


def _whole(value: object) -> int:
    if type(value) is not int:
        message = "openings.jsonl: a position or a number of a ballot is not whole."
        raise InvalidBundle(message)
    return value


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
            raise Failed(
                f"The revocation at entry index {position} does not open to what is stated."
            )
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
    Check("V11", "the roll is the committed one", v11, True, stated_roll),
    Check("V12", "every cast opens", v12, auditors_only=True),
    Check("V13", "every voter is on the roll", v13, auditors_only=True),
    Check("V14", "one ballot counts for each voter, the last", v14, auditors_only=True),
)
