"""The moment at which a request is answered: the ballot box's clock, read once for each request.

The box reads its own, after its locks; this one is for what pages say and for who may enter.
"""

from datetime import datetime

from flask import Flask, g, has_request_context

from budget_app.extensions import db
from voting import clock

_NAME = "moment"


def init_app(app: Flask) -> None:
    """Forget the moment of another request that had the same context."""

    @app.before_request
    def forget() -> None:
        g.pop(_NAME, None)


def now() -> datetime:
    """The request's moment in UTC; outside requests the present one."""
    if not has_request_context():
        return clock.now(db.session())
    if _NAME not in g:
        g.moment = clock.now(db.session())
    moment: datetime = g.moment
    return moment


def bring(read_at: datetime | None) -> datetime:
    """The request's moment, where a statement has read PostgreSQL's clock beside its rows."""
    if _NAME not in g:
        g.moment = clock.now(db.session(), read_at)
    return now()
