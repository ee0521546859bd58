"""V25 to V30: what was promised to voters."""

from tallying.election import Election
from tallying.evidence.checks.check import Check, Failed, Skipped, later
from tallying.evidence.checks.evidence import Evidence, field, whole
from tallying.evidence.count import OUTCOME
from tallying.formats import pabulib

LEAST_PUBLISHED = 100
VOTES = b"\nVOTES\n"


def v25(evidence: Evidence) -> str:
    """No box counts paper: this version knows no batches."""
    for box_id, line in evidence.reconciliation.items():
        if whole(line, "paper", "reconciliation.json"):
            raise Skipped(f"this version cannot check the paper of box {box_id}", expected=False)
    raise Skipped("no ballot of this round was cast on paper")


def v28(evidence: Evidence) -> str:
    """Boxes with fewer than 100 ballots publish none; the others publish nothing but ballots."""
    withheld = 0
    for box_id, election in evidence.elections.items():
        line = field(evidence.reconciliation, box_id, "reconciliation.json")
        small = whole(line, "result", "reconciliation.json") < LEAST_PUBLISHED
        published = f"box/{box_id}/ballots.pb" in evidence.bundle.index
        if small == published:
            what = "publishes fewer than" if small else "withholds its ballots, though it has"
            raise Failed(f"Box {box_id} {what} {LEAST_PUBLISHED} ballots.")
        if published:
            _only_ballots(evidence, box_id, election)
        else:
            _no_hash_of_ballots(evidence, box_id)
        withheld += not published
    return f"the ballots of {withheld} small boxes are withheld" if withheld else "no box is small"


def _no_hash_of_ballots(evidence: Evidence, box_id: str) -> None:
    """Whoever tries out every handful of ballots finds the one that a public hash names."""
    if f"box/{box_id}/restricted/ballots.jsonl" in evidence.bundle.index:
        raise Failed(f"The index gives the hash of the ballots withheld in box {box_id}.")
    boxes = field(evidence.result, "boxes", OUTCOME)
    outcome = next(item["outcome"] for item in boxes if item["box"] == box_id)
    if field(outcome, "input", OUTCOME) is not None:
        raise Failed(f"The outcome gives the hash of the ballots withheld in box {box_id}.")


def _only_ballots(evidence: Evidence, box_id: str, election: Election) -> None:
    """The published votes are sorted, numbered from 1, and have no column beside the ballot."""
    votes = evidence.bundle.read(f"box/{box_id}/ballots.pb").rpartition(VOTES)[2]
    pairs = [(choices, count) for choices, count in evidence.published(box_id).pairs()]
    if votes != pabulib.write(election, pairs, {}).rpartition(VOTES)[2]:
        raise Failed(f"The public file of box {box_id} says more of its voters than their ballots.")


CHECKS = (
    Check("V25", "paper batches", v25),
    later("V26", "mix network", "reserved"),
    Check("V28", "the privacy of small boxes", v28),
    later("V29", "acceptances are in the log", "no acceptances are part of this bundle"),
)
