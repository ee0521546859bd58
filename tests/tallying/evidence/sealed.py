"""A sealed round as evidence, without cryptography: what the bodies' machines are said to have done.

Envelopes are bytes that nobody can open, so this shows what a verifier without the keys can see.
In `north` one envelope does not open, two hold the same inner envelope, and two are canaries.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any

from tallying.evidence import canonical
from tallying.evidence.notes import Signer, generate_key, sign
from tests.tallying.evidence.example_round import (
    COSTS,
    ROUND,
    Cast,
    Entry,
    Files,
    example_manifest,
    joined,
    voter_ref,
)
from tests.tallying.evidence.synthetic import Case

LAYERS = ("outer", "inner")
BODIES = {
    "outer": ("office.example", "observer.example"),
    "inner": ("audit.example", "university.example"),
}
SIZE = 256
Items = dict[str, list[bytes]]
"""Box → items of a stage."""


@dataclass(frozen=True)
class SealedCast(Cast):
    """A sealed ballot: `kind` is ballot, canary, broken (the outer layer refuses it) or copy."""

    kind: str = "ballot"

    @property
    def nonce(self) -> str:
        return canonical.b64u(self._random("nonce")[:16])

    @property
    def plain(self) -> bytes:
        return canonical.dumps({"choices": self.choices, "nonce": self.nonce, "v": 1})

    @property
    def envelope(self) -> bytes:
        return self._random("envelope") * (SIZE // 32) + bytes(2272)

    @property
    def inner(self) -> bytes:
        """What the outer layer holds; a copy holds what the cast before it holds."""
        of = self.number - 1 if self.kind == "copy" else self.number
        return sha256(f"inner {of}".encode()).digest()

    @property
    def canary(self) -> Entry:
        return {"box": self.box, "choices": self.choices, "found": True, "nonce": self.nonce}


def sealed_casts() -> list[Cast]:
    """Both boxes are large enough to publish; three people in `north` vote again."""
    said = (["n1", "n2"], ["n1"], [], ["n3"], ["n2", "n4", "n5"], ["s1"])
    kinds = {110: "broken", 112: "copy", 113: "canary", 114: "canary"}
    casts: list[Cast] = [
        SealedCast(n, voter_ref(n), "north", said[n % 6], 1, kinds.get(n, "ballot"))
        for n in range(140)
    ]
    casts += [SealedCast(200 + n, voter_ref(200 + n), "south", ["s1", "s2"]) for n in range(101)]
    return casts + [SealedCast(400 + n, voter_ref(n), "north", ["n4"], 2) for n in range(3)]


def sealed_roll() -> list[Entry]:
    """The voters, and the canaries under their own class."""
    people = [
        {
            "box": cast.box,
            "class": "canary" if getattr(cast, "kind", "") == "canary" else "voter",
            "voter_ref": cast.voter,
        }
        for cast in sealed_casts()
        if cast.seq == 1
    ]
    return sorted(people, key=lambda person: str(person["voter_ref"]))


@dataclass
class SealedCase(Case):
    """A sealed round; `lie` may change the report of a layer before it is signed."""

    casts: list[Cast] = field(default_factory=sealed_casts)
    roll: list[Entry] = field(default_factory=sealed_roll)
    bodies: dict[str, tuple[Signer, ...]] = field(default_factory=dict)
    signing: dict[str, int] = field(default_factory=lambda: dict.fromkeys(LAYERS, 2))
    lie: Callable[[str, Entry], None] = lambda name, report: None
    items: dict[str, Items] = field(default_factory=dict)
    canaries: list[Entry] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.bodies = self.bodies or {
            name: tuple(Signer(generate_key(signer)[0]) for signer in signers)
            for name, signers in BODIES.items()
        }
        layers = [
            {
                "body": {"en": name},
                "key": canonical.b64u(sha256(name.encode()).digest()),
                "layer": name,
                "signers": [signer.verifier_key for signer in self.bodies[name]],
            }
            for name in LAYERS
        ]
        seal = {
            "layers": layers,
            "server_trust": False,
            "size": SIZE,
            "suite": "MLKEM768-X25519/HKDF-SHA256/AES-256-GCM",
        }
        self.manifest = example_manifest(secrecy="sealed", seal=seal)
        last = [cast for box in COSTS for cast in self.sealed(box)]
        opened = [cast for cast in last if cast.kind in ("ballot", "canary")]
        self.items = {
            "in": _by_box((cast.box, cast.envelope) for cast in last),
            "mid": _by_box((cast.box, cast.inner) for cast in last if cast.kind != "broken"),
            "out": _by_box((cast.box, cast.plain) for cast in opened),
        }
        self.canaries = [cast.canary for cast in last if cast.kind == "canary"]

    def sealed(self, box: str) -> list[SealedCast]:
        """The last ballot of each voter."""
        return [cast for cast in self.counted(box) if isinstance(cast, SealedCast)]

    def stage(self, name: str, items: Items | None = None) -> bytes:
        """A stage as the format describes it."""
        items = items or self.items[name]
        header = {
            "boxes": [{"box": box, "count": len(items[box])} for box in sorted(items)],
            "manifest": canonical.digest(self.manifest),
            "round": ROUND,
            "schema": "pb.stage/1",
            "stage": name,
        }
        lines = [
            canonical.dumps([box, canonical.b64u(item)])
            for box in sorted(items)
            for item in sorted(items[box])
        ]
        return joined([canonical.dumps(header), *lines])

    @cached_property
    def reports(self) -> dict[str, Entry]:
        """The report of each layer."""
        lost = {("outer", "undecryptable"): 1, ("inner", "duplicates"): 1}
        found = {}
        for name, before, after in (("outer", "in", "mid"), ("inner", "mid", "out")):
            boxes = [
                {
                    "box": box,
                    "duplicates": lost.get((name, "duplicates"), 0) * (box == "north"),
                    "input": len(self.items[before][box]),
                    "output": len(self.items[after][box]),
                    "undecryptable": lost.get((name, "undecryptable"), 0) * (box == "north"),
                }
                for box in sorted(COSTS)
            ]
            digests = [canonical.digest_of(self.stage(stage)) for stage in (before, after)]
            found[name] = self.report(name, boxes, *digests)
        return found

    def report(self, name: str, boxes: Sequence[Entry], before: str, after: str) -> Entry:
        """One report, as the machine of layer `name` writes it."""
        key = self.manifest["seal"]["layers"][LAYERS.index(name)]["key"]
        report = {"boxes": boxes, "input": before, "key": key, "layer": name, "output": after}
        report |= {"round": ROUND, "schema": "pb.peel/1"}
        self.lie(name, report)
        return report

    @cached_property
    def tests(self) -> dict[str, Entry]:
        """The reports of the key test."""
        line = {"box": "key.test", "duplicates": 0, "input": 3, "output": 3, "undecryptable": 0}
        digests = [canonical.digest_of(stage) for stage in (b"test in", b"test mid", b"test out")]
        return {
            "outer": self.report("outer", [line], *digests[:2]),
            "inner": self.report("inner", [line], *digests[1:]),
        }

    def signed(self, folder: str, reports: dict[str, Entry]) -> Files:
        """Reports with their notes."""
        files = {}
        for name, report in reports.items():
            content = canonical.dumps(report)
            text = f"pb.peel/1\n{ROUND}\n{name}\n{canonical.digest_of(content)}\n"
            signers = self.bodies[name][: self.signing[name]]
            files |= {f"{folder}{name}.json": content, f"{folder}{name}.note": sign(text, *signers)}
        return files

    def _boxes(self) -> Files:
        """As in an open round, for those that came out; the numbers of the others beside them."""
        every, whole = self.casts, super()._boxes()
        kept = [c for c in every if isinstance(c, SealedCast) and c.kind == "ballot"]
        self.casts = list(kept)
        files = {**super()._boxes()}
        self.casts = every
        files |= {
            name: whole[name] for name in whole if name.endswith(("counted.jsonl", "ed.jsonl"))
        }
        numbers = canonical.loads(files["reconciliation.json"])
        north = numbers["boxes"][0]
        north |= {"undecryptable": 1, "duplicates": 1, "canaries": len(self.canaries)}
        for name in ("accepted", "into_peel"):
            north[name] += 2 + len(self.canaries)
        files["reconciliation.json"] = canonical.dumps(numbers)
        files |= self.signed("layers/", self.reports) | self.signed("layers/test/", self.tests)
        files |= {f"layers/restricted/{name}.jsonl": self.stage(name) for name in ("mid", "out")}
        return files | self.canary_file()

    def canary_file(self) -> Files:
        """The canaries as the bundle lists them."""
        if not self.canaries:
            return {}
        listed = {"canaries": sorted(self.canaries, key=canonical.dumps)}
        return {"canary/openings.json": canonical.dumps(listed)}

    def _roll_files(self) -> Files:
        files = super()._roll_files()
        path = "roll/restricted/openings.jsonl"
        moved = [canonical.loads(line) for line in files[path].splitlines()]
        lines = [canonical.dumps({**line, "position": line["position"] + 2}) for line in moved]
        return {**files, path: joined(lines)}

    def _before_counting(self) -> list[Entry]:
        entries = super()._before_counting()
        commitments = [
            canonical.digest({name: canary[name] for name in ("box", "choices", "nonce")})
            for canary in self.canaries
        ]
        before = [
            {"t": "key.test", "r": ROUND, **self._tested()},
            {"t": "canary.commit", "r": ROUND, "by": ["auditor"], "commitments": commitments},
        ]
        after = [{"t": "layer", "r": ROUND, "layer": n, **self._logged(n)} for n in LAYERS]
        after.append({"t": "canary.open", "r": ROUND, "canaries": self.canaries})
        return [*entries[:2], *before, *entries[2:], *after]

    def _logged(self, name: str) -> Entry:
        return {"report": canonical.digest(self.reports[name])}

    def _tested(self) -> Entry:
        digests = {name: canonical.digest(report) for name, report in self.tests.items()}
        return {**digests, "expected": self.tests["inner"]["output"]}


def _by_box(items: Any) -> Items:
    found: Items = {box: [] for box in COSTS}
    for box, item in items:
        found[box].append(item)
    return found
