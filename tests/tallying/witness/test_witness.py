"""What a witness refuses: forks, rollbacks, strangers, and what it cannot read."""

import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tallying.cli import main
from tallying.errors import TallyingError
from tallying.evidence import merkle
from tallying.evidence.checkpoint import Checkpoint
from tallying.evidence.cosignature import WitnessKey, signed_at
from tallying.evidence.notes import generate_key, open_note, sign
from tallying.witness.records import Records, log_id
from tests.tallying.witness.served import (
    ORIGIN,
    GrowingLog,
    Served,
    body,
    new_witness,
    numbered,
    serving,
)

LOG = numbered(40)
OTHER = numbered(10, origin="vote.example.org/example/other")


@pytest.fixture
def witness(tmp_path: Path) -> Iterator[Served]:
    with serving(tmp_path / "state", LOG.key, OTHER.key) as served:
        yield served


def test_a_log_that_grows_is_cosigned_step_by_step(witness: Served) -> None:
    for old, new in ((0, 1), (1, 3), (3, 3), (3, 17), (17, 40)):
        before = int(time.time())
        answer = witness.send(LOG.request(old, new))
        assert answer.status == 200
        note = open_note(LOG.checkpoint(new) + answer.text.encode(), [LOG.key, witness.key])
        assert note.verified == (LOG.key, witness.key)
        assert before <= signed_at(note.signatures[witness.key]) <= time.time()


def test_every_log_has_a_record_of_its_own(witness: Served) -> None:
    assert witness.send(LOG.request(0, 40)).status == 200
    assert witness.send(OTHER.request(0, 7)).status == 200
    assert witness.send(LOG.request(40, 40)).status == 200
    assert witness.send(OTHER.request(7, 10)).status == 200


def test_a_fork_is_refused(witness: Served) -> None:
    assert witness.send(LOG.request(0, 20)).status == 200
    fork = LOG.fork(5)
    for new in (20, 30):
        assert witness.send(fork.request(20, new)).status == 422
    assert witness.send(LOG.request(20, 30)).status == 200


def altered(entries: list[str]) -> dict[str, list[str]]:
    """A log of 20 cosigned entries and ten more, with its past written anew."""
    return {
        "edited": [*entries[:7], "another", *entries[8:30]],
        "removed": [*entries[:7], *entries[8:31]],
        "inserted": [*entries[:7], "another", *entries[7:29]],
        "reordered": [*entries[:7], entries[8], entries[7], *entries[9:30]],
    }


@pytest.mark.parametrize("how", altered(LOG.entries))
def test_a_past_written_anew_is_refused(witness: Served, how: str) -> None:
    assert witness.send(LOG.request(0, 20)).status == 200
    forged = GrowingLog(LOG.origin, altered(LOG.entries)[how], LOG.signer)
    assert witness.send(forged.request(20, 30)).status == 422


def test_a_rollback_is_refused(witness: Served) -> None:
    assert witness.send(LOG.request(0, 20)).status == 200
    assert witness.send(LOG.request(20, 20)).status == 200
    for old in (0, 10):
        answer = witness.send(LOG.request(old, 10))
        assert (answer.status, answer.text) == (409, "20\n")
    assert witness.send(body(20, [], LOG.checkpoint(10))).status == 400


def test_what_was_cosigned_is_remembered_after_a_restart(tmp_path: Path) -> None:
    key = new_witness()
    with serving(tmp_path, LOG.key, witness=key) as served:
        assert served.send(LOG.request(0, 20)).status == 200
    with serving(tmp_path, LOG.key, witness=key) as served:
        assert served.send(LOG.request(0, 30)).text == "20\n"
        assert served.send(LOG.request(20, 30)).status == 200


def test_an_altered_record_stops_the_signing(tmp_path: Path) -> None:
    key = new_witness()
    with serving(tmp_path, LOG.key, witness=key) as served:
        assert served.send(LOG.request(0, 20)).status == 200
        path = tmp_path / f"{log_id(ORIGIN)}.checkpoint"
        path.write_bytes(path.read_bytes().replace(b"\n20\n", b"\n10\n"))
        assert served.send(LOG.request(10, 30)).status == 500
        assert served.send(LOG.request(20, 30)).status == 500
        path.write_bytes(b"")
        assert served.send(LOG.request(0, 30)).status == 500


def test_a_record_of_another_log_is_not_taken_for_this_one(tmp_path: Path) -> None:
    with serving(tmp_path, LOG.key, OTHER.key) as served:
        assert served.send(OTHER.request(0, 7)).status == 200
        record = tmp_path / f"{log_id(OTHER.origin)}.checkpoint"
        (tmp_path / f"{log_id(ORIGIN)}.checkpoint").write_bytes(record.read_bytes())
        assert served.send(LOG.request(7, 20)).status == 500


def test_nothing_is_signed_that_cannot_be_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with serving(tmp_path, LOG.key) as served:
        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", full)
            refused = served.send(LOG.request(0, 20))
        assert refused.status == 500
        assert "—" not in refused.text
        assert served.send(LOG.request(0, 10)).status == 200


def test_two_witnesses_do_not_share_a_folder(tmp_path: Path) -> None:
    with serving(tmp_path, LOG.key), pytest.raises(TallyingError, match="Another witness"):
        Records(tmp_path, new_witness())


def test_requests_at_the_same_time_do_not_roll_back(witness: Served) -> None:
    assert witness.send(LOG.request(0, 1)).status == 200
    answers: list[int] = []
    sizes = list(range(2, 34))
    workers = [
        threading.Thread(
            target=lambda new=new: answers.append(witness.send(LOG.request(1, new)).status)
        )
        for new in sizes
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(answers) == [200, *[409] * (len(sizes) - 1)]


def test_monitors_read_the_newest_checkpoint_with_both_signatures(witness: Served) -> None:
    address = f"/{log_id(ORIGIN)}/checkpoint"
    assert witness.send(None, address).status == 404
    stranger = numbered(20, origin=ORIGIN)
    note = LOG.checkpoint(20)
    extra = stranger.checkpoint(20).decode().rpartition("\n\n")[2].encode()
    assert witness.send(body(0, [], note + extra)).status == 200
    found = witness.send(None, address)
    opened = open_note(found.text.encode(), [LOG.key, witness.key])
    assert (found.status, opened.verified, opened.unknown) == (200, (LOG.key, witness.key), 0)


def test_unknown_keys_count_for_nothing(witness: Served) -> None:
    stranger = numbered(20, origin=ORIGIN)
    assert witness.send(stranger.request(0, 20)).status == 403
    unknown = numbered(20, origin="nobody.example.org/log")
    assert witness.send(unknown.request(0, 20)).status == 404


def test_an_empty_log_has_the_root_of_nothing(witness: Served) -> None:
    assert LOG.signer is not None
    forged = Checkpoint(ORIGIN, 0, merkle.leaf_hash(b"something")).sign(LOG.signer)
    assert witness.send(body(0, [], forged)).status == 422
    assert witness.send(LOG.request(0, 0)).status == 200


def test_further_lines_of_a_checkpoint_are_signed_with_it(witness: Served) -> None:
    assert LOG.signer is not None
    text = Checkpoint(ORIGIN, 20, merkle.root(LOG.leaves[:20])).text() + "further\n"
    answer = witness.send(body(0, [], sign(text, LOG.signer)))
    assert answer.status == 200
    note = f"{text}\n{answer.text}".encode()
    assert open_note(note, [witness.key]).verified == (witness.key,)


MALFORMED = {
    "nothing": b"",
    "no old size": b"\n\n" + LOG.checkpoint(20),
    "another word": body(0, [], LOG.checkpoint(20)).replace(b"old ", b"new ", 1),
    "a size with zeros": body("00", [], LOG.checkpoint(20)),
    "a negative size": body(-1, [], LOG.checkpoint(20)),
    "a size beyond numbers": body("9" * 30, [], LOG.checkpoint(20)),
    "no blank line": b"old 0\n" + LOG.checkpoint(20).replace(b"\n\n", b"\n"),
    "64 hashes": body(0, [bytes(32)] * 64, LOG.checkpoint(20)),
    "a short hash": body(0, [bytes(31)], LOG.checkpoint(20)),
    "no base64": b"old 0\n????\n\n" + LOG.checkpoint(20),
    "no checkpoint": b"old 0\n\n",
    "two lines of a checkpoint": b"old 0\n\n" + LOG.checkpoint(20).replace(b"\n20\n", b"\n"),
    "no root": b"old 0\n\nlog\n1\nAAAA\n\n" + "— log AAAAAAAA\n".encode(),
    "no UTF-8": b"old 0\n\n\xff\xfe\n",
    "a control character": b"old 0\n\n" + LOG.checkpoint(20).replace(b"example", b"ex\x07mple"),
}


@pytest.mark.parametrize("what", MALFORMED)
def test_what_cannot_be_read_is_refused_with_a_sentence(witness: Served, what: str) -> None:
    answer = witness.send(MALFORMED[what])
    assert (answer.status, answer.text[-1]) == (400, ".")


def test_other_addresses_and_methods_lead_nowhere(witness: Served) -> None:
    assert witness.send(b"old 0\n\n", "/").status == 404
    assert witness.send(None, "/").status == 404
    assert witness.send(None, "/../lock").status == 404
    assert witness.send(None).status == 405


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 411),
        ({"Content-Length": "many"}, 411),
        ({"Content-Length": "5", "Transfer-Encoding": "chunked"}, 411),
        ({"Content-Length": "200000"}, 413),
    ],
)
def test_a_request_says_how_long_it_is(
    witness: Served, headers: dict[str, str], status: int
) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", witness.port, timeout=10)) as connection:
        connection.putrequest("POST", "/add-checkpoint")
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        assert (answer.status, answer.read()[-1:]) == (status, b".")
        assert answer.will_close


def test_many_requests_go_over_one_connection(witness: Served) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", witness.port, timeout=10)) as connection:
        statuses = []
        for path, content in (("/", b"old 0"), ("/add-checkpoint", LOG.request(0, 20))) * 2:
            connection.request("POST", path, content)
            answer = connection.getresponse()
            answer.read()
            statuses.append(answer.status)
    assert statuses == [404, 200, 404, 409]


def test_the_command_serves_until_it_is_interrupted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = tmp_path / "witness.key"
    arguments = ["keygen", "--kind", "witness", "--name", "press.example.org/w", "-o", str(key)]
    assert main(arguments) == 0
    verifier = WitnessKey.parse(capsys.readouterr().out.strip())
    command = [sys.executable, "-m", "tallying.cli", "witness", "serve", "--port", "0"]
    command += ["--key", str(key), "--state", str(tmp_path / "state"), "--log", LOG.key.text]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        first = process.stderr.readline()
        port = int(first.rpartition(":")[2].strip().strip("/."))
        served = Served(new_witness(), port)
        answer = served.send(LOG.request(0, 20))
        process.send_signal(signal.SIGINT)
        process.wait(10)
    assert "press.example.org/w" in first
    note = open_note(LOG.checkpoint(20) + answer.text.encode(), [verifier])
    assert note.verified == (verifier,)


def test_the_command_needs_a_witnesss_key_and_keys_of_logs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "log.key"
    path.write_text(generate_key("log.example.org")[0], encoding="utf8")
    path.chmod(0o600)
    serve = ["witness", "serve", "--state", str(tmp_path / "state"), "--key", str(path)]
    assert main([*serve, "--log", LOG.key.text]) == 2
    assert "log.key" in capsys.readouterr().err
    path.write_text(generate_key("witness.example.org", WitnessKey)[0], encoding="utf8")
    assert main([*serve, "--log", "nonsense"]) == 2
    assert "--log nonsense" in capsys.readouterr().err
