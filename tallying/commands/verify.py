"""`tallying verify BUNDLE`: check an evidence bundle, or a voter's receipt, on this machine."""

import argparse
import gc
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from tallying import console as terminal
from tallying.errors import InvalidBundle, InvalidLayerKey, TallyingError
from tallying.evidence.bundle import Bundle
from tallying.evidence.canonical import dumps
from tallying.evidence.checks import CHECKS
from tallying.evidence.proof import MOST_BYTES
from tallying.evidence.receipt import check_receipt, is_promised
from tallying.evidence.trust import Trust
from tallying.evidence.verify import Finding, Report, Status, Verdict, verify
from tallying.sealing.keys import LayerKey, read_private
from tallying.sealing.seal import LAYERS

COLOURS = {Status.PASS: "green", Status.FAIL: "bold red", Status.SKIP: "yellow"}
MEANING = {
    Verdict.VERIFIED: "Verified: nothing failed, and the keys are those of your trust file.",
    Verdict.NOT_RECOUNTED: (
        "Verified, not recounted: nothing failed, and the keys are those of your trust file."
    ),
    Verdict.UNPROVEN: (
        "Consistent, origin unproven: nothing failed, but no trust file (--trust) says whose keys "
        "signed it."
    ),
    Verdict.INCOMPLETE: "Incomplete: a check was skipped that should not be.",
    Verdict.FAILED: "FAILED: this bundle does not prove its result.",
}
MEANING_OF_RECEIPT = {
    Verdict.VERIFIED: "This ballot is in the public log. The receipt does not say what it holds.",
    Verdict.UNPROVEN: (
        "This ballot is in the log of that bundle; no trust file (--trust) says whose log it is."
    ),
    Verdict.INCOMPLETE: "Not proved yet: a check that matters had to be skipped.",
    Verdict.FAILED: "FAILED: this receipt does not prove that its ballot is in the log.",
}

LARGE_BYTES = 50_000_000
NOT_RECOUNTED = "The count was not done again, or not in every box: V22 says why."
PUBLIC_EDITION = (
    "This is the public edition: who voted, that each ballot counted is one that was cast, and "
    "what is withheld, only auditors can check ({})."
)
UNSEEN = (*(check.id for check in CHECKS if check.auditors_only), "V21", "V22")
"""What the public edition may not let anybody check."""
SERVER_TRUST = "Server-trust: the server itself could open the ballots of this round."


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "verify", help="check an evidence bundle or a receipt", description=__doc__
    )
    parser.add_argument("bundle", type=Path, metavar="BUNDLE", nargs="?")
    parser.add_argument(
        "--receipt",
        type=Path,
        metavar="FILE",
        help="check a receipt instead: a saved proof or acceptance; with BUNDLE before it, the "
        "receipt together with every check of the bundle",
    )
    parser.add_argument(
        "--bundle",
        type=Path,
        dest="beside",
        metavar="BUNDLE",
        help="the bundle to look a receipt up in",
    )
    add_trust_option(parser)
    parser.add_argument(
        "--no-recount",
        action="store_true",
        help="leave out the recount (V22); the verdict is then incomplete, and the exit code 1",
    )
    parser.add_argument(
        "--layer-key",
        action="append",
        default=[],
        metavar="LAYER=FILE",
        help="open a layer of a sealed round again with its private key (outer=FILE, inner=FILE)",
    )
    terminal.add_json_option(parser)
    parser.set_defaults(run=run)


def add_trust_option(parser: argparse.ArgumentParser) -> None:
    """`--trust FILE`, as every command takes it that verifies."""
    parser.add_argument(
        "--trust",
        type=Path,
        metavar="FILE",
        help="keys as printed in the gazette: lines `log KEY`, `receipt KEY`, `auditor KEY`, and "
        "the witnesses and quorum of a policy",
    )


def run(args: argparse.Namespace) -> int:
    """Verify and report; 0 when nothing failed, 1 when something did."""
    trust, path, console = (
        read_trust(args.trust),
        args.beside or args.bundle,
        terminal.speaker(args),
    )
    receipt = None if args.receipt is None else _read_receipt(args.receipt)
    if receipt is not None and args.bundle is None:
        with nullcontext() if path is None else Bundle.open(path) as bundle:
            reports = [examine_receipt(receipt, trust, bundle, console)]
    elif path is None:
        raise TallyingError("Name a bundle, or a receipt (--receipt FILE).")
    else:
        reports = _examine_both(args, args.bundle or path, receipt, trust, console)
    findings = [finding for report in reports for finding in report.findings]
    both = replace(reports[0], findings=tuple(findings))
    terminal.write_json(args, dumps(both.to_json()))
    return 0 if both.passed else 1


def _examine_both(
    args: argparse.Namespace,
    path: Path,
    receipt: bytes | None,
    trust: Trust | None,
    console: Console,
) -> list[Report]:
    """Verify a bundle and the receipt given with it.

    V29 looks for an acceptance. Anything else is checked by itself, so that a file that proves
    nothing is not held against the bundle.
    """
    layer_keys, recount = read_layer_keys(args.layer_key), not args.no_recount
    with Bundle.open(path) as bundle:
        is_promise = receipt is not None and is_promised(receipt, bundle)
        given = [receipt] if receipt is not None and is_promise else []
        found = examine(bundle, trust, console, layer_keys, recount=recount, acceptances=given)
        if receipt is None or is_promise:
            return [found]
        console.print(f"The receipt {args.receipt}:", soft_wrap=True)
        if args.beside is None:
            return [found, examine_receipt(receipt, trust, bundle, console)]
    with Bundle.open(args.beside) as beside:
        return [found, examine_receipt(receipt, trust, beside, console)]


def read_trust(path: Path | None) -> Trust | None:
    """The trust file, if one is named; raises `InvalidBundle`."""
    if path is None:
        return None
    try:
        return Trust.parse(path.read_text(encoding="utf8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        message = f"The trust file {path} cannot be read."
        raise InvalidBundle(message) from error


def read_layer_keys(words: Sequence[str]) -> dict[str, LayerKey]:
    """The private keys that `LAYER=FILE` names; raises `InvalidLayerKey`."""
    keys = {}
    for word in words:
        layer, _, path = word.partition("=")
        if layer not in LAYERS or not path:
            raise InvalidLayerKey(f"--layer-key reads LAYER=FILE, with a layer of {LAYERS}.")
        try:
            keys[layer] = read_private(Path(path).read_text(encoding="utf8"))
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidLayerKey(f"The key {path} cannot be read.") from error
    return keys


def examine(
    bundle: Bundle,
    trust: Trust | None,
    console: Console,
    layer_keys: Mapping[str, LayerKey] | None = None,
    *,
    recount: bool = True,
    acceptances: Sequence[bytes] = (),
) -> Report:
    """Verify, showing each finding as it is made, and what they come to."""
    working = console.status("Checking …") if console.is_terminal else None
    options: dict[str, Any] = {
        "layer_keys": layer_keys,
        "recount": recount,
        "acceptances": acceptances,
    }
    if working is not None:
        options["on_reading"] = lambda path: working.update(f"Reading {path} …")
    gc.disable()  # millions of parsed values and no circle: the search for circles takes a third
    try:
        with working or nullcontext(), _helper(bundle) as executor:
            options["executor"] = executor
            report = verify(bundle, trust, lambda found: _show(console, found), **options)
    finally:
        gc.enable()
    made = Counter(finding.status for finding in report.findings)
    console.print(
        f"{made[Status.PASS]} checks passed, {made[Status.FAIL]} failed, "
        f"{made[Status.SKIP]} had to be skipped."
    )
    console.print(Text(MEANING[report.verdict], style="bold" if report.passed else "bold red"))
    if report.server_trust and report.verdict is not Verdict.FAILED:
        console.print(SERVER_TRUST)
    if report.skipped("V22") and report.verdict is not Verdict.FAILED:
        console.print(NOT_RECOUNTED)
    if report.passed and bundle.is_public:
        console.print(PUBLIC_EDITION.format(", ".join(report.skipped(*UNSEEN))))
    return report


def _helper(bundle: Bundle) -> AbstractContextManager[Executor | None]:
    """A second process for the envelopes of a large bundle; for a small one it starts too slowly."""
    envelopes = sum(bundle.size(name) for name in bundle.names if name.endswith("/counted.jsonl"))
    if envelopes < LARGE_BYTES or os.cpu_count() == 1:
        return nullcontext()
    return ProcessPoolExecutor(1, get_context("spawn"))


def examine_receipt(
    receipt: bytes, trust: Trust | None, bundle: Bundle | None, console: Console
) -> Report:
    """Check a receipt, and say what it comes to."""
    report = check_receipt(receipt, trust, bundle)
    for found in report.findings:
        _show(console, found)
    meaning = MEANING_OF_RECEIPT[report.verdict]
    console.print(Text(meaning, style="bold" if report.passed else "bold red"))
    return report


def _read_receipt(path: Path) -> bytes:
    """Raises `TallyingError` for a file that is away."""
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise TallyingError(f"The receipt {path} cannot be read: {error.strerror}.") from error


def _show(console: Console, found: Finding) -> None:
    line = Text(f"{found.id:9}  " if found.id.isalpha() else f"{found.id}  ")
    line.append(found.status.value, style=COLOURS[found.status])
    line.append(f"  {found.title}: {found.detail}")
    console.print(line)
