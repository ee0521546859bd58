"""The public log of a parliament's administration: what officials did, and when."""

import json
from collections.abc import Iterator, Sequence

from flask import Response, abort, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue
from flask_login import current_user

from budget_app import access
from budget_app.accounts.models import Role
from budget_app.addresses import page_number
from budget_app.administration import log_words
from budget_app.administration.blueprint import bp
from budget_app.administration.log_entries import KINDS, Choice, page_of_log
from budget_app.administration.subject_names import names_of
from budget_app.extensions import db
from budget_app.parliaments.models import Parliament
from budget_app.records.queries import records_opened
from budget_app.rounds.models import Round
from budget_app.rounds.queries import public_rounds
from voting import admin_log, log


@bp.get("/log")
@access.public
def public_log(parliament: Parliament) -> ResponseReturnValue:
    """Its checkpoint, and its entries from the newest to the first, or those that one chose."""
    name = admin_log.log_id(parliament.slug)
    checkpoint = log.checkpoint(db.session(), name)
    rounds = public_rounds(parliament)
    choice = _choice(rounds)
    size = checkpoint.size if checkpoint else 0
    page = page_of_log(name, size, choice, page_number(), rounds)
    found = names_of(page.entries, for_everybody=True)
    return render_template(
        "administration/public_log.html",
        checkpoint=checkpoint,
        log_key=admin_log.verifier_key(db.session(), parliament.slug),
        rounds=rounds,
        kinds={kind: words for kind, (words, _beginnings) in KINDS.items()},
        choice=choice,
        page=page,
        sentence=log_words.sentence,
        things={entry.position: log_words.things(entry, found) for entry in page.entries},
        audits=current_user.is_authenticated and Role.AUDITOR in current_user.roles_in(parliament),
    )


def _choice(rounds: Sequence[Round]) -> Choice:
    """What the address asks for; a round or kind that there is not narrows nothing."""
    slug, kind = request.args.get("round", ""), request.args.get("kind", "")
    found = next((round_ for round_ in rounds if round_.slug == slug), None)
    return Choice(found, kind if kind in KINDS else "")


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
