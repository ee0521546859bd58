"""What everybody reads of a round."""

from hashlib import sha256

import pytest

from budget_app.extensions import db
from budget_app.rounds.models import ActKind, PhaseKind, Secrecy
from budget_app.rounds.projects import ProjectFacts, add_project
from tallying.evidence import canonical
from tests.budget_app.rounds.office import HOME, ROUND, Office
from voting.manifest import Manifest
from voting.models import Poll

pytestmark = pytest.mark.one_store

HUNDRED_PROJECTS_BYTES = 150_000


def test_a_rounds_page_offers_what_can_be_done_now(office: Office) -> None:
    office.announce()
    stranger = office.stranger()
    assert "Propose a project" in stranger.text(ROUND)


def test_between_proposals_and_vote_a_round_invites_to_read(office: Office) -> None:
    office.announce(now_in=PhaseKind.REVIEW)
    assert "Read the proposals" in office.stranger().text(ROUND)


@pytest.mark.both_stores
def test_an_open_round_invites_to_vote_and_tells_turnout(office: Office) -> None:
    office.open()
    text = office.stranger().text(ROUND)
    assert "Vote now" in text
    assert "Fewer than 10 people have voted so far." in text


def test_after_the_vote_a_round_asks_for_patience(office: Office) -> None:
    office.open()
    with office.after_the_vote():
        text = office.stranger().text(ROUND)
    assert "Voting has closed" in text
    assert "Vote now" not in text


def test_a_closed_round_does_not_send_people_to_look_for_themselves_on_the_roll(
    office: Office,
) -> None:
    office.open()
    assert office.stranger().text(ROUND).count("Can I vote?") == 2, "in the page and at its foot"
    with office.after_the_vote():
        office.act(ActKind.CLOSE)
        assert "Can I vote?" not in office.stranger().text(ROUND)


@pytest.mark.parametrize(
    ("secrecy", "promised", "sentence"),
    [
        (Secrecy.OPEN, False, "whoever administers the database could read how a person voted"),
        (Secrecy.EXERCISE, False, "this server holds both keys itself"),
        (Secrecy.SEALED, True, "A browser without scripts leaves the sealing to the server"),
    ],
)
def test_a_round_says_what_it_promises_and_what_not(
    office: Office, secrecy: Secrecy, promised: bool, sentence: str
) -> None:
    office.seal()
    with office.work():
        office.round_().secrecy = secrecy
    text = office.stranger().text(ROUND)
    assert sentence in text
    assert ("that needs the keys of two bodies" in text) is promised


def test_people_are_asked_to_vote_again_only_while_they_can(office: Office) -> None:
    office.open()
    assert "vote again later" in office.stranger().text(ROUND)
    with office.after_the_vote():
        office.act(ActKind.CLOSE)
        text = office.stranger().text(ROUND)
    assert "No vote from home is safe" in text
    assert "vote again later" not in text


def test_the_sealed_rules_are_read_in_words_and_downloaded_as_sealed(office: Office) -> None:
    office.seal()
    stranger = office.stranger()
    text = stranger.text(ROUND + "rules")
    assert "Most votes first" in text
    assert "€600" in text
    content = stranger.get(ROUND + "rules.json").data
    with office.work():
        poll = db.session.get_one(Poll, "example/schools")
        assert canonical.b64u(sha256(content).digest()) == poll.manifest_digest
    assert Manifest.from_bytes(content).to_bytes() == content


def test_the_source_of_a_rule_is_told_in_the_pages_language(office: Office) -> None:
    office.seal()
    rules = office.stranger().text(f"/es{ROUND.removeprefix('/en')}rules")
    assert "Práctica de la mayoría de las ciudades" in rules
    assert "Practice of most cities" not in rules


def test_rules_that_are_not_sealed_say_so(office: Office) -> None:
    office.announce()
    assert "not sealed yet" in office.stranger().text(ROUND + "rules")
    assert office.stranger().get(ROUND + "rules.json").status_code == 404


@pytest.mark.both_stores
def test_projects_are_found_without_case_and_accents(office: Office) -> None:
    office.seal()
    text = office.stranger().text(ROUND + "projects?text=elan")
    assert "Élan" in text
    assert "Roof" not in text


@pytest.mark.parametrize(
    "address", ["nowhere", "rounds/schools/proposals/x/y", "account/sign-in/x/", "'"]
)
def test_an_unknown_address_below_a_parliament_keeps_its_head(office: Office, address: str) -> None:
    answer = office.stranger().get("/es/example/" + address)
    assert answer.status_code == 404
    assert 'href="/es/example/account/sign-in' in answer.text
    for elsewhere in ("/es/other/nowhere", "/xx/example/nowhere"):
        answer = office.stranger().get(elsewhere)
        assert answer.status_code == 404
        assert "/example/account" not in answer.text


def test_a_project_that_somebody_meant_is_offered(office: Office) -> None:
    office.seal()
    page = office.stranger().get(ROUND + "projects?text=rooff&order=cost").text
    assert "Did you mean “roof”?" in page
    assert "projects?text=roof&amp;" in page
    assert "Did you mean" not in office.stranger().text(ROUND + "projects?text=hospital")


@pytest.mark.both_stores
def test_projects_are_sorted_by_cost(office: Office) -> None:
    office.seal()
    text = office.stranger().text(ROUND + "projects?order=cost-down")
    assert text.index("Roof") < text.index("Bus") < text.index("Élan")


@pytest.mark.both_stores
def test_projects_are_narrowed_to_a_category(office: Office) -> None:
    office.seal()
    assert "Roof" in office.stranger().text(ROUND + "projects?category=education")
    assert "No project fits" in office.stranger().text(ROUND + "projects?category=sport")


def test_a_list_of_a_hundred_projects_stays_small(office: Office) -> None:
    office.announce()
    with office.work():
        round_ = office.round_()
        for number in range(100):
            words = {"en": f"Project {number} " + "of many words " * 10}
            facts = ProjectFacts(round_.districts[0], words, 5_00, summaries=words)
            add_project(round_, facts, by=None)
    answer = office.stranger().get(ROUND + "projects")
    assert answer.text.count("<article") == 100
    assert len(answer.data) < HUNDRED_PROJECTS_BYTES


def test_a_project_that_is_not_of_the_round_is_not_found(office: Office) -> None:
    office.seal()
    assert office.stranger().get(ROUND + "projects/p009").status_code == 404


def test_content_in_another_language_is_marked(office: Office) -> None:
    office.seal()
    page = office.stranger().get(ROUND.replace("/en/", "/es/") + "projects/p001").text
    assert '<span lang="en">Roof</span>' in page


def test_a_parliament_without_rounds_says_so(office: Office) -> None:
    assert "No round has been announced yet" in office.stranger().text(HOME)
