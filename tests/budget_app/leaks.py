"""Pages that tell how many voted for a project, each in its own way: what a walk has to find."""

import json

from flask import Flask, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from budget_app import access
from budget_app.extensions import db
from budget_app.parliaments.models import Parliament
from budget_app.rounds.models import Round
from tallying.evidence.envelopes import RANDOM_BYTES
from voting.models import Envelope


def _votes_for_a(round_: Round) -> int:
    """What no page may know: read from the envelopes of an open round."""
    envelopes = db.session.scalars(select(Envelope.envelope))
    ballots = [json.loads(bytes(content)[RANDOM_BYTES:].rstrip(b"\0")) for content in envelopes]
    return sum("a" in ballot["choices"] for ballot in ballots)


@access.public
def say(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    return f"{_votes_for_a(round_)} votes"


@access.public
def sort(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    names = sorted(project.key for project in round_.projects)
    popular = request.args.get("order") == "votes" and _votes_for_a(round_) == 0
    return " ".join(names[::-1] if popular else names)


@access.public
def cache(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    response = Response("nothing")
    response.set_etag(f"{_votes_for_a(round_)}")
    return response


@access.public
def length(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    return Response(bytes(_votes_for_a(round_)))


@access.public
def lead(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    return redirect(url_for("rounds.show", seen=_votes_for_a(round_)))


LEAKS = {"say": say, "sort": sort, "cache": cache, "length": length, "lead": lead}


def add_leaks(app: Flask) -> None:
    for name, view in LEAKS.items():
        app.add_url_rule(f"/<language>/<parliament>/rounds/<round_slug>/{name}", name, view)
