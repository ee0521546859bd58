"""The history of a proposal: who sees which versions, and what they show."""

import pytest

from budget_app.extensions import db
from budget_app.proposals.history import versions_of
from budget_app.proposals.models import Proposal, ProposalVersion
from tests.budget_app.booth.pages import Page
from tests.budget_app.proposals.drafts import DRAFT, LIST
from tests.budget_app.rounds.office import Browser, Office

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

HISTORY = LIST + "1/history"


@pytest.fixture
def changed(ana: Browser) -> Browser:
    """A draft changed once, submitted, and changed once more."""
    secret = DRAFT | {"description": "A secret of the draft.", "save": "1"}
    ana.saved(LIST + "1/edit", secret)
    ana.saved(LIST + "1/edit", DRAFT | {"submit": "1"})
    later = {"title": "A <b>green</b> roof", "lines-0-what": "Moss", "lines-0-amount": "9"}
    ana.saved(LIST + "1/edit", DRAFT | later | {"save": "1"})
    return ana


def test_the_public_history_begins_with_the_submission(office: Office, changed: Browser) -> None:
    page = office.stranger().text(HISTORY)
    assert "Version 5" in page
    assert "Changed: Title, What it might cost" in page
    assert "Version 4" in page
    assert "Version 3" not in page
    for query in ("?from=1&to=2", "?from=2", "?to=1", "?from=5&to=4", "?from=x&to=99"):
        assert "secret" not in office.stranger().text(HISTORY + query)


def test_authors_see_their_drafts_too(office: Office, changed: Browser) -> None:
    page = changed.text(HISTORY + "?from=1&to=2")
    assert "[removed: The roof ] [added: A secret ] of the" in page
    assert "draft, seen by its authors only" in page


def test_the_difference_is_readable_for_eye_and_ear_and_harmless(
    office: Office, changed: Browser
) -> None:
    answer = office.stranger().get(HISTORY)
    assert "<b>" not in answer.text
    assert "&lt;b&gt;green&lt;/b&gt;" in answer.text
    text = Page(answer.text).text
    assert "A [removed: new ] [added: <b>green</b> ] roof" in text
    assert "Moss: €9" in text


def test_saving_without_a_change_makes_no_version(office: Office, changed: Browser) -> None:
    later = {"title": "A <b>green</b> roof", "lines-0-what": "Moss", "lines-0-amount": "9"}
    changed.saved(LIST + "1/edit", DRAFT | later | {"save": "1"})
    with office.work():
        versions = versions_of(db.session.get_one(Proposal, 1), drafts=True)
        assert [(v.number, v.is_public) for v in versions] == [
            (5, True),
            (4, True),
            (3, False),
            (2, False),
            (1, False),
        ]


def test_a_draft_has_no_public_history(office: Office, ana: Browser) -> None:
    assert office.stranger().get(HISTORY).status_code == 404
    assert "Version 1" in ana.text(HISTORY)


def test_a_proposal_of_which_no_version_was_kept_says_so(office: Office, ana: Browser) -> None:
    with office.work():
        db.session.execute(db.delete(ProposalVersion))
    assert "No version was kept" in ana.text(HISTORY)
