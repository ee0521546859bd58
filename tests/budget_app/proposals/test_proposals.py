"""A proposal from its draft to the decision."""

import re

import pytest

from budget_app.extensions import db
from budget_app.proposals.models import Proposal, ProposalState
from budget_app.rounds.models import District, PhaseKind
from tests.budget_app.booth.pages import Page
from tests.budget_app.reviews.scenes import FEASIBLE, NOT_FEASIBLE, review_as
from tests.budget_app.rounds.office import ROUND, Office

LIST = ROUND + "proposals/"
TEXT = {
    "title": "A new roof",
    "summary": "It rains in.",
    "description": "The roof of the school leaks.",
    "district": "national",
    "categories": "education",
    "estimate": "500",
}


@pytest.fixture
def submitted(office: Office) -> int:
    """The number of a proposal by `ana` that waits for its review."""
    office.announce()
    office.browser("ana").saved(LIST + "new", TEXT | {"submit": "1"})
    with office.work():
        return db.session.scalars(db.select(Proposal)).one().id


def state_of(office: Office, number: int) -> ProposalState:
    with office.work():
        return db.session.get_one(Proposal, number).state


def test_a_draft_is_seen_by_its_author_alone(office: Office) -> None:
    office.announce()
    ana = office.browser("ana")
    ana.saved(LIST + "new", {"title": "A new roof", "district": "national", "save": "1"})
    assert "Only those who write it can see it" in ana.text(LIST + "1")
    for other in (office.stranger(), office.browser("rosa"), office.browser("ada")):
        assert other.get(LIST + "1").status_code == 404
    assert "A new roof" not in office.stranger().text(LIST)


def test_a_draft_is_rewritten_and_submitted(office: Office) -> None:
    office.announce()
    ana = office.browser("ana")
    ana.saved(LIST + "new", {"title": "Roof", "district": "national", "save": "1"})
    ana.saved(LIST + "1/edit", TEXT | {"submit": "1"})
    text = office.stranger().text(LIST + "1")
    assert "A new roof" in text
    assert "€500" in text


def test_a_public_proposal_is_changed_until_it_is_decided_but_never_emptied(
    office: Office, submitted: int
) -> None:
    ana = office.browser("ana")
    change = TEXT | {"title": "A green roof", "save": "1"}
    ana.saved(f"{LIST}{submitted}/edit", change)
    assert "A green roof" in office.stranger().text(f"{LIST}{submitted}")
    ana.saved(f"{LIST}{submitted}/edit", change | {"summary": ""})
    assert 'id="summary-error"' in ana.get(f"{LIST}{submitted}/edit").text
    assert TEXT["summary"] in office.stranger().text(f"{LIST}{submitted}")
    review_as(office, "rosa", submitted, NOT_FEASIBLE)
    assert ana.post(f"{LIST}{submitted}/edit", change).status_code == 409


@pytest.mark.parametrize("missing", ["summary", "description"])
def test_an_unfinished_proposal_is_not_submitted_and_loses_nothing(
    office: Office, missing: str
) -> None:
    office.announce()
    ana = office.browser("ana")
    ana.saved(LIST + "new", TEXT | {missing: " ", "submit": "1"})
    answer = ana.get(LIST + "1/edit")
    assert re.findall(r'id="(\w+)-error"', answer.text) == [missing]
    assert "only a draft can do without" in Page(answer.text).text
    assert all(text in answer.text for name, text in TEXT.items() if name != missing)
    assert office.stranger().get(LIST + "1").status_code == 404


@pytest.mark.parametrize("button", ["save", "submit"])
def test_a_district_is_chosen_by_the_author_where_there_are_several(
    office: Office, button: str
) -> None:
    office.announce()
    with office.work():
        round_ = office.round_()
        round_.districts.append(District(slug="south", names={"en": "South"}, budget=1))
    ana = office.browser("ana")
    assert '<option value="">Choose a district</option>' in ana.get(LIST + "new").text
    ana.saved(LIST + "new", TEXT | {"district": "", button: "1"})
    answer = ana.get(LIST + "1/edit")
    assert re.findall(r'id="(\w+)-error"', answer.text) == ["district"]
    assert "The roof of the school leaks." in answer.text
    ana.saved(LIST + "1/edit", TEXT | {"district": "south", button: "1"})
    with office.work():
        assert db.session.scalars(db.select(Proposal)).one().district.slug == "south"


def test_nobody_proposes_outside_the_dates(office: Office) -> None:
    office.announce(now_in=PhaseKind.REVIEW)
    answer = office.browser("ana").post(LIST + "new", TEXT | {"submit": "1"})
    assert answer.status_code == 409
    assert "only in the dates announced" in Page(answer.text).text


def test_nobody_edits_or_withdraws_what_is_another_persons(office: Office, submitted: int) -> None:
    other = office.browser("eva")
    assert other.post(f"{LIST}{submitted}/withdraw").status_code == 403
    refused = other.get(f"{LIST}{submitted}/edit")
    assert refused.status_code == 403
    assert "This proposal is another person's." in Page(refused.text).text
    assert "another role" not in refused.text
    assert state_of(office, submitted) is ProposalState.SUBMITTED


def test_a_withdrawn_proposal_leaves_the_list_and_stays_readable_with_its_reason(
    office: Office, submitted: int
) -> None:
    ana = office.browser("ana")
    ana.saved(f"{LIST}{submitted}/withdraw", {"reason": "<b>The state</b> mends it."})
    stranger = office.stranger()
    assert "A new roof" not in stranger.text(LIST)
    assert "A new roof" in stranger.text(LIST + "?state=withdrawn")
    page = stranger.get(f"{LIST}{submitted}").text
    assert "Withdrawn by its authors on" in page
    assert "&lt;b&gt;The state&lt;/b&gt; mends it." in page
    assert ana.post(f"{LIST}{submitted}/edit", TEXT | {"save": "1"}).status_code == 409


def test_a_withdrawn_draft_is_seen_by_its_author_alone(office: Office) -> None:
    office.announce()
    ana = office.browser("ana")
    ana.saved(LIST + "new", {"title": "Roof", "district": "national", "save": "1"})
    ana.saved(LIST + "1/withdraw")
    assert ana.get(LIST + "1").status_code == 200
    assert office.stranger().get(LIST + "1").status_code == 404
    assert "Roof" not in office.stranger().text(LIST + "?state=withdrawn")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("text=ROOF", True),
        ("text=50%25", False),
        ("category=education", True),
        ("category=sport", False),
        ("district=national", True),
        ("district=moon", False),
        ("state=accepted", False),
        ("page=99", False),
        ("page=99999999999999999999", False),
        ("page=minus", True),
    ],
)
def test_proposals_are_searched_and_narrowed(
    office: Office, submitted: int, query: str, found: bool
) -> None:
    assert ("A new roof" in office.stranger().text(f"{LIST}?{query}")) == found


def test_an_accepted_proposal_keeps_its_cost_on_the_ballot(office: Office, submitted: int) -> None:
    review_as(office, "rosa", submitted, FEASIBLE)
    change = {"name_en": "A new roof", "name_es": "Un techo", "cost": "1", "district": "national"}
    office.browser("ada").post("/en/example/administration/rounds/schools/projects/p001", change)
    with office.work():
        assert office.round_().projects[0].cost == 800_00
        assert office.round_().projects[0].names["es"] == "Un techo"
