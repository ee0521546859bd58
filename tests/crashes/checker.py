"""Compares what voters were told with what is in the box: nothing lost, nothing twice."""

from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from tallying.evidence import canonical, merkle
from tallying.evidence.acceptance import receipt_code
from voting import tiles
from voting.models import Envelope, LogEntry, LogHead, LogQueue, Voter

Told = Mapping[str, Set[str]]
"""Token → every receipt code that was given for it; more than one is a fault."""


@dataclass
class Findings:
    """What is wrong; three empty lists and `untold` 0 when nothing is.

    `untold` counts ballots that nobody was told of. Where every voter retried until the answer
    came, each is a ballot recorded twice; where the power was cut, the voter will retry.
    """

    acknowledged: int
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    untold: int = 0

    @property
    def clean(self) -> bool:
        return not (self.lost or self.doubled or self.broken)


def examine(
    session: Session, round_id: str, told: Told, seen: Mapping[int, bytes] | None = None
) -> Findings:
    """Look at every table of the box; `seen` holds the roots of checkpoints by their size."""
    findings = Findings(sum(1 for codes in told.values() if codes))
    envelopes = _codes(session, round_id, Envelope)
    queued = _codes(session, round_id, LogQueue)
    logged = _codes(session, round_id, LogEntry)
    promised = queued + logged
    _compare(findings, told, envelopes, promised)
    _check_sequences(findings, session, round_id)
    _check_log(findings, session, round_id, seen or {})
    return findings


def _codes(
    session: Session, round_id: str, table: type[Envelope | LogQueue | LogEntry]
) -> Counter[str]:
    hashes = session.scalars(select(table.leaf_hash).where(table.round_id == round_id))
    return Counter(receipt_code(bytes(leaf_hash)) for leaf_hash in hashes)


def _compare(
    findings: Findings, told: Told, envelopes: Counter[str], promised: Counter[str]
) -> None:
    given = Counter(code for codes in told.values() for code in codes)
    findings.lost += [code for code in given if code not in envelopes or code not in promised]
    findings.doubled += [code for code, count in given.items() if count > 1]
    findings.doubled += [token for token, codes in told.items() if len(codes) > 1]
    for table in (envelopes, promised):
        findings.doubled += [code for code, count in table.items() if count > 1]
    findings.untold = sum((envelopes - given).values())
    findings.broken += [f"{code} is not promised to the log" for code in envelopes - promised]


def _check_sequences(findings: Findings, session: Session, round_id: str) -> None:
    """Each voter's ballots are numbered 1, 2, … and the roll knows the last number."""
    numbers: dict[str, list[int]] = {}
    rows = session.execute(
        select(Envelope.voter_ref, Envelope.seq).where(Envelope.round_id == round_id)
    )
    for voter, seq in rows:
        numbers.setdefault(voter, []).append(seq)
    last = session.execute(select(Voter.voter_ref, Voter.ballots).where(Voter.round_id == round_id))
    for voter, ballots in last:
        if sorted(numbers.get(voter, [])) != list(range(1, ballots + 1)):
            findings.broken.append(f"the ballots of {voter} are not numbered 1 to {ballots}")


def _check_log(
    findings: Findings, session: Session, round_id: str, seen: Mapping[int, bytes]
) -> None:
    """No gap, every hash that of its entry, every cast in the box, every checkpoint kept."""
    rows = session.execute(
        select(LogEntry.position, LogEntry.leaf_hash, LogEntry.entry)
        .where(LogEntry.round_id == round_id)
        .order_by(LogEntry.position)
    ).all()
    head = session.scalars(select(LogHead.size).where(LogHead.round_id == round_id)).one_or_none()
    if head is None:
        findings.broken.append("the log is gone")
        return
    hashes = [bytes(row.leaf_hash) for row in rows]
    if [row.position for row in rows] != list(range(head)):
        findings.broken.append(f"the log of {head} entries has a gap")
        return
    if any(merkle.leaf_hash(row.entry) != row.leaf_hash for row in rows):
        findings.broken.append("an entry has another's hash")
    recorded = session.scalars(select(Envelope.leaf_hash).where(Envelope.round_id == round_id))
    casts = {bytes(r.leaf_hash) for r in rows if canonical.loads(r.entry)["t"] == "cast"}
    if casts - {bytes(leaf_hash) for leaf_hash in recorded}:
        findings.broken.append("the log has a cast without an envelope")
    read = merkle.nodes_of(hashes)
    stored = tiles.TileReader(session, round_id, head).node
    if merkle.root_at(head, read) != merkle.root_at(head, stored):
        findings.broken.append("the tiles do not hold the log's hashes")
    for size, root in seen.items():
        if size > head or merkle.root_at(size, read) != root:
            findings.broken.append(f"the log does not extend the checkpoint of {size} entries")
