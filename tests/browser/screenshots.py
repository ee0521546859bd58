"""`make screenshots`: pictures of the example parliament's main pages, wide and narrow."""

import os
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import select
from werkzeug.serving import make_server

from budget_app import create_app, jobs
from budget_app.accounts.models import Role
from budget_app.cli.progress import Steps, speaker
from budget_app.demonstration import people
from budget_app.demonstration.fill import VOTERS, fill
from budget_app.extensions import db
from budget_app.parliaments.queries import by_slug
from budget_app.settings import Settings
from budget_app.training.models import Beginning, Delegation
from budget_app.training.services import begin
from tests.browser.conftest import FLAGS
from tests.example import cookie_of
from voting.database import writing

FOLDER = Path("docs/images")
SIZES = {"wide": (1280, 900), "narrow": (320, 1000)}
COLOURS = 96
"""Of a picture's palette: pages have few, and a file is a third of what it would be."""

HOME = "/en/san-telmo"
OPEN, CERTIFIED, IDEAS = (
    f"{HOME}/rounds/{slug}" for slug in ("youth-2027", "budget-2026", "ideas-2028")
)
PAGES: dict[str, dict[str, str]] = {
    "nobody": {
        "home": f"{HOME}/",
        "about": f"{HOME}/pages/about",
        "round": f"{OPEN}/",
        "rules": f"{OPEN}/rules",
        "log": f"{OPEN}/audit/log",
        "card": f"{OPEN}/projects/p001/card",
        "proposals": f"{IDEAS}/proposals/",
        "map": f"{IDEAS}/map",
        "comparison": f"{IDEAS}/compare?proposal=1&proposal=4&proposal=5",
        "comments": f"{IDEAS}/proposals/5/comments",
        "history": f"{IDEAS}/proposals/4/history",
        "moderation-log": f"{HOME}/moderation/log",
        "answers": f"{CERTIFIED}/answers",
        "result": f"{CERTIFIED}/results/",
        "steps": f"{CERTIFIED}/results/steps",
        "evidence": f"{CERTIFIED}/audit/evidence",
        "hearings": f"{HOME}/hearings/",
        "hearing": f"{HOME}/hearings/2",
        "hearing-over": f"{HOME}/hearings/3",
        "join": "/en/join/{code}",
    },
    "citizen": {
        "proposal": f"{IDEAS}/proposals/5",
        "writing": f"{IDEAS}/proposals/new",
        "survey": f"{OPEN}/surveys/1",
    },
    "moderator": {"moderation": f"{HOME}/moderation/"},
    "reviewer": {"review": f"{IDEAS}/proposals/review"},
    "administrator": {"desk": f"{HOME}/administration/", "training": f"{HOME}/training/1"},
}
"""By who sees them; `{code}` is that of a delegation's exercise."""


@contextmanager
def example() -> Iterator[tuple[Flask, str]]:
    """The example parliament with a training session, behind a port."""
    with TemporaryDirectory() as folder:
        app = create_app(
            Settings(instance_path=Path(folder), embedded_worker=False, log_level="ERROR")
        )
        with app.app_context(), writing():
            upgrade()
            fill(Steps(speaker(to_stderr=False)).step, VOTERS)
            train()
            db.session.commit()
        server = make_server("127.0.0.1", 0, app, threaded=True)
        stop = threading.Event()
        for target, args in ((server.serve_forever, ()), (jobs.run_forever, (app, stop))):
            threading.Thread(target=target, args=args, daemon=True).start()
        yield app, f"http://127.0.0.1:{server.server_port}"
        stop.set()
        server.shutdown()


def train() -> None:
    """A training session of two delegations, whose exercises are made by the worker."""
    host = by_slug(HOME.rpartition("/")[2])
    assert host is not None
    office = people.with_role(Role.ADMINISTRATOR)[0]
    delegations = {Beginning.BOTH: ["Port-Sable"], Beginning.DELIVERY: ["Monte Alto"]}
    begin(host, "Open budgets, a seminar", delegations, 90, by=office)


def visitor(browser: Browser, app: Flask, address: str, role: str) -> Page:
    """A page of somebody with that role, wide."""
    width, height = SIZES["wide"]
    context = browser.new_context(
        base_url=address, reduced_motion="reduce", viewport={"width": width, "height": height}
    )
    if role != "nobody":
        cookie: Any = {"name": "session", "value": cookie_of(app, role), "url": address}
        context.add_cookies([cookie])
    return context.new_page()


def code_of_exercise(app: Flask) -> str:
    with app.app_context():
        code = db.session.scalar(select(Delegation.code).limit(1))
        db.session.remove()
    return str(code)


def vote(page: Page, citizen: people.Way) -> None:
    """From the question whether one may vote to the receipt."""
    page.goto(f"{OPEN}/vote/eligibility")
    page.fill("[name=identity_number]", citizen.identity_number)
    year, month, day = citizen.date_of_birth.split("-")
    for name, value in (("day", day), ("month", month), ("year", year)):
        page.fill(f"[name={name}]", value)
    page.locator("form[action$='/eligibility'] button").click()
    page.locator("button[value=join]").click()
    page.get_by_role("link", name="Vote now").click()
    for number in (0, 2):
        page.locator("[data-id]").nth(number).locator(".choose-button:visible").first.click()
    page.evaluate("window.scrollTo(0, 0)")
    take(page, "ballot")
    page.locator("[data-review]").click()
    page.locator("#cast").wait_for(timeout=60_000)
    take(page, "review")
    page.get_by_role("button", name="Put my ballot in the box").click()
    page.locator("#log-status", has_text="of the public log").wait_for(timeout=60_000)
    take(page, "receipt")


def propose(page: Page) -> None:
    """A draft, and what resembles it before it is submitted."""
    page.goto(f"{IDEAS}/proposals/new")
    page.fill("[name=title]", "Shade and water at the clinics")
    page.fill("[name=summary]", "Benches with shade, and a water tap, where people wait.")
    page.fill(
        "textarea[name=description]", "People wait outside our clinics from early in the morning."
    )
    take(page, "writing")
    page.select_option("[name=district]", index=1)
    page.locator("[name=submit]").click()
    page.wait_for_url("**/similar")
    take(page, "similar")


def take(page: Page, name: str) -> None:
    """Pictures of the present page in every size."""
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_load_state("networkidle")
        keep(page.screenshot(), FOLDER / f"{name}-{size}.png")
    width, height = SIZES["wide"]
    page.set_viewport_size({"width": width, "height": height})


def keep(picture: bytes, path: Path) -> None:
    """Write a small file: with a palette in place of all colours."""
    Image.open(BytesIO(picture)).convert("RGB").quantize(COLOURS).save(path, optimize=True)


def main() -> int:
    chromium = shutil.which("chromium")
    if chromium is None:
        print("Chromium is not installed (Debian: apt install chromium).", file=sys.stderr)
        return 1
    flags = [*FLAGS, *(["--no-sandbox"] if os.getuid() == 0 else [])]
    with example() as (app, address), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        shutil.rmtree(FOLDER, ignore_errors=True)  # no picture of a page that is gone
        FOLDER.mkdir(parents=True)
        for role, pages in PAGES.items():
            page = visitor(browser, app, address, role)
            for name, path in pages.items():
                page.goto(path.format(code=code_of_exercise(app)))
                take(page, name)
            if role == "citizen":
                with app.app_context():
                    citizen = next(way for way in people.ways_in() if way.role == "citizen")
                propose(page)
                vote(page, citizen)
        browser.close()
    print(f"Pictures are in {FOLDER}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
