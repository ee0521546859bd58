"""What every rule of the registry promises, for each ballot style, utility and completion."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tallying.election import BallotStyle, Election, Project
from tallying.outcome import Outcome
from tallying.profile import Profile
from tallying.rules import RULES, Rule, RuleConfig, count
from tallying.utilities import STYLES
from tests.tallying.reference.greedy import within_limits

HOME = Path(__file__).parents[2]
DOCUMENTED = (HOME / "docs" / "formats" / "outcome.md").read_text()
IDS = [f"{letter}{number}" for number in (1, 2, 10) for letter in "zaż"]
SEED = sha256(b"every rule").digest()
Variant = tuple[str, BallotStyle, str, str]
VARIANTS: list[Variant] = [
    (rule.id, style, str(utility), str(completion))
    for rule in RULES.values()
    for style in sorted(rule.styles)
    for utility in rule.utilities
    if style in STYLES[utility]
    for completion in rule.completions
]
every_variant = pytest.mark.parametrize("variant", VARIANTS, ids="-".join)
every_rule = pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())


def projects() -> list[Project]:
    """Nine projects with few different costs, two of them exclusive; the last has no supporter."""
    return [
        Project(
            name,
            name,
            (3, 2, 4, 3, 0, 5, 2, 4, 1)[place],
            categories=("parks",) if place % 2 else ("parks", "roads"),
            district=("north", "south", "")[place % 3],
            exclusive_group="square" if place in (1, 4) else None,
        )
        for place, name in enumerate(IDS)
    ]


def ballots(style: BallotStyle) -> list[tuple[list[Any], int]]:
    """Forty ballots on which many projects come level."""
    random = Random(20261124)
    found: list[tuple[list[Any], int]] = []
    for _ in range(40):
        names = random.sample(IDS[:-1], random.randrange(0, 5))
        choices = [[name, random.randrange(1, 4)] for name in names] if style.graded else names
        found.append((list(choices), random.randrange(1, 4)))
    return found


def outcome(variant: Variant, shuffled: int | None = None, limited: bool = True) -> Outcome:
    rule, style, utility, completion = variant
    listed, votes = projects(), ballots(style)
    if shuffled is not None:
        Random(shuffled).shuffle(listed)
        Random(shuffled).shuffle(votes)
        if style is not BallotStyle.RANKED:
            votes = [(choices[::-1], times) for choices, times in votes]
    limits: dict[str, Any] = (
        {"district_budgets": {"north": 6, "south": 7}, "category_caps": {"roads": 9}}
        if limited
        else {}
    )
    election = Election(tuple(listed), 14, style, **limits)
    config = RuleConfig(rule, {}, utility, completion, ("more_votes", "seed"))
    return count(election, Profile.from_counts(election, votes), config, seed=SEED)


def digests() -> dict[str, str]:
    return {
        "-".join(variant): sha256(outcome(variant).to_bytes()).hexdigest() for variant in VARIANTS
    }


@every_variant
def test_the_order_of_projects_and_ballots_decides_nothing(variant: Variant) -> None:
    written = outcome(variant).to_bytes()
    assert all(outcome(variant, shuffled).to_bytes() == written for shuffled in (1, 2))


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "UTC", "OMP_NUM_THREADS": "1"},
        {
            "PYTHONHASHSEED": "77",
            "LC_ALL": "tr_TR.UTF-8",
            "TZ": "Asia/Kolkata",
            "OMP_NUM_THREADS": "3",
        },
    ],
    ids=["plain", "far away"],
)
def test_neither_hash_seed_nor_locale_nor_time_zone_nor_threads_decide_anything(
    environment: dict[str, str],
) -> None:
    program = "import json; from tests.tallying.test_every_rule import digests; print(json.dumps(digests()))"
    printed = subprocess.run(
        [sys.executable, "-c", program],
        cwd=HOME,
        env={**os.environ, **environment, "PYTHONUTF8": "1"},
        capture_output=True,
        check=True,
    ).stdout
    assert json.loads(printed) == digests()


@pytest.mark.parametrize("limited", [True, False], ids=["limited", "free"])
@every_variant
def test_every_limit_is_kept_and_nobody_without_support_is_funded(
    variant: Variant, limited: bool
) -> None:
    found = outcome(variant, limited=limited)
    election = found.contest.election
    funded = [election.projects[election.index[name]] for name in found.funded]
    assert sum(project.cost for project in funded) <= election.budget
    assert within_limits(election, funded)
    assert IDS[-1] not in found.funded
    assert len(set(found.funded)) == len(found.funded)
    assert found.funded


def values(value: Any) -> Iterator[Any]:
    """Every value in a document, itself first."""
    yield value
    for part in value.values() if isinstance(value, dict) else value if _listed(value) else ():
        yield from values(part)


def _listed(value: Any) -> bool:
    return isinstance(value, list | tuple)


@every_variant
def test_an_outcome_is_canonical_json_without_floats(variant: Variant) -> None:
    found = outcome(variant)
    document = found.to_json()
    assert json.loads(found.to_bytes()) == json.loads(json.dumps(document))
    for value in values(document):
        assert value is None or isinstance(value, str | int | dict | list | tuple)


@every_variant
def test_every_project_has_one_verdict_and_money_only_falls(variant: Variant) -> None:
    document = outcome(variant).to_json()
    assert [item["id"] for item in document["projects"]] == sorted(IDS, key=str.encode)
    assert {i["id"] for i in document["projects"] if i["verdict"] == "funded"} == set(
        document["funded"]
    )
    left = [entry["left"] for entry in document["rounds"] if "left" in entry]
    assert left == sorted(left, reverse=True)
    decided = [e["project"] for e in document["rounds"] if e.get("verdict") == "funded"]
    assert set(decided) <= set(document["funded"])


@every_rule
def test_every_rule_says_where_it_comes_from_and_what_it_costs_in_four_languages(
    rule: Rule,
) -> None:
    assert rule.citation.strip()
    assert rule.complexity.strip()
    for text in (rule.title, rule.description, *(each.help for each in rule.parameters)):
        assert set(text) == {"en", "es", "fr", "pt"}
        assert all(words.strip() for words in text.values())
        assert text["en"] not in (text["es"], text["fr"], text["pt"])


NAMED = {
    "greedy": "Greedy",
    "equal-shares": "Equal shares",
    "borda": "Borda",
    "phragmen": "Phragmén",
    "stv": "Single transferable vote",
}
"""How the documentation of rounds names a rule, where that is not its id in words."""


@every_rule
def test_the_rounds_of_every_rule_are_documented(rule: Rule) -> None:
    rounds = DOCUMENTED.split("## Rounds")[1].split("\n## ")[0].casefold()
    assert NAMED.get(rule.id, rule.id.replace("-", " ")).casefold() in rounds
