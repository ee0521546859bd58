"""Verifying a bundle: every check, one after the other, without server, network or database."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tallying.errors import TallyingError
from tallying.evidence.bundle import Bundle
from tallying.evidence.canonical import NotCanonical
from tallying.evidence.checks import CHECKS
from tallying.evidence.checks.check import Check, Failed, Skipped
from tallying.evidence.checks.evidence import Evidence
from tallying.evidence.checks.people import attestations_required, auditors
from tallying.evidence.notes import InvalidNote
from tallying.evidence.trust import Trust
from tallying.sealing.keys import LayerKey

LONGEST_DETAIL = 400


class Status(StrEnum):
    """What a check came to."""

    PASS = "PASS"  # noqa: S105 — a verdict
    FAIL = "FAIL"
    SKIP = "SKIP"


class Verdict(StrEnum):
    """What is said of the whole bundle."""

    VERIFIED = "verified"
    NOT_RECOUNTED = "verified, not recounted"
    UNPROVEN = "consistent, origin unproven"
    INCOMPLETE = "incomplete"
    FAILED = "failed"


@dataclass(frozen=True)
class Finding:
    """What one check found; `expected` tells a SKIP that this edition always has."""

    id: str
    title: str
    status: Status
    detail: str
    expected: bool = True


@dataclass(frozen=True)
class Report:
    """All findings about one bundle."""

    findings: tuple[Finding, ...]
    trusted: bool
    server_trust: bool = False
    """Whether the server itself could open the ballots, by the manifest."""

    @property
    def verdict(self) -> Verdict:
        """The worst that was found."""
        if any(finding.status is Status.FAIL for finding in self.findings):
            return Verdict.FAILED
        if any(not finding.expected for finding in self.findings):
            return Verdict.INCOMPLETE
        if not self.trusted:
            return Verdict.UNPROVEN
        return Verdict.NOT_RECOUNTED if self.skipped("V22") else Verdict.VERIFIED

    def skipped(self, *ids: str) -> tuple[str, ...]:
        """Which of these checks were not made."""
        return tuple(f.id for f in self.findings if f.id in ids and f.status is Status.SKIP)

    @property
    def passed(self) -> bool:
        """Nothing failed, and nothing was skipped that should not be."""
        return self.verdict not in (Verdict.INCOMPLETE, Verdict.FAILED)

    def to_json(self) -> dict[str, Any]:
        """The report for machines."""
        return {
            "verdict": self.verdict.value,
            "checks": [
                {"id": item.id, "status": item.status.value, "detail": item.detail}
                for item in self.findings
            ],
        }


def verify(
    bundle: Bundle,
    trust: Trust | None = None,
    on_finding: Callable[[Finding], None] | None = None,
    *,
    layer_keys: Mapping[str, LayerKey] | None = None,
    recount: bool = True,
    acceptances: Sequence[bytes] = (),
    executor: Executor | None = None,
    on_reading: Callable[[str], None] | None = None,
) -> Report:
    """Make every check; `on_finding` hears of each as soon as it is made.

    `layer_keys`, the private keys of layers by their names, let V19 open the layers again.
    `acceptances`, the notes that voters saved, are looked for in the log by V29.
    Without `recount` V22 is skipped, and the verdict is at best `incomplete`. `executor` reads the
    counted envelopes beside the other files; `on_reading` hears of each large file.
    """
    evidence = Evidence(bundle, trust, layer_keys, recount=recount, acceptances=acceptances)
    evidence.files.on_reading = on_reading
    evidence.begin(executor)
    findings = []
    for check in CHECKS:
        finding = _make(check, evidence)
        findings.append(finding)
        if on_finding:
            on_finding(finding)
    return Report(tuple(findings), trusted=trust is not None, server_trust=_server_trust(evidence))


def _server_trust(evidence: Evidence) -> bool:
    """Open rounds too; a manifest that cannot be read has failed a check and says nothing."""
    try:
        return evidence.seal is None or evidence.seal.server_trust
    except (Failed, TallyingError, NotCanonical):
        return False


def _make(check: Check, evidence: Evidence) -> Finding:
    def run() -> str:
        if check.auditors_only and evidence.bundle.is_public:
            if check.of_public is not None:
                check.of_public(evidence)
            raise _unseen(evidence)
        return check.run(evidence)

    return make(check.id, check.title, run)


def make(check_id: str, title: str, run: Callable[[], str]) -> Finding:
    """Run one check. Whatever a hostile file makes it stumble over is a FAIL of that check."""
    try:
        return Finding(check_id, title, Status.PASS, _printable(run()))
    except Skipped as skip:
        return Finding(check_id, title, Status.SKIP, str(skip), skip.expected)
    except (Failed, TallyingError, InvalidNote, NotCanonical) as error:
        return Finding(check_id, title, Status.FAIL, _printable(str(error)))
    except Exception as error:  # noqa: BLE001 — a file decides what goes wrong here
        detail = f"A file has an unexpected form ({type(error).__name__}: {str(error)[:120]})."
        return Finding(check_id, title, Status.FAIL, _printable(detail))


def _unseen(evidence: Evidence) -> Skipped:
    """Why what only auditors see is not checked: it is elsewhere, or destroyed and attested before."""
    destroyed = evidence.by_type.get("key.destroyed", [])
    if not destroyed:
        return Skipped("needs the auditor edition")
    attested, required = len(auditors(evidence)[0]), attestations_required(evidence)
    reason = (
        f"destroyed at {destroyed[0][1].get('at')}; {attested} trusted auditors attested before, "
        f"of {required} that the round requires"
    )
    return Skipped(reason, expected=attested >= required)


def _printable(text: str) -> str:
    """The text on one line, without what a hostile file could send to a terminal."""
    kept = (character if character.isprintable() else "?" for character in text[:LONGEST_DETAIL])
    return unicodedata.normalize("NFC", "".join(kept))
