"""Co-authors: invited, accepting or declining, writing along, leaving."""

import re

import pytest

from budget_app.extensions import db
from budget_app.mailing.models import OutgoingMail
from budget_app.proposals.models import Coauthor
from budget_app.records.models import Act, Record
from tests.budget_app.booth.pages import Page
from tests.budget_app.proposals.drafts import DRAFT, LIST
from tests.budget_app.rounds.office import Browser, Office

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

COAUTHORS = LIST + "1/coauthors"


def invited(office: Office, ana: Browser, name: str = "eva") -> str:
    """The address in the mail to somebody whom the author invites."""
    ana.saved(COAUTHORS, {"email": f"{name.title()}@Example.org"})
    with office.work():
        mail = db.session.scalars(db.select(OutgoingMail).order_by(OutgoingMail.id)).all()[-1]
        assert mail.recipient == f"{name}@example.org"
        found = re.search(r"http://localhost:5000(\S+/invitations/\S+)", mail.body)
        assert found, mail.body
        return found[1]


def test_who_accepts_is_named_and_writes_along(office: Office, ana: Browser) -> None:
    address, eva = invited(office, ana), office.browser("eva")
    assert "It rains in." in eva.text(address)
    eva.saved(address + "/accept")
    eva.saved(LIST + "1/edit", DRAFT | {"title": "Our roof", "save": "1"})
    ana.saved(LIST + "1/submit")
    page = office.stranger().text(LIST + "1")
    assert "Our roof" in page
    assert "Ana, Eva" in page
    assert "Our roof" in eva.text(LIST)
    with office.work():
        row = db.session.scalars(db.select(Coauthor)).one()
        assert (row.email, row.token_hash) == (None, None)
        acts = [record.act for record in db.session.scalars(db.select(Record))]
        assert Act.COAUTHOR_JOINED in acts
        mails = [m.body for m in db.session.scalars(db.select(OutgoingMail))]
        assert any("eva@example.org has accepted" in body for body in mails)


def test_a_co_author_neither_submits_nor_withdraws_nor_invites(
    office: Office, ana: Browser
) -> None:
    address, eva = invited(office, ana), office.browser("eva")
    eva.saved(address + "/accept")
    for act in ("submit", "withdraw", "coauthors"):
        assert eva.post(f"{LIST}1/{act}", {"email": "x@example.org"}).status_code == 403, act
    assert eva.get(COAUTHORS).status_code == 403
    eva.saved(LIST + "1/edit", DRAFT | {"submit": "1"})
    assert office.stranger().get(LIST + "1").status_code == 404


def test_who_declines_is_forgotten_and_the_link_is_used_up(office: Office, ana: Browser) -> None:
    address, eva = invited(office, ana), office.browser("eva")
    eva.saved(address + "/decline")
    assert eva.get(address).status_code == 404
    assert eva.get(LIST + "1").status_code == 404
    with office.work():
        assert db.session.scalars(db.select(Coauthor)).all() == []


def test_a_link_that_was_passed_on_lets_nobody_else_in(office: Office, ana: Browser) -> None:
    address = invited(office, ana)
    other = office.browser("ben")
    answer = other.get(address)
    assert answer.status_code == 409
    assert "sent to another address" in Page(answer.text).text
    assert "A new roof" not in answer.text
    assert other.post(address + "/accept").status_code == 409
    assert "/sign-in" in office.stranger().get(address).location


def test_an_invitation_is_taken_back(office: Office, ana: Browser) -> None:
    address = invited(office, ana)
    assert "eva@example.org" in ana.text(COAUTHORS)
    ana.saved(COAUTHORS + "/1/take-back")
    assert "eva@example.org" not in ana.text(COAUTHORS).replace("invitation to eva", "")
    assert office.browser("eva").get(address).status_code == 404


def test_taking_back_does_not_send_away_who_has_accepted(office: Office, ana: Browser) -> None:
    address, eva = invited(office, ana), office.browser("eva")
    eva.saved(address + "/accept")
    ana.saved(COAUTHORS + "/1/take-back")
    assert eva.get(LIST + "1/edit").status_code == 200


def test_a_co_author_leaves_and_what_was_written_stays(office: Office, ana: Browser) -> None:
    address, eva = invited(office, ana), office.browser("eva")
    eva.saved(address + "/accept")
    eva.saved(LIST + "1/edit", DRAFT | {"title": "Our roof", "save": "1"})
    eva.saved(COAUTHORS + "/leave")
    assert eva.get(LIST + "1").status_code == 404
    assert "Our roof" in ana.text(LIST + "1")
    assert "Ana, Eva" not in ana.text(LIST + "1")


def test_the_answer_never_tells_whether_an_address_has_an_account(
    office: Office, ana: Browser
) -> None:
    office.browser("eva")  # makes the account
    pages = []
    for email in ("eva@example.org", "nobody@example.org"):
        ana.saved(COAUTHORS, {"email": email})
        pages.append(Page(ana.get(COAUTHORS).text).text.replace(email, "…"))
        ana.saved(COAUTHORS + "/1/take-back")
    assert pages[0] == pages[1]


def test_bad_invitations_are_refused_at_the_field(office: Office, ana: Browser) -> None:
    ana.saved(COAUTHORS, {"email": "eva@example.org"})
    for email in (
        "",
        "no address",
        "ANA@example.org",
        "eva@example.org ",
        "a@example.org\nb@x.org",
    ):
        answer = ana.post(COAUTHORS, {"email": email})
        assert (answer.status_code, 'id="email-error"' in answer.text) == (422, True), email
    for number in range(9):
        ana.saved(COAUTHORS, {"email": f"n{number}@example.org"})
    answer = ana.post(COAUTHORS, {"email": "one-more@example.org"})
    assert answer.status_code == 422
    with office.work():
        assert len(db.session.scalars(db.select(Coauthor)).all()) == 10


def test_one_address_is_not_flooded(office: Office, ana: Browser) -> None:
    for _ in range(5):
        ana.saved(COAUTHORS, {"email": "eva@example.org"})
        with office.work():
            number = db.session.scalars(db.select(Coauthor)).one().id
        ana.saved(f"{COAUTHORS}/{number}/take-back")
    assert ana.post(COAUTHORS, {"email": "eva@example.org"}).status_code == 429
