"""A page that the database makes fail leaves a traceback, without the values of the row."""

import pytest
from flask import Flask

from budget_app.accounts.models import User
from budget_app.extensions import db
from tests.rehearsal.search import every_log_line
from voting import clock
from voting.database import writing

EMAIL = "marker73069182@example.org"


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_failed_page_logs_no_value_of_the_refused_row(app: Flask) -> None:
    def enter_twice() -> str:
        db.session.rollback()
        with writing():
            for _ in range(2):
                db.session.add(User(email=EMAIL, name="Anna", created_at=clock.now(db.session())))
            db.session.commit()
        return ""

    app.testing = False  # failures become pages, as in production
    app.view_functions["parliaments.choose_language"] = enter_twice
    with app.test_request_context():
        address = app.url_for("parliaments.choose_language")
    with every_log_line() as said:
        assert app.test_client().get(address).status_code == 500
    assert "UniqueViolation" in said.getvalue()
    assert EMAIL not in said.getvalue()
