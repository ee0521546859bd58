"""Sign-ins as rows: begun, found again, ended. The cookie carries a random token and nothing else."""

import hashlib
import secrets
import time
from datetime import datetime, timedelta

from flask import Flask, Response, current_app, g, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_login import login_user, logout_user
from sqlalchemy import bindparam, delete, exists, select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from budget_app import moment
from budget_app.accounts.models import Membership, SignIn, User
from budget_app.extensions import db, login
from budget_app.settings import Settings
from voting import clock

SEEN = "seen"
BY_LINK = "by_link"

_FINDING = {
    name: select(
        SignIn,
        exists().where(Membership.user_id == SignIn.user_id).label("has_roles"),
        *clock.beside_rows(name),
    )
    .where(SignIn.token_hash == bindparam("hash"))
    # Only pages that show roles, or ask for one, read them.
    .options(joinedload(SignIn.user).lazyload(User.memberships))
    for name in clock.DATABASES
}


def token_hash(token: str) -> str:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def begin(user: User, *, second_factor: bool = False, by_link: bool = False) -> SignIn:
    """Sign `user` in on this device; an earlier sign-in of this device ends."""
    _end_row()
    session.clear()
    settings: Settings = current_app.extensions["settings"]
    now = clock.now(db.session())
    token = secrets.token_urlsafe(32)
    row = SignIn(
        token_hash=token_hash(token),
        user=user,
        created_at=now,
        ends_at=now + timedelta(hours=settings.session_hours),
        second_factor_at=now if second_factor else None,
    )
    db.session.add(row)
    db.session.execute(delete(SignIn).where(SignIn.user_id == user.id, SignIn.ends_at < now))
    user.sign_in_token = token
    login_user(user)
    session[SEEN] = int(time.time())
    session[BY_LINK] = by_link
    g.sign_in = row
    return row


def end() -> None:
    """Sign out and forget everything this device holds."""
    _end_row()
    logout_user()
    session.clear()


def end_all(user: User) -> None:
    """Revoke every sign-in of `user`, on all devices."""
    db.session.execute(delete(SignIn).where(SignIn.user_id == user.id))


def is_fresh(now: datetime) -> bool:
    """Whether the present sign-in is recent enough to cast a ballot with."""
    settings: Settings = current_app.extensions["settings"]
    row: SignIn | None = g.get("sign_in")
    return row is not None and now - row.created_at < timedelta(minutes=settings.fresh_minutes)


def is_by_link() -> bool:
    """Whether the present sign-in began with a link of a mail, and no new password was set since."""
    return bool(session.get(BY_LINK))


def _end_row() -> None:
    token = session.get("_user_id")
    if token:
        db.session.execute(delete(SignIn).where(SignIn.token_hash == token_hash(token)))
    g.pop("sign_in", None)


class ApartFromCaches(SecureCookieSessionInterface):
    """An answer that caches keep for everybody depends on no cookie, and never carries one."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not response.cache_control.public:
            super().save_session(app, session, response)


def init_app(app: Flask) -> None:
    """Teach Flask-Login to find the user of a token."""
    app.session_interface = ApartFromCaches()
    settings: Settings = app.extensions["settings"]
    idle = settings.idle_minutes * 60

    @login.user_loader
    def find_user(token: str) -> User | None:
        finding = _FINDING[db.engine.dialect.name]
        found = db.session.execute(finding, {"hash": token_hash(token)}).one_or_none()
        if found is None:
            return None
        row: SignIn = found[0]
        if row.ends_at <= moment.bring(getattr(found, "read_at", None)):
            return None
        seconds = int(time.time())
        if seconds - session.get(SEEN, 0) > idle:
            return None
        if seconds - session[SEEN] > 60:
            session[SEEN] = seconds
        if not found.has_roles:  # nearly everybody: the roles need not be asked for
            set_committed_value(row.user, "memberships", [])
        row.user.sign_in_token = token
        g.sign_in = row
        return row.user
