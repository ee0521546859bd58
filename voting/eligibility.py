"""Who may vote: "can I vote?", and the claim of a place on the roll by an account.

An identity number is never stored: `voter_ref = HMAC-SHA256(round key, identity number)`.
"""

import hmac
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from tallying.evidence import canonical
from voting import clock, polls
from voting.errors import NotEligible
from voting.keys import KeyStore
from voting.manifest import Manifest
from voting.models import Poll, PollState, Voter


class Code(StrEnum):
    """The answer to "can I vote?"; a wrong date of birth looks like not being on the roll."""

    ELIGIBLE = "eligible"
    NOT_ON_ROLL = "not_on_roll"
    TOO_YOUNG = "too_young"
    NOT_OPEN_YET = "not_open_yet"
    CLOSED = "closed"
    CLAIMED = "claimed"
    ACCOUNT_HAS_ANOTHER = "account_has_another"
    REVOKED = "revoked"


@dataclass(frozen=True)
class Eligibility:
    """An answer; `voter_ref` and `box_id` are known when the person stands on the roll."""

    code: Code
    voter_ref: str | None = None
    box_id: str | None = None


_CLAIMED = {
    name: select(
        Voter.voter_ref, Voter.box_id, Voter.date_of_birth, Voter.revoked, *clock.beside_rows(name)
    ).where(Voter.round_id == bindparam("round"), Voter.account == bindparam("account"))
    for name in clock.DATABASES
}


def voter_ref(keys: KeyStore, round_id: str, identity_number: str) -> str:
    """The keyed hash by which the round knows a person; blanks, dots and case do not matter."""
    return keyed_hash(keys.round_key(round_id), normalised(identity_number))


def email_hash(keys: KeyStore, round_id: str, address: str) -> str:
    """The keyed hash of an e-mail address."""
    return keyed_hash(keys.round_key(round_id), email_text(address))


def email_text(address: str) -> str:
    """What is hashed of an address; the colon keeps it apart from identity numbers."""
    return "email:" + address.strip().casefold()


def keyed_hash(key: bytes, text: str) -> str:
    """HMAC-SHA256 in base64url."""
    return canonical.b64u(hmac.digest(key, text.encode(), "sha256"))


def normalised(identity_number: str) -> str:
    """Letters and digits only, in capitals, in Unicode's compatibility form."""
    text = unicodedata.normalize("NFKC", identity_number).upper()
    return "".join(character for character in text if character.isalnum())


def old_enough(manifest: Manifest, date_of_birth: date | None) -> bool:
    """Whether somebody reaches the manifest's age on its date; 29 February counts as 1 March."""
    if manifest.min_age is None or manifest.age_on is None:
        return True
    if date_of_birth is None:
        return False
    on = manifest.age_on
    before_birthday = (on.month, on.day) < (date_of_birth.month, date_of_birth.day)
    return on.year - date_of_birth.year - before_birthday >= manifest.min_age


def check(
    session: Session, keys: KeyStore, round_id: str, identity_number: str, date_of_birth: date
) -> Eligibility:
    """Answer "can I vote?"; reads only."""
    poll = session.get(Poll, round_id)
    if poll is not None and poll.erased_at is not None:
        return Eligibility(Code.NOT_ON_ROLL)
    found = session.get(Voter, (round_id, voter_ref(keys, round_id, identity_number)))
    if found is None or found.date_of_birth != date_of_birth:
        return Eligibility(Code.NOT_ON_ROLL)
    code = _code(session, round_id, found.date_of_birth, found.revoked, clock.now(session))
    return Eligibility(code, found.voter_ref, found.box_id)


def of_account(session: Session, round_id: str, account: str) -> Eligibility:
    """The place on the roll that an account has claimed; reads only."""
    finding = _CLAIMED[session.get_bind().dialect.name]
    values = {"round": round_id, "account": account}
    found = session.connection().execute(finding, values).one_or_none()
    if found is None:
        return Eligibility(Code.NOT_ON_ROLL)
    moment = clock.now(session, getattr(found, "read_at", None))
    code = _code(session, round_id, found.date_of_birth, found.revoked, moment)
    return Eligibility(code, found.voter_ref, found.box_id)


def claim(
    session: Session,
    keys: KeyStore,
    round_id: str,
    *,
    account: str,
    identity_number: str,
    date_of_birth: date,
    verified_email: str | None = None,
) -> Eligibility:
    """Bind an account to its place on the roll, for good: one account, one place.

    Raises `NotEligible` with a `Code`. Claiming one's own place again does no harm.
    """
    answer = check(session, keys, round_id, identity_number, date_of_birth)
    if answer.voter_ref is None or answer.code is Code.TOO_YOUNG:
        raise NotEligible(answer.code)
    voter = session.get_one(
        Voter, (round_id, answer.voter_ref), with_for_update=True, populate_existing=True
    )
    if voter.email_hash is not None and (
        verified_email is None or voter.email_hash != email_hash(keys, round_id, verified_email)
    ):
        raise NotEligible(Code.NOT_ON_ROLL)
    if voter.account is not None and voter.account != account:
        raise NotEligible(Code.CLAIMED)
    held = of_account(session, round_id, account)
    if held.voter_ref not in (None, voter.voter_ref):
        raise NotEligible(Code.ACCOUNT_HAS_ANOTHER)
    voter.account = account
    session.flush()
    return answer


def _code(
    session: Session, round_id: str, born: date | None, revoked: bool, moment: datetime
) -> Code:
    poll = session.get_one(Poll, round_id)
    if poll.state is PollState.DRAFT:
        return Code.NOT_OPEN_YET
    if not old_enough(polls.manifest_of(session, poll), born):
        return Code.TOO_YOUNG
    if revoked:
        return Code.REVOKED
    if poll.closes is not None and moment >= poll.closes:
        return Code.CLOSED
    if poll.state in (PollState.CLOSED, PollState.COMMITTED):
        return Code.CLOSED
    if poll.state is PollState.SEALED or (poll.opens is not None and moment < poll.opens):
        return Code.NOT_OPEN_YET
    return Code.ELIGIBLE
