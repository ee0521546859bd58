"""The one blueprint of the pages of proposals."""

from flask import Blueprint

bp = Blueprint(
    "proposals", __name__, url_prefix="/<language>/<parliament>/rounds/<round_slug>/proposals"
)
