"""The web application for gunicorn, in a worker that dies where the environment says."""

from flask import Flask

from budget_app import create_app
from tests.crashes import fail_points


def create_mortal_app() -> Flask:
    fail_points.arm()
    return create_app()
