"""V15, V16 and V21: the numbers tie, the envelopes are the committed ones, the ballots are theirs."""

from collections import Counter
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from tallying.ballots import check as check_ballot
from tallying.election import Election
from tallying.evidence import canonical, merkle, opened
from tallying.evidence.checks.check import Check, Failed, Skipped
from tallying.evidence.checks.differences import difference
from tallying.evidence.checks.evidence import Evidence, Json, field, only_fields, whole
from tallying.evidence.count import has_ballots
from tallying.evidence.envelopes import RANDOM_BYTES, tally_ballots, tally_bodies
from tallying.evidence.suppression import committed_size
from tallying.evidence.tables.envelopes import Envelopes

NUMBERS = [
    "accepted",
    "superseded",
    "revoked",
    "not_admitted",
    "into_peel",
    "valid",
    "blank",
    "invalid",
    "undecryptable",
    "duplicates",
    "canaries",
    "paper",
    "result",
]


def v15(evidence: Evidence) -> str:
    """The equations hold, and their numbers are those of the log, the boxes and the ballots."""
    for box, line in evidence.reconciliation.items():
        only_fields(line, ("box", *NUMBERS), f"reconciliation.json, box {box}")
    only_fields(evidence.bundle.read_json("reconciliation.json"), ["boxes"], "reconciliation.json")
    numbers = {box: _numbers(line) for box, line in evidence.reconciliation.items()}
    if not evidence.bundle.is_public:
        numbers = _completed(evidence, numbers)
    for box_id, n in numbers.items():
        if "result" in n:
            _equations(box_id, n)
            _counted_numbers(evidence, box_id, n)
    return _all_casts(evidence, numbers)


def _numbers(line: Json) -> dict[str, int]:
    """The numbers that a line tells; what is suppressed is left out."""
    found = {}
    for name in NUMBERS:
        if field(line, name, "reconciliation.json") is not None:
            found[name] = whole(line, name, "reconciliation.json")
    return found


def _completed(evidence: Evidence, numbers: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    """The same with how many casts of each box were accepted and replaced, from the openings."""
    opened = Counter(map(str, evidence.openings.boxes))
    completed = {}
    for box_id, n in numbers.items():
        if n.get("accepted", opened[box_id]) != opened[box_id]:
            raise Failed(f"{opened[box_id]} casts open to box {box_id}, not {n['accepted']}.")
        replaced = len(evidence.envelopes(box_id, "superseded"))
        completed[box_id] = {"superseded": replaced, **n, "accepted": opened[box_id]}
    return completed


def _all_casts(evidence: Evidence, numbers: dict[str, dict[str, int]]) -> str:
    """Every cast of the log is accounted for; where a box hides how many, no more than those."""
    accepted = sum(n.get("accepted", n.get("into_peel", 0)) for n in numbers.values())
    hidden = sum("accepted" not in n for n in numbers.values())
    casts = len(evidence.casts)
    if accepted > casts or (accepted < casts and not hidden):
        raise Failed(f"{accepted} ballots are accounted for; the log has {casts} casts.")
    revoked = sum(n.get("revoked", 0) for n in numbers.values())
    if revoked > len(evidence.by_type.get("revoke", [])):
        raise Failed("More ballots are revoked than the log has revocations.")
    if hidden:
        return f"the numbers tie; {hidden} boxes do not say how many ballots they accepted"
    return f"{accepted} accepted ballots are accounted for in {len(numbers)} boxes"


def _equations(box_id: str, n: dict[str, int]) -> None:
    if min(n.values()) < 0:
        raise Failed(f"Box {box_id} has a negative number.")
    outside = n.get("superseded", 0) + n["revoked"] + n["not_admitted"]
    opened = n["valid"] + n["blank"] + n["invalid"]
    lost = n["undecryptable"] + n["duplicates"] + n["canaries"]
    if "accepted" in n and n["accepted"] != n["into_peel"] + outside:
        raise Failed(f"Box {box_id}: accepted is not into_peel + superseded + revoked + refused.")
    if n["into_peel"] != opened + lost:
        raise Failed(f"Box {box_id}: into_peel is not valid + blank + invalid + the others.")
    if n["result"] != n["valid"] + n["blank"] + n["paper"]:
        raise Failed(f"Box {box_id}: result is not valid + blank + paper.")


def _counted_numbers(evidence: Evidence, box_id: str, n: dict[str, int]) -> None:
    """The numbers that the files themselves give."""
    if has_ballots(evidence.bundle, box_id):
        profile = evidence.profile(box_id)
        ballots = {"all": profile.total, "blank": profile.blank}
        told = {"all": n["result"] - n["paper"], "blank": n["blank"]}
        if ballots != told:
            what = f"Box {box_id} has other numbers of ballots than the reconciliation"
            raise Failed(difference(what, told, ballots))
    refused = sum(_invalid(evidence, box_id).values())
    if refused != n["invalid"]:
        raise Failed(f"Box {box_id} lists {refused} invalid ballots, not {n['invalid']}.")
    if not evidence.bundle.is_public:
        stated = {"counted": n["into_peel"], "superseded": n["superseded"], "revoked": n["revoked"]}
        here = {kind: len(evidence.envelopes(box_id, kind)) for kind in stated}
        if here != stated:
            what = f"Box {box_id} holds other numbers of envelopes than the reconciliation"
            raise Failed(difference(what, stated, here))


def v16(evidence: Evidence) -> str:
    """The envelopes counted are those of `box.commit`, each once; all are in the log."""
    commits = {
        str(field(item, "box", "box.commit")): item
        for item in field(evidence.only("box.commit")[1], "boxes", "box.commit")
    }
    if set(commits) != set(evidence.elections):
        raise Failed("box.commit does not name each box once.")
    kept: Counter[str] = Counter()
    total = 0
    for box_id, commit in commits.items():
        counted = _true(evidence, box_id, "counted")
        kept.update(counted.ct)
        _committed(evidence, box_id, commit, counted)
        for kind in ("superseded", "revoked"):
            kept.update(_true(evidence, box_id, kind).ct)
        total += len(counted)
    logged = Counter(evidence.casts.ct)
    if dict(kept) != dict(logged):
        casts = zip(evidence.casts.ct, evidence.casts.positions, strict=True)
        place = next((place for ct, place in casts if kept[ct] != logged[ct]), None)
        told = "one is of no cast" if place is None else f"see the cast at entry index {place}"
        raise Failed(f"The envelopes are not those of the casts in the log: {told}.")
    return f"{total} counted envelopes are the committed ones"


def _committed(evidence: Evidence, box_id: str, commit: Json, counted: Envelopes) -> None:
    # The layers of a sealed round drop what stands twice, and report it.
    is_twice = evidence.seal is None and len(set(counted.ct)) != len(counted)
    if is_twice or not counted.is_sorted:
        raise Failed(f"An envelope of box {box_id} stands twice, or out of order.")
    leaves = [merkle.leaf_hash(ct) for ct in sorted(canonical.unb64u_digests(counted.ct))]
    size = committed_size(len(counted), evidence.privacy.least_cell)
    found = {"root": canonical.b64u(merkle.root(leaves)), "size": size}
    committed = {"root": commit.get("root"), "size": commit.get("size")}
    if found != committed:
        what = f"The envelopes counted in box {box_id} are not those of box.commit"
        raise Failed(difference(what, committed, found))


def _true(evidence: Evidence, box_id: str, kind: str) -> Envelopes:
    """The envelopes of a file; raises `Failed` unless their hashes are the ones stated."""
    found = evidence.envelopes(box_id, kind)
    if found.wrong:
        where = f"box/{box_id}/restricted/{kind}.jsonl, line {found.wrong}"
        raise Failed(f"{where}: the envelope is not the one that its hash names.")
    return found


def v21(evidence: Evidence) -> str:
    """Every counted envelope is a ballot of the list, blank, or listed as invalid with a reason."""
    bundle, counted = evidence.bundle, 0
    for box_id, election in evidence.elections.items():
        if not bundle.is_public:
            pairs, invalid = _opened(evidence, box_id, election)
            listed = canonical.encoded_each(pairs)
            if _list(box_id) in bundle:
                _as_listed(box_id, bundle.lines(_list(box_id)), listed)
            if box_id not in evidence.merged and _invalid(evidence, box_id) != invalid:
                what = f"The invalid ballots of box {box_id} are not those in its envelopes"
                raise Failed(difference(what, dict(invalid), dict(_invalid(evidence, box_id))))
        counted += _public_list(evidence, box_id, election)
    if bundle.is_public and not counted:
        raise Skipped("the ballots are withheld in this edition")
    return f"{counted} published ballots are valid" if counted else "every ballot is accounted for"


def _as_listed(box_id: str, found: Sequence[bytes], expected: Sequence[bytes]) -> None:
    if found != expected:
        pairs = enumerate(zip_longest(found, expected), start=1)
        line = next(number for number, (one, other) in pairs if one != other)
        where = f"{_list(box_id)}, line {line}"
        raise Failed(
            f"The ballots listed for box {box_id} are not those in its envelopes: {where}."
        )


def _list(box_id: str) -> str:
    return f"box/{box_id}/restricted/ballots.jsonl"


def _opened(
    evidence: Evidence, box_id: str, election: Election
) -> tuple[list[list[Any]], Counter[str]]:
    """What the counted envelopes say: canonical `[choices, count]` pairs, and refusals by reason."""
    seal = evidence.seal
    length = seal.envelope_size if seal else RANDOM_BYTES + evidence.ballot_size(box_id)
    counted = evidence.envelopes(box_id, "counted")
    for size in counted.sizes - {length}:
        raise Failed(f"An envelope of box {box_id} has {size} bytes, not {length}.")
    if seal is None:
        return tally_bodies(election, counted.bodies, sealed=False)
    return tally_ballots(election, opened.bodies(evidence.bundle, box_id), sealed=True)


def _public_list(evidence: Evidence, box_id: str, election: Election) -> int:
    """How many ballots the public file holds; it holds the same as the auditors' list."""
    bundle = evidence.bundle
    if f"box/{box_id}/ballots.pb" not in bundle:
        return 0
    public = evidence.published(box_id)
    for choices in public.ballots:
        reasons = check_ballot(election, list(choices))
        if reasons:
            raise Failed(
                f"The public file of box {box_id} holds an invalid ballot: {reasons[0].code}."
            )
    if _list(box_id) in bundle and public.pairs() != evidence.profile(box_id).pairs():
        raise Failed(f"The public ballots of box {box_id} are not those that were counted.")
    return public.total


def _invalid(evidence: Evidence, box_id: str) -> Counter[str]:
    """How many invalid ballots a box lists, by reason."""
    path = f"box/{box_id}/invalid.json"
    listed: Counter[str] = Counter()
    for item in evidence.bundle.read_json(path):
        only_fields(item, ("count", "reason"), path)
        listed[str(field(item, "reason", path))] += whole(item, "count", path)
    return listed


CHECKS = (
    Check("V15", "the reconciliation ties", v15),
    Check("V16", "the counted envelopes are the committed ones", v16, auditors_only=True),
    Check("V21", "every ballot is valid, blank, or listed as invalid", v21),
)
