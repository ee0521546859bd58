"""V25, V26, V29 and V30: what was promised to voters; V28 stands in `privacy`."""

from tallying.evidence.checks.check import Check, Skipped, later
from tallying.evidence.checks.evidence import Evidence, whole


def v25(evidence: Evidence) -> str:
    """No box counts paper: this version knows no batches."""
    for box_id, line in evidence.reconciliation.items():
        if box_id not in evidence.merged and whole(line, "paper", "reconciliation.json"):
            raise Skipped(f"this version cannot check the paper of box {box_id}", expected=False)
    raise Skipped("no ballot of this round was cast on paper")


CHECKS = (
    Check("V25", "paper batches", v25),
    later("V26", "mix network", "reserved"),
    later("V29", "acceptances are in the log", "no acceptances are part of this bundle"),
)
