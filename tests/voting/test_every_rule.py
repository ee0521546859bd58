"""Every rule goes the whole way: sealed, voted, counted from the bundle, and verified by others."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy.orm import sessionmaker

from tallying.election import BallotStyle, Limits
from tallying.evidence.bundle import Bundle
from tallying.evidence.count import count_bundle
from tallying.evidence.verify import Status, Verdict, verify
from tallying.rules import RULES, Rule, RuleConfig
from tests.stores import Store
from tests.tallying.evidence import second
from tests.tallying.evidence.archives import detail
from tests.voting.factories import OFFICIALS, ROUND, Vote, project, vote
from voting import bundle
from voting.bundle import Editions
from voting.database import open_engine
from voting.manifest import BallotBox

VOTERS = {"north": 110, "south": 9}
COUNTED_TWICE = {
    *(("greedy", "none"), ("borda", "none"), ("phragmen", "none"), ("phragmen", "greedy")),
    *(("equal-shares", name) for name in ("none", "greedy", "add1", "add1-greedy")),
}
PROJECTS = {"north": "abcdef", "south": "ghi"}
LIMITS = {BallotStyle.POINTS: Limits(max_points=9), BallotStyle.SCORE: Limits(max_score=3)}
OPTIONS: list[tuple[Rule, BallotStyle, str]] = [
    (rule, style, str(rule.completions[place % len(rule.completions)]))
    for rule in RULES.values()
    for place, style in enumerate(sorted(rule.styles))
]


@pytest.fixture
def store(sqlite_template: Path, tmp_path: Path) -> Iterator[Store]:
    """The counting does not ask which database held the ballots."""
    shutil.copy(sqlite_template, tmp_path / "platform.db")
    url = f"sqlite:///{tmp_path}/platform.db"
    engine = open_engine(url, pool_size=2, max_overflow=0)
    yield Store(url, engine, sessionmaker(engine, expire_on_commit=False))
    engine.dispose()


def round_of(store: Store, folder: Path, rule: Rule, style: BallotStyle, completion: str) -> Vote:
    """A round under a rule, in two districts; the smaller keeps its ballots from the public."""
    boxes = [
        BallotBox(
            name,
            {"en": name.title()},
            500,
            tuple(project(key, 90 + 40 * (place % 3)) for place, key in enumerate(keys)),
        )
        for name, keys in PROJECTS.items()
    ]
    config = RuleConfig(rule.id, completion=completion, ties=("more_votes", "lots"))
    return vote(
        store,
        folder,
        boxes=tuple(boxes),
        style=style,
        limits=LIMITS.get(style, Limits()),
        rule=config,
        lots=tuple("caibedhfg"),
    )


def poll(round_: Vote) -> None:
    """Everybody votes and the boxes are committed; the same ballots in every run."""
    draw, choices = Random(3), []
    people = {name: round_.enrol(count, name) for name, count in VOTERS.items()}
    round_.seal()
    round_.open()
    for name, voters in people.items():
        choices += [(voter, _ballot(draw, round_, name)) for voter in voters]
    round_.cast_all(choices)
    round_.close()
    round_.commit_boxes()


def _ballot(draw: Random, round_: Vote, name: str) -> list[Any]:
    chosen = draw.sample(PROJECTS[name], draw.randint(0, 3))
    if round_.manifest.style.graded:
        return [[key, draw.randint(1, 3)] for key in sorted(chosen)]
    return chosen if round_.manifest.style is BallotStyle.RANKED else sorted(chosen)


def counted(round_: Vote, folder: Path) -> Editions:
    sessions, keys = round_.store.sessions, round_.keys
    path = bundle.write_input(sessions, keys, ROUND, folder, 1, OFFICIALS)
    with Bundle.open(path) as content:
        result = count_bundle(content)
    return bundle.write_result(sessions, keys, ROUND, folder, 1, result)


@pytest.mark.parametrize(
    ("rule", "style", "completion"),
    OPTIONS,
    ids=[f"{rule.id}-{style}-{completion}" for rule, style, completion in OPTIONS],
)
def test_a_poll_under_any_rule_becomes_a_bundle_that_verifies(
    store: Store, tmp_path: Path, rule: Rule, style: BallotStyle, completion: str
) -> None:
    round_ = round_of(store, tmp_path, rule, style, completion)
    poll(round_)
    editions = counted(round_, tmp_path / "bundles")
    for path in (editions.auditor, editions.public):
        with Bundle.open(path) as content:
            report = verify(content)
            outcomes = [
                box["outcome"] for box in json.loads(content.read("tally/outcome.json"))["boxes"]
            ]
        other = second.verify(path)
        for found in (*report.findings, *other.findings):
            assert found.status is not Status.FAIL, found
        assert (report.verdict, other.verdict) == (Verdict.UNPROVEN, Verdict.UNPROVEN)
        if path == editions.auditor:  # the public one may hold back every ballot
            single = "single implementation" in detail(other, "V22")
            assert single == ((rule.id, completion) not in COUNTED_TWICE)
        assert all(outcome["funded"] for outcome in outcomes)
