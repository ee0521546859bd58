"""The public log of a parliament's administration: what officials did, and when."""

import json
from collections.abc import Iterator

from flask import Response, abort, render_template, stream_with_context
from flask.typing import ResponseReturnValue
from flask_login import current_user

from budget_app import access
from budget_app.accounts.models import Role
from budget_app.addresses import page_number
from budget_app.administration import texts
from budget_app.administration.blueprint import bp
from budget_app.administration.queries import records_opened
from budget_app.audit import queries
from budget_app.extensions import db
from budget_app.parliaments.models import Parliament
from voting import admin_log, log


@bp.get("/log")
@access.public
def public_log(parliament: Parliament) -> ResponseReturnValue:
    """Its checkpoint, and its entries from the newest to the first."""
    name = admin_log.log_id(parliament.slug)
    checkpoint = log.checkpoint(db.session(), name)
    pages, page, start, end = queries.page_of(checkpoint, page_number())
    return render_template(
        "administration/public_log.html",
        checkpoint=checkpoint,
        log_key=admin_log.verifier_key(db.session(), parliament.slug),
        entries=queries.entries_of(name, start, end)[::-1],
        words={act.value: text for act, text in texts.RECORDS.items()},
        page=page,
        pages=pages,
        audits=current_user.is_authenticated and Role.AUDITOR in current_user.roles_in(parliament),
    )


@bp.get("/log/checkpoint")
@access.public
def log_checkpoint(parliament: Parliament) -> ResponseReturnValue:
    """The newest signed checkpoint, as it was signed."""
    found = log.checkpoint(db.session(), admin_log.log_id(parliament.slug))
    if found is None:
        abort(404)
    return Response(found.note, mimetype="text/plain")


@bp.get("/log/entries.jsonl")
@access.public
def log_entries(parliament: Parliament) -> ResponseReturnValue:
    """Every entry that the newest checkpoint covers, one a line, byte for byte."""
    name = admin_log.log_id(parliament.slug)
    found = log.checkpoint(db.session(), name)
    if found is None:
        abort(404)
    size = found.size

    def lines() -> Iterator[bytes]:
        for entry in log.entries(db.session(), name, 0, size):
            yield entry + b"\n"

    return Response(stream_with_context(lines()), mimetype="application/jsonl")


@bp.get("/log/openings.jsonl")
@access.auditor
def log_openings(parliament: Parliament) -> ResponseReturnValue:
    """What opens each commitment `c`: the salt, what it stands for, and the name of who acted."""
    parliament_id = parliament.id

    def lines() -> Iterator[bytes]:
        for row, name in records_opened(parliament_id):
            yield json.dumps({**row, "name": name}, ensure_ascii=False).encode() + b"\n"

    return Response(stream_with_context(lines()), mimetype="application/jsonl")
