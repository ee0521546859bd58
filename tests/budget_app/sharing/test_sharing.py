"""What other sites show of a round: pictures, feeds, cards."""

import re
from io import BytesIO
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from PIL import Image

from budget_app.feedback import services
from budget_app.sharing.drawing import Picture, draw, face, wrapped
from tests.budget_app.hearings.meeting import convene
from tests.budget_app.rounds.office import SETUP, Office, found_office

ROUND = "/en/example/rounds/schools"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def office(app: Flask) -> Office:
    office = found_office(app)
    office.seal()
    return office


def project_of(office: Office) -> str:
    with office.work():
        return min(office.round_().projects, key=lambda project: project.id).key


def test_a_page_names_a_picture_that_is_drawn(office: Office) -> None:
    stranger = office.stranger()
    for page in ("/en/example/", ROUND + "/", f"{ROUND}/projects/{project_of(office)}"):
        shown = stranger.get(page).text
        address = re.findall(r'property="og:image" content="http://localhost([^"]+)"', shown)
        answer = stranger.get(*address)
        assert answer.mimetype == "image/png"
        assert Image.open(BytesIO(answer.data)).size == (1200, 630)
        assert "public" in answer.headers["Cache-Control"]
        assert (
            stranger.client.get(
                *address, headers={"If-None-Match": answer.headers["ETag"]}
            ).status_code
            == 304
        )


def test_the_picture_of_something_else_is_another(office: Office) -> None:
    stranger = office.stranger()
    one = stranger.get("/en/example/picture.png").data
    assert stranger.get("/es/example/picture.png").data != one
    assert stranger.get(f"{ROUND}/picture.png").data != one


def test_a_result_that_is_not_there_has_no_picture(office: Office) -> None:
    assert office.stranger().get(f"{ROUND}/result/picture.png").status_code == 404


@pytest.mark.parametrize(
    "title",
    [
        "",
        "a",
        "W" * 120,
        "Łódź – Çà et là ñandú œuvre €",
        "一二三 🎉",
        "mot " * 60,
        "\u202eabc",
        "x\ny",
    ],
)
def test_every_title_can_be_drawn(title: str) -> None:
    picture = Picture("Assemblée nationale", title, "€3 million", "#0b5d5b")
    assert draw(picture) == draw(picture)
    assert draw(picture) != draw(Picture("Assemblée nationale", "else", "€3 million", "#0b5d5b"))


def test_words_are_wrapped_where_the_picture_ends() -> None:
    letters = face("source-serif-4", 60, 650)
    lines = wrapped("A new roof for the school at the harbour of the northern coast", letters)
    assert len(lines) > 1
    assert all(letters.width(line) <= 1040 for line in lines)


def test_a_feed_tells_what_is_new_in_a_round(office: Office) -> None:
    with office.work():
        services.answer(
            office.round_(),
            {"en": "Too <short> & late"},
            {"en": "Longer"},
            "",
            by=office.person("ada"),
        )
    answer = office.stranger().get(f"{ROUND}/feed.atom")
    assert answer.mimetype == "application/atom+xml"
    feed = ET.fromstring(answer.data)
    titles = [node.text for node in feed.iterfind(f"{ATOM}entry/{ATOM}title")]
    assert titles == ["Too <short> & late", "Schools"]
    times = [node.text for node in feed.iter(f"{ATOM}updated")]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", str(each)) for each in times)
    ids = [node.text for node in feed.iter(f"{ATOM}id")]
    assert len(set(ids)) == len(ids)


def test_a_feed_tells_of_hearings(office: Office) -> None:
    with office.work():
        convene(office.round_().parliament, office.person("ada"))
    feed = office.stranger().get("/en/example/feed.atom").text
    assert "<title>Schools (" in feed
    assert "/en/example/hearings/1</id>" in feed


def test_pages_name_their_feeds(office: Office) -> None:
    page = office.stranger().get(ROUND + "/").text
    assert re.findall(r'type="application/atom\+xml" title="[^"]+" href="([^"]+)"', page) == [
        f"{ROUND}/feed.atom",
        "/en/example/feed.atom",
    ]


def test_a_card_may_stand_anywhere_and_can_do_nothing(office: Office) -> None:
    answer = office.stranger().get(f"{ROUND}/projects/{project_of(office)}/card")
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-ancestors *" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "X-Frame-Options" not in answer.headers
    assert "Set-Cookie" not in answer.headers
    assert "<script" not in answer.text
    assert "<form" not in answer.text


def test_no_other_page_may_be_framed(office: Office) -> None:
    answer = office.stranger().get(ROUND + "/")
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_the_lines_to_copy_are_shown_as_text(office: Office) -> None:
    page = office.stranger().get(f"{ROUND}/projects/{project_of(office)}/embed").text
    assert "&lt;iframe src=" in page
    assert "<iframe" not in page


def test_shared_links_carry_the_hashtag(app: Flask) -> None:
    office = found_office(app)
    office.announce()
    texts = {f"{name}_{code}": "Schools" for name in ("title", "summary") for code in ("en", "es")}
    ada = office.browser("ada")
    ada.saved(SETUP + "/texts", texts | {"hashtag": "#OurSchools"})
    page = office.stranger().get(ROUND + "/").text
    assert "%23OurSchools" in page
    for wrong in ("two words", "a-b", "123", "x" * 41):
        assert ada.post(SETUP + "/texts", texts | {"hashtag": wrong}).status_code == 422
