"""A district of seven voters among 240: whatever is public tells no number of them."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from flask import Flask

from tallying.evidence.bundle import Bundle
from tests.budget_app.audit.scenes import HOME, PROJECTS, Counted, counted_round
from tests.budget_app.booth.pages import Page

VOTERS, SOUTH = 240, 7
POSTS = {name for _, name, *_, district in PROJECTS if district == "south"}
NORTH = VOTERS - SOUTH
FEW_PEOPLE = re.compile(
    r"(?<![\d.,:/])[1-9] (?:people|person|voters?|ballots?|votes?|points?|supporters?|of them)\b"
)
"""In the north nobody or at least ten are meant by any such words."""
DOWNLOADS = re.compile(r"bundle|/checkpoint$|\.jsonl?$")


@pytest.fixture
def scene(app: Flask) -> Counted:
    return counted_round(app, voters=VOTERS, south_every=35)


class Rows(HTMLParser):
    """The cells of every row of every table."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._inside = False
        self.feed(content)

    def handle_starttag(self, tag: str, _attributes: object) -> None:
        if tag == "tr":
            self.rows.append([])
        self._inside = tag in ("td", "th") or (self._inside and tag not in ("tr", "table"))
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.rows[-1][-1] += data.strip()


def public_pages(scene: Counted) -> Iterator[tuple[str, str]]:
    """Address and content of every page of the round that links lead a visitor to."""
    client = scene.stranger().client
    waiting, seen = [HOME, HOME + "results/", HOME + "audit/evidence"], set()
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        answer = client.get(address)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        yield address, answer.text
        links = (link.partition("#")[0] for link in re.findall(r'href="([^"]+)"', answer.text))
        waiting += [link for link in links if link.startswith(HOME) and not DOWNLOADS.search(link)]


def test_no_public_page_tells_a_number_of_a_small_districts_people(scene: Counted) -> None:
    pages = dict(public_pages(scene))
    assert {f"{HOME}results/projects/p09", f"{HOME}results/steps/south"} <= set(pages)
    for address, content in pages.items():
        text = " ".join(Page(content).text.split())
        assert not FEW_PEOPLE.findall(text), address
        for row in Rows(content).rows:
            if row and (row[0] == "South" or ("/results/" in address and row[0] in POSTS)):
                assert not [cell for cell in row[1:] if cell.isdigit()], (address, row)
    assert f"{NORTH} people took part" in Page(pages[f"{HOME}results/"]).text
    assert f"{VOTERS} people" not in Page(pages[f"{HOME}results/"]).text
    for key in ("p09", "p10", "p11", "p12"):
        told = Page(pages[f"{HOME}results/projects/{key}"]).text
        assert "votes and reasons are not published" in told
        assert not re.search(r"\d+ votes?\b|at step", told)


def test_the_public_bundle_lets_no_number_of_a_small_districts_people_be_worked_out(
    scene: Counted,
) -> None:
    with Bundle.open(scene.bundle("public")) as bundle:
        reconciliation = bundle.read_json("reconciliation.json")["boxes"]
        outcome = bundle.read_json("tally/outcome.json")["boxes"][1]["outcome"]
        committed = next(
            e for e in bundle.read_lines("log/entries.jsonl") if e["t"] == "box.commit"
        )
        report = bundle.read_json("privacy/report.json")["boxes"]
        assert not [name for name in bundle.names if name.startswith("box/south/") and "pb" in name]
    north, south = reconciliation
    assert (north["result"], north["accepted"], north["superseded"]) == (NORTH, None, None)
    assert set(south.values()) == {"south", None}
    assert committed["boxes"][1]["size"] is None
    assert report[1]["ballots"] is None
    assert set(outcome["counts"].values()) == {None}
    assert {project["votes"] for project in outcome["projects"]} == {None}
    assert not any(outcome[name] for name in ("rounds", "ties", "margins", "completion"))


def test_the_steps_of_a_small_district_say_why_they_are_missing(scene: Counted) -> None:
    page = scene.stranger().text("results/steps/south")
    assert "So few people voted in this district" in page
    assert "Step 1" not in page


def test_the_evidence_page_says_in_plain_words_what_is_published(scene: Counted) -> None:
    page = " ".join(scene.stranger().text("audit/evidence").split())
    assert "North: All ballots are published, without anything about the voters." in page
    assert "South: Neither ballots nor numbers are published: fewer than 10 people voted" in page


def test_the_office_sees_no_small_number_either(scene: Counted) -> None:
    conduct = HOME.replace("/rounds/", "/administration/rounds/") + "conduct"
    answer = scene.browser("ada").client.get(conduct)
    rows = {row[0]: row[1:] for row in Rows(answer.text).rows if row}
    assert rows["South"] == ["fewer than 10", str(SOUTH)]


def test_a_round_in_which_few_voted_shows_neither_an_empty_picture_nor_a_count(app: Flask) -> None:
    scene = counted_round(app, voters=3)
    answer = scene.stranger().client.get(HOME + "results/")
    assert answer.status_code == 200
    assert 'aria-label=""' not in answer.text
    page = Page(answer.text).text
    assert "ballots were counted" not in page
    assert "The count is exact" in page
