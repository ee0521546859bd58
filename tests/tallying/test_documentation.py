from pathlib import Path

import pytest

from tallying.codes import Code
from tallying.formats.ranks import RankPolicy
from tallying.formats.votes import Policy
from tallying.presets.known import KNOWN, KnownDifference
from tallying.presets.official import DECLARED
from tallying.presets.registry import all_presets
from tests.tallying.factories import counted, election

FORMATS = Path(__file__).parents[2] / "docs" / "formats"
OUTCOME = (FORMATS / "outcome.md").read_text()
PABULIB = (FORMATS / "pabulib.md").read_text()
REPRODUCED = (FORMATS.parent / "reproduced.md").read_text()


@pytest.mark.parametrize("code", Code)
def test_every_code_is_documented(code: Code) -> None:
    assert f"| `{code}` |" in OUTCOME


def test_every_key_of_an_outcome_is_documented() -> None:
    for key in counted(election({"a": 1}, 1), [(["a"], 1)]).to_json():
        assert f"`{key}`" in OUTCOME


@pytest.mark.parametrize("name", [*Policy, *DECLARED])
def test_every_repair_and_every_declared_rule_is_documented(name: str) -> None:
    assert f"`{name}`" in PABULIB


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: f"{known.unit} {known.instance}")
def test_every_known_difference_is_documented(known: KnownDifference) -> None:
    place = f"{known.unit} {known.instance} {known.subunit}".strip()
    assert f"| {place.replace(' | ', ', ')} |" in REPRODUCED


@pytest.mark.parametrize("name", all_presets())
def test_every_preset_is_documented(name: str) -> None:
    assert f"| `{name}` |" in PABULIB


@pytest.mark.parametrize("policy", RankPolicy)
def test_every_repair_of_ranks_is_documented(policy: str) -> None:
    assert f"`{policy}`" in (FORMATS / "blt.md").read_text()
