"""`make screenshots`: pictures of the example parliament's main pages, wide and narrow."""

import os
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from flask_migrate import upgrade
from playwright.sync_api import Page, sync_playwright
from werkzeug.serving import make_server

from budget_app import create_app, jobs
from budget_app.cli.progress import Steps, speaker
from budget_app.demonstration import people
from budget_app.demonstration.fill import VOTERS, fill
from budget_app.extensions import db
from budget_app.settings import Settings
from tests.browser.conftest import FLAGS
from voting.database import writing

FOLDER = Path("docs/images")
SIZES = {"wide": (1280, 900), "narrow": (320, 640)}
HOME = "/en/san-telmo"
OPEN, CERTIFIED, IDEAS = (
    f"{HOME}/rounds/{slug}" for slug in ("youth-2027", "budget-2026", "ideas-2028")
)
PUBLIC = {
    "home": f"{HOME}/",
    "round": f"{OPEN}/",
    "rules": f"{OPEN}/rules",
    "log": f"{OPEN}/audit/log",
    "proposals": f"{IDEAS}/proposals/",
    "result": f"{CERTIFIED}/results/",
    "steps": f"{CERTIFIED}/results/steps",
    "evidence": f"{CERTIFIED}/audit/evidence",
}


@contextmanager
def example() -> Iterator[tuple[str, people.Way, str]]:
    """The example parliament behind a port: its address, one citizen and the password."""
    with TemporaryDirectory() as folder:
        app = create_app(
            Settings(instance_path=Path(folder), embedded_worker=False, log_level="ERROR")
        )
        with app.app_context(), writing():
            upgrade()
            fill(Steps(speaker(to_stderr=False)).step, VOTERS)
            citizen = next(way for way in people.ways_in() if way.identity_number)
            password = people.password()
            db.session.commit()
        server = make_server("127.0.0.1", 0, app, threaded=True)
        stop = threading.Event()
        for target, args in ((server.serve_forever, ()), (jobs.run_forever, (app, stop))):
            threading.Thread(target=target, args=args, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", citizen, password
        stop.set()
        server.shutdown()


def vote(page: Page, citizen: people.Way, password: str) -> None:
    """From the sign-in to the receipt."""
    page.goto(f"{HOME}/account/sign-in")
    page.locator("details.more summary").click()
    page.fill("#password-email", citizen.email)
    page.fill("#password-password", password)
    page.locator("form[action*='sign-in/password'] button").click()
    page.goto(f"{OPEN}/vote/eligibility")
    page.fill("[name=identity_number]", citizen.identity_number)
    year, month, day = citizen.date_of_birth.split("-")
    for name, value in (("day", day), ("month", month), ("year", year)):
        page.fill(f"[name={name}]", value)
    page.locator("form[action$='/eligibility'] button").click()
    page.get_by_role("link", name="Vote now").click()
    for number in (0, 2):
        page.locator("[data-id]").nth(number).locator(".choose-button:visible").first.click()
    page.evaluate("window.scrollTo(0, 0)")
    take(page, "ballot")
    page.locator("[data-review]").click()
    page.locator("#cast").wait_for(timeout=20_000)
    take(page, "review")
    page.get_by_role("button", name="Put my ballot in the box").click()
    page.locator("#log-status", has_text="of the public log").wait_for(timeout=20_000)
    take(page, "receipt")


def take(page: Page, name: str) -> None:
    """Pictures of the present page in every size."""
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        page.screenshot(path=FOLDER / f"{name}-{size}.png")
    width, height = SIZES["wide"]
    page.set_viewport_size({"width": width, "height": height})


def main() -> int:
    chromium = shutil.which("chromium")
    if chromium is None:
        print("Chromium is not installed (Debian: apt install chromium).", file=sys.stderr)
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    flags = [*FLAGS, *(["--no-sandbox"] if os.getuid() == 0 else [])]
    with example() as (address, citizen, password), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        page = browser.new_page(base_url=address, reduced_motion="reduce")
        for name, path in PUBLIC.items():
            page.goto(path)
            take(page, name)
        vote(page, citizen, password)
        browser.close()
    print(f"Pictures are in {FOLDER}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
