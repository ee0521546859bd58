"""Which picture stands for which page, and keeping it once drawn."""

import hashlib
import tempfile
from dataclasses import astuple
from pathlib import Path

from flask import Response, current_app, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from budget_app.parliaments.models import Parliament
from budget_app.presentation.figures import money, money_short
from budget_app.presentation.texts import plain, word
from budget_app.proposals.models import Proposal
from budget_app.results.queries import Result
from budget_app.rounds.models import Project, Round
from budget_app.sharing.drawing import Picture, draw

KEPT = "public, max-age=3600"


def of_parliament(parliament: Parliament) -> Picture:
    return _picture(parliament, _("You decide what public money does next"), "")


def of_round(round_: Round, projects: int) -> Picture:
    parts = [money_short(round_.budget), word(round_.state)]
    if projects:
        parts.insert(1, ngettext("%(num)s project", "%(num)s projects", projects))
    return _picture(round_.parliament, plain(round_.titles), " · ".join(parts))


def of_project(project: Project) -> Picture:
    line = f"{money(project.cost)} · {plain(project.district.names)}"
    return _picture(project.round_.parliament, plain(project.names), line)


def of_proposal(proposal: Proposal) -> Picture:
    line = f"{word(proposal.state)} · {plain(proposal.district.names)}"
    return _picture(proposal.round_.parliament, proposal.title, line)


def of_result(round_: Round, result: Result) -> Picture:
    number = len(result.funded)
    title = ngettext("%(num)s project is funded", "%(num)s projects are funded", number)
    line = f"{plain(round_.titles)} · {word(result.count.state)}"
    return _picture(round_.parliament, title, line)


def _picture(parliament: Parliament, title: str, line: str) -> Picture:
    mark = _("This is an example: the parliament, the people and the votes are invented.")
    return Picture(
        plain(parliament.names),
        title,
        line,
        parliament.accent,
        mark if g.get("is_example") else "",
    )


def answer(picture: Picture) -> ResponseReturnValue:
    """The drawn picture, which caches may keep for an hour."""
    response = Response(_kept(picture), mimetype="image/png")
    response.headers["Cache-Control"] = KEPT
    # Other sites and programs show it beside the link: that is what it is for.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.add_etag()
    return response.make_conditional(request)


def _kept(picture: Picture) -> bytes:
    """Drawn once for each content; a file is named by what it says, and appears whole."""
    name = hashlib.sha256("\0".join(astuple(picture)).encode()).hexdigest()
    path = Path(current_app.instance_path) / "shared-pictures" / f"{name}.png"
    if path.exists():
        return path.read_bytes()
    drawn = draw(picture)
    path.parent.mkdir(exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(drawn)
    Path(file.name).replace(path)
    return drawn
