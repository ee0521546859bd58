"""Where the pages of comments and of moderation hang."""

from collections.abc import Callable, Iterable

from flask import Blueprint
from flask.typing import ResponseReturnValue

View = Callable[..., ResponseReturnValue]

bp = Blueprint("deliberation", __name__, url_prefix="/<language>/<parliament>")

SUBJECTS = (
    "/rounds/<round_slug>/proposals/<int:proposal_id>",
    "/hearings/<int:hearing_id>",
    "/rounds/<round_slug>",
)
"""Below what comments hang."""

MODERATION = "/moderation"
BOTH = ("GET", "POST")


def below_each(rest: str, methods: Iterable[str]) -> Callable[[View], View]:
    """Register a view, under one name, below every kind of subject; above its access rule."""

    def register(view: View) -> View:
        for subject in SUBJECTS:
            bp.add_url_rule(f"{subject}/comments{rest}", view_func=view, methods=list(methods))
        return view

    return register


def get(rest: str = "") -> Callable[[View], View]:
    return below_each(rest, ("GET",))


def post(rest: str = "") -> Callable[[View], View]:
    return below_each(rest, ("POST",))
