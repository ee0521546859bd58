"""The key ceremony at the browser: naming the two bodies, and the test of their keys."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tallying.sealing.keys import fingerprint, read_public
from tests.browser.conftest import LiveServer, PageFactory
from tests.browser.test_administrator import Official
from tests.budget_app.rounds.office import SETUP, found_office
from tests.budget_app.rounds.test_keys import LAYERS, Bodies

pytestmark = pytest.mark.browser

Axe = Callable[[Page], None]
LINE = 64
WRONG = "This is a private key, or a share of one"


def lines(text: str) -> str:
    """A long line as a mail program breaks it."""
    return "\n".join(text[at : at + LINE] for at in range(0, len(text), LINE))


def name_the_bodies(ada: Official, bodies: Bodies) -> None:
    """Two mistakes, then the right keys, with line breaks."""
    ada.come_to(SETUP + "/keys")
    entered = bodies.form(outer_key=bodies.private["outer"], inner_signer_2="")
    del entered["secrecy"]
    ada.fill(**entered)
    ada.press("Save and go on")
    expect(ada.page.locator("#outer_key-error")).to_contain_text(WRONG)
    expect(ada.page.locator("#inner_signer_2-error")).to_contain_text("cannot stay empty")
    expect(ada.page.locator("[name=outer_key]")).to_have_value("")
    assert bodies.private["outer"][-24:] not in ada.page.content()
    ada.fill(
        outer_key=lines(bodies.public["outer"]), inner_signer_2=bodies.form()["inner_signer_2"]
    )
    ada.press("Save and go on")
    ada.come_to(SETUP + "/keys")
    for layer in LAYERS:
        shown = fingerprint(read_public(bodies.public[layer]))
        expect(ada.page.locator("main")).to_contain_text(f"Fingerprint of its key: {shown}.")


def brought(bodies: Bodies, layer: str, stage: bytes) -> Iterator[tuple[str, FilePayload]]:
    """What a body brings, as the fields of the page take it."""
    for field, (content, name) in bodies.open(layer, stage).items():
        yield (
            field,
            FilePayload(name=name, mimeType="application/octet-stream", buffer=content.getvalue()),
        )


def bring(ada: Official, files: dict[str, FilePayload]) -> None:
    for field, file in files.items():
        ada.page.set_input_files(f"main [name={field}]", file)
    ada.press("Take this layer")


def fetched(ada: Official) -> bytes:
    with ada.page.expect_download() as download:
        ada.page.get_by_role("button", name="Fetch the file").click()
    return Path(download.value.path()).read_bytes()


@pytest.mark.parametrize(
    ("width", "javascript"),
    [(1280, True), (320, False)],
    ids=["wide", "narrow without scripts"],
)
def test_an_administrator_names_two_bodies_and_brings_what_their_keys_opened(
    live_server: LiveServer,
    page_factory: PageFactory,
    axe: Axe,
    tmp_path: Path,
    width: int,
    javascript: bool,
) -> None:
    found_office(live_server.app).fill()
    folder = tmp_path / "bodies"
    folder.mkdir()
    bodies = Bodies(folder)
    ada = Official(page_factory(width, javascript=javascript), axe)
    ada.sign_in(live_server, "ada@example.org")
    name_the_bodies(ada, bodies)
    ada.come_to(SETUP + "/seal")
    ada.page.locator("main summary", has_text="Seal the rules").click()
    ada.press("Seal them now")
    ada.follow("Try the keys")
    outer = dict(brought(bodies, "outer", fetched(ada)))
    bring(ada, outer | {"report": outer["stage"], "stage": outer["report"]})
    expect(ada.page.locator(".error-summary")).to_contain_text("“tallying peel” writes")
    bring(ada, outer)
    expect(ada.page.locator("main")).to_contain_text("1. Hand this file to Body inner")
    bring(ada, outer)
    expect(ada.page.locator(".error-summary")).to_contain_text("This layer is taken already")
    bring(ada, dict(brought(bodies, "inner", fetched(ada))))
    expect(ada.page.get_by_role("button", name="Ask a second official")).to_be_visible()
    ada.come_to(SETUP + "/conduct/layers")
    expect(ada.page.locator("main")).to_contain_text("Both keys were tried")
