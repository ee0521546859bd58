"""V20: the auditors' canaries came through both layers unaltered, and none was counted."""

from collections import Counter

from tallying.errors import InvalidBundle
from tallying.evidence import canonical, opened
from tallying.evidence.canaries import Canary, Fate, NoCanary, take_out
from tallying.evidence.checks.check import Check, Failed, Skipped
from tallying.evidence.checks.evidence import Evidence, Json, field, whole

COMMIT, OPEN = "canary.commit", "canary.open"


def v20(evidence: Evidence) -> str:
    """Committed to before a layer was opened, opened after the last, found with the same choices."""
    if evidence.seal is None:
        raise Skipped("the ballots of an open round have no layers")
    commitments, stated = _commitments(evidence), _stated(evidence)
    if not commitments and not stated:
        _no_canaries(evidence)
        raise Skipped("the auditors cast no canaries in this round")
    _in_order(evidence)
    canaries = _fitting(commitments, stated)
    _same_file(evidence, stated)
    _reconciled(evidence, stated)
    if not evidence.bundle.is_public:
        _come_out(evidence, canaries, stated)
    return _told(commitments, stated)


def _told(commitments: Counter[str], stated: list[Json]) -> str:
    found = sum(item["found"] for item in stated)
    told = f"{found} of {commitments.total()} canaries came out as they were sealed"
    lost = len(stated) - found
    unopened = commitments.total() - len(stated)
    if lost:
        told += f"; {lost} did not: altered, dropped, or never cast; ask the auditors"
    return told + (f"; {unopened} were never opened" if unopened else "")


def _commitments(evidence: Evidence) -> Counter[str]:
    found: Counter[str] = Counter()
    for _, entry in evidence.by_type.get(COMMIT, []):
        stated = field(entry, "commitments", COMMIT)
        if not isinstance(stated, list):
            raise Failed("The log's canary.commit holds no list of commitments.")
        found.update(map(str, stated))
    if found and max(found.values()) > 1:
        raise Failed("The log commits to a canary twice.")
    return found


def _stated(evidence: Evidence) -> list[Json]:
    """The openings as the log has them."""
    found: list[Json] = []
    for _, entry in evidence.by_type.get(OPEN, []):
        for item in field(entry, "canaries", OPEN):
            if type(field(item, "found", OPEN)) is not bool:
                raise Failed("The log does not say whether a canary was found.")
            found.append(item)
    return found


def _in_order(evidence: Evidence) -> None:
    layers = [position for position, _ in evidence.by_type.get("layer", [])]
    if not layers:
        raise Failed("The log has canaries and no opened layer.")
    if any(position > min(layers) for position, _ in evidence.by_type.get(COMMIT, [])):
        raise Failed("A canary was committed to after a layer was opened.")
    if any(position < max(layers) for position, _ in evidence.by_type.get(OPEN, [])):
        raise Failed("A canary was opened before the last layer.")
    counted = [position for position, _ in evidence.by_type.get("tally.input", [])]
    if counted and any(place > min(counted) for place, _ in evidence.by_type.get(OPEN, [])):
        raise Failed("A canary was opened after counting began.")


def _fitting(commitments: Counter[str], stated: list[Json]) -> list[Canary]:
    """Each opening is of one commitment, and of no other opening's."""
    fitting: list[Canary] = []
    places: set[tuple[str, str]] = set()
    for item in stated:
        try:
            canary = Canary.from_json(item)
        except NoCanary as error:
            raise Failed(f"The log opens a canary that cannot be read: {error}") from error
        if canary.commitment not in commitments or (canary.box, canary.nonce) in places:
            raise Failed("The log opens a canary that it never committed to, or one twice.")
        places.add((canary.box, canary.nonce))
        fitting.append(canary)
    return fitting


def _same_file(evidence: Evidence, stated: list[Json]) -> None:
    held = evidence.bundle.read_json(opened.CANARIES)
    if held != {"canaries": sorted(stated, key=canonical.dumps)}:
        raise Failed(f"{opened.CANARIES} does not hold the openings of the log.")


def _reconciled(evidence: Evidence, stated: list[Json]) -> None:
    """As many ballots are canaries as were found; altered ones and copies may be more."""
    found = Counter(str(item["box"]) for item in stated if item["found"])
    for box_id, line in evidence.reconciliation.items():
        if box_id in evidence.merged:
            continue
        number = whole(line, "canaries", "reconciliation.json")
        if number < found[box_id]:
            raise Failed(f"Box {box_id} takes out {number} canaries; {found[box_id]} were found.")


def _come_out(evidence: Evidence, canaries: list[Canary], stated: list[Json]) -> None:
    """With the ballots at hand: what is called found is there, and what is not found is not."""
    bodies = opened.by_box(evidence.bundle, opened.OUT)
    told = {(item["box"], item["nonce"]): item["found"] for item in stated}
    removed: Counter[str] = Counter()
    for box_id in evidence.elections:
        of_box = [canary for canary in canaries if canary.box == box_id]
        taken = take_out(bodies.get(box_id, []), of_box)
        removed[box_id] = taken.removed
        for nonce, fate in taken.fates.items():
            if fate is Fate.ALTERED:
                raise Failed(f"A canary came out of box {box_id} with other choices.")
            if told[box_id, nonce] != (fate is Fate.FOUND):
                raise Failed(f"The log says of a canary of box {box_id} what is not so.")
    for box_id, line in evidence.reconciliation.items():
        if box_id not in evidence.merged and line.get("canaries") != removed[box_id]:
            raise Failed(f"Box {box_id} does not take out the {removed[box_id]} canaries it held.")
    _on_the_roll(evidence, stated)


def _on_the_roll(evidence: Evidence, stated: list[Json]) -> None:
    voters = evidence.roll.canaries
    cast = Counter(str(item["box"]) for item in stated if item["found"])
    for box_id, number in cast.items():
        if number > voters[box_id]:
            raise Failed(f"Box {box_id} held more canaries than the roll names there.")


def _no_canaries(evidence: Evidence) -> None:
    if opened.CANARIES in evidence.bundle.index:
        message = f"{opened.CANARIES} holds canaries that the log does not know."
        raise InvalidBundle(message)
    told = [box for box in evidence.reconciliation if box not in evidence.merged]
    for box_id in told:
        if whole(evidence.reconciliation[box_id], "canaries", "reconciliation.json"):
            raise Failed(f"Box {box_id} takes out canaries that the log does not know.")


CHECKS = (Check("V20", "canaries", v20),)
