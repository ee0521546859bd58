from pathlib import Path

import pytest

from tests.tallying.sealing.ceremony import Captured, Ceremony


@pytest.fixture
def ceremony(tmp_path: Path, capsys: Captured) -> Ceremony:
    return Ceremony(tmp_path, capsys)
