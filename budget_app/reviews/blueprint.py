"""The one blueprint of the pages of reviews; their addresses stand below those of proposals."""

from flask import Blueprint

bp = Blueprint(
    "reviews", __name__, url_prefix="/<language>/<parliament>/rounds/<round_slug>/proposals"
)
