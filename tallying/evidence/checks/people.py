"""V24: the auditors' attestations are about this log, this input and this outcome."""

from dataclasses import replace

from tallying.evidence.attestation import Statement
from tallying.evidence.checks.check import Check, Failed, Skipped
from tallying.evidence.checks.evidence import Evidence, whole
from tallying.evidence.notes import InvalidNote, NotSigned, Verifier, open_note, text_of
from tallying.evidence.trust import named


def v24(evidence: Evidence) -> str:
    """Every attestation states what is here; those of known auditors are signed by them."""
    if not evidence.bundle.attestations:
        raise Skipped("nobody has attested yet")
    signed, unknown = auditors(evidence)
    others = f"{unknown} by keys that no trust file names"
    if not signed:
        raise Skipped(others)
    required = attestations_required(evidence)
    found = f"attested by {named(signed)}; the round requires {required}"
    found = f"{found}; {others}" if unknown else found
    if len(signed) < required:
        raise Skipped(found)
    return found


def auditors(evidence: Evidence) -> tuple[frozenset[Verifier], int]:
    """The auditors of the trust file who attested, each once, and how many notes are of others.

    Raises `Failed` for a note on another log, input or outcome, or with a false signature.
    """
    trusted = evidence.trust.auditor if evidence.trust else ()
    expected = _statements(evidence)
    signed: set[Verifier] = set()
    unknown = 0
    for path in evidence.bundle.attestations:
        signers = _signers(path, evidence.bundle.read(path), expected, trusted)
        signed |= set(signers)
        unknown += not signers
    return frozenset(signed), unknown


def attestations_required(evidence: Evidence) -> int:
    """How many auditors have to attest, as the manifest lays down."""
    return whole(evidence.manifest, "attestations_required", "The manifest")


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
