"""Witnesses of a round's log: asked, kept, waited for, and never in the way."""

import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from tallying.evidence.bundle import Bundle
from tallying.evidence.count import count_bundle
from tallying.evidence.notes import Verifier, generate_key, open_note
from tallying.evidence.trust import Trust
from tallying.evidence.verify import verify
from tests.stores import Store
from tests.tallying.evidence import second
from tests.tallying.evidence.archives import detail, failed
from tests.tallying.witness.served import new_witness, serving
from tests.voting.factories import OFFICIALS, ROUND, Vote, vote
from tests.voting.witness_scenes import NAMES, Witnesses, newest, signed
from voting import bundle, cosignatures, receipts
from voting.errors import InvalidManifest, NotWitnessed
from voting.models import LogCosignature, Poll
from voting.witnessing import Witnessing


@pytest.fixture
def witnesses(tmp_path: Path) -> Witnesses:
    return Witnesses(tmp_path / "witnesses")


@pytest.fixture
def open_vote(store: Store, tmp_path: Path, witnesses: Witnesses) -> Vote:
    """An open round whose policy asks for two of three."""
    found = vote(store, tmp_path, policy=witnesses.policy(2))
    found.enrol(5)
    found.enrol(2, "south")
    found.seal()
    found.open()
    return found


@pytest.fixture
def asking(open_vote: Vote) -> Iterator[Witnessing]:
    with closing(Witnessing(open_vote.store.sessions, patience=1.0)) as found:
        yield found


def log_key(found: Vote) -> Verifier:
    with found.store.sessions() as session:
        return Verifier.parse(session.get_one(Poll, ROUND).log_key or "")


@contextmanager
def at_work(found: Vote, witnesses: Witnesses, *names: str) -> Iterator[None]:
    """Those witnesses answer until the end of the block."""
    with ExitStack() as stack:
        for name in names:
            stack.enter_context(
                serving(
                    witnesses.folder / name,
                    log_key(found),
                    witness=witnesses.keys[name],
                    port=witnesses.ports[name],
                )
            )
        yield


def test_every_new_checkpoint_is_cosigned(
    open_vote: Vote, asking: Witnessing, witnesses: Witnesses, voters: list[str]
) -> None:
    with at_work(open_vote, witnesses, *NAMES):
        for voter in voters[:2]:
            open_vote.cast(voter, "a")
            open_vote.drain()
            asking.gather(ROUND)
    note = open_note(newest(open_vote), [key.verifier for key in witnesses.keys.values()])
    assert len(note.verified) >= 2
    with open_vote.store.sessions() as session:
        reached = session.scalars(
            select(LogCosignature.size).where(LogCosignature.reaches_quorum)
        ).all()
    assert sorted(reached) == [4, 5]


def test_a_witness_that_is_away_holds_nothing_up(
    open_vote: Vote, asking: Witnessing, witnesses: Witnesses
) -> None:
    open_vote.drain()
    with at_work(open_vote, witnesses, "Press", "Union"):
        asking.gather(ROUND)
    assert set(signed(open_vote)) == {"Press", "Union"}
    with open_vote.store.sessions() as session:
        shown = cosignatures.progress(session, ROUND)
    assert [(found.witness.name, found.size) for found in shown] == [
        ("Press", 3), ("University", None), ("Union", 3),
    ]  # fmt: skip
    assert shown[1].signed_at is None


def test_a_witness_that_comes_back_goes_on_where_it_stopped(
    open_vote: Vote, asking: Witnessing, witnesses: Witnesses, voters: list[str]
) -> None:
    open_vote.drain()
    with at_work(open_vote, witnesses, "Press", "University"):
        asking.gather(ROUND)
    open_vote.cast(voters[0], "a")
    open_vote.drain()
    with at_work(open_vote, witnesses, "University", "Union"):
        asking.gather(ROUND)
    assert signed(open_vote) == {"Press": [3], "University": [3, 4], "Union": [4]}


def test_the_log_grows_while_a_witness_hangs(
    open_vote: Vote, asking: Witnessing, witnesses: Witnesses, voters: list[str]
) -> None:
    """Somebody listens at the address and never answers."""
    with socket.create_server(("127.0.0.1", witnesses.ports["Press"])):
        for voter in voters[:3]:
            open_vote.cast(voter, "a")
            open_vote.drain()
            asking.run_once()
    assert open_vote.types().count("cast") == 3
    assert signed(open_vote) == {}


def test_too_few_witnesses_are_named(
    open_vote: Vote, asking: Witnessing, witnesses: Witnesses
) -> None:
    open_vote.drain()
    with (
        at_work(open_vote, witnesses, "Press"),
        pytest.raises(NotWitnessed, match="University, Union") as refused,
    ):
        asking.gather(ROUND, patience=1.0)
    assert refused.value.witnesses == ("University", "Union")


def test_a_witness_that_forgot_is_told_from_where_it_stands(
    open_vote: Vote, asking: Witnessing, witnesses: Witnesses, voters: list[str]
) -> None:
    """The server remembers a later size than the witness does; 409 tells it the earlier one."""
    open_vote.drain()
    with at_work(open_vote, witnesses, "Press", "Union"):
        asking.gather(ROUND)
    for path in (witnesses.folder / "Press").glob("*.checkpoint"):
        path.unlink()
    open_vote.cast(voters[0], "a")
    open_vote.drain()
    with at_work(open_vote, witnesses, "Press", "Union"):
        asking.gather(ROUND)
    assert signed(open_vote)["Press"] == [3, 4]


def test_a_log_restored_from_a_backup_is_witnessed_no_more(
    open_vote: Vote,
    asking: Witnessing,
    witnesses: Witnesses,
    voters: list[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Even whoever makes the log's key forget what it signed finds no witness for the fork."""
    if open_vote.store.name == "postgresql":
        pytest.skip("a copied file is the backup of the other database")
    path = Path(open_vote.store.url.removeprefix("sqlite:///"))
    open_vote.drain()
    open_vote.store.engine.dispose()
    backup = path.read_bytes()
    open_vote.cast(voters[0], "a")
    open_vote.drain()
    with at_work(open_vote, witnesses, "Press", "Union"):
        asking.gather(ROUND)
        open_vote.store.engine.dispose()
        path.write_bytes(backup)
        (open_vote.keys.folder / ROUND / "log.signed").unlink()
        open_vote.keys.log_key(ROUND).begin()
        for voter in voters[1:3]:
            open_vote.cast(voter, "b")
        open_vote.drain()
        for _ in range(2):
            with pytest.raises(NotWitnessed):
                asking.gather(ROUND, patience=1.0)
    assert signed(open_vote) == {}
    assert "422" in caplog.text


def test_two_askers_at_once_keep_one_signature(
    open_vote: Vote, asking: Witnessing, witnesses: Witnesses
) -> None:
    open_vote.drain()
    with (
        at_work(open_vote, witnesses, *NAMES),
        closing(Witnessing(open_vote.store.sessions)) as other,
    ):
        worker = threading.Thread(target=other.gather, args=(ROUND,))
        worker.start()
        asking.gather(ROUND)
        worker.join()
    with open_vote.store.sessions() as session:
        rows = session.scalars(select(LogCosignature)).all()
    assert len({row.witness for row in rows}) == len(rows)
    assert sum(row.reaches_quorum for row in rows) == 1


def test_a_receipts_proof_carries_the_quorum(
    open_vote: Vote, asking: Witnessing, witnesses: Witnesses, voters: list[str]
) -> None:
    """An entry that was not witnessed at once is proved by the first checkpoint that was."""
    answers = []
    for voter in voters[:2]:
        answers.append(open_vote.cast(voter, "a"))
        open_vote.drain()
    with open_vote.store.sessions() as session:
        before = receipts.find(session, ROUND, answers[0].code)
    assert (before.size, before.witnesses, before.is_witnessed) == (4, (), False)
    with at_work(open_vote, witnesses, "Press", "Union"):
        asking.gather(ROUND)
    with open_vote.store.sessions() as session:
        found = receipts.find(session, ROUND, answers[0].code)
    assert (found.size, found.witnesses, found.is_witnessed) == (5, ("Press", "Union"), True)
    note = (found.proof or "").partition("\n\n")[2].encode()
    keys = [witnesses.keys[name].verifier for name in ("Press", "Union")]
    assert open_note(note, keys).verified == tuple(keys)


@pytest.mark.parametrize(
    "text",
    [
        "quorum none\n",
        "nonsense\n",
        "log {log}\nwitness W {key} http://127.0.0.1\nquorum W\n",
        "witness W {key}\nquorum W\n",
        "witness W {key} ftp://127.0.0.1/\nquorum W\n",
        "witness W {key} file:///etc/passwd\nquorum W\n",
    ],
)
def test_a_policy_that_nobody_can_follow_is_not_sealed(
    store: Store, tmp_path: Path, text: str
) -> None:
    key = new_witness().verifier_key
    log_key = generate_key("log.example.org")[1]
    found = vote(store, tmp_path, policy=text.format(key=key, log=log_key))
    found.enrol(1)
    with pytest.raises(InvalidManifest, match="policy_invalid"):
        found.seal()


def test_two_witness_processes_cosign_a_round_to_its_bundle(
    open_vote: Vote, witnesses: Witnesses, voters: list[str], tmp_path: Path
) -> None:
    """The command itself, twice, over loopback; the bundle passes with the trust file."""
    open_vote.cast_all([(voter, ["a"]) for voter in voters])
    open_vote.close()
    open_vote.commit_boxes()
    open_vote.drain()
    with processes(open_vote, witnesses, "Press", "Union"):
        editions = counted(open_vote, tmp_path / "evidence")
    with open_vote.store.sessions() as session:
        poll = session.get_one(Poll, ROUND)
        keys = f"log {poll.log_key}\nreceipt {poll.receipt_key}\n"
    trust = keys + witnesses.policy(2)
    with Bundle.open(editions.public) as opened:
        report = verify(opened, Trust.parse(trust, "trust"))
    second.agree(editions.public, report, trust)
    assert failed(report) == set()
    assert detail(report, "V06") == "witnessed by Press, Union, as the trust file asks"
    stricter = Trust.parse(keys + witnesses.policy(3), "trust")
    with Bundle.open(editions.public) as opened:
        assert failed(verify(opened, stricter)) == {"V06"}


def test_a_result_without_its_quorum_is_not_written(
    open_vote: Vote, witnesses: Witnesses, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voting.bundle.GATHER_SECONDS", 0.5)
    open_vote.close()
    open_vote.commit_boxes()
    folder = tmp_path / "evidence"
    with pytest.raises(NotWitnessed):
        counted(open_vote, folder)
    assert [path.name for path in folder.iterdir()] == ["example_budget-2027-v1-input.zip"]
    with at_work(open_vote, witnesses, "Press", "Union"):
        editions = counted(open_vote, folder)
    assert editions.public.exists()
    assert open_vote.types().count("tally.result") == 1


def counted(found: Vote, folder: Path) -> bundle.Editions:
    """Input, count and result of the round's first version."""
    sessions = found.store.sessions
    written = bundle.write_input(sessions, found.keys, ROUND, folder, 1, OFFICIALS)
    with Bundle.open(written) as opened:
        result = count_bundle(opened)
    return bundle.write_result(sessions, found.keys, ROUND, folder, 1, result)


@contextmanager
def processes(found: Vote, witnesses: Witnesses, *names: str) -> Iterator[None]:
    """`tallying witness serve` for each name, as an organisation runs it."""
    running = []
    for name in names:
        key = witnesses.folder / f"{name}.key"
        key.parent.mkdir(exist_ok=True)
        key.write_text(witnesses.texts[name], encoding="ascii")
        key.chmod(0o600)
        command = [sys.executable, "-m", "tallying.cli", "witness", "serve", "--key", str(key)]
        command += ["--state", str(witnesses.folder / name), "--log", log_key(found).text]
        command += ["--port", str(witnesses.ports[name])]
        running.append(subprocess.Popen(command, stderr=subprocess.PIPE, text=True))
    try:
        for process in running:
            assert process.stderr is not None
            assert "listens" in process.stderr.readline()
        yield
    finally:
        for process in running:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=10)
