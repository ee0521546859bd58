"""The web application."""

from importlib import import_module
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from budget_app import (
    access,
    addresses,
    assets,
    errors,
    jobs,
    logs,
    moment,
    presentation,
    security,
    translation,
)
from budget_app.accounts import sessions
from budget_app.extensions import babel, bootstrap, csrf, db, login, mail, migrate
from budget_app.languages import choose_language, choose_timezone
from budget_app.settings import Settings
from voting.database import HIDING, KEPT_CONNECTIONS, configure
from voting.keys import KeyStore

FEATURES = (
    "parliaments",
    "accounts",
    "rounds",
    "proposals",
    "deliberation",
    "browsing",
    "reviews",
    "hearings",
    "booth",
    "results",
    "audit",
    "administration",
    "feedback",
    "sharing",
    "training",
)
FEATURES_WITH_JOBS = (
    "booth",
    "rounds",
    "audit",
    "browsing",
    "mailing",
    "training",
    "hearings",
)


def create_app(settings: Settings | None = None) -> Flask:
    """The application for `settings` (default: read from the environment).

    Raises `RuntimeError` when a view states no access rule.
    """
    settings = settings or Settings()
    settings.instance.mkdir(parents=True, exist_ok=True)
    app = Flask(__name__, instance_path=str(settings.instance))
    app.config.from_mapping(_flask_config(settings))
    app.extensions["settings"] = settings
    app.extensions["keys"] = KeyStore(settings.instance / "keys", settings.host)
    if settings.trusted_proxies:
        n = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]
    logs.init_app(app, settings)
    moment.init_app(app)
    _bind_extensions(app)
    security.init_app(app, settings)
    for feature in FEATURES:
        app.register_blueprint(import_module(f"budget_app.{feature}.routes").bp)
    for feature in FEATURES_WITH_JOBS:
        import_module(f"budget_app.{feature}.jobs")
    addresses.init_app(app)
    errors.init_app(app)
    presentation.init_app(app)
    translation.init_app(app)
    assets.init_app(app)
    jobs.init_app(app, settings)
    import_module("budget_app.cli").init_app(app)
    access.refuse_unguarded(app)
    return app


def _bind_extensions(app: Flask) -> None:
    db.init_app(app)
    with app.app_context():
        configure(db.engine)
    migrate.init_app(app, db, directory=f"{app.root_path}/migrations", render_as_batch=True)
    csrf.init_app(app)
    babel.init_app(
        app,
        locale_selector=choose_language,
        timezone_selector=choose_timezone,
        default_translation_directories=f"{app.root_path}/translations",
    )
    mail.init_app(app)
    bootstrap.init_app(app)
    login.init_app(app)
    sessions.init_app(app)


def _flask_config(settings: Settings) -> dict[str, Any]:
    prefix = "__Host-" if settings.production else ""
    return {
        "SECRET_KEY": settings.signing_secret(),
        "SQLALCHEMY_DATABASE_URI": settings.database,
        "SQLALCHEMY_ENGINE_OPTIONS": {**HIDING, "pool_size": KEPT_CONNECTIONS},
        "SESSION_COOKIE_NAME": f"{prefix}session",
        "SESSION_COOKIE_SECURE": settings.production,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "TRUSTED_HOSTS": settings.hosts,
        "MAX_CONTENT_LENGTH": 64 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "MAX_FORM_PARTS": 5_000,
        "WTF_CSRF_TIME_LIMIT": None,  # a form stays good as long as the session it belongs to
        "BOOTSTRAP_SERVE_LOCAL": True,
        "MAIL_BACKEND": settings.mail_backend,
        "MAIL_SERVER": settings.mail_server,
        "MAIL_PORT": settings.mail_port,
        "MAIL_USERNAME": settings.mail_username or None,
        "MAIL_PASSWORD": settings.mail_password or None,
        "MAIL_USE_TLS": settings.mail_use_tls,
        "MAIL_DEFAULT_SENDER": settings.mail_sender,
        "MAIL_TIMEOUT": 30,  # seconds for each answer of the mail server
    }
