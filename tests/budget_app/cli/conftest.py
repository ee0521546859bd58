"""Running the commands, and finding the real elections."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Run:
    """`run("demo", "--no-serve")`: the command below `flask pb`, and what it answered."""

    def invoke(*arguments: str) -> Result:
        result = app.test_cli_runner().invoke(args=["pb", *arguments])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke


@pytest.fixture(scope="session")
def elections() -> Path:
    """The folder of real elections."""
    folder = Path(os.environ.get("PB_PABULIB", ""))
    if os.environ.get("PB_PABULIB") and any(folder.glob("*.pb")):
        return folder
    reason = "PB_PABULIB names no folder with real elections."
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
