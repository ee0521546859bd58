"""The list of proposals: order, pages, filters."""

from datetime import UTC, datetime
from typing import Any

import pytest

from budget_app.browsing import finding, following
from budget_app.browsing.finding import A_PAGE, Wanted
from budget_app.browsing.meant import are_near, meant
from budget_app.extensions import db
from budget_app.proposals.models import Proposal, ProposalState
from budget_app.reviews.models import Merge, MergeState
from tests.budget_app.booth.pages import Page
from tests.budget_app.browsing.scenes import LIST, Proposing


def titles(scene: Proposing, **wanted: Any) -> list[str]:
    with scene.office.work():
        ids = finding.find_ids(scene.office.round_(), Wanted(**wanted), "a seed")
        return [proposal.title for proposal in finding.load(ids)]


def test_pages_in_random_order_never_repeat_or_drop_a_proposal(scene: Proposing) -> None:
    numbers = [scene.propose(f"Proposal {n}") for n in range(A_PAGE * 2 + 3)]
    orders = {}
    with scene.office.work():
        for seed in ("one visitor", "another"):
            pages = [
                finding.find(scene.office.round_(), Wanted(), seed, page).items
                for page in (1, 2, 3)
            ]
            orders[seed] = [proposal.id for page in pages for proposal in page]
            assert [len(page) for page in pages] == [A_PAGE, A_PAGE, 3]
    assert sorted(orders["one visitor"]) == numbers == sorted(orders["another"])
    assert orders["one visitor"] != orders["another"]
    assert orders["one visitor"] != numbers


def test_a_new_proposal_moves_no_others_around() -> None:
    before = finding.shuffled(range(1, 50), "seed")
    after = finding.shuffled(range(1, 51), "seed")
    assert [number for number in after if number != 50] == before


def test_proposals_are_narrowed_and_put_in_order(scene: Proposing) -> None:
    office = scene.office
    roof = scene.propose("Roof", estimate=500_00, categories=["education"], goals=[1, 4])
    bus = scene.propose("Bus", district="south", estimate=900_00, goals=[13])
    scene.propose("Idea", description="About a roof.")
    with office.work():
        db.session.get_one(Proposal, bus).submitted_at = datetime(2020, 1, 1, tzinfo=UTC)
        for name in ("ben", "ada"):
            following.support(db.session.get_one(Proposal, roof), office.person(name))
        following.support(db.session.get_one(Proposal, bus), office.person("ada"))
    assert titles(scene, order="supported") == ["Roof", "Bus", "Idea"]
    assert titles(scene, order="cheap") == ["Roof", "Bus", "Idea"]
    assert titles(scene, order="dear") == ["Bus", "Roof", "Idea"]
    assert titles(scene, order="new") == ["Idea", "Roof", "Bus"]
    assert titles(scene, text="roof") == ["Roof", "Idea"]
    assert titles(scene, text="roof", order="new") == ["Idea", "Roof"]
    assert titles(scene, district="south") == ["Bus"]
    assert titles(scene, category="education") == ["Roof"]
    assert titles(scene, goal="1") == ["Roof"]
    assert titles(scene, goal="13") == ["Bus"]
    assert titles(scene, goal="3") == []
    assert titles(scene, least=500_01) == ["Bus"]
    assert titles(scene, least=100, most=500_00) == ["Roof"]
    assert titles(scene, text="roof", state="accepted") == []


def test_a_wrong_letter_in_a_word_is_forgiven_and_two_in_a_long_one(scene: Proposing) -> None:
    scene.propose("Biblioteca móvil", district="south")
    scene.propose("A secret treehouse", state=ProposalState.DRAFT)
    with scene.office.work():
        round_ = scene.office.round_()
        offered = {
            typed: meant(round_, Wanted(text=typed, **filters))
            for typed, filters in [
                ("bibloteca", {}),
                ("BIBILOTECA mov", {}),
                ("Movli", {"district": "south"}),
                ("móvvil", {"district": "national"}),  # nothing there has the word
                ("bilbiotca", {}),
                ("bibliotecario", {}),  # three mistakes
                ("mvlio", {}),  # two mistakes in a short word
                ("biblioteca", {"state": "rejected"}),
                ("bus", {}),
                ("treehuose", {}),  # of a draft
                ("🏫 _ '", {}),
                ("a" * 10_000, {}),
            ]
        }
    assert {typed: words for typed, words in offered.items() if words} == {
        "bibloteca": "biblioteca",
        "BIBILOTECA mov": "biblioteca mov",
        "Movli": "móvil",
        "bilbiotca": "biblioteca",
    }


@pytest.mark.parametrize(
    ("one", "other", "mistakes"),
    [
        ("roof", "roof", 0),
        ("", "", 0),
        ("roof", "roofs", 1),
        ("oof", "roof", 1),
        ("raof", "roof", 1),
        ("orof", "roof", 1),
        ("roof", "foor", 2),
        ("rooffs", "roof", 2),
        ("bilbiotca", "biblioteca", 2),
        ("library", "libarye", 2),
        ("bibliotecario", "biblioteca", 3),
    ],
)
def test_the_mistakes_between_words_are_the_same_in_both_directions(
    one: str, other: str, mistakes: int
) -> None:
    for most in range(3):
        assert are_near(one, other, most) is are_near(other, one, most) is (mistakes <= most)


def test_what_a_search_looks_for_is_kept_whole() -> None:
    wanted = Wanted(text="roof", goal="4", least=0, most=500_00, order="new")
    assert Wanted.from_terms(wanted.terms()) == wanted


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestPages:
    """What a visitor sees; the database makes no difference."""

    def test_a_visitor_keeps_the_order_and_each_has_another(self, scene: Proposing) -> None:
        for n in range(A_PAGE + 1):
            scene.propose(f"Proposal {n}")
        one, other = scene.office.stranger(), scene.office.stranger()
        first = one.text(LIST)
        assert one.text(LIST) == first
        assert other.text(LIST) != first
        assert "Page 1 of 2" in first

    def test_active_filters_are_taken_away_one_by_one(self, scene: Proposing) -> None:
        scene.propose("Roof", estimate=500_00, categories=["education"])
        page = scene.office.stranger().get(LIST + "?text=roof&category=education&most=600")
        assert "1 proposal" in Page(page.text).text
        assert 'href="/en/example/rounds/schools/proposals/?text=roof&amp;most=600"' in page.text
        assert "up to €600" in page.text

    def test_what_somebody_meant_is_offered_with_the_other_filters(self, scene: Proposing) -> None:
        scene.propose("A library bus", categories=["education"])
        page = scene.office.stranger().get(LIST + "?text=libary&category=education").text
        assert "Did you mean “library”?" in page
        assert "proposals/?text=library&amp;category=education" in page
        assert "Did you mean" not in scene.office.stranger().text(LIST + "?text=hospital")

    def test_withdrawn_and_merged_ones_say_why_and_where_they_went(self, scene: Proposing) -> None:
        now = datetime(2026, 3, 2, 12, tzinfo=UTC)
        kept = scene.propose("A library bus")
        merged = scene.propose("A bus with books", state=ProposalState.MERGED)
        scene.propose(
            "A roof",
            state=ProposalState.WITHDRAWN,
            withdrawn_at=now,
            withdrawal_reason="It is built <b>",
        )
        with scene.office.work():
            facts = {"state": MergeState.DONE, "reasons": "Alike", "proposed_at": now}
            people = {"proposed_by": scene.office.person("ada")}
            db.session.add(Merge(source_id=merged, target_id=kept, ended_at=now, **facts, **people))
        stranger = scene.office.stranger()
        page = stranger.get(LIST + "?state=merged")
        assert "1 proposal " in Page(page.text).text
        assert f'Merged into: <a href="/en/example/rounds/schools/proposals/{kept}"' in page.text
        assert 'name="proposal"' not in page.text  # nothing to compare
        withdrawn = stranger.text(LIST + "?state=withdrawn")
        assert "Withdrawn on" in withdrawn
        assert "It is built <b>" in withdrawn
        everything = stranger.text(LIST)
        assert "A library bus" in everything
        assert "A roof" not in everything
        assert "with books" not in everything

    def test_an_amount_that_nobody_can_read_is_told_at_its_field(self, scene: Proposing) -> None:
        scene.propose("Roof", estimate=500_00)
        text = scene.office.stranger().get(LIST + "?least=many&most=600").text
        assert 'id="least-error"' in text
        assert 'value="many"' in text
        assert "Roof" in text

    def test_the_list_asks_the_database_a_fixed_number_of_questions(self, scene: Proposing) -> None:
        def questions() -> int:
            asked = []
            listener = lambda *arguments: asked.append(arguments[2])  # noqa: E731
            with scene.office.app.app_context():
                engine = db.engine
            db.event.listen(engine, "before_cursor_execute", listener)
            stranger.get(LIST)
            db.event.remove(engine, "before_cursor_execute", listener)
            return len(asked)

        stranger = scene.office.stranger()
        for n in range(3):
            scene.propose(f"Proposal {n}")
        few = questions()
        for n in range(9):
            scene.propose(f"Other {n}", district="south")
        assert questions() == few <= 10

    def test_drafts_are_never_listed(self, scene: Proposing) -> None:
        scene.propose("A secret roof", state=ProposalState.DRAFT)
        assert "secret" not in scene.office.stranger().text(LIST + "?text=roof")
