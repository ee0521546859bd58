"""A start without the demonstration."""

import re

import pyotp
import pytest
from flask import Flask

from budget_app.accounts import services as accounts
from budget_app.accounts.models import Role, SignIn, User
from budget_app.extensions import db
from budget_app.parliaments.models import Parliament
from budget_app.parliaments.queries import by_slug
from tests.budget_app.cli.conftest import Run
from tests.budget_app.conftest import AsUser

MADE = ("create-parliament", "congress", "--name", "es=Congreso", "--name", "pt=Congresso")


@pytest.fixture
def parliament(run: Run) -> None:
    assert run(*MADE, "--currency", "usd").exit_code == 0


def user(email: str) -> User:
    found = accounts.find(email)
    assert found is not None
    return found


def link(told: str) -> str:
    found = re.search(r"http://localhost:5000(/\S+)", told)
    assert found is not None
    return found[1]


def test_a_parliament_has_pages_in_its_languages(run: Run, app: Flask, parliament: None) -> None:
    with app.app_context():
        made = db.session.scalars(db.select(Parliament)).one()
        assert (made.slug, made.currency, made.languages) == ("congress", "USD", ["es", "pt"])
        assert not made.is_example
    assert app.test_client().get("/es/congress/").status_code == 200


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((*MADE, "--currency", "USD"), "There is already a parliament “congress”"),
        (("create-parliament", "Con gress", "--name", "es=C", "--currency", "USD"), "address"),
        (("create-parliament", "other", "--name", "es=C", "--currency", "Gold"), "currency"),
        (("create-parliament", "other", "--name", "de=C", "--currency", "EUR"), "Languages"),
        (("create-parliament", "other", "--name", "es=", "--currency", "EUR"), "needs a name"),
        (
            ("create-parliament", "other", "--name", "Congreso", "--currency", "EUR"),
            "LANGUAGE=NAME",
        ),
        (("create-parliament", "other", "--currency", "EUR"), "--name"),
        (
            (
                "create-parliament",
                "other",
                "--name",
                "es=C",
                "--currency",
                "EUR",
                "--accent",
                "#fff",
            ),
            "colour",
        ),
        (
            (
                "create-parliament",
                "other",
                "--name",
                "es=C",
                "--currency",
                "EUR",
                "--timezone",
                "X",
            ),
            "time zone",
        ),
    ],
)
def test_a_parliament_that_cannot_be_made_is_refused(
    run: Run, app: Flask, parliament: None, arguments: tuple[str, ...], told: str
) -> None:
    result = run(*arguments)
    assert result.exit_code != 0
    assert told in result.stderr
    with app.app_context():
        assert by_slug("other") is None


def test_the_first_administrator_gets_a_link_and_a_second_factor(
    run: Run, app: Flask, parliament: None
) -> None:
    told = run("create-administrator", "congress", "Ana@Example.org", "--name", "Ana").stdout
    with app.app_context():
        ana = user("ana@example.org")
        made = by_slug("congress")
        assert made is not None
        assert Role.ADMINISTRATOR in ana.roles_in(made)
        assert ana.totp_secret
        assert ana.totp_secret in told
        assert pyotp.parse_uri(re.search(r"otpauth://\S+", told)[0]).secret == ana.totp_secret  # type: ignore[index]
    assert app.test_client().get(link(told)).status_code == 200


def test_other_roles_can_be_given(run: Run, app: Flask, parliament: None) -> None:
    run("create-administrator", "congress", "aude@example.org", "--role", "auditor")
    with app.app_context():
        made = by_slug("congress")
        assert made is not None
        assert user("aude@example.org").roles_in(made) == {Role.AUDITOR, Role.CITIZEN}


def test_an_administrator_without_an_email_address_is_refused(run: Run, parliament: None) -> None:
    result = run("create-administrator", "congress", "marie")
    assert result.exit_code == 2
    assert "“marie” is not an e-mail address" in result.stderr


def test_an_administrator_of_no_parliament_is_refused(run: Run, app: Flask) -> None:
    result = run("create-administrator", "nowhere", "ana@example.org")
    assert result.exit_code == 1
    assert "There is no parliament “nowhere”" in result.stderr
    with app.app_context():
        assert accounts.find("ana@example.org") is None


def test_a_lost_second_factor_is_replaced_and_every_sign_in_ends(
    run: Run, app: Flask, parliament: None, as_user: AsUser
) -> None:
    run("create-administrator", "congress", "ana@example.org")
    with app.app_context():
        before = user("ana@example.org").totp_secret
    as_user("ana@example.org", slug="congress")
    told = run("reset-second-factor", "congress", "ana@example.org").stdout
    with app.app_context():
        after = user("ana@example.org").totp_secret
        assert after
        assert after != before
        assert after in told
        assert db.session.scalars(db.select(SignIn)).all() == []


@pytest.mark.parametrize("email", ["nobody@example.org", "citizen@example.org"])
def test_only_people_with_a_role_have_a_second_factor_to_reset(
    run: Run, parliament: None, as_user: AsUser, email: str
) -> None:
    as_user("citizen@example.org", slug="congress")
    result = run("reset-second-factor", "congress", email)
    assert result.exit_code == 1
    assert f"{email} has no role in congress" in result.stderr
