"""Style sheets, scripts, fonts and icons: named by content, kept by browsers, sent compressed."""

import gzip
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from werkzeug.security import safe_join

COMPRESSED = frozenset({"text/css", "text/javascript", "image/svg+xml", "application/json"})
VENDORED = "vendor"
FOREVER = "public, max-age=31536000, immutable"
A_WEEK = "public, max-age=604800"
"""What a style sheet or a module names without its content: fonts, and packages by version."""


def init_app(app: Flask) -> None:
    """Give every address of a static file of `app` its content's name, and answer accordingly."""
    places = folders(app)

    @app.url_defaults
    def name_by_content(endpoint: str, values: dict[str, Any]) -> None:
        path = _path(places, endpoint, values.get("filename"))
        if path is not None:
            values.setdefault("v", _digest(path, path.stat().st_mtime_ns))

    @app.after_request
    def serve(response: Response) -> Response:
        filename = (request.view_args or {}).get("filename")
        path = _path(places, request.endpoint or "", filename)
        if path is None or response.status_code not in (200, 304):
            return response
        response.headers["Cache-Control"] = _lifetime(path)
        if response.mimetype in COMPRESSED:
            response.vary.add("Accept-Encoding")
            if _takes_gzip(response):
                _compress(response, path)
        return response


def folders(app: Flask) -> dict[str, str]:
    """Where the files of each endpoint lie."""
    found = {"static": app.static_folder}
    for name, blueprint in app.blueprints.items():
        found[f"{name}.static"] = blueprint.static_folder
    return {endpoint: folder for endpoint, folder in found.items() if folder}


def _path(folders: dict[str, str], endpoint: str, filename: str | None) -> Path | None:
    if endpoint not in folders or filename is None:
        return None
    joined = safe_join(folders[endpoint], filename)
    path = Path(joined) if joined else None
    return path if path and path.is_file() else None


def _lifetime(path: Path) -> str:
    if request.args.get("v") == _digest(path, path.stat().st_mtime_ns):
        return FOREVER
    return A_WEEK if path.suffix == ".woff2" or VENDORED in path.parts else "no-cache"


def _takes_gzip(response: Response) -> bool:
    return (
        response.status_code == 200
        and request.method == "GET"
        and "Content-Encoding" not in response.headers
        and request.accept_encodings.quality("gzip") > 0
    )


def _compress(response: Response, path: Path) -> None:
    response.direct_passthrough = False
    if close := getattr(response.response, "close", None):
        close()
    response.set_data(_gzip(path, path.stat().st_mtime_ns))
    response.headers["Content-Encoding"] = "gzip"
    etag, _weak = response.get_etag()
    if etag:
        response.set_etag(etag, weak=True)


# The time of the last change is a part of the key, so that an edited file is read again.
@lru_cache(maxsize=512)
def _digest(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


@lru_cache(maxsize=128)
def _gzip(path: Path, _changed: int) -> bytes:
    return gzip.compress(path.read_bytes(), compresslevel=9, mtime=0)
