"""What verification says of an honest bundle, in both editions and with other rules."""

from pathlib import Path
from typing import Any

import pytest

from tallying.evidence import bundle
from tallying.evidence.attestation import Statement
from tallying.evidence.notes import Signer, generate_key, sign
from tallying.evidence.trust import Trust
from tallying.evidence.verify import Report, Status, Verdict, verify
from tests.tallying.evidence.archives import detail, failed
from tests.tallying.evidence.conftest import Verify
from tests.tallying.evidence.example_round import (
    OFFICIALS,
    ROUND,
    Cast,
    example_manifest,
    voter_ref,
)
from tests.tallying.evidence.synthetic import Case

ALL = [f"V{number:02d}" for number in range(1, 31)]
NOT_YET = {"V06", "V08", "V18", "V19", "V20", "V25", "V26", "V30"}
FOR_AUDITORS = {"V11", "V12", "V13", "V14", "V16"}


def skipped(report: Report) -> set[str]:
    return {item.id for item in report.findings if item.status is Status.SKIP}


def test_an_honest_bundle_is_verified_by_trusted_keys(
    case: Case, tmp_path: Path, check: Verify
) -> None:
    report = check(case.write(tmp_path / "bundle.zip"))
    assert [item.id for item in report.findings] == ALL
    assert failed(report) == set()
    assert skipped(report) == {*NOT_YET, "V24"}
    assert (report.verdict, report.passed) == (Verdict.VERIFIED, True)


def test_without_a_trust_file_the_origin_is_unproven(
    case: Case, tmp_path: Path, check: Verify
) -> None:
    report = check(case.write(tmp_path / "bundle.zip"), trusting=False)
    assert (report.verdict, report.passed) == (Verdict.UNPROVEN, True)
    assert "unproven" in detail(report, "V02")


def test_the_public_edition_skips_what_only_auditors_can_check(
    case: Case, tmp_path: Path, check: Verify
) -> None:
    auditor = case.write(tmp_path / "auditor.zip")
    public = tmp_path / "public.zip"
    bundle.write_public(auditor, public)
    report = check(public)
    assert report.verdict is Verdict.NOT_RECOUNTED
    assert skipped(report) == {*NOT_YET, *FOR_AUDITORS, "V22", "V24"}
    assert "1 of 2 boxes recounted" in detail(report, "V22")
    assert "south" in detail(report, "V22")
    with bundle.Bundle.open(public) as opened:
        assert not any("restricted" in name for name in opened.names)


def test_a_changed_winner_of_a_published_box_is_seen_in_the_public_edition(
    case: Case, tmp_path: Path, check: Verify
) -> None:
    def swap(result: Any) -> None:
        result["boxes"][0]["outcome"]["funded"] = ["n2", "n1"]

    publish(case.edit("tally/outcome.json", swap))
    public = tmp_path / "public.zip"
    bundle.write_public(case.write(tmp_path / "auditor.zip"), public)
    assert failed(check(public)) == {"V22"}


def publish(case: Case) -> None:
    """Log the outcome that stands in the files, as a dishonest operator would."""
    case.entries[-1]["outcome"] = bundle.canonical.digest_of(case.files["tally/outcome.json"])
    case.relog()


def test_the_same_files_give_the_same_bytes(case: Case, tmp_path: Path) -> None:
    first, second = (case.write(tmp_path / name).read_bytes() for name in ("a.zip", "b.zip"))
    assert first == second


@pytest.mark.parametrize("style", ["knapsack", "ranked", "points", "score"])
def test_every_ballot_style_is_verified(style: str, tmp_path: Path) -> None:
    graded = style in ("points", "score")
    said: list[list[Any]] = [["n1", "n4"], ["n2"], []] if not graded else [[["n1", 2]], []]
    limits = {
        **example_manifest()["limits"],
        **({"max_points": 5, "max_score": 5} if graded else {}),
    }
    rule = {"rule": "borda" if style == "ranked" else "greedy", "utility": None}
    manifest = example_manifest(style=style, limits=limits)
    manifest["rule"] |= rule
    casts = [Cast(n, voter_ref(n), "north", said[n % len(said)]) for n in range(101)]
    case = Case(manifest=manifest, casts=casts).build(tmp_path)
    with bundle.Bundle.open(case.write(tmp_path / "bundle.zip")) as opened:
        report = verify(opened)
    assert failed(report) == set()


def test_ties_by_a_seed_are_verified(tmp_path: Path) -> None:
    manifest = example_manifest(lots=None, lots_record=None)
    manifest["rule"]["ties"] = ["seed"]
    case = Case(manifest=manifest, seed="5e" * 32).build(tmp_path)
    with bundle.Bundle.open(case.write(tmp_path / "bundle.zip")) as opened:
        report = verify(opened)
    assert failed(report) == set()
    assert "seed" in detail(report, "V23")


def test_an_attestation_by_a_trusted_auditor_is_named(
    case: Case, tmp_path: Path, check: Verify
) -> None:
    path = attested(case, tmp_path, case.keys.auditor)
    assert "attested by court-of-audit.example.org" in detail(check(path), "V24")
    assert failed(check(path)) == set()


def test_an_attestation_by_an_unknown_key_counts_for_nothing(
    case: Case, tmp_path: Path, check: Verify
) -> None:
    path = attested(case, tmp_path, Signer(generate_key("somebody.example.org")[0]))
    report = check(path)
    assert "V24" in skipped(report)
    assert "no trust file names" in detail(report, "V24")


def test_an_unknown_key_beside_a_trusted_auditor_is_told_of(
    case: Case, tmp_path: Path, check: Verify
) -> None:
    impostor = Signer(generate_key("court-of-audit.example.org")[0])
    path = attested(case, tmp_path, case.keys.auditor)
    with bundle.Bundle.open(path) as opened:
        note = sign(Statement.of(opened).text(), impostor)
    bundle.add_attestation(path, "auditor-2", note)
    assert "requires 1; 1 by keys that no trust file names" in detail(check(path), "V24")


def attested(case: Case, folder: Path, signer: Signer) -> Path:
    path = case.write(folder / "bundle.zip")
    with bundle.Bundle.open(path) as opened:
        note = sign(Statement.of(opened).text(), signer)
    bundle.add_attestation(path, "auditor-1", note)
    return path


def destroyed(honest: Case, folder: Path, *signers: Signer) -> Path:
    """A public edition after the destruction, by rules that ask for two attestations."""
    manifest = example_manifest(attestations_required=2, keep_until="2027-08-31")
    case = Case(keys=honest.keys, manifest=manifest).build(folder)
    by = {"by": OFFICIALS, "at": "2027-09-01T08:00:00Z", "what": ["keys"]}
    case.entries.append({"t": "key.destroyed", "r": ROUND, **by})
    case.relog()
    path = folder / "public.zip"
    bundle.write_public(case.write(folder / "auditor.zip"), path)
    with bundle.Bundle.open(path) as opened:
        text = Statement.of(opened).text()
    for number, signer in enumerate(signers):
        bundle.add_attestation(path, f"auditor-{number}", sign(text, signer))
    return path


def test_notes_of_strangers_and_of_one_auditor_do_not_stand_in_for_what_was_destroyed(
    honest: Case, tmp_path: Path, check: Verify
) -> None:
    stranger = Signer(generate_key("somebody.example.org")[0])
    for name, signer in (("strangers", stranger), ("one", honest.keys.auditor)):
        (tmp_path / name).mkdir()
        report = check(destroyed(honest, tmp_path / name, signer, signer))
        assert failed(report) == set()
        assert report.verdict is Verdict.INCOMPLETE, report.to_json()
        assert "V24" in skipped(report)


def test_fewer_auditors_than_the_round_requires_are_no_pass(
    honest: Case, tmp_path: Path, check: Verify
) -> None:
    case = Case(keys=honest.keys, manifest=example_manifest(attestations_required=2))
    report = check(attested(case.build(tmp_path), tmp_path, case.keys.auditor))
    assert "V24" in skipped(report)
    assert "requires 2" in detail(report, "V24")


def test_every_trust_file_line_must_be_read(tmp_path: Path) -> None:
    key = generate_key("log.example.org")[1]
    trust = Trust.parse(f"# from the gazette\n\nlog {key}  # the log\n", "trust")
    assert [verifier.text for verifier in trust.log] == [key]
    for text in (f"logs {key}", "log", f"log {key} more", "log abc", f"log {key[:-4]}"):
        with pytest.raises(bundle.InvalidBundle, match="trust, line 1"):
            Trust.parse(text, "trust")


def witnessed(folder: Path, cosigners: slice, *, sealed: bool = True) -> tuple[Case, Report]:
    """A round whose manifest asks for two of three witnesses, or for none, and who signed."""
    case = Case()
    case.manifest["policy"] = case.keys.witnessing if sealed else None
    case.witnesses = case.keys.witnesses[cosigners]
    with bundle.Bundle.open(case.build(folder).write(folder / "bundle.zip")) as opened:
        return case, verify(opened)


def test_the_quorum_of_the_manifest_is_looked_for(tmp_path: Path) -> None:
    _, report = witnessed(tmp_path, slice(0, 2))
    assert detail(report, "V06") == "witnessed by press, university, as the round's policy asks"
    assert failed(report) == set()


def test_too_few_witnesses_fail(tmp_path: Path) -> None:
    _, report = witnessed(tmp_path, slice(0, 1))
    assert failed(report) == {"V06"}
    assert "witnessed by press; the round's policy asks for more" in detail(report, "V06")


@pytest.mark.parametrize(("cosigners", "expected"), [(slice(1, 3), set()), (slice(0, 0), {"V06"})])
def test_the_policy_of_the_trust_file_wins(
    tmp_path: Path, cosigners: slice, expected: set[str]
) -> None:
    case, report = witnessed(tmp_path, cosigners, sealed=False)
    assert "V06" in skipped(report)
    trust = Trust.parse(case.keys.trust + case.keys.witnessing, "trust")
    with bundle.Bundle.open(tmp_path / "bundle.zip") as opened:
        assert failed(verify(opened, trust)) == expected
    nobody = Trust.parse(case.keys.trust + "quorum none\n", "trust")
    with bundle.Bundle.open(tmp_path / "bundle.zip") as opened:
        assert "the trust file asks for no witnesses" in detail(verify(opened, nobody), "V06")


def test_a_forged_cosignature_is_no_cosignature(tmp_path: Path) -> None:
    case, _ = witnessed(tmp_path, slice(0, 2))
    case.files["log/checkpoint"] = case.files["log/checkpoint"].replace(
        case.keys.witnesses[1].name.encode(), case.keys.witnesses[2].name.encode()
    )
    with bundle.Bundle.open(case.write(tmp_path / "forged.zip")) as opened:
        assert failed(verify(opened)) == {"V06"}


def test_a_policy_file_with_fewer_witnesses_than_the_manifest_is_refused(tmp_path: Path) -> None:
    case, _ = witnessed(tmp_path, slice(0, 2))
    case.files["config/policy.txt"] = f"log {case.keys.log.verifier_key}\nquorum none\n".encode()
    with bundle.Bundle.open(case.write(tmp_path / "forged.zip")) as opened:
        assert "V09" in failed(verify(opened))


def test_a_trust_files_faults_are_named_at_their_line() -> None:
    key = generate_key("log.example.org")[1]
    for text, line in (
        (f"log {key}\nwitness W {key}\nquorum W\n", 2),
        (f"log {key}\n\ngroup G all W\n", 3),
        (f"log {key}\nwitnesses W\n", 2),
    ):
        with pytest.raises(bundle.InvalidBundle, match=f"trust, line {line}"):
            Trust.parse(text, "trust")
