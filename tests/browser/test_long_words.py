"""A long word without a break, as anybody may type it, widens no page."""

import pytest

from budget_app.rounds import services
from tests.browser.conftest import LiveServer, PageFactory
from tests.budget_app.rounds.office import DESK, found_office

pytestmark = pytest.mark.browser

LONG = "Participation" * 9


@pytest.mark.parametrize("width", [320, 1280])
def test_a_long_word_in_a_name_widens_no_page(
    live_server: LiveServer, page_factory: PageFactory, width: int
) -> None:
    office = found_office(live_server.app)
    with office.work():
        ada = office.person("ada")
        ada.name = LONG
        services.create_round(ada.memberships[0].parliament, {"en": LONG}, by=ada, slug="long")
    cookie = office.browser("ada").client.get_cookie("session")
    assert cookie is not None
    page = page_factory(width)
    page.context.add_cookies([{"name": "session", "value": cookie.value, "url": live_server.url}])
    for name in ("", "members", "records", "rounds/long/setup"):
        page.goto(f"{live_server.url}{DESK}{name}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url


def test_a_wordy_title_above_amounts_widens_no_page(
    live_server: LiveServer, page_factory: PageFactory
) -> None:
    with live_server.app.test_request_context():
        tables = live_server.app.jinja_env.get_template("components/tables.html").module
        rows = [["Vivero con las cooperativas pesqueras", "127.173,91 US$"]]
        columns = [("Proyecto", "text"), ("Pagado por quienes lo apoyan", "number")]
        table = tables.data_table("Pagos", columns, rows, stacks=False)  # type: ignore[attr-defined]
    page = page_factory(320)
    page.goto(f"{live_server.url}/en/")
    page.locator("main").evaluate(
        "(main, table) => { main.innerHTML = `<div class=page>${table}</div>`; }", str(table)
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
