"""Addresses stay in their language, parliament and round: `url_for` names only what differs.

A page holds some forty addresses, most of them the same ones on every page: templates remember
how each was built.
"""

import os
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, cast
from urllib.parse import quote, unquote, urlsplit

from flask import Flask, current_app, has_request_context, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from budget_app import assets
from budget_app.languages import choose_language

INHERITED = ("parliament", "round_slug")
LAST_PAGE = 1_000_000
ADDRESSES_KEPT = 8192
_PAGE = "budget_app.addresses"


def page_number() -> int:
    """The page of a list that the address asks for, between 1 and `LAST_PAGE`."""
    return min(max(request.args.get("page", 1, type=int), 1), LAST_PAGE)


def present_address() -> str:
    """The address asked for, with its query, to come back to."""
    return request.full_path.removesuffix("?")


def address_to_return_to() -> str | None:
    """Where a visitor goes on after signing in: where they are, or the page whose form they sent."""
    if request.method != "POST":
        return present_address()
    return page_before()


def page_before() -> str | None:
    """The path of our own page that the visitor comes from; None where there is none to return to.

    What the browser says of it is believed only where it names a page that this site has.
    """
    try:
        before = urlsplit(request.referrer or "")
    except ValueError:
        return None
    ours = before.scheme in ("http", "https") and before.netloc == request.host
    if not ours or (before.path == request.path and request.method != "POST"):
        return None
    adapter = current_app.create_url_adapter(request)
    path = before.path.removeprefix(request.root_path)
    try:
        matched = adapter is not None and adapter.match(unquote(path), method="GET")
    except (HTTPException, RequestRedirect):
        return None
    return quote(unquote(before.path)) if matched else None


def init_app(app: Flask) -> None:
    """Fill the parts that an address shares with the one asked for."""

    @app.url_defaults
    def fill_shared_parts(endpoint: str, values: dict[str, Any]) -> None:
        if not has_request_context() or endpoint not in app.view_functions:
            return
        present = request.view_args or {}
        for name in INHERITED:
            if name in present and app.url_map.is_endpoint_expecting(endpoint, name):
                values.setdefault(name, present[name])
        if app.url_map.is_endpoint_expecting(endpoint, "language"):
            values.setdefault("language", present.get("language") or choose_language())

    app.jinja_env.globals["url_for"] = _remembering(assets.folders(app))


def remembered(endpoint: str, **values: str | bool) -> str:
    """`url_for` as templates have it."""
    build = cast("Callable[..., str]", current_app.jinja_env.globals["url_for"])
    return build(endpoint, **values)


def _remembering(folders: Mapping[str, str]) -> Callable[..., str]:
    """`url_for`, which builds an address once for all requests that would build the same.

    Remembered by all that an address is built from: where the application is mounted, the parts
    shared with the present address, and what the template says. A static file's address changes
    with the file, so the time of its last change belongs to that.
    """

    @lru_cache(maxsize=ADDRESSES_KEPT)
    def build(
        _root: Hashable,
        _inherited: Hashable,
        _changed: int,
        endpoint: str,
        *said: tuple[str, str | bool],
    ) -> str:
        return url_for(endpoint, **dict(said))  # type: ignore[arg-type]

    def remembered(endpoint: str, **values: Any) -> str:
        page = _page()
        said = (endpoint, *values.items())
        plain = page is not None and endpoint[0] != "." and all(map(_is_plain, said[1:]))
        if page is None or not plain:
            return url_for(endpoint, **values)
        if said not in page.built:
            folder = folders.get(endpoint)
            try:
                changed = _changed(f"{folder}/{values.get('filename')}") if folder else 0
            except (OSError, ValueError):
                return url_for(endpoint, **values)
            page.built[said] = build(page.root, page.inherited, changed, *said)
        return page.built[said]

    return remembered


@dataclass
class _Page:
    """What the addresses of one page share, and those that it has built so far."""

    root: Hashable
    inherited: Hashable
    built: dict[Hashable, str] = field(default_factory=dict)


def _page() -> _Page | None:
    """Of the present request; None where its address states no language."""
    if not has_request_context():
        return None
    environ = request.environ
    if _PAGE not in environ:
        present = request.view_args or {}
        inherited = (present.get("language"), *(present.get(name) for name in INHERITED))
        root = (request.scheme, request.host, request.script_root)
        environ[_PAGE] = _Page(root, inherited) if inherited[0] else None
    page: _Page | None = environ[_PAGE]
    return page


def _is_plain(said: Any) -> bool:
    name, value = said
    return name == "_external" if value is True else type(value) is str and name[0] != "_"


def _changed(path: str) -> int:
    return os.stat(path).st_mtime_ns  # noqa: PTH116 — a `Path` takes longer than all the rest
