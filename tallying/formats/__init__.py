"""Files of elections, in and out: the format is told by the end of the file's name."""

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from tallying.errors import InvalidFile
from tallying.formats.election_file import ElectionFile

__all__ = ["FORMATS", "ElectionFile", "module_of", "read"]

FORMATS: Mapping[str, str] = {
    ".pb": "pabulib",
    ".blt": "blt",
    ".csv": "csv_sheet",
    ".parquet": "parquet",
}
"""Suffix → the module here that reads (`read`) and writes (`encode`)."""

_EXTRAS = {"pyarrow": "research"}


def read(path: Path, file: str | None = None) -> ElectionFile:
    """Read an election; `file` is the name that errors give it. Raises `InvalidFile`."""
    name = file or path.name
    reader: Callable[[Path, str], ElectionFile] = module_of(path, name).read
    return reader(path, name)


def module_of(path: Path, file: str | None = None) -> Any:
    """The module of a path's format; raises `InvalidFile` on an unknown one or an absent extra."""
    name = file or path.name
    module = FORMATS.get(path.suffix.lower())
    if module is None:
        known = ", ".join(FORMATS)
        raise InvalidFile(name, None, "", f"the format is told by the name's end: {known}")
    try:
        return import_module(f"{__name__}.{module}")
    except ModuleNotFoundError as error:
        extra = _EXTRAS.get((error.name or "").partition(".")[0])
        if extra is None:
            raise
        message = f"this format needs {error.name}: pip install '.[{extra}]'"
        raise InvalidFile(name, None, "", message) from error
