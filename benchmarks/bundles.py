"""Large evidence bundles of one box, generated without a ballot box, and quickly.

Nobody can open the envelopes of the sealed one: they are random bytes, as real ones are to whoever
has no key. What the layers are said to have given is made beside them.
"""

import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256, shake_256
from pathlib import Path
from typing import Any

import numpy as np

from tallying.election import BallotStyle, Limits
from tallying.evidence import bundle, canonical, manifest, merkle, privacy, standalone
from tallying.evidence.checkpoint import Checkpoint
from tallying.evidence.count import count_bundle
from tallying.evidence.notes import Signer, generate_key, sign
from tallying.evidence.policy import with_log
from tallying.formats import pabulib
from tallying.sealing.report import SCHEMA as PEEL
from tallying.sealing.seal import LAYER_BYTES, LAYERS, SUITE
from tallying.sealing.stages import Header, stage_lines

ROUND, ORIGIN = "bench/round", "bench.example/bench/round"
BOX = "all"
PROJECTS = 30
SIZE = 256
OFFICIALS = ["one", "two"]
TIMES = {"opens": "2027-05-01T08:00:00Z", "closes": "2027-05-31T20:00:00Z"}


def generate(path: Path, ballots: int, *, sealed: bool = False) -> None:
    """Write the auditors' edition of a counted round; every tenth voter voted twice."""
    made = _Sealed(ballots) if sealed else _Round(ballots)
    files, entries = made.files(), made.entries()
    counted = [
        [name, canonical.digest_of(content)]
        for name, content in sorted(files.items())
        if not name.startswith(("log/", "tally/"))
    ]
    entries.append(_act("tally.input", input=canonical.digest(counted), version=1, by=OFFICIALS))
    bundle.write(path, files | made.log(entries), round_id=ROUND, signer=made.log_key)
    with bundle.Bundle.open(path) as written:
        files["tally/outcome.json"] = canonical.dumps(count_bundle(written))
    outcome = canonical.digest_of(files["tally/outcome.json"])
    entries.append(_act("tally.result", outcome=outcome, version=1))
    bundle.write(path, files | made.log(entries), round_id=ROUND, signer=made.log_key)


def _act(kind: str, **fields: Any) -> bytes:
    return canonical.dumps({"t": kind, "r": ROUND, **fields})


def _key(name: str) -> Signer:
    return Signer(generate_key(name)[0])


def _lines(lines: Sequence[bytes]) -> bytes:
    return b"".join([line + b"\n" for line in lines])


def _root(lines: Sequence[bytes]) -> str:
    return canonical.b64u(merkle.root([merkle.leaf_hash(line) for line in lines]))


@dataclass
class _Round:
    """A round of one box, with `voters` people who voted."""

    voters: int
    first = 3
    """The position of the first cast in the log."""
    log_key: Signer = field(default_factory=lambda: _key(ORIGIN))
    receipt_key: Signer = field(default_factory=lambda: _key(f"{ORIGIN}/receipt"))

    def __post_init__(self) -> None:
        random = np.random.RandomState(7)
        self.names = [f"p{n:02d}" for n in range(PROJECTS)]
        costs = (random.randint(5, 150, PROJECTS) * 10_000).tolist()
        self.manifest = _manifest(self.names, costs) | self.secrecy()
        self.election = manifest.elections(self.manifest)[BOX]
        again = range(0, self.voters, 10)
        self.casts = [*((n, 1) for n in range(self.voters)), *((n, 2) for n in again)]
        self.chosen = [self._choices(random) for _ in self.casts]
        self.cts = [sha256(self.envelope(n)).digest() for n in range(len(self.casts))]
        self.last = {voter: n for n, (voter, _) in enumerate(self.casts)}

    def secrecy(self) -> dict[str, Any]:
        """The fields of the manifest about it."""
        return {"secrecy": "open", "seal": None}

    def _choices(self, random: np.random.RandomState) -> tuple[str, ...]:
        drawn = set((PROJECTS * random.random_sample(4) ** 2).astype(int).tolist())
        return tuple(self.names[place] for place in sorted(drawn))

    def envelope(self, cast: int) -> bytes:
        """The same at every call, so that all of them need no memory."""
        body = f'{{"choices":[{self._said(cast)}],"v":1}}'.encode()
        return self._random("e", cast) + body.ljust(SIZE, b"\0")

    def _said(self, cast: int) -> str:
        return ",".join(f'"{name}"' for name in self.chosen[cast])

    def _random(self, what: str, number: int, size: int = 32) -> bytes:
        return shake_256(f"{what}{number}".encode()).digest(size)

    def _voter(self, number: int) -> str:
        return canonical.b64u(self._random("v", number))

    def log(self, entries: Sequence[bytes]) -> dict[str, bytes]:
        """The files of the log, with ten checkpoints on the way."""
        leaves = [merkle.leaf_hash(entry) for entry in entries]
        nodes, files = merkle.nodes_of(leaves), {"log/entries.jsonl": _lines(entries)}
        for size in sorted({1 + len(entries) * part // 10 for part in range(10)} | {len(entries)}):
            note = Checkpoint(ORIGIN, size, merkle.root_at(size, nodes)).sign(self.log_key)
            files[f"log/history/{size:010d}.checkpoint"] = files["log/checkpoint"] = note
        return files

    def entries(self) -> list[bytes]:
        """The log up to the commitment to the box."""
        config = {
            "manifest": canonical.digest(self.manifest),
            "origin": ORIGIN,
            "log": self.log_key.verifier_key,
            "receipt": self.receipt_key.verifier_key,
        }
        counted = sorted(self.cts[n] for n in self.last.values())
        box = {"box": BOX, "root": _root(counted), "size": len(counted)}
        people = self._roll()
        return [
            _act("round.config", **config),
            _act("roll.commit", root=_root(people), size=len(people)),
            *self.tested(),
            _act("open", at=TIMES["opens"], by=OFFICIALS),
            *self._cast_entries(),
            _act("close", at=TIMES["closes"], by=OFFICIALS),
            _act("box.commit", boxes=[box]),
            *self.opened(),
        ]

    def tested(self) -> list[bytes]:
        """The entries about the keys of the layers, before voting opens."""
        return []

    def opened(self) -> list[bytes]:
        """The entries about the layers, after the boxes are committed."""
        return []

    def _personal(self, cast: int) -> dict[str, Any]:
        voter, seq = self.casts[cast]
        at = f"2027-05-{2 + cast % 28:02d}T12:{cast % 60:02d}:00Z"
        ref = self._voter(voter)
        return {"at": at, "box": BOX, "channel": "web", "seq": seq, "voter_ref": ref}

    def _cast_entries(self) -> Iterator[bytes]:
        for cast, ct in enumerate(self.cts):
            text = json.dumps(self._personal(cast), separators=(",", ":")).encode()
            commitment = canonical.digest_of(self._random("s", cast) + text)
            yield (
                f'{{"c":"{commitment}","ct":"{canonical.b64u(ct)}","r":"{ROUND}","t":"cast"}}'
            ).encode()

    def _roll(self) -> list[bytes]:
        refs = sorted(self._voter(number) for number in range(self.voters))
        return [f'{{"box":"all","class":"voter","voter_ref":"{ref}"}}'.encode() for ref in refs]

    def _openings(self) -> Iterator[bytes]:
        for cast in range(len(self.casts)):
            opened = {**self._personal(cast), "position": self.first + cast}
            opened["salt"] = canonical.b64u(self._random("s", cast))
            yield json.dumps(opened, sort_keys=True, separators=(",", ":")).encode()

    def ordered(self, casts: Iterable[int]) -> list[int]:
        """Casts in the order of their envelopes' bytes."""
        return sorted(casts, key=lambda cast: self.envelope(cast)[:32])

    def _stored(self, casts: Iterable[int]) -> bytes:
        file, b64u = io.BytesIO(), canonical.b64u
        for n in self.ordered(casts):
            text = f'{{"ct":"{b64u(self.cts[n])}","envelope":"{b64u(self.envelope(n))}"}}\n'
            file.write(text.encode())
        return file.getvalue()

    def files(self) -> dict[str, bytes]:
        """All that the input holds beside the log."""
        last = set(self.last.values())
        spoken = Counter(canonical.dumps(list(self.chosen[n])) for n in last)
        pairs = [(canonical.loads(said), count) for said, count in sorted(spoken.items())]
        people, valid = self._roll(), len(last) - spoken[b"[]"]
        numbers = dict.fromkeys(
            ("revoked", "not_admitted", "invalid", "undecryptable", "duplicates", "canaries"), 0
        )
        numbers |= {
            "paper": 0,
            "accepted": len(self.casts),
            "superseded": len(self.casts) - len(last),
        }
        numbers |= {"into_peel": len(last), "valid": valid, "blank": spoken[b"[]"]}
        line = {**numbers, "box": BOX, "result": len(last)}
        replaced = [n for n in range(len(self.casts)) if n not in last]
        box = f"box/{BOX}"
        return {
            "config/round.json": canonical.dumps(self.manifest),
            "config/policy.txt": with_log(self.log_key.verifier_key, None),
            "config/keys/receipt.txt": f"{self.receipt_key.verifier_key}\n".encode(),
            "config/lots.json": canonical.dumps({"order": self.names, "record": "Drawn."}),
            "software/requirements.lock": b"numpy==2.4.0\n",
            "roll/root.json": canonical.dumps({"root": _root(people), "size": len(people)}),
            "roll/restricted/roll.jsonl": _lines(people),
            "roll/restricted/openings.jsonl": _lines(list(self._openings())),
            f"{box}/restricted/counted.jsonl": self._stored(sorted(last)),
            f"{box}/restricted/superseded.jsonl": self._stored(replaced),
            f"{box}/restricted/ballots.jsonl": _lines(
                [canonical.dumps([choices, count]) for choices, count in pairs]
            ),
            f"{box}/ballots.pb": pabulib.write(self.election, pairs, {}),
            f"{box}/invalid.json": b"[]",
            "reconciliation.json": canonical.dumps({"boxes": [line]}),
            privacy.PATH: canonical.dumps(self._privacy(pairs)),
            **standalone.files(),
        }

    def _privacy(self, pairs: Sequence[tuple[Any, int]]) -> dict[str, Any]:
        terms = privacy.Terms()
        line = privacy.box_report(BOX, self.election.style, pairs, terms)
        return privacy.report(ROUND, [line], terms)


@dataclass
class _Sealed(_Round):
    """The same, sealed in two layers that one body each is said to have opened."""

    first = 4
    signers: tuple[Signer, ...] = field(
        default_factory=lambda: (_key("body.example"), _key("observer.example"))
    )

    def secrecy(self) -> dict[str, Any]:
        layers = [
            {
                "body": {"en": layer},
                "key": canonical.b64u(self._random("k", place)),
                "layer": layer,
                "signers": [signer.verifier_key for signer in self.signers],
            }
            for place, layer in enumerate(LAYERS)
        ]
        seal = {"layers": layers, "server_trust": False, "size": SIZE, "suite": SUITE}
        return {"secrecy": "sealed", "seal": seal}

    def envelope(self, cast: int) -> bytes:
        return self._random("e", cast, SIZE + 2 * LAYER_BYTES)

    def _plain(self, cast: int) -> bytes:
        nonce = canonical.b64u(self._random("n", cast, 16))
        return f'{{"choices":[{self._said(cast)}],"nonce":"{nonce}","v":1}}'.encode()

    def _stage(self, name: str, items: Iterable[bytes]) -> bytes:
        digest, counts = canonical.digest(self.manifest), {BOX: len(self.last)}
        header, file = Header(ROUND, digest, name, counts), io.BytesIO()
        file.writelines(stage_lines(header, ((BOX, item) for item in items)))
        return file.getvalue()

    @cached_property
    def _stages(self) -> dict[str, bytes]:
        casts = self.last.values()
        size = SIZE + LAYER_BYTES
        middle = sorted(casts, key=lambda cast: self._random("m", cast))
        return {
            "mid": self._stage("mid", (self._random("m", cast, size) for cast in middle)),
            "out": self._stage("out", sorted(map(self._plain, casts))),
        }

    @cached_property
    def _reports(self) -> dict[str, bytes]:
        given = self._stage("in", map(self.envelope, self.ordered(self.last.values())))
        digests = list(map(canonical.digest_of, (given, *self._stages.values())))
        return self._both(BOX, len(self.last), digests)

    @cached_property
    def _tests(self) -> dict[str, bytes]:
        digests = [canonical.digest_of(stage) for stage in (b"in", b"mid", b"out")]
        return self._both("key.test", 3, digests)

    def _both(self, box: str, items: int, digests: Sequence[str]) -> dict[str, bytes]:
        line = {"box": box, "duplicates": 0, "input": items, "output": items, "undecryptable": 0}
        return {
            layer: canonical.dumps(
                {
                    "boxes": [line],
                    "input": digests[place],
                    "key": self.manifest["seal"]["layers"][place]["key"],
                    "layer": layer,
                    "output": digests[place + 1],
                    "round": ROUND,
                    "schema": PEEL,
                }
            )
            for place, layer in enumerate(LAYERS)
        }

    def tested(self) -> list[bytes]:
        digests = {layer: canonical.digest_of(self._tests[layer]) for layer in LAYERS}
        expected = canonical.loads(self._tests[LAYERS[1]])["output"]
        return [_act("key.test", **digests, expected=expected)]

    def opened(self) -> list[bytes]:
        return [
            _act("layer", layer=layer, report=canonical.digest_of(self._reports[layer]))
            for layer in LAYERS
        ]

    def files(self) -> dict[str, bytes]:
        files = super().files()
        for folder, reports in (("layers", self._reports), ("layers/test", self._tests)):
            for layer, report in reports.items():
                text = f"{PEEL}\n{ROUND}\n{layer}\n{canonical.digest_of(report)}\n"
                files[f"{folder}/{layer}.json"] = report
                files[f"{folder}/{layer}.note"] = sign(text, *self.signers)
        for name, content in self._stages.items():
            files[f"layers/restricted/{name}.jsonl"] = content
        return files


def _manifest(names: Sequence[str], costs: Sequence[int]) -> dict[str, Any]:
    projects: list[dict[str, Any]] = [
        {"id": name, "name": {"en": name}, "cost": cost, "categories": [], "exclusive_group": None}
        for name, cost in zip(names, costs, strict=True)
    ]
    box = {"id": BOX, "name": {"en": "All"}, "ballot_size": SIZE, "projects": projects}
    rule = {"rule": "equal-shares", "utility": "cost", "completion": "greedy", "parameters": {}}
    return {
        **TIMES,
        "schema": "pb.manifest/1",
        "round": ROUND,
        "languages": ["en"],
        "currency": "EUR",
        "minor_digits": 2,
        "policy": None,
        "privacy": privacy.Terms().to_json(),
        "boxes": [{**box, "budget": sum(costs) // 5}],
        "style": BallotStyle.APPROVAL.value,
        "limits": {name: getattr(Limits(), name) for name in Limits.__dataclass_fields__},
        "rule": {**rule, "ties": ["lots"]},
        "lots": list(names),
        "attestations_required": 1,
    }
