"""`verify`, `attest` and `keygen`, as an auditor types them."""

import json
import stat
from pathlib import Path

import pytest

from tallying.cli import main
from tallying.commands.verify import SERVER_TRUST
from tallying.evidence import bundle
from tallying.evidence.attestation import Statement
from tallying.evidence.notes import Signer, Verifier, open_note
from tests.tallying.evidence.archives import alter
from tests.tallying.evidence.sealed import SealedCase
from tests.tallying.evidence.second import pbverify
from tests.tallying.evidence.synthetic import Case

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def honest_bundle(case: Case, tmp_path: Path) -> Path:
    return case.write(tmp_path / "bundle.zip")


@pytest.fixture
def altered_bundle(honest_bundle: Path, tmp_path: Path) -> Path:
    return alter(honest_bundle, tmp_path / "altered.zip", {"tally/outcome.json": b"{}"})


@pytest.fixture
def trust(case: Case, tmp_path: Path) -> Path:
    path = tmp_path / "trust.txt"
    path.write_text(case.keys.trust, encoding="utf8")
    return path


@pytest.fixture
def key(tmp_path: Path, capsys: Captured) -> Path:
    path = tmp_path / "auditor.key"
    assert main(["keygen", "--kind", "auditor", "--name", "audit.example", "-o", str(path)]) == 0
    capsys.readouterr()
    return path


def test_verify_prints_one_line_a_check_and_answers_zero(
    honest_bundle: Path, trust: Path, capsys: Captured
) -> None:
    assert main(["verify", str(honest_bundle), "--trust", str(trust)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line[:3] for line in lines[:30]] == [f"V{number:02d}" for number in range(1, 31)]
    assert {line[5:9] for line in lines[:30]} == {"PASS", "SKIP"}
    assert lines[30:] == [
        "21 checks passed, 0 failed, 9 had to be skipped.",
        "Verified: nothing failed, and the keys are those of your trust file.",
        SERVER_TRUST,
    ]


@pytest.mark.parametrize("trusted", [True, False])
def test_both_programs_say_whether_the_server_could_open_the_ballots(
    tmp_path: Path, capsys: Captured, *, trusted: bool
) -> None:
    case = SealedCase()
    case.manifest["seal"]["server_trust"] = trusted
    path = case.build(tmp_path).write(tmp_path / "bundle.zip")
    for program in (lambda: main(["verify", str(path)]), lambda: pbverify.main([str(path)])):
        assert program() == 0
        assert (SERVER_TRUST in capsys.readouterr().out.splitlines()) is trusted


def test_verify_says_what_the_public_edition_leaves_to_auditors(
    honest_bundle: Path, trust: Path, tmp_path: Path, capsys: Captured
) -> None:
    public = tmp_path / "public.zip"
    bundle.write_public(honest_bundle, public)
    assert main(["verify", str(public), "--trust", str(trust)]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("This is the public edition")
    assert last.endswith("only auditors can check (V11, V12, V13, V14, V16, V19, V22).")


def test_verify_says_that_the_origin_is_unproven_without_trust(
    honest_bundle: Path, capsys: Captured
) -> None:
    assert main(["verify", str(honest_bundle)]) == 0
    assert "origin unproven" in capsys.readouterr().out


def test_verify_answers_one_and_names_the_check_that_failed(
    altered_bundle: Path, capsys: Captured
) -> None:
    assert main(["verify", str(altered_bundle)]) == 1
    output = capsys.readouterr().out
    assert "V01  FAIL" in output
    assert "FAILED" in output.splitlines()[-1]


def test_verify_writes_json_alone_on_standard_output(
    altered_bundle: Path, tmp_path: Path, capsys: Captured
) -> None:
    assert main(["verify", str(altered_bundle), "--json", "-"]) == 1
    printed = capsys.readouterr()
    report = json.loads(printed.out)
    assert set(report) == {"verdict", "checks"}
    assert report["verdict"] == "failed"
    assert report["checks"][0]["id"] == "V01"
    assert report["checks"][0]["status"] == "FAIL"
    assert "tally/outcome.json" in report["checks"][0]["detail"]
    assert "V01  FAIL" in printed.err

    assert main(["verify", str(altered_bundle), "--json", str(tmp_path / "report.json")]) == 1
    assert json.loads((tmp_path / "report.json").read_bytes()) == report


@pytest.mark.parametrize("content", [None, b"", b"no archive"])
def test_what_is_no_bundle_is_bad_input(
    tmp_path: Path, capsys: Captured, content: bytes | None
) -> None:
    path = tmp_path / "bundle.zip"
    if content is not None:
        path.write_bytes(content)
    assert main(["verify", str(path)]) == 2
    assert str(path) in capsys.readouterr().err


def test_a_trust_file_that_cannot_be_read_is_bad_input(
    honest_bundle: Path, tmp_path: Path, capsys: Captured
) -> None:
    assert main(["verify", str(honest_bundle), "--trust", str(tmp_path / "none")]) == 2
    (tmp_path / "bad").write_text("log\n", encoding="utf8")
    assert main(["verify", str(honest_bundle), "--trust", str(tmp_path / "bad")]) == 2
    assert "bad, line 1" in capsys.readouterr().err


def test_keygen_writes_a_key_for_its_owner_alone_and_prints_the_public_half(
    tmp_path: Path, capsys: Captured
) -> None:
    path = tmp_path / "my.key"
    arguments = ["keygen", "--kind", "auditor", "--name", "audit.example/ana", "-o", str(path)]
    assert main(arguments) == 0
    public = capsys.readouterr().out.strip()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Signer(path.read_text(encoding="utf8")).verifier_key == public
    assert Verifier.parse(public).name == "audit.example/ana"

    before = path.read_bytes()
    assert main(arguments) == 2
    assert "never overwritten" in capsys.readouterr().err
    assert path.read_bytes() == before


def test_keygen_refuses_a_name_with_a_space(tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "my.key"
    assert main(["keygen", "--kind", "auditor", "--name", "Ana Díaz", "-o", str(path)]) == 2
    assert "spaces" in capsys.readouterr().err
    assert not path.exists()


def test_attest_signs_log_input_and_outcome_and_says_what_is_next(
    honest_bundle: Path, trust: Path, key: Path, tmp_path: Path, capsys: Captured
) -> None:
    note = tmp_path / "my.note"
    arguments = ["attest", str(honest_bundle), "--key", str(key), "-o", str(note)]
    assert main([*arguments, "--trust", str(trust)]) == 0
    assert "Hand it in" in capsys.readouterr().err
    signer = Signer(key.read_text(encoding="utf8"))
    opened = open_note(note.read_bytes(), [signer.verifier])
    with bundle.Bundle.open(honest_bundle) as evidence:
        assert opened.text == Statement.of(evidence).text()
    assert opened.text.endswith("\nverdict agree\n")


def test_attest_signs_nothing_that_fails(
    altered_bundle: Path, key: Path, tmp_path: Path, capsys: Captured
) -> None:
    note = tmp_path / "my.note"
    assert main(["attest", str(altered_bundle), "--key", str(key), "-o", str(note)]) == 1
    assert "Nothing was signed." in capsys.readouterr().err
    assert not note.exists()


def test_attest_needs_the_auditor_edition(
    honest_bundle: Path, key: Path, tmp_path: Path, capsys: Captured
) -> None:
    bundle.write_public(honest_bundle, tmp_path / "public.zip")
    assert main(["attest", str(tmp_path / "public.zip"), "--key", str(key)]) == 2
    assert "auditor edition" in capsys.readouterr().err


def test_attest_needs_a_key_and_warns_of_one_that_others_can_read(
    honest_bundle: Path, key: Path, tmp_path: Path, capsys: Captured
) -> None:
    (tmp_path / "no.key").write_text("not a key", encoding="utf8")
    for path in (tmp_path / "no.key", tmp_path / "missing.key"):
        assert main(["attest", str(honest_bundle), "--key", str(path)]) == 2
    assert "no.key" in capsys.readouterr().err
    key.chmod(0o644)
    note = str(tmp_path / "my.note")
    assert main(["attest", str(honest_bundle), "--key", str(key), "-o", note]) == 0
    assert "others can read" in capsys.readouterr().err
