"""`flask pb …`: one file per command group."""

from flask import Flask
from flask.cli import AppGroup

from budget_app.cli import demo, elections, hearings, layers, people, roles, servers

pb = AppGroup("pb", help="The participatory budgeting platform.")


def init_app(app: Flask) -> None:
    """Hang the commands below `flask pb`."""
    for group in (people, servers, roles, layers, elections, hearings, demo):
        for command in group.COMMANDS:
            pb.add_command(command)
    app.cli.add_command(pb)
