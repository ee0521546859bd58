"""`tallying verify --receipt`: a voter's proof or acceptance, checked on any machine."""

import base64
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tallying.cli import main
from tallying.evidence import bundle, canonical, merkle, notes
from tallying.evidence.acceptance import receipt_code
from tallying.evidence.checkpoint import Checkpoint
from tallying.evidence.proof import Proof
from tests.tallying.evidence.archives import alter
from tests.tallying.evidence.example_round import ORIGIN, ROUND, Keys
from tests.tallying.evidence.second import pbverify
from tests.tallying.evidence.synthetic import Case

Captured = pytest.CaptureFixture[str]
PLACE = 7
"""Of a ballot in the log of the honest round."""


def leaves(case: Case) -> list[bytes]:
    return [merkle.leaf_hash(canonical.dumps(entry)) for entry in case.entries]


def proof(case: Case, place: int = PLACE, size: int = 100, *signers: notes.Signer) -> Proof:
    """What the server hands out; signed by the log, or by `signers`."""
    hashes = leaves(case)[:size]
    note = Checkpoint(ORIGIN, size, merkle.root(hashes)).sign(*(signers or (case.keys.log,)))
    path = merkle.inclusion_proof(place, size, merkle.nodes_of(hashes))
    return Proof(place, tuple(path), note, canonical.dumps(case.entries[place]))


def acceptance(case: Case, leaf: bytes, signer: notes.Signer | None = None) -> bytes:
    encoded = base64.b64encode(leaf).decode()
    text = f"pb.acceptance/1\n{ROUND}\n{encoded}\nin the log within 60 seconds\n"
    return notes.sign(text, signer or case.keys.receipt)


@pytest.fixture
def trust(case: Case, tmp_path: Path) -> Path:
    path = tmp_path / "trust.txt"
    path.write_text(case.keys.trust, encoding="utf8")
    return path


@pytest.fixture
def archive(case: Case, tmp_path: Path) -> Path:
    """The public edition: whoever checks a receipt needs no other."""
    public = tmp_path / "public.zip"
    bundle.write_public(case.write(tmp_path / "auditor.zip"), public)
    return public


@pytest.fixture
def verify(tmp_path: Path, capsys: Captured) -> Callable[..., tuple[int, str]]:
    """Run the command on a receipt; its exit code and what it prints."""

    def run(content: bytes | str, *options: object) -> tuple[int, str]:
        path = tmp_path / "receipt.tlog-proof"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        code = main(["verify", "--receipt", str(path), *map(str, options)])
        return code, capsys.readouterr().out

    return run


Run = Callable[..., tuple[int, str]]


def test_a_proof_and_a_trust_file_are_enough(case: Case, verify: Run, trust: Path) -> None:
    code, said = verify(proof(case).text(), "--trust", trust)
    assert code == 0
    assert f"receipt {receipt_code(leaves(case)[PLACE])}, a ballot of the round {ROUND}" in said
    assert "entry index 7 of 100 entries" in said
    assert "This ballot is in the public log." in said.splitlines()[-1]


def test_a_bundle_vouches_for_itself_only(case: Case, verify: Run, archive: Path) -> None:
    code, said = verify(proof(case).text(), "--bundle", archive)
    assert code == 0
    assert "entry index 7 of the bundle's log too" in said
    assert "no trust file" in said.splitlines()[-1]


def test_a_proof_given_with_a_bundle_leaves_out_no_check_of_it(
    case: Case, verify: Run, trust: Path, archive: Path, tmp_path: Path
) -> None:
    code, said = verify(proof(case).text(), archive, "--trust", trust)
    assert code == 0
    assert "V01  PASS" in said
    assert "entry index 7 of the bundle's log too" in said
    broken = alter(archive, tmp_path / "broken.zip", {"tally/outcome.json": b"{}"})
    code, said = verify(proof(case).text(), broken, "--trust", trust)
    assert code == 1
    assert "V01  FAIL" in said


@pytest.mark.parametrize("content", [b"garbage", b"\xff\xfe", b""])
def test_a_file_that_is_no_receipt_is_not_held_against_the_bundle(
    verify: Run, trust: Path, archive: Path, capsys: Captured, tmp_path: Path, content: bytes
) -> None:
    code, said = verify(content, archive, "--trust", trust)
    assert code == 1
    assert "this bundle does not prove" not in said
    assert "The receipt" in said
    assert "receipt.tlog-proof" in said
    assert "FAILED: this receipt" in said.splitlines()[-1]
    path = tmp_path / "receipt.tlog-proof"
    assert pbverify.main([str(archive), "--trust", str(trust), "--receipt", str(path)]) == 1
    said = capsys.readouterr().out
    assert "this bundle does not prove" not in said
    assert f"FAILED: the receipt {path} proves nothing" in said


def test_without_any_key_nothing_is_proved(case: Case, verify: Run) -> None:
    code, said = verify(proof(case).text())
    assert code == 1
    assert "Not proved yet" in said


def test_the_quorum_of_the_trust_file_is_looked_for(
    case: Case, verify: Run, tmp_path: Path
) -> None:
    trust = tmp_path / "trust.txt"
    trust.write_text(case.keys.trust + case.keys.witnessing, encoding="utf8")
    few = proof(case, PLACE, 100, case.keys.log, case.keys.witnesses[0]).text()
    enough = proof(case, PLACE, 100, case.keys.log, *case.keys.witnesses[:2]).text()
    assert verify(few, "--trust", trust)[0] == 1
    assert "Only press signed" in verify(few, "--trust", trust)[1]
    code, said = verify(enough, "--trust", trust)
    assert (code, "signed by press, university" in said) == (0, True)
    forged = enough.replace(case.keys.witnesses[1].name, case.keys.witnesses[2].name)
    assert verify(forged, "--trust", trust)[0] == 1


def other_entry(case: Case) -> str:
    found = proof(case)
    return Proof(
        PLACE, found.hashes, found.checkpoint, canonical.dumps(case.entries[PLACE + 1])
    ).text()


def of_an_act(case: Case) -> str:
    return proof(case, 2).text()


def without_entry(case: Case) -> str:
    found = proof(case)
    return Proof(PLACE, found.hashes, found.checkpoint).text()


FORGED: dict[str, tuple[Callable[[Case], str], str]] = {
    "another entry": (other_entry, "place"),
    "an entry that is no ballot": (of_an_act, "entry"),
    "no entry": (without_entry, "entry"),
    "a place moved": (lambda case: proof(case).text().replace("index 7", "index 6"), "place"),
    "a hash left out": (
        lambda case: "\n".join(
            line for n, line in enumerate(proof(case).text().split("\n")) if n != 3
        ),
        "place",
    ),
    "another log's key": (
        lambda case: proof(case, PLACE, 100, Keys.make().log).text(),
        "log",
    ),
    "a checkpoint edited": (lambda case: proof(case).text().replace("\n100\n", "\n99\n"), "log"),
    "cut short": (lambda case: proof(case).text()[:200], "entry"),
    "another format": (lambda case: proof(case).text().replace("proof@v1", "proof@v1x"), "entry"),
}


@pytest.mark.parametrize("what", FORGED)
def test_a_forged_proof_fails_at_its_check(case: Case, verify: Run, trust: Path, what: str) -> None:
    forge, check = FORGED[what]
    code, said = verify(forge(case), "--trust", trust)
    assert code == 1
    assert any(line.startswith(check) and "FAIL" in line for line in said.splitlines()), said
    assert "FAILED" in said.splitlines()[-1]


def test_a_proof_of_a_fork_is_seen_in_the_bundle(
    case: Case, verify: Run, trust: Path, archive: Path
) -> None:
    case.entries[PLACE - 1] = {**case.entries[PLACE - 1], "c": canonical.digest_of(b"")}
    code, said = verify(proof(case).text(), "--trust", trust, "--bundle", archive)
    assert code == 1
    assert "The checkpoint of the proof is not of the bundle's log." in said


def edit_before(case: Case) -> None:
    case.entries[PLACE - 1] = {**case.entries[PLACE - 1], "c": canonical.digest_of(b"")}


def go_on(case: Case) -> None:
    case.entries += [{**case.entries[PLACE], "c": canonical.digest_of(b"")}]


@pytest.mark.parametrize("fork", [edit_before, go_on])
def test_the_second_program_sees_a_fork_in_a_proof_too(
    case: Case,
    trust: Path,
    archive: Path,
    tmp_path: Path,
    capsys: Captured,
    fork: Callable[[Case], None],
) -> None:
    fork(case)
    receipt = tmp_path / "receipt"
    receipt.write_text(proof(case, PLACE, len(case.entries)).text(), encoding="utf8")
    arguments = [str(archive), "--trust", str(trust), "--receipt", str(receipt)]
    assert pbverify.main(arguments) == 1
    said = capsys.readouterr().out
    assert "V29  FAIL" in said
    assert "FAILED: this bundle does not prove its result." in said


def test_the_second_program_asks_a_proof_for_the_witnesses_of_the_trust_file(
    case: Case, archive: Path, tmp_path: Path, capsys: Captured
) -> None:
    trust, receipt = tmp_path / "trust.txt", tmp_path / "receipt"
    trust.write_text(case.keys.trust + case.keys.witnessing, encoding="utf8")
    arguments = [str(archive), "--trust", str(trust), "--receipt", str(receipt)]
    for number, status in ((1, "FAIL"), (2, "PASS")):
        signers = (case.keys.log, *case.keys.witnesses[:number])
        receipt.write_text(proof(case, PLACE, 100, *signers).text(), encoding="utf8")
        pbverify.main(arguments)
        assert f"V29  {status}" in capsys.readouterr().out


def test_an_acceptance_is_looked_up_in_the_final_log(
    case: Case, verify: Run, trust: Path, archive: Path
) -> None:
    code, said = verify(
        acceptance(case, leaves(case)[PLACE]), "--trust", trust, "--bundle", archive
    )
    assert code == 0
    assert "entry index 7 of the bundle's log" in said


def test_an_acceptance_that_is_not_in_the_log_proves_a_fault(
    case: Case, verify: Run, trust: Path, archive: Path
) -> None:
    code, said = verify(
        acceptance(case, merkle.leaf_hash(b"lost")), "--trust", trust, "--bundle", archive
    )
    assert code == 1
    assert "this acceptance proves a fault" in said
    stranger = acceptance(case, merkle.leaf_hash(b"lost"), Keys.make().receipt)
    assert "receipt    FAIL" in verify(stranger, "--trust", trust, "--bundle", archive)[1]


def test_an_acceptance_given_with_a_bundle_is_part_of_verifying_it(
    case: Case, verify: Run, trust: Path, archive: Path
) -> None:
    code, said = verify(acceptance(case, leaves(case)[PLACE]), archive, "--trust", trust)
    assert code == 0
    assert "the ballots of all 4 acceptances that were handed in are in the log" in said
    lost = merkle.leaf_hash(b"lost")
    code, said = verify(acceptance(case, lost), archive, "--trust", trust)
    assert code == 1
    assert f"1 of 4 ballots that were accepted are not in the log: {receipt_code(lost)}." in said
    stranger = acceptance(case, lost, Keys.make().receipt)
    code, said = verify(stranger, archive, "--trust", trust)
    assert code == 1
    assert "receipt    FAIL" in said
    assert "this bundle does not prove" not in said


def test_an_acceptance_alone_does_not_say_that_the_promise_was_kept(
    case: Case, verify: Run, trust: Path
) -> None:
    code, said = verify(acceptance(case, leaves(case)[PLACE]), "--trust", trust)
    assert code == 1
    assert "whether the promise was kept needs a bundle" in said


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"pb.acceptance/1\n\nAAAA\nin the log within 60 seconds\n\n" + "— a AAAAAAAA\n".encode(),
        b"x" * 2_000_000,
    ],
)
def test_what_is_no_receipt_is_refused(verify: Run, trust: Path, content: bytes) -> None:
    code, said = verify(content, "--trust", trust)
    assert code == 1
    assert "FAIL" in said


def test_a_receipt_that_is_not_there_and_no_receipt_at_all_are_bad_usage(
    tmp_path: Path, capsys: Captured
) -> None:
    assert main(["verify", "--receipt", str(tmp_path / "none")]) == 2
    assert "cannot be read" in capsys.readouterr().err
    assert main(["verify"]) == 2
    assert "Name a bundle" in capsys.readouterr().err


def test_a_report_on_a_receipt_is_written_for_machines(
    case: Case, trust: Path, tmp_path: Path, capsys: Captured
) -> None:
    path = tmp_path / "receipt"
    path.write_text(proof(case).text(), encoding="utf8")
    arguments = ["verify", "--receipt", str(path), "--trust", str(trust), "--json", "-"]
    assert main(arguments) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["verdict"] == "verified"
    assert [check["id"] for check in report["checks"]] == [
        "entry", "place", "log", "witnesses", "bundle",
    ]  # fmt: skip
