"""V24: the auditors' attestations are about this log, this input and this outcome."""

from tallying.evidence.attestation import Statement
from tallying.evidence.checks.check import Check, Failed, Skipped
from tallying.evidence.checks.evidence import Evidence
from tallying.evidence.notes import InvalidNote, Verifier, open_note, text_of
from tallying.evidence.trust import named


def v24(evidence: Evidence) -> str:
    """Every attestation states what is here; its signer is known from the trust file."""
    paths = evidence.bundle.attestations
    if not paths:
        raise Skipped("nobody has attested yet")
    expected = Statement.of(evidence.bundle).text()
    auditors = evidence.trust.auditor if evidence.trust else ()
    signed: list[Verifier] = []
    for path in paths:
        note = evidence.bundle.read(path)
        try:
            if text_of(note) != expected:
                raise Failed(f"{path} attests another log, input or outcome.")
            if auditors:
                signed += open_note(note, auditors).verified
        except InvalidNote as error:
            raise Failed(f"{path}: {error}") from error
    if not auditors:
        raise Skipped(f"{len(paths)} attestations, whose keys no trust file names")
    return f"attested by {named(signed)}"


CHECKS = (Check("V24", "attestations", v24),)
