"""Structured logs: what happened and how long it took; no address parts, bodies or people."""

import logging
import time

import structlog
from flask import Flask, Response, g, request

from budget_app.settings import Settings

log = structlog.get_logger()


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
