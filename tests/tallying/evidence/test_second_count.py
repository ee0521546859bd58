"""Two programs, one result: `pbverify.py` counts random rounds as the engine does, step by step."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tallying.ballots import canonical, check
from tallying.election import BallotStyle
from tallying.evidence import manifest as manifests
from tallying.evidence.bundle import Bundle
from tallying.evidence.verify import Verdict, verify
from tallying.rules import RULES
from tests.tallying.evidence import second
from tests.tallying.evidence.archives import detail, failed
from tests.tallying.evidence.example_round import OPENED, Cast, Keys, example_manifest, voter_ref
from tests.tallying.evidence.synthetic import Case

KEYS = Keys.make()
NAMES = {"north": ["n1", "n2", "n3", "n4", "ñ5", "n6"], "south": ["s1", "s2", "s3"]}
CRITERIA = ["more_votes", "lower_cost", "higher_cost"]
SEED = "5e" * 32
PARAMETERS: dict[str, dict[str, Any]] = {
    "greedy": {
        "order": st.sampled_from(["score", "score_per_cost"]),
        "unaffordable": st.sampled_from(["skip", "stop", "partial"]),
    },
    "borda": {},
    "phragmen": {"unaffordable": st.sampled_from(["stop", "skip"])},
    "equal-shares": {
        "step": st.sampled_from([1, 2, 5]),
        "integral": st.booleans(),
        "exhaustive": st.booleans(),
        "compare": st.booleans(),
    },
}
COUNTED_TWICE = sorted(PARAMETERS)


@st.composite
def rounds(draw: st.DrawFn, rule_id: str) -> tuple[dict[str, Any], list[list[Any]]]:
    """A manifest under a rule, and valid ballots for the boxes in turn."""
    rule = RULES[rule_id]
    style = draw(st.sampled_from(sorted(rule.styles)))
    utilities = [None, *(str(u) for u in rule.utilities if _fits(str(u), style))]
    ties = draw(st.lists(st.sampled_from(CRITERIA), unique=True, max_size=2))
    parameters = {name: draw(values) for name, values in PARAMETERS[rule_id].items()}
    limits = example_manifest()["limits"]
    if style is BallotStyle.RANKED and draw(st.booleans()):
        limits["max_length"] = 3
    if style.graded:
        limits |= {"max_points": 30, "max_score": 9}
    value = example_manifest(
        style=style.value,
        limits=limits,
        minor_digits=0 if parameters.get("step") else draw(st.integers(0, 2)),
        boxes=[draw(boxes(box, names)) for box, names in NAMES.items()],
        lots=draw(st.permutations([name for names in NAMES.values() for name in names])),
        rule={
            "rule": rule_id,
            "utility": draw(st.sampled_from(utilities)),
            "completion": str(draw(st.sampled_from(rule.completions))),
            "parameters": {**parameters, "min_score": draw(st.sampled_from([0, 0, 2]))},
            "ties": [*ties, draw(st.sampled_from(["lots", "seed"]))],
        },
        texts={"withdrawn": draw(st.sampled_from([None, None, "n1", "n3", "s2"]))},
    )
    return value, [draw(ballots(value, box)) for box in value["boxes"]]


def _fits(utility: str, style: BallotStyle) -> bool:
    return utility in ("cardinality", "cost", {"ranked": "borda"}.get(style.value, style.value))


@st.composite
def boxes(draw: st.DrawFn, box: str, names: list[str]) -> dict[str, Any]:
    costs = draw(st.lists(st.integers(0, 12), min_size=len(names), max_size=len(names)))
    group = st.sampled_from([None, None, "school", "park"])
    projects = [
        {"id": name, "name": {"en": name}, "cost": cost, "categories": []}
        | {"exclusive_group": draw(group)}
        for name, cost in zip(names, costs, strict=True)
    ]
    return {
        "id": box,
        "name": {"en": box},
        "budget": draw(st.integers(0, 30)),
        "ballot_size": 256,
        "projects": projects,
    }


@st.composite
def ballots(draw: st.DrawFn, value: dict[str, Any], box: dict[str, Any]) -> list[Any]:
    """Distinct kinds of ballots; only valid ones, in their canonical form."""
    names = [project["id"] for project in box["projects"]]
    style = BallotStyle(value["style"])
    chosen = st.lists(st.sampled_from(names), unique=True, max_size=4)
    kinds = draw(st.lists(chosen, min_size=1, max_size=7))
    if style.graded:
        kinds = [[[name, draw(st.integers(1, 4))] for name in kind] for kind in kinds]
    election = manifests.election(value, box)
    return [canonical(style, kind) for kind in kinds if not check(election, kind)] or [[]]


def casts_of(kinds: list[list[Any]]) -> list[Cast]:
    """Twelve voters in the small box, 100 in the other, who cast the kinds of ballots unevenly."""
    casts = []
    for (box, voters), said in zip((("north", 100), ("south", 12)), kinds, strict=True):
        for number in range(voters):
            choices = said[number * number % 7 % len(said)]
            casts.append(Cast(len(casts), voter_ref(len(casts)), box, choices))
    return casts


def both_count(folder: Path, value: dict[str, Any], kinds: list[list[Any]]) -> None:
    """Count and write a round, and let both programs say that it verifies."""
    people, gone = casts_of(kinds), [name for name in value["texts"].values() if name]
    acts = [
        {"t": "withdraw", "at": OPENED, "box": box, "project": name, "reason": {"en": "Moved."}}
        for box, names in NAMES.items()
        for name in names
        if name in gone
    ]
    roll = [{"box": c.box, "class": "voter", "voter_ref": c.voter} for c in people]
    roll.sort(key=lambda person: str(person["voter_ref"]))
    seeded = SEED if "seed" in value["rule"]["ties"] else None
    case = Case(KEYS, value, people, roll, seeded, acts=acts).build(folder)
    path = case.write(folder / "bundle.zip")
    with Bundle.open(path) as opened:
        first = verify(opened)
    other = second.verify(path)
    assert detail(other, "V22") == detail(first, "V22")
    for report in (first, other):
        assert failed(report) == set()
        assert report.verdict is Verdict.UNPROVEN


@pytest.mark.parametrize("rule_id", COUNTED_TWICE)
def test_both_programs_count_random_rounds_alike(rule_id: str) -> None:
    @settings(max_examples=25, suppress_health_check=list(HealthCheck), deadline=None)
    @given(rounds(rule_id))
    def counted(drawn: tuple[dict[str, Any], list[list[Any]]]) -> None:
        with TemporaryDirectory() as folder:
            both_count(Path(folder), *drawn)

    counted()
