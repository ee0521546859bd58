"""Who reads that an official declared a conflict of interest, and who does not."""

import pytest

from budget_app.accounts import services as accounts
from budget_app.accounts.models import Role
from tests.budget_app.booth.pages import Page
from tests.budget_app.browsing.scenes import LIST
from tests.budget_app.reviews.scenes import NOT_FEASIBLE, Reviewing
from tests.budget_app.rounds.office import DESK

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

RECORDS = DESK + "records"
SENTENCE = "My sister drew the plans."


@pytest.fixture
def number(scene: Reviewing) -> int:
    """A proposal from which rosa stepped back."""
    with scene.office.work():
        parliament = scene.office.round_().parliament
        for name, role in (("mod", Role.MODERATOR), ("pia", Role.PARLIAMENTARIAN)):
            accounts.grant(accounts.ensure_user(f"{name}@example.org"), parliament, role)
    number = scene.propose()
    scene.declare("rosa", number, "yes", SENTENCE)
    return number


def test_those_who_assign_and_review_read_who_declared_a_conflict(
    scene: Reviewing, number: int
) -> None:
    for name in ("rui", "ada"):
        scene.declare(name, number)
        review = scene.by(name).text(f"{LIST}{number}/review")
        assert "Rosa declared a conflict of interest" in review
        assert SENTENCE in review
    for name in ("rui", "ada", "aude"):  # auditors open the log's commitments
        assert "Conflict of interest: yes" in scene.by(name).text(RECORDS)
    assert SENTENCE not in scene.by("aude").text(RECORDS)


def test_other_officials_read_only_that_interests_were_declared(
    scene: Reviewing, number: int
) -> None:
    for name in ("mod", "pia"):
        answer = scene.by(name).get(RECORDS)
        (row,) = [r for r in answer.text.split("<tr") if "Interests of a reviewer declared" in r]
        assert "Only for those who assign and review" in Page(f"<tr{row}").text
        assert "Conflict of interest" not in answer.text
        assert "A new roof" not in row
    for name in ("mod", "pia", "aude", "ana"):
        assert scene.by(name).get(f"{LIST}{number}/review").status_code == 403


def test_the_public_reads_the_office_with_the_decision_and_never_name_or_sentence(
    scene: Reviewing, number: int
) -> None:
    assert "conflict of interest" not in scene.public(number)
    scene.begin("rui", number).saved(f"{LIST}{number}/review", NOT_FEASIBLE)
    told = scene.public(number)
    assert "Office of Rosa had a conflict of interest and stepped back." in told
    assert SENTENCE not in told
