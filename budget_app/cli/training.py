"""`flask pb remove-exercises`: what training sessions leave behind, after a while."""

from datetime import timedelta

import click
from sqlalchemy.exc import ProgrammingError

from budget_app.cli.databases import with_database
from budget_app.extensions import db
from budget_app.training import removal
from voting.database import writing

DAYS = 30
NOT_OWNER = "Only the account that owns the tables can remove exercises: their logs go too."


@click.command("remove-exercises")
@click.option(
    "--days",
    default=DAYS,
    show_default=True,
    type=click.IntRange(0, 3650),
    help="How long an exercise is kept after it was reset or its session ended.",
)
@with_database
def remove_exercises(days: int) -> None:
    """Remove exercises that were closed DAYS ago, with their logs, keys and files; as the tables' owner."""
    removed = 0
    with writing():
        while waiting := removal.removable(timedelta(days=days)):
            slug = waiting[0].slug
            try:
                removal.remove(waiting[0])
            except ProgrammingError as error:
                db.session.rollback()
                raise click.ClickException(NOT_OWNER) from error
            removed += 1
            click.echo(f"Removed {slug}.")
        db.session.rollback()
    if not removed:
        click.echo("No exercise is old enough to be removed.")


COMMANDS = (remove_exercises,)
