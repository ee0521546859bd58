"""What a database administrator runs once, and again after a migration."""

import re

import click
from flask.cli import with_appcontext

from budget_app.extensions import db
from voting import roles


def _checked_prefix(_context: click.Context, _argument: click.Parameter, prefix: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,40}", prefix):
        raise click.BadParameter("Small letters, digits and _ only.")
    return prefix


@click.command("roles")
@click.option(
    "--prefix",
    default=roles.PREFIX,
    show_default=True,
    callback=_checked_prefix,
    help="Begins the roles' names; another one for each installation on the same server.",
)
@with_appcontext
def print_roles(prefix: str) -> None:
    """Print the SQL that makes PostgreSQL's roles for web, sequencer, worker and reports."""
    click.echo("BEGIN;")
    for statement in roles.statements(db.metadata, prefix):
        click.echo(f"{statement};")
    click.echo("COMMIT;")


COMMANDS = (print_roles,)
