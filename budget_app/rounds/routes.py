"""The pages of rounds."""

from flask import Blueprint

bp = Blueprint("rounds", __name__, url_prefix="/<language>/<parliament>/rounds/<round_slug>")
