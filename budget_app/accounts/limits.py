"""How often something may be tried: one counter table, on every store.

Keys join what is tried with where it comes from, so that a stranger's failures
do not lock anybody else out.
"""

import hashlib

from flask import request
from sqlalchemy import delete

from budget_app.accounts.models import Attempt
from budget_app.extensions import db, insert_into
from voting import clock


class TooManyAttempts(Exception):
    """The limit is reached; `seconds` until the next window."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Too many attempts; try again in {seconds} seconds.")
        self.seconds = seconds


def source() -> str:
    """Where the present request comes from."""
    return request.remote_addr or "unknown"


def hit(what: str, *parts: str, limit: int, seconds: int) -> None:
    """Count one attempt at `what` by `parts`; raise `TooManyAttempts` beyond `limit` in `seconds`.

    Commits at once, so that a refused request is counted too: call it before changing anything.
    """
    session = db.session()
    now = int(clock.now(session).timestamp())
    window = now // seconds
    key = hashlib.sha256("|".join((what, *parts)).encode()).hexdigest()
    statement = (
        insert_into(Attempt)
        .values(key=key, window=window, count=1)
        .on_conflict_do_update(
            index_elements=[Attempt.key, Attempt.window], set_={"count": Attempt.count + 1}
        )
        .returning(Attempt.count)
    )
    count = session.scalar(statement)
    session.execute(delete(Attempt).where(Attempt.key == key, Attempt.window < window))
    session.commit()
    if count is not None and count > limit:
        raise TooManyAttempts((window + 1) * seconds - now)
