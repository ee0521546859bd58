"""A stranger's alterations of the archive, each of which the index shows to both verifiers."""

from pathlib import Path

import pytest

from tallying.evidence import bundle
from tallying.evidence.acceptance import PATH as ACCEPTANCES
from tallying.evidence.verify import Verdict
from tests.tallying.evidence.archives import alter, detail, failed
from tests.tallying.evidence.conftest import Verify
from tests.tallying.evidence.example_round import Keys
from tests.tallying.evidence.synthetic import Case

FILES = sorted(
    [
        *(f"config/{name}" for name in ("round.json", "lots.json", "policy.txt")),
        "config/keys/receipt.txt",
        *("log/checkpoint", "log/entries.jsonl", "log/history/0000000001.checkpoint"),
        *("roll/root.json", "roll/restricted/roll.jsonl", "roll/restricted/openings.jsonl"),
        *(f"box/north/restricted/{name}.jsonl" for name in ("counted", "superseded", "ballots")),
        *("box/north/invalid.json", "box/north/ballots.pb", "box/south/withheld.json"),
        *(
            "reconciliation.json",
            "privacy/report.json",
            "tally/outcome.json",
            "software/requirements.lock",
        ),
        *("verify/CHECKS.md", "verify/pbverify.py", ACCEPTANCES),
    ]
)


def changed(content: bytes) -> bytes:
    """The same content with one bit of its middle byte turned."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("how", ["removed", "emptied", "altered", "lengthened", "renamed"])
def test_no_file_can_be_touched(
    case: Case, tmp_path: Path, check: Verify, name: str, how: str
) -> None:
    content = case.files[name]
    changes: dict[str, bytes | None] = {
        "removed": {name: None},
        "emptied": {name: b""},
        "altered": {name: changed(content)},
        "lengthened": {name: content + b"\n"},
        "renamed": {name: None, f"{name}.old": content},
    }[how]
    path = alter(case.write(tmp_path / "honest.zip"), tmp_path / "altered.zip", changes)
    report = check(path)
    assert "V01" in failed(report)
    assert name in detail(report, "V01")
    assert report.verdict is Verdict.FAILED


@pytest.mark.parametrize(("name", "expected"), [("INDEX.json", "V01"), ("INDEX.sig", "V02")])
@pytest.mark.parametrize("how", ["emptied", "altered"])
def test_index_and_signature_cannot_be_touched(
    case: Case, tmp_path: Path, check: Verify, name: str, expected: str, how: str
) -> None:
    honest = case.write(tmp_path / "honest.zip")
    with bundle.Bundle.open(honest) as opened:
        content = opened.read(name)
    change = {"emptied": b"", "altered": changed(content)}[how]
    report = check(alter(honest, tmp_path / "altered.zip", {name: change}))
    assert expected in failed(report)


def test_a_missing_signature_is_seen(case: Case, tmp_path: Path, check: Verify) -> None:
    honest = case.write(tmp_path / "honest.zip")
    report = check(alter(honest, tmp_path / "altered.zip", {"INDEX.sig": None}))
    assert "V02" in failed(report)


@pytest.mark.parametrize("name", ["extra.txt", "box/north/restricted/more.jsonl", "log/history/x"])
def test_no_file_can_be_added(case: Case, tmp_path: Path, check: Verify, name: str) -> None:
    honest = case.write(tmp_path / "honest.zip")
    report = check(alter(honest, tmp_path / "altered.zip", {name: b"more"}))
    assert "V01" in failed(report)
    assert name in detail(report, "V01")


def test_a_bundle_forged_with_other_keys_does_not_pass_the_trust_file(
    tmp_path: Path, check: Verify
) -> None:
    forged = Case(keys=Keys.make()).build(tmp_path)
    path = forged.write(tmp_path / "forged.zip")
    assert failed(check(path)) == {"V02"}
    assert check(path, trusting=False).verdict is Verdict.UNPROVEN
