"""Signing in, by link and by password, and out."""

import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from budget_app.accounts import services
from budget_app.accounts.models import Role, SignIn, User
from budget_app.extensions import db
from budget_app.parliaments.queries import by_slug
from tests.budget_app.accounts.conftest import last_link, post
from voting import clock
from voting.database import writing

BASE = "/en/example/account"
PAGE = f"{BASE}/sign-in"
PASSWORD = "three quiet green boats"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def ask_for_link(
    client: FlaskClient, app: Flask, email: str = "ana@example.org", **data: str
) -> str:
    answer = post(client, PAGE, f"{BASE}/sign-in/link", email=email, **data)
    assert answer.status_code == 200
    return last_link(app)


def with_password(app: Flask, *roles: Role, totp: str | None = None) -> None:
    with app.app_context(), writing():
        user = services.ensure_user("ana@example.org")
        services.set_password(user, PASSWORD)
        parliament = by_slug("example")
        assert parliament
        for role in roles:
            services.grant(user, parliament, role)
        user.totp_secret = totp
        db.session.commit()


def set_password(client: FlaskClient, new: str, present: str = ""):  # type: ignore[no-untyped-def]
    data = {"password": new, "again": new, "present": present}
    return post(client, f"{BASE}/", f"{BASE}/password", **data)


def sign_in(client: FlaskClient, email: str = "ana@example.org", password: str = PASSWORD):  # type: ignore[no-untyped-def]
    return post(client, PAGE, f"{BASE}/sign-in/password", email=email, password=password)


def test_who_is_signed_in_already_is_told_so_and_where_to_go_on(
    app: Flask, client: FlaskClient
) -> None:
    with_password(app)
    told = "You are signed in already"
    assert told not in client.get(PAGE).text
    sign_in(client)
    page = client.get(f"{PAGE}?next={BASE}/").text
    assert told in page
    assert "Close this one and go on there." in page
    assert f'<a href="{BASE}/">Go on</a>' in page
    assert (
        '<a href="https://elsewhere.example'
        not in client.get(f"{PAGE}?next=https://elsewhere.example/").text
    )
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=2)):
        assert told not in client.get(PAGE).text, "an older sign-in has to be made anew to vote"


def test_a_link_signs_in_and_makes_the_account(app: Flask, client: FlaskClient) -> None:
    link = ask_for_link(client, app, "Ana@Example.org")
    assert post(client, link, link).status_code == 302
    assert "ana@example.org" in client.get(f"{BASE}/").text


def test_looking_at_a_link_does_not_use_it_up(app: Flask, client: FlaskClient) -> None:
    link = ask_for_link(client, app)
    for _ in range(3):
        assert client.get(link).status_code == 200
    assert post(client, link, link).status_code == 302


def test_a_link_works_once(app: Flask, client: FlaskClient) -> None:
    link = ask_for_link(client, app)
    post(client, link, link)
    other = app.test_client()
    assert post(other, PAGE, link).status_code == 410


def test_a_link_expires(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "LINK_MINUTES", -1)
    link = ask_for_link(client, app)
    assert post(client, PAGE, link).status_code == 410


def test_a_link_that_was_used_or_is_too_old_says_so_before_anything_is_pressed(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = ask_for_link(client, app, next="/en/example/rounds/")
    post(client, link, link)
    used = app.test_client().get(link)
    monkeypatch.setattr(services, "LINK_MINUTES", -1)
    old = client.get(ask_for_link(app.test_client(), app, next="/en/example/rounds/"))
    unknown = client.get(f"{BASE}/link/{'x' * 32}?next=/en/example/rounds/")
    for answer in (used, old, unknown):
        assert answer.status_code == 410
        assert "This link no longer works" in answer.text
        assert "You are almost in" not in answer.text
        assert "sign-in?next=/en/example/rounds/" in answer.text.split("<main")[1]


def test_a_link_leads_back_to_where_the_visitor_was(app: Flask, client: FlaskClient) -> None:
    link = ask_for_link(client, app, next="/en/example/")
    answer = post(client, link, link, next="/en/example/")
    assert answer.location == "/en/example/"


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "/\tevil", "javascript:1"],
)
def test_a_link_never_leads_to_another_site(app: Flask, client: FlaskClient, target: str) -> None:
    link = ask_for_link(client, app)
    assert "evil" not in post(client, link, link, next=target).location


def test_an_address_that_is_none_is_refused_at_its_field(client: FlaskClient) -> None:
    answer = post(client, PAGE, f"{BASE}/sign-in/link", email="ana@")
    assert answer.status_code == 422
    assert "Enter an e-mail address like name@example.org." in answer.text


@pytest.mark.usefixtures("whole_work")
def test_a_password_signs_in(app: Flask, client: FlaskClient) -> None:
    with_password(app)
    assert sign_in(client).status_code == 302
    assert client.get(f"{BASE}/").status_code == 200
    with app.app_context():
        user = services.find("ana@example.org")
        assert user is not None
        assert str(user.password_hash).startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(
    app: Flask, client: FlaskClient
) -> None:
    with_password(app)
    wrong = sign_in(client, password="something else entirely")
    unknown = sign_in(client, email="eve@example.org")
    assert wrong.status_code == unknown.status_code == 422
    assert "do not belong together" in wrong.text
    assert "do not belong together" in unknown.text


def test_guessing_is_slowed_down_and_locks_nobody_else_out(app: Flask, client: FlaskClient) -> None:
    with_password(app)
    with clock.replay(datetime.now(UTC)):  # or a new minute may begin, with guesses of its own
        answers = [sign_in(client, password=f"guess number {n}").status_code for n in range(11)]
    assert answers[-1] == 429
    elsewhere = app.test_client()
    elsewhere.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    assert sign_in(elsewhere).status_code == 302


def test_signing_out_ends_the_session_and_clears_the_device(
    app: Flask, client: FlaskClient
) -> None:
    with_password(app)
    sign_in(client)
    with client.session_transaction() as kept:
        stolen = dict(kept)
    answer = post(client, f"{BASE}/", f"{BASE}/sign-out")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    thief = app.test_client()
    with thief.session_transaction() as session:
        session.update(stolen)
    assert thief.get(f"{BASE}/").status_code == 302


def test_a_session_ends_when_nobody_uses_it(app: Flask, client: FlaskClient) -> None:
    with_password(app)
    with time_machine.travel("2026-05-01 10:00Z", tick=False):
        sign_in(client)
        with client.session_transaction() as session:
            session["seen"] -= 3601
        assert client.get(f"{BASE}/").status_code == 302


def test_a_new_password_signs_other_devices_out(app: Flask, client: FlaskClient) -> None:
    with_password(app)
    elsewhere = app.test_client()
    sign_in(elsewhere)
    sign_in(client)
    new = "four different wooden spoons"
    assert set_password(client, new, PASSWORD).status_code == 302
    assert client.get(f"{BASE}/").status_code == 200
    assert elsewhere.get(f"{BASE}/").status_code == 302


def test_a_new_password_needs_the_present_one(app: Flask, client: FlaskClient) -> None:
    with_password(app)
    sign_in(client)
    new = "four different wooden spoons"
    assert "Your present password" in client.get(f"{BASE}/").text
    for present in ("", "something else entirely"):
        answer = set_password(client, new, present)
        assert answer.status_code == 422
        assert "Enter your present password" in answer.text
    assert sign_in(app.test_client(), password=new).status_code == 422


def test_after_a_sign_in_by_link_of_the_last_minutes_no_password_is_asked_for(
    app: Flask, client: FlaskClient
) -> None:
    with_password(app)
    link = ask_for_link(client, app)
    new = "four different wooden spoons"
    post(client, link, link)
    assert set_password(client, new).status_code == 302
    assert sign_in(app.test_client(), password=new).status_code == 302
    assert set_password(client, PASSWORD).status_code == 422, "one link, one new password"


def test_an_old_sign_in_by_link_does_not_stand_in_for_the_password(
    app: Flask, client: FlaskClient
) -> None:
    with_password(app)
    link = ask_for_link(client, app)
    post(client, link, link)
    later = datetime.now(UTC) + timedelta(minutes=31)
    with clock.replay(later):
        assert set_password(client, "four different wooden spoons").status_code == 422


def test_the_first_password_needs_no_other(app: Flask, client: FlaskClient) -> None:
    link = ask_for_link(client, app)
    post(client, link, link)
    with clock.replay(datetime.now(UTC) + timedelta(minutes=31)):
        assert set_password(client, PASSWORD).status_code == 302


def test_guessing_the_present_password_is_stopped(app: Flask, client: FlaskClient) -> None:
    with_password(app)
    sign_in(client)
    with clock.replay(datetime.now(UTC)):
        answers = [set_password(client, PASSWORD, f"guess {n}").status_code for n in range(11)]
    assert answers[-1] == 429


def test_a_short_password_is_refused_at_its_field(app: Flask, client: FlaskClient) -> None:
    with_password(app)
    sign_in(client)
    answer = post(client, f"{BASE}/", f"{BASE}/password", password="short", again="short")
    assert answer.status_code == 422
    assert "Use at least 12 characters." in answer.text


def test_an_official_passes_a_second_factor_once_with_each_code(
    app: Flask, client: FlaskClient
) -> None:
    with_password(app, Role.AUDITOR, totp=SECRET)
    answer = sign_in(client)
    assert answer.location.startswith(f"{BASE}/second-factor")
    code = pyotp.TOTP(SECRET).now()
    page = f"{BASE}/second-factor"
    assert post(client, page, page, code=code).status_code == 302
    again = app.test_client()
    sign_in(again)
    assert post(again, page, page, code=code).status_code == 422


def test_an_official_without_a_second_factor_sets_it_up_first(
    app: Flask, client: FlaskClient
) -> None:
    with_password(app, Role.ADMINISTRATOR)
    sign_in(client)
    page = f"{BASE}/second-factor"
    assert re.search(r'class="qr"[^>]*>\s*<svg', client.get(page).text)
    with client.session_transaction() as session:
        secret = session["pending_totp"]
    assert post(client, page, page, code="000000").status_code == 422
    assert post(client, page, page, code=pyotp.TOTP(secret).now()).status_code == 302
    with app.app_context():
        assert db.session.scalars(select(User)).one().totp_secret == secret


def test_no_token_stands_in_the_database(app: Flask, client: FlaskClient) -> None:
    link = ask_for_link(client, app)
    post(client, link, link)
    with app.app_context():
        row = db.session.scalars(select(SignIn)).one()
        assert row.token_hash not in link
        assert db.session.scalar(select(func.count()).select_from(SignIn)) == 1
    with client.session_transaction() as session:
        assert session["_user_id"] != row.token_hash


def test_a_form_without_its_token_is_refused(client: FlaskClient) -> None:
    answer = client.post(f"{BASE}/sign-in/link", data={"email": "ana@example.org"})
    assert answer.status_code == 400


def test_the_address_to_come_back_to_is_the_one_that_was_asked_for(client: FlaskClient) -> None:
    assert client.get(f"{BASE}/").location.endswith("sign-in?next=/en/example/account/")
