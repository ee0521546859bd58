"""The pages of booth."""

from flask import Blueprint

bp = Blueprint("booth", __name__, url_prefix="/<language>/<parliament>/rounds/<round_slug>/vote")
