"""Static files: named by content, kept, compressed, and light."""

import gzip
from pathlib import Path

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient

from budget_app import create_app
from budget_app.settings import Settings

FIRST_VIEW = 100_000
SHEETS = ("palette", "type", "page", "parts", "forms", "print")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return create_app(
        Settings(instance_path=tmp_path_factory.mktemp("instance"), embedded_worker=False)
    )


@pytest.fixture
def browser(site: Flask) -> FlaskClient:
    return site.test_client()


def address(site: Flask, filename: str, endpoint: str = "static") -> str:
    with site.test_request_context():
        return url_for(endpoint, filename=filename)


def test_a_file_asked_for_by_its_content_is_kept_for_a_year(
    site: Flask, browser: FlaskClient
) -> None:
    path = address(site, "css/palette.css")
    assert "?v=" in path
    assert "immutable" in browser.get(path, buffered=True).headers["Cache-Control"]


def test_a_file_asked_for_by_an_old_name_is_asked_for_again(browser: FlaskClient) -> None:
    answer = browser.get("/static/css/palette.css?v=000000000000", buffered=True)
    assert answer.headers["Cache-Control"] == "no-cache"


def test_fonts_named_by_a_style_sheet_are_kept(browser: FlaskClient) -> None:
    answer = browser.get("/static/fonts/public-sans-latin-wght-normal.woff2", buffered=True)
    assert answer.headers["Cache-Control"] == "public, max-age=604800"


def test_vendored_modules_are_kept_because_their_address_names_their_version(
    browser: FlaskClient,
) -> None:
    answer = browser.get("/static/vendor/hpke/core-1.9.0/src/native.js", buffered=True)
    assert answer.headers["Cache-Control"] == "public, max-age=604800"


def test_text_is_compressed_for_those_who_take_it(site: Flask, browser: FlaskClient) -> None:
    path = address(site, "css/parts.css")
    plain = browser.get(path, buffered=True)
    packed = browser.get(path, buffered=True, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert gzip.decompress(packed.data) == plain.data
    again = {"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]}
    assert browser.get(path, buffered=True, headers=again).status_code == 304


@pytest.mark.parametrize("filename", ["../settings.py", "css/../../settings.py", "css/none.css"])
def test_nothing_outside_the_folder_is_served(browser: FlaskClient, filename: str) -> None:
    assert browser.get(f"/static/{filename}").status_code == 404


def test_a_first_view_stays_light(site: Flask, browser: FlaskClient) -> None:
    paths = [address(site, f"css/{name}.css") for name in SHEETS]
    paths += [address(site, "icons/sprite.svg"), address(site, "js/site.js")]
    paths.append(address(site, "css/bootstrap.min.css", "bootstrap.static"))
    sizes = [
        len(browser.get(path, buffered=True, headers={"Accept-Encoding": "gzip"}).data)
        for path in paths
    ]
    assert sum(sizes) < FIRST_VIEW * 2 // 3  # a third is left for the page itself


def test_vendored_files_have_their_licences_beside_them(site: Flask) -> None:
    static = Path(site.static_folder or "")
    assert {path.name for path in static.rglob("*LICENSE")} == {
        "LICENSE",
        "public-sans.LICENSE",
        "source-serif-4.LICENSE",
    }
