"""The one blueprint of an audit's pages."""

from flask import Blueprint

bp = Blueprint("audit", __name__, url_prefix="/<language>/<parliament>/rounds/<round_slug>/audit")
