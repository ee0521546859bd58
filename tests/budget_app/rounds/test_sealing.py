"""Sealing a round's rules: what was read is sealed, and nothing changes afterwards."""

import pytest
from babel.dates import format_date

from budget_app.rounds import manifests, secrecy, services
from budget_app.rounds.errors import NotReady
from budget_app.rounds.models import PhaseKind, RoundState
from budget_app.rounds.steps import gaps, roll_size
from tests.budget_app.booth.pages import Page
from tests.budget_app.rounds.filled_forms import CONDITIONS, PHASES, RULE, TEXTS
from tests.budget_app.rounds.office import DICE, SETUP, Browser, Office

pytestmark = pytest.mark.one_store


SEALED_POSTS = [
    ("/texts", TEXTS),
    ("/phases", PHASES),
    ("/districts", {"name_en": "X", "name_es": "X", "slug": "x", "budget": "5"}),
    ("/districts/national", {"name_en": "X", "name_es": "X", "budget": "5"}),
    ("/districts/national/remove", {}),
    ("/ballot", {"max_length": "1"}),
    ("/rule", RULE),
    ("/conditions", CONDITIONS),
    ("/projects/new", {"name_en": "X", "district": "national", "cost": "5"}),
    ("/projects/p001", {"name_en": "X", "district": "national", "cost": "5"}),
    ("/projects/p001/remove", {}),
    ("/lots", {"dice": DICE, "record": "x"}),
    ("/roll/empty", {}),
    ("/seal", {}),
    ("/texts", {}),
]


def test_a_sealed_manifest_edited_by_address_stays_as_it_is(office: Office) -> None:
    office.seal()
    ada = office.browser("ada")
    with office.work():
        before = manifests.build(office.round_()).to_bytes()
    for path, data in SEALED_POSTS:
        answer = ada.post(SETUP + path, dict(data))
        assert answer.status_code == 409, path
        assert "sealed and can no longer be changed" in Page(answer.text).text
    with office.work():
        assert manifests.build(office.round_()).to_bytes() == before
        assert roll_size(office.round_()) == 2


def test_a_vote_that_is_over_cannot_be_sealed(office: Office) -> None:
    office.announce()
    with office.after_the_vote(), office.work():
        assert "voting_already_over" in {gap.code for gap in gaps(office.round_())}
        with pytest.raises(NotReady):
            services.seal(office.round_())


def ready_to_seal(office: Office) -> Browser:
    """Ada's browser, before a filled round that the server can seal."""
    office.fill()
    with office.work():
        secrecy.choose_exercise(office.round_(), by=office.person("ada"))
    return office.browser("ada")


def test_nobody_seals_rules_that_were_not_on_the_page(office: Office) -> None:
    ada = ready_to_seal(office)
    shown = Page(ada.get(SETUP + "/seal").text).form("/seal").having()
    office.browser("ben").saved(SETUP + "/texts", TEXTS | {"title_en": "Renamed"})
    answer = ada.post(SETUP + "/seal", shown)
    assert answer.status_code == 422
    assert "Nothing was sealed: the rules changed" in Page(answer.text).text
    with office.work():
        assert office.round_().state is RoundState.ANNOUNCED
    assert ada.post(SETUP + "/seal").status_code == 422
    ada.saved(SETUP + "/seal", Page(answer.text).form("/seal").having())


def test_the_seal_warns_while_proposals_are_collected_and_dates_are_written_in_full(
    office: Office,
) -> None:
    ada = ready_to_seal(office)
    assert "Proposals are collected until" not in ada.text(SETUP + "/seal")
    with office.work():
        services.set_phases(office.round_(), office.weeks(PhaseKind.PROPOSING), by=None)
        ends = office.round_().phase(PhaseKind.PROPOSING).ends
    day = format_date(ends, "long", locale="en")
    assert f"Proposals are collected until {day}, " in ada.text(SETUP + "/seal")
    with office.work():
        weeks = office.weeks(PhaseKind.VOTING)
        services.set_phases(office.round_(), weeks, by=None)
    day = format_date(weeks[PhaseKind.VOTING][1], "long", locale="en")
    assert f"Voting ends {day}, " in ada.text(SETUP + "/seal")
