"""`tallying attest BUNDLE --key FILE`: verify a bundle, then sign that it was verified."""

import argparse
import sys
from pathlib import Path

from tallying.commands.verify import read_trust
from tallying.errors import InvalidBundle, TallyingError
from tallying.evidence.attestation import Statement
from tallying.evidence.bundle import Bundle
from tallying.evidence.notes import InvalidNote, Signer, sign
from tallying.evidence.verify import Status, verify


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser("attest", help="sign a verified bundle", description=__doc__)
    parser.add_argument("bundle", type=Path, metavar="BUNDLE")
    parser.add_argument("--key", type=Path, required=True, metavar="FILE", help="from keygen")
    parser.add_argument("--trust", type=Path, metavar="FILE", help="as for verify")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="default: attestation.note"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the attestation; 1 without writing when a check fails."""
    path = args.output or Path("attestation.note")
    signer = _signer(args.key)
    with Bundle.open(args.bundle) as bundle:
        if bundle.is_public:
            raise InvalidBundle("An attestation needs the auditor edition; this is the public one.")
        report = verify(bundle, read_trust(args.trust))
        if not report.passed:
            for finding in report.findings:
                if finding.status is Status.FAIL:
                    sys.stderr.write(f"{finding.id}  FAIL  {finding.detail}\n")
            sys.stderr.write("Nothing was signed: the bundle does not pass the checks.\n")
            return 1
        note = sign(Statement.of(bundle).text(), signer)
    try:
        path.write_bytes(note)
    except OSError as error:
        raise TallyingError(f"{path} cannot be written: {error.strerror}.") from error
    sys.stderr.write(f"The bundle is {report.verdict}; signed as {signer.name}.\n")
    sys.stderr.write(f"Hand in {path} on the auditor's desk of the round.\n")
    return 0


def _signer(path: Path) -> Signer:
    try:
        return Signer(path.read_text(encoding="utf8"))
    except (OSError, UnicodeDecodeError) as error:
        raise TallyingError(f"The key {path} cannot be read.") from error
    except InvalidNote as error:
        raise TallyingError(f"{path}: {error}") from error
