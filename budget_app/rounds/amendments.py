"""Correcting sealed rules before voting opens: a project's name and cost, the dates of the vote."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from budget_app.accounts.models import User
from budget_app.extensions import db
from budget_app.records.models import Act
from budget_app.records.services import record
from budget_app.rounds import manifests
from budget_app.rounds.changes import move_phases
from budget_app.rounds.errors import InvalidField
from budget_app.rounds.models import PhaseKind, Project, Round
from voting import box, clock
from voting.lifecycle import Officials
from voting.manifest import read_time, write_time

Payload = Mapping[str, Any]
"""What is to be corrected: `project` with `names` and `cost`, `opens` and `closes` (RFC 3339); and
`what`, by language."""


def check(round_: Round, payload: Payload) -> None:
    """Raise `InvalidField` when an amendment asks for what cannot be sealed, or for nothing."""
    if "project" in payload:
        _check_project(round_, payload)
    elif "names" in payload or "cost" in payload:
        raise InvalidField("project", _("Choose the project whose name or cost is corrected."))
    voting = round_.phase(PhaseKind.VOTING)
    if voting is None:
        raise InvalidField("opens", _("A round needs dates for the vote."))
    opens = payload.get("opens", write_time(voting.starts))
    closes = payload.get("closes", write_time(voting.ends))
    if closes <= opens:
        raise InvalidField("closes", _("The vote ends before it begins."))
    if read_time(closes) <= clock.now(db.session()):
        raise InvalidField("closes", _("This end of the vote has passed already."))
    if not _changes(round_, payload):
        raise InvalidField("project", _("Nothing would change: correct a project or a date."))


def amend_rules(round_: Round, payload: Payload, officials: Officials, *, by: User) -> None:
    """Correct the round and seal what it says now in place of the old manifest."""
    if "project" in payload:
        project = _project(round_, payload["project"])
        project.names = {**project.names, **payload.get("names", {})}
        project.cost = payload.get("cost", project.cost)
    voting = round_.phase(PhaseKind.VOTING)
    if voting is not None and "opens" in payload:
        voting.starts = read_time(payload["opens"])
    if "closes" in payload:
        move_phases(round_, read_time(payload["closes"]))
    db.session.flush()
    manifest = manifests.build(round_)
    box.amend(db.session(), manifest, payload["what"], officials)
    record(Act.ROUND_AMENDED, actor=by, round_=round_, manifest=manifest.digest)


def _project(round_: Round, key: str) -> Project:
    found = next((project for project in round_.projects if project.key == key), None)
    if found is None:
        raise InvalidField("project", _("Choose a project of the ballot."))
    return found


def _check_project(round_: Round, payload: Payload) -> None:
    project = _project(round_, payload["project"])
    if payload.get("cost", 0) > project.district.budget:
        raise InvalidField("cost", _("This costs more than the whole budget of its district."))


def _changes(round_: Round, payload: Payload) -> bool:
    """Whether anything would be other than now."""
    voting = round_.phase(PhaseKind.VOTING)
    now = {"opens": voting and voting.starts, "closes": voting and voting.ends}
    dated = any(
        moment is not None and name in payload and read_time(payload[name]) != moment
        for name, moment in now.items()
    )
    if "project" not in payload:
        return dated
    project = _project(round_, payload["project"])
    renamed = {**project.names, **payload.get("names", {})} != project.names
    return dated or renamed or payload.get("cost", project.cost) != project.cost
