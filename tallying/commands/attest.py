"""`tallying attest BUNDLE --key FILE`: verify a bundle, then sign that it was verified."""

import argparse
from pathlib import Path

from rich.console import Console

from tallying.commands.verify import add_trust_option, examine, read_trust
from tallying.errors import InvalidBundle, TallyingError
from tallying.evidence.attestation import Statement
from tallying.evidence.bundle import Bundle
from tallying.evidence.notes import Signer, sign
from tallying.key_files import read_key


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser("attest", help="sign a verified bundle", description=__doc__)
    parser.add_argument("bundle", type=Path, metavar="BUNDLE", help="the auditor edition")
    parser.add_argument("--key", type=Path, required=True, metavar="FILE", help="from keygen")
    add_trust_option(parser)
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="default: attestation.note"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the attestation; 1 without writing when a check fails."""
    path = args.output or Path("attestation.note")
    signer, trust = read_key(args.key, Signer), read_trust(args.trust)
    console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
    with Bundle.open(args.bundle) as bundle:
        if bundle.is_public:
            raise InvalidBundle("An attestation needs the auditor edition; this is the public one.")
        report = examine(bundle, trust, console)
        if not report.passed:
            console.print("Nothing was signed.")
            return 1
        note = sign(Statement.of(bundle).text(), signer)
    try:
        path.write_bytes(note)
    except OSError as error:
        raise TallyingError(f"{path} cannot be written: {error.strerror}.") from error
    console.print(f"{path} is signed as {signer.name}. It says:")
    console.print(note.decode(), end="")
    console.print("Hand it in on the auditors' desk of the round, where your key is registered.")
    return 0
