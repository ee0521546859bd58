"""What the views of proposals share: who writes, and what one refuses to everybody else."""

from typing import Any

from flask import abort

from budget_app.accounts.forms import EmptyForm
from budget_app.proposals import queries
from budget_app.proposals.models import Proposal
from budget_app.rounds.errors import InvalidField


def refuse_strangers(proposal: Proposal) -> None:
    """403 for everybody but the author and the co-authors."""
    if not queries.is_writing(proposal):
        abort(403)


def refuse_who_is_not_the_author(proposal: Proposal) -> None:
    if not queries.is_author(proposal):
        abort(403)


def expect_button() -> None:
    """400 for an act that did not come from a button of these pages."""
    if not EmptyForm().validate_on_submit():
        abort(400)


def show_at_field(form: Any, error: InvalidField) -> None:
    """Put what was refused at its field of `form`."""
    field = form[error.field]
    field.errors = [*field.errors, error.message]
