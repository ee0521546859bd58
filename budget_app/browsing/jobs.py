"""The background work of browsing: mails of what is new, and booklets.

Both look for themselves: what is due hangs on the clock, and what is printed on a file.
"""

from budget_app import jobs
from budget_app.browsing import alerts, booklet
from budget_app.extensions import db
from voting.database import writing


@jobs.task()
def tell_news() -> None:
    """A mail to each person whose day or week is over, each in a transaction of its own."""
    due = alerts.due()
    db.session.rollback()
    for user_id in due:
        with writing():
            alerts.tell(user_id)
            db.session.commit()


@jobs.task()
def print_booklets() -> None:
    booklet.look()
