"""Witnesses of a log as people see them: named in the set-up, and followed on the public pages."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from budget_app.extensions import db
from budget_app.rounds import secrecy, services
from tallying.evidence.notes import Verifier
from tests.browser.conftest import AXE, LiveServer
from tests.browser.test_every_page import NARROW, check
from tests.budget_app.rounds.office import ROUND, SETUP, Office, found_office
from tests.tallying.witness.served import free_port, new_witness, serving
from voting.models import Poll

pytestmark = pytest.mark.browser

POLL = "example/schools"


def signed_in(browser: Browser, server: LiveServer, office: Office) -> Page:
    """An administrator's browser on a narrow screen."""
    cookie = office.browser("ada").client.get_cookie("session")
    assert cookie is not None
    context = browser.new_context(viewport=NARROW, base_url=server.url, reduced_motion="reduce")
    context.add_cookies([{"name": "session", "value": cookie.value, "url": server.url}])
    return context.new_page()


def add(page: Page, name: str, key: str, address: str) -> None:
    page.get_by_text("Add a witness").click()
    page.get_by_label("Short name").fill(name)
    page.get_by_label("Verifier key").fill(key)
    page.get_by_label("Address").fill(address)
    page.get_by_role("button", name="Add the witness").click()


def seal(office: Office) -> None:
    with office.work():
        round_, ada = office.round_(), office.person("ada")
        secrecy.choose_exercise(round_, by=ada)
        services.seal(round_, by=ada)


def test_a_witness_is_named_signs_and_is_shown(
    browser: Browser, live_server: LiveServer, tmp_path: Path
) -> None:
    office, source = found_office(live_server.app), AXE.read_text(encoding="utf8")
    office.fill()
    witness, port = new_witness("press.example.org/witness-of-budgets"), free_port()
    page = signed_in(browser, live_server, office)
    page.goto(SETUP + "/witnesses")
    wrong = check(page, source)
    add(page, "Press", "PRIVATE+KEY+press+0+0", f"http://127.0.0.1:{port}")
    expect(page.get_by_text("This is a private key").first).to_be_visible()
    wrong += check(page, source)
    page.get_by_label("Verifier key").fill(witness.verifier_key)
    page.get_by_role("button", name="Add the witness").click()
    page.get_by_label("So many of the witnesses must sign").fill("1")
    wrong += check(page, source)
    page.get_by_role("button", name="Save and go on").first.click()
    expect(page.get_by_text("Saved.")).to_be_visible()

    seal(office)
    with office.work():
        key = db.session.scalars(db.select(Poll.log_key).where(Poll.round_id == POLL)).one() or ""
    page.goto(ROUND + "rules")
    wrong += check(page, source)
    with serving(tmp_path / "state", Verifier.parse(key), witness=witness, port=port):
        page.goto(ROUND + "audit/log")
        for _ in range(60):
            if page.get_by_text("Enough of them have signed").count():
                break
            page.wait_for_timeout(250)
            page.reload()
    expect(page.get_by_role("rowheader", name="Press")).to_be_visible()
    expect(page.get_by_text("Enough of them have signed the first entry.")).to_be_visible()
    wrong += check(page, source)
    page.context.close()
    assert wrong == []
