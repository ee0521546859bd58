"""`tallying convert IN OUT`: write an election in another format."""

from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from tallying import formats
from tallying.console import add_json_option, speaker, write_json
from tallying.errors import InvalidFile, TallyingError
from tallying.formats.lost import lost
from tallying.formats.voters import voters_of


class LossRefused(TallyingError):
    """The target cannot hold all of the source, and nobody said that this is fine."""

    def __init__(self, file: str, what: tuple[str, ...]) -> None:
        self.file, self.what = file, what
        super().__init__(f"{file} cannot hold {'; '.join(what)}. --lossy leaves this out.")


def register(subparsers: Any) -> None:
    parser: ArgumentParser = subparsers.add_parser(
        "convert",
        help="write an election in another format",
        description="The formats are told by the ends of the names: .pb, .blt, .csv, .parquet. "
        "What was written is read again and compared; what the target cannot hold is named, and "
        "nothing is written, unless --lossy is given.",
    )
    parser.add_argument("source", type=Path, metavar="IN")
    parser.add_argument("target", type=Path, metavar="OUT")
    parser.add_argument("--lossy", action="store_true", help="leave out what OUT cannot hold")
    parser.add_argument("--force", action="store_true", help="write over OUT if it is there")
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(args: Namespace) -> int:
    source, target = args.source, args.target
    if target.exists() and not args.force:
        message = "the file is there already; --force writes over it"
        raise InvalidFile(str(target), None, "", message)
    if not target.parent.is_dir():
        raise InvalidFile(str(target), None, "", f"there is no folder {target.parent}")
    file = formats.read(source)
    left_out = convert(source, file, target, args.lossy)
    out = speaker(args)
    for repair in file.repairs:
        out.print(f"repaired: {repair.policy} on {repair.ballots} ballots")
    for what in left_out:
        out.print(f"left out: {what}")
    out.print(f"{target}: {len(file.election.projects)} projects, {file.profile.total} ballots")
    summary = {
        "file": file.file,
        "target": target.name,
        "projects": len(file.election.projects),
        "ballots": file.profile.total,
        "repairs": [asdict(repair) for repair in file.repairs],
        "left_out": list(left_out),
    }
    write_json(args, summary)
    return 0


def convert(
    path: Path, source: formats.ElectionFile, target: Path, lossy: bool = False
) -> tuple[str, ...]:
    """Write a file that was read; returns what was left out, and raises `LossRefused` before that.

    The new file is read again and compared before it takes its name, so that no half-written or
    silently poorer file is ever left behind.
    """
    module = formats.module_of(target)
    voters = voters_of(path, source)
    with NamedTemporaryFile(
        dir=target.parent, prefix=f".{target.name}.", suffix=target.suffix
    ) as written:
        written.write(module.encode(source, voters))
        written.flush()
        trial = Path(written.name)
        again = formats.read(trial, target.name)
        left_out = lost(source, again, voters, voters_of(trial, again))
        if left_out and not lossy:
            raise LossRefused(target.name, left_out)
        content = trial.read_bytes()
    target.write_bytes(content)
    return left_out
