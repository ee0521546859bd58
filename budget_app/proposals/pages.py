"""What the views of proposals share: who writes, and what one refuses to everybody else."""

from typing import Any

from flask import abort
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import Forbidden

from budget_app.accounts.forms import EmptyForm
from budget_app.proposals import queries
from budget_app.proposals.models import Proposal
from budget_app.rounds.errors import InvalidField


class AnothersProposal(Forbidden):
    """Somebody asked for what only those who write the proposal may do."""

    sentence = _l("This proposal is another person's.")


def refuse_strangers(proposal: Proposal) -> None:
    """403 for everybody but the author and the co-authors."""
    if not queries.is_writing(proposal):
        raise AnothersProposal


def refuse_who_is_not_the_author(proposal: Proposal) -> None:
    if not queries.is_author(proposal):
        raise AnothersProposal


def expect_button() -> None:
    """400 for an act that did not come from a button of these pages."""
    if not EmptyForm().validate_on_submit():
        abort(400)


def show_at_field(form: Any, error: InvalidField) -> None:
    """Put what was refused at its field of `form`."""
    field = form[error.field]
    field.errors = [*field.errors, error.message]
