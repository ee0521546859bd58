"""Commands for proposals: their index, and the outlines of the districts they are in."""

import json
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from budget_app.browsing import index
from budget_app.browsing.outlines import NoOutline, outlines_of
from budget_app.extensions import db
from budget_app.parliaments.models import Parliament
from budget_app.rounds.models import Round
from voting.database import writing


@click.command("index-proposals")
@with_appcontext
def index_proposals() -> None:
    """Fill the search of proposals anew, after a change of the database from outside."""
    with writing():
        number = index.rebuild(db.session())
        db.session.commit()
    click.echo(f"{number:,} proposals are indexed.")


@click.command("set-outlines")
@click.argument("round_name", metavar="PARLIAMENT/ROUND")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def set_outlines(round_name: str, file: Path) -> None:
    """Take the outlines of a round's districts from a GeoJSON file, for its map.

    Each feature names its district in the property `district`, by the slug.
    """
    with writing():
        round_ = _round(round_name)
        found = _read(file)
        slugs = {district.slug for district in round_.districts}
        if unknown := sorted(found.keys() - slugs):
            raise click.ClickException(f"This round has no district {', '.join(unknown)}.")
        for district in round_.districts:
            if district.slug in found:
                district.outline = found[district.slug]
        db.session.commit()
    click.echo(f"{len(found)} of {len(slugs)} districts have an outline now.")


def _round(name: str) -> Round:
    parliament, _slash, slug = name.partition("/")
    found = db.session.scalar(
        select(Round).join(Parliament).where(Parliament.slug == parliament, Round.slug == slug)
    )
    if found is None:
        raise click.ClickException(f"There is no round {name}.")
    return found


def _read(file: Path) -> dict[str, Any]:
    try:
        return outlines_of(json.loads(file.read_bytes()))
    except (ValueError, NoOutline) as error:
        raise click.ClickException(f"{file}: {error}") from None


COMMANDS = (index_proposals, set_outlines)
