"""Setting a round up: in order, nothing lost, nothing after the seal."""

import hashlib
from io import BytesIO

import pytest
from babel.dates import format_date

from budget_app.rounds import manifests, secrecy, services
from budget_app.rounds.errors import InvalidField, NotReady
from budget_app.rounds.models import PhaseKind, RoundState
from budget_app.rounds.steps import gaps, roll_size
from tests.budget_app.booth.pages import Page
from tests.budget_app.rounds.office import DESK, DICE, HOME, ROLL, ROUND, SETUP, Browser, Office

pytestmark = pytest.mark.one_store

PHASES = {
    "voting_starts": "2039-03-01T08:00",
    "voting_ends": "2039-03-14T20:00",
    "counting_starts": "2039-03-14T20:00",
    "counting_ends": "2039-03-20T20:00",
}
TEXTS = {"title_en": "Schools", "title_es": "Escuelas", "summary_en": "All.", "summary_es": "Todo."}
RULE = {
    "utility": "cardinality",
    "completion": "none",
    "ties_1": "more_votes",
    "ties_2": "lots",
    "ties_3": "",
    "ties_4": "",
}
PRIVACY = {"least_ballots": "100", "least_cell": "10", "most_unique_permille": "200"}
CONDITIONS = {"attestations_required": "2", "min_age": "16", "age_on": "2039-03-01", **PRIVACY}


def rule_with_defaults(office: Office) -> dict[str, str]:
    """The rule's form as the page fills it in."""
    with office.work():
        parameters = office.round_().rule["parameters"]
    return RULE | {
        f"parameter_{name}": str(value) for name, value in parameters.items() if value is not False
    }


def prepare(ada: Browser, office: Office) -> None:
    """Every step before the announcement, through its page."""
    ada.saved(SETUP + "/texts", TEXTS)
    ada.saved(SETUP + "/phases", PHASES)
    ada.saved(
        SETUP + "/districts/national", {"name_en": "All", "name_es": "Todos", "budget": "1,000.50"}
    )
    ada.saved(SETUP + "/ballot", {"style": "approval"})
    ada.saved(SETUP + "/ballot", {"max_length": "3", "blank_allowed": "y"})
    ada.saved(SETUP + "/rule", {"rule": "greedy"})
    ada.saved(SETUP + "/rule", rule_with_defaults(office))
    for name, low in (("attestations_required", "0"), ("most_unique_permille", "900")):
        assert ada.post(SETUP + "/conditions", CONDITIONS | {name: low}).status_code == 422
    ada.saved(SETUP + "/conditions", CONDITIONS)


def test_only_the_dates_of_the_vote_are_not_optional(office: Office) -> None:
    office.announce()
    page = Page(office.browser("ada").get(SETUP + "/phases").text).text
    assert page.count("(optional)") == 2 * (len(PhaseKind) - 1)


def upload(ada: Browser, text: str) -> str:
    answer = ada.post(SETUP + "/roll", {"file": (BytesIO(text.encode()), "roll.csv")})
    return Page(answer.text).text


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
    for missing in ("Español", "dates of the vote", "budget is missing", "No counting rule"):
        assert missing in text


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
        ({"audit_starts": "2039-04-01T08:00"}, "audit_ends"),
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


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"ties_2": "lower_cost"}, "must end in lots or in a seed"),
        ({"ties_1": "lots"}, "names the same thing twice"),
        ({"parameter_magic": "7"}, "no parameter named “magic”"),
        ({"parameter_min_score": "-1"}, "Choose a whole number from 0 to"),
        ({"utility": "happiness"}, "Not a valid choice"),
    ],
)
def test_a_rule_that_the_count_does_not_know_is_refused(
    office: Office, change: dict[str, str], told: str
) -> None:
    office.announce()
    answer = office.browser("ada").post(SETUP + "/rule", rule_with_defaults(office) | change)
    assert answer.status_code == 422
    assert told in Page(answer.text).text
    with office.work():
        assert office.round_().rule["ties"] == ["lots"]


def test_an_unknown_parameter_is_refused_by_name(office: Office) -> None:
    office.announce()
    with office.work():
        round_ = office.round_()
        wrong = {**round_.rule, "parameters": {**round_.rule["parameters"], "magic": 7}}
        with pytest.raises(InvalidField, match="magic"):
            services.set_rule(round_, wrong, by=None)


def test_another_style_needs_a_rule_that_takes_it(office: Office) -> None:
    office.announce()
    office.browser("ada").saved(SETUP + "/rule", {"rule": "equal-shares"})
    office.browser("ada").saved(SETUP + "/ballot", {"style": "ranked"})
    with office.work():
        styles = manifests.styles_of("equal-shares")
        codes = {gap.code for gap in gaps(office.round_())}
        assert ("rule_does_not_take_style" in codes) == ("ranked" not in styles)


def test_a_style_chosen_beside_the_limits_is_not_lost(office: Office) -> None:
    office.announce()
    ada = office.browser("ada")
    answer = ada.post(SETUP + "/ballot", {"style": "ranked", "max_length": "3"})
    assert answer.location.endswith(SETUP + "/ballot")
    with office.work():
        assert office.round_().style == "ranked"
    assert ada.post(SETUP + "/ballot", {"style": "magic"}).status_code == 422


def test_a_rule_chosen_beside_the_parameters_is_not_lost(office: Office) -> None:
    office.announce()
    ada = office.browser("ada")
    answer = ada.post(SETUP + "/rule", rule_with_defaults(office) | {"rule": "equal-shares"})
    assert answer.location.endswith(SETUP + "/rule#parameters")
    with office.work():
        assert office.round_().rule["rule"] == "equal-shares"
    assert ada.post(SETUP + "/rule", {"rule": "magic"}).status_code == 422


def test_a_worth_that_the_ballots_do_not_say_is_neither_offered_nor_kept(office: Office) -> None:
    office.announce()
    ada = office.browser("ada")
    asked = {**rule_with_defaults(office), "utility": "points"}
    assert 'value="points"' not in ada.get(SETUP + "/rule").text
    assert ada.post(SETUP + "/rule", asked).status_code == 422
    with office.work(), pytest.raises(InvalidField, match="do not say this"):
        services.set_rule(office.round_(), {**office.round_().rule, "utility": "points"}, by=None)


def test_another_style_asks_again_what_a_result_is_worth(office: Office) -> None:
    office.announce()
    ada = office.browser("ada")
    ada.saved(SETUP + "/ballot", {"style": "points"})
    ada.saved(SETUP + "/ballot", {"max_points": "10"})
    ada.saved(SETUP + "/rule", {**rule_with_defaults(office), "utility": "points"})
    ada.saved(SETUP + "/ballot", {"style": "approval"})
    with office.work():
        assert "utility_does_not_take_style" in {gap.code for gap in gaps(office.round_())}
    assert "do not say what a result is worth" in Page(ada.get(SETUP + "/rule").text).text


def test_points_need_their_number_of_points(office: Office) -> None:
    office.announce()
    ada = office.browser("ada")
    ada.saved(SETUP + "/ballot", {"style": "points"})
    assert ada.post(SETUP + "/ballot", {"max_points": ""}).status_code == 422
    ada.saved(SETUP + "/ballot", {"max_points": "10"})


def test_a_most_below_the_fewest_is_refused(office: Office) -> None:
    office.announce()
    answer = office.browser("ada").post(SETUP + "/ballot", {"min_length": "4", "max_length": "2"})
    assert answer.status_code == 422
    assert "cannot be less than the fewest" in answer.text


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


@pytest.mark.both_stores
def test_lots_are_drawn_once_and_anybody_can_repeat_the_order(office: Office) -> None:
    office.announce()
    ada = office.browser("ada")
    for name in ("Roof", "Bus", "Pool"):
        ada.saved(SETUP + "/projects/new", {"name_en": name, "district": "national", "cost": "10"})
    assert (
        ada.post(
            SETUP + "/lots", {"dice": "12", "record": "In the hall.", "understood": "y"}
        ).status_code
        == 422
    )
    ada.saved(SETUP + "/lots", {"dice": DICE, "record": "In the hall.", "understood": "y"})
    digits = DICE.replace(" ", "").encode()
    order = sorted(
        ("p001", "p002", "p003"),
        key=lambda key: hashlib.sha256(digits + b"\x1f" + key.encode()).digest(),
    )
    again = ada.post(
        SETUP + "/lots", {"dice": DICE[::-1], "record": "Once more, there.", "understood": "y"}
    )
    assert again.status_code == 409
    with office.work():
        assert manifests.lots_order(office.round_()) == order
    assert "lot 1" in office.stranger().text(ROUND + "projects")


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


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"dice": "7890 1234 5612 3456 1234"}, "A die shows one to six"),
        ({"record": "x"}, "Write it out: the place, the day, and who saw it."),
        ({"understood": ""}, "Compare the dice, and say that you know it."),
    ],
)
def test_a_draw_of_lots_is_confirmed_and_says_what_was_thrown_and_where(
    office: Office, changed: dict[str, str], sentence: str
) -> None:
    office.fill(ties=("seed",))
    with office.work():
        services.set_rule(office.round_(), {**office.round_().rule, "ties": ["lots"]}, by=None)
    ada = office.browser("ada")
    assert "The draw is never repeated" in ada.text(SETUP + "/lots")
    draw = {"dice": DICE, "record": "In the hall.", "understood": "y"} | changed
    answer = ada.post(SETUP + "/lots", {name: value for name, value in draw.items() if value})
    assert answer.status_code == 422
    assert sentence in Page(answer.text).text
