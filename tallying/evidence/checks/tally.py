"""V22, V23, V27: the count repeated gives the published outcome; ties were settled as announced."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from tallying.errors import InvalidBundle, TallyingError
from tallying.evidence import canonical
from tallying.evidence.bundle import Bundle, input_digest
from tallying.evidence.checks.check import Check, Failed, Skipped
from tallying.evidence.checks.differences import difference
from tallying.evidence.checks.evidence import Evidence, Json, field
from tallying.evidence.checks.outcomes import agrees_with_itself
from tallying.evidence.count import OUTCOME, SCHEMA, Terms, count_box, has_ballots


def v22(evidence: Evidence) -> str:
    """The count, repeated, gives the published outcome; the log committed to both."""
    _logged(evidence)
    terms = Terms.read(evidence.bundle)
    outcomes = _outcomes(evidence)
    if not evidence.recount:
        agrees_with_itself(evidence, outcomes)
        raise Skipped("no recount was asked for (--no-recount)", expected=False)
    withheld = [box for box in terms.elections if not has_ballots(evidence.bundle, box)]
    steps = sum(
        _recount(evidence.bundle, terms, box_id, outcomes[box_id])
        for box_id in terms.elections
        if box_id not in withheld
    )
    agrees_with_itself(evidence, outcomes)
    recounted = len(outcomes) - len(withheld)
    if withheld:
        names = ", ".join(withheld[:3]) + (" …" if withheld[3:] else "")
        same = f"{recounted} of {len(outcomes)} boxes recounted, with the same outcome; "
        raise Skipped(
            f"{same if recounted else ''}the ballots of {names} are withheld in this edition"
        )
    return f"the recount of {recounted} boxes gives the same outcome, in all {steps} steps"


def _recount(bundle: Bundle, terms: Terms, box_id: str, published: Json) -> int:
    """How many steps the count of a box takes; raises `Failed` where it departs."""
    try:
        ours = count_box(bundle, terms, box_id)
    except InvalidBundle:
        raise
    except TallyingError as error:
        raise Failed(f"Box {box_id}: the count cannot be repeated: {error}") from error
    if canonical.dumps(ours) != canonical.dumps(published):
        raise Failed(f"Box {box_id}: {_where(ours, published)}")
    return len(ours["rounds"])


def _outcomes(evidence: Evidence) -> dict[str, Json]:
    """The published outcomes by box; raises `Failed` unless they are of this round's boxes."""
    result = evidence.result
    about = (result.get("schema"), result.get("round"), set(result))
    if about != (SCHEMA, evidence.round_id, {"schema", "round", "version", "boxes"}):
        raise Failed("The published result is not one of this round.")
    boxes = field(result, "boxes", OUTCOME)
    named = [field(item, "box", OUTCOME) for item in boxes]
    if named != list(evidence.elections) or any(set(item) != {"box", "outcome"} for item in boxes):
        raise Failed("The published result does not name each box once, in the ballot's order.")
    outcomes = {item["box"]: item["outcome"] for item in boxes}
    for box_id, outcome in outcomes.items():
        if not isinstance(outcome, dict):
            raise Failed(f"Box {box_id}: the published outcome cannot be read.")
    return outcomes


def _logged(evidence: Evidence) -> None:
    """The log names this input and this outcome, once each, in that order after the close."""
    version = field(evidence.result, "version", OUTCOME)
    digest = canonical.digest_of(evidence.bundle.read(OUTCOME))
    places = [evidence.only("box.commit")[0]]
    for kind, name, found in (
        ("tally.input", "input", input_digest(evidence.bundle)),
        ("tally.result", "outcome", digest),
    ):
        stated = [
            (position, entry.get(name))
            for position, entry in evidence.by_type.get(kind, [])
            if entry.get("version") == version
        ]
        logged = [value for _, value in stated]
        if logged != [found]:
            what = f"The log's {kind} is not about the {name} of this bundle"
            raise Failed(difference(what, found, logged[0] if len(logged) == 1 else logged))
        places.append(stated[0][0])
    if places != sorted(places):
        raise Failed("The log names the outcome before what was counted.")


def _where(ours: Json, theirs: Json) -> str:
    rounds = theirs.get("rounds")
    if isinstance(rounds, list):
        step = _first_unequal(ours["rounds"], rounds)
        if step is not None:
            return f"the recount departs from the published steps at step {step + 1}."
    return difference("", ours, theirs)


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
    met = sum(len(field(outcome, "ties", OUTCOME)) for outcome in _outcomes(evidence).values())
    return f"{met} ties were met; the order is {', '.join(ties)}"


def _lots(evidence: Evidence) -> None:
    lots = evidence.bundle.read_json("config/lots.json")
    if field(lots, "order", "config/lots.json") != evidence.manifest.get("lots"):
        raise Failed("The drawn lots are not those of the sealed manifest.")
    announced = evidence.manifest.get("lots_record") or ""
    if field(lots, "record", "config/lots.json") != announced:
        raise Failed("The record of the lots is not the one in the sealed manifest.")
    drawn = evidence.manifest.get("lots") or ()
    on_ballot = {name for election in evidence.elections.values() for name in election.index}
    if on_ballot - set(drawn) or len(set(drawn)) != len(drawn):
        raise Failed("The drawn lots leave out a project of the ballot, or name one twice.")


def _seed(evidence: Evidence) -> None:
    drawn = evidence.bundle.read_json("seed/seed.json")
    position, entry = evidence.only("seed")
    if position < evidence.only("box.commit")[0]:
        raise Failed("The seed was drawn before the boxes were committed.")
    if position > min(place for place, _ in evidence.by_type["tally.input"]):
        raise Failed("The seed was drawn after counting began.")
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
