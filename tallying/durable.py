"""Files that must be on the disk before something else happens."""

import os
from pathlib import Path


def write(path: Path, content: bytes) -> None:
    """Replace a file, whole or not at all; on the disk when this returns. Only its owner reads it."""
    draft = path.with_name(path.name + ".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    settle(draft, path)


def settle(draft: Path, path: Path) -> None:
    """Put a finished draft in the place of a file beside it; on the disk when this returns."""
    sync(draft)
    draft.replace(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Let a file, or which files a folder has, be on the disk when this returns."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
