"""`tallying peel STAGE`: open one layer of sealed ballots, on a machine that is offline."""

import argparse
import sys
import time
from pathlib import Path

from tallying import console as terminal
from tallying.console import Speaker
from tallying.errors import InvalidLayerKey, TallyingError
from tallying.evidence.canonical import dumps
from tallying.evidence.notes import Signer, sign
from tallying.key_files import read_key as read_signing_key
from tallying.new_file import new_file
from tallying.sealing.announced import Announced
from tallying.sealing.key_files import read_key
from tallying.sealing.keys import LayerKey, fingerprint
from tallying.sealing.peel import peel, stages_of
from tallying.sealing.report import Report
from tallying.sealing.seal import LAYERS
from tallying.sealing.shares import Share
from tallying.sealing.stages import read_stage
from tallying.wording import PlainFormatter
from tallying.wording.catalogs import LANGUAGES, catalog

REPORT, NOTE = "report.json", "report.note"
FIGURES = ("input", "output", "undecryptable", "duplicates")
FOLDER_MODE = 0o700


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "peel", help="open one layer of sealed ballots", description=__doc__
    )
    parser.add_argument("stage", type=Path, metavar="STAGE", help="the file of sealed ballots")
    parser.add_argument("--layer", choices=LAYERS, required=True)
    parser.add_argument("--key", type=Path, metavar="FILE", help="the private key of the layer")
    parser.add_argument(
        "--share",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="a share of it, if it was split; give two; - asks for it on the terminal",
    )
    parser.add_argument(
        "--sign-with",
        type=Path,
        required=True,
        metavar="FILE",
        help="this machine's signing key, from keygen --kind official",
    )
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FOLDER", help="for what it writes"
    )
    add_manifest_option(parser)
    parser.add_argument(
        "--jobs", type=int, metavar="N", help="processes; by default one for each core"
    )
    parser.add_argument("--language", choices=LANGUAGES, default=LANGUAGES[0])
    terminal.add_json_option(parser)
    parser.set_defaults(run=run)


def add_manifest_option(parser: argparse.ArgumentParser) -> None:
    """`--manifest FILE`, as each command of sealed rounds takes it."""
    parser.add_argument(
        "--manifest",
        type=Path,
        metavar="FILE",
        help="the round's manifest; keys, signers and boxes are then those that it names",
    )


def read_manifest(path: Path | None) -> Announced | None:
    """The manifest, if one is named; raises `InvalidSeal`."""
    return None if path is None else Announced.read(path.read_bytes())


def run(args: argparse.Namespace) -> int:
    """Write the next stage, the report and this machine's signature under it."""
    if args.jobs is not None and args.jobs < 1:
        raise TallyingError("--jobs takes a number of processes, 1 or more.")
    key = read_key(args.key, args.share, lambda: _ask_for_share(args.language))
    signer = read_signing_key(args.sign_with, Signer)
    _check(args, key, signer)
    paths = _new_paths(args.output, args.layer)
    began = time.monotonic()
    with terminal.counting(catalog(args.language).gettext("Opening ballots")) as progress:
        report = peel(args.stage, paths[0], key, args.layer, progress, args.jobs)
    seconds = time.monotonic() - began
    written = dumps(report.to_json()), sign(report.note_text, signer)
    for path, content in zip(paths[1:], written, strict=True):
        with new_file(path) as file:
            file.write(content)
    _tell(terminal.speaker(args), report, key, args.language)
    terminal.speaker(args).print("\n".join(map(str, paths)))
    terminal.write_json(
        args,
        {
            "digest": report.digest,
            "files": [str(path) for path in paths],
            "report": report.to_json(),
            "seconds": round(seconds, 1),
        },
    )
    return 0


def _ask_for_share(language: str) -> Share:
    """A share that somebody types from paper, asked for again until it is right."""
    console = Speaker(stderr=True, highlight=False, markup=False, soft_wrap=True)
    while True:
        console.print(
            catalog(language).gettext("Type a share as it is printed, then an empty line:")
        )
        typed = "\n".join(iter(lambda: sys.stdin.readline().strip(), ""))
        try:
            return Share.parse(typed)
        except InvalidLayerKey as error:
            if not sys.stdin.isatty():
                raise
            console.print(str(error))


def _new_paths(folder: Path, layer: str) -> tuple[Path, Path, Path]:
    """The stage, the report and the note in a folder that has none of them yet."""
    paths = (folder / f"{stages_of(layer)[1]}.jsonl", folder / REPORT, folder / NOTE)
    for path in paths:
        if path.exists():
            raise TallyingError(f"{path} exists already; name a new folder.")
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    return paths


def _check(args: argparse.Namespace, key: LayerKey, signer: Signer) -> None:
    """Hold everything against the manifest, before work that may take minutes."""
    announced = read_manifest(args.manifest)
    if announced is None:
        return
    announced.check_key(args.layer, key.public)
    announced.check_signer(args.layer, signer.verifier)
    with read_stage(args.stage) as stage:
        announced.check_stage(stage.header)


def _tell(out: Speaker, report: Report, key: LayerKey, language: str) -> None:
    """Figures, and what to compare with the other machine; never a ballot."""
    gettext, number = catalog(language).gettext, PlainFormatter(language).number
    out.table(
        [
            gettext("box"),
            gettext("read"),
            gettext("opened"),
            gettext("not opened"),
            gettext("copies left out"),
        ],
        ([box.box, *(number(getattr(box, name)) for name in FIGURES)] for box in report.boxes),
    )
    out.print(gettext("Key used: %(value)s") % {"value": fingerprint(key.public)})
    if report.total("input") and not report.total("output"):
        out.print(gettext("NOTHING OPENED. Is this the key of this layer, and the right file?"))
    out.print(gettext("Stage written: %(digest)s") % {"digest": report.output})
    out.print(gettext("Report: %(digest)s") % {"digest": report.digest})
    out.print(gettext("The other machine must show the same two lines, or the count stops."))
