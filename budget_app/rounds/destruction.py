"""Destroying a round's keys and what is personal in it, once the appeal period is over."""

from flask import current_app
from sqlalchemy import delete, select, update

from budget_app.accounts.models import User
from budget_app.extensions import db, new_sessions
from budget_app.mailing.models import OutgoingMail
from budget_app.records.models import Act, Record
from budget_app.records.services import record
from budget_app.reviews.erasing import erase_private_words
from budget_app.rounds.models import ActKind, OfficialAct, Round
from budget_app.rounds.secrecy import evidence_folder
from voting import box
from voting.eligibility import keyed_hash
from voting.keys import KeyStore


def destroy_round(act: OfficialAct, first: User, second: User) -> None:
    """Erase the traces of voters here and in the box; again after an interruption.

    Commits on the way: the box works in transactions of its own. The officials are named by the
    key of the installation, because that of the round goes, and another try must still name them.
    """
    poll_id = act.round_.poll_id
    keys: KeyStore = current_app.extensions["keys"]
    asked, confirmed = (
        keyed_hash(keys.pepper(), f"official:{poll_id}:{user.id}") for user in (first, second)
    )
    _erase(act.round_)
    db.session.commit()
    box.destroy(
        new_sessions(),
        keys,
        poll_id,
        evidence_folder(),
        (asked, confirmed),
    )
    record(Act.KEYS_DESTROYED, actor=second, round_=act.round_)


def _erase(round_: Round) -> None:
    """Mails to voters, who found themselves on the roll, whose ballot was revoked, and what
    reviewers said among themselves.
    """
    db.session.execute(delete(OutgoingMail).where(OutgoingMail.about == round_.poll_id))
    db.session.execute(
        update(Record)
        .where(Record.round_id == round_.id, Record.act == Act.ROLL_CLAIMED)
        .values(actor_id=None)
    )
    erase_private_words(round_)
    revocations = select(OfficialAct).where(
        OfficialAct.round_id == round_.id, OfficialAct.kind == ActKind.REVOKE
    )
    for act in db.session.scalars(revocations):
        act.payload = {"code": act.payload["code"]}
