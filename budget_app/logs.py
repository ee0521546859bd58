"""Structured logs: what happened and how long it took; no address parts, bodies or people."""

import logging
import time
import traceback
from pathlib import Path

import structlog
from flask import Flask, Response, g, request

from budget_app.settings import Settings

log = structlog.get_logger()

ROOT = Path(__file__).parent.parent
OURS = ("budget_app", "tallying", "voting")

AGAIN_SECONDS = 60.0
_told: dict[str, float] = {}
"""What `tell_seldom` has said within the last minute, and when."""


def places(error: BaseException) -> list[str]:
    """Where an error came from in our own code, the innermost last, and what caused it likewise.

    Files, lines and functions, and no message: a message may repeat what somebody wrote.
    """
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    before = [*places(cause), type(cause).__name__] if cause is not None else []
    frames = traceback.extract_tb(error.__traceback__)
    return before + [
        f"{Path(frame.filename).relative_to(ROOT)}:{frame.lineno} {frame.name}"
        for frame in frames
        if any(Path(frame.filename).is_relative_to(ROOT / package) for package in OURS)
    ]


def tell_seldom(event: str, **said: object) -> None:
    """Log an error that comes back at every look, as of a file that stays damaged, once a minute."""
    now, what = time.monotonic(), repr((event, said))
    for old, told_at in list(_told.items()):
        if now - told_at >= AGAIN_SECONDS:
            _told.pop(old, None)
    if what not in _told:
        _told[what] = now
        log.error(event, **said)


def init_app(app: Flask, settings: Settings) -> None:
    """Configure structlog and write one line a request."""
    level = logging.getLevelNamesMapping().get(settings.log_level.upper(), logging.INFO)
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=False,
    )

    @app.before_request
    def start_clock() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def write_line(response: Response) -> Response:
        if request.endpoint not in ("static", "bootstrap.static"):
            seconds = time.perf_counter() - g.started if "started" in g else 0.0
            log.info(
                "request",
                method=request.method,
                endpoint=request.endpoint,
                status=response.status_code,
                ms=round(seconds * 1000, 1),
            )
        return response
