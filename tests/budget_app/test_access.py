"""Every view's access rule, over roles × endpoints."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import AnyConverter, Rule

from budget_app.access import EXTENSION_ENDPOINTS, loader
from budget_app.accounts.models import Role
from budget_app.extensions import db
from budget_app.parliaments.services import create_parliament
from tests.budget_app.booth.scenes import open_scene
from tests.budget_app.conftest import AsUser
from voting.database import writing

pytestmark = pytest.mark.one_store

PARTS = {
    "language": "en",
    "parliament": "example",
    "round_slug": "schools",
    "district_slug": "north",
    "project_key": "a",
    "criterion_key": "legal",
    "act": "up",
    "kind": "close",
    "change": "extend",
    "verb": "withdraw",
    "wish": "follow",
    "role": "reviewer",
    "code": "7K3M-9Q2T-XW4H-0RZD",
    "token": "a-token",
    "invitation_token": "a-token",
    "picture_name": "a-name",
}
NUMBER = 4711
OFFICIALS = tuple(role for role in Role if role is not Role.CITIZEN)


@pytest.fixture
def site(app: Flask) -> Flask:
    """Two parliaments, one of them with an open round."""
    open_scene(app)
    with app.app_context(), writing():
        create_parliament("other", {"en": "Other"}, languages=["en"], currency="EUR")
        db.session.commit()
    app.config["WTF_CSRF_ENABLED"] = False
    return app


def guarded(app: Flask) -> Iterator[tuple[str, str, frozenset[Role]]]:
    """Method, address and roles of every view that is not public."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint in EXTENSION_ENDPOINTS:
            continue
        allowed = app.view_functions[rule.endpoint].access_rule  # type: ignore[attr-defined]
        if allowed.signed_in:
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                yield method, address(app, rule), allowed.roles


def address(app: Flask, rule: Rule) -> str:
    values = {name: part(rule, name) for name in rule.arguments}
    with app.test_request_context():
        return app.url_map.bind("localhost").build(rule.endpoint, values)


def part(rule: Rule, name: str) -> str | int:
    """A value that the address takes: the first of a choice, else what is known, else a number."""
    converter = rule._converters[name]
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return PARTS.get(name, NUMBER)


def answer(client: FlaskClient, method: str, path: str) -> tuple[int, str]:
    got = client.open(path, method=method)
    return got.status_code, got.location or ""


def test_nobody_signed_out_sees_more_than_public_pages(site: Flask) -> None:
    for method, path, _ in guarded(site):
        status, location = answer(site.test_client(), method, path)
        assert (status, "/account/sign-in" in location) == (302, True), (method, path)


def test_a_citizen_holds_no_official_right(site: Flask, as_user: AsUser) -> None:
    client = as_user("citizen@example.org")
    for method, path, roles in guarded(site):
        status, _ = answer(client, method, path)
        assert (status == 403) is bool(roles), (method, path, status)


@pytest.mark.parametrize("role", OFFICIALS)
def test_an_official_holds_the_rights_of_the_role_and_no_other(
    site: Flask, as_user: AsUser, role: Role
) -> None:
    client = as_user(f"{role}@example.org", role)
    for method, path, roles in guarded(site):
        status, _ = answer(client, method, path)
        assert (status == 403) is bool(roles and role not in roles), (method, path, status)


def test_an_official_of_another_parliament_holds_no_right_here(
    site: Flask, as_user: AsUser
) -> None:
    client = as_user("far@example.org", *OFFICIALS, slug="other")
    for method, path, roles in guarded(site):
        if roles:
            assert answer(client, method, path)[0] == 403, (method, path)


@pytest.mark.both_stores
def test_a_number_too_great_for_the_database_is_no_address(site: Flask) -> None:
    path = "/en/example/rounds/schools/audit/evidence/"
    assert answer(site.test_client(), "GET", f"{path}{2**31 - 1}")[0] == 404
    assert answer(site.test_client(), "GET", f"{path}{2**64}")[0] == 404


def test_an_official_without_the_second_factor_is_sent_to_give_it(
    site: Flask, as_user: AsUser
) -> None:
    client = as_user("half@example.org", *OFFICIALS, second_factor=False)
    for method, path, roles in guarded(site):
        if roles:
            status, location = answer(client, method, path)
            assert (status, "/account/second-factor" in location) == (302, True), (method, path)


def test_two_features_cannot_claim_one_part_of_an_address() -> None:
    with pytest.raises(RuntimeError, match="proposal_id"):
        loader("proposal_id", gives="something")(lambda _loaded, _value: None)
