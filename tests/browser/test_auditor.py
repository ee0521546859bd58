"""An auditor, from the bundle to certification: wide with scripts, narrow without."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveServer, PageFactory
from tests.budget_app.audit.scenes import HOME, Counted, counted_round

pytestmark = pytest.mark.browser

Axe = Callable[[Page], None]
LANGUAGES = ["en", "es", "fr", "pt"]
SECONDS = 60
both_ways = pytest.mark.parametrize(
    ("width", "javascript"), [(1280, True), (320, False)], ids=["wide", "narrow without scripts"]
)
COMMAND = "from tallying.cli import main; raise SystemExit(main())"


def tallying(folder: Path, *arguments: str) -> str:
    """Run the command as on the auditor's own machine; answers what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def sign_in(server: LiveServer, scene: Counted, page: Page, name: str) -> None:
    """Bring the session of somebody who has passed the second factor."""
    cookie = scene.browser(name).client.get_cookie("session")
    assert cookie is not None
    page.context.add_cookies([{"name": "session", "value": cookie.value, "url": server.url}])


def fits(page: Page) -> bool:
    """Nothing reaches beyond the right edge."""
    return bool(
        page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        )
    )


def look(page: Page, axe: Axe) -> None:
    """The page at hand has no barrier, and fits."""
    axe(page)
    assert fits(page), page.url


def register_key(page: Page, folder: Path, axe: Axe) -> None:
    public = tallying(folder, "keygen", "--kind", "auditor", "--name", "aude.example/2027")
    page.get_by_role("link", name="Register your key").locator("visible=true").click()
    look(page, axe)
    page.get_by_label("Verifier key").fill(public.strip())
    page.get_by_role("button", name="Register my key").click()


def download(page: Page, folder: Path) -> None:
    with page.expect_download() as started:
        page.get_by_role("link", name="Download the auditors' edition").click()
    started.value.save_as(folder / "bundle.zip")


@both_ways
def test_an_auditor_verifies_the_bundle_and_certifies_the_result(
    live_server: LiveServer,
    page_factory: PageFactory,
    axe: Axe,
    tmp_path: Path,
    width: int,
    javascript: bool,
) -> None:
    scene = counted_round(live_server.app)
    page = page_factory(width, javascript=javascript, accept_downloads=True)
    sign_in(live_server, scene, page, "aude")
    page.goto(HOME + "audit/")
    look(page, axe)
    download(page, tmp_path)
    assert "FAIL" not in tallying(tmp_path, "verify", "bundle.zip")
    page.goto(HOME + "audit/attest")
    page.get_by_role("link", name="Register my key").click()
    register_key(page, tmp_path, axe)
    expect(page.locator("h1")).to_have_text("Attest the count")
    look(page, axe)
    if javascript:
        page.get_by_label("Your key file").set_input_files(tmp_path / "auditor.key")
        expect(page.get_by_text("Signed. Send it below.")).to_be_visible()
    else:
        expect(page.get_by_label("Your key file")).to_be_hidden()
        tallying(tmp_path, "attest", "bundle.zip", "--key", "auditor.key")
        page.get_by_label("Signed note, as a file").set_input_files(tmp_path / "attestation.note")
    page.get_by_role("button", name="Put my attestation on the record").click()
    expect(page.get_by_text("Your attestation is on the record.")).to_be_visible()
    look(page, axe)
    page.goto(HOME + "results/")
    expect(page.locator(".proof").first).to_contain_text("Certified")
    look(page, axe)
    page.goto(HOME + "audit/evidence")
    expect(page.get_by_role("rowheader", name="Aude")).to_be_visible()
    look(page, axe)


def test_the_browser_refuses_a_key_that_is_not_registered(
    live_server: LiveServer, page_factory: PageFactory, tmp_path: Path
) -> None:
    scene = counted_round(live_server.app)
    scene.with_key("aude")
    page = page_factory()
    sign_in(live_server, scene, page, "aude")
    page.goto(HOME + "audit/attest")
    tallying(tmp_path, "keygen", "--kind", "auditor", "--name", "aude.example/2027")
    page.get_by_label("Your key file").set_input_files(tmp_path / "auditor.key")
    expect(
        page.get_by_text("This key is not the one that you have registered here.")
    ).to_be_visible()
    (tmp_path / "letter.txt").write_text("Dear auditor")
    page.get_by_label("Your key file").set_input_files(tmp_path / "letter.txt")
    expect(page.get_by_text("This file is no signing key.")).to_be_visible()
    expect(page.get_by_label("Signed note, as text")).to_have_value("")


@both_ways
def test_an_objection_is_answered_and_upheld_and_the_pages_say_so(
    live_server: LiveServer, page_factory: PageFactory, axe: Axe, width: int, javascript: bool
) -> None:
    scene = counted_round(live_server.app)
    aude = page_factory(width, javascript=javascript)
    sign_in(live_server, scene, aude, "aude")
    aude.goto(HOME + "audit/objection")
    look(aude, axe)
    aude.get_by_label("What is wrong").fill("My recount funds the skate park.")
    aude.get_by_role("button", name="Put my objection on the record").click()
    look(aude, axe)
    ada = page_factory(width, javascript=javascript)
    sign_in(live_server, scene, ada, "ada")
    ada.goto(HOME + "audit/evidence")
    ada.get_by_role("link", name="Answer this objection").click()
    look(ada, axe)
    ada.get_by_label("Answer", exact=True).fill("The skate park costs more than was left.")
    ada.get_by_role("button", name="Publish the answer").click()
    aude.goto(HOME + "audit/")
    aude.get_by_text("Uphold my objection").click()
    aude.get_by_role("button", name="Uphold it and annul the result").click()
    expect(aude.get_by_text("The result is annulled.")).to_be_visible()
    look(aude, axe)
    aude.goto(HOME + "results/")
    expect(aude.get_by_text("This result was annulled")).to_be_visible()
    look(aude, axe)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_public_pages_of_a_result_have_no_barriers(
    live_server: LiveServer, page_factory: PageFactory, axe: Axe, language: str
) -> None:
    counted_round(live_server.app, official=["p01", "p08"])
    page = page_factory(320)
    home = HOME.replace("/en/", f"/{language}/")
    for path in (
        "results/",
        "results/projects/p01",
        "results/projects/p06",
        "results/steps",
        "audit/evidence",
        "audit/log",
    ):
        page.goto(home + path)
        look(page, axe)
