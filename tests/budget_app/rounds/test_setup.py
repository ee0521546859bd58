"""Setting a round up: in order, nothing lost, nothing after the seal."""

from io import BytesIO

import pytest

from budget_app.rounds import manifests, services
from budget_app.rounds.errors import NotReady
from budget_app.rounds.models import PhaseKind, RoundState
from budget_app.rounds.steps import roll_size
from tests.budget_app.booth.pages import Page
from tests.budget_app.rounds.filled_forms import CONDITIONS, PHASES, TEXTS, rule_with_defaults
from tests.budget_app.rounds.office import DESK, DICE, HOME, ROLL, ROUND, SETUP, Browser, Office
from voting.manifest import missing

pytestmark = pytest.mark.one_store


def prepare(ada: Browser, office: Office, *, without: str = "nothing") -> None:
    """Every step before the announcement, through its page; `without` fields that end so."""

    def written(fields: dict[str, str]) -> dict[str, str]:
        return {name: text for name, text in fields.items() if not name.endswith(without)}

    ada.saved(SETUP + "/texts", written(TEXTS))
    ada.saved(SETUP + "/phases", PHASES)
    ada.saved(
        SETUP + "/districts/national",
        written({"name_en": "All", "name_es": "Todos", "budget": "1,000.50"}),
    )
    ada.saved(SETUP + "/ballot", {"style": "approval"})
    ada.saved(SETUP + "/ballot", {"max_length": "3", "blank_allowed": "y"})
    ada.saved(SETUP + "/rule", {"rule": "greedy"})
    ada.saved(SETUP + "/rule", rule_with_defaults(office))
    for name, low in (("attestations_required", "0"), ("most_unique_permille", "900")):
        assert ada.post(SETUP + "/conditions", CONDITIONS | {name: low}).status_code == 422
    for half in ("min_age", "age_on"):  # neither says anything without the other
        assert ada.post(SETUP + "/conditions", CONDITIONS | {half: ""}).status_code == 422
    ada.saved(SETUP + "/conditions", CONDITIONS)


def test_an_error_names_the_phase_of_its_date(office: Office) -> None:
    office.announce()
    half = PHASES | {"audit_starts": "2039-04-01T08:00", "audit_ends": ""}
    answer = office.browser("ada").post(SETUP + "/phases", half)
    assert answer.status_code == 422
    assert "Audit: Ends: Give both dates, or neither." in Page(answer.text).text


def test_only_the_dates_of_the_vote_are_not_optional(office: Office) -> None:
    office.announce()
    page = Page(office.browser("ada").get(SETUP + "/phases").text).text
    assert page.count("(optional)") == 2 * (len(PhaseKind) - 1)


def test_only_the_first_language_is_needed_and_what_the_others_lack_is_said(
    office: Office,
) -> None:
    ada = office.browser("ada")
    ada.saved(DESK + "rounds/new", {"title": "Schools", "copy_of": ""})
    wrong = ada.post(SETUP + "/texts", {**TEXTS, "title_en": ""})
    assert wrong.status_code == 422
    assert 'id="title_en-error"' in wrong.text
    assert 'id="title_es-error"' not in wrong.text
    prepare(ada, office, without="_es")
    ada.saved(SETUP + "/checklist", {"text_en": "Is it ours to do?"})
    lacking = "Something is missing in Español."
    assert lacking in ada.text(SETUP + "/announce")
    ada.saved(SETUP + "/announce")
    with office.work():
        found = missing(manifests.build(office.round_()))
    assert not any(code.startswith("title_missing") for code in found)
    assert "Schools" in office.stranger().text("/es/example/rounds/schools/")
    ada.saved(SETUP + "/texts", TEXTS)
    assert "Something is missing" not in ada.text(SETUP + "/announce")


def upload(ada: Browser, text: str) -> str:
    answer = ada.post(SETUP + "/roll", {"file": (BytesIO(text.encode()), "roll.csv")})
    return Page(answer.text).text


def test_a_roll_that_adds_nobody_and_a_spreadsheet_are_told_as_what_they_are(
    office: Office,
) -> None:
    office.announce()
    ada = office.browser("ada")
    ada.saved(SETUP + "/projects/new", {"name_en": "Roof", "district": "national", "cost": "9"})
    ada.saved(SETUP + "/lots", {"dice": DICE, "record": "In the hall.", "understood": "y"})
    upload(ada, ROLL)
    ada.text(SETUP + "/roll")  # says that they were entered
    upload(ada, ROLL)
    assert "nobody was added" in ada.text(SETUP + "/roll")
    assert "This is a spreadsheet" in upload(ada, "PK\x03\x04\x14")


def test_districts_and_projects_of_one_name_are_told_before_the_seal(office: Office) -> None:
    office.announce()
    ada = office.browser("ada")
    roof = {"name_en": "Roof", "district": "national", "cost": "9"}
    ada.saved(SETUP + "/projects/new", roof)
    assert "bear the same name" not in ada.text(SETUP + "/projects")
    ada.saved(SETUP + "/projects/new", roof | {"name_en": "ROOF", "name_es": "Techo"})
    assert "bear the same name: ROOF." in ada.text(SETUP + "/projects")
    north = {"slug": "north", "name_en": "Schools", "budget": "10"}
    ada.saved(SETUP + "/districts", north)
    assert "bear the same name: Schools." in ada.text(SETUP + "/districts")
    ada.saved(SETUP + "/projects/new", roof | {"district": "north", "name_en": "Hall"})
    ada.saved(SETUP + "/projects/new", roof | {"district": "national", "name_en": "Hall"})
    ada.saved(SETUP + "/lots", {"dice": DICE, "record": "In the hall.", "understood": "y"})
    upload(ada, ROLL)
    ada.saved(SETUP + "/keys", {"secrecy": "exercise"})
    assert "bear the same name: Schools, ROOF." in ada.text(SETUP + "/seal")


@pytest.mark.both_stores
def test_an_administrator_takes_a_round_from_nothing_to_sealed_rules(office: Office) -> None:
    ada = office.browser("ada")
    ada.saved(DESK + "rounds/new", {"title": "Schools", "copy_of": ""})
    prepare(ada, office)
    ada.saved(SETUP + "/announce")
    ada.saved(
        SETUP + "/projects/new", {"name_en": "Roof", "district": "national", "cost": "1,000.50"}
    )
    ada.saved(SETUP + "/lots", {"dice": DICE, "record": "In the hall.", "understood": "y"})
    upload(ada, ROLL)
    ada.saved(SETUP + "/keys", {"secrecy": "exercise"})
    preview = ada.text(SETUP + "/seal")
    assert "€1,000.50" in preview
    assert "at least 16 years old" in preview
    ada.seals()
    with office.work():
        round_ = office.round_()
        assert round_.state is RoundState.SEALED
        assert manifests.build(round_).boxes[0].projects[0].cost == 1000_50


def test_no_step_can_be_skipped(office: Office) -> None:
    office.begin()
    ada = office.browser("ada")
    answer = ada.get(SETUP + "/projects")
    assert answer.headers["Location"].endswith("/administration/rounds/schools")
    refused = ada.post(SETUP + "/conditions", CONDITIONS)
    assert refused.status_code == 409
    assert "steps before this one" in Page(refused.text).text


def test_the_overview_lists_what_is_missing(office: Office) -> None:
    office.begin()
    text = office.browser("ada").text(SETUP)
    for gap in ("summary is missing", "dates of the vote", "budget is missing", "No counting rule"):
        assert gap in text


def test_a_draft_is_seen_by_administrators_only(office: Office) -> None:
    office.begin()
    assert office.stranger().get(ROUND).status_code == 404
    assert office.browser("rosa").get(ROUND).status_code == 404
    assert office.browser("ada").get(ROUND).status_code == 200


def test_a_date_out_of_order_is_told_at_its_field_and_loses_nothing(office: Office) -> None:
    office.begin()
    ada = office.browser("ada")
    ada.saved(SETUP + "/texts", TEXTS)
    wrong = PHASES | {"counting_starts": "2039-03-13T20:00"}
    answer = ada.post(SETUP + "/phases", wrong)
    assert answer.status_code == 422
    assert answer.text.count('class="field-error"') == 1
    assert 'id="counting_starts-error"' in answer.text
    assert all(f'value="{moment}"' in answer.text for moment in wrong.values())
    with office.work():
        assert office.round_().phases == []


def test_times_are_those_of_the_parliament(office: Office) -> None:
    office.begin()
    with office.work():
        office.round_().parliament.timezone = "America/Santo_Domingo"
    ada = office.browser("ada")
    ada.saved(SETUP + "/texts", TEXTS)
    ada.saved(SETUP + "/phases", PHASES)
    with office.work():
        assert office.round_().phases[0].starts.isoformat() == "2039-03-01T12:00:00+00:00"
    assert 'value="2039-03-01T08:00"' in ada.get(SETUP + "/phases").text


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"voting_ends": "2039-02-01T08:00"}, "voting_ends"),
        ({"audit_starts": "2039-04-01T08:00", "audit_ends": ""}, "audit_ends"),
        ({"voting_starts": "", "voting_ends": ""}, "voting_starts"),
        ({"voting_starts": "the first of May"}, "voting_starts"),
        ({"voting_starts": "0001-01-01T00:00"}, "voting_starts"),
        ({"voting_ends": "9999-12-31T23:59"}, "voting_ends"),
    ],
    ids=["ends before it begins", "one date alone", "no vote", "no date", "year 1", "year 9999"],
)
def test_a_wrong_date_is_told_at_its_field(
    office: Office, change: dict[str, str], field: str
) -> None:
    office.begin()
    ada = office.browser("ada")
    ada.saved(SETUP + "/texts", TEXTS)
    answer = ada.post(SETUP + "/phases", PHASES | change)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text


@pytest.mark.parametrize("budget", ["a lot", "-5", "1.005", "1,00", "9" * 40, ""])
def test_a_budget_that_is_no_amount_is_told_at_its_field(office: Office, budget: str) -> None:
    office.announce()
    data = {"name_en": "All", "name_es": "Todos", "budget": budget}
    answer = office.browser("ada").post(SETUP + "/districts/national", data)
    assert answer.status_code == 422
    assert 'id="budget-error"' in answer.text
    assert f'value="{budget}"' in answer.text


@pytest.mark.parametrize("budget", ["€500", "500 €", "EUR 500.00", "500\u00a0€"])
def test_an_amount_may_be_written_as_pages_show_it(office: Office, budget: str) -> None:
    office.announce()
    data = {"name_en": "All", "name_es": "Todos", "budget": budget}
    office.browser("ada").saved(SETUP + "/districts/national", data)
    with office.work():
        assert office.round_().budget == 500_00


def test_a_project_above_its_districts_budget_is_refused(office: Office) -> None:
    office.announce()
    data = {"name_en": "Roof", "district": "national", "cost": "1000.01"}
    answer = office.browser("ada").post(SETUP + "/projects/new", data)
    assert answer.status_code == 422
    assert 'id="cost-error"' in answer.text
    with office.work():
        assert office.round_().projects == []


def test_an_announcement_waits_for_everything_before_it(office: Office) -> None:
    office.begin()
    with office.work(), pytest.raises(NotReady):
        services.announce(office.round_(), by=None)


def test_a_ballot_that_comes_before_the_rules_are_sealed_is_told_that_the_vote_is_not_open(
    office: Office,
) -> None:
    office.announce()
    address = HOME + "rounds/schools/vote"
    assert "not open" in office.stranger().text(address)
    for path in ("/review", "/cast"):
        form = {"box": "national", "choice": "p001", "token": "t"}
        answer = office.browser("max").post(address + path, form)
        assert answer.status_code == 409
        assert "not open" in answer.text


@pytest.mark.both_stores
def test_a_roll_with_errors_enters_nobody_and_repeats_no_identity(office: Office) -> None:
    office.announce()
    ada = office.browser("ada")
    ada.saved(SETUP + "/projects/new", {"name_en": "A", "district": "national", "cost": "10"})
    ada.saved(SETUP + "/lots", {"dice": DICE, "record": "In the hall.", "understood": "y"})
    text = upload(
        ada, ROLL + "ID3,atlantis,1990-04-01\nID1,national,1990-04-01\nID4,national,soon\n"
    )
    assert "Nobody was entered: the file has 3 errors" in text
    for told in ("no such district", "stands in the file twice", "YYYY-MM-DD"):
        assert told in text
    assert "ID3" not in text
    with office.work():
        assert roll_size(office.round_()) == 0
    assert "ID1" not in upload(ada, ROLL)
    with office.work():
        assert roll_size(office.round_()) == 2


def test_a_step_that_still_lacks_something_is_not_left(office: Office) -> None:
    office.begin()
    ada = office.browser("ada")
    ada.saved(SETUP + "/texts", TEXTS)
    past = {name: moment.replace("2039", "2009") for name, moment in PHASES.items()}
    answer = ada.post(SETUP + "/phases", past)
    assert answer.location.endswith(SETUP + "/phases")
    assert "The vote would end in the past." in ada.text(SETUP + "/phases")


@pytest.mark.both_stores
def test_a_copy_takes_over_everything_but_summary_dates_projects_and_roll(office: Office) -> None:
    office.seal()
    office.browser("ada").saved(DESK + "rounds/new", {"title": "Schools", "copy_of": "schools"})
    with office.work():
        copy, past = office.round_("schools-2"), office.round_()
        assert copy.rule == past.rule
        assert [d.budget for d in copy.districts] == [d.budget for d in past.districts]
        assert copy.summaries == {}
        assert (copy.phases, copy.projects, roll_size(copy), copy.lots_dice) == ([], [], 0, "")


def test_the_first_page_of_a_parliament_shows_its_announced_rounds(office: Office) -> None:
    office.announce()
    assert "Propose a project" in office.stranger().text(HOME)


def test_an_amount_with_the_thousands_of_another_language_is_not_taken_for_a_small_one(
    office: Office,
) -> None:
    """“1,000” is one euro to a French reader of numbers, and a thousand to whoever typed it."""
    office.announce()
    answer = office.browser("ada").post(
        SETUP.replace("/en/", "/fr/") + "/districts/national",
        {"name_en": "All", "name_es": "Todos", "budget": "1,000"},
    )
    assert answer.status_code == 422
    assert 'id="budget-error"' in answer.text
