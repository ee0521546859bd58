"""The pages of results."""

from flask import Blueprint

bp = Blueprint(
    "results", __name__, url_prefix="/<language>/<parliament>/rounds/<round_slug>/results"
)
