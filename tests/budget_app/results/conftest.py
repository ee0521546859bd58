"""An application that asks its database nothing."""

from pathlib import Path

import pytest
from flask import Flask

from budget_app import create_app
from budget_app.settings import Settings


@pytest.fixture(scope="package")
def wordy_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """For words alone: made once for all of them."""
    folder: Path = tmp_path_factory.mktemp("words")
    return create_app(
        Settings(
            instance_path=folder,
            database_url=f"sqlite:///{folder}/none.db",
            secret_key="a secret of the tests, long enough",
            embedded_worker=False,
            log_level="ERROR",
        )
    )
