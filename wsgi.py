"""The application, for gunicorn and for `flask`."""

from budget_app import create_app

app = create_app()
