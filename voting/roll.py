"""The roll: entering it whole or not at all, and committing to it in the log."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from typing import cast as typed

from sqlalchemy import Row, Table, delete, insert, select
from sqlalchemy.orm import Session

from tallying.evidence import canonical, merkle
from voting import clock, polls, queue
from voting.eligibility import email_text, keyed_hash, normalised, old_enough
from voting.errors import WrongState
from voting.keys import KeyStore
from voting.models import PollState, Voter, VoterKind
from voting.roll_file import Line, RollError, read_lines

ERRORS_LISTED = 100
ROWS_PER_QUERY = 1000

AnyRow = Row[*tuple[Any, ...]]

_voters = typed("Table", Voter.__table__)


@dataclass(frozen=True)
class RollReport:
    """What an import did; with errors it did nothing. `error_count` may exceed those listed."""

    added: int
    unchanged: int
    errors: tuple[RollError, ...] = ()
    error_count: int = 0


def import_roll(
    session: Session, keys: KeyStore, round_id: str, content: bytes, districts: Collection[str]
) -> RollReport:
    """Import a CSV file (see `roll_file`); all or nothing.

    Who stands on the roll already, with the same district, date of birth and e-mail, stays as is.
    Raises `WrongState` after the close.
    """
    lines, errors = read_lines(content, frozenset(districts), clock.now(session).date())
    if errors:
        return RollReport(0, 0, tuple(errors[:ERRORS_LISTED]), len(errors))
    return enter(session, keys, round_id, lines)


def enter(
    session: Session,
    keys: KeyStore,
    round_id: str,
    lines: Sequence[Line],
    *,
    kind: VoterKind = VoterKind.VOTER,
) -> RollReport:
    """Enter people on the roll; once the manifest is sealed the change is logged."""
    poll = polls.prepare(session, keys, round_id)
    if poll.state in (PollState.CLOSED, PollState.COMMITTED):
        message = "The roll is final: voting is closed."
        raise WrongState(message, poll.state)
    rows = _rows(keys.round_key(round_id), round_id, lines, kind)
    known = _known(session, round_id, [row["voter_ref"] for row in rows])
    errors = [
        RollError(line.number, "identity_number", "on_roll_otherwise", ON_ROLL_OTHERWISE)
        for line, row in zip(lines, rows, strict=True)
        if row["voter_ref"] in known and not _same(known[row["voter_ref"]], row)
    ]
    if errors:
        return RollReport(0, 0, tuple(errors[:ERRORS_LISTED]), len(errors))
    added = [row for row in rows if row["voter_ref"] not in known]
    if added:
        session.connection().execute(insert(_voters), added)
    if added and poll.state is not PollState.DRAFT:
        moment = clock.now(session)
        queue.put_act(session, poll, moment, commitment(session, round_id, "roll.change"))
    return RollReport(len(added), len(rows) - len(added))


ON_ROLL_OTHERWISE = (
    "This person stands on the roll with another district, date of birth or e-mail address."
)


def clear(session: Session, keys: KeyStore, round_id: str) -> int:
    """Empty the roll of a round whose manifest is not sealed; answers how many entries it had."""
    poll = polls.prepare(session, keys, round_id)
    polls.expect(poll, PollState.DRAFT, "The roll of a sealed round can only grow.")
    result = session.connection().execute(delete(_voters).where(_voters.c.round_id == round_id))
    return result.rowcount


def roll_lines(session: Session, round_id: str) -> list[bytes]:
    """The roll as committed: one canonical line for each person of age, sorted by reference."""
    manifest = polls.sealed_manifest(session, round_id)
    rows = session.execute(
        select(Voter.voter_ref, Voter.box_id, Voter.date_of_birth, Voter.kind).where(
            Voter.round_id == round_id
        )
    )
    return [
        canonical.dumps({"box": row.box_id, "class": row.kind.value, "voter_ref": row.voter_ref})
        for row in sorted(rows, key=lambda row: row.voter_ref)
        if old_enough(manifest, row.date_of_birth)
    ]


def commitment(session: Session, round_id: str, entry_type: str) -> dict[str, Any]:
    """The log entry (`roll.commit` or `roll.change`) over the present roll."""
    leaves = [merkle.leaf_hash(line) for line in roll_lines(session, round_id)]
    return {"t": entry_type, "root": canonical.b64u(merkle.root(leaves)), "size": len(leaves)}


def _rows(
    key: bytes, round_id: str, lines: Sequence[Line], kind: VoterKind
) -> list[dict[str, Any]]:
    return [
        {
            "round_id": round_id,
            "voter_ref": keyed_hash(key, normalised(line.identity_number)),
            "box_id": line.district,
            "date_of_birth": line.date_of_birth,
            "email_hash": keyed_hash(key, email_text(line.email)) if line.email else None,
            "ballots": 0,
            "kind": kind,
        }
        for line in lines
    ]


def _known(session: Session, round_id: str, refs: Sequence[str]) -> dict[str, AnyRow]:
    known: dict[str, AnyRow] = {}
    for start in range(0, len(refs), ROWS_PER_QUERY):
        rows = session.execute(
            select(_voters).where(
                _voters.c.round_id == round_id,
                _voters.c.voter_ref.in_(refs[start : start + ROWS_PER_QUERY]),
            )
        )
        known |= {row.voter_ref: row for row in rows}
    return known


def _same(known: AnyRow, row: dict[str, Any]) -> bool:
    fields = ("box_id", "date_of_birth", "email_hash")
    return all(getattr(known, name) == row[name] for name in fields)
