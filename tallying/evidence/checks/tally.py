"""V22, V23, V27: the count repeated gives the published outcome; ties were settled as announced."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from tallying.errors import InvalidBundle, TallyingError
from tallying.evidence import canonical
from tallying.evidence.bundle import input_digest
from tallying.evidence.checks.check import Check, Failed, Skipped
from tallying.evidence.checks.evidence import Evidence, Json, field
from tallying.evidence.count import OUTCOME, count_bundle, has_ballots


def v22(evidence: Evidence) -> str:
    """The count, repeated, gives the published outcome; the log committed to both."""
    _logged(evidence)
    missing = [box for box in evidence.elections if not has_ballots(evidence.bundle, box)]
    if missing:
        raise Skipped(f"the ballots of box {missing[0]} are withheld in this edition")
    version = field(evidence.result, "version", OUTCOME)
    try:
        recount = count_bundle(evidence.bundle, version=version)
    except InvalidBundle:
        raise
    except TallyingError as error:
        raise Failed(f"The count cannot be repeated: {error}") from error
    if canonical.dumps(recount) != evidence.bundle.read(OUTCOME):
        raise Failed(_first_difference(recount, evidence.result))
    steps = sum(len(item["outcome"]["rounds"]) for item in recount["boxes"])
    return f"the recount gives the same outcome, in all {steps} steps"


def _logged(evidence: Evidence) -> None:
    version = field(evidence.result, "version", OUTCOME)
    digest = canonical.digest_of(evidence.bundle.read(OUTCOME))
    for kind, name, found in (
        ("tally.input", "input", input_digest(evidence.bundle)),
        ("tally.result", "outcome", digest),
    ):
        stated = [
            entry.get(name)
            for _, entry in evidence.by_type.get(kind, [])
            if entry.get("version") == version
        ]
        if stated != [found]:
            raise Failed(f"The log's {kind} is not about the {name} of this bundle.")


def _first_difference(recount: Any, published: Json) -> str:
    """Where the published outcome first departs from the recount."""
    boxes = published.get("boxes")
    if not isinstance(boxes, list) or len(boxes) != len(recount["boxes"]):
        return "The published outcome does not name each box once."
    for ours, theirs in zip(recount["boxes"], boxes, strict=True):
        if ours == theirs:
            continue
        outcome = theirs.get("outcome") if isinstance(theirs, dict) else None
        if not isinstance(outcome, dict):
            return f"The published outcome of box {ours['box']} cannot be read."
        return f"Box {ours['box']}: {_where(ours['outcome'], outcome)}"
    return "The published outcome is not what the recount gives."


def _where(ours: Json, theirs: Json) -> str:
    rounds = theirs.get("rounds")
    if isinstance(rounds, list):
        step = _first_unequal(ours["rounds"], rounds)
        if step is not None:
            return f"the recount departs from the published steps at step {step + 1}."
    if ours["funded"] != theirs.get("funded"):
        return f"the recount funds {', '.join(ours['funded']) or 'nothing'}."
    names = [name for name in ours if ours[name] != theirs.get(name)]
    return f"the recount has another {names[0] if names else 'form'}."


def _first_unequal(ours: Sequence[Any], theirs: Sequence[Any]) -> int | None:
    for step, (one, other) in enumerate(zip(ours, theirs, strict=False)):
        if one != other:
            return step
    return None if len(ours) == len(theirs) else min(len(ours), len(theirs))


def v23(evidence: Evidence) -> str:
    """Lots stood in the manifest before voting; a seed was drawn after the boxes were committed."""
    ties = field(field(evidence.manifest, "rule", "the manifest"), "ties", "the manifest")
    if not ties or ties[-1] not in ("lots", "seed"):
        raise Failed("The tie order of the manifest ends in neither lots nor a seed.")
    if "lots" in ties:
        _lots(evidence)
    if "seed" in ties:
        _seed(evidence)
    met = sum(len(item["outcome"]["ties"]) for item in _boxes(evidence))
    return f"{met} ties were met; the order is {', '.join(ties)}"


def _boxes(evidence: Evidence) -> list[Json]:
    boxes = field(evidence.result, "boxes", OUTCOME)
    for item in boxes:
        field(field(item, "outcome", OUTCOME), "ties", OUTCOME)
    return list(boxes)


def _lots(evidence: Evidence) -> None:
    lots = evidence.bundle.read_json("config/lots.json")
    if field(lots, "order", "config/lots.json") != evidence.manifest.get("lots"):
        raise Failed("The drawn lots are not those of the sealed manifest.")
    named = set(evidence.manifest.get("lots") or ())
    on_ballot = {name for election in evidence.elections.values() for name in election.index}
    if on_ballot - named:
        raise Failed("The drawn lots leave out a project of the ballot.")


def _seed(evidence: Evidence) -> None:
    drawn = evidence.bundle.read_json("seed/seed.json")
    position, entry = evidence.only("seed")
    if position < evidence.only("box.commit")[0]:
        raise Failed("The seed was drawn before the boxes were committed.")
    record = str(field(drawn, "record", "seed/seed.json")).encode()
    if field(drawn, "seed", "seed/seed.json") != entry.get("seed"):
        raise Failed("The seed is not the one that the log committed to.")
    if canonical.b64u(sha256(record).digest()) != entry.get("record_sha256"):
        raise Failed("The record of the draw is not the one that the log committed to.")


def v27(evidence: Evidence) -> str:
    """The versions of what counted are recorded."""
    path = "software/requirements.lock"
    lines = evidence.bundle.read(path).decode(errors="replace").split()
    pinned = [line for line in lines if "==" in line]
    if not pinned or len(pinned) != len(lines):
        raise Failed(f"{path} does not state one version a line.")
    return f"{len(pinned)} packages with their versions"


CHECKS = (
    Check("V22", "the recount equals the published outcome", v22),
    Check("V23", "ties and draws as announced", v23),
    Check("V27", "the versions of what counted", v27),
)
