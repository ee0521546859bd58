"""V24: the auditors' attestations are about this log, this input and this outcome."""

from dataclasses import replace

from tallying.evidence.attestation import Statement
from tallying.evidence.checks.check import Check, Failed, Skipped
from tallying.evidence.checks.evidence import Evidence, field
from tallying.evidence.notes import InvalidNote, NotSigned, Verifier, open_note, text_of
from tallying.evidence.trust import named


def v24(evidence: Evidence) -> str:
    """Every attestation states what is here; those of known auditors are signed by them."""
    paths = evidence.bundle.attestations
    if not paths:
        raise Skipped("nobody has attested yet")
    auditors = evidence.trust.auditor if evidence.trust else ()
    expected = _statements(evidence)
    signed: dict[Verifier, None] = {}
    unknown = 0
    for path in paths:
        signers = _signers(path, evidence.bundle.read(path), expected, auditors)
        signed |= dict.fromkeys(signers)
        unknown += not signers
    others = f"{unknown} by keys that no trust file names"
    if not signed:
        raise Skipped(others)
    required = field(evidence.manifest, "attestations_required", "The manifest")
    found = f"attested by {named(signed)}; the round requires {required}"
    return f"{found}; {others}" if unknown else found


def _statements(evidence: Evidence) -> set[str]:
    """What an attestation may state: this log, or an earlier one that went on to a destruction."""
    statement = Statement.of(evidence.bundle)
    found = {statement.text()}
    if evidence.by_type.get("key.destroyed"):
        for path in evidence.bundle.index:
            if path.startswith("log/history/"):
                earlier = evidence.open_checkpoint(path)
                found.add(replace(statement, size=earlier.size, root=earlier.root_text).text())
    return found


def _signers(
    path: str, note: bytes, expected: set[str], auditors: tuple[Verifier, ...]
) -> tuple[Verifier, ...]:
    """The known auditors who signed; raises `Failed` on another statement or a false signature."""
    try:
        if text_of(note) not in expected:
            raise Failed(f"{path} attests another log, input or outcome.")
        return open_note(note, auditors).verified
    except NotSigned:
        return ()
    except InvalidNote as error:
        raise Failed(f"{path}: {error}") from error


CHECKS = (Check("V24", "attestations", v24),)
