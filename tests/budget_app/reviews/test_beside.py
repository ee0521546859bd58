"""A review is one form with several buttons: whichever is pressed, nothing typed is lost."""

import pytest

from budget_app.extensions import db
from budget_app.reviews.models import Draft, Note, Question
from tests.budget_app.browsing.scenes import LIST
from tests.budget_app.reviews.scenes import Reviewing

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

CHECKED = {"asked": "", "words": "Half a page of reasons.", "answer_legal": "yes"}


def drafts(scene: Reviewing) -> list[str]:
    with scene.office.work():
        return list(db.session.scalars(db.select(Draft.words)))


def count(scene: Reviewing, kind: type[Note] | type[Question]) -> int:
    with scene.office.work():
        return db.session.query(kind).count()


def test_each_button_keeps_the_checklist_that_is_typed_beside_it(scene: Reviewing) -> None:
    number, other = scene.propose(), scene.propose("Another roof")
    rosa, page = scene.begin("rosa", number), f"{LIST}{number}/review"
    rosa.saved(f"{page}/notes", CHECKED | {"note": "Read this."})
    assert drafts(scene) == ["Half a page of reasons."]
    rosa.saved(f"{page}/questions", CHECKED | {"words": "A page.", "question": "How steep?"})
    assert drafts(scene) == ["A page."]
    ask = {"words": "Two pages.", "target": str(other), "reasons": "One roof."}
    rosa.saved(f"{page}/merge", CHECKED | ask)
    assert drafts(scene) == ["Two pages."]


def test_the_buttons_beside_the_checklist_send_it_along(scene: Reviewing) -> None:
    number = scene.propose()
    text = scene.begin("rosa", number).get(f"{LIST}{number}/review").text
    for part in ("notes", "questions", "merge"):
        assert (
            f'form="review" formaction="/en/example/rounds/schools/proposals/{number}/review/{part}"'
            in text
        )


def test_what_else_was_typed_comes_back_with_the_page(scene: Reviewing) -> None:
    number = scene.propose()
    rosa, page = scene.begin("rosa", number), f"{LIST}{number}/review"
    data = CHECKED | {"note": "Read this.", "question": "Half a question"}
    answer = rosa.post(f"{page}/notes", data)
    assert answer.status_code == 200
    assert "Half a question" in answer.text
    assert "Read this.</textarea>" not in answer.text
    rosa.post(f"{page}/notes", data)  # the page that came is loaded again
    assert count(scene, Note) == 1
    answer = rosa.post(page, CHECKED | {"question": "Half a question", "save": "1"})
    assert "Half a question" in answer.text
    assert count(scene, Question) == 0


def test_nothing_is_sent_while_the_checklist_beside_it_has_an_error(scene: Reviewing) -> None:
    number = scene.propose()
    rosa, page = scene.begin("rosa", number), f"{LIST}{number}/review"
    data = CHECKED | {"cost": "much", "question": "How steep?"}
    answer = rosa.post(f"{page}/questions", data)
    assert answer.status_code == 422
    assert "How steep?" in answer.text
    assert "Half a page of reasons." in answer.text
    assert "Write the amount in digits" in answer.text
    assert (count(scene, Question), drafts(scene)) == (0, [])


def test_an_untouched_checklist_begins_no_draft(scene: Reviewing) -> None:
    number = scene.propose()
    page = f"{LIST}{number}/review"
    scene.begin("rosa", number).saved(f"{page}/notes", {"asked": "", "note": "Read this."})
    assert drafts(scene) == []
