"""Reading the times of a bundle's files."""

import re
from datetime import datetime

from tallying.errors import InvalidBundle
from tallying.evidence.checks.evidence import Json, field

FORM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


def moment(value: Json, name: str, where: str) -> datetime:
    """The time in a field; `where` says in an error what was read. Raises `InvalidBundle`."""
    return moment_of(field(value, name, where), where)


def moment_of(value: object, where: str) -> datetime:
    """The time that a text says; `where` says in an error what was read. `InvalidBundle`."""
    text = str(value)
    try:
        return _read(text)
    except ValueError as error:
        message = f"{where} has a time that cannot be read: {text[:40]!r}."
        raise InvalidBundle(message) from error


def _read(text: str) -> datetime:
    if not FORM.fullmatch(text):
        raise ValueError(text)
    return datetime.fromisoformat(text)
