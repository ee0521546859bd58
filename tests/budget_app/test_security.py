"""Headers, hosts, settings: what holds for every page."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import ValidationError

from budget_app import access, create_app
from budget_app.settings import Settings

PRODUCTION = {
    "env": "production",
    "secret_key": "x" * 40,
    "database_url": "postgresql+psycopg://localhost/pb",
    "server_hosts": "pb.example.org",
    "base_url": "https://pb.example.org",
    "mail_backend": "smtp",
}


def test_every_page_refuses_inline_scripts_and_foreign_frames(client: FlaskClient) -> None:
    policy = client.get("/en/").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "http" not in policy


def test_no_page_asks_a_third_party_for_anything(client: FlaskClient) -> None:
    page = client.get("/en/").text
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)


def test_pages_are_not_kept_by_shared_devices(client: FlaskClient) -> None:
    assert client.get("/en/").headers["Cache-Control"] == "no-store"


def test_an_unknown_host_is_refused(client: FlaskClient) -> None:
    assert client.get("/en/", headers={"Host": "evil.example"}).status_code == 400


def test_health_says_that_the_database_answers(client: FlaskClient) -> None:
    assert client.get("/health").json == {"status": "ok"}


@pytest.mark.parametrize("language", ["en", "es", "fr", "pt"])
def test_an_unknown_address_gets_a_page_in_its_language(client: FlaskClient, language: str) -> None:
    answer = client.get(f"/{language}/nowhere/")
    assert answer.status_code == 404
    assert f'lang="{language}"' in answer.text


def test_the_first_page_speaks_the_visitors_language(client: FlaskClient) -> None:
    answer = client.get("/", headers={"Accept-Language": "pt-BR,pt;q=0.9,en;q=0.5"})
    assert answer.location == "/pt/"


def test_an_application_with_an_unguarded_view_does_not_start(app: Flask) -> None:
    app.view_functions["forgotten"] = lambda: "open to all"
    with pytest.raises(RuntimeError, match="forgotten"):
        access.refuse_unguarded(app)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"secret_key": "short"}, "PB_SECRET_KEY"),
        ({"database_url": ""}, "PB_ALLOW_SQLITE"),
        ({"server_hosts": "*"}, "PB_SERVER_HOSTS"),
        ({"base_url": "http://pb.example.org"}, "https://"),
        ({"mail_backend": "console"}, "PB_MAIL_BACKEND"),
    ],
)
def test_production_refuses_an_unsafe_setting(change: dict[str, str], sentence: str) -> None:
    Settings(**PRODUCTION)  # type: ignore[arg-type]
    with pytest.raises(ValidationError, match=sentence):
        Settings(**{**PRODUCTION, **change})  # type: ignore[arg-type]


def test_every_setting_is_documented() -> None:
    page = Path("docs/operations/settings.md").read_text(encoding="utf8")
    for name, field in Settings.model_fields.items():
        assert f"`PB_{name.upper()}`" in page, name
        assert field.description in page, name


def test_every_command_is_documented(app: Flask) -> None:
    from budget_app.cli import pb

    page = Path("docs/operations/commands.md").read_text(encoding="utf8")
    for name in pb.commands:
        assert f"flask pb {name}" in page, name


def test_the_secret_of_development_is_made_once_and_kept_private(tmp_path: Path) -> None:
    settings = Settings(instance_path=tmp_path)
    assert settings.signing_secret() == settings.signing_secret()
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PB_LOG_LEVEL", "LOUD"),
        ("PB_LOG_FORMAT", "xml"),
        ("PB_BASE_URL", "nonsense"),
        ("PB_SESSION_HOURS", "-1"),
        ("PB_FRESH_MINUTES", "0"),
        ("PB_MAIL_BACKEND", "pigeon"),
    ],
)
def test_no_setting_takes_nonsense_in_silence(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError, match=name.removeprefix("PB_").lower()):
        Settings()


def test_production_sends_cookies_over_https_alone(tmp_path: Path) -> None:
    settings = Settings(**{**PRODUCTION, "instance_path": tmp_path, "embedded_worker": False})  # type: ignore[arg-type]
    app = create_app(settings)
    assert app.config["SESSION_COOKIE_SECURE"]
    assert app.config["SESSION_COOKIE_NAME"].startswith("__Host-")
