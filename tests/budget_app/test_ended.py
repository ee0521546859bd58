"""A form that comes after its sign-in ended: nothing is done, and what was typed is still there."""

import re
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_wtf import FlaskForm
from werkzeug.test import TestResponse
from wtforms import PasswordField
from wtforms.fields.core import UnboundField

from budget_app import ended
from budget_app.accounts.models import SignIn
from budget_app.extensions import db
from budget_app.parliaments.services import create_parliament
from budget_app.proposals.models import Proposal
from tallying.evidence.notes import PRIVATE
from tests.budget_app.booth.pages import Page, PostedForm
from tests.budget_app.booth.scenes import open_scene
from tests.budget_app.browsing.scenes import Proposing
from tests.budget_app.rounds.office import DESK, HOME, ROUND, SETUP, Office, found_office
from tests.budget_app.test_access import address

pytestmark = pytest.mark.one_store

NEW = ROUND + "proposals/new"
SIGN_IN = "/en/example/account/sign-in"
DRAFT = {
    "title": "A new roof",
    "summary": "",
    "description": "First line\n<b>Second</b> line",
    "district": "national",
    "categories": ["education", "health"],
    "save": "1",
}
TEXTS = {
    "title_en": "Schools <i>",
    "title_es": "Escuelas",
    "summary_en": "For all schools.\nAnd gardens.",
    "summary_es": "Para todas.",
}
UNKEPT = {
    "accounts.check_second_factor",
    "accounts.save_password",
    "audit.cast_canary",
    "booth.claim_place",
    "booth.send_receipt",
    "deliberation.vote",
    "hearings.answer_poll",
    "hearings.retract",
    "hearings.support",
    "hearings.withdraw",
}
"""Views that ask for a sign-in, and of whose forms nothing is ever shown again."""
OWN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def office(app: Flask) -> Office:
    office = found_office(app)
    office.announce()
    return office


def send(
    client: FlaskClient, data: dict[str, Any], address: str = NEW, **headers: str
) -> TestResponse:
    return client.post(address, data=data, headers=OWN | headers)


def kept(answer: TestResponse, status: int = 400) -> str:
    """A page on which the words of the form stand again."""
    assert answer.status_code == status
    assert "your words are still here" in Page(answer.text).text
    return answer.text


def titles(office: Office) -> list[str]:
    with office.work():
        return list(db.session.scalars(db.select(Proposal.title)))


def resend(page: str, address: str = NEW) -> PostedForm:
    """The form in which the words stand again."""
    return next(form for form in Page(page).forms if form.action == address)


def test_words_outlast_a_lost_session_and_are_sent_after_the_next_sign_in(office: Office) -> None:
    answer = send(office.app.test_client(), DRAFT | {"csrf_token": "of a lost session"})
    page = kept(answer)
    assert "Your sign-in ended" in page
    there = f"{SIGN_IN}?next={SIGN_IN}"
    assert re.findall('href="(/en/example/[^"]*)"', page.partition("<body>")[2]) == [there]
    assert "First line\n&lt;b&gt;Second&lt;/b&gt; line</blockquote>" in page
    assert "csrf_token" not in dict(resend(page).fields)
    client = office.browser("ana").client
    page = kept(send(client, resend(page).having()))
    assert "You are signed in again" in page
    assert "You are signed in as Ana. Send it only if these words are yours." in Page(page).text
    assert titles(office) == []
    assert send(client, resend(page).having()).status_code == 302
    with office.work():
        proposal = db.session.scalars(db.select(Proposal)).one()
        assert proposal.title == "A new roof"
        assert proposal.description == DRAFT["description"]
        assert proposal.categories == DRAFT["categories"]


def test_words_outlast_a_sign_in_that_ended_while_its_session_stayed(office: Office) -> None:
    stranger = office.stranger()
    answer = stranger.client.get(SIGN_IN).text
    token = Page(answer).forms[-1].value("csrf_token")
    kept(send(stranger.client, DRAFT | {"csrf_token": token}))
    assert titles(office) == []


def test_an_official_form_waits_for_the_second_step_and_for_the_right_account(
    office: Office,
) -> None:
    address = SETUP + "/texts"
    began = office.browser("ada").began(address)
    page = kept(send(office.app.test_client(), TEXTS | began, address))
    assert "For all schools.\nAnd gardens.</blockquote>" in page
    assert began["began_with"] not in Page(page).text
    data = resend(page, address).having()

    page = kept(send(office.browser("ana").client, data, address), 403)
    assert "This account may not send this" in page
    assert "csrf_token" not in dict(resend(page, address).fields)

    ada = office.browser("ada").client
    with office.work():
        db.session.execute(db.update(SignIn).values(second_factor_at=None))
    page = kept(send(ada, data, address))
    assert "The second step of your sign-in is missing" in page
    assert 'href="/en/example/account/second-factor"' in page

    ada = office.browser("ada").client
    page = kept(send(ada, data, address))
    assert send(ada, resend(page, address).having(), address).status_code == 302
    with office.work():
        round_ = office.round_()
        assert round_.titles["en"] == "Schools <i>"
        assert round_.summaries == {"en": "For all schools.\nAnd gardens.", "es": "Para todas."}


def test_whoever_lost_the_right_while_writing_still_reads_what_was_typed(office: Office) -> None:
    """Token and session are good; only the role is gone."""
    ana = office.browser("ana")
    token = Page(ana.get(HOME).text).form("sign-out").value("csrf_token")
    page = kept(send(ana.client, TEXTS | {"csrf_token": token}, SETUP + "/texts"), 403)
    assert "For all schools." in page


def test_an_exercise_is_named_in_its_own_language_where_there_is_no_other(office: Office) -> None:
    with office.work():
        names = {"es": "Delegación <b>"}
        drill = create_parliament("drill", names, languages=["es"], currency="EUR")
        db.session.flush()
        office.person("ada").exercise_id = drill.id
    answer = office.browser("ada").get(DESK)
    assert answer.status_code == 403
    assert '“<span lang="es">Delegación &lt;b&gt;' in answer.text


def test_what_a_form_says_in_its_address_is_kept_with_it(office: Office) -> None:
    address = ROUND + "searches?q=roof&next=%2F%2Fevil.example"
    page = kept(send(office.app.test_client(), {"name": "Roofs"}, address))
    assert "Short answers: Roofs" in Page(page).text
    assert resend(page, address).value("name") == "Roofs"


def test_a_foreign_page_cannot_fill_a_form_here(office: Office) -> None:
    client = office.browser("ana").client
    for site in ("cross-site", "same-site", "none", ""):
        headers = {"Sec-Fetch-Site": site, "Origin": "https://evil.example"}
        answer = send(client, DRAFT, **headers)
        assert answer.status_code == 400
        assert "A new roof" not in answer.text
        assert "signed in again" not in answer.text
        assert "A new roof" not in send(office.app.test_client(), DRAFT, **headers).text
    own = {"Sec-Fetch-Site": "", "Origin": "http://localhost"}
    kept(send(client, DRAFT, **own))  # plain connections: browsers name the origin alone


def test_secrets_and_files_are_left_out_and_it_says_so(office: Office) -> None:
    secret = f"{PRIVATE}example+1234+abcdef"
    data: dict[str, Any] = dict.fromkeys(ended.SECRETS - {"csrf_token"}, "hidden-1234")
    data |= {"title": "A roof", "lines-0-what": secret, "csrf_token": "hidden-1234"}
    page = kept(send(office.app.test_client(), data | {"file": (BytesIO(b"hidden-1234"), "a.txt")}))
    assert "hidden-1234" not in page
    assert secret not in page
    assert resend(page).fields == [("title", "A roof")]
    assert "Passwords, codes and files are never kept" in page
    for more, told in (({}, False), ({"file": (BytesIO(b"x"), "a.txt")}, True)):
        sent = {"title": "A roof", "csrf_token": "old", **more}
        assert ("never kept" in kept(send(office.app.test_client(), sent))) is told


def test_every_password_and_code_that_a_form_asks_for_is_a_secret(app: Flask) -> None:
    kinds = [FlaskForm]
    asked = set()
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        for name, field in vars(kind).items():
            if isinstance(field, UnboundField) and issubclass(field.field_class, PasswordField):
                asked.add(name)
    assert {"password", "again", "present"} <= asked <= ended.SECRETS


def test_hostile_names_stay_text_and_too_much_is_not_kept(office: Office) -> None:
    client = office.app.test_client()
    name = '"><script>alert(1)</script>'
    page = kept(send(client, {name: "two words", "title": "x" * 50}))
    assert "<script>alert" not in page
    assert resend(page).value(name) == "two words"
    for much in (
        {"title": "x" * (ended.MOST_CHARACTERS + 1)},
        {f"name-{number}": "x" for number in range(ended.MOST_FIELDS + 1)},
    ):
        answer = send(client, much)
        assert answer.status_code == 400
        assert "it was too much to be kept here" in Page(answer.text).text
        assert len(answer.data) < 20_000


def test_every_form_that_asks_for_a_sign_in_keeps_its_words_but_those_named(app: Flask) -> None:
    """Whoever writes a new view need not think of it; who votes, and how, never stands there."""
    open_scene(app)
    client, lost = app.test_client(), set()
    for rule in app.url_map.iter_rules():
        access_rule = getattr(app.view_functions[rule.endpoint], "access_rule", None)
        if "POST" in (rule.methods or ()) and access_rule:
            page = send(client, {"text": "Two words"}, address(app, rule)).text
            kept = "<blockquote" in page and "Two words" in page
            assert not kept or access_rule.signed_in
            if access_rule.signed_in and not kept:
                assert "Two words" not in page
                lost.add(rule.endpoint)
    assert lost == UNKEPT


def test_a_short_form_says_that_the_sign_in_ended_and_leads_to_the_next(office: Office) -> None:
    answer = office.app.test_client().post(DESK + "members", data={}, headers=OWN)
    assert answer.status_code == 400
    assert "Your sign-in ended" in Page(answer.text).text
    assert f'href="{SIGN_IN}"' in answer.text
    nowhere = DESK.replace("example", "nowhere") + "members"
    assert office.app.test_client().post(nowhere, data={}).status_code == 400


def proposal(office: Office) -> str:
    """The address of somebody's proposal."""
    return f"{ROUND}proposals/{Proposing(office).propose('A roof')}"


def test_a_press_after_the_sign_in_ended_leads_back_to_where_it_was(office: Office) -> None:
    """Whether the whole session is lost or the sign-in alone: the same press is the next one."""
    page = proposal(office)
    came_from = {"Referer": f"http://localhost{page}"}
    back = f"{SIGN_IN}?next={page}"
    stranger = office.stranger().client
    token = {"csrf_token": Page(stranger.get(SIGN_IN).text).forms[-1].value("csrf_token")}
    eva = office.browser("eva")
    for wish in ("support", "unsupport"):
        answer = send(office.app.test_client(), {}, f"{page}/{wish}", **came_from)
        assert f'href="{back}"' in answer.text
        assert "Sign in, and press once more." in Page(answer.text).text
        assert send(stranger, token, f"{page}/{wish}", **came_from).location == back
        again = Page(eva.get(page).text).form(f"/{wish}")
        assert send(eva.client, again.having(), again.action).status_code == 302
    elsewhere = {"Referer": "https://evil.example/en/example/"}
    assert send(stranger, token, f"{page}/support", **elsewhere).location == SIGN_IN


def test_a_press_of_an_old_page_by_somebody_signed_in_again_leads_back(office: Office) -> None:
    page = proposal(office)
    came_from = {"Referer": f"http://localhost{page}"}
    answer = send(office.browser("ana").client, {}, f"{page}/support", **came_from)
    assert answer.status_code == 400
    assert "You are signed in again" in answer.text
    assert f'href="{page}">Back' in answer.text
