"""Two auditors: their canaries, and their own look at the count."""

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from budget_app.extensions import db
from tests.budget_app.rounds.office import ROUND, Office
from tests.rehearsal.offline import Bodies, Witnesses, run
from tests.rehearsal.parliament import POLL
from voting.models import Poll

CANARIES = ROUND + "audit/canaries"
NAMES = ("aude", "otto")
WATCHED = {"aude": ("north", 3), "otto": ("south", 2)}
"""The district of each auditor's canaries, and how many they cast of one more that they make."""


@dataclass
class Auditors:
    """Aude and Otto, with a folder on a machine of their own."""

    office: Office
    folder: Path
    keys: dict[str, str] = field(default_factory=dict)
    identities: dict[str, list[str]] = field(default_factory=dict)

    @property
    def trust(self) -> Path:
        return self.folder / "trust.txt"

    def enrol_canaries(self) -> None:
        """Test voters come on the roll; the page shows their numbers once."""
        for name, (district, number) in WATCHED.items():
            data = {"district": district, "number": str(number)}
            answer = self.office.browser(name).post(CANARIES + "/enrol", data)
            self.identities[name] = re.findall(r">(\d{12})<", answer.text)
            assert len(self.identities[name]) == number

    def cast_canaries(self) -> None:
        """Commit to canaries made offline, and cast all but one of them."""
        manifest = self.folder / "round.json"
        manifest.write_bytes(self.office.stranger().get(ROUND + "rules.json").data)
        for name, (district, number) in WATCHED.items():
            secret, public = self.folder / f"{name}.secret", self.folder / f"{name}.json"
            words = ("--box", district, "--count", number + 1)
            run("canary", "make", manifest, *words, "-o", secret, "--commitments", public)
            browser = self.office.browser(name)
            browser.saved(CANARIES + "/commit", {"commit-file": _upload(public)})
            made = json.loads(secret.read_bytes())["canaries"]
            for identity, canary in zip(self.identities[name], made, strict=False):
                fields = {"cast-identity_number": identity, "cast-envelope": canary["envelope"]}
                browser.saved(CANARIES + "/cast", fields)

    def open_canaries(self) -> None:
        for name in NAMES:
            path = self.folder / f"{name}.openings.json"
            run("canary", "open", self.folder / f"{name}.secret", "-o", path)
            self.office.browser(name).saved(CANARIES + "/open", {"open-file": _upload(path)})

    def register_keys(self) -> None:
        for name in NAMES:
            vkey = run("keygen", "--kind", "auditor", f"{name}.example", "-o", self._key(name))
            self.office.browser(name).saved(ROUND + "audit/key", {"verifier_key": vkey})
            self.keys[name] = vkey

    def write_trust(self, witnesses: Witnesses) -> None:
        """The keys as the gazette prints them."""
        with self.office.work():
            poll = db.session.get_one(Poll, POLL)
            lines = [f"log {poll.log_key}", f"receipt {poll.receipt_key}"]
        lines += [f"auditor {key}" for key in self.keys.values()]
        lines += [f"witness {name} {key}" for name, key in witnesses.keys.items()]
        lines += [f"group both all {' '.join(witnesses.keys)}", "quorum both"]
        self.trust.write_text("\n".join(lines) + "\n", encoding="utf8")

    def bundle(self, name: str) -> Path:
        """The auditors' edition, as it is to be had now."""
        path = self.folder / f"{name}.zip"
        with self.office.browser(name).get(ROUND + "audit/auditor-bundle") as answer:
            path.write_bytes(answer.data)
        return path

    def attest(self) -> None:
        """Each verifies the count on their own machine, signs it, and hands it in."""
        for name in NAMES:
            note = self.folder / f"{name}.note"
            words = ("--key", self._key(name), "--trust", self.trust, "-o", note)
            run("attest", self.bundle(name), *words)
            self.office.browser(name).saved(ROUND + "audit/attest", {"note": note.read_text()})

    def verify(self, bundle: Path, bodies: Bodies) -> Mapping[str, Any]:
        """What `tallying verify` says with the trust file and the keys of both layers."""
        report = self.folder / "report.json"
        words = [f"--layer-key={layer}={bodies.key(layer)}" for layer in ("outer", "inner")]
        run("verify", bundle, "--trust", self.trust, *words, "--json", report)
        told: dict[str, Any] = json.loads(report.read_bytes())
        return told

    def _key(self, name: str) -> Path:
        return self.folder / f"{name}.key"


def _upload(path: Path) -> tuple[io.BytesIO, str]:
    return io.BytesIO(path.read_bytes()), path.name
