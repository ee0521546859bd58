"""What a database error may say: where it happened, never what was in the row.

PostgreSQL names values in the details of a violated constraint, and in the message itself when a
value does not fit its type. Tracebacks and logs would carry them on. So an error keeps its class,
SQLSTATE and the names of table and constraint. SQLite's messages name columns only.
"""

from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext

DATA_EXCEPTION = "22"
"""The class of SQLSTATEs whose message repeats the value: `invalid input syntax for type …`."""


def keep_values_out(engine: Engine) -> None:
    """Take values out of every error of `engine` before anybody can log it; again does no harm."""
    if not event.contains(engine, "handle_error", _take_out):
        event.listen(engine, "handle_error", _take_out)


def _take_out(context: ExceptionContext) -> None:
    error: Any = context.original_exception
    diagnosis = getattr(error, "diag", None)
    if diagnosis is None or diagnosis.sqlstate is None:
        return
    said, safe = str(error), _safe(diagnosis)
    error.args = (safe,)
    vars(error)["_info"] = None  # what `diag` reads: nobody can print the detail later
    wrapped: Any = context.sqlalchemy_exception
    if wrapped is not None:
        wrapped.args = tuple(str(part).replace(said, safe) for part in wrapped.args)


def _safe(diagnosis: Any) -> str:
    """The message with its names, or its SQLSTATE where the message itself repeats a value."""
    state: str = diagnosis.sqlstate
    if state.startswith(DATA_EXCEPTION):
        return f"a value does not fit (SQLSTATE {state})"
    return f"{diagnosis.message_primary} (SQLSTATE {state})"
