"""Headers on every answer, and the rule that one request is one transaction."""

from flask import Flask, Response, abort, request

from budget_app.extensions import db
from budget_app.settings import Settings
from voting.database import begin_reading, begin_writing, end_request

READING = frozenset({"GET", "HEAD", "OPTIONS"})

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "frame-src 'none'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}


def allow_frame(response: Response, host: str) -> None:
    """Let this one page show a player of `host`, and of nobody else."""
    policy = CONTENT_SECURITY_POLICY.replace("frame-src 'none'", f"frame-src https://{host}")
    response.headers["Content-Security-Policy"] = policy


def allow_pictures(response: Response, host: str) -> None:
    """Let this one page show pictures of `host` beside our own."""
    policy = CONTENT_SECURITY_POLICY.replace("img-src 'self'", f"img-src 'self' https://{host}")
    response.headers["Content-Security-Policy"] = policy


def init_app(app: Flask, settings: Settings) -> None:
    """Bind headers and the request's transaction to `app`."""

    app.before_request(_refuse_unreadable)

    @app.before_request
    def begin() -> None:
        if request.method in READING:
            begin_reading()
        else:
            begin_writing()

    @app.after_request
    def finish(response: Response) -> Response:
        """Commit what a successful request changed; a refused or reading one leaves nothing."""
        if request.method not in READING and response.status_code < 400:
            _commit()
        else:
            db.session.rollback()
        return response

    @app.teardown_request
    def end(_error: BaseException | None) -> None:
        end_request()

    @app.after_request
    def protect(response: Response) -> Response:
        own = {name.lower() for name in response.headers.keys()}  # noqa: SIM118 — no mapping
        response.headers.extend((n, value) for n, value in HEADERS.items() if n.lower() not in own)
        if "frame-ancestors *" in response.headers["Content-Security-Policy"]:
            del response.headers["X-Frame-Options"]  # it cannot name others, and would refuse them
        if settings.production:
            response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        if request.endpoint not in ("static", "bootstrap.static"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def _commit() -> None:
    """The request's last commit: what was loaded is not marked to be read anew."""
    session = db.session()
    usual, session.expire_on_commit = session.expire_on_commit, False
    try:
        session.commit()
    finally:
        session.expire_on_commit = usual


def _refuse_unreadable() -> None:
    """400 for bytes that are no UTF-8, and for zero bytes, which no text of PostgreSQL may hold."""
    try:
        values = [value for _name, value in request.args.items(multi=True)]
    except UnicodeDecodeError:
        abort(400)
    if any("\0" in text for text in (request.path, *values)):
        abort(400)
