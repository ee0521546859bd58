"""Accounts: links, passwords, second factors, roles."""

import secrets
import time
from datetime import timedelta

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import ColumnElement, select, update

from budget_app.accounts import sessions
from budget_app.accounts.models import LinkPurpose, Membership, Role, SignInLink, User
from budget_app.extensions import db
from budget_app.parliaments.models import Parliament
from budget_app.records.models import Act
from budget_app.records.services import record
from voting import clock

LINK_MINUTES = 30
SET_UP_DAYS = 7
TOTP_PERIOD = 30
ISSUER = "Participatory budgeting"

_hasher = PasswordHasher()
# Verified when there is no account or no password, so that an answer's time tells nothing.
_NOBODY = _hasher.hash(secrets.token_urlsafe(16))


class LinkExpired(Exception):
    """The link is unknown, used, or too old."""


class NotSignedIn(Exception):
    """The address and the password do not belong together, whichever of them is wrong."""


class WrongCode(Exception):
    """The code of the second factor is wrong, or was used before."""


def normal_email(email: str) -> str:
    """The form in which an address is kept and compared."""
    return email.strip().lower()


def find(email: str) -> User | None:
    return db.session.scalar(select(User).where(User.email == normal_email(email)))


def ensure_user(email: str, *, language: str = "en", name: str = "") -> User:
    """The account of `email`; made if there is none."""
    user = find(email)
    if user is None:
        user = User(
            email=normal_email(email),
            language=language,
            name=name,
            created_at=clock.now(db.session()),
        )
        db.session.add(user)
        db.session.flush()
    return user


def one_at_a_time(user: User) -> None:
    """Let the same person's other presses wait until the transaction ends, as of a double click."""
    db.session.execute(select(User.id).where(User.id == user.id).with_for_update())


def grant(user: User, parliament: Parliament, role: Role, *, by: User | None = None) -> None:
    """Let `by` give `user` a role in `parliament`; giving it twice changes nothing."""
    if role in {m.role for m in user.memberships if m.parliament_id == parliament.id}:
        return
    user.memberships.append(
        Membership(parliament=parliament, parliament_id=parliament.id, role=role)
    )
    record(Act.MEMBER_ADDED, actor=by, parliament=parliament, user=user.id, role=role.value)


def make_link(email: str, purpose: LinkPurpose) -> str:
    """A one-time token for `email`; only its hash is kept."""
    now = clock.now(db.session())
    life = (
        timedelta(days=SET_UP_DAYS)
        if purpose is LinkPurpose.SET_UP
        else timedelta(minutes=LINK_MINUTES)
    )
    token = secrets.token_urlsafe(24)
    db.session.add(
        SignInLink(
            token_hash=sessions.token_hash(token),
            email=normal_email(email),
            purpose=purpose,
            created_at=now,
            ends_at=now + life,
        )
    )
    return token


def is_usable(token: str) -> bool:
    """Whether the link still lets somebody in; reads only, so that looking does not use it up."""
    found = select(SignInLink.token_hash).where(*_usable(token))
    return db.session.scalar(found) is not None


def _usable(token: str) -> tuple[ColumnElement[bool], ...]:
    return (
        SignInLink.token_hash == sessions.token_hash(token),
        SignInLink.used_at.is_(None),
        SignInLink.ends_at > clock.now(db.session()),
    )


def use_link(token: str, language: str) -> User:
    """The account that the link lets in, made on first use; raises `LinkExpired`."""
    now = clock.now(db.session())
    used = db.session.scalar(
        update(SignInLink).where(*_usable(token)).values(used_at=now).returning(SignInLink.email)
    )
    if used is None:
        raise LinkExpired
    return ensure_user(used, language=language)


def set_password(user: User, password: str) -> None:
    """Replace the password; every other sign-in of the account ends."""
    user.password_hash = _hasher.hash(password)
    record(Act.PASSWORD_SET, actor=user)


def check_password(email: str, password: str) -> User:
    """The account of `email`; raises `NotSignedIn`, after the same work whatever is wrong."""
    user = find(email)
    kept = user.password_hash if user and user.password_hash else None
    try:
        _hasher.verify(kept or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        raise NotSignedIn from None
    if user is None or kept is None:
        raise NotSignedIn
    if _hasher.check_needs_rehash(kept):
        user.password_hash = _hasher.hash(password)
    return user


def new_totp_secret() -> str:
    return pyotp.random_base32()


def provisioning_uri(user: User, secret: str) -> str:
    """The address that an authenticator app reads as a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name=ISSUER)


def accept_code(user: User, secret: str, code: str) -> None:
    """Check a second factor's code, each code once; raises `WrongCode`."""
    totp = pyotp.TOTP(secret)
    step = int(time.time()) // TOTP_PERIOD
    for candidate in (step - 1, step, step + 1):
        matches = secrets.compare_digest(totp.at(candidate * TOTP_PERIOD), code)
        if matches and candidate > user.totp_last_step:
            user.totp_last_step = candidate
            return
    raise WrongCode


def set_second_factor(user: User, secret: str, code: str) -> None:
    """Keep `secret` as the account's second factor once a code proves that the app holds it."""
    accept_code(user, secret, code)
    user.totp_secret = secret
    record(Act.SECOND_FACTOR_SET, actor=user)


def reset_second_factor(user: User) -> None:
    """Forget the second factor and end every sign-in; the next sign-in sets a new one up."""
    user.totp_secret = None
    user.totp_last_step = 0
    sessions.end_all(user)
    record(Act.SECOND_FACTOR_RESET, actor=None, user=user.id)
