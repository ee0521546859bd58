"""Files that must be on the disk before something else happens."""

import os
from pathlib import Path


def write(path: Path, content: bytes) -> None:
    """Replace a file, whole or not at all; on the disk when this returns. Only its owner reads it."""
    draft = path.with_name(path.name + ".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
