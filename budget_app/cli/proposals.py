"""Commands for proposals: their index, and the outlines of the districts they are in."""

from pathlib import Path

import click
from sqlalchemy import select

from budget_app.browsing import index
from budget_app.browsing.outlines import put_outlines, told
from budget_app.cli.databases import with_database
from budget_app.extensions import db
from budget_app.parliaments.models import Parliament
from budget_app.rounds.errors import InvalidField
from budget_app.rounds.models import Round
from voting.database import writing


@click.command("index-proposals")
@with_database
def index_proposals() -> None:
    """Fill the search of proposals anew, after a change of the database from outside."""
    with writing():
        number = index.rebuild(db.session())
        db.session.commit()
    click.echo(f"{number:,} proposals are indexed.")


@click.command("set-outlines")
@click.argument("round_name", metavar="PARLIAMENT/ROUND")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_database
def set_outlines(round_name: str, file: Path) -> None:
    """Take the outlines of a round's districts from a GeoJSON file, for its map.

    Each feature names its district in the property `district`, by the slug or a name.
    """
    with writing():
        round_ = _round(round_name)
        try:
            assigned = put_outlines(round_, file.read_bytes(), by=None)
        except InvalidField as error:
            raise click.ClickException(f"{file}: {error.message}") from None
        number = len(round_.districts)
        db.session.commit()
    click.echo(f"{assigned.number} of {number} districts have an outline now.")
    if assigned.unknown:
        click.echo(f"Left out, because they name no district: {told(assigned.unknown)}.")


def _round(name: str) -> Round:
    parliament, slash, slug = name.partition("/")
    if not slash:
        raise click.ClickException(
            f"{name} is no round: give PARLIAMENT/ROUND, as its address has."
        )
    found = db.session.scalar(
        select(Round).join(Parliament).where(Parliament.slug == parliament, Round.slug == slug)
    )
    if found is None:
        raise click.ClickException(f"There is no round {name}.")
    return found


COMMANDS = (index_proposals, set_outlines)
