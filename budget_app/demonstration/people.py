"""The people of the example: accounts, and how to sign in as each."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

import pyotp
from flask import current_app
from sqlalchemy import delete

from budget_app.accounts import services as accounts
from budget_app.accounts.models import Role, User
from budget_app.demonstration.content import Table, read
from budget_app.extensions import db
from budget_app.mailing.models import OutgoingMail
from budget_app.parliaments.models import Parliament
from budget_app.parliaments.services import name_office
from tallying.evidence.notes import Signer, generate_key


@dataclass(frozen=True)
class Way:
    """How to sign in as one person; citizens have an identity number, officials a second factor."""

    role: str
    name: str
    email: str
    totp_secret: str = ""
    identity_number: str = ""
    date_of_birth: str = ""

    @property
    def code(self) -> str:
        """The code of the second factor at this moment."""
        return pyotp.TOTP(self.totp_secret).now() if self.totp_secret else ""


def folder() -> Path:
    """Where the installation keeps the example's password and the auditors' keys."""
    path = Path(current_app.instance_path) / "demonstration"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def ensure_people(parliament: Parliament) -> None:
    """Make the accounts that are missing, all with the password of this installation."""
    fresh = not (folder() / "password").exists()
    for person in everybody():
        user = accounts.ensure_user(
            person["email"], language=person["language"], name=person["name"]
        )
        offices = person.get("offices", {})
        user.office = next(iter(offices.values()), "")
        name_office(parliament, offices)
        if "role" in person:
            accounts.grant(user, parliament, Role(person["role"]))
            user.totp_secret = user.totp_secret or accounts.new_totp_secret()
        if fresh or user.password_hash is None:
            accounts.set_password(user, password())
    db.session.flush()


def password() -> str:
    """One for everybody in the example, made once for each installation."""
    return _kept("password", f"guava-{secrets.token_hex(4)}")


def signer_of(user: User) -> Signer:
    """The auditor's signing key; only an example keeps it on the server."""
    name = user.email.partition("@")[0]
    return Signer(_kept(f"{name}.key", generate_key(f"san-telmo.example/{name}")[0]))


def with_role(role: Role) -> list[User]:
    """The officials of one role, in the order of the content."""
    return [
        person(entry["email"])
        for entry in read("parliament")["officials"]
        if entry["role"] == role.value
    ]


def person(email: str) -> User:
    user = accounts.find(email)
    if user is None:
        message = f"The example has no {email}."
        raise LookupError(message)
    return user


def everybody() -> list[Table]:
    """Officials and citizens, as the content describes them."""
    content = read("parliament")
    return [*content["officials"], *content["citizens"]]


def citizens() -> list[Table]:
    return list(read("parliament")["citizens"])


def forget_mails() -> None:
    """What the people of the example were told in an invented past: nobody waits for it."""
    told = OutgoingMail.recipient.endswith(".example")
    db.session.execute(delete(OutgoingMail).where(told))


def ways_in() -> list[Way]:
    """Everybody whom one can sign in as."""
    content = read("parliament")
    officials = [
        Way(entry["role"], entry["name"], entry["email"], person(entry["email"]).totp_secret or "")
        for entry in content["officials"]
    ]
    return officials + [
        Way(
            "citizen",
            entry["name"],
            entry["email"],
            identity_number=entry["identity_number"],
            date_of_birth=entry["date_of_birth"].isoformat(),
        )
        for entry in content["citizens"]
    ]


def _kept(name: str, fresh: str) -> str:
    """A secret in a file that only its owner reads; `fresh` is written when there is none."""
    path = folder() / name
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(fresh + "\n")
    return path.read_text(encoding="ascii").strip()
