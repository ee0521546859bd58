"""What the owner of the tables runs where the worker's own account may not compact them."""

import click

from budget_app.cli.databases import with_database
from budget_app.extensions import db, new_sessions
from voting import compaction, destruction
from voting.errors import VotingError


@click.command("compact-destroyed")
@with_database
def compact_destroyed() -> None:
    """Let the database's files forget the rounds whose rows were deleted; as the tables' owner."""
    try:
        rounds = compaction.compact(new_sessions())
    except VotingError as error:
        raise click.ClickException(str(error)) from error
    if not rounds:
        click.echo("Nothing waits to be compacted.")
    for round_id in rounds:
        click.echo(f"The database's files have forgotten the deleted rows of {round_id}.")
        if not destruction.is_logged(db.session(), round_id):
            click.echo("Two administrators ask for its destruction again: it is then logged.")


COMMANDS = (compact_destroyed,)
