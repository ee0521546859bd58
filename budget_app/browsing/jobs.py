"""The background work of browsing: mails of what is new, digests, and booklets.

All look for themselves: what is due hangs on the clock, and what is printed on a file.
"""

from budget_app import jobs
from budget_app.browsing import alerts, booklet, digests
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
def send_digests() -> None:
    """As `tell_news`: a crash between two mails leaves the rest due, and none sent twice."""
    due = digests.due()
    db.session.rollback()
    for choice_id in due:
        with writing():
            digests.tell(choice_id)
            db.session.commit()


@jobs.task()
def print_booklets() -> None:
    booklet.look()
