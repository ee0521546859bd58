"""Addresses and words of templates are remembered, and never those of another page."""

import os
from pathlib import Path

import pytest
from flask import Flask, render_template_string, url_for
from flask_babel import force_locale

from budget_app import addresses, assets, create_app
from budget_app.settings import Settings

PLACES = ("/en/one/rounds/a", "/fr/one/rounds/a", "/en/two/rounds/a", "/en/one/rounds/b")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return create_app(
        Settings(instance_path=tmp_path_factory.mktemp("instance"), embedded_worker=False)
    )


def shown(site: Flask, text: str, path: str = "/en/one/rounds/a/", root: str = "") -> str:
    with site.test_request_context(path, base_url=f"http://localhost{root}/"):
        return render_template_string(text)


@pytest.mark.parametrize("code", ["A", "B"])
def test_a_remembered_address_stays_in_its_language_parliament_and_round(
    site: Flask, code: str
) -> None:
    text = "{{ url_for('booth.check', code='" + code + "') }}"
    for _ in range(2):
        found = [shown(site, text, f"{place}/") for place in PLACES]
        assert found == [f"{place}/vote/check?code={code}" for place in PLACES]


def test_a_remembered_address_is_where_the_application_is_mounted(site: Flask) -> None:
    text = "{{ url_for('booth.choose') }}"
    found = [shown(site, text, root=root) for root in ("", "/budget", "")]
    assert found == [f"{root}/en/one/rounds/a/vote" for root in ("", "/budget", "")]


def test_what_a_template_says_goes_before_what_is_inherited(site: Flask) -> None:
    text = "{{ url_for('booth.choose', round_slug='b') }} {{ url_for('booth.choose') }}"
    assert shown(site, text) == "/en/one/rounds/b/vote /en/one/rounds/a/vote"


def test_a_changed_file_gets_another_address(tmp_path: Path) -> None:
    site = create_app(Settings(instance_path=tmp_path / "instance", embedded_worker=False))
    text, path = "{{ url_for('static', filename='page.css') }}", tmp_path / "page.css"
    site.static_folder = str(tmp_path)
    assets.init_app(site)
    addresses.init_app(site)
    found = set()
    for content in ("a", "b"):
        path.write_text(content, encoding="utf8")
        os.utime(path, ns=(0, ord(content)))
        found.add(shown(site, text))
    assert len(found) == 2


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_a_remembered_message_is_in_the_language_of_the_page(site: Flask, language: str) -> None:
    words = {"en": "Sign in", "fr": "Se connecter", "es": "Iniciar sesión"}
    path = f"/{language}/one/rounds/a/"
    assert shown(site, "{{ _('Sign in') }}", path) == words[language]
    with site.test_request_context(path), force_locale("fr"):
        assert render_template_string("{{ _('Sign in') }}") == words["fr"]


def test_values_in_a_remembered_message_are_escaped(site: Flask) -> None:
    text = "{{ _('Projects found: %(name)s', name='<b>') }}{{ _('100%%') }}"
    assert shown(site, text) == "Projects found: &lt;b&gt;100%"


def test_code_and_templates_build_the_same_addresses(site: Flask) -> None:
    with site.test_request_context("/pt/one/rounds/a/"):
        for endpoint, values in (
            ("booth.check", {"code": "A"}),
            ("static", {"filename": "css/booth.css"}),
            ("rounds.projects", {"page": 2}),
        ):
            said = ", ".join(f"{name}={value!r}" for name, value in values.items())
            for _ in range(2):
                text = "{{ url_for('" + endpoint + "', " + said + ") }}"
                assert render_template_string(text) == url_for(endpoint, **values).replace(
                    "&", "&amp;"
                )
