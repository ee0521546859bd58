"""What the public reads of a count."""

import re
from xml.etree import ElementTree as ET

import pytest
from flask import Flask

from budget_app.extensions import db
from budget_app.languages import LANGUAGES
from budget_app.results import services
from budget_app.results.errors import CountLeftOpen
from budget_app.results.models import Count, Picture
from budget_app.results.queries import counts, result_of
from budget_app.rounds import acts, jobs
from budget_app.rounds.models import ActKind, ActState, OfficialAct, Project, RoundState
from tallying.errors import NotProved, UnresolvedTie
from tallying.evidence import canonical
from tallying.evidence.bundle import Bundle
from tallying.evidence.count import OUTCOME, count_bundle
from tests.budget_app.audit.scenes import (
    EQUAL_SHARES,
    GREEDY,
    PROJECTS,
    Counted,
    closed_round,
    counted_round,
)
from tests.budget_app.proposals.pictures import give_photo
from voting.database import writing

POSTS = {key: name for key, name, *_ in PROJECTS}


def test_the_published_document_is_the_one_in_the_bundle(app: Flask) -> None:
    scene = counted_round(app)
    with app.app_context():
        count = scene.newest()
    with Bundle.open(scene.bundle()) as bundle:
        assert bundle.read(OUTCOME) == count.document
        assert canonical.dumps(count_bundle(bundle)) == count.document
    assert canonical.digest_of(count.document) == count.outcome_digest


def test_the_first_screen_answers_what_how_much_how_many_and_how_sure(app: Flask) -> None:
    page = counted_round(app).stranger().text("results/")
    assert re.search(r"\d+ projects are funded", page)
    assert "of €1.3 million will be spent. 240 people took part." in page
    assert "Provisional: auditors are checking it" in page


def test_a_counted_rounds_page_begins_with_what_was_funded(app: Flask) -> None:
    scene = counted_round(app)
    page = scene.stranger().get("").text
    assert re.search(r'<a href="[^"]+/results/">\d+ projects are funded with ', page)
    with scene.work():
        people = (scene.person("aude"), scene.person("ada"))
        services.annul(scene.newest(), "objection_upheld", by=people)
    assert "projects are funded" not in scene.stranger().text("")


def test_every_project_has_a_verdict_and_a_reason_on_its_own_page(app: Flask) -> None:
    browser = counted_round(app).stranger()
    for key, name in POSTS.items():
        page = browser.text(f"results/projects/{key}")
        assert name in page
        assert "It came up at step" in page or "Not funded" in page
    assert "Nobody chose it." in browser.text("results/projects/p08")


def test_equal_shares_tell_where_the_supporters_money_went(app: Flask) -> None:
    scene = counted_round(app, {**EQUAL_SHARES, "completion": "none"})
    browser = scene.stranger()
    pages = [browser.text(f"results/projects/{key}") for key in POSTS]
    told = [page for page in pages if "Its supporters' money went to" in page]
    assert told
    assert all("was missing: at the end its supporters' shares held" in page for page in told)
    assert all("Every voter has an equal share of the budget" in page for page in told)
    steps = browser.text("results/steps/north")
    assert "is shared equally among" in steps
    assert "What no step reached" in steps


@pytest.mark.parametrize("style", ["approval", "score"])
@pytest.mark.parametrize("rule", [GREEDY, EQUAL_SHARES], ids=["greedy", "equal-shares"])
def test_the_count_is_told_step_by_step_for_every_district(
    app: Flask, rule: dict[str, str], style: str
) -> None:
    utility = "score" if style == "score" else rule["utility"]
    completion = "greedy" if rule is EQUAL_SHARES else "none"
    scene = counted_round(app, {**rule, "utility": utility, "completion": completion}, style=style)
    browser = scene.stranger()
    for district in ("north", "south"):
        page = browser.text(f"results/steps/{district}")
        assert "Step 1" in page
        assert ("points" in page) == (style == "score")
    assert "Step 1" in browser.text("results/steps?page=99")
    assert browser.get("results/steps/west").status_code == 404


def test_pictures_are_drawn_once_in_every_language_and_carry_no_style(app: Flask) -> None:
    scene = counted_round(app)
    with app.app_context():
        pictures = db.session.scalars(db.select(Picture)).all()
        assert {picture.language for picture in pictures} == set(LANGUAGES)
        assert {picture.name for picture in pictures} == {"projects", "categories", "districts"}
        for picture in pictures:
            ET.fromstring(picture.svg)
            assert "style=" not in picture.svg
            assert "<style" not in picture.svg
            assert "currentColor" in picture.svg
    page = scene.stranger().get("results/").text
    assert page.count("<svg xmlns") == 3


def test_funded_projects_are_shown_by_their_photographs(app: Flask) -> None:
    scene = counted_round(app)
    with app.app_context():
        key = result_of(scene.newest()).funded[0].project.key
    with app.test_request_context("/en/example/"), writing():
        give_photo(db.session.scalars(db.select(Project).filter_by(key=key)).one(), "a" * 64)
        db.session.commit()
    browser = scene.stranger()
    assert browser.get("results/").text.count("a" * 64 + '-640.webp" srcset') == 1
    assert 'alt="A square"' in browser.get(f"results/projects/{key}").text


def test_an_imported_round_shows_its_result_beside_the_official_one(app: Flask) -> None:
    scene = counted_round(app, official=["p01", "p08"])
    page = scene.stranger().text("results/")
    assert "Beside the official result" in page
    assert "Funded officially only Mural on the water tower" in page


def test_a_round_of_ones_own_has_no_official_result_beside_it(app: Flask) -> None:
    assert "official result" not in counted_round(app).stranger().text("results/")


def test_ten_voters_or_more_are_told_apart_by_district(app: Flask) -> None:
    page = counted_round(app, voters=30).stranger().text("results/")
    assert "fewer than 10" in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_open_in_every_language(app: Flask, language: str) -> None:
    scene = counted_round(app)
    client = scene.stranger().client
    for page in (
        "results/",
        "results/projects/p01",
        "results/steps",
        "audit/evidence",
        "audit/log",
    ):
        answer = client.get(f"/{language}/example/rounds/schools/{page}")
        assert answer.status_code == 200, page


def test_a_tie_without_an_order_publishes_nothing(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = closed_round(app)

    def tied(*_arguments: object, **_named: object) -> None:
        raise UnresolvedTie(["p01", "p02"], 3)

    monkeypatch.setattr(services, "count_bundle", tied)
    with pytest.raises(CountLeftOpen, match=r"step 3 .*New roof.*\(p01\), Library bus \(p02\)"):
        scene.count()
    with app.app_context():
        db.session.rollback()
        assert db.session.scalars(db.select(Count)).all() == []
        assert scene.round_().state is RoundState.CLOSED


def test_a_count_that_failed_is_taken_up_again_as_the_same_version(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = closed_round(app)

    def full(*_arguments: object, **_named: object) -> None:
        raise OSError

    with monkeypatch.context() as broken:
        broken.setattr(services.bundle, "write_result", full)
        with pytest.raises(OSError):  # noqa: PT011 — whatever the disk says
            scene.count()
    scene.count()
    with app.app_context():
        assert scene.newest().version == 1


def _ask_two_officials(scene: Counted) -> OfficialAct:
    with scene.work():
        act = acts.request_act(scene.round_(), ActKind.COUNT, by=scene.person("ada"))
        acts.approve_act(act, by=scene.person("ben"))
    with scene.work():
        jobs.carry_out_acts()
    with scene.app.app_context():
        return db.session.scalars(db.select(OfficialAct).order_by(OfficialAct.id.desc())).first()  # type: ignore[return-value]


def test_the_worker_counts_when_two_officials_ask(app: Flask) -> None:
    scene = closed_round(app)
    act = _ask_two_officials(scene)
    assert (act.state, act.error) == (ActState.DONE, "")
    with app.app_context():
        assert scene.round_().state is RoundState.COUNTED


def test_an_open_tie_is_named_on_the_page_of_the_act(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = closed_round(app)

    def tied(*_arguments: object, **_named: object) -> None:
        raise UnresolvedTie(["p01", "p02"], 3)

    with monkeypatch.context() as broken:
        broken.setattr(services, "count_bundle", tied)
        act = _ask_two_officials(scene)
    assert act.state is ActState.FAILED
    assert "Library bus (p02)" in act.error
    assert _ask_two_officials(scene).state is ActState.DONE


def test_after_an_annulment_two_officials_ask_for_the_next_version(app: Flask) -> None:
    scene = counted_round(app)
    with scene.work():
        services.annul(
            scene.newest(), "objection_upheld", by=(scene.person("aude"), scene.person("ada"))
        )
    assert _ask_two_officials(scene).state is ActState.DONE
    with app.app_context():
        assert [count.version for count in counts(scene.round_())] == [2, 1]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (NotProved("it takes too long"), "could not be proved"),
        (RecursionError(), "the counting program stopped with an error (RecursionError)"),
    ],
)
def test_a_count_that_cannot_end_tells_the_office_why_and_can_be_asked_for_again(
    app: Flask, monkeypatch: pytest.MonkeyPatch, error: Exception, told: str
) -> None:
    scene = closed_round(app)

    def stopped(*_arguments: object, **_named: object) -> None:
        raise error

    with monkeypatch.context() as broken:
        broken.setattr(services, "count_bundle", stopped)
        act = _ask_two_officials(scene)
    assert act.state is ActState.FAILED
    assert told in act.error
    assert _ask_two_officials(scene).state is ActState.DONE
