"""The pages of administration: the desk here; set-up and conduct of rounds in their own files."""

from budget_app.administration import (
    ballot,
    checklist,
    conduct,
    desk,
    keys,
    members,
    outlines,
    own_pages,
    public_log,
    rules,
    setup,
    witnesses,
)
from budget_app.administration.blueprint import bp

__all__ = [
    "ballot",
    "bp",
    "checklist",
    "conduct",
    "desk",
    "keys",
    "members",
    "outlines",
    "own_pages",
    "public_log",
    "rules",
    "setup",
    "witnesses",
]
