"""`tallying witness serve`: cosign public logs for as long as they only grow."""

import argparse
import contextlib
import sys
from pathlib import Path

from tallying.errors import TallyingError
from tallying.evidence.cosignature import Witness
from tallying.evidence.notes import InvalidNote, Verifier
from tallying.key_files import read_key
from tallying.witness.cosigner import Cosigner
from tallying.witness.records import Records
from tallying.witness.server import WitnessServer

PORT = 7380


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser("witness", help="cosign public logs", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", metavar="serve", required=True)
    serve = verbs.add_parser("serve", help="answer logs until interrupted")
    serve.add_argument(
        "--key", type=Path, required=True, metavar="FILE", help="from keygen --kind witness"
    )
    serve.add_argument(
        "--state",
        type=Path,
        required=True,
        metavar="FOLDER",
        help="where it keeps what it has cosigned; never delete it, never restore an older copy",
    )
    serve.add_argument(
        "--log",
        required=True,
        action="append",
        metavar="KEY",
        help="the verifier key of a log to watch; may be given many times",
    )
    serve.add_argument("--host", default="127.0.0.1", help="default: this machine alone")
    serve.add_argument("--port", type=int, default=PORT, help=f"default: {PORT}")
    serve.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Serve until interrupted."""
    witness, logs = read_key(args.key, Witness), [_log(text) for text in args.log]
    with Records(args.state, witness) as records:
        try:
            server = WitnessServer(Cosigner(witness, logs, records), args.host, args.port)
        except OverflowError as error:
            raise TallyingError(f"There is no port {args.port}.") from error
        with server:
            _say(f"Witness {witness.name} listens at http://{args.host}:{server.server_port}/.")
            _say(f"Its verifier key: {witness.verifier_key}")
            with contextlib.suppress(KeyboardInterrupt):
                server.serve_forever()
    _say("The witness has stopped.")
    return 0


def _say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


def _log(text: str) -> Verifier:
    try:
        return Verifier.parse(text)
    except InvalidNote as error:
        raise TallyingError(f"--log {text[:60]}: {error}") from error
