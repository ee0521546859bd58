"""`tallying keygen`: make a key, on the device that will sign or open ballots with it."""

import argparse
import sys
from pathlib import Path

from tallying.console import Speaker
from tallying.errors import TallyingError
from tallying.evidence.cosignature import WitnessKey
from tallying.evidence.notes import InvalidNote, Verifier, generate_key
from tallying.new_file import new_file
from tallying.sealing.key_files import KeyFiles, write_key
from tallying.wording.catalogs import LANGUAGES, catalog

LAYER = "layer"
KINDS = (LAYER, "auditor", "official", "log", "witness")


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser("keygen", help="make a key", description=__doc__)
    parser.add_argument(
        "--kind",
        choices=KINDS,
        required=True,
        help="what the key will sign; layer: it opens one layer of sealed ballots",
    )
    parser.add_argument("name", nargs="?", default=argparse.SUPPRESS, metavar="NAME")
    parser.add_argument(
        "--name",
        help="whose key it is, without spaces: court-of-audit.example/ana-diaz; "
        "of a layer, also the files' name: court-of-audit",
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="PATH",
        help="the new file, by default KIND.key; for a layer the folder, by default NAME",
    )
    parser.add_argument(
        "--split",
        action="store_true",
        help="only for a layer: three shares instead of the private key; any two give it",
    )
    parser.add_argument(
        "--language", choices=LANGUAGES, default=LANGUAGES[0], help="of what a layer's files say"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the key to new files that only their owner can read."""
    if not args.name:
        raise TallyingError("Say whose key it is: --name NAME.")
    if args.kind == LAYER:
        return _make_layer_key(args)
    if args.split:
        raise TallyingError("Only the key of a layer is split: --kind layer.")
    return _make_signing_key(args)


def _make_signing_key(args: argparse.Namespace) -> int:
    path = args.output or Path(f"{args.kind}.key")
    try:
        private, public = generate_key(
            args.name, WitnessKey if args.kind == "witness" else Verifier
        )
    except InvalidNote as error:
        raise TallyingError(str(error)) from error
    with new_file(path) as file:
        file.write(f"{private}\n".encode())
    sys.stderr.write(
        f"The private key is in {path}. Keep it on this device; nobody else needs it.\n"
    )
    sys.stderr.write("The public key, to register and to print in the gazette:\n")
    sys.stdout.write(public + "\n")
    return 0


def _make_layer_key(args: argparse.Namespace) -> int:
    files = write_key(
        args.name, args.output or Path(args.name), in_shares=args.split, language=args.language
    )
    _explain(files, args.language, Speaker(highlight=False, markup=False, soft_wrap=True))
    return 0


def _explain(files: KeyFiles, language: str, out: Speaker) -> None:
    """What to do with each file."""
    gettext = catalog(language).gettext
    out.print(gettext("Fingerprint of the new key: %(value)s") % {"value": files.fingerprint})
    out.print(gettext("Write it down; the round's page must show the same."))
    out.print(f"\n{files.public}")
    out.print(gettext("The public key. Give this file to the administrator; it is no secret."))
    for path in files.secret:
        out.print(f"\n{path}")
        if len(files.secret) == 1:
            out.print(gettext("The private key. It stays on this machine, which stays offline."))
            out.print(gettext("Keep one copy on paper or a memory stick in a safe elsewhere."))
    if len(files.secret) > 1:
        out.print(
            gettext(
                "The shares of the private key. Any two of them open the layer; one alone is useless. "
                "Print each, give it to another person, and delete the file."
            )
        )
    out.print("")
    out.print(gettext("Without the private key no ballot of the round can ever be counted."))
