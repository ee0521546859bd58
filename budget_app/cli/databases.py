"""What every command that needs a database does first."""

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from flask.cli import with_appcontext
from flask_migrate import upgrade
from sqlalchemy import inspect

from budget_app.extensions import db

P = ParamSpec("P")
T = TypeVar("T")


def ensure_database() -> None:
    """Migrate an empty database; one that has tables is left to `flask db upgrade`."""
    if not inspect(db.engine).get_table_names():
        upgrade()


def with_database(command: Callable[P, T]) -> Callable[P, T]:
    """Run a command in the application's context, with the tables in place."""

    @functools.wraps(command)
    def run(*arguments: P.args, **named: P.kwargs) -> T:
        ensure_database()
        return command(*arguments, **named)

    return with_appcontext(run)
