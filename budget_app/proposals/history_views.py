"""The history of a proposal: who changed what, shown as a difference."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import LazyString

from budget_app import access
from budget_app.parliaments.models import Parliament
from budget_app.proposals import queries
from budget_app.proposals.blueprint import bp
from budget_app.proposals.history import changed_labels, changes_between, versions_of
from budget_app.proposals.models import Proposal, ProposalVersion
from budget_app.rounds.models import Round


@dataclass(frozen=True)
class Entry:
    """A version in the list, with the fields that it changed."""

    version: ProposalVersion
    labels: list[LazyString]


@bp.get("/<int:proposal_id>/history")
@access.public
def history(parliament: Parliament, round_: Round, proposal: Proposal) -> ResponseReturnValue:
    """All versions, and the difference between the two that are asked for."""
    versions = versions_of(proposal, drafts=queries.is_writing(proposal))
    old, new = _compared(versions)
    return render_template(
        "proposals/history.html",
        round=round_,
        proposal=proposal,
        entries=_entries(versions),
        old=old,
        new=new,
        changes=changes_between(round_, old.content, new.content) if old and new else [],
    )


def _compared(
    versions: Sequence[ProposalVersion],
) -> tuple[ProposalVersion | None, ProposalVersion | None]:
    """The older and the newer version that are asked for; by default the last two."""
    known = {version.number: version for version in versions}
    if len(versions) < 2:
        return None, None
    new = known.get(request.args.get("to", 0, type=int), versions[0])
    earlier = [version for version in versions if version.number < new.number]
    old = known.get(request.args.get("from", 0, type=int), earlier[0] if earlier else new)
    return (old, new) if old.number <= new.number else (new, old)


def _entries(versions: Sequence[ProposalVersion]) -> list[Entry]:
    """Newest first, each compared with the one before it."""
    return [
        Entry(version, changed_labels(old.content, version.content) if old else [])
        for version, old in zip_longest(versions, versions[1:])
    ]
