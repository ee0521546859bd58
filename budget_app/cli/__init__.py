"""`flask pb …`: one file per command group."""

from flask import Flask
from flask.cli import AppGroup

from budget_app.cli import (
    compaction,
    demo,
    elections,
    hearings,
    layers,
    people,
    proposals,
    roles,
    servers,
    training,
)

pb = AppGroup("pb", help="The participatory budgeting platform.")


def init_app(app: Flask) -> None:
    """Hang the commands below `flask pb`."""
    groups = (
        people,
        servers,
        roles,
        compaction,
        layers,
        proposals,
        elections,
        hearings,
        training,
        demo,
    )
    for group in groups:
        for command in group.COMMANDS:
            pb.add_command(command)
    app.cli.add_command(pb)
