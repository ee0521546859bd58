"""Error pages: what happened, and what to do next."""

import re

import structlog
from flask import Flask, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError

from budget_app import access, ended
from budget_app.accounts.limits import TooManyAttempts
from budget_app.ended import Lack
from budget_app.extensions import db
from budget_app.training.models import Delegation
from budget_app.training.queries import begun_anew

PAGES = frozenset({400, 403, 404, 405, 409, 410, 413, 429, 500, 503})

BELOW_A_PARLIAMENT = re.compile(r"/(?P<language>[a-z]{2})/(?P<parliament>[a-z0-9-]{1,60})/")

log = structlog.get_logger()


def page(status: int, message: object = None) -> ResponseReturnValue:
    """The error page of `status`, in the visitor's language; `message` says more of the cause."""
    template = f"errors/{status if status in PAGES else 400 if status < 500 else 500}.html"
    return render_template(template, message=message), status


def _enter_parliament() -> None:
    """Load the parliament of the address, where there is one: forms are checked before views."""
    asked = request.view_args or _named_by_path()
    outer = {name: asked[name] for name in access.INSTITUTION if name in asked}
    try:
        access.load_objects(outer, {})
    except HTTPException:
        g.pop("parliament", None)
    else:
        request.view_args = {**asked, **(request.view_args or {})}  # addresses on the page share it


def _named_by_path() -> dict[str, str]:
    """Language and parliament, where an address that leads nowhere begins as those below one do."""
    begun = BELOW_A_PARLIAMENT.match(request.path)
    return begun.groupdict() if begun else {}


def _exercise_before() -> Delegation | None:
    """Whose exercise the address was, where that was closed or begun anew."""
    return begun_anew(str((request.view_args or {}).get("parliament", "")))


def init_app(app: Flask) -> None:
    """Show a page for every error, and never a traceback."""

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> ResponseReturnValue:
        # A host that is not ours gets no page: no address on it could be built.
        if error.code is None or error.code < 400 or isinstance(error, SecurityError):
            return error.get_response()
        if error.code == 404 and (delegation := _exercise_before()):
            return render_template("errors/exercise_over.html", delegation=delegation), 404
        if request.routing_exception is not None and "parliament" not in g:
            _enter_parliament()
        return page(error.code, getattr(error, "sentence", None))

    @app.errorhandler(CSRFError)
    def stale_form(_error: CSRFError) -> ResponseReturnValue:
        _enter_parliament()
        rule = access.present_rule()
        if not rule.signed_in:
            return page(400)
        lack = access.lacking(rule, g.get("parliament"))
        told = lack is Lack.SIGN_IN or ended.comes_from_here()
        return ended.page(lack) if told else page(400)

    @app.errorhandler(TooManyAttempts)
    def too_many(error: TooManyAttempts) -> ResponseReturnValue:
        body, status = render_template("errors/429.html", seconds=error.seconds), 429
        return body, status, {"Retry-After": str(error.seconds)}

    @app.errorhandler(InternalServerError)
    def failed(error: InternalServerError) -> ResponseReturnValue:
        db.session.rollback()
        cause = error.original_exception or error
        log.error("request.failed", error=type(cause).__name__, exc_info=app.debug)
        return page(500)
