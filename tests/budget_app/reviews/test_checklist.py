"""The checklist of a round is its own until a review was finished under it."""

import re

import pytest

from budget_app.reviews import checklists
from budget_app.rounds import services
from budget_app.rounds.models import RoundState
from tests.budget_app.at_once import at_once
from tests.budget_app.browsing.scenes import LIST
from tests.budget_app.reviews.scenes import FEASIBLE, NOT_FEASIBLE, Reviewing
from tests.budget_app.rounds.office import SETUP

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
STEP = SETUP + "/checklist"
SHADE = {"text_en": "It gives shade", "text_es": "Da sombra"}


def keys(scene: Reviewing) -> list[str]:
    with scene.office.work():
        return checklists.keys_of(scene.office.round_())


def fill(scene: Reviewing, count: int) -> None:
    with scene.office.work():
        round_, ada = scene.office.round_(), scene.office.person("ada")
        for number in range(count):
            checklists.add_criterion(round_, {"en": f"E{number}", "es": f"S{number}"}, by=ada)


@on_sqlite
def test_an_administrator_writes_the_checklist_that_reviewers_answer(scene: Reviewing) -> None:
    number = scene.propose()
    ada = scene.by("ada")
    assert "It is legal" in ada.text(STEP)
    ada.saved(STEP, SHADE)
    own = keys(scene)[-1]
    for act in ("up", "up", "down"):
        ada.saved(f"{STEP}/{own}/{act}")
    ada.saved(f"{STEP}/competence/remove")
    ada.saved(f"{STEP}/legal", {"text_en": "It is lawful", "text_es": "Es lícito"})
    assert keys(scene) == ["legal", "technical", "budget", "costed", own, "unique"]
    rosa = scene.begin("rosa", number)
    review = f"{LIST}{number}/review"
    refused = rosa.post(review, FEASIBLE)
    assert re.findall(r'id="(\w+)-error"', refused.text) == [f"answer_{own}"]
    answers = FEASIBLE | {f"answer_{own}": "no", f"note_{own}": "It is for winter."}
    rosa.saved(review, answers)
    text = scene.public(number)
    assert "It gives shade No It is for winter." in text
    assert "It is lawful Yes" in text
    assert "competence" not in text


@on_sqlite
def test_after_a_finished_review_the_checklist_stays(scene: Reviewing) -> None:
    ada, number = scene.by("ada"), scene.propose()
    scene.reject("rosa", number)
    page = ada.text(STEP)
    assert "can no longer be changed" in page
    assert "Add a criterion" not in page
    assert ada.get(f"{STEP}/legal").status_code == 302
    for path, data in (("", SHADE), ("/legal/remove", {}), ("/legal/down", {})):
        refused = ada.post(STEP + path, data)
        assert refused.status_code == 409
        assert "no longer be changed" in refused.text
    assert "legal" in keys(scene)


@on_sqlite
def test_a_sealed_round_keeps_its_checklist(scene: Reviewing) -> None:
    with scene.office.work():
        scene.office.round_().state = RoundState.SEALED
    assert scene.by("ada").post(STEP + "/legal/remove").status_code == 409
    assert scene.by("rosa").post(STEP, SHADE).status_code == 403


@on_sqlite
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"text_en": " "}, "This cannot stay empty."),
        ({"text_en": "x" * 161}, "At most 160 characters."),
        ({"text_en": "it is LEGAL"}, "The checklist says this already."),
    ],
)
def test_a_bad_criterion_is_told_at_its_field(
    scene: Reviewing, change: dict[str, str], sentence: str
) -> None:
    data = SHADE | change
    answer = scene.by("ada").post(STEP, data)
    assert answer.status_code == 422
    (field,) = change
    assert re.search(rf'id="{field}-error".*?{re.escape(sentence)}', answer.text, re.DOTALL)
    assert all(text.strip() in answer.text for text in data.values())


@on_sqlite
def test_a_checklist_has_between_one_and_twelve_criteria(scene: Reviewing) -> None:
    fill(scene, 6)
    ada = scene.by("ada")
    assert "at most 12 criteria" in ada.text(STEP)
    refused = ada.post(STEP, SHADE)
    assert refused.status_code == 422
    assert "It gives shade" in refused.text
    for key in keys(scene)[1:]:
        ada.saved(f"{STEP}/{key}/remove")
    (last,) = keys(scene)
    assert ada.post(f"{STEP}/{last}/remove").status_code == 409
    assert ada.post(f"{STEP}/gone/remove").status_code == 404


@on_sqlite
def test_who_answered_other_words_reads_the_new_ones_before_publishing(scene: Reviewing) -> None:
    number = scene.propose()
    rosa = scene.begin("rosa", number)
    review = f"{LIST}{number}/review"
    with scene.office.work():
        began_with = checklists.fingerprint(scene.office.round_())
    scene.by("ada").saved(STEP + "/legal", {"text_en": "It is lawful", "text_es": "Es lícito"})
    refused = rosa.post(review, FEASIBLE | {"asked": began_with})
    assert refused.status_code == 422
    assert "The checklist was changed meanwhile" in refused.text
    assert "Feasible within the year." in refused.text
    (shown,) = re.findall(r'name="asked" value="(\w+)"', refused.text)
    rosa.saved(review, FEASIBLE | {"asked": shown})


def test_a_decision_and_a_change_of_its_checklist_come_one_after_the_other(
    scene: Reviewing,
) -> None:
    """Either the reviewer misses the new criterion, or the administrator comes too late."""
    number = scene.propose()
    rosa, ada = scene.begin("rosa", number), scene.by("ada")
    answered: list[int] = []
    refused = at_once(
        scene.office.app,
        lambda: answered.append(rosa.post(f"{LIST}{number}/review", FEASIBLE).status_code),
        lambda: answered.append(ada.post(STEP, SHADE).status_code),
    )
    assert refused == []
    assert sorted(answered) in ([302, 409], [302, 422])


@on_sqlite
def test_a_copied_round_asks_the_same(scene: Reviewing) -> None:
    fill(scene, 1)
    with scene.office.work():
        past, ada = scene.office.round_(), scene.office.person("ada")
        copy = services.copy_round(past, {"en": "Next"}, by=ada)
        assert copy.checklist == past.checklist
        checklists.remove_criterion(copy, "legal", by=ada)
    assert "legal" in keys(scene)


@on_sqlite
def test_a_review_that_was_begun_ignores_what_is_asked_no_more(scene: Reviewing) -> None:
    number = scene.propose()
    rosa, review = scene.begin("rosa", number), f"{LIST}{number}/review"
    rosa.saved(review, FEASIBLE | {"publish": "", "save": "1"})
    scene.by("ada").saved(STEP + "/legal/remove")
    rosa.saved(review, NOT_FEASIBLE)
    assert "It is legal" not in scene.public(number)
