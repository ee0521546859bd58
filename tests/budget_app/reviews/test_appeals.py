"""An appeal: once, in time, by those who wrote the proposal, decided by somebody else."""

from datetime import timedelta

import pytest

from budget_app.extensions import db
from budget_app.proposals.models import ProposalState
from budget_app.reviews.appeals import APPEAL_PERIOD
from tests.budget_app.booth.pages import Page
from tests.budget_app.browsing.scenes import LIST
from tests.budget_app.reviews.scenes import NOT_FEASIBLE, Reviewing
from voting import clock

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

REASONS = {"reasons": "The slope is only ten degrees."}
CONFIRMED = {"outcome": "confirmed", "words": "Ten are too many."}
REOPENED = {"outcome": "reopened", "words": "We measure it again."}
ACCEPTED = {"outcome": "accepted", "words": "Ten degrees can be built.", "cost": "700"}


@pytest.fixture
def appealed(scene: Reviewing) -> int:
    """A proposal that rosa rejected, with an appeal that rui has."""
    number = scene.propose()
    scene.reject("rosa", number)
    scene.by("ana").saved(f"{LIST}{number}/appeal", REASONS)
    scene.begin("rui", number)
    return number


def test_an_accepted_appeal_puts_the_proposal_on_the_ballot(
    scene: Reviewing, appealed: int
) -> None:
    assert "slope" not in scene.public(appealed)
    assert "waits for somebody else" in scene.by("ana").text(f"{LIST}{appealed}")
    scene.by("rui").saved(f"{LIST}{appealed}/review/appeal", ACCEPTED)
    text = scene.public(appealed)
    for words in ("Too steep a roof.", "The slope is only ten degrees.", "Final cost: €700"):
        assert words in text
    assert "Ten degrees can be built." in scene.mails_to("ana")[-1]
    with scene.office.work():
        assert [project.cost for project in scene.office.round_().projects] == [700_00]


def test_a_confirmed_rejection_stays_and_tells_why(scene: Reviewing, appealed: int) -> None:
    scene.by("rui").saved(f"{LIST}{appealed}/review/appeal", CONFIRMED)
    text = scene.public(appealed)
    assert "The decision was confirmed" in text
    assert "Ten are too many." in text
    assert "Ten are too many." in scene.mails_to("ana")[-1]
    assert scene.state_of(appealed) is ProposalState.REJECTED
    again = scene.by("ana").post(f"{LIST}{appealed}/appeal", REASONS)
    assert (again.status_code, "once" in Page(again.text).text) == (409, True)


def test_a_reopened_proposal_is_reviewed_anew_and_keeps_its_history(
    scene: Reviewing, appealed: int
) -> None:
    scene.by("rui").saved(f"{LIST}{appealed}/review/appeal", REOPENED)
    assert scene.state_of(appealed) is ProposalState.SUBMITTED
    scene.by("rosa").saved(f"{LIST}{appealed}/review/take")
    scene.by("rosa").saved(f"{LIST}{appealed}/review/questions", {"question": "Measured how?"})
    assert "Measured how?" not in scene.public(appealed)
    second = NOT_FEASIBLE | {"words": "Measured: twenty degrees."}
    scene.by("rosa").saved(f"{LIST}{appealed}/review", second)
    text = scene.public(appealed)
    for words in ("Too steep a roof.", "We measure it again.", "Measured: twenty degrees."):
        assert words in text
    assert "Measured how?" in text
    assert scene.by("ana").post(f"{LIST}{appealed}/appeal", REASONS).status_code == 409


def test_whoever_decided_does_not_decide_the_appeal(scene: Reviewing) -> None:
    number = scene.propose()
    scene.declare("ada", number)
    scene.by("ada").saved(f"{LIST}{number}/review", NOT_FEASIBLE)
    scene.by("ana").saved(f"{LIST}{number}/appeal", REASONS)
    ada = scene.by("ada")
    assert ada.post(f"{LIST}{number}/review/appeal", CONFIRMED).status_code == 409
    assert ada.post(f"{LIST}{number}/review/take").status_code == 409
    assert "Appeal" in scene.by("rosa").text(LIST + "review?waiting=appeal")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"outcome": ""}, "outcome"),
        ({"words": ""}, "words"),
        ({"cost": ""}, "cost"),
        ({"cost": "9999"}, "cost"),
    ],
)
def test_what_is_missing_in_the_outcome_is_told_at_its_field(
    scene: Reviewing, appealed: int, change: dict[str, str], field: str
) -> None:
    answer = scene.by("rui").post(f"{LIST}{appealed}/review/appeal", ACCEPTED | change)
    assert answer.status_code == 422
    assert f'id="appeal-{field}-error"' in answer.text


def test_an_appeal_is_made_in_time_by_those_who_wrote_the_proposal(scene: Reviewing) -> None:
    number = scene.propose()
    path = f"{LIST}{number}/appeal"
    assert scene.by("ana").post(path, REASONS).status_code == 409  # not decided yet
    scene.reject("rosa", number)
    assert scene.by("eva").post(path, REASONS).status_code == 403
    assert scene.by("ana").post(path, {"reasons": " "}).status_code == 422
    with scene.office.work():
        late = clock.now(db.session()) + APPEAL_PERIOD + timedelta(minutes=1)
    with clock.replay(late):
        ana = scene.office.browser("ana")
        assert ana.post(path, REASONS).status_code == 409
        assert "You can appeal" not in ana.text(f"{LIST}{number}")
    scene.write_along("eva", number).saved(path, REASONS)
    assert scene.by("ana").post(path, REASONS).status_code == 409  # once for all of them
