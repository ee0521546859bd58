"""Where the pages of comments and of moderation hang."""

from flask import Blueprint

bp = Blueprint("deliberation", __name__, url_prefix="/<language>/<parliament>")

PROPOSAL = "/rounds/<round_slug>/proposals/<int:proposal_id>/comments"
MODERATION = "/moderation"
BOTH = ("GET", "POST")
