"""A form that comes after its sign-in ended: nothing is done, and the words are still there."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from budget_app.extensions import db
from budget_app.proposals.models import Proposal
from tests.budget_app.booth.pages import Page, PostedForm
from tests.budget_app.rounds.office import DESK, ROUND, Office, found_office

NEW = ROUND + "proposals/new"
DRAFT = {
    "title": "A new roof",
    "summary": "",
    "description": "First line\n<b>Second</b> line",
    "district": "national",
    "categories": ["education", "health"],
    "save": "1",
}
OWN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def office(app: Flask) -> Office:
    office = found_office(app)
    office.announce()
    return office


def send(client: FlaskClient, data: dict[str, Any], **headers: str) -> TestResponse:
    return client.post(NEW, data=data, headers=OWN | headers)


def kept(answer: TestResponse) -> str:
    assert answer.status_code == 400
    assert "your words are still here" in Page(answer.text).text
    assert "First line\n&lt;b&gt;Second&lt;/b&gt; line</textarea>" in answer.text
    assert 'value="A new roof"' in answer.text
    assert answer.text.count('name="categories"') == 2
    return answer.text


def titles(office: Office) -> list[str]:
    with office.work():
        return list(db.session.scalars(db.select(Proposal.title)))


def resend(page: str) -> PostedForm:
    """The form in which the words stand again."""
    return next(form for form in Page(page).forms if form.action == NEW)


def test_words_outlast_a_lost_session_and_are_sent_after_the_next_sign_in(office: Office) -> None:
    page = kept(send(office.app.test_client(), DRAFT | {"csrf_token": "of a lost session"}))
    assert "Your sign-in ended" in page
    assert 'href="/en/example/account/sign-in"' in page
    assert "csrf_token" not in dict(resend(page).fields)
    client = office.browser("ana").client
    page = kept(send(client, DRAFT))
    assert "You are signed in again" in page
    assert titles(office) == []
    token = resend(page).value("csrf_token")
    assert send(client, DRAFT | {"csrf_token": token}).status_code == 302
    assert titles(office) == ["A new roof"]


def test_words_outlast_a_sign_in_that_ended_while_its_session_stayed(office: Office) -> None:
    stranger = office.stranger()
    answer = stranger.client.get("/en/example/account/sign-in").text
    token = Page(answer).forms[-1].value("csrf_token")
    kept(send(stranger.client, DRAFT | {"csrf_token": token}))
    assert titles(office) == []


def test_a_foreign_page_cannot_fill_a_form_here(office: Office) -> None:
    client = office.browser("ana").client
    for site in ("cross-site", "same-site", ""):
        answer = send(client, DRAFT, **{"Sec-Fetch-Site": site})
        assert answer.status_code == 400
        assert "A new roof" not in answer.text


def test_a_short_form_says_that_the_sign_in_ended_and_leads_to_the_next(office: Office) -> None:
    answer = office.app.test_client().post(DESK + "members", data={}, headers=OWN)
    assert answer.status_code == 400
    assert "Your sign-in ended" in Page(answer.text).text
    assert 'href="/en/example/account/sign-in"' in answer.text
    nowhere = DESK.replace("example", "nowhere") + "members"
    assert office.app.test_client().post(nowhere, data={}).status_code == 400
