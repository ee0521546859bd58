"""`pbverify.py` as a citizen runs it, and the parts of it that no bundle of the corpus reaches."""

import ast
import base64
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tallying.evidence import bundle, merkle, standalone
from tallying.evidence.checkpoint import Checkpoint
from tallying.evidence.checks import CHECKS
from tallying.evidence.notes import sign
from tallying.evidence.verify import Status, Verdict, verify
from tallying.rules import RuleConfig
from tests.tallying.evidence import second
from tests.tallying.evidence.archives import alter, detail, failed
from tests.tallying.evidence.example_round import ORIGIN, ROUND, example_manifest
from tests.tallying.evidence.second import pbverify
from tests.tallying.evidence.synthetic import Case

SOURCE = standalone.files()["verify/pbverify.py"].decode()
LIBRARY = sys.stdlib_module_names


@pytest.fixture
def program(case: Case, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """The program out of the bundle, run by a Python that knows no other package."""
    archive = case.write(tmp_path / "bundle.zip")
    with zipfile.ZipFile(archive) as opened:
        opened.extract("verify/pbverify.py", tmp_path)

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", "-S", str(tmp_path / "verify/pbverify.py"), *arguments]
        return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)

    return run


def test_the_program_in_the_bundle_runs_alone(program: Any, case: Case, tmp_path: Path) -> None:
    (tmp_path / "trust.txt").write_text(case.keys.trust, encoding="utf8")
    run = program("bundle.zip", "--trust", "trust.txt", "--json", "report.json")
    assert (run.returncode, run.stderr) == (0, "")
    lines = run.stdout.splitlines()
    assert [line[:3] for line in lines[:30]] == list(pbverify.CHECKS)
    assert {line[5:9] for line in lines[:30]} == {"PASS", "SKIP"}
    assert lines[30] == "Verified: nothing failed, and the keys are those of your trust file."
    assert lines[31].startswith("Server-trust")
    report = json.loads((tmp_path / "report.json").read_bytes())
    assert set(report) == {"verdict", "checks"}
    assert set(report["checks"][0]) == {"id", "status", "detail"}


def test_the_report_goes_to_standard_output_alone(program: Any) -> None:
    run = program("bundle.zip", "--json", "-")
    assert run.returncode == 0
    assert json.loads(run.stdout)["verdict"] == "consistent, origin unproven"
    assert "V22  PASS" in run.stderr


def test_a_bundle_that_does_not_hold_answers_one(program: Any, tmp_path: Path) -> None:
    alter(tmp_path / "bundle.zip", tmp_path / "altered.zip", {"tally/outcome.json": b"{}"})
    run = program("altered.zip")
    assert run.returncode == 1
    assert "V01  FAIL" in run.stdout
    assert run.stdout.endswith("FAILED: this bundle does not prove its result.\n")


@pytest.mark.parametrize(
    "arguments",
    [[], ["none.zip"], ["bundle.zip", "--trust", "none.txt"], ["bundle.zip", "--what"], ["."]],
    ids=["nothing", "no file", "no trust file", "unknown option", "a folder"],
)
def test_bad_usage_answers_two(program: Any, arguments: list[str]) -> None:
    run = program(*arguments)
    assert run.returncode == 2
    assert "Traceback" not in run.stderr
    assert run.stderr.strip()


def test_a_malformed_trust_file_is_refused_with_its_line(program: Any, tmp_path: Path) -> None:
    (tmp_path / "trust.txt").write_text("# keys\nlog abc\n", encoding="utf8")
    run = program("bundle.zip", "--trust", "trust.txt")
    assert run.returncode == 2
    assert "trust.txt, line 2" in run.stderr


def test_leaving_out_the_recount_is_incomplete_in_both_programs(
    case: Case, tmp_path: Path, program: Any
) -> None:
    path = case.write(tmp_path / "bundle.zip")
    with bundle.Bundle.open(path) as opened:
        first = verify(opened, recount=False)
    other = second.verify(path, recount=False)
    for report in (first, other):
        assert report.verdict is Verdict.INCOMPLETE
        assert [item.id for item in report.findings if not item.expected] == ["V22"]
    assert program("bundle.zip", "--no-recount").returncode == 1


def test_it_imports_the_standard_library_alone() -> None:
    modules = set()
    for node in ast.walk(ast.parse(SOURCE, feature_version=(3, 9))):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            modules.add(node.module or "")
    assert modules
    assert {module.split(".")[0] for module in modules} <= LIBRARY
    assert not modules & {"socket", "ssl", "urllib", "http", "subprocess", "ctypes", "pickle"}


def test_a_manifest_says_that_one_program_counts_exactly_where_the_second_does_not() -> None:
    table = {name: frozenset(completions) for name, (completions, _) in pbverify.RULES.items()}
    assert table == standalone.COUNTED
    assert standalone.counts(RuleConfig("equal-shares", completion="add1"))
    assert not standalone.counts(RuleConfig("stv"))


def test_both_programs_make_the_same_checks_and_the_citizens_page_names_them() -> None:
    assert list(pbverify.CHECKS) == [check.id for check in CHECKS]
    assert list(pbverify.FOR_AUDITORS) == [check.id for check in CHECKS if check.auditors_only]
    page = standalone.files()["verify/CHECKS.md"].decode()
    rows = [line for line in page.splitlines() if line.startswith("| V")]
    assert [row[2:5] for row in rows] == list(pbverify.CHECKS)
    assert [row[2:5] for row in rows if "*(a)*" in row] == list(pbverify.FOR_AUDITORS)


# Receipts


def proof(case: Case, position: int, size: int | None = None) -> bytes:
    """The receipt file of a ballot: entry, place, path and checkpoint."""
    lines = case.files["log/entries.jsonl"].splitlines()
    leaves = [merkle.leaf_hash(line) for line in lines]
    size = size or len(lines)
    nodes = merkle.nodes_of(leaves)
    path = merkle.inclusion_proof(position, size, nodes)
    encoded = [base64.b64encode(item).decode() for item in (lines[position], *path)]
    head = ["c2sp.org/tlog-proof@v1", f"extra {encoded[0]}", f"index {position}", *encoded[1:]]
    note = Checkpoint(ORIGIN, size, merkle.root_at(size, nodes)).sign(case.keys.log)
    return ("\n".join(head) + "\n\n").encode() + note


def acceptance(case: Case, entry: bytes) -> bytes:
    found = base64.b64encode(sha256(b"\0" + entry).digest()).decode()
    text = f"pb.acceptance/1\n{ROUND}\n{found}\nin the log within 60 seconds\n"
    return sign(text, case.keys.receipt)


@pytest.mark.parametrize("size", [None, 100])
def test_a_receipt_is_found_in_the_log(case: Case, tmp_path: Path, size: int | None) -> None:
    path = case.write(tmp_path / "bundle.zip")
    report = second.verify(path, case.keys.trust, receipt=proof(case, 40, size))
    assert report.verdict is Verdict.VERIFIED
    assert "stands in the log at entry index 40" in detail(report, "V29")


def test_an_acceptance_is_found_in_the_log_and_a_missing_one_is_a_fault(
    case: Case, tmp_path: Path
) -> None:
    path = case.write(tmp_path / "bundle.zip")
    entry = case.files["log/entries.jsonl"].splitlines()[50]
    report = second.verify(path, case.keys.trust, receipt=acceptance(case, entry))
    assert "at entry index 50" in detail(report, "V29")
    lost = second.verify(path, case.keys.trust, receipt=acceptance(case, entry + b" "))
    assert failed(lost) == {"V29"}
    assert "DOES NOT HOLD THIS BALLOT" in detail(lost, "V29")


def test_a_receipt_that_was_tampered_with_fails(case: Case, tmp_path: Path) -> None:
    path, honest = case.write(tmp_path / "bundle.zip"), proof(case, 40)
    stranger = Case().keys
    forged = Checkpoint(ORIGIN, 100, b"\0" * 32).sign(stranger.log)
    for receipt in (
        b"",
        b"nothing of the kind",
        honest.replace(b"index 40", b"index 41"),
        honest.replace(b"index 40", b"index 4000"),
        honest.replace(b"index 40", b"index x"),
        honest.partition(b"\n\n")[0] + b"\n\n" + forged,
        proof(case, 0),
        acceptance(case, b"{}").replace(ROUND.encode(), b"example/other"),
    ):
        assert failed(second.verify(path, case.keys.trust, receipt=receipt)) == {"V29"}


# Witnesses

GROUPS = "group both all one two\ngroup some any one two\ngroup most 2 one both three\n"


class Witness:
    """Somebody who saw the log, and cosigns what was seen."""

    def __init__(self, name: str) -> None:
        self.name, self._key = name, Ed25519PrivateKey.generate()
        named = b"\x04" + self._key.public_key().public_bytes_raw()
        self._hash = sha256(name.encode() + b"\n" + named).digest()[:4]
        self.key = f"{name}+{self._hash.hex()}+{base64.b64encode(named).decode()}"

    def cosign(self, note: bytes, seen: int = 1_800_000_000) -> bytes:
        text = note.rpartition(b"\n\n")[0] + b"\n"
        signed = self._key.sign(b"cosignature/v1\ntime %d\n" % seen + text)
        line = base64.b64encode(self._hash + seen.to_bytes(8, "big") + signed).decode()
        return note + f"— {self.name} {line}\n".encode()


@pytest.mark.parametrize(
    ("quorum", "signers", "status"),
    [
        ("none", [], Status.SKIP),
        ("one", [0], Status.PASS),
        ("one", [1], Status.FAIL),
        ("both", [0, 1], Status.PASS),
        ("both", [0], Status.FAIL),
        ("some", [1], Status.PASS),
        ("some", [2], Status.FAIL),
        ("most", [0, 1], Status.PASS),
        ("most", [0, 2], Status.PASS),
        ("most", [1, 2], Status.FAIL),
    ],
)
def test_the_quorum_of_witnesses_is_counted(
    case: Case, tmp_path: Path, quorum: str, signers: list[int], status: Status
) -> None:
    witnesses = [Witness(f"witness-{n}.example") for n in range(3)]
    names = ("one", "two", "three")
    policy = "".join(f"witness {n} {w.key}\n" for n, w in zip(names, witnesses, strict=True))
    policy += f"{GROUPS}quorum {quorum}\n"
    for place in signers:
        case.files["log/checkpoint"] = witnesses[place].cosign(case.files["log/checkpoint"])
    path = case.write(tmp_path / "bundle.zip")
    report = second.verify(path, case.keys.trust + policy)
    assert {item.id: item.status for item in report.findings}["V06"] is status
    assert failed(report) == ({"V06"} if status is Status.FAIL else set())


def test_the_policy_that_the_manifest_seals_is_asked_for(tmp_path: Path) -> None:
    witness = Witness("witness.example")
    lines = f"witness w {witness.key} https://witness.example/\nquorum w\n"
    case = Case(manifest=example_manifest(policy=lines)).build(tmp_path)
    report = second.verify(case.write(tmp_path / "unseen.zip"), case.keys.trust)
    assert failed(report) == {"V06"}
    case.files["log/checkpoint"] = witness.cosign(case.files["log/checkpoint"])
    report = second.verify(case.write(tmp_path / "seen.zip"), case.keys.trust)
    assert report.verdict is Verdict.VERIFIED
    assert "the bundle itself" in detail(report, "V06")


def test_a_cosignature_at_another_time_or_of_another_text_is_false(
    case: Case, tmp_path: Path
) -> None:
    witness = Witness("witness.example")
    trust = f"{case.keys.trust}witness w {witness.key}\nquorum w\n"
    note = case.files["log/checkpoint"]
    later = witness.cosign(note).rpartition("— ".encode())[2]
    content = bytearray(base64.b64decode(later.split()[1]))
    content[11] ^= 1
    line = f"— {witness.name} {base64.b64encode(content).decode()}\n".encode()
    case.files["log/checkpoint"] = note + line
    report = second.verify(case.write(tmp_path / "bundle.zip"), trust)
    assert failed(report) == {"V06"}


@pytest.mark.parametrize(
    "policy",
    [
        "witness one KEY\nwitness one KEY\n",
        "group g 1 nobody\n",
        "witness one KEY\ngroup g 2 one\n",
        "witness one KEY\ngroup g 0 one\n",
        "witness one KEY\ngroup g any one one\n",
        "group g any\n",
        "quorum nobody\n",
        "quorum none\nquorum none\n",
        "witness none KEY\n",
        "nonsense\n",
    ],
)
def test_a_policy_that_can_be_read_in_two_ways_is_refused(policy: str) -> None:
    text = policy.replace("KEY", Witness("w.example").key)
    with pytest.raises(pbverify.Failed, match="policy, line"):
        pbverify.Policy(text, "policy")
