"""The pages of administration."""

from flask import Blueprint

bp = Blueprint("administration", __name__, url_prefix="/<language>/<parliament>/administration")
