"""Addresses stay in their language, parliament and round: `url_for` names only what differs."""

from typing import Any

from flask import Flask, has_request_context, request

from budget_app.languages import choose_language

INHERITED = ("parliament", "round_slug")
LAST_PAGE = 1_000_000


def page_number() -> int:
    """The page of a list that the address asks for, between 1 and `LAST_PAGE`."""
    return min(max(request.args.get("page", 1, type=int), 1), LAST_PAGE)


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
