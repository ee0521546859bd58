"""The full-text search, the same on both databases."""

import pytest
from flask_migrate import downgrade, upgrade

from budget_app.browsing import index
from budget_app.browsing.models import ProposalWords
from budget_app.browsing.similar import resembling
from budget_app.extensions import db
from budget_app.proposals.models import Proposal, ProposalState
from budget_app.rounds.models import Project
from tests.budget_app.browsing.scenes import Proposing
from voting.database import writing

HOSTILE = [
    "'",
    '"',
    '"roof',
    "roof NEAR school",
    "roof AND",
    "OR OR",
    "NOT roof",
    "title:roof",
    "roof*",
    "*",
    "^roof",
    "-roof",
    "roof:*",
    "roof & | !",
    "(roof",
    "roof <-> school",
    "{title}: roof",
    "🏫🏫",
    "🏫 roof",
    "a" * 10_000,
    "roof " * 2_000,
    "roof\0school",
    "\0",
    "\ud800",
    "%_",
    "\\",
    "؁ ",
    "ªº²½",
]


BEFORE_NAMES = "7a1e0c94d3b6-1"
"""The migration before the one that looks for official names."""
NAMES = {"en": "A roof", "es": "Techos para la Escuela Niños Héroes"}


def found(scene: Proposing, typed: str) -> list[str]:
    with scene.office.work():
        round_ = scene.office.round_()
        numbers = index.search(db.session(), round_.id, typed)
        return [db.session.get_one(Proposal, number).title for number in numbers]


@pytest.mark.parametrize(
    "typed", ["ESCUELA", "escuéla", "  techo   escuela", "esc", "lluv", "ninos"]
)
def test_words_are_found_without_case_and_accents_and_the_last_by_its_beginning(
    scene: Proposing, typed: str
) -> None:
    scene.propose(
        "Un techo", summary="Para la Escuela 12 y sus niños", description="Cuando llueve."
    )
    scene.propose("Bus", summary="To the hospital")
    if typed == "lluv":  # no word begins so
        assert found(scene, typed) == []
    else:
        assert found(scene, typed) == ["Un techo"]


def test_every_word_must_be_there(scene: Proposing) -> None:
    scene.propose("A roof")
    assert found(scene, "roof bus") == []
    assert found(scene, "roo f") == []


def test_a_word_in_the_title_counts_more_and_equals_stay_in_order(scene: Proposing) -> None:
    scene.propose("A market", description="It needs a roof.")
    scene.propose("A roof", description="For the market.")
    scene.propose("A roof", description="For the market.")
    with scene.office.work():
        first = index.search(db.session(), scene.office.round_().id, "roof")
    assert first == [2, 3, 1]


def test_nothing_that_somebody_types_is_an_error(scene: Proposing) -> None:
    scene.propose("A roof for the school")
    for typed in HOSTILE:
        assert found(scene, typed) in ([], ["A roof for the school"]), typed


def test_the_index_follows_a_proposal_in_the_same_transaction(scene: Proposing) -> None:
    number = scene.propose("A roof")
    with scene.office.work():
        db.session.get_one(Proposal, number).title = "A bridge"
        db.session.flush()
        round_id = scene.office.round_().id
        assert index.search(db.session(), round_id, "bridge") == [number]
        db.session.rollback()
    assert found(scene, "roof") == ["A roof"]
    assert found(scene, "bridge") == []
    with scene.office.work():
        db.session.delete(db.session.get_one(Proposal, number))
    assert found(scene, "roof") == []


def test_what_the_index_has_lost_is_filled_in_again(scene: Proposing) -> None:
    scene.propose("A roof")
    scene.propose("A bridge", state=ProposalState.DRAFT)
    with scene.office.work():
        db.session.execute(db.delete(ProposalWords))
    assert found(scene, "roof") == []
    result = scene.office.app.test_cli_runner().invoke(args=["pb", "index-proposals"])
    assert result.output == "2 proposals are indexed.\n"
    assert found(scene, "roof") == ["A roof"]


def test_other_forms_of_a_word_are_found_by_postgresql(scene: Proposing) -> None:
    if scene.office.app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
        pytest.skip("Stems are of the other database")
    scene.propose("Roofs for schools")
    scene.propose("Techos para escuelas", language="es")
    assert found(scene, "school roof") == ["Roofs for schools"]
    assert found(scene, "escuela techo") == ["Techos para escuelas"]


def test_a_proposal_is_found_by_the_words_of_every_language_that_its_project_has(
    scene: Proposing,
) -> None:
    number = _accepted(scene)
    for typed in ("escuela ninos", "HÉROES", "llueve", "ecole", "roof school"):
        assert found(scene, typed) == ["A roof"], typed
    with scene.office.work():
        db.session.scalars(db.select(Project)).one().names = {"es": "Una cubierta"}
        db.session.get_one(Proposal, number).summary = "For the clinic"
    assert found(scene, "heroes") == found(scene, "school") == []
    assert found(scene, "cubierta clinic") == ["A roof"]
    with scene.office.work():
        db.session.delete(db.session.scalars(db.select(Project)).one())
    assert found(scene, "cubierta") == []
    assert found(scene, "roof") == ["A roof"]


def test_what_was_there_before_is_found_by_its_official_names_too(scene: Proposing) -> None:
    _accepted(scene)
    with scene.office.app.app_context(), writing():
        downgrade(revision=BEFORE_NAMES)
        kept = db.session.execute(db.text("SELECT title, body FROM proposal_words")).all()
        assert [tuple(row) for row in kept] == [("a roof", "for the school\n")]
        db.session.remove()
        upgrade()
    assert found(scene, "escuela ecole roof") == ["A roof"]


def test_official_names_are_stemmed_in_their_own_language_by_postgresql(scene: Proposing) -> None:
    if scene.office.app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
        pytest.skip("Stems are of the other database")
    _accepted(scene)
    assert found(scene, "escuelas techo") == ["A roof"]


def test_what_resembles_a_text_is_offered_once_whichever_of_its_names_does(
    scene: Proposing,
) -> None:
    _accepted(scene)
    with scene.office.work():
        round_ = scene.office.round_()
        for text in ("Techos de la escuela", "The roof of a school building"):
            assert [p.title for p in resembling(round_, text)] == (
                ["A roof"] if "Techos" in text else []
            )


def _accepted(scene: Proposing) -> int:
    """A proposal in English whose project has a Spanish name; answers to its number."""
    number = scene.propose("A roof", summary="For the school", state=ProposalState.ACCEPTED, cost=1)
    with scene.office.work():
        round_ = scene.office.round_()
        db.session.add(
            Project(
                round_=round_,
                district=round_.districts[0],
                proposal_id=number,
                key="p001",
                names=NAMES,
                summaries={"es": "Cuando llueve, se moja.", "fr": "Il pleut à l’école"},
                cost=1,
            )
        )
    return number
