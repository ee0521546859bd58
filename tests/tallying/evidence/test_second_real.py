"""Real elections, where `PB_PABULIB` names the folder that holds them: two programs, one outcome."""

import os
from collections import Counter
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tallying.formats import pabulib
from tallying.formats.election_file import ElectionFile
from tallying.rules import RULES, RuleConfig, count
from tests.tallying.evidence.second import pbverify

FOLDER = Path(os.environ.get("PB_PABULIB", "nowhere"))
FILES = [file for file in sorted(FOLDER.glob("*.pb")) if file.stat().st_size < 60_000]
CONFIGS = [
    RuleConfig("greedy", parameters={"order": "score_per_cost"}),
    RuleConfig("greedy", parameters={"unaffordable": "stop", "min_score": 20}),
    RuleConfig("borda"),
    RuleConfig("phragmen", completion="greedy"),
    RuleConfig("equal-shares", completion="greedy"),
    RuleConfig("equal-shares", completion="add1", parameters={"step": 10, "integral": True}),
    RuleConfig("equal-shares", completion="add1-greedy", parameters={"compare": True, "step": 10}),
]

pytestmark = [
    pytest.mark.elections,
    pytest.mark.skipif(not FILES, reason="PB_PABULIB names no folder with real elections"),
]


def evidence(file: ElectionFile, config: RuleConfig, lots: list[str]) -> Any:
    """As much of the evidence of a round as a count asks for."""
    told = file.election.to_json()
    projects = [{**project, "name": {"en": project["name"]}} for project in told["projects"]]
    rule = {name: getattr(config, name) for name in ("rule", "utility", "completion")}
    manifest = {
        **{name: told[name] for name in ("currency", "limits", "minor_digits", "style")},
        "languages": ["en"],
        "lots": lots,
        "rule": {**rule, "parameters": dict(config.parameters), "ties": ["lots"]},
    }
    return SimpleNamespace(
        archive=set(),
        boxes={"all": {"budget": told["budget"], "projects": projects}},
        invalid=lambda _box: Counter(),
        manifest=manifest,
        terms={"least_cell": 10},
        withdrawn=lambda _box: [],
    )


@pytest.mark.parametrize("path", FILES, ids=[file.stem for file in FILES])
def test_both_programs_state_the_same_margins_and_reasons(path: Path) -> None:
    file = pabulib.read(path)
    configs = [config for config in CONFIGS if file.election.style in RULES[config.rule].styles]
    assert configs
    for config in configs:
        compare(file, replace(config, ties=("lots",)))


def compare(file: ElectionFile, config: RuleConfig) -> None:
    """Count twice, and look for the first part of the outcome that differs."""
    lots = sorted(file.election.index)
    outcome = count(file.election, file.profile, config, lots=lots).to_json()
    ballots = {pbverify.dumps(said): times for said, times in file.profile.pairs()}
    told = evidence(file, config, lots)
    counted = pbverify.Count(told, "all", ballots)
    expected = pbverify.outcome_of(told, "all", ballots, counted, counted.run())
    for name in set(outcome) - {"input"}:
        assert pbverify.dumps(expected[name]) == pbverify.dumps(outcome[name]), (config, name)
    assert set(expected) == set(outcome)
