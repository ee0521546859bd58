"""`tallying keygen`: make a signing key, on the device that will sign."""

import argparse
import os
import sys
from pathlib import Path

from tallying.errors import TallyingError
from tallying.evidence.cosignature import WitnessKey
from tallying.evidence.notes import InvalidNote, Verifier, generate_key

KINDS = ("auditor", "official", "log", "witness")


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser("keygen", help="make a signing key", description=__doc__)
    parser.add_argument("--kind", choices=KINDS, required=True, help="what the key will sign")
    parser.add_argument(
        "--name",
        required=True,
        help="whose key it is, without spaces: court-of-audit.example/ana-diaz",
    )
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="default: KIND.key")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the key to a new file that only its owner can read; print the public half."""
    path = args.output or Path(f"{args.kind}.key")
    try:
        private, public = generate_key(
            args.name, WitnessKey if args.kind == "witness" else Verifier
        )
    except InvalidNote as error:
        raise TallyingError(str(error)) from error
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise TallyingError(f"{path} exists already; a key is never overwritten.") from error
    except OSError as error:
        raise TallyingError(f"{path} cannot be written: {error.strerror}.") from error
    with os.fdopen(descriptor, "w", encoding="utf8") as file:
        file.write(private + "\n")
    sys.stderr.write(
        f"The private key is in {path}. Keep it on this device; nobody else needs it.\n"
    )
    sys.stderr.write("The public key, to register and to print in the gazette:\n")
    sys.stdout.write(public + "\n")
    return 0
