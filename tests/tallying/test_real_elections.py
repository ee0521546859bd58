"""Real elections, where `PB_PABULIB` names the folder that holds them."""

import json
import os
from pathlib import Path

import pytest

from tallying.cli import main
from tallying.election import BallotStyle
from tallying.formats import pabulib
from tallying.presets.official import count_officially, official
from tallying.presets.preset import count_plan
from tallying.presets.registry import find
from tallying.rules import RuleConfig, count
from tests.tallying.oracle import Oracle

FOLDER = Path(os.environ.get("PB_PABULIB", "nowhere"))
FILES = sorted(FOLDER.glob("*.pb"))
SMALL = [file for file in FILES if file.stat().st_size < 100_000]

pytestmark = [
    pytest.mark.elections,
    pytest.mark.skipif(not FILES, reason="PB_PABULIB names no folder with real elections"),
]


def named(files: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", files, ids=[file.stem for file in files])


@pytest.mark.timeout(240)
def test_every_official_result_is_reproduced_or_explained(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["reproduce", str(FOLDER), "--json", "-"]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert not summary["unreadable"]
    assert summary["reproduced"] >= 1
    for difference in summary["differing"]:
        assert "the official winners come out exactly" in difference["explanation"]


@named([f for f in FILES if "equalshares" in f.read_text(errors="replace")[:3000]])
def test_the_official_equal_shares_elections_are_reproduced(path: Path) -> None:
    file = pabulib.read(path)
    config = official(file)
    assert config is not None
    assert config.completion == "add1"
    assert set(count_officially(file, config).funded) == set(file.official or ())


@pytest.mark.parametrize("name", ["Hungary_Budapest_2024", "Poland_Swiecie_2023"])
def test_a_city_of_its_own_rule_is_reproduced_by_its_preset(name: str) -> None:
    file = pabulib.read(FOLDER / f"{name}.pb")
    preset = find(name.split("_")[1].lower())
    outcome = count_plan(preset.plan(file, preset.complete({})), file)
    assert set(outcome.funded) == set(file.official or ())


@named(FILES)
def test_the_published_votes_are_the_recounted_votes(path: Path) -> None:
    assert not [d for d in pabulib.read(path).differences if d.field != "score"]


@named(SMALL)
def test_greedy_funds_what_the_oracle_funds(path: Path) -> None:
    file = pabulib.read(path)
    lots = sorted(file.election.index)
    config = RuleConfig("greedy", ties=("lots",))
    funded = count(file.election, file.profile, config, lots=lots).funded
    assert set(funded) == Oracle(file.profile, lots).greedy()


@named(SMALL)
def test_equal_shares_funds_what_the_oracle_funds(path: Path) -> None:
    file = pabulib.read(path)
    lots = sorted(file.election.index)
    utility = "cost" if file.election.style is BallotStyle.APPROVAL else "points"
    config = RuleConfig("equal-shares", ties=("lots",))
    funded = count(file.election, file.profile, config, lots=lots).funded
    assert set(funded) == Oracle(file.profile, lots).equal_shares(utility)
