"""Files of the public log as answers that every cache may keep, and none of which is unbounded."""

import gzip
from datetime import timedelta

from flask import Response, request, session

from budget_app.extensions import db
from budget_app.rounds.models import Round
from voting import cosignatures, log, tile_files
from voting.models import LogCheckpoint
from voting.tile_files import TileFile

ENTRIES_A_FILE = 5_000
"""Of `entries.jsonl`: what one request may ask of the database."""
FOR_EVER = timedelta(days=365)
"""A tile never changes."""
A_MOMENT = timedelta(seconds=2)
"""The log is signed anew about once a second while people vote."""
BYTES = "application/octet-stream"
TEXT = "text/plain; charset=utf-8"
LINES = "application/jsonl"


def checkpoint(newest: LogCheckpoint) -> Response:
    """The note with the cosignatures that it has by now."""
    return _answer(cosignatures.cosigned(db.session(), newest), TEXT, A_MOMENT)


def tile(round_: Round, newest: LogCheckpoint, file: TileFile) -> Response:
    """A tile of hashes, or a bundle of entries, packed for whoever can unpack it."""
    content = tile_files.content(db.session(), round_.poll_id, newest.size, file)
    if file.level is not None or not request.accept_encodings["gzip"]:
        response = _answer(content, BYTES, FOR_EVER)
    else:
        response = _answer(gzip.compress(content, mtime=0), BYTES, FOR_EVER)
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    return response


def entries(round_: Round, newest: LogCheckpoint, start: int, address: str) -> Response:
    """The entries from `start`, one a line; the header `Link` names what follows (RFC 8288)."""
    end = min(start + ENTRIES_A_FILE, newest.size)
    lines = log.entries(db.session(), round_.poll_id, start, end)
    is_whole = end == start + ENTRIES_A_FILE
    response = _answer(
        b"".join(line + b"\n" for line in lines), LINES, FOR_EVER if is_whole else A_MOMENT
    )
    if end < newest.size:
        response.headers["Link"] = f'<{address}?start={end}>; rel="next"'
    return response


def _answer(content: bytes, content_type: str, age: timedelta) -> Response:
    """An answer with its fingerprint; 304 to whoever has it. No cookie goes into a cache."""
    session.modified = False
    response = Response(content, content_type=content_type)
    response.cache_control.public = True
    response.cache_control.max_age = int(age.total_seconds())
    if age == FOR_EVER:
        response.cache_control.immutable = True
    response.add_etag()
    response.make_conditional(request)
    return response
