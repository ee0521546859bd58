"""The public name: asked for where somebody publishes, refused with a sentence, never lost."""

import html

import pytest
from flask_babel import gettext

from budget_app.accounts import services as accounts
from budget_app.accounts.models import Role
from budget_app.parliaments.queries import by_slug
from tests.budget_app.booth.pages import Page
from tests.budget_app.deliberation.scenes import COMMENTS, PROPOSAL, Talk
from tests.budget_app.rounds.office import Browser

ACCOUNT = "/en/example/account/"
OPEN_LINE = "It is published with"


@pytest.fixture
def eva(talk: Talk) -> Browser:
    """Somebody without a name; rosa speaks for an office."""
    browser = talk.office.browser("eva")
    with talk.office.work():
        talk.office.person("eva").name = ""
        rosa = talk.office.person("rosa")
        rosa.office = "Office of Rosa"
        parliament = rosa.memberships[0].parliament
        talk.office.person("pat").name = "Zoé de la Peña"
        parliament.offices = [{"en": "Public works", "es": "Oficina de obras"}]
    return browser


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("x" * 121, "At most 120 characters."),
        ("Ana\u202eanA", "no characters that cannot be seen"),
        ("An\x01a", "no characters that cannot be seen"),
        ("\u200d", "A name has letters"),
        ("12 !", "A name has letters"),
        ("ana@example.org", "looks like an e-mail address"),
        ("The ÉXAMPLE", "looks like the name of an office"),
        ("office of  rosa", "looks like the name of an office"),
        ("Oficina de obras, Ana", "looks like the name of an office"),
        ("Moderação, auditora", "looks like the name of an office"),
        ("ZOÉ  de la Pena", "An official has this name"),
        ("de la Peña, Zoe", "An official has this name"),
    ],
)
def test_a_misleading_name_is_refused_and_nothing_typed_is_lost(
    talk: Talk, eva: Browser, name: str, sentence: str
) -> None:
    profile = eva.post(ACCOUNT + "profile", {"name": name, "language": "en"})
    comment = eva.post(COMMENTS, talk.words("It rains in.", public_name=name))
    for answer, field in ((profile, "profile-name"), (comment, "public_name")):
        assert answer.status_code == 422
        assert sentence in Page(answer.text).text
        assert f'id="{field}-error"' in answer.text
        assert html.escape(" ".join(name.split(" ")).replace("  ", " ")) in answer.text
    assert "It rains in." in comment.text
    assert talk.comments() == []
    with talk.office.work():
        assert talk.office.person("eva").name == ""


def test_a_name_is_asked_for_once_and_can_stay_empty(talk: Talk, eva: Browser) -> None:
    assert OPEN_LINE not in eva.text(PROPOSAL)
    assert "You can leave it empty" in eva.text(PROPOSAL)
    eva.saved(COMMENTS, talk.words(public_name=""))
    assert "It is published without your name" in eva.text(PROPOSAL)
    assert "A citizen" in talk.office.stranger().text(PROPOSAL)
    eva.saved(COMMENTS, talk.words("Really good.", public_name=" Eva  Núñez "))
    assert "It is published with your name: Eva Núñez" in eva.text(PROPOSAL)
    page = talk.office.stranger().text(PROPOSAL)
    assert "Eva Núñez" in page
    assert "A citizen" not in page
    eva.saved(COMMENTS, talk.words("No field was sent."))
    eva.saved(ACCOUNT + "profile", {"name": "", "language": "en"})
    assert "Eva" not in talk.office.stranger().text(PROPOSAL)


@pytest.mark.parametrize("language", ["en", "es", "fr", "pt"])
def test_without_a_name_stands_what_the_page_promised(
    talk: Talk, eva: Browser, language: str
) -> None:
    eva.saved(COMMENTS, talk.words(public_name=""))
    page = html.unescape(eva.text(PROPOSAL.replace("/en/", f"/{language}/")))
    with talk.office.app.test_request_context(f"/{language}/"):
        promised = gettext("a citizen")
    assert promised[:1].upper() + promised[1:] in page


def test_a_proposal_and_an_official_reply_ask_as_they_should(talk: Talk, eva: Browser) -> None:
    new = PROPOSAL.rpartition("/")[0] + "/new"
    with talk.office.work():
        district = talk.office.round_().districts[0].slug
    draft = {"title": "Trees", "district": district, "save": "1", "public_name": "ada@example.org"}
    refused = eva.client.get(eva.post(new, draft).location).text
    assert 'id="public_name-error"' in refused
    assert 'value="Trees"' in refused
    eva.saved(new, draft | {"public_name": "Eva"})
    rosa = talk.office.browser("rosa")
    rosa.saved(COMMENTS + "/official", talk.words("We know.", public_name="Somebody"))
    with talk.office.work():
        assert talk.office.person("eva").name == "Eva"
        assert talk.office.person("rosa").name == "Rosa"


def test_an_official_keeps_a_name_that_the_office_gave(talk: Talk) -> None:
    rosa = talk.office.browser("rosa")
    with talk.office.work():
        parliament = by_slug("example")
        assert parliament is not None
        accounts.grant(talk.office.person("rosa"), parliament, Role.MODERATOR)
        talk.office.person("rosa").name = "Office of Rosa"
    rosa.saved(ACCOUNT + "profile", {"name": "Office of Rosa", "language": "es"})
    rosa.saved(ACCOUNT + "profile", {"name": "Rosa", "language": "en"})


def test_a_name_of_citizens_is_free_and_an_official_may_write_their_own_anew(
    talk: Talk, eva: Browser
) -> None:
    eva.saved(ACCOUNT + "profile", {"name": "Ana", "language": "en"})
    eva.saved(ACCOUNT + "profile", {"name": "Zoé de la Peña Ruiz", "language": "en"})
    pat = talk.office.browser("pat")
    pat.saved(ACCOUNT + "profile", {"name": "Zoe de la PEÑA", "language": "en"})
