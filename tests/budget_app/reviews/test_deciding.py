"""Assigned reviewers who declare their interests decide with a checklist; nothing leaks before."""

import re

import pytest

from budget_app.extensions import db
from budget_app.proposals.models import Proposal, ProposalState
from budget_app.records.models import Act, Record
from budget_app.reviews.models import Assignment, Ending, Note
from budget_app.rounds.destruction import _erase
from budget_app.rounds.models import RoundState
from tests.budget_app.booth.pages import Page
from tests.budget_app.browsing.scenes import LIST
from tests.budget_app.reviews.scenes import ALL_YES, FEASIBLE, NOT_FEASIBLE, Reviewing
from tests.budget_app.rounds.office import began_with

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def review(number: int, part: str = "") -> str:
    return f"{LIST}{number}/review{part}"


def test_a_reviewer_declares_takes_and_decides(scene: Reviewing) -> None:
    number = scene.propose()
    rosa = scene.by("rosa")
    assert "conflict of interest" in rosa.text(review(number))
    assert "Checklist" not in rosa.text(review(number))
    scene.begin("rosa", number).saved(review(number), FEASIBLE)
    text = scene.public(number)
    assert "Final cost: €800" in text
    assert "Office of Rosa declared to have no conflict of interest." in text
    assert "It is legal" in text
    with scene.office.work():
        project = scene.office.round_().projects[0]
        facts = (project.cost, project.names, project.proposal_id)
        assert facts == (800_00, {"en": "A new roof"}, number)
    (mail,) = scene.mails_to("ana")
    assert "Feasible within the year." in mail


def test_only_who_has_the_proposal_or_an_administrator_decides(scene: Reviewing) -> None:
    number = scene.propose()
    rosa, rui = scene.by("rosa"), scene.by("rui")
    assert rosa.post(review(number), NOT_FEASIBLE).status_code == 409  # nothing declared
    scene.declare("rosa", number)
    assert rosa.post(review(number), NOT_FEASIBLE).status_code == 409  # not taken
    scene.begin("rui", number)
    assert rosa.post(review(number), NOT_FEASIBLE).status_code == 409  # another's
    assert rosa.post(review(number, "/take")).status_code == 409
    assert scene.state_of(number) is ProposalState.SUBMITTED
    scene.declare("ada", number)
    scene.by("ada").saved(review(number), NOT_FEASIBLE)
    assert rui.post(review(number), FEASIBLE).status_code == 409  # decided once


def test_who_saves_a_verdict_after_another_reads_theirs_first(scene: Reviewing) -> None:
    number = scene.propose()
    rosa, ada = scene.begin("rosa", number), scene.by("ada")
    scene.declare("ada", number)
    both_began = rosa.began(review(number))
    found = ALL_YES | {"words": "Too steep.", "save": "1"}
    rosa.saved(review(number), found | both_began)
    mine = {"words": "Too high.", "verdict": "not_feasible", "publish": "1"}
    answer = ada.post(review(number), mine | both_began)
    text = Page(answer.text).text
    assert "Rosa changed this meanwhile: It is within the competence of the parliament" in text
    assert "It is legal What stands now Yes What you typed You had changed nothing" in text
    assert "What stands now Too steep. What you typed Too high." in text
    assert scene.state_of(number) is ProposalState.SUBMITTED
    ada.saved(review(number), ALL_YES | mine | began_with(answer.text))
    assert rosa.post(review(number), found | both_began).status_code == 409  # decided, not changed


def test_a_conflict_returns_the_proposal_and_is_published_without_the_sentence(
    scene: Reviewing,
) -> None:
    number = scene.propose()
    rosa = scene.begin("rosa", number)
    scene.declare("rosa", number, "yes", "My sister wrote it.")
    assert rosa.get(review(number)).status_code == 409
    assert rosa.post(review(number), NOT_FEASIBLE).status_code == 409
    assert rosa.post(review(number, "/take")).status_code == 409
    scene.reject("rui", number)
    text = scene.public(number)
    assert "Office of Rosa had a conflict of interest and stepped back." in text
    assert "sister" not in text
    with scene.office.work():
        endings = [each.ending for each in db.session.scalars(db.select(Assignment))]
    assert endings == [Ending.CONFLICT, Ending.FINISHED]


def test_a_conflict_is_said_in_a_sentence(scene: Reviewing) -> None:
    number = scene.propose()
    answer = scene.by("rosa").post(review(number, "/declare"), {"conflict": "yes", "words": " "})
    assert answer.status_code == 422
    assert 'id="words-error"' in answer.text


@pytest.mark.parametrize("as_coauthor", [False, True])
def test_nobody_reviews_what_they_write(scene: Reviewing, as_coauthor: bool) -> None:
    number = scene.propose()
    author = scene.by("rosa")
    if as_coauthor:
        scene.write_along("rosa", number)
    else:
        with scene.office.work():
            db.session.get_one(Proposal, number).author = scene.office.person("rosa")
    for path, data in (("", NOT_FEASIBLE), ("/take", {}), ("/declare", {"conflict": "no"})):
        assert author.post(review(number, path), data).status_code == 409
    assert author.get(review(number)).status_code == 409
    scene.declare("ada", number)
    with scene.office.work():
        rosa = scene.office.person("rosa").id
    gift = {"reviewer": str(rosa)}
    refused = scene.by("ada").post(review(number, "/assign"), gift)
    assert refused.status_code == 422
    assert 'id="assign-reviewer-error"' in refused.text
    with scene.office.work():
        assert db.session.scalars(db.select(Assignment)).all() == []


def test_reassigning_leaves_a_trace(scene: Reviewing) -> None:
    number = scene.propose()
    scene.begin("rosa", number)
    scene.declare("ada", number)
    with scene.office.work():
        rui = str(scene.office.person("rui").id)
    assert scene.by("rosa").post(review(number, "/assign"), {"reviewer": rui}).status_code == 403
    scene.by("ada").saved(review(number, "/assign"), {"reviewer": rui})
    text = scene.by("ada").text(review(number))
    assert "Rosa had it from" in text
    assert "Given to somebody else" in text
    assert scene.by("ada").post(review(number, "/assign"), {"reviewer": "0"}).status_code == 422
    with scene.office.work():
        acts = db.session.scalars(db.select(Record).where(Record.act == Act.REVIEW_ASSIGNED))
        assert [set(row.subject) for row in acts] == [{"proposal", "reviewer"}] * 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"cost": "1000.01"}, "cost"),
        ({"cost": ""}, "cost"),
        ({"cost": "much"}, "cost"),
        ({"words": " "}, "words"),
        ({"verdict": ""}, "verdict"),
        ({"answer_legal": ""}, "answer_legal"),
        ({"answer_legal": "no"}, "note_legal"),
    ],
)
def test_what_is_missing_is_told_at_its_field_and_nothing_is_lost(
    scene: Reviewing, change: dict[str, str], field: str
) -> None:
    number = scene.propose()
    rosa = scene.begin("rosa", number)
    data = FEASIBLE | {"note_unique": "Nothing like it."} | change
    answer = rosa.post(review(number), data)
    assert answer.status_code == 422
    assert re.findall(r'id="(\w+)-error"', answer.text) == [field]
    assert "Nothing like it." in answer.text
    assert scene.state_of(number) is ProposalState.SUBMITTED


def test_an_explained_no_can_still_be_feasible(scene: Reviewing) -> None:
    number = scene.propose()
    data = FEASIBLE | {"answer_unique": "no", "note_unique": "The other one is older."}
    scene.begin("rosa", number).saved(review(number), data)
    assert "The other one is older." in scene.public(number)


def test_nothing_public_tells_of_a_running_review(scene: Reviewing) -> None:
    number = scene.propose()
    before = _public_pages(scene, number)
    rosa = scene.begin("rosa", number)
    rosa.saved(review(number, "/notes"), {"note": "A secret note."})
    rosa.saved(review(number, "/questions"), {"question": "How steep is it?"})
    draft = ALL_YES | {"verdict": "not_feasible", "words": "Probably too steep.", "save": "1"}
    rosa.saved(review(number), draft)
    assert "Probably too steep." in rosa.get(review(number)).text
    assert _public_pages(scene, number) == before
    rosa.saved(review(number), NOT_FEASIBLE)
    after = _public_pages(scene, number)
    assert "How steep is it?" in "".join(after)
    assert "A secret note." not in "".join(after)


def _public_pages(scene: Reviewing, number: int) -> list[str]:
    """What a stranger reads on every page that speaks of the proposal."""
    stranger = scene.office.stranger()
    round_ = LIST.removesuffix("proposals/")
    paths = [
        *(LIST, f"{LIST}{number}", f"{LIST}{number}/history", LIST + "?text=roof"),
        *(LIST + "?state=submitted", LIST + "?state=rejected", LIST + "map", round_),
        *(LIST + "feed.atom", round_ + "feed.atom", "/en/example/feed.atom", "/en/example/"),
    ]
    answers = [stranger.get(path) for path in paths]
    found = [
        Page(answer.text).text if answer.mimetype == "text/html" else answer.text
        for answer in answers
        if answer.status_code == 200
    ]
    assert len(found) >= 8
    return found


def test_an_answer_comes_from_the_authors_and_is_published_with_the_decision(
    scene: Reviewing,
) -> None:
    number = scene.propose()
    rosa = scene.begin("rosa", number)
    rosa.saved(review(number, "/questions"), {"question": "How steep is it?"})
    (mail,) = scene.mails_to("ana")
    assert "How steep is it?" in mail
    assert "Waits for the author" in rosa.text(LIST + "review")
    question = f"{LIST}{number}/questions/1"
    assert scene.by("eva").get(question).status_code == 403
    eva = scene.write_along("eva", number)
    assert "How steep is it?" in eva.text(f"{LIST}{number}")
    assert eva.post(question, {"text": " "}).status_code == 422
    eva.saved(question, {"text": "Thirty degrees."})
    assert eva.post(question, {"text": "Forty."}).status_code == 409
    assert "Thirty degrees." not in scene.public(number)
    assert "Waits for the author" not in rosa.text(LIST + "review")
    rosa.saved(review(number), NOT_FEASIBLE)
    assert "Thirty degrees." in scene.public(number)
    assert rosa.post(review(number, "/questions"), {"question": "And now?"}).status_code == 409


def test_notes_and_the_sentences_of_conflicts_are_erased(scene: Reviewing) -> None:
    number = scene.propose()
    scene.begin("rosa", number).saved(review(number, "/notes"), {"note": "A secret note."})
    scene.declare("rui", number, "yes", "My sister wrote it.")
    assert "My sister wrote it." in scene.by("rosa").text(review(number))
    with scene.office.work():
        _erase(scene.office.round_())
    with scene.office.work():
        assert db.session.scalars(db.select(Note)).all() == []
    assert "sister" not in scene.by("rosa").text(review(number))


def test_after_the_seal_nothing_joins_the_ballot(scene: Reviewing) -> None:
    number = scene.propose()
    rosa = scene.begin("rosa", number)
    with scene.office.work():
        scene.office.round_().state = RoundState.SEALED
    assert rosa.post(review(number), FEASIBLE).status_code == 409
    assert scene.state_of(number) is ProposalState.SUBMITTED
    assert "proposal waits for you" not in rosa.text("/en/example/administration/")


def test_a_withdrawn_proposal_is_not_decided(scene: Reviewing) -> None:
    number = scene.propose()
    rosa = scene.begin("rosa", number)
    scene.by("ana").saved(f"{LIST}{number}/withdraw")
    assert rosa.post(review(number), NOT_FEASIBLE).status_code == 409
    queue = rosa.text(LIST + "review")
    assert "Nothing waits for a review" in queue
    assert "Rosa (has 0)" in queue
