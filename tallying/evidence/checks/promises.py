"""V25, V26, V29 and V30: what was promised to voters; V28 stands in `privacy`."""

from tallying.evidence.acceptance import PATH, Acceptance
from tallying.evidence.checks.check import Check, Failed, Skipped, later
from tallying.evidence.checks.evidence import Evidence, whole
from tallying.evidence.notes import InvalidNote

MOST_CODES = 10
"""So many missing receipts are named."""


def v25(evidence: Evidence) -> str:
    """No box counts paper: this version knows no batches."""
    for box_id, line in evidence.reconciliation.items():
        if box_id not in evidence.merged and whole(line, "paper", "reconciliation.json"):
            raise Skipped(f"this version cannot check the paper of box {box_id}", expected=False)
    raise Skipped("no ballot of this round was cast on paper")


def v29(evidence: Evidence) -> str:
    """Every acceptance that was handed in, here or to the parliament, was kept."""
    listed, given = _listed(evidence), _given(evidence)
    if not listed and not given:
        raise Skipped("nobody handed in an acceptance")
    leaves = set(evidence.leaves)
    handed_in = sorted({*listed, *given})
    missing = [item.code for item in handed_in if item.leaf not in leaves]
    if missing:
        told = ", ".join(missing[:MOST_CODES]) + (" …" if missing[MOST_CODES:] else "")
        raise Failed(
            f"{len(missing)} of {len(handed_in)} ballots that were accepted are not in the log: {told}."
        )
    return f"the ballots of all {len(handed_in)} acceptances that were handed in are in the log"


def _listed(evidence: Evidence) -> list[Acceptance]:
    """Those of the bundle; raises `Failed` unless each is signed, and stands once."""
    if PATH not in evidence.bundle:
        return []
    found = [Acceptance.from_line(value) for value in evidence.bundle.read_lines(PATH)]
    leaves = [item.leaf for item in found]
    if not found or leaves != sorted(set(leaves)):
        raise Failed(f"The acceptances in {PATH} do not stand once each, in order.")
    for item in found:
        if not item.is_signed(evidence.round_id, evidence.receipt_keys):
            raise Failed(f"The receipt key did not sign the acceptance of {item.code}.")
    return found


def _given(evidence: Evidence) -> list[Acceptance]:
    """Those that the verifier was given; raises `Failed` for one that proves nothing."""
    try:
        return [
            Acceptance.read(content, evidence.round_id, evidence.receipt_keys)
            for content in evidence.acceptances
        ]
    except InvalidNote as error:
        raise Failed(f"The acceptance that was given proves nothing: {error}") from error


CHECKS = (
    Check("V25", "paper batches", v25),
    later("V26", "mix network", "reserved"),
    Check("V29", "acceptances are in the log", v29),
)
