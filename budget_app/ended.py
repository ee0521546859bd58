"""A form that its sender may not send now: nothing is done, and what was typed is kept on the page.

A sign-in ends while people write, or somebody without the right sends what another began. The page
that answers carries what was typed, and is sent again after the next sign-in; the server keeps
nothing of it, so nothing can be found there by the next person at a shared computer.
"""

from dataclasses import dataclass
from enum import StrEnum

from flask import render_template, request
from flask.typing import ResponseReturnValue

from budget_app.addresses import address_to_return_to, present_address
from budget_app.rounds.private_keys import is_private

FEATURES_NEVER_KEPT = frozenset({"booth"})
"""Whose forms say how or who somebody votes: never shown again."""
VIEWS_NEVER_KEPT = frozenset(
    {"audit.cast_canary", "accounts.check_second_factor", "accounts.save_password"}
)
PRESSES = frozenset(
    {"deliberation.vote", "hearings.support", "hearings.retract", "hearings.answer_poll"}
    | {"hearings.withdraw"}
)
"""One press with nothing typed: it is quicker made once more where the button stands."""

SECRETS = frozenset(
    {"password", "again", "present", "code", "token", "identity_number", "envelope"}
)
"""Fields that are left out wherever they stand."""
UNSEEN = frozenset(
    {"began_with", "once", "shown", "asked", "then"}
    | {"act", "press", "save", "submit", "more", "preview", "publish", "restore", "dismiss"}
)
"""Marks and buttons of forms: they go along, and tell a reader nothing."""

MOST_FIELDS = 1_000
MOST_CHARACTERS = 500_000
"""Names and values together; the longest form, minutes in four languages, has 200,000."""
SHORTEST_WORDS = 40
"""From so many characters on a value without a space is shown as a text of its own."""


class Lack(StrEnum):
    """What keeps somebody from a view."""

    SIGN_IN = "sign-in"
    SECOND_FACTOR = "second-factor"
    ROLE = "role"
    PARLIAMENT = "parliament"
    """An account that exists in an exercise alone, outside of it."""


FORBIDDEN = frozenset({Lack.ROLE, Lack.PARLIAMENT})


@dataclass(frozen=True)
class Typed:
    """What a form sent: `fields` are sent again, `words` and `answers` are what a reader sees of them.

    `left_out` says that it also sent a secret or a file, `too_long` that it was too much to keep.
    """

    fields: tuple[tuple[str, str], ...] = ()
    left_out: bool = False
    too_long: bool = False

    @property
    def stands(self) -> bool:
        """Whether there is anything to show again."""
        return any(self._seen())

    @property
    def words(self) -> list[str]:
        """Texts, in the order of the form."""
        return [value for value in self._seen() if _is_text(value)]

    @property
    def answers(self) -> list[str]:
        """Choices, amounts, dates."""
        return [value for value in self._seen() if not _is_text(value)]

    def _seen(self) -> list[str]:
        return [
            value.strip() for name, value in self.fields if name not in UNSEEN and value.strip()
        ]


def _is_text(value: str) -> bool:
    return len(value.split()) > 1 or len(value) >= SHORTEST_WORDS


def comes_from_here() -> bool:
    """Whether the browser vouches that one of our own pages sent the present request.

    A foreign page must not fill a form here that somebody then sends. Browsers tell it of safe
    connections in a header of its own, of others by the origin alone.
    """
    site = request.headers.get("Sec-Fetch-Site")
    return site == "same-origin" or (not site and request.origin == request.host_url.rstrip("/"))


def typed() -> Typed:
    """What the present request sent and may be shown again; nothing of a foreign page's form."""
    if request.method != "POST" or not _may_be_kept() or not comes_from_here():
        return Typed()
    sent = list(request.form.items(multi=True))
    if len(sent) > MOST_FIELDS or sum(len(n) + len(v) for n, v in sent) > MOST_CHARACTERS:
        return Typed(too_long=True)
    asked = [(name, value) for name, value in sent if name != "csrf_token"]
    kept = tuple((name, value) for name, value in asked if not _is_secret(name, value))
    files = any(file.filename for file in request.files.values())
    return Typed(kept, left_out=files or len(kept) < len(asked))


def _is_secret(name: str, value: str) -> bool:
    return name in SECRETS or is_private(value)


def _may_be_kept() -> bool:
    unkept = request.blueprint in FEATURES_NEVER_KEPT or request.endpoint in VIEWS_NEVER_KEPT
    return not unkept and request.endpoint not in PRESSES


def keeps_words() -> bool:
    """Whether the present request typed something that the page would keep."""
    found = typed()
    return found.stands or found.too_long


def page(lack: Lack | None) -> ResponseReturnValue:
    """The page that says what is lacking, with what was typed; None once nothing lacks any more."""
    found = typed()
    html = render_template(
        "errors/ended.html",
        lack=lack,
        typed=found,
        keeps=found.stands,
        action=present_address(),
        back=address_to_return_to(),
    )
    return html, 403 if lack in FORBIDDEN else 400
