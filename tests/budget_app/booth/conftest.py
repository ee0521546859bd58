"""An open round of each style, on both databases."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.budget_app.booth.scenes import Scene, open_scene

OpenScene = Callable[..., Scene]


@pytest.fixture
def open_round(app: Flask) -> OpenScene:
    """Makes the open round of a style, with further limits."""

    def make(style: str = "approval", **limits: Any) -> Scene:
        return open_scene(app, style, **limits)

    return make


@pytest.fixture
def scene(open_round: OpenScene) -> Scene:
    """An open round with approval ballots of at most two projects."""
    return open_round()
