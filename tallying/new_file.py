"""A file that must not exist yet: keys, ballots and what was signed are never overwritten."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from tallying.errors import TallyingError

OWNER_ALONE = 0o600


@contextmanager
def new_file(path: Path, mode: int = OWNER_ALONE) -> Iterator[BinaryIO]:
    """Make the file and write into it; it is removed again when what writes it fails.

    Raises `TallyingError` when it exists already or cannot be made.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError as error:
        raise TallyingError(f"{path} exists already; it is never overwritten.") from error
    except OSError as error:
        raise TallyingError(f"{path} cannot be written: {error.strerror}.") from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
    except BaseException:
        path.unlink(missing_ok=True)
        raise
