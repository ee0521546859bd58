"""After the appeals everything that ties ballots to people is destroyed, and that is logged."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from tallying.evidence import attestation, notes
from tallying.evidence.bundle import Bundle
from tallying.evidence.trust import Trust
from tallying.evidence.verify import Report, Status, verify
from tests.stores import Store
from tests.tallying.evidence import second
from tests.voting.factories import OFFICIALS, ROUND, Vote, vote
from tests.voting.test_changes import count, revoke
from voting import box, bundle, clock, database, destruction, eligibility, receipts, roll
from voting.database import reading, transaction
from voting.errors import SameOfficial, StoreBusy, TooEarly, WrongState
from voting.models import Base, Poll, Voter
from voting.roll_file import Line

BORN = date(1971, 3, 9)
MARKS = ("1971-03-09", "the-account-of-anna")
AUDITOR = notes.Signer(notes.generate_key("court.example.org")[0])


@pytest.fixture
def counted(store: Store, tmp_path: Path) -> Vote:
    """A round in which people voted twice, were revoked, and were counted and attested."""
    until = (datetime.now(UTC) + timedelta(days=30)).date()
    made = vote(store, tmp_path, keep_until=until, min_age=16, age_on=until)
    lines = [Line(n, f"north{n}", "north", BORN, f"n{n}@example.org") for n in range(4)]
    with transaction(store.sessions) as session:
        roll.enter(session, made.keys, ROUND, lines)
        roll.enter(session, made.keys, ROUND, [Line(9, "south9", "south", BORN)])
    made.seal()
    made.open()
    voters = references(made)
    with transaction(store.sessions) as session:
        session.get_one(Voter, (ROUND, voters[0])).account = MARKS[1]
    made.cast(voters[0], "a")
    for voter in voters[:3]:
        made.cast(voter, "b")
    revoke(made, voters[2])
    made.close()
    count(made, folder(tmp_path))
    with Bundle.open(bundle.editions(folder(tmp_path), ROUND, 1).auditor) as opened:
        statement = attestation.Statement.of(opened).text()
    for path in (editions := bundle.editions(folder(tmp_path), ROUND, 1)).public, editions.auditor:
        bundle.add_attestation(path, "court", notes.sign(statement, AUDITOR))
    return made


def references(made: Vote) -> list[str]:
    return [eligibility.voter_ref(made.keys, ROUND, f"north{number}") for number in range(4)]


def folder(tmp_path: Path) -> Path:
    return tmp_path / "evidence"


def destroy(made: Vote, tmp_path: Path, officials: box.Officials = OFFICIALS) -> None:
    with clock.replay(datetime.now(UTC) + timedelta(days=40)):
        box.destroy(made.store.sessions, made.keys, ROUND, folder(tmp_path), officials)


def personal(made: Vote) -> list[bytes]:
    """What must not be found anywhere: salts, envelopes, hashes of addresses, keys, marks."""
    found: list[bytes] = [mark.encode() for mark in MARKS]
    with made.store.sessions() as session:
        rows = session.execute(text("SELECT salt, envelope FROM envelope")).all()
        found += [bytes(value) for row in rows for value in row]
        hashes = session.scalars(select(Voter.email_hash).where(Voter.email_hash.is_not(None)))
        found += [str(value).encode() for value in hashes]
        found += [bytes(row[0]) for row in session.execute(text("SELECT salt FROM revocation"))]
    keys = made.keys.folder / ROUND
    return found + [(keys / name).read_bytes().strip() for name in ("round.key", "receipt.key")]


def everything(made: Vote, tmp_path: Path) -> bytes:
    """Every value of the database, every file beside it, unpacked, and SQLite's own files."""
    parts = []
    with made.store.sessions() as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(select(table)):
                parts += [
                    bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                    for value in row
                ]
    for path in sorted(tmp_path.rglob("*")):
        if path.suffix == ".zip":
            with Bundle.open(path) as opened:
                parts += [opened.read(name) for name in opened.names]
        elif path.is_file():
            parts.append(path.read_bytes())
    return b"\n".join(parts)


def judge(tmp_path: Path, made: Vote, *auditors: str) -> Report:
    with made.store.sessions() as session:
        poll = session.get_one(Poll, ROUND)
        keys = f"log {poll.log_key}\nreceipt {poll.receipt_key}\n"
    trust = keys + "".join(f"auditor {key}\n" for key in auditors)
    path = bundle.editions(folder(tmp_path), ROUND, 1).public
    with Bundle.open(path) as opened:
        return second.agree(path, verify(opened, Trust.parse(trust, "trust")), trust)


def test_nothing_personal_is_found_afterwards_and_the_counts_stay(
    counted: Vote, tmp_path: Path
) -> None:
    marks = personal(counted)
    before = everything(counted, tmp_path)
    assert all(mark in before for mark in marks)
    destroy(counted, tmp_path)
    after = everything(counted, tmp_path)
    assert [mark for mark in marks if mark in after] == []
    with counted.store.sessions() as session:
        votes = session.scalars(select(Voter.ballots).order_by(Voter.ballots)).all()
        assert list(votes) == [0, 0, 1, 1, 2]
        poll = session.get_one(Poll, ROUND)
        assert poll.destroyed_at is not None
    last = counted.entries()[-1]
    assert (last["t"], last["by"]) == ("key.destroyed", list(OFFICIALS))


def test_a_receipt_is_still_checked_and_the_log_key_still_signs(
    counted: Vote, tmp_path: Path
) -> None:
    [own] = own_ballots(counted)
    destroy(counted, tmp_path)
    with counted.store.sessions() as session:
        status = receipts.find(session, ROUND, own)
        assert status.state is receipts.ReceiptState.LOGGED
        assert own_ballots(counted) == []
    assert counted.keys.log_signer(ROUND).verifier_key


def own_ballots(made: Vote) -> list[str]:
    with made.store.sessions() as session:
        voter = session.scalars(select(Voter.voter_ref).where(Voter.ballots == 2)).one()
        return [ballot.code for ballot in receipts.of_voter(session, ROUND, voter)][:1]


def test_what_was_destroyed_is_skipped_and_backed_by_the_attestations(
    counted: Vote, tmp_path: Path
) -> None:
    destroy(counted, tmp_path)
    report = judge(tmp_path, counted, AUDITOR.verifier_key)
    assert report.passed, report.to_json()
    skipped = {item.id: item.detail for item in report.findings if item.status is Status.SKIP}
    for check in ("V11", "V12", "V13", "V14", "V16"):
        assert "destroyed at" in skipped[check]
        assert "1 trusted auditors attested before" in skipped[check]
    v24 = next(item for item in report.findings if item.id == "V24")
    assert "attested by" in v24.detail


def test_without_attestations_a_destruction_is_not_passed(counted: Vote, tmp_path: Path) -> None:
    destroy(counted, tmp_path)
    public = bundle.editions(folder(tmp_path), ROUND, 1).public
    without = tmp_path / "without.zip"
    import zipfile

    with zipfile.ZipFile(public) as old, zipfile.ZipFile(without, "w") as new:
        for name in old.namelist():
            if not name.startswith("attestations/"):
                new.writestr(name, old.read(name))
    with Bundle.open(without) as opened:
        assert not second.agree(without, verify(opened)).passed


def test_it_is_refused_too_early_by_one_official_and_before_a_count(
    counted: Vote, tmp_path: Path
) -> None:
    with pytest.raises(TooEarly):
        box.destroy(counted.store.sessions, counted.keys, ROUND, folder(tmp_path), OFFICIALS)
    with pytest.raises(SameOfficial):
        destroy(counted, tmp_path, ("official-a", "official-a"))
    assert counted.types()[-1] == "tally.result"


def test_a_round_that_names_no_day_keeps_everything(open_vote: Vote, tmp_path: Path) -> None:
    with pytest.raises(WrongState):
        destroy(open_vote, tmp_path)
    open_vote.close()
    open_vote.commit_boxes()
    with pytest.raises(TooEarly):
        destroy(open_vote, tmp_path)


@pytest.mark.parametrize("step", ["_restricted_files", "_log", "_rewrite_public"])
def test_an_interrupted_destruction_is_finished_by_another_try(
    counted: Vote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fail(*_arguments: Any) -> None:
        raise OSError("the machine stopped")

    marks = personal(counted)
    with monkeypatch.context() as patch:
        patch.setattr(destruction, step, fail)
        with pytest.raises(OSError, match="stopped"):
            destroy(counted, tmp_path)
    destroy(counted, tmp_path)
    destroy(counted, tmp_path)
    assert [mark for mark in marks if mark in everything(counted, tmp_path)] == []
    assert counted.types().count("key.destroyed") == 1
    assert judge(tmp_path, counted, AUDITOR.verifier_key).passed


def test_pages_that_were_read_before_hinder_no_destruction(counted: Vote, tmp_path: Path) -> None:
    """A connection that a page has read with is refused writes until somebody may write with it."""
    marks = personal(counted)
    pages = [counted.store.sessions() for _ in range(12)]
    with reading():
        for page in pages:
            page.execute(select(Poll.state))
    for page in pages:
        page.close()
    destroy(counted, tmp_path)
    assert [mark for mark in marks if mark in everything(counted, tmp_path)] == []


@pytest.mark.one_store
def test_what_the_write_ahead_log_still_holds_is_not_called_destroyed(
    counted: Vote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite keeps it for whoever began to read before; PostgreSQL's rows are in test_compaction."""
    marks = personal(counted)
    counted.store.engine.dispose()
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MILLISECONDS", 100)
    with counted.store.sessions() as reader:
        reader.execute(select(Poll.state)).all()
        with pytest.raises(StoreBusy):
            destroy(counted, tmp_path)
    assert "key.destroyed" not in counted.types()
    destroy(counted, tmp_path)
    assert [mark for mark in marks if mark in everything(counted, tmp_path)] == []
