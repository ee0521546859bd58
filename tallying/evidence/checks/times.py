"""Reading the times of a bundle's files."""

from datetime import UTC, datetime
from functools import lru_cache

from tallying.errors import InvalidBundle
from tallying.evidence.checks.evidence import Json, field


def moment(value: Json, name: str, where: str) -> datetime:
    """The time in a field; `where` says in an error what was read. Raises `InvalidBundle`."""
    text = str(field(value, name, where))
    try:
        return _read(text)
    except ValueError as error:
        message = f"{where} has a time that cannot be read: {text[:40]!r}."
        raise InvalidBundle(message) from error


@lru_cache
def _read(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
