"""Two people at one form: whoever saves later sees what the other changed, and loses no word."""

from dataclasses import dataclass
from functools import partial

import pytest
from flask import Flask

from tests.budget_app.at_once import sent_at_once, slow_to_save
from tests.budget_app.booth.pages import Page
from tests.budget_app.hearings.meeting import HEARINGS, Meeting, called
from tests.budget_app.rounds.office import DESK, HOME, SETUP, Browser
from tests.budget_app.whole_forms import Sent, WholeForms, began

ANSWER = f"{HOME}rounds/schools/answers/1/correct"
pytestmark = pytest.mark.one_store


@dataclass(frozen=True)
class Form:
    """A form at `path`: Ben changes `theirs`, which is called `fields`, while Ada types `yours`."""

    path: str
    theirs: dict[str, str]
    yours: dict[str, str]
    fields: str
    told: str


OWN = {"public_name", "minutes"}
"""What comes filled and is nobody else's: one's own name, and the length that exercises usually have."""
PARTS = {
    "language": "en",
    "parliament": "example",
    "round_slug": "schools",
    "district_slug": "national",
    "project_key": "p001",
    "page_kind": "about",
    "hearing_id": 1,
    "answer_id": 1,
}
FORMS = [
    Form(
        f"{SETUP}/texts",
        {"title_en": "Our schools", "summary_es": "Techos."},
        {"title_en": "All schools"},
        "Name (English), Summary (Español)",
        "What stands now Our schools What you typed All schools",
    ),
    Form(
        f"{SETUP}/phases",
        {"delivery_ends": "2031-03-01T10:00"},
        {"delivery_ends": "2031-04-01T10:00"},
        "Delivery of the funded projects: Ends",
        "What stands now Mar 1, 2031, 10:00:00 AM What you typed Apr 1, 2031, 10:00:00 AM",
    ),
    Form(
        f"{SETUP}/districts/national",
        {"budget": "2000", "name_en": "The country"},
        {"budget": "3000.50"},
        "Name (English), Budget",
        "What stands now €2,000 What you typed €3,000.50",
    ),
    Form(
        f"{SETUP}/conditions",
        {"attestations_required": "2", "keep_until": "2031-01-01"},
        {"attestations_required": "3"},
        "Signatures of auditors that certify the result, Keys and personal data are kept until",
        "What stands now Jan 1, 2031 What you typed You had changed nothing here",
    ),
    Form(
        f"{SETUP}/ballot",
        {"max_length": "3"},
        {"max_length": "4"},
        "Most projects on a ballot",
        "What stands now 3 What you typed 4",
    ),
    Form(
        f"{SETUP}/rule",
        {"ties_1": "lower_cost", "ties_2": "lots"},
        {"ties_1": "more_votes", "ties_2": "lots"},
        "A tie is settled by",
        "What stands now Lower cost first What you typed More votes first",
    ),
    Form(
        f"{SETUP}/projects/p001",
        {"cost": "700", "name_en": "A roof", "exclusive_group": "roofs"},
        {"cost": "650"},
        "Name (English), Cost, Only one of these",
        "What stands now €700 What you typed €650",
    ),
    Form(
        f"{DESK}pages/about",
        {"text_en": "Ben's words", "save": "1"},
        {"text_en": "Ada's words", "save": "1"},
        "Text (English)",
        "What stands now Ben's words What you typed Ada's words",
    ),
    Form(
        f"{HOME}moderation/rules/edit",
        {"text_en": "Be kind."},
        {"text_en": "Be fair."},
        "English",
        "What stands now Be kind. What you typed Be fair.",
    ),
    Form(
        ANSWER,
        {"did_en": "Three weeks."},
        {"did_en": "Four weeks.", "did_es": "Cuatro semanas."},
        "We did (English)",
        "What stands now Three weeks. What you typed Four weeks.",
    ),
    Form(
        f"{HEARINGS}1/edit",
        {"title_en": "Roofs", "stream": "", "place_en": "Hall 2"},
        {"title_en": "Wells"},
        "Title (English), Place (English), Address of the live stream",
        "What stands now Roofs What you typed Wells",
    ),
    Form(
        f"{HEARINGS}hosts",
        {"hosts": "one.example.org"},
        {"hosts": "two.example.org"},
        "Hosts, one a line",
        "What stands now one.example.org What you typed two.example.org",
    ),
]


@pytest.fixture
def meeting(app: Flask) -> Meeting:
    """An office with a round in its set-up, an answer of it, and a hearing."""
    meeting = called(app)
    meeting.office.fill()
    said = {"said_en": "The dates were too short.", "did_en": "Two weeks."}
    meeting.browser("ada").saved(f"{HOME}rounds/schools/answers/new", said)
    return meeting


def opened(browser: Browser, path: str) -> Sent:
    """The form at `path` as the person's browser would send it back."""
    return began(browser.get(path).text)


def test_whoever_saves_later_sees_who_changed_what_and_loses_no_word(meeting: Meeting) -> None:
    ada, ben = meeting.browser("ada"), meeting.browser("ben")
    for form in FORMS:
        both_began = opened(ada, form.path)
        ben.saved(form.path, both_began | form.theirs)
        answer = ada.post(form.path, both_began | form.yours)
        text = Page(answer.text).text
        assert answer.status_code == 422, form.path
        told = text.partition("Changed meanwhile ")[2].partition(" Save")[0]
        assert f"Ben changed this meanwhile: {form.fields}. What you typed" in told, told
        assert form.told in told, told
        again = began(answer.text)
        ada.saved(form.path, again | {"save": "1"})
        stands = opened(ada, form.path)
        for name, value in (form.theirs | form.yours).items():
            assert name == "save" or stands[name] == [value], (form.path, name)


@pytest.mark.parametrize(
    ("step", "theirs", "yours", "told"),
    [
        ("ballot", {"style": "knapsack"}, {"max_length": "4"}, "How people vote."),
        ("rule", {"rule": "equal-shares"}, {"ties_1": "seed"}, "Counting rule"),
    ],
)
def test_another_choice_that_was_taken_meanwhile_is_not_turned_back(
    meeting: Meeting, step: str, theirs: dict[str, str], yours: dict[str, str], told: str
) -> None:
    ada, ben = meeting.browser("ada"), meeting.browser("ben")
    path = f"{SETUP}/{step}"
    both_began = opened(ada, path)
    ben.saved(path, both_began | theirs)
    answer = ada.post(path, both_began | yours)
    assert f"Ben changed this meanwhile: {told}" in Page(answer.text).text
    ada.saved(path, began(answer.text))
    for name, value in theirs.items():
        assert opened(ada, path)[name] == [value]


def test_the_same_words_of_two_people_and_a_second_press_are_no_news(meeting: Meeting) -> None:
    ada, ben = meeting.browser("ada"), meeting.browser("ben")
    path = f"{SETUP}/texts"
    sent = opened(ada, path) | {"title_en": "Our schools"}
    for browser in (ben, ada, ada):
        browser.saved(path, sent)


def test_one_who_writes_in_two_windows_is_told_that_it_was_they(meeting: Meeting) -> None:
    ada, path = meeting.browser("ada"), f"{SETUP}/texts"
    both_began = opened(ada, path)
    ada.saved(path, both_began | {"title_en": "Our schools"})
    answer = ada.post(path, both_began | {"title_en": "All schools"})
    assert "You changed this meanwhile in another window: Name (English)." in Page(answer.text).text


def test_a_hand_made_mark_costs_one_more_press_at_most(meeting: Meeting) -> None:
    ada, path = meeting.browser("ada"), f"{SETUP}/texts"
    sent = opened(ada, path) | {"began_with": ":: title_en:<b> \u202e", "title_en": "Schools 2"}
    answer = ada.post(path, sent)
    assert answer.status_code == 422
    ada.saved(path, began(answer.text))


@pytest.mark.both_stores
def test_of_two_that_are_sent_at_once_the_second_is_told_of_the_first(
    meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the row has no version yet, and where what is changed hangs on the row alone."""
    slow_to_save(monkeypatch)
    ada, ben = meeting.browser("ada"), meeting.browser("ben")
    at_once = (
        f"{SETUP}/texts",
        f"{SETUP}/phases",
        f"{DESK}pages/about",
        ANSWER,
        f"{HEARINGS}1/edit",
    )
    for form in (form for form in FORMS if form.path in at_once):
        both_began = opened(ada, form.path)
        both = (
            partial(ben.post, form.path, both_began | form.theirs),
            partial(ada.post, form.path, both_began | form.yours),
        )
        told = {answer.status_code: answer for answer in sent_at_once(*both)}
        assert sorted(told) == [302, 422], form.path
        refused = Page(told[422].text).text
        assert "changed this meanwhile: " in refused, form.path
        # What the second typed is still there, and stands once it is sent again.
        (ada if "Ben changed" in refused else ben).saved(
            form.path, began(told[422].text) | {"save": "1"}
        )


def form_pages(app: Flask) -> set[str]:
    """Every page that shows a form and takes it back, of what `PARTS` names."""
    found = set()
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if {"GET", "POST"} <= (rule.methods or set()) and rule.arguments <= set(PARTS):
            values = {name: PARTS[name] for name in rule.arguments}
            with app.test_request_context():
                found.add(adapter.build(rule.endpoint, values))
    return found


def test_no_form_of_the_office_comes_filled_without_knowing_what_it_began_with(
    app: Flask, meeting: Meeting
) -> None:
    ada = meeting.browser("ada")
    paths = form_pages(app)
    assert {form.path for form in FORMS} <= paths
    for path in paths:
        for form in WholeForms(ada.get(path).text).forms:
            aware = form.method == "get" or "began_with" in form.sent
            assert aware or form.filled <= OWN, (path, form.filled)
