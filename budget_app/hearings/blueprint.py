"""Where the pages of hearings hang."""

from flask import Blueprint

bp = Blueprint("hearings", __name__, url_prefix="/<language>/<parliament>")

BOTH = ("GET", "POST")
HEARING = "/hearings/<int:hearing_id>"
QUESTION = f"{HEARING}/questions/<int:question_id>"
