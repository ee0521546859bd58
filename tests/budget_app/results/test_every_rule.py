"""The pages of a result tell the count of every rule, in every language, and never break."""

import json
import random
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from budget_app import create_app
from budget_app.extensions import db
from budget_app.languages import LANGUAGES
from budget_app.settings import Settings
from tallying.election import BallotStyle, Election, Limits, Project
from tallying.profile import Profile
from tallying.rules import RULES, Rule, RuleConfig, count
from tallying.rules.rule import Completion
from tests.budget_app.audit.scenes import PROJECTS, Counted, counted_round
from tests.budget_app.booth.pages import Page
from voting.database import writing

BUDGETS = {"north": 1_000_000_00, "south": 300_000_00}
SHOWN = ("results/", "results/steps/north", "results/steps/south", "results/projects/p08")
LIMITS = {
    BallotStyle.POINTS: Limits(max_points=6),
    BallotStyle.SCORE: Limits(max_score=5),
    BallotStyle.RANKED: Limits(max_length=3),
}


@pytest.fixture(scope="module")
def scene(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counted]:
    """One counted round for all tests here: each replaces the document that was published."""
    folder = tmp_path_factory.mktemp("rules")
    shutil.copy(sqlite_template, folder / "platform.db")
    app = create_app(
        Settings(
            instance_path=folder / "instance",
            database_url=f"sqlite:///{folder}/platform.db",
            secret_key="a secret of the tests, long enough",
            embedded_worker=False,
            log_level="ERROR",
        )
    )
    app.testing = True
    yield counted_round(app, voters=40)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def outcome(rule: Rule, style: BallotStyle, district: str, completion: Completion) -> Any:
    """What a rule makes of a district's projects and of ballots drawn once and for all."""
    projects = tuple(
        Project(key, name, thousands * 1000_00)
        for key, name, thousands, _category, place in PROJECTS
        if place == district
    )
    election = Election(
        projects, BUDGETS[district], style, LIMITS.get(style, Limits()), currency="EUR"
    )
    config = RuleConfig(rule.id, completion=completion.value, ties=("lots",))
    profile = Profile.from_counts(election, _ballots(election))
    lots = [project.id for project in projects]
    return count(election, profile, config, lots=lots).to_json()


def _ballots(election: Election) -> list[tuple[list[Any], int]]:
    draw = random.Random(5)
    liked = [project.id for project in election.projects if project.id != "p08"]
    found = []
    for _ in range(30):
        chosen = draw.sample(liked, draw.randint(1, 2))
        if election.style.graded:
            found.append(([[key, draw.randint(1, 3)] for key in sorted(chosen)], 1))
        else:
            ranked = election.style is BallotStyle.RANKED
            found.append((chosen if ranked else sorted(chosen), 1))
    return found


def publish(scene: Counted, rule: Rule, style: BallotStyle) -> None:
    """Replace the published document, one district with each end of the rule's completions."""
    ends = {"north": rule.completions[0], "south": rule.completions[-1]}
    with scene.app.app_context(), writing():
        published = scene.newest()
        scene.round_().style = style.value
        document = json.loads(published.document)
        document["boxes"] = [
            {"box": name, "outcome": outcome(rule, style, name, completion)}
            for name, completion in ends.items()
        ]
        published.document = json.dumps(document).encode()
        db.session.commit()


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_results_steps_and_reasons_of_every_rule_are_told_in_every_language(
    scene: Counted, rule: Rule
) -> None:
    style = min(rule.styles, key=list(BallotStyle).index)
    publish(scene, rule, style)
    client = scene.stranger().client
    for language in LANGUAGES:
        for page in SHOWN:
            answer = client.get(f"/{language}/example/rounds/schools/{page}")
            assert answer.status_code == 200, (language, page)
            assert "%(" not in Page(answer.text).text
    for key, *_ in PROJECTS:
        assert scene.stranger().get(f"results/projects/{key}").status_code == 200, key


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_the_page_of_a_project_says_how_the_round_decides(scene: Counted, rule: Rule) -> None:
    publish(scene, rule, min(rule.styles, key=list(BallotStyle).index))
    page = scene.stranger().text("results/projects/p01")
    assert rule.description["en"] in page


@pytest.mark.parametrize(("rule", "unit"), [("borda", "points"), ("stv", "votes")])
def test_points_for_places_are_told_only_where_they_count(
    scene: Counted, rule: str, unit: str
) -> None:
    publish(scene, RULES[rule], BallotStyle.RANKED)
    other = {"points": "votes", "votes": "points"}[unit]
    page = scene.stranger().text("results/steps/north")
    assert re.search(rf"\d {unit}", page)
    assert not re.search(rf"\d {other}", page)


def test_money_that_was_left_is_no_reason_where_the_rule_looks_at_whole_selections(
    scene: Counted,
) -> None:
    publish(scene, RULES["knapsack"], BallotStyle.APPROVAL)
    shown = [scene.stranger().text(f"results/projects/{key}") for key, *_ in PROJECTS]
    left_out = [page for page in shown if "The selection of the greatest total" in page]
    assert left_out
    assert not any("The money when it came up" in page for page in left_out)


def test_a_step_that_touches_no_project_is_shown_as_one(scene: Counted) -> None:
    publish(scene, RULES["greedy"], BallotStyle.APPROVAL)
    with scene.app.app_context(), writing():
        published = scene.newest()
        document = json.loads(published.document)
        document["boxes"][0]["outcome"]["rounds"].insert(0, {"project": None, "left": 100})
        published.document = json.dumps(document).encode()
        db.session.commit()
    page = scene.stranger().text("results/steps/north")
    assert "No single project is decided at this step." in page
    assert scene.stranger().get("results/").status_code == 200
