"""A round of one box, generated: the files and the log entries of its evidence bundle."""

import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256, shake_256
from typing import Any

import numpy as np

from tallying.election import BallotStyle, Limits
from tallying.evidence import canonical, manifest, merkle, privacy, standalone
from tallying.evidence.checkpoint import Checkpoint
from tallying.evidence.notes import Signer, generate_key
from tallying.evidence.policy import with_log
from tallying.formats import pabulib

ROUND, ORIGIN = "bench/round", "bench.example/bench/round"
BOX = "all"
PROJECTS = 30
SIZE = 256
OFFICIALS = ["one", "two"]
LOTS_RECORD = "Drawn."
TIMES = {"opens": "2027-05-01T08:00:00Z", "closes": "2027-05-31T20:00:00Z"}


def act(kind: str, **fields: Any) -> bytes:
    return canonical.dumps({"t": kind, "r": ROUND, **fields})


def key_named(name: str) -> Signer:
    return Signer(generate_key(name)[0])


def _lines(lines: Sequence[bytes]) -> bytes:
    return b"".join([line + b"\n" for line in lines])


def _root(lines: Sequence[bytes]) -> str:
    return canonical.b64u(merkle.root([merkle.leaf_hash(line) for line in lines]))


@dataclass
class OpenRound:
    """A round of one box, with `voters` people who voted."""

    voters: int
    first = 3
    """The position of the first cast in the log."""
    log_key: Signer = field(default_factory=lambda: key_named(ORIGIN))
    receipt_key: Signer = field(default_factory=lambda: key_named(f"{ORIGIN}/receipt"))

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
        body = f'{{"choices":[{self.said(cast)}],"v":1}}'.encode()
        return self.random("e", cast) + body.ljust(SIZE, b"\0")

    def said(self, cast: int) -> str:
        return ",".join(f'"{name}"' for name in self.chosen[cast])

    def random(self, what: str, number: int, size: int = 32) -> bytes:
        return shake_256(f"{what}{number}".encode()).digest(size)

    def _voter(self, number: int) -> str:
        return canonical.b64u(self.random("v", number))

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
            act("round.config", **config),
            act("roll.commit", root=_root(people), size=len(people)),
            *self.tested(),
            act("open", at=TIMES["opens"], by=OFFICIALS),
            *self._cast_entries(),
            act("close", at=TIMES["closes"], by=OFFICIALS),
            act("box.commit", boxes=[box]),
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
            commitment = canonical.digest_of(self.random("s", cast) + text)
            yield (
                f'{{"c":"{commitment}","ct":"{canonical.b64u(ct)}","r":"{ROUND}","t":"cast"}}'
            ).encode()

    def _roll(self) -> list[bytes]:
        refs = sorted(self._voter(number) for number in range(self.voters))
        return [f'{{"box":"all","class":"voter","voter_ref":"{ref}"}}'.encode() for ref in refs]

    def _openings(self) -> Iterator[bytes]:
        for cast in range(len(self.casts)):
            opened = {**self._personal(cast), "position": self.first + cast}
            opened["salt"] = canonical.b64u(self.random("s", cast))
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
            "config/lots.json": canonical.dumps({"order": self.names, "record": LOTS_RECORD}),
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
        "lots_record": LOTS_RECORD,
        "attestations_required": 1,
    }
