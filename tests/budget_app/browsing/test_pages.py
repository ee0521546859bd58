"""Similar proposals, comparison, map and booklet."""

import time
from pathlib import Path

import pytest

from budget_app import jobs
from budget_app.browsing import map as maps
from budget_app.extensions import db
from budget_app.proposals.models import Proposal, ProposalState
from budget_app.rounds.projects import ProjectFacts, add_project
from tests.budget_app.booth.pages import Page
from tests.budget_app.browsing.scenes import LIST, Proposing
from tests.budget_app.browsing.test_outlines import area, geojson
from tests.budget_app.rounds.office import ROUND

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""Pages on which the database makes no difference."""

TEXT = {
    "title": "Shaded benches at all clinics",
    "summary": "People wait in the sun.",
    "description": "A bench and a roof.",
    "district": "national",
    "submit": "1",
}


@on_sqlite
def test_similar_proposals_are_offered_before_one_is_submitted(scene: Proposing) -> None:
    first = scene.propose("Benches with shade at every clinic")
    scene.propose("A night bus to the hospital")
    eva = scene.office.browser("eva")
    answer = eva.post(LIST + "new", TEXT)
    step = answer.location
    assert step.endswith("/similar")
    text = eva.text(step)
    assert "Benches with shade at every clinic" in text
    assert "night bus" not in text
    with scene.office.work():
        assert db.session.get_one(Proposal, first + 2).state is ProposalState.DRAFT
    draft = eva.text(step.removesuffix("/similar"))
    assert "Yours may already be there" in draft
    assert scene.office.browser("ben").get(step).status_code == 404
    eva.saved(step.replace("/similar", "/submit"))
    with scene.office.work():
        assert db.session.get_one(Proposal, first + 2).state is ProposalState.SUBMITTED


@on_sqlite
def test_an_idea_of_its_own_is_submitted_at_once(scene: Proposing) -> None:
    scene.propose("A night bus to the hospital")
    answer = scene.office.browser("eva").post(LIST + "new", TEXT)
    assert not answer.location.endswith("/similar")


@on_sqlite
def test_while_a_title_is_written_what_resembles_it_is_a_piece_of_a_page(scene: Proposing) -> None:
    scene.propose("Benches with shade at every clinic")
    scene.propose("Benches for clinic gardens", state=ProposalState.DRAFT)
    stranger = scene.office.stranger()
    piece = stranger.get(LIST + "similar?text=benches clinic").text
    assert "<html" not in piece
    assert "Benches with shade" in piece
    assert "gardens" not in piece
    assert stranger.get(LIST + "similar?text=x'\"*").text.strip() == ""


@on_sqlite
def test_four_are_compared_and_each_can_be_left_out(scene: Proposing) -> None:
    numbers = [scene.propose(f"Idea {n}", estimate=n * 100_00) for n in range(4)]
    scene.propose("Draft", state=ProposalState.DRAFT)
    with scene.office.work():
        round_ = scene.office.round_()
        facts = ProjectFacts(round_.districts[0], {"en": "Library"}, 300_00)
        add_project(round_, facts, by=None)
    query = "&".join(f"proposal={n}" for n in [numbers[1], numbers[0], 5, 99, "x", "9" * 30])
    page = scene.office.stranger().get(f"{ROUND}compare?{query}&project=p001&project=none")
    text = Page(page.text).text
    assert text.index("Idea 1") < text.index("Idea 0") < text.index("Library")
    assert "Draft" not in text
    assert f'compare?proposal={numbers[0]}&amp;project=p001"' in page.text
    many = "&".join(f"proposal={n}" for n in numbers)
    text = scene.office.stranger().text(f"{ROUND}compare?{many}&project=p001")
    assert "the first 4 are shown" in text
    assert "Library" not in text
    assert "Nothing is chosen yet" in scene.office.stranger().text(ROUND + "compare")


@on_sqlite
def test_the_map_shows_pins_within_the_outlines_and_the_same_as_a_list(
    scene: Proposing, tmp_path: Path
) -> None:
    scene.propose("Roof", latitude=18.5, longitude=-69.9, place="School 12")
    scene.propose("Nowhere")
    file = tmp_path / "outlines.geojson"
    file.write_bytes(geojson(area("national"), area("Nowhere")))
    command = ["pb", "set-outlines", "example/schools", str(file)]
    printed = scene.office.app.test_cli_runner().invoke(args=command).output
    assert printed == (
        "1 of 2 districts have an outline now.\nLeft out, because they name no district: Nowhere.\n"
    )
    file.write_bytes(b"[1]")
    refused = scene.office.app.test_cli_runner().invoke(args=command)
    assert "the file must be a “FeatureCollection”" in refused.output
    assert refused.exit_code == 1
    page = scene.office.stranger().get(ROUND + "map").text
    assert page.count('class="map-district"') == 1
    assert page.count('class="map-pin') == 1
    assert "School 12" in Page(page).text
    assert "Nowhere" not in page
    assert "http" not in page.partition('<svg class="map"')[2].partition("</svg>")[0]


def test_a_pin_stands_where_its_degrees_are() -> None:
    square = {"type": "Polygon", "coordinates": [[[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]]]}
    drawing = maps.draw([(5.0, 5.0, "middle"), (9.9, 0.1, "north-west")], {"one": square})
    assert drawing is not None
    middle, corner = drawing.pins
    assert abs(middle.x - 500) < 1
    assert abs(middle.y - drawing.height / 2) < 3
    assert maps.MARGIN < corner.x < maps.MARGIN + 12
    assert maps.MARGIN < corner.y < maps.MARGIN + 12
    assert maps.draw([], {}) is None
    alone = maps.draw([(5.0, 5.0, "alone")], {})
    assert alone is not None
    assert (alone.pins[0].x, alone.pins[0].y) == (500, alone.height / 2)


@on_sqlite
def test_the_booklet_is_made_once_for_each_state_of_the_projects(scene: Proposing) -> None:
    office, stranger = scene.office, scene.office.stranger()
    with office.work():
        round_ = office.round_()
        for district in (*round_.districts, round_.districts[0]):
            facts = ProjectFacts(district, {"en": "Library & <b>bus</b>"}, 300_00)
            add_project(round_, facts, by=None)
    path = ROUND + "booklet"
    assert "Make the booklet" in stranger.get(path).text
    assert stranger.get(path + ".pdf").location.endswith("/booklet")
    csrf = Page(stranger.get(path).text).form("").value("csrf_token")
    for _again in range(2):
        assert stranger.client.post(path, data={"csrf_token": csrf}).status_code == 302
    assert "The booklet is being made" in stranger.text(path)
    deadline = time.monotonic() + 60
    while "Download the booklet" not in stranger.text(path):
        assert time.monotonic() < deadline
        jobs.run_once(office.app)
        time.sleep(0.2)
    file = stranger.client.get(path + ".pdf", buffered=True)
    assert file.mimetype == "application/pdf"
    assert file.headers["Content-Disposition"] == "attachment; filename=schools-en.pdf"
    assert file.data.startswith(b"%PDF")
    assert len(list((Path(office.app.instance_path) / "booklets").iterdir())) == 1
    next((Path(office.app.instance_path) / "booklets").iterdir()).unlink()
    assert "Make the booklet" in stranger.get(path).text
    assert stranger.client.post(path, data={"csrf_token": csrf}).status_code == 302
    assert "The booklet is being made" in stranger.text(path)
    with office.work():
        office.round_().projects[0].cost = 400_00
    assert "Make the booklet" in stranger.get(path).text
