"""Giving official roles, and taking them back."""

from flask import render_template
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from budget_app.accounts import services as accounts
from budget_app.accounts.models import LinkPurpose, Membership, Role, User
from budget_app.administration.models import Act
from budget_app.administration.outbox import address, post
from budget_app.administration.records import record
from budget_app.extensions import db
from budget_app.parliaments.models import Parliament
from budget_app.rounds.errors import InvalidField, RoundError

INDEPENDENT = frozenset(Role) - {Role.AUDITOR, Role.CITIZEN}


class OwnRole(RoundError):
    """An administrator's own role."""

    sentence = _l("Another administrator must take this role back.")


def add_member(
    parliament: Parliament, email: str, role: Role, *, name: str, office: str, by: User
) -> User:
    """Give somebody an official role, and send a link that lets them in.

    Raises `InvalidField` when an auditor would also administer or review.
    """
    user = accounts.ensure_user(email, language=parliament.default_language, name=name)
    held = user.roles_in(parliament)
    if (role is Role.AUDITOR and held & INDEPENDENT) or (
        role in INDEPENDENT and Role.AUDITOR in held
    ):
        raise InvalidField(
            "role", _("An auditor must be independent: the same person cannot also run the round.")
        )
    user.office = office or user.office
    accounts.grant(user, parliament, role, by=by)
    _send_link(user, parliament, role)
    return user


def remove_member(membership: Membership, *, by: User) -> None:
    """Take a role back; nobody takes back their own, so one administrator always stays."""
    if membership.user_id == by.id:
        raise OwnRole
    record(
        Act.MEMBER_REMOVED,
        actor=by,
        parliament=membership.parliament,
        user=membership.user_id,
        role=membership.role.value,
    )
    db.session.delete(membership)


def _send_link(user: User, parliament: Parliament, role: Role) -> None:
    token = accounts.make_link(user.email, LinkPurpose.SET_UP)
    page = address(
        "accounts.follow_link", language=user.language, parliament=parliament.slug, token=token
    )
    with force_locale(user.language):
        body = render_template(
            "emails/new_role.txt",
            role=role,
            names=parliament.names,
            address=page,
            days=accounts.SET_UP_DAYS,
        )
        post(user.email, _("You have a new role"), body)
