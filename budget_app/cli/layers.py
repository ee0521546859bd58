"""Layers of rounds whose files are too large for a page: handed out and taken on the server itself."""

from pathlib import Path

import click
from sqlalchemy import select

from budget_app.cli.databases import with_database
from budget_app.extensions import db
from budget_app.parliaments.models import Parliament
from budget_app.rounds import secrecy
from budget_app.rounds.models import Round
from voting.database import writing
from voting.errors import VotingError
from voting.models import LayerPurpose

READABLE = click.Path(exists=True, dir_okay=False, path_type=Path)
ROUND = click.argument("round_name", metavar="PARLIAMENT/ROUND")


@click.command("hand-out-layer")
@ROUND
@with_database
def hand_out_layer(round_name: str) -> None:
    """Write the file that the next body is to open, and say where it stands."""
    with writing():
        round_, purpose = _found(round_name)
        layer = secrecy.awaited_layer(round_)
        if layer is None:
            raise click.ClickException("Both layers are opened already.")
        try:
            path = secrecy.stage_to_open(round_, purpose)
        except VotingError as error:
            raise click.ClickException(str(error)) from error
        db.session.commit()
    click.echo(f"For the body of the {layer} layer: {path}")


@click.command("take-layer")
@ROUND
@click.option("--stage", type=READABLE, required=True, help="What the layer gave.")
@click.option("--report", type=READABLE, required=True, help="The report of the layer.")
@click.option("--note", type=READABLE, required=True, help="The note that both machines signed.")
@with_database
def take_layer(round_name: str, stage: Path, report: Path, note: Path) -> None:
    """Take what a body brings of its layer: all three files, or nothing."""
    with writing():
        round_, purpose = _found(round_name)
        try:
            opened = secrecy.take_layer(
                round_,
                purpose,
                stage=stage,
                report=report.read_bytes(),
                note=note.read_bytes(),
                by=None,
            )
        except VotingError as error:
            raise click.ClickException(str(error)) from error
        db.session.commit()
        click.echo(f"The {opened.layer} layer is taken.")


def _found(name: str) -> tuple[Round, LayerPurpose]:
    parliament, _, slug = name.partition("/")
    round_ = db.session.scalar(
        select(Round).join(Parliament).where(Parliament.slug == parliament, Round.slug == slug)
    )
    if round_ is None:
        raise click.ClickException(f"There is no round “{name}”.")
    purpose = secrecy.purpose_of(round_)
    if purpose is None:
        raise click.ClickException("No layer of this round is to be opened now.")
    return round_, purpose


COMMANDS = (hand_out_layer, take_layer)
