"""`tallying join A.note B.note`: one note of two machines that opened the same layer, if they agree."""

import argparse
from pathlib import Path

from tallying.commands.peel import add_manifest_option, read_manifest
from tallying.console import Speaker
from tallying.errors import TallyingError
from tallying.evidence.notes import InvalidNote, text_of
from tallying.new_file import new_file
from tallying.sealing.agreement import Disagreement, differences, join
from tallying.sealing.report import InvalidReport, Report
from tallying.wording.catalogs import LANGUAGES, catalog


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "join", help="join the notes of two machines that opened a layer", description=__doc__
    )
    parser.add_argument("first", type=Path, metavar="A.note")
    parser.add_argument("second", type=Path, metavar="B.note")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE")
    add_manifest_option(parser)
    parser.add_argument("--language", choices=LANGUAGES, default=LANGUAGES[0])
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the note with both signatures; 1 without writing when the machines differ.

    What differs is told from the reports that lie beside the notes, under the same name with
    `.json`, as `tallying peel` writes them.
    """
    gettext = catalog(args.language).gettext
    announced = read_manifest(args.manifest)
    try:
        note = join(args.first.read_bytes(), args.second.read_bytes())
        if announced is not None:
            announced.check_note(note)
    except InvalidNote as error:
        raise TallyingError(str(error)) from error
    except Disagreement as error:
        told = differences_beside(args.first, args.second) or [str(error)]
        stop = gettext("The two machines disagree; the count stops. They differ in:")
        raise Disagreement("\n".join([stop, *told])) from error
    with new_file(args.output) as file:
        file.write(note)
    out = Speaker(highlight=False, markup=False, soft_wrap=True)
    out.print(
        gettext("Both machines agree. The note with both signatures is in %(file)s.")
        % {"file": args.output}
    )
    if announced is None:
        out.print(gettext("Whose signatures they are was not checked; --manifest FILE does that."))
    return 0


def differences_beside(first: Path, second: Path) -> list[str]:
    """How the reports beside two notes differ; nothing where one is missing or not the signed one."""
    reports = []
    for note in (first, second):
        try:
            report = Report.from_bytes(note.with_suffix(".json").read_bytes())
        except (OSError, InvalidReport):
            return []
        if report.note_text != text_of(note.read_bytes()):
            return []
        reports.append(report)
    return differences(*reports)
