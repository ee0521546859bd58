"""A small counted round as evidence, made without a ballot box, and ways to alter it."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

from tallying.ballots import canonical as canonical_choices
from tallying.ballots import check
from tallying.evidence import bundle, canonical, manifest, merkle, privacy, standalone, suppression
from tallying.evidence.acceptance import PATH as ACCEPTANCES
from tallying.evidence.acceptance import Acceptance, acceptance_text
from tallying.evidence.checkpoint import Checkpoint
from tallying.evidence.cosignature import Witness
from tallying.evidence.count import count_bundle
from tallying.evidence.notes import Signer
from tallying.evidence.policy import with_log
from tallying.formats import pabulib
from tests.tallying.evidence.example_round import (
    CAST,
    CLOSED,
    COSTS,
    OFFICIALS,
    OPENED,
    ORIGIN,
    ROUND,
    Cast,
    Entry,
    Files,
    Keys,
    example_casts,
    example_manifest,
    example_roll,
    joined,
    stored,
)


@dataclass
class Case:
    """A round to be written as evidence; change anything before or after `build`."""

    keys: Keys = field(default_factory=Keys.make)
    manifest: Entry = field(default_factory=example_manifest)
    casts: list[Cast] = field(default_factory=example_casts)
    roll: list[Entry] = field(default_factory=example_roll)
    seed: str | None = None
    witnesses: Sequence[Witness] = ()
    acts: list[Entry] = field(default_factory=list)
    """What two officials changed before the close: entries without round and officials."""
    amended: Sequence[Entry] = ()
    """The manifests that amendments replaced before voting opened, the first one first."""
    admin: Signer | None = None
    """Who signs the log of the administration, where there is one."""
    revoked: Sequence[str] = ()
    """The voters whose last ballot does not count."""
    files: Files = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)

    def build(self, folder: Path) -> Self:
        """Fill `files` and `entries` with the whole of an honest round."""
        self.files = self._config() | self._roll_files() | self._boxes() | self._admin_log()
        self.entries = [*self._before_counting()]
        self.entries.append(self._act("tally.input", input=self.input_digest(), version=1))
        self.relog()
        for cast in self.casts[:3]:
            self.hand_in(merkle.leaf_hash(canonical.dumps(cast.entry)))
        return self.recount(folder)

    def hand_in(self, leaf: bytes, signer: Signer | None = None) -> Self:
        """Add an acceptance that a voter handed in, in its place among the others."""
        signature = (signer or self.keys.receipt).sign(acceptance_text(ROUND, leaf))
        line = Acceptance(leaf, signature).line()
        lines = [*self.files.get(ACCEPTANCES, b"").splitlines(), line]
        order = lambda item: canonical.unb64u(canonical.loads(item)["leaf"])  # noqa: E731
        self.files[ACCEPTANCES] = joined(sorted(lines, key=order))
        return self

    def recount(self, folder: Path) -> Self:
        """Count what `files` hold, and log the result as the last entry."""
        self.files.pop("tally/outcome.json", None)
        with bundle.Bundle.open(self.write(folder / "input.zip")) as written:
            result = count_bundle(written)
        self.files["tally/outcome.json"] = canonical.dumps(result)
        self.entries = [entry for entry in self.entries if entry["t"] != "tally.result"]
        outcome = canonical.digest_of(self.files["tally/outcome.json"])
        self.entries.append(self._act("tally.result", outcome=outcome, version=1))
        self.relog()
        return self

    def relog(self, checkpoints: Sequence[int] = ()) -> None:
        """Write the log from `entries`, every checkpoint signed anew; at 1, 3 and the end too."""
        lines = [canonical.dumps(entry) for entry in self.entries]
        leaves = [merkle.leaf_hash(line) for line in lines]
        for name in [name for name in self.files if name.startswith("log/history/")]:
            del self.files[name]
        for size in sorted({1, 3, len(lines), *checkpoints}):
            checkpoint = Checkpoint(ORIGIN, size, merkle.root(leaves[:size]))
            note = checkpoint.sign(self.keys.log, *self.witnesses)
            self.files[f"log/history/{size:010d}.checkpoint"] = note
        self.files["log/checkpoint"] = note
        self.files["log/entries.jsonl"] = joined(lines)

    def write(self, path: Path) -> Path:
        """The auditor edition, indexed and signed by the log's key."""
        bundle.write(path, self.files, round_id=ROUND, signer=self.keys.log)
        return path

    def edit(self, name: str, change: Callable[[Any], Any]) -> Self:
        """Change the value of a JSON file; `change` may alter it in place, or answer another."""
        value = canonical.loads(self.files[name])
        changed = change(value)
        self.files[name] = canonical.dumps(value if changed is None else changed)
        return self

    def edit_lines(self, name: str, change: Callable[[list[Any]], Any]) -> Self:
        """Change the values of a file with one value a line, in place, or to the list answered."""
        values = [canonical.loads(line) for line in self.files[name].splitlines()]
        changed = change(values)
        # What `list.pop` answers is no file.
        values = changed if isinstance(changed, list) else values
        self.files[name] = joined([canonical.dumps(value) for value in values])
        return self

    def input_digest(self) -> str:
        """The digest of what is counted, by the definition of the format."""
        hashes = [
            [path, canonical.digest_of(content)]
            for path, content in sorted(self.files.items())
            if not path.startswith(("log/", "admin-log/", "tally/", "acceptances.jsonl"))
        ]
        return canonical.digest(hashes)

    def counted(self, box: str) -> list[Cast]:
        """The last ballot of each voter who is not revoked."""
        return [cast for cast in self._last(box) if cast.voter not in self.revoked]

    def _last(self, box: str) -> list[Cast]:
        return list({cast.voter: cast for cast in self.casts if cast.box == box}.values())

    def _act(self, kind: str, **fields: Any) -> Entry:
        by = {} if kind == "tally.result" else {"by": OFFICIALS}
        return {"t": kind, "r": ROUND, **by, **fields}

    def _acts(self) -> list[Entry]:
        return [{"r": ROUND, "by": OFFICIALS, **act} for act in self.acts]

    def _revocations(self) -> list[tuple[Entry, Entry]]:
        """The entry of each revocation, and what opens it."""
        first = 3 + len(self.amended) + len(self.casts) + len(self.acts)
        found = []
        for place, voter in enumerate(self.revoked):
            box = next(person["box"] for person in self.roll if person["voter_ref"] == voter)
            personal, salt = {"box": box, "voter_ref": voter}, sha256(voter.encode()).digest()
            commitment = canonical.digest_of(salt + canonical.dumps(personal))
            entry = self._act("revoke", at=CAST, c=commitment, reason="not_eligible")
            opening = {**personal, "position": first + place, "salt": canonical.b64u(salt)}
            found.append((entry, opening))
        return found

    def _config(self) -> Files:
        log_key = self.keys.log.verifier_key
        files = {
            "config/round.json": canonical.dumps(self.manifest),
            "config/policy.txt": with_log(log_key, self.manifest["policy"]),
            "config/keys/receipt.txt": f"{self.keys.receipt.verifier_key}\n".encode(),
            "software/requirements.lock": b"numpy==2.4.0\nparticipatory-budgeting==0.1.0\n",
            **standalone.files(),
        }
        if self.manifest["lots"] is not None:
            lots = {"order": self.manifest["lots"], "record": self.manifest["lots_record"]}
            files["config/lots.json"] = canonical.dumps(lots)
        for number, old in enumerate(self.amended, start=1):
            files[f"config/amended/{number}.json"] = canonical.dumps(old)
        if self.acts:
            files["config/acts.json"] = canonical.dumps({"acts": self._acts()})
        if self.seed is not None:
            seed = {"record": "Thrown with dice.", "seed": self.seed}
            files["seed/seed.json"] = canonical.dumps(seed)
        return files

    def _admin_log(self) -> Files:
        """Three acts of officials, and two checkpoints."""
        if self.admin is None:
            return {}
        sealed = {"a": "round:manifest:sealed", "at": OPENED}
        sealed["manifest"] = canonical.digest(self.manifest)
        acts = [{"a": "act", "n": 0}, sealed, {"a": "act", "n": 2}]
        lines = [canonical.dumps({"t": "admin", **act}) for act in acts]
        leaves = [merkle.leaf_hash(line) for line in lines]
        notes = {
            size: Checkpoint(self.admin.name, size, merkle.root(leaves[:size])).sign(self.admin)
            for size in (1, 3)
        }
        history = {
            f"admin-log/history/{size:010d}.checkpoint": note for size, note in notes.items()
        }
        return {
            **history,
            "admin-log/checkpoint": notes[3],
            "admin-log/entries.jsonl": joined(lines),
        }

    def _roll_files(self) -> Files:
        openings = [
            {
                **cast.personal,
                "position": 3 + len(self.amended) + place,
                "salt": canonical.b64u(cast.salt),
            }
            for place, cast in enumerate(self.casts)
        ]
        revoked = [canonical.dumps(opening) for _, opening in self._revocations()]
        files = {"roll/restricted/revocations.jsonl": joined(revoked)} if revoked else {}
        return files | {
            "roll/root.json": canonical.dumps(self.roll_commitment()),
            "roll/restricted/roll.jsonl": joined(map(canonical.dumps, self.roll)),
            "roll/restricted/openings.jsonl": joined(map(canonical.dumps, openings)),
        }

    def roll_commitment(self) -> Entry:
        """Root and size of the roll."""
        leaves = [merkle.leaf_hash(canonical.dumps(person)) for person in self.roll]
        return {"root": canonical.b64u(merkle.root(leaves)), "size": len(leaves)}

    def box_commitment(self, box: str) -> Entry:
        """Root and number of the counted envelopes of a box."""
        leaves = [
            merkle.leaf_hash(digest)
            for digest in sorted(canonical.unb64u(cast.ct) for cast in self.counted(box))
        ]
        size = suppression.committed_size(len(leaves), self.terms.least_cell)
        return {"box": box, "root": canonical.b64u(merkle.root(leaves)), "size": size}

    @property
    def terms(self) -> privacy.Terms:
        """The manifest's terms of privacy."""
        return privacy.Terms.read(self.manifest)

    def _before_counting(self) -> list[Entry]:
        sealed = [*self.amended, self.manifest]
        config = {
            "manifest": canonical.digest(sealed[0]),
            "origin": ORIGIN,
            "log": self.keys.log.verifier_key,
            "receipt": self.keys.receipt.verifier_key,
            **({"admin": self.admin.verifier_key} if self.admin else {}),
        }
        entries = [
            {"t": "round.config", "r": ROUND, **config},
            *(
                self._act(
                    "amend", at=OPENED, manifest=canonical.digest(new), what={"en": "Mended."}
                )
                for new in sealed[1:]
            ),
            {"t": "roll.commit", "r": ROUND, **self.roll_commitment()},
            self._act("open", at=OPENED),
            *(cast.entry for cast in self.casts),
            *self._acts(),
            *(entry for entry, _ in self._revocations()),
            self._act("close", at=max([CLOSED, *(act.get("closes", "") for act in self.acts)])),
            {"t": "box.commit", "r": ROUND, "boxes": [self.box_commitment(box) for box in COSTS]},
        ]
        if self.seed is not None:
            record = canonical.digest_of(b"Thrown with dice.")
            entries.append(self._act("seed", seed=self.seed, record_sha256=record))
        return entries

    def _boxes(self) -> Files:
        files: Files = {}
        lines, reports = [], []
        for box, election in manifest.elections(self.manifest).items():
            counted = self.counted(box)
            last = {cast.ct for cast in self._last(box)}
            revoked = [cast for cast in self._last(box) if cast.voter in self.revoked]
            superseded = [c for c in self.casts if c.box == box and c.ct not in last]
            reasons = Counter(
                check(election, cast.choices)[0].code
                for cast in counted
                if check(election, cast.choices)
            )
            spoken = Counter(
                canonical.dumps(canonical_choices(election.style, cast.choices))
                for cast in counted
                if not check(election, cast.choices)
            )
            pairs = [[canonical.loads(said), count] for said, count in sorted(spoken.items())]
            folder = f"box/{box}"
            files[f"{folder}/restricted/counted.jsonl"] = stored(counted)
            files[f"{folder}/restricted/superseded.jsonl"] = stored(superseded)
            if revoked:
                files[f"{folder}/restricted/revoked.jsonl"] = stored(revoked)
            counts = [(choices, count) for choices, count in pairs]
            public = privacy.publication(election.style, counts, self.terms)
            if public.done is not privacy.Done.MERGED:
                refused = sorted(reasons.items())
                files[f"{folder}/invalid.json"] = canonical.dumps(
                    [{"count": count, "reason": str(code)} for code, count in refused]
                )
            if public.done is privacy.Done.PUBLISHED:
                files[f"{folder}/restricted/ballots.jsonl"] = joined(map(canonical.dumps, pairs))
                files[f"{folder}/ballots.pb"] = pabulib.write(election, counts, {})
            else:
                withheld = {"reason": public.reason}
                files[f"{folder}/withheld.json"] = canonical.dumps(withheld)
            if public.done is privacy.Done.TRUNCATED:
                short = privacy.truncated_election(election)
                content = pabulib.write(short, public.pairs, {})
                files[f"{folder}/{privacy.TRUNCATED_FILE}"] = content
            lines.append(_reconciled(box, counted, superseded, revoked, spoken, reasons))
            reports.append(privacy.box_report(box, election.style, counts, self.terms))
        told = suppression.reconciled(lines, self.terms.least_cell)
        files["reconciliation.json"] = canonical.dumps({"boxes": told})
        report = privacy.report(ROUND, reports, self.terms)
        files[privacy.PATH] = canonical.dumps(report)
        return files


def _reconciled(
    box: str,
    counted: Sequence[Cast],
    superseded: Sequence[Cast],
    revoked: Sequence[Cast],
    spoken: Counter[bytes],
    reasons: Counter[str],
) -> Entry:
    blank = spoken[b"[]"]
    nothing = ("not_admitted", "undecryptable", "duplicates", "canaries", "paper")
    return {
        "box": box,
        "accepted": len(counted) + len(superseded) + len(revoked),
        "superseded": len(superseded),
        "revoked": len(revoked),
        "into_peel": len(counted),
        "valid": spoken.total() - blank,
        "blank": blank,
        "invalid": reasons.total(),
        "result": spoken.total(),
        **dict.fromkeys(nothing, 0),
    }
