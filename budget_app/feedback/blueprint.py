"""Where the pages of promises, answers and surveys hang."""

from flask import Blueprint

bp = Blueprint("feedback", __name__, url_prefix="/<language>/<parliament>")

BOTH = ("GET", "POST")
ROUND = "/rounds/<round_slug>"
HEARING = "/hearings/<int:hearing_id>"
