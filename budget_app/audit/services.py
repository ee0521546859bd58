"""What auditors do with a published count, and what follows from it."""

import re

from sqlalchemy import select

from budget_app.accounts.models import User
from budget_app.audit import errors, queries
from budget_app.audit.models import Attestation, AuditorKey, Objection, ObjectionState
from budget_app.extensions import db
from budget_app.parliaments.models import Parliament
from budget_app.records.models import Act
from budget_app.records.services import record
from budget_app.results import services as results
from budget_app.results.models import Count, CountState
from tallying.evidence.notes import PRIVATE, InvalidNote, Verifier, open_note, text_of
from voting import bundle, clock, destruction
from voting.models import Poll

UNNAMEABLE = re.compile(r"[^A-Za-z0-9]+")


def register_key(parliament: Parliament, user: User, text: str) -> AuditorKey:
    """Keep the public key with which an auditor signs; a new one replaces the old.

    Raises `InvalidKey`, `PrivateKeyShown` or `KeyOfAnother`.
    """
    if PRIVATE in text:
        raise errors.PrivateKeyShown
    try:
        verifier = Verifier.parse(text)
    except InvalidNote as error:
        raise errors.InvalidKey from error
    _refuse_key_of_another(parliament, user, verifier)
    key = queries.key_of(parliament, user) or AuditorKey(parliament_id=parliament.id, user=user)
    key.verifier_key = verifier.text
    key.registered_at = clock.now(db.session())
    db.session.add(key)
    db.session.flush()
    record(
        Act.AUDITOR_KEY_REGISTERED, actor=user, parliament=parliament, verifier_key=verifier.text
    )
    return key


def attest(count: Count, user: User, note_text: str) -> Attestation:
    """Accept an auditor's signed statement that the count is right, and certify when it suffices.

    Raises `NothingToAudit`, `NoKey`, `AlreadyAttested`, `OwnObjectionOpen`, or `NotANote`,
    `WrongKey`, `AlteredNote`, `OtherStatement` for a note that does not hold.
    """
    count = _standing(count)
    key = queries.key_of(count.round_.parliament, user)
    if key is None:
        raise errors.NoKey
    if queries.attestation_of(count, user) is not None:
        raise errors.AlreadyAttested
    if _open_objection_of(count, user) is not None:
        raise errors.OwnObjectionOpen
    note = _as_note(note_text)
    _check(note, count, Verifier.parse(key.verifier_key))
    attestation = Attestation(
        count=count,
        user=user,
        note=note.decode(),
        verifier_key=key.verifier_key,
        attested_at=clock.now(db.session()),
    )
    db.session.add(attestation)
    db.session.flush()
    record(Act.COUNT_ATTESTED, actor=user, round_=count.round_, version=count.version)
    _certify_if_complete(count)
    return attestation


def object_(count: Count, user: User, reasons: str) -> Objection:
    """Object to the count; raises `NothingToAudit`, `ObjectionOpen` or `NoReasons`."""
    count = _standing(count)
    if _open_objection_of(count, user) is not None:
        raise errors.ObjectionOpen
    if not reasons.strip():
        raise errors.NoReasons
    objection = Objection(
        count=count,
        user=user,
        state=ObjectionState.OPEN,
        reasons=reasons.strip(),
        made_at=clock.now(db.session()),
    )
    db.session.add(objection)
    db.session.flush()
    record(Act.COUNT_OBJECTED, actor=user, round_=count.round_, version=count.version)
    return objection


def answer_objection(objection: Objection, user: User, answer: str) -> None:
    """Answer for the parliament; raises `NotWaiting`, `OwnAnswer` or `NoReasons`."""
    _standing(objection.count)
    if objection.state is not ObjectionState.OPEN:
        raise errors.NotWaiting
    if objection.user_id == user.id:
        raise errors.OwnAnswer
    if not answer.strip():
        raise errors.NoReasons
    objection.answer, objection.answered_by = answer.strip(), user
    objection.answered_at = clock.now(db.session())
    objection.state = ObjectionState.ANSWERED
    _record(Act.OBJECTION_ANSWERED, objection, user)


def withdraw_objection(objection: Objection, user: User) -> None:
    """The auditor is content, before or after the answer; this may certify the count."""
    count = _standing(objection.count)
    _refuse_others(objection, user)
    if not objection.is_open:
        raise errors.NotWaiting
    _conclude(objection, ObjectionState.WITHDRAWN)
    _record(Act.OBJECTION_WITHDRAWN, objection, user)
    _certify_if_complete(count)


def uphold_objection(objection: Objection, user: User) -> None:
    """The answer does not convince: the count is annulled, and the round can be counted again.

    Raises `NotWaiting` before the objection is answered.
    """
    count = _standing(objection.count)
    _refuse_others(objection, user)
    if objection.state is not ObjectionState.ANSWERED or objection.answered_by is None:
        raise errors.NotWaiting
    _conclude(objection, ObjectionState.UPHELD)
    _record(Act.OBJECTION_UPHELD, objection, user)
    results.annul(count, "objection_upheld", by=(user, objection.answered_by))


def add_to_bundles(attestation: Attestation) -> None:
    """Put the note into both editions of the count's bundle."""
    verifier = Verifier.parse(attestation.verifier_key)
    name = UNNAMEABLE.sub("-", verifier.name).strip("-") or "auditor"
    editions = results.editions(attestation.count)
    for path in (editions.public, editions.auditor):
        bundle.add_attestation(path, f"{name}-{verifier.key_hash.hex()}", attestation.note.encode())
    attestation.in_bundle = True


def _standing(count: Count) -> Count:
    """The count, locked against other acts of its audit.

    Raises `NothingToAudit` when it is annulled, or the ballots behind it are destroyed.
    """
    locked = db.session.scalars(
        select(Count)
        .where(Count.id == count.id)
        .with_for_update(of=Count)
        .execution_options(populate_existing=True)
    ).one()
    if locked.state is CountState.ANNULLED or destruction.is_erased(
        db.session(), locked.round_.poll_id
    ):
        raise errors.NothingToAudit
    return locked


def _refuse_key_of_another(parliament: Parliament, user: User, verifier: Verifier) -> None:
    auditors = db.session.scalars(
        select(AuditorKey.verifier_key).where(
            AuditorKey.parliament_id == parliament.id, AuditorKey.user_id != user.id
        )
    )
    polls = db.session.execute(
        select(Poll.log_key, Poll.receipt_key).where(
            Poll.round_id.startswith(f"{parliament.slug}/")
        )
    )
    in_use = {*auditors, *(key for keys in polls for key in keys if key)}
    if any(Verifier.parse(other).public == verifier.public for other in in_use):
        raise errors.KeyOfAnother


def _as_note(text: str) -> bytes:
    """The note with the line ends that were signed: forms send others, and lose the last one."""
    return ("\n".join(text.lstrip("\ufeff").splitlines()).strip("\n") + "\n").encode()


def _check(note: bytes, count: Count, verifier: Verifier) -> None:
    try:
        text = text_of(note)
    except InvalidNote as error:
        raise errors.NotANote from error
    try:
        open_note(note, [verifier])
    except InvalidNote as error:
        named = f"— {verifier.name} ".encode() in note
        signed_here = named and queries.signed_with(note, verifier)
        raise (errors.AlteredNote if signed_here else errors.WrongKey) from error
    if text != queries.statement_of(count).text():
        raise errors.OtherStatement


def _open_objection_of(count: Count, user: User) -> Objection | None:
    return next((o for o in queries.open_objections(count) if o.user_id == user.id), None)


def _refuse_others(objection: Objection, user: User) -> None:
    if objection.user_id != user.id:
        raise errors.NotYourObjection


def _conclude(objection: Objection, state: ObjectionState) -> None:
    objection.state = state
    objection.concluded_at = clock.now(db.session())
    db.session.flush()


def _record(act: Act, objection: Objection, user: User) -> None:
    count = objection.count
    record(act, actor=user, round_=count.round_, version=count.version, objection=objection.id)


def _certify_if_complete(count: Count) -> None:
    if count.state is not CountState.PROVISIONAL or queries.open_objections(count):
        return
    if len(queries.attestations(count)) >= count.round_.attestations_required:
        results.certify(count)
