"""Notices to people who voted, whose ballots nobody may read."""

from collections.abc import Iterator

from flask import render_template
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from budget_app.accounts.models import User
from budget_app.booth.queries import account_name
from budget_app.extensions import db
from budget_app.mailing.outbox import address, post
from budget_app.presentation.texts import plain
from budget_app.rounds.models import Project, Round
from voting.changes import Withdrawal
from voting.models import Voter


def tell_of_withdrawal(round_: Round, withdrawal: Withdrawal) -> int:
    """Write to everybody who voted in the project's box; answers to how many.

    Nobody can know who of them chose it, so all are told, and all may vote again.
    """
    names = db.session.scalars(
        select(Project.names).where(
            Project.round_id == round_.id, Project.key == withdrawal.project
        )
    ).one()
    told = 0
    bodies: dict[str, tuple[str, str]] = {}
    for user in _voters(round_, withdrawal.box):
        if user.language not in bodies:
            bodies[user.language] = _mail(round_, names, withdrawal, user.language)
        post(user.email, *bodies[user.language], about=round_.poll_id)
        told += 1
    return told


def tell_of_revocation(round_: Round, voter_ref: str) -> None:
    """Write to the person whose ballot does not count, if an account has claimed the place."""
    voter = db.session.get_one(Voter, (round_.poll_id, voter_ref))
    if voter.account is None:
        return
    for user in _accounts(round_, {voter.account}):
        with force_locale(user.language):
            body = render_template("emails/ballot_revoked.txt", round=round_)
            subject = _("Your ballot does not count")
            post(user.email, subject, body, about=round_.poll_id)


def _voters(round_: Round, box_id: str) -> Iterator[User]:
    """The accounts that cast a ballot in a box."""
    voted = db.session.scalars(
        select(Voter.account).where(
            Voter.round_id == round_.poll_id,
            Voter.box_id == box_id,
            Voter.ballots > 0,
            Voter.account.is_not(None),
        )
    )
    yield from _accounts(round_, {account for account in voted if account})


def _accounts(round_: Round, names: set[str]) -> Iterator[User]:
    """Who the roll knows by these names: hashes that nobody can turn round, so all are tried."""
    for user in db.session.scalars(select(User).order_by(User.id)):
        if account_name(round_, user) in names:
            yield user


def _mail(
    round_: Round, names: dict[str, str], withdrawal: Withdrawal, language: str
) -> tuple[str, str]:
    page = address(
        "booth.choose",
        language=language,
        parliament=round_.parliament.slug,
        round_slug=round_.slug,
    )
    with force_locale(language):
        body = render_template(
            "emails/project_withdrawn.txt",
            round=round_,
            project=plain(names),
            reason=plain(dict(withdrawal.reason)),
            address=page,
        )
        return _("A project of your ballot was withdrawn"), body
