"""Where the ballots are kept while they are counted; every engine gives the same bytes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from tallying import formats
from tallying.errors import InvalidEngine
from tallying.formats import ElectionFile

__all__ = ["ENGINES", "Engine", "NumpyEngine", "opened"]

ENGINES = ("numpy", "dask")


class Engine(Protocol):
    """Reads files; what it gives is counted while the engine is open."""

    def read(self, path: Path, file: str | None = None) -> ElectionFile:
        """Read an election; `file` is the name that errors give it. Raises `InvalidFile`."""
        ...


class NumpyEngine:
    """The default: all distinct ballots in the arrays of one process."""

    def read(self, path: Path, file: str | None = None) -> ElectionFile:
        """Read an election; raises `InvalidFile`."""
        return formats.read(path, file)


@contextmanager
def opened(
    name: str = "numpy", workers: int | None = None, scheduler: str | None = None
) -> Iterator[Engine]:
    """An engine by its name; raises `InvalidEngine`.

    `dask` works with so many processes on this machine (default: one for each core), or with the
    cluster whose scheduler has the address `scheduler`.
    """
    if name not in ENGINES:
        raise InvalidEngine(f"Unknown engine: {name}. Known: {', '.join(ENGINES)}.")
    if name == "numpy":
        if workers is not None or scheduler is not None:
            raise InvalidEngine("Workers and a scheduler are of the engine dask.")
        yield NumpyEngine()
        return
    if workers is not None and workers < 1:
        raise InvalidEngine("The engine dask needs at least one worker.")
    try:
        from tallying.engines.cluster import connected
    except ModuleNotFoundError as error:
        message = f"The engine dask needs {error.name}: pip install '.[cluster]'."
        raise InvalidEngine(message) from error
    with connected(workers, scheduler) as engine:
        yield engine
