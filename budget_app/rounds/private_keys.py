"""Private keys that somebody pastes or uploads in place of public ones: refused, and never shown again."""

from typing import Any, NoReturn

from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from wtforms.validators import StopValidation

from tallying.evidence.notes import PRIVATE
from tallying.sealing import keys, shares

BEGINNINGS = tuple(text.casefold() for text in (PRIVATE, f"{keys.PREFIX}1", f"{shares.PREFIX}1"))
"""How a signing key, the key of a layer and a share of one begin, without spaces."""
LONGEST_KEY_FILE = 4096
"""Bytes; a file with a private key is far shorter."""


def is_private(text: str) -> bool:
    """Whether `text` holds a private key or a share of one, however it is broken into lines."""
    bare = "".join(text.split()).casefold()
    return any(beginning in bare for beginning in BEGINNINGS)


def refuse_private(_form: Any, field: Any) -> None:
    """A validator, before all others: empties a field that holds a private key.

    The page is shown again without it, so it stands neither in the answer nor in a cache of it.
    """
    if field.data and is_private(str(field.data)):
        field.data, field.raw_data = None, []
        _refuse()


def refuse_private_file(_form: Any, field: Any) -> None:
    """The same for a file."""
    if not isinstance(field.data, FileStorage):
        return
    start = field.data.stream.read(LONGEST_KEY_FILE)
    field.data.stream.seek(0)
    if is_private(start.decode("utf8", errors="replace")):
        _refuse()


def _refuse() -> NoReturn:
    raise StopValidation(
        _(
            "This is a private key, or a share of one. It was not kept and is not shown again, but it is no secret any more: its owner must make a new key and hand you the public half."
        )
    )
