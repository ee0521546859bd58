"""Every setting of the application, typed, documented and frozen.

Read from the environment (`PB_…`) or from a folder of secrets, one file a setting.
"""

import os
import re
import secrets
from enum import StrEnum
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SECRETS_FOLDER = os.environ.get("PB_SECRETS_DIR") or None
NEWCOMER_SECRET = "change-me"  # noqa: S105 — refused in production

TILES = re.compile(
    r"https://[a-z0-9.-]+(?::[0-9]+)?/(?=.*\{z\})(?=.*\{x\})(?=.*\{y\})"
    r"(?:[A-Za-z0-9._~/@?=&%-]|\{[xyz]\})*"
)
"""An address of tiles: one host, and three numbers that are filled in."""


class Environment(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """The one settings object; `docs/operations/settings.md` lists it and a test compares."""

    model_config = SettingsConfigDict(
        env_prefix="PB_", frozen=True, secrets_dir=SECRETS_FOLDER, extra="ignore"
    )

    env: Environment = Field(
        Environment.DEVELOPMENT,
        description="`production` refuses to start with an unsafe configuration; `development` makes its own secrets.",
    )
    instance_path: Path = Field(
        Path("instance"), description="Folder of the embedded database, the keys and the bundles."
    )
    database_url: str = Field(
        "", description="SQLAlchemy address of the database; empty: SQLite in the instance folder."
    )
    sequencer_database_url: str = Field(
        "",
        description="Address of the same database for the sequencer, whose account alone may write the log; empty: as `PB_DATABASE_URL`.",
    )
    allow_sqlite: bool = Field(
        False, description="The explicit word that production may run on SQLite."
    )
    secret_key: str = Field(
        "",
        description="Signs cookies and links; empty: made once, kept in the instance folder (development only).",
    )
    server_hosts: str = Field(
        "localhost,127.0.0.1,[::1]",
        description="Host names this installation answers to, separated by commas.",
    )
    base_url: str = Field(
        "http://localhost:5000",
        pattern=r"^https?://[^/\s]+(/\S*)?$",
        description="Address of the installation, used in mails and in the log's origin.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = Field(
        "INFO", description="Least level of log lines written."
    )
    log_format: Literal["console", "json"] = Field(
        "console", description="`console` for people, `json` for machines."
    )
    mail_backend: Literal["console", "smtp", "file", "locmem"] = Field(
        "console",
        description="`console`, `smtp`, `file` or `locmem` (see Flask-Mailman); production wants `smtp` or `file`.",
    )
    mail_server: str = Field("localhost", description="Host of the mail server.")
    mail_port: int = Field(25, description="Port of the mail server.")
    mail_username: str = Field("", description="User name at the mail server; empty for none.")
    mail_password: str = Field("", description="Password at the mail server.")
    mail_use_tls: bool = Field(False, description="Use STARTTLS with the mail server.")
    mail_sender: str = Field("no-reply@localhost", description="Sender of every mail.")
    trusted_proxies: int = Field(
        0, description="How many proxies in front of the application set X-Forwarded headers."
    )
    session_hours: int = Field(
        12, gt=0, description="A sign-in ends after this many hours, whatever happens."
    )
    idle_minutes: int = Field(
        60, gt=0, description="A sign-in ends after this many minutes without a page."
    )
    fresh_minutes: int = Field(
        30,
        gt=0,
        description="A ballot is accepted this many minutes after a sign-in, then it is asked for again.",
    )
    translator: str = Field(
        "",
        description="Import path `module:name` of what makes a machine translator for comments; empty: none, and nobody's words are translated.",
    )
    stream_hosts: str = Field(
        "www.youtube-nocookie.com,www.facebook.com",
        description="Hosts whose video players pages of hearings may show once a visitor agrees, separated by commas; administrators add their parliament's own.",
    )
    map_tiles: str = Field(
        "",
        description="Address of map tiles, as `https://tiles.example.org/{z}/{x}/{y}.png`, which the map of a round shows below its drawing once a visitor agrees; empty: none, and nobody is asked. They are asked for without a referrer.",
    )
    map_attribution: str = Field(
        "",
        description="Whom the map names as the source of its tiles, as their licence wants; needed with `PB_MAP_TILES`.",
    )
    embedded_worker: bool = Field(
        True,
        description="Run the log's sequencer and the background work in a thread of the server; switch off where `flask pb worker` runs.",
    )

    @property
    def production(self) -> bool:
        return self.env is Environment.PRODUCTION

    @property
    def instance(self) -> Path:
        return self.instance_path.resolve()

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.instance / 'platform.db'}"

    @property
    def hosts(self) -> list[str]:
        return [host.strip() for host in self.server_hosts.split(",") if host.strip()]

    @property
    def stream_hosts_list(self) -> list[str]:
        return [host.strip() for host in self.stream_hosts.split(",") if host.strip()]

    @property
    def host(self) -> str:
        """Begins the name of every public log of this installation."""
        return urlsplit(self.base_url).netloc

    def signing_secret(self) -> str:
        """The secret that signs cookies: given, or made once and kept with mode 0600."""
        if self.secret_key:
            return self.secret_key
        path = self.instance / "secret_key"
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(48))
        return path.read_text(encoding="utf8")

    @model_validator(mode="after")
    def _tiles_can_be_shown(self) -> Self:
        if self.map_tiles and not (TILES.fullmatch(self.map_tiles) and self.map_attribution):
            message = (
                "PB_MAP_TILES must be like https://tiles.example.org/{z}/{x}/{y}.png,"
                " and PB_MAP_ATTRIBUTION must name their source."
            )
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _production_is_safe(self) -> Self:
        if not self.production:
            return self
        refusals = [
            (
                not self.secret_key
                or self.secret_key == NEWCOMER_SECRET
                or len(self.secret_key) < 32,
                "PB_SECRET_KEY must be set to at least 32 characters of its own",
            ),
            (
                self.database.startswith("sqlite") and not self.allow_sqlite,
                "SQLite needs the explicit word PB_ALLOW_SQLITE=true in production",
            ),
            (not self.hosts or "*" in self.hosts, "PB_SERVER_HOSTS must list the host names"),
            (bool(os.environ.get("FLASK_DEBUG")), "FLASK_DEBUG must not be set"),
            (not self.base_url.startswith("https://"), "PB_BASE_URL must begin with https://"),
            (
                self.mail_backend in ("console", "locmem"),
                "PB_MAIL_BACKEND must be smtp or file: links that sign people in belong into no log",
            ),
        ]
        wrong = [reason for refused, reason in refusals if refused]
        if wrong:
            message = "Production refuses to start: " + "; ".join(wrong) + "."
            raise ValueError(message)
        return self
