"""The auditor's desk: its list of steps, and what every page of it shows."""

import re
from typing import Any

from flask import render_template, request, url_for
from flask_login import current_user

from budget_app.accounts.models import User
from budget_app.audit import queries
from budget_app.audit.models import Attestation, AuditorKey
from budget_app.navigation import StepItem
from budget_app.results.models import Count, CountState
from budget_app.results.queries import newest_count
from budget_app.rounds.models import Round
from budget_app.translation import gettext as _


def steps(count: Count | None, key: AuditorKey | None, mine: Attestation | None) -> list[StepItem]:
    """Look, register a key, attest or object."""
    standing = count is not None and count.state is not CountState.ANNULLED
    waiting = "next" if standing else "locked"
    return [
        _item("audit.desk", _("Look at the evidence"), "done" if mine else "next"),
        _item("audit.key", _("Register your key"), "done" if key else "next"),
        _item(
            "audit.canaries", _("Watch with canaries"), "next", _("Only where ballots are sealed")
        ),
        _item("audit.attest", _("Attest"), "done" if mine else waiting),
        _item("audit.object_", _("Object"), waiting, _("Only if something is wrong")),
    ]


def suggested_key_name(user: User) -> str:
    """A name for a new key that the command accepts, written as the names of logs are."""
    name = re.sub(r"[^a-z0-9]+", "-", user.email.partition("@")[0].lower()).strip("-")
    return f"{request.host.partition(':')[0]}/{name or 'auditor'}"


def _item(endpoint: str, title: str, state: str, note: str = "") -> StepItem:
    return StepItem(title, url_for(endpoint), state, request.endpoint == endpoint, note)


def desk_page(template: str, round_: Round, **values: Any) -> str:
    """A page of the desk, with the list of what is done and what is not."""
    count = newest_count(round_)
    key_ = queries.key_of(round_.parliament, current_user)
    mine = queries.attestation_of(count, current_user) if count else None
    given = {
        "round": round_,
        "count": count,
        "key": key_,
        "key_name": suggested_key_name(current_user),
        "mine": mine,
        "desk_steps": steps(count, key_, mine),
    }
    return render_template(template, **{**given, **values})


def status(form: Any) -> int:
    """422 for a form that is shown again with its errors."""
    return 422 if form.errors else 200
