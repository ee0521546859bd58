"""The list of steps on the auditor's desk."""

import re

from flask import request, url_for

from budget_app.accounts.models import User
from budget_app.audit.models import Attestation, AuditorKey
from budget_app.navigation import StepItem
from budget_app.results.models import Count, CountState
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
