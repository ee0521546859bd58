"""Adding attestations to the bundles, after the transaction in which they were accepted."""

from sqlalchemy import select

from budget_app import jobs
from budget_app.audit.models import Attestation
from budget_app.audit.services import add_to_bundles
from budget_app.extensions import db
from budget_app.logs import tell_seldom
from tallying.errors import TallyingError


@jobs.task(select(Attestation.count_id).where(~Attestation.in_bundle))
def add_attestations() -> None:
    """Each note goes into both editions; the row's lock keeps two workers from one archive."""
    waiting = db.session.scalars(
        select(Attestation)
        .where(~Attestation.in_bundle)
        .order_by(Attestation.count_id, Attestation.attested_at)
        .with_for_update(of=Attestation)
    ).all()
    for attestation in waiting:
        try:
            add_to_bundles(attestation)
        except TallyingError as error:  # a damaged bundle must not stop the others
            tell_seldom("attestation.not_added", count=attestation.count_id, error=str(error))
