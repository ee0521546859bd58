"""Private keys in files that only their owner should read."""

import os
import sys
from pathlib import Path
from typing import TypeVar

from tallying.errors import TallyingError
from tallying.evidence.notes import InvalidNote, Signer

OTHERS_MAY_READ = 0o077

AnySigner = TypeVar("AnySigner", bound=Signer)


def read_key(path: Path, kind: type[AnySigner]) -> AnySigner:
    """The key in a file; raises `TallyingError`. Warns on standard error where others can read it."""
    try:
        if os.name == "posix" and path.stat().st_mode & OTHERS_MAY_READ:
            sys.stderr.write(f"Warning: others can read {path}; make its mode 0600.\n")
        return kind(path.read_text(encoding="utf8"))
    except (OSError, UnicodeDecodeError) as error:
        raise TallyingError(f"The key {path} cannot be read.") from error
    except InvalidNote as error:
        raise TallyingError(f"{path}: {error}") from error
