"""`tallying canary`: make test ballots that only you know, and open them after the last layer."""

import argparse
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tallying.errors import TallyingError
from tallying.evidence import canonical, manifest
from tallying.evidence.canaries import Canary, NoCanary, make
from tallying.evidence.seal import Seal
from tallying.new_file import new_file
from tallying.sealing.seal import plain_ballot, seal_ballot

SCHEMA = "pb.canaries/1"
OWNER_READS, ALL_READ = 0o400, 0o644
MOST = 500


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "canary", help="make and open the auditors' test ballots", description=__doc__
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    making = verbs.add_parser("make", help="before the vote: ballots, and commitments to hand in")
    making.add_argument("manifest", type=Path, metavar="MANIFEST", help="the sealed file (JSON)")
    making.add_argument("--box", required=True, help="the district whose ballots they are")
    making.add_argument("--count", type=int, required=True, metavar="K", help="how many")
    making.add_argument(
        *("-o", "--output"), type=Path, metavar="FILE", help="the secret; default: canaries.secret"
    )
    making.add_argument(
        "--commitments", type=Path, metavar="FILE", help="to hand in; default: commitments.json"
    )
    making.set_defaults(run=run_make)
    opening = verbs.add_parser("open", help="after both layers: what to hand in then")
    opening.add_argument("secret", type=Path, metavar="SECRET", help="the file of `make`")
    opening.add_argument(
        *("-o", "--output"), type=Path, metavar="FILE", help="default: openings.json"
    )
    opening.set_defaults(run=run_open)


def run_make(args: argparse.Namespace) -> int:
    """Draw the ballots at random; write the secret file and the commitments, both new."""
    if not 1 <= args.count <= MOST:
        raise TallyingError(f"Make 1 to {MOST} canaries at a time.")
    sealed = _read(args.manifest, "a sealed manifest")
    secret = args.output or Path("canaries.secret")
    public = args.commitments or Path("commitments.json")
    canaries = [_make(sealed, args.box) for _ in range(args.count)]
    commitments = sorted(canary.commitment for canary in canaries)
    rounds = {"round": sealed["round"], "schema": SCHEMA}
    with new_file(secret, OWNER_READS) as file:
        held = [{**asdict(canary), "envelope": _seal(sealed, canary)} for canary in canaries]
        file.write(canonical.dumps({**rounds, "canaries": held}))
    with new_file(public, ALL_READ) as file:
        file.write(canonical.dumps({**rounds, "commitments": commitments}))
    sys.stderr.write(
        f"{secret} is secret until both layers are opened: keep it on this device.\n"
        f"{public} goes to the audit desk of the round, before the first layer is opened.\n"
    )
    return 0


def run_open(args: argparse.Namespace) -> int:
    """Write box, choices and nonce of every canary of a secret file."""
    held = _read(args.secret, "a file of canaries")
    if held.get("schema") != SCHEMA or not isinstance(held.get("canaries"), list):
        raise NoCanary(f"{args.secret} is not a file of canaries.")
    path = args.output or Path("openings.json")
    opened = [asdict(Canary.from_json(item)) for item in held["canaries"]]
    content = {"canaries": opened, "round": held.get("round"), "schema": SCHEMA}
    with new_file(path, ALL_READ) as file:
        file.write(canonical.dumps(content))
    sys.stderr.write(f"Hand in {path} on the audit desk once both layers are opened.\n")
    return 0


def _read(path: Path, what: str) -> dict[str, Any]:
    try:
        value = canonical.loads(path.read_bytes())
    except canonical.NotCanonical as error:
        raise NoCanary(f"{path} is not {what}: {error}") from error
    if not isinstance(value, dict) or "round" not in value:
        raise NoCanary(f"{path} is not {what}.")
    return value


def _make(sealed: dict[str, Any], box_id: str) -> Canary:
    try:
        elections = manifest.elections(sealed)
    except (KeyError, TypeError, ValueError) as error:
        raise NoCanary("The manifest describes no election.") from error
    if box_id not in elections:
        raise NoCanary(f"The round has the districts {', '.join(elections)}, and not {box_id}.")
    return make(elections[box_id], box_id)


def _seal(sealed: dict[str, Any], canary: Canary) -> str:
    """The envelope that is cast, in base64url: sealed here, so that nobody else knows the nonce."""
    if sealed.get("seal") is None:
        raise NoCanary("The ballots of this round are not sealed: there is nothing to watch.")
    try:
        seal = Seal.from_json(sealed["seal"])
    except (KeyError, TypeError, ValueError) as error:
        raise NoCanary("The manifest does not say how ballots are sealed.") from error
    body = plain_ballot(canary.choices, canonical.unb64u(canary.nonce))
    envelope = seal_ballot(
        body, size=seal.size, round_id=sealed["round"], box_id=canary.box, keys=seal.keys
    )
    return canonical.b64u(envelope)
