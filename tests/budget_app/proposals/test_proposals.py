"""A proposal from its draft to the decision."""

import re

import pytest

from budget_app.administration.models import OutgoingMail
from budget_app.extensions import db
from budget_app.proposals import services
from budget_app.proposals.models import Proposal, ProposalState
from budget_app.proposals.services import AlreadyDecided, OwnProposal, ProposalText
from budget_app.rounds.errors import RoundSealed
from budget_app.rounds.models import District, PhaseKind
from tests.budget_app.booth.pages import Page
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
    change = TEXT | {"title": "A green roof", "version": "2", "save": "1"}
    ana.saved(f"{LIST}{submitted}/edit", change)
    assert "A green roof" in office.stranger().text(f"{LIST}{submitted}")
    emptied = ana.post(f"{LIST}{submitted}/edit", change | {"summary": "", "version": "3"})
    assert (emptied.status_code, 'id="summary-error"' in emptied.text) == (422, True)
    office.browser("rosa").saved(f"{LIST}{submitted}/review/reject", {"reason": "Too steep."})
    assert ana.post(f"{LIST}{submitted}/edit", change).status_code == 409


@pytest.mark.parametrize("missing", ["summary", "description"])
def test_an_unfinished_proposal_is_not_submitted_and_loses_nothing(
    office: Office, missing: str
) -> None:
    office.announce()
    answer = office.browser("ana").post(LIST + "new", TEXT | {missing: " ", "submit": "1"})
    assert answer.status_code == 422
    assert re.findall(r'id="(\w+)-error"', answer.text) == [missing]
    assert "only a draft can do without" in Page(answer.text).text
    assert all(text in answer.text for name, text in TEXT.items() if name != missing)
    with office.work():
        assert db.session.scalar(db.select(db.func.count()).select_from(Proposal)) == 0


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
    answer = ana.post(LIST + "new", TEXT | {"district": "", button: "1"})
    assert answer.status_code == 422
    assert re.findall(r'id="(\w+)-error"', answer.text) == ["district"]
    assert "The roof of the school leaks." in answer.text
    ana.saved(LIST + "new", TEXT | {"district": "south", button: "1"})
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
    assert other.get(f"{LIST}{submitted}/edit").status_code == 403
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


def test_a_cost_above_the_budget_is_told_at_its_field(office: Office, submitted: int) -> None:
    rosa = office.browser("rosa")
    data = {"cost": "1000.01", "explanation": "Feasible."}
    answer = rosa.post(f"{LIST}{submitted}/review/accept", data)
    assert answer.status_code == 422
    assert 'id="accept-cost-error"' in answer.text
    assert "above the budget" in Page(answer.text).text
    assert "Feasible." in answer.text
    assert state_of(office, submitted) is ProposalState.SUBMITTED


def test_an_accepted_proposal_becomes_a_project_with_a_frozen_cost(
    office: Office, submitted: int
) -> None:
    data = {"cost": "800", "explanation": "Feasible within the year."}
    office.browser("rosa").saved(f"{LIST}{submitted}/review/accept", data)
    text = office.stranger().text(f"{LIST}{submitted}")
    assert "Final cost: €800" in text
    assert "Office of Rosa" in text
    with office.work():
        project = office.round_().projects[0]
        assert (project.cost, project.names, project.proposal_id) == (
            800_00,
            {"en": "A new roof"},
            submitted,
        )
    change = {"name_en": "A new roof", "name_es": "Un techo", "cost": "1", "district": "national"}
    office.browser("ada").post("/en/example/administration/rounds/schools/projects/p001", change)
    with office.work():
        assert office.round_().projects[0].cost == 800_00
        assert office.round_().projects[0].names["es"] == "Un techo"


def test_a_rejection_needs_a_reason_and_publishes_it(office: Office, submitted: int) -> None:
    rosa = office.browser("rosa")
    assert rosa.post(f"{LIST}{submitted}/review/reject", {"reason": " "}).status_code == 422
    rosa.saved(f"{LIST}{submitted}/review/reject", {"reason": "The school has a new roof."})
    text = office.stranger().text(f"{LIST}{submitted}")
    assert "The school has a new roof." in text
    assert "Office of Rosa" in text


def test_the_author_is_told_by_mail(office: Office, submitted: int) -> None:
    office.browser("rosa").saved(f"{LIST}{submitted}/review/reject", {"reason": "Too steep."})
    with office.work():
        mail = db.session.scalars(db.select(OutgoingMail)).one()
        assert mail.recipient == "ana@example.org"
        assert "Too steep." in mail.body
        assert f"/en/example/rounds/schools/proposals/{submitted}" in mail.body


def test_a_decision_is_made_once(office: Office, submitted: int) -> None:
    rosa = office.browser("rosa")
    rosa.saved(f"{LIST}{submitted}/review/reject", {"reason": "Too steep."})
    data = {"cost": "800", "explanation": "Feasible."}
    assert rosa.post(f"{LIST}{submitted}/review/accept", data).status_code == 409
    assert state_of(office, submitted) is ProposalState.REJECTED


def test_nobody_reviews_their_own_proposal(office: Office) -> None:
    office.announce()
    with office.work():
        rosa = office.person("rosa")
        text = ProposalText(office.round_().districts[0], "Mine", "Short.", "Long.")
        proposal = services.start(office.round_(), text, author=rosa, language="en")
        services.submit(proposal)
        with pytest.raises(OwnProposal):
            services.accept(proposal, 1, "Good.", by=rosa)


def test_citizens_do_not_review(office: Office, submitted: int) -> None:
    ana = office.browser("ana")
    assert ana.get(LIST + "review").status_code == 403
    assert ana.get(f"{LIST}{submitted}/review").status_code == 403


def test_the_queue_empties_with_the_reviews(office: Office, submitted: int) -> None:
    rosa = office.browser("rosa")
    assert "A new roof" in rosa.text(LIST + "review")
    rosa.saved(f"{LIST}{submitted}/review/reject", {"reason": "Too steep."})
    assert "Nothing waits for a review" in rosa.text(LIST + "review")


def test_a_draft_cannot_be_decided(office: Office) -> None:
    office.announce()
    with office.work():
        text = ProposalText(office.round_().districts[0], "Mine")
        draft = services.start(office.round_(), text, author=office.person("ben"), language="en")
        with pytest.raises(AlreadyDecided):
            services.reject(draft, "No.", by=office.person("rosa"))


def test_after_the_seal_nothing_joins_the_ballot(office: Office) -> None:
    office.seal()
    with office.work():
        round_ = office.round_()
        late = Proposal(
            round_id=round_.id,
            round_=round_,
            district=round_.districts[0],
            author=office.person("ben"),
            state=ProposalState.SUBMITTED,
            language="en",
            title="Late",
            created_at=round_.created_at,
        )
        db.session.add(late)
        db.session.flush()
        with pytest.raises(RoundSealed):
            services.accept(late, 1, "Good.", by=office.person("rosa"))
