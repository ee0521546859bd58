"""Pictures and attachments: who adds them, what is refused, and how they are handed out."""

from io import BytesIO
from typing import Any

import pytest

from budget_app.extensions import db
from budget_app.proposals.models import ProposalPicture
from tests.budget_app.booth.pages import Page
from tests.budget_app.proposals.drafts import LIST
from tests.budget_app.proposals.pictures import PDF, SVG, picture
from tests.budget_app.reviews.scenes import FEASIBLE, review_as
from tests.budget_app.rounds.office import ROUND, Browser, Office

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

FILES = LIST + "1/files"


def add_picture(
    browser: Browser, content: bytes, words: str = "A leaking roof", name: str = "x"
) -> Any:
    file = (BytesIO(content), name)
    return browser.post(LIST + "1/pictures", {"picture": file, "description": words})


def attach(browser: Browser, content: bytes, title: str = "Quote", name: str = "x") -> Any:
    file = (BytesIO(content), name)
    return browser.post(LIST + "1/attachments", {"file": file, "title": title})


def names(text: str) -> list[str]:
    """The addresses of the pictures on a page."""
    return [part.split('"')[0] for part in text.split('src="')[1:] if "/pictures/" in part]


def test_a_picture_is_shown_to_whom_the_proposal_is_and_kept_for_good(
    office: Office, ana: Browser
) -> None:
    assert add_picture(ana, picture(), '"><script>x</script>').status_code == 302
    [address] = names(ana.get(LIST + "1").text)
    assert "<script>x" not in ana.get(LIST + "1").text
    answer = ana.get(address)
    assert (answer.mimetype, answer.headers["X-Content-Type-Options"]) == ("image/webp", "nosniff")
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert office.stranger().get(address).status_code == 404
    ana.saved(LIST + "1/submit")
    answer = office.stranger().get(address)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert names(office.stranger().get(LIST).text) == [address]
    for wrong in (address.replace("-640", "-641"), address.replace("/1/", "/2/"), address[:-9]):
        assert office.stranger().get(wrong).status_code == 404, wrong


def test_a_refused_picture_loses_no_words(office: Office, ana: Browser) -> None:
    for content, words in ((SVG, "A roof"), (b"", "A roof"), (picture(), " ")):
        answer = add_picture(ana, content, words, "roof.jpg")
        assert answer.status_code == 422
        assert words in answer.text
        assert 'class="field-error"' in answer.text
    both = add_picture(ana, SVG, " ")
    assert 'id="picture-picture-error"' in both.text
    assert 'id="picture-description-error"' in both.text
    with office.work():
        assert db.session.scalars(db.select(ProposalPicture)).all() == []


def test_pictures_are_described_ordered_removed_and_counted(office: Office, ana: Browser) -> None:
    for shade in range(5):
        assert add_picture(ana, picture(shade=shade * 40), f"No. {shade}").status_code == 302
    assert add_picture(ana, picture(shade=210)).status_code == 422
    ana.saved(LIST + "1/pictures/3/first")
    ana.saved(LIST + "1/pictures/3", {"description": "The third"})
    ana.saved(LIST + "1/pictures/1/remove")
    again = add_picture(ana, picture(shade=80), "Again")
    assert "is here already" in Page(again.text).text
    assert ana.post(LIST + "1/pictures/3", {"description": ""}).status_code == 422
    assert ana.post(LIST + "1/pictures/99/remove").status_code == 404
    with office.work():
        rows = db.session.scalars(db.select(ProposalPicture).order_by(ProposalPicture.position))
        assert [row.description for row in rows] == ["The third", "No. 1", "No. 3", "No. 4"]
    history = ana.text(LIST + "1/history?from=1")
    assert "[added: The third No. 1 No. 3 No. 4 ]" in history


def test_the_later_words_about_a_picture_stand_beside_the_earlier_ones(
    office: Office, ana: Browser
) -> None:
    assert add_picture(ana, picture()).status_code == 302
    both_began = ana.began(FILES)
    ana.saved(LIST + "1/pictures/1", {"description": "The roof"} | both_began)
    answer = ana.post(LIST + "1/pictures/1", {"description": "Rain"} | both_began)
    assert answer.status_code == 422
    text = Page(answer.text).text
    assert "in another window: What the picture shows." in text
    assert "What stands now The roof What you typed Rain" in text
    assert 'href="#picture-1-description"' in answer.text


def test_an_attachment_is_saved_never_shown(office: Office, ana: Browser) -> None:
    assert attach(ana, PDF, "Quote: ../é\r\n<b>", "evil.html").status_code == 302
    assert attach(ana, "Olá, açúcar\n".encode(), "Notes").status_code == 302
    assert office.stranger().get(LIST + "1/attachments/1").status_code == 404
    ana.saved(LIST + "1/submit")
    answer = office.stranger().get(LIST + "1/attachments/1")
    assert (answer.mimetype, answer.data) == ("application/pdf", PDF)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="quote-e-b.pdf"'
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert office.stranger().get(LIST + "1/attachments/2").mimetype == "text/plain"
    assert "<b>" not in office.stranger().get(LIST + "1").text
    assert attach(ana, PDF + b"%%EOF", "Later").status_code == 302
    ana.saved(LIST + "1/attachments/1/remove")
    assert office.stranger().get(LIST + "1/attachments/1").status_code == 404


def test_what_is_no_document_is_not_attached(office: Office, ana: Browser) -> None:
    bad = [
        b"",
        b"MZ\x90\0\x03",
        picture(),
        b"PK\x03\x04\x14\0",
        b"\xff\xfea\0",
        b" \n",
        b"%PDF-1.7 \x01",
    ]
    for content in bad:
        answer = attach(ana, content, "A quote", "quote.pdf")
        assert answer.status_code == 422, content[:10]
        assert "A quote" in answer.text
    assert attach(ana, PDF, " ").status_code == 422
    for number in range(5):
        assert attach(ana, PDF + str(number).encode()).status_code == 302
    assert attach(ana, PDF).status_code == 422


def test_strangers_add_and_remove_nothing(office: Office, ana: Browser) -> None:
    add_picture(ana, picture())
    attach(ana, PDF)
    ana.saved(LIST + "1/submit")
    eva = office.browser("eva")
    assert add_picture(eva, picture(shade=1)).status_code == 403
    assert attach(eva, PDF + b"%%EOF").status_code == 403
    for path in ("pictures/1", "pictures/1/first", "pictures/1/remove", "attachments/1/remove"):
        assert eva.post(LIST + "1/" + path, {"description": "x"}).status_code == 403, path
    assert eva.get(FILES).status_code == 403


def test_a_project_shows_the_picture_of_the_proposal_that_it_came_from(
    office: Office, ana: Browser
) -> None:
    for shade in (10, 200):
        add_picture(ana, picture(shade=shade), f"Shade {shade}")
    ana.saved(LIST + "1/pictures/2/first")
    ana.saved(LIST + "1/submit")
    [address, _second] = names(office.stranger().get(LIST + "1").text)
    review_as(office, "rosa", 1, FEASIBLE)
    for page in ("projects", "projects/p001"):
        assert names(office.stranger().get(ROUND + page).text) == [address], page
