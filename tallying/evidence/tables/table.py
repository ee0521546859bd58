"""One large file, read: its digest for the index, and its columns or why there are none."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from tallying.errors import InvalidBundle
from tallying.evidence.bundle import Bundle
from tallying.evidence.tables.lines import Lines

T = TypeVar("T")


@dataclass(frozen=True)
class Table(Generic[T]):
    """`digest` and `size` are those of the whole file, whatever its lines say."""

    digest: str
    size: int
    columns: T | None
    error: InvalidBundle | None = None

    @property
    def value(self) -> T:
        """The columns; raises `InvalidBundle` where the lines are not what they should be."""
        self.require()
        return cast("T", self.columns)

    def require(self) -> None:
        """Raise `InvalidBundle` where the lines are not what they should be."""
        if self.error is not None:
            raise InvalidBundle(str(self.error))


def read_table(bundle: Bundle, path: str, read: Callable[[Lines], T]) -> Table[T]:
    """Read a file of lines once; raises `InvalidBundle` only where it is missing or damaged."""
    with bundle.opened(path) as file:
        lines = Lines(file, path)
        columns, error = None, None
        try:
            columns = read(lines)
        except InvalidBundle as found:
            error = found
        lines.finish()
        return Table(lines.digest, lines.size, columns, error)
