"""Giving official roles, and taking them back."""

from dataclasses import dataclass

from flask import render_template
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from budget_app.accounts import services as accounts
from budget_app.accounts.models import LinkPurpose, Membership, Role, User
from budget_app.administration import queries
from budget_app.extensions import db
from budget_app.mailing.outbox import address, post
from budget_app.parliaments.models import Parliament
from budget_app.parliaments.services import name_office
from budget_app.records.models import Act
from budget_app.records.services import record
from budget_app.rounds.errors import InvalidField, RoundError

INDEPENDENT = frozenset(Role) - {Role.AUDITOR, Role.CITIZEN}
FEWEST_ADMINISTRATORS = 2
"""One asks for an act and another approves it."""


class OwnRole(RoundError):
    """An administrator's own role."""

    sentence = _l("Another administrator must take this role back.")


class FewAdministrators(RoundError):
    """One of the last two administrators of a parliament whose round has begun."""

    sentence = _l(
        "A parliament with an announced round keeps two administrators, because its acts need two:"
        " give somebody else this role first."
    )


@dataclass(frozen=True)
class Given:
    """Who got a role, and which words typed for it were not used, because the account had its own."""

    user: User
    keeps_name: bool
    keeps_office: bool


def add_member(
    parliament: Parliament, email: str, role: Role, *, name: str, offices: dict[str, str], by: User
) -> Given:
    """Give somebody an official role, and send a link that lets them in.

    `offices` is the name of the office by language; the first is what they sign with.

    A name and an office that the account has already stay as they are: other roles, perhaps in
    another parliament, are exercised under them. Raises `InvalidField` when the person holds the
    role already, or when an auditor would also administer or review.
    """
    user = accounts.ensure_user(email, language=parliament.default_language, name=name)
    held = user.roles_in(parliament)
    if role in held:
        raise InvalidField("role", _("This person already holds this role: nothing was sent."))
    if (role is Role.AUDITOR and held & INDEPENDENT) or (
        role in INDEPENDENT and Role.AUDITOR in held
    ):
        raise InvalidField(
            "role", _("An auditor must be independent: the same person cannot also run the round.")
        )
    office = next(iter(offices.values()), "")
    user.name, user.office = user.name or name, user.office or office
    name_office(parliament, offices)
    accounts.grant(user, parliament, role, by=by)
    _send_link(user, parliament, role)
    return Given(user, user.name != name, bool(office) and user.office != office)


def remove_member(membership: Membership, *, by: User) -> None:
    """Take a role back.

    Raises `OwnRole`, so that one administrator always stays, and `FewAdministrators` where a round
    that was announced would be left without the two that its acts need.
    """
    if membership.user_id == by.id:
        raise OwnRole
    if membership.role is Role.ADMINISTRATOR and keeps_administrators(
        membership.parliament, lock=True
    ):
        raise FewAdministrators
    record(
        Act.MEMBER_REMOVED,
        actor=by,
        parliament=membership.parliament,
        user=membership.user_id,
        role=membership.role.value,
    )
    db.session.delete(membership)


def keeps_administrators(parliament: Parliament, *, lock: bool = False) -> bool:
    """Whether no administrator can lose the role now; asked with a lock by who takes one back."""
    few = queries.administrators(parliament, lock=lock) <= FEWEST_ADMINISTRATORS
    return few and queries.has_announced(parliament)


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
