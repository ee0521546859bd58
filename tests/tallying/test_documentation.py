from pathlib import Path

import pytest

from tallying.codes import Code
from tallying.formats.votes import Policy
from tallying.presets.known import KNOWN, KnownDifference
from tallying.presets.official import DECLARED
from tests.tallying.factories import counted, election

FORMATS = Path(__file__).parents[2] / "docs" / "formats"
OUTCOME = (FORMATS / "outcome.md").read_text()
PABULIB = (FORMATS / "pabulib.md").read_text()


@pytest.mark.parametrize("code", Code)
def test_every_code_is_documented(code: Code) -> None:
    assert f"| `{code}` |" in OUTCOME


def test_every_key_of_an_outcome_is_documented() -> None:
    for key in counted(election({"a": 1}, 1), [(["a"], 1)]).to_json():
        assert f"`{key}`" in OUTCOME


@pytest.mark.parametrize("name", [*Policy, *DECLARED])
def test_every_repair_and_every_declared_rule_is_documented(name: str) -> None:
    assert f"`{name}`" in PABULIB


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known.meta["instance"])
def test_every_known_difference_is_documented(known: KnownDifference) -> None:
    unit, instance = known.meta["unit"], known.meta["instance"]
    assert f"| {unit} {instance}" in PABULIB
