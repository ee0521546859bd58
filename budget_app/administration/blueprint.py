"""Where the pages of administration hang."""

from flask import Blueprint

bp = Blueprint("administration", __name__, url_prefix="/<language>/<parliament>/administration")
