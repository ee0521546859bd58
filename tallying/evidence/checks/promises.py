"""V25 to V30: what was promised to voters."""

from tallying.evidence.checks.check import Check, Failed, later
from tallying.evidence.checks.evidence import Evidence, field

LEAST_PUBLISHED = 100


def v28(evidence: Evidence) -> str:
    """No box with fewer than 100 ballots publishes them."""
    withheld = 0
    for box_id in evidence.elections:
        line = field(evidence.reconciliation, box_id, "reconciliation.json")
        small = int(field(line, "result", "reconciliation.json")) < LEAST_PUBLISHED
        published = f"box/{box_id}/ballots.pb" in evidence.bundle.index
        if small and published:
            raise Failed(f"Box {box_id} publishes fewer than {LEAST_PUBLISHED} ballots.")
        withheld += not published
    return f"the ballots of {withheld} small boxes are withheld" if withheld else "no box is small"


CHECKS = (
    later("V25", "paper batches", "no ballot of this round was cast on paper"),
    later("V26", "mix network", "reserved"),
    Check("V28", "the privacy of small boxes", v28),
    later("V29", "acceptances are in the log", "no acceptances are part of this bundle"),
    later("V30", "the key test before opening", "an open round has no layer keys"),
)
