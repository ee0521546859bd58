"""What the auditors of the example have done."""

from datetime import datetime, timedelta

from sqlalchemy import select

from budget_app.accounts.models import Role, User
from budget_app.audit import jobs, services
from budget_app.audit.models import Objection
from budget_app.audit.queries import attestation_of, key_of, statement_of
from budget_app.demonstration import people
from budget_app.demonstration.content import Table
from budget_app.extensions import db
from budget_app.results.models import Count
from budget_app.rounds.models import PhaseKind
from tallying.evidence.notes import sign
from voting import clock


def attest(count: Count, auditor: User, *, day: int) -> None:
    """Sign the count on a day of its audit, with a key that is registered first."""
    with clock.replay(_audit_day(count, day)):
        signer = people.signer_of(auditor)
        if key_of(count.round_.parliament, auditor) is None:
            services.register_key(count.round_.parliament, auditor, signer.verifier_key)
        if attestation_of(count, auditor) is None:
            note = sign(statement_of(count).text(), signer)
            services.attest(count, auditor, note.decode())
    jobs.add_attestations()


def object_and_answer(count: Count, words: Table) -> None:
    """One auditor objects, the parliament answers; the auditor has still to decide."""
    known = db.session.scalar(select(Objection).where(Objection.count_id == count.id).limit(1))
    if known is not None:
        return
    with clock.replay(_audit_day(count, 3)):
        objection = services.object_(count, people.with_role(Role.AUDITOR)[0], words["objection"])
    with clock.replay(_audit_day(count, 6)):
        official = people.with_role(Role.ADMINISTRATOR)[0]
        services.answer_objection(objection, official, words["answer"])


def _audit_day(count: Count, day: int) -> datetime:
    audit = count.round_.phase(PhaseKind.AUDIT)
    return (audit.starts if audit else count.counted_at) + timedelta(days=day, hours=11)
