"""Filling a ballot: without JavaScript, with bad input, signed out, and in a voter's own order."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from budget_app.extensions import db
from budget_app.rounds.models import Project
from tests.budget_app.booth.pages import Page
from tests.budget_app.booth.scenes import Scene
from tests.budget_app.proposals.pictures import give_photo
from tests.statements import statements
from voting.database import writing
from voting.models import CastToken

pytestmark = pytest.mark.one_store

LARGE = "9" * 5000


def tokens(scene: Scene) -> int:
    with scene.app.app_context():
        return db.session.scalar(select(func.count()).select_from(CastToken)) or 0


@pytest.mark.parametrize(
    ("style", "data", "sentence"),
    [
        ("approval", {"choice": ["a", "b", "c"]}, "Keep at most 2."),
        ("approval", {"choice": ["d"]}, "not on the ballot of this district"),
        ("approval", {"choice": ["a" * 100_000]}, "not on the ballot of this district"),
        ("approval", {"choice": ["\x00", "\ud7ff"]}, "not on the ballot of this district"),
        ("approval", {"choice": ["a", "a"]}, "“Project A” is on your ballot twice."),
        ("knapsack", {"choice": ["a", "b", "c"]}, "cost more than the budget of €100."),
        ("ranked", {"choice": ["a", "b", "a"]}, "“Project A” is on your ballot twice."),
        ("ranked", {"choice": ["a", "d"]}, "not on the ballot of this district"),
        ("points", {"points-a": "-3"}, "“Project A” has a number below 1."),
        ("points", {"points-a": "11"}, "Give at most 10 in all."),
        ("points", {"points-a": "three"}, "“Project A” is not a whole number."),
        ("points", {"points-a": "1.5"}, "“Project A” is not a whole number."),
        ("points", {"points-a": LARGE}, "“Project A” is not a whole number."),
        ("points", {"points-d": "3"}, "not on the ballot of this district"),
        ("score", {"points-a": "6"}, "The highest grade is 5."),
        ("score", {"points-a": "-1"}, "“Project A” has a number below 1."),
    ],
)
def test_an_invalid_ballot_is_told_why_in_one_sentence_and_gets_no_token(
    open_round: Callable[..., Scene], style: str, data: dict[str, Any], sentence: str
) -> None:
    scene = open_round(style)
    answer = scene.voter().post("/review", {"box": "north", **data})
    assert answer.status_code == 422
    assert sentence in Page(answer.text).text
    assert tokens(scene) == 0


@pytest.mark.parametrize(
    ("style", "data", "sentence"),
    [
        ("approval", {"choice": ["a", "b", "c"]}, "Keep at most 2."),
        ("points", {"points-a": "-3"}, "“Project A” has a number below 1."),
        ("ranked", {"choice": ["d"]}, "not on the ballot of this district"),
    ],
)
def test_an_invalid_ballot_posted_past_the_review_is_not_cast(
    open_round: Callable[..., Scene], style: str, data: dict[str, Any], sentence: str
) -> None:
    scene = open_round(style)
    voter = scene.voter()
    form = voter.review().form("/cast")
    answer = voter.post("/cast", form.having() | data)
    assert answer.status_code == 422
    assert sentence in Page(answer.text).text


def test_what_was_typed_on_an_invalid_ballot_is_still_there(
    open_round: Callable[..., Scene],
) -> None:
    scene = open_round("points")
    data = {"box": "north", "points-a": "three", "points-b": "4"}
    form = Page(scene.voter().post("/review", data).text).form("/review")
    assert form.value("points-a") == "three"
    assert form.value("points-b") == "4"


def test_each_reason_leads_to_its_project(open_round: Callable[..., Scene]) -> None:
    scene = open_round("points")
    content = scene.voter().post("/review", {"box": "north", "points-a": "x"}).text
    field = content.index('name="points-a"')
    number = content[:field].rsplit('id="choose-', 1)[1].split('"')[0]
    assert f'href="#choose-{number}"' in content


@pytest.mark.both_stores
def test_a_ballot_that_is_too_large_is_refused_before_it_is_read(scene: Scene) -> None:
    answer = scene.voter().post("/review", {"box": "north", "choice": "x" * 3_000_000})
    assert answer.status_code == 413


def test_a_blank_ballot_is_refused_where_the_round_does_not_allow_it(
    open_round: Callable[..., Scene],
) -> None:
    scene = open_round("approval", blank_allowed=False)
    answer = scene.voter().post("/review", {"box": "north"})
    assert answer.status_code == 422
    assert "at least one project" in Page(answer.text).text


def test_a_ballot_of_another_district_is_not_taken_for_the_voters_own(scene: Scene) -> None:
    answer = scene.voter().post("/review", {"box": "south", "choice": ["d"]})
    assert answer.status_code == 422
    assert "ballot of South; you vote in North" in Page(answer.text).text


def test_a_voter_gets_the_ballot_of_their_own_district(scene: Scene) -> None:
    assert "ballot of South" in scene.voter(100).page("?district=north").text


@pytest.mark.both_stores
def test_the_order_of_projects_is_each_voters_own_and_stays(scene: Scene) -> None:
    voters = [scene.voter(number) for number in range(1, 13)]

    def order(content: str) -> tuple[int, ...]:
        return tuple(content.index(f'data-id="{key}"') for key in "abc")

    first = [
        sorted("abc", key=dict(zip("abc", order(v.get().text), strict=True)).get) for v in voters
    ]  # type: ignore[arg-type]
    again = [
        sorted("abc", key=dict(zip("abc", order(v.get().text), strict=True)).get) for v in voters
    ]  # type: ignore[arg-type]
    assert first == again
    assert len({tuple(one) for one in first}) > 1


def test_a_ranking_is_made_with_buttons_alone(open_round: Callable[..., Scene]) -> None:
    voter = open_round("ranked").voter()
    data: dict[str, Any] = {"box": "north"}
    for act in ("add:a", "add:b", "add:c", "up:c", "up:c", "down:a", "remove:b"):
        page = Page(voter.post("", data | {"act": act}).text)
        data = page.form("/review").having(without=("q", "category"))
    assert data["choice"] == ["c", "a"]


def test_a_ballot_names_its_categories_as_the_other_pages_do(scene: Scene) -> None:
    text = Page(scene.voter().get().text).text
    assert text.count("Mobility") == 2, "in the search and on the project"
    assert "mobility" not in text
    assert "Parks" in text, "a category of an imported election is its own name"


@pytest.mark.both_stores
def test_choices_outside_a_search_stay_on_the_ballot(scene: Scene) -> None:
    data = {"box": "north", "choice": ["c"], "q": "project a", "act": "find"}
    answer = scene.stranger().post("", data)
    assert 'data-id="a"' in answer.text
    assert 'data-id="c"' not in answer.text
    assert ("choice", "c") in Page(answer.text).form("/review").fields


def test_a_ballot_can_be_filled_before_signing_in_and_goes_on_after_it(scene: Scene) -> None:
    stranger = scene.stranger()
    assert "Choose projects" in stranger.page("?district=north").text
    kept = Page(stranger.post("/review", {"box": "north", "choice": ["a"]}).text)
    assert "Sign in to go on" in kept.text
    data = kept.form("/review").having()
    assert data == {"box": ["north"], "choice": ["a"]}
    review = Page(scene.voter().post("/review", data).text)
    assert ("choice", "a") in review.form("/cast").fields


def test_without_scripts_whoever_comes_back_signed_in_is_sent_to_the_page_with_the_choices(
    scene: Scene,
) -> None:
    sentence = "Your choices wait on the page that you came from"
    voter = scene.voter()
    assert voter.get("?then=review&district=north").text.count(sentence) == 1
    assert sentence not in voter.page().text
    assert sentence not in voter.post("", {"box": "north", "choice": ["a"]}).text


def test_a_ballot_page_says_that_the_visitor_has_voted(scene: Scene) -> None:
    voter, sentence = scene.voter(), "You have voted: a new ballot takes the place"
    assert sentence not in voter.page().text
    voter.vote(("choice", "a"))
    assert sentence in voter.page().text
    assert sentence not in scene.voter(2).page().text
    assert sentence not in scene.stranger().page("?district=north").text


@pytest.mark.parametrize(("style", "tag"), [("knapsack", "ul"), ("ranked", "ol")])
def test_choices_are_numbered_only_where_their_order_counts(
    open_round: Callable[..., Scene], style: str, tag: str
) -> None:
    review = open_round(style).voter().post("/review", {"box": "north", "choice": ["a"]}).text
    assert f'<{tag} class="chosen-list"' in review


def test_without_scripts_the_sum_says_of_when_it_is(open_round: Callable[..., Scene]) -> None:
    assert "As last added up." in open_round("knapsack").voter().page().text


def test_changing_the_choices_brings_the_same_ballot_back(scene: Scene) -> None:
    voter = scene.voter()
    review = voter.review(("choice", "a"))
    ballot = Page(voter.post("", review.forms[0].having()).text)
    assert ("choice", "a") in ballot.form("/review").fields


def test_nothing_stands_on_the_review_page_but_the_ballot_and_one_cast_button(scene: Scene) -> None:
    content = scene.voter().get().text
    assert "site-footer" in content
    review = scene.voter().post("/review", {"box": "north", "choice": ["a"]}).text
    assert review.count('id="cast"') == 1
    assert "site-footer" not in review
    assert "site-nav" not in review


def test_before_the_opening_and_after_the_close_there_is_a_page_that_says_so(scene: Scene) -> None:
    with scene.after_the_close():
        assert "Voting is over" in scene.stranger().page().text
        answer = scene.voter().post("/review", {"box": "north", "choice": ["a"]})
    assert answer.status_code == 409


def test_projects_are_shown_by_their_photographs_with_one_question(scene: Scene) -> None:
    with scene.app.app_context():
        engine = db.engine
    client = scene.stranger()

    def asked() -> tuple[int, str]:
        with statements(engine) as seen:
            page = client.get("?district=north").text
        return len(seen), page

    asked()
    before, _page = asked()
    with scene.app.test_request_context("/en/example/"), writing():
        for project in db.session.scalars(select(Project).where(Project.key.in_(("a", "b")))):
            give_photo(project, project.key * 64)
        db.session.commit()
    after, page = asked()
    assert after == before
    for number, key in enumerate("ab", start=1):
        address = f"/en/example/rounds/schools/proposals/{number}/pictures/{key * 64}-640.webp"
        assert page.count(f'src="{address}"') == 1
