"""Verifying large evidence bundles, by both programs, with the recount and without it.

    python -m benchmarks.verifying [--ballots 10000,100000] [--folder FOLDER]

An auditors' edition of one box is generated, and then verified in a process of its own. Seconds are
those of the processor: neither program waits for anything but the disk.
"""

import argparse
import json
import resource
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from tallying.election import BallotStyle, Limits
from tallying.evidence import bundle, canonical, manifest, merkle, privacy, standalone
from tallying.evidence.checkpoint import Checkpoint
from tallying.evidence.count import count_bundle
from tallying.evidence.notes import Signer, generate_key
from tallying.evidence.policy import with_log
from tallying.formats import pabulib

ROUND, ORIGIN = "bench/round", "bench.example/bench/round"
PROJECTS = 30
SIZE = 256
OFFICIALS = ["one", "two"]
TIMES = {"opens": "2027-05-01T08:00:00Z", "closes": "2027-05-31T20:00:00Z"}
PROGRAMS = ("tallying verify", "pbverify.py")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ballots", default="10000,100000", help="sizes, with commas")
    parser.add_argument("--folder", type=Path, help="where the bundles are written")
    parser.add_argument("--verify", nargs=3, help=argparse.SUPPRESS)
    args = parser.parse_args(arguments)
    if args.verify:
        program, path, recount = args.verify
        print(json.dumps(_verified(program, path, recount=recount == "recount")))
        return 0
    print("| program | ballots | file | without the recount | with it | peak memory |")
    print("|---|---:|---:|---:|---:|---:|")
    with TemporaryDirectory(dir=args.folder) as folder:
        for ballots in map(int, args.ballots.split(",")):
            path = Path(folder) / "bundle.zip"
            generate(path, ballots)
            for program in PROGRAMS:
                _tell(program, path, ballots)
            path.unlink()
    return 0


def _tell(program: str, path: Path, ballots: int) -> None:
    found = []
    for recount in ("without", "recount"):
        arguments = ["--verify", program, str(path), recount]
        command = [sys.executable, "-m", "benchmarks.verifying", *arguments]
        run = subprocess.run(command, check=True, capture_output=True, text=True)
        found.append(json.loads(run.stdout))
    seconds = " | ".join(f"{item['seconds']:.1f} s" for item in found)
    size, peak = path.stat().st_size / 1e6, max(item["peak"] for item in found)
    print(f"| {program} | {ballots:,} | {size:.1f} MB | {seconds} | {peak:.2f} GB |", flush=True)


def _verified(program: str, path: str, *, recount: bool) -> dict[str, Any]:
    """Processor seconds, and peak memory in GB; raises `RuntimeError` when a check fails."""
    command = [sys.executable, "-m", "tallying.cli", "verify"]
    if program == "pbverify.py":
        command = [sys.executable, str(Path(standalone.__file__).with_name("pbverify.py"))]
    command += [path, "--json", "-", *([] if recount else ["--no-recount"])]
    run = subprocess.run(command, check=False, capture_output=True, text=True)
    verdict = json.loads(run.stdout)["verdict"]
    if verdict != ("consistent, origin unproven" if recount else "incomplete"):
        raise RuntimeError(run.stdout)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {"seconds": used.ru_utime + used.ru_stime, "peak": used.ru_maxrss / 1e6}


def generate(path: Path, ballots: int) -> None:
    """Write the auditors' edition of a counted round; every tenth voter voted twice."""
    made = _Round(ballots)
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
    log_key: Signer = field(default_factory=lambda: _key(ORIGIN))
    receipt_key: Signer = field(default_factory=lambda: _key(f"{ORIGIN}/receipt"))

    def __post_init__(self) -> None:
        random = np.random.RandomState(7)
        self.names = [f"p{n:02d}" for n in range(PROJECTS)]
        costs = (random.randint(5, 150, PROJECTS) * 10_000).tolist()
        self.manifest = _manifest(self.names, costs)
        self.election = manifest.elections(self.manifest)["all"]
        again = range(0, self.voters, 10)
        self.casts = [*((n, 1) for n in range(self.voters)), *((n, 2) for n in again)]
        self.chosen = [self._choices(random) for _ in self.casts]
        self.envelopes = [self._envelope(n) for n in range(len(self.casts))]
        self.cts = [sha256(envelope).digest() for envelope in self.envelopes]
        self.last = {voter: n for n, (voter, _) in enumerate(self.casts)}

    def _choices(self, random: np.random.RandomState) -> tuple[str, ...]:
        drawn = set((PROJECTS * random.random_sample(4) ** 2).astype(int).tolist())
        return tuple(self.names[place] for place in sorted(drawn))

    def _envelope(self, cast: int) -> bytes:
        said = ",".join(f'"{name}"' for name in self.chosen[cast])
        return self._random("e", cast) + f'{{"choices":[{said}],"v":1}}'.encode().ljust(SIZE, b"\0")

    def _random(self, what: str, number: int) -> bytes:
        return sha256(f"{what}{number}".encode()).digest()

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
        box = {"box": "all", "root": _root(counted), "size": len(counted)}
        people = self._roll()
        return [
            _act("round.config", **config),
            _act("roll.commit", root=_root(people), size=len(people)),
            _act("open", at=TIMES["opens"], by=OFFICIALS),
            *self._cast_entries(),
            _act("close", at=TIMES["closes"], by=OFFICIALS),
            _act("box.commit", boxes=[box]),
        ]

    def _personal(self, cast: int) -> dict[str, Any]:
        voter, seq = self.casts[cast]
        at = f"2027-05-{2 + cast % 28:02d}T12:{cast % 60:02d}:00Z"
        ref = self._voter(voter)
        return {"at": at, "box": "all", "channel": "web", "seq": seq, "voter_ref": ref}

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
            opened = {**self._personal(cast), "position": 3 + cast}
            opened["salt"] = canonical.b64u(self._random("s", cast))
            yield json.dumps(opened, sort_keys=True, separators=(",", ":")).encode()

    def _stored(self, casts: Sequence[int]) -> bytes:
        ordered = sorted(casts, key=self.envelopes.__getitem__)
        b64u = canonical.b64u
        return _lines(
            [
                f'{{"ct":"{b64u(self.cts[n])}","envelope":"{b64u(self.envelopes[n])}"}}'.encode()
                for n in ordered
            ]
        )

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
        line = {**numbers, "box": "all", "result": len(last)}
        replaced = [n for n in range(len(self.casts)) if n not in last]
        box = "box/all"
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
        line = privacy.box_report("all", self.election.style, pairs, terms)
        return privacy.report(ROUND, [line], terms)


def _manifest(names: Sequence[str], costs: Sequence[int]) -> dict[str, Any]:
    projects = [
        {"id": name, "name": {"en": name}, "cost": cost, "categories": [], "exclusive_group": None}
        for name, cost in zip(names, costs, strict=True)
    ]
    box = {"id": "all", "name": {"en": "All"}, "ballot_size": SIZE, "projects": projects}
    rule = {"rule": "equal-shares", "utility": "cost", "completion": "greedy", "parameters": {}}
    return {
        **TIMES,
        "schema": "pb.manifest/1",
        "round": ROUND,
        "languages": ["en"],
        "currency": "EUR",
        "minor_digits": 2,
        "secrecy": "open",
        "seal": None,
        "policy": None,
        "privacy": privacy.Terms().to_json(),
        "boxes": [{**box, "budget": sum(costs) // 5}],
        "style": BallotStyle.APPROVAL.value,
        "limits": {name: getattr(Limits(), name) for name in Limits.__dataclass_fields__},
        "rule": {**rule, "ties": ["lots"]},
        "lots": list(names),
        "attestations_required": 1,
    }


if __name__ == "__main__":
    raise SystemExit(main())
