"""Counting a round from its evidence bundle, and what may become of a published count."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import func, select

from budget_app.accounts.models import User
from budget_app.extensions import db, new_sessions
from budget_app.presentation.texts import plain
from budget_app.records.models import Act
from budget_app.records.services import record
from budget_app.results import charts
from budget_app.results.errors import CountLeftOpen, CountNotProved, CountNotWitnessed, CountStopped
from budget_app.results.models import Count, CountState
from budget_app.rounds.acts import official_refs
from budget_app.rounds.models import Round, RoundState, Secrecy
from budget_app.rounds.secrecy import EVIDENCE, evidence_folder, open_exercise
from tallying.errors import NotProved, TallyingError, UnresolvedTie
from tallying.evidence import canonical
from tallying.evidence.attestation import Statement
from tallying.evidence.bundle import Bundle
from tallying.evidence.count import count_bundle
from voting import box, bundle, clock, polls
from voting.errors import NotWitnessed
from voting.keys import KeyStore
from voting.lifecycle import Officials
from voting.models import LayerPurpose

Progress = Callable[[int], None]


@dataclass(frozen=True)
class _Counted:
    """What came out of a bundle, and where its editions stand."""

    document: dict[str, Any]
    statement: Statement


def count_round(
    round_: Round,
    *,
    officials: tuple[User, User],
    seed: bytes | None = None,
    seed_record: str = "",
    progress: Progress | None = None,
) -> Count:
    """Write the bundle, count it, and publish the result as provisional.

    `progress` hears per cents. Raises `CountLeftOpen` when a tie stays open, `CountNotProved`,
    `CountStopped` for a fault of the program, and what `voting` and `tallying` raise; then nothing is published, and the next try takes up the same version.
    Commits on the way: the log is sequenced and signed between the stages, in transactions of its
    own that would wait for this one.
    """
    by = official_refs(round_, *officials)
    version = _next_version(round_)
    names = {project.key: plain(project.names) for project in round_.projects}
    _draw_seed(round_, seed, seed_record, by)
    poll_id, secrecy = round_.poll_id, round_.secrecy
    db.session.commit()
    if secrecy is Secrecy.EXERCISE:
        open_exercise(poll_id, LayerPurpose.COUNT)
    counted = _count(poll_id, version, by, names, progress or _silent)
    count = _publish(round_, version, counted)
    record(Act.ROUND_COUNTED, actor=officials[1], round_=round_, version=version)
    if round_.attestations_required == 0:
        certify(count)
    return count


def certify(count: Count) -> None:
    """Make a provisional count final: enough auditors signed it and no objection is open."""
    count.state = CountState.CERTIFIED
    count.certified_at = clock.now(db.session())
    count.round_.state = RoundState.CERTIFIED
    record(Act.COUNT_CERTIFIED, actor=None, round_=count.round_, version=count.version)


def annul(count: Count, what: str, *, by: tuple[User, User]) -> None:
    """Annul a count, say so in the public log, and let the round be counted again.

    `by` are the auditor whose objection is upheld and the official who answered it.
    """
    round_ = count.round_
    count.state = CountState.ANNULLED
    count.annulled_at = clock.now(db.session())
    round_.state = RoundState.CLOSED
    box.record_incident(
        db.session(), round_.poll_id, what, count.version, official_refs(round_, *by)
    )
    record(Act.COUNT_ANNULLED, actor=by[0], round_=round_, version=count.version)


def editions(count: Count) -> bundle.Editions:
    """The files of both editions of a count's bundle."""
    folder = Path(current_app.instance_path) / count.bundle
    return bundle.editions(folder, count.round_.poll_id, count.version)


def _next_version(round_: Round) -> int:
    last = db.session.scalar(select(func.max(Count.version)).where(Count.round_id == round_.id))
    return (last or 0) + 1


def _draw_seed(round_: Round, seed: bytes | None, text: str, by: Officials) -> None:
    """Log the seed once: a repeated try, or a repeated count, finds it drawn."""
    poll = polls.read(db.session(), round_.poll_id)
    if seed is not None and poll.seed != seed.hex():
        box.record_seed(db.session(), round_.poll_id, seed.hex(), text, by)


def _count(
    poll_id: str, version: int, by: Officials, names: dict[str, str], progress: Progress
) -> _Counted:
    sessions, keys = new_sessions(), _keys()
    folder = evidence_folder()
    progress(5)
    written = bundle.write_input(sessions, keys, poll_id, folder, version, by)
    progress(40)
    with Bundle.open(written) as evidence:
        document = _document(evidence, version, names)
    progress(60)
    try:
        result = bundle.write_result(sessions, keys, poll_id, folder, version, document)
    except NotWitnessed as error:
        raise CountNotWitnessed(error) from error
    progress(90)
    with Bundle.open(result.auditor) as evidence:
        return _Counted(document, Statement.of(evidence))


def _document(evidence: Bundle, version: int, names: dict[str, str]) -> dict[str, Any]:
    """What the count answers. Whatever goes wrong in it is told to the office in one sentence."""
    try:
        document: dict[str, Any] = count_bundle(evidence, version=version)
    except UnresolvedTie as tie:
        raise CountLeftOpen(tie, names) from tie
    except NotProved as error:
        raise CountNotProved from error
    except (TallyingError, OSError):
        raise
    except Exception as error:
        raise CountStopped(error) from error
    return document


def _publish(round_: Round, version: int, counted: _Counted) -> Count:
    statement = counted.statement
    count = Count(
        round_=round_,
        version=version,
        state=CountState.PROVISIONAL,
        document=canonical.dumps(counted.document),
        input_digest=statement.input,
        outcome_digest=statement.outcome,
        log_size=statement.size,
        log_root=statement.root,
        bundle=EVIDENCE,
        counted_at=clock.now(db.session()),
    )
    db.session.add(count)
    round_.state = RoundState.COUNTED
    db.session.flush()
    db.session.add_all(charts.draw(count))
    return count


def _keys() -> KeyStore:
    keys: KeyStore = current_app.extensions["keys"]
    return keys


def _silent(_per_cent: int) -> None:
    """Nobody listens."""
