"""What `pbverify.py` says of sealed rounds, and that each of their checks can fail."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from tallying.evidence import bundle
from tallying.evidence.verify import Status, Verdict
from tests.tallying.evidence import second
from tests.tallying.evidence.archives import detail, failed
from tests.tallying.evidence.beside import allowed
from tests.tallying.evidence.sealed import SealedCase
from tests.tallying.evidence.sealed_alterations import (
    BALLOTS,
    MID,
    OUT,
    alter_ballot,
    alter_canary,
    box_of,
    drop_canary,
    entry,
    fewer_committed,
    invent_canary,
    logged,
    move,
    one_signature,
    other_out,
    renamed_stage,
    report_of,
    stranger_signs,
)


@pytest.fixture(scope="module")
def honest_sealed(tmp_path_factory: pytest.TempPathFactory) -> SealedCase:
    """A sealed round as it should be; not to be altered."""
    return SealedCase().build(tmp_path_factory.mktemp("sealed"))


@pytest.fixture
def sealed_case(honest_sealed: SealedCase) -> SealedCase:
    """The same round, to be altered."""
    copy = SealedCase(keys=honest_sealed.keys, bodies=honest_sealed.bodies)
    copy.files, copy.entries = dict(honest_sealed.files), deepcopy(honest_sealed.entries)
    return copy


def judged(case: SealedCase, folder: Path) -> Any:
    return second.verify(case.write(folder / "bundle.zip"), case.keys.trust)


def test_an_honest_sealed_round_is_verified(sealed_case: SealedCase, tmp_path: Path) -> None:
    report = judged(sealed_case, tmp_path)
    assert failed(report) == set()
    assert report.verdict is Verdict.VERIFIED
    skipped = {item.id for item in report.findings if item.status is Status.SKIP}
    assert skipped == {"V06", "V08", "V19", "V24", "V25", "V26"}
    assert "tallying verify" in detail(report, "V19")


def test_the_public_edition_checks_reports_canaries_and_the_key_test(
    sealed_case: SealedCase, tmp_path: Path
) -> None:
    auditor = sealed_case.write(tmp_path / "auditor.zip")
    bundle.write_public(auditor, tmp_path / "public.zip")
    report = second.verify(tmp_path / "public.zip", sealed_case.keys.trust)
    assert report.verdict is Verdict.VERIFIED
    passed = {item.id for item in report.findings if item.status is Status.PASS}
    assert {"V18", "V20", "V21", "V22", "V30"} <= passed


def test_server_trust_is_told(tmp_path: Path) -> None:
    case = SealedCase()
    case.manifest["seal"]["server_trust"] = True
    case.build(tmp_path)
    report = judged(case, tmp_path)
    assert failed(report) == set()
    assert "server-trust" in detail(report, "V18")


def test_a_round_without_canaries_skips_their_check(tmp_path: Path) -> None:
    casts = [cast for cast in SealedCase().casts if getattr(cast, "kind", "") != "canary"]
    case = SealedCase(casts=casts).build(tmp_path)
    case.entries = [entry for entry in case.entries if not entry["t"].startswith("canary")]
    case.edit_lines(
        "roll/restricted/openings.jsonl",
        lambda lines: [{**line, "position": line["position"] - 1} for line in lines],
    )
    entry(case, "tally.input")["input"] = case.input_digest()
    case.relog()
    report = judged(case, tmp_path)
    assert failed(report) == set()
    assert "no canaries" in detail(report, "V20")


ALTERED: dict[str, tuple[str, Callable[[SealedCase], Any]]] = {
    "a report of another input": (
        "V18",
        report_of("layers/", "outer", lambda report: report.update(input="A" * 43)),
    ),
    "layers that do not fit together": (
        "V18",
        report_of("layers/", "inner", lambda report: report.update(input="A" * 43)),
    ),
    "a report of another round": (
        "V18",
        report_of("layers/", "inner", lambda report: report.update(round="example/other")),
    ),
    "a report with another key": (
        "V18",
        report_of("layers/", "outer", lambda report: report.update(key="A" * 43)),
    ),
    "a report that leaves out a box": (
        "V18",
        report_of("layers/", "inner", lambda report: report["boxes"].pop()),
    ),
    "numbers of a layer that do not add up": (
        "V18",
        report_of("layers/", "inner", box_of(0, output=1)),
    ),
    "a lost envelope called undecryptable": (
        "V18",
        report_of("layers/", "outer", box_of(1, output=100, undecryptable=1)),
    ),
    "a report signed by one machine": ("V18", one_signature("layers/")),
    "a report signed by a stranger": ("V18", logged(stranger_signs)),
    "a log that says otherwise": (
        "V18",
        logged(lambda case: entry(case, "layer").update(report="A" * 43)),
    ),
    "one layer alone": (
        "V18",
        logged(lambda case: case.entries.remove(entry(case, "layer", 1))),
    ),
    "layers opened in the wrong order": (
        "V18",
        logged(lambda case: case.entries.append(case.entries.pop(-5))),
    ),
    "layers opened before the boxes were committed": ("V18", move("layer", 5)),
    "an altered stage in between": (
        "V18",
        logged(lambda case: case.edit_lines(MID, lambda lines: lines.pop(4))),
    ),
    "a stage of another round": ("V18", logged(renamed_stage)),
    "other numbers in the reconciliation": (
        "V18",
        logged(
            lambda case: case.edit(
                "reconciliation.json",
                lambda value: value["boxes"][0].update(duplicates=2, undecryptable=0),
            )
        ),
    ),
    "an altered canary": ("V20", alter_canary),
    "a lost canary": ("V20", logged(drop_canary)),
    "a ballot called a canary": ("V20", logged(invent_canary)),
    "canaries promised too late": ("V20", move("canary.commit", -2)),
    "canaries told too early": ("V20", move("canary.open", 5)),
    "a file with other canaries": (
        "V20",
        logged(
            lambda case: case.edit("canary/openings.json", lambda value: value["canaries"].pop())
        ),
    ),
    "canaries that nobody counts": (
        "V20",
        logged(
            lambda case: case.edit(
                "reconciliation.json",
                lambda value: value["boxes"][0].update(
                    canaries=1, valid=value["boxes"][0]["valid"] + 1
                ),
            )
        ),
    ),
    "an altered ballot out of the last layer": ("V21", other_out(alter_ballot)),
    "a ballot swapped for one without a nonce": (
        "V21",
        other_out(lambda items: items.append(items.pop().replace(b',"nonce"', b',"n0nce"'))),
    ),
    "a list with other ballots": (
        "V21",
        logged(
            lambda case: case.edit_lines(
                BALLOTS, lambda lines: lines[1].__setitem__(1, lines[1][1] + 1)
            )
        ),
    ),
    "no key test": ("V30", logged(lambda case: case.entries.remove(entry(case, "key.test")))),
    "a key test after opening": ("V30", move("key.test", 6)),
    "a key test that gave something else": (
        "V30",
        report_of("layers/test/", "inner", lambda report: report.update(output="A" * 43)),
    ),
    "a key test that lost a ballot": (
        "V30",
        report_of("layers/test/", "inner", box_of(0, output=2, undecryptable=1)),
    ),
    "a key test of another box": (
        "V30",
        report_of("layers/test/", "outer", lambda report: report["boxes"][0].update(box="north")),
    ),
    "a key test signed by one machine": ("V30", one_signature("layers/test/")),
    "an envelope of another size, or none": (
        "V16",
        logged(
            lambda case: case.edit_lines(
                "box/north/restricted/counted.jsonl", lambda lines: lines.pop(3)
            )
        ),
    ),
}


@pytest.mark.parametrize("what", ALTERED)
def test_who_lies_about_a_sealed_round_is_caught(
    sealed_case: SealedCase, tmp_path: Path, what: str
) -> None:
    expected, change = ALTERED[what]
    change(sealed_case)
    report = judged(sealed_case, tmp_path)
    assert {expected} <= failed(report) <= allowed(what, expected)
    assert "unexpected form" not in detail(report, expected)


@pytest.mark.parametrize("program", ["tallying", "pbverify"])
def test_a_number_committed_to_that_no_layer_took_is_seen_in_the_public_edition(
    sealed_case: SealedCase, tmp_path: Path, check_first: Any, program: str
) -> None:
    logged(fewer_committed)(sealed_case)
    bundle.write_public(sealed_case.write(tmp_path / "auditor.zip"), tmp_path / "public.zip")
    path = tmp_path / "public.zip"
    report = check_first(path, trusting=False) if program == "tallying" else second.verify(path)
    assert failed(report) == {"V18"}


SEALED_FILES = [
    *(f"layers/{part}{name}.{form}" for part in ("", "test/") for name in ("outer", "inner")
      for form in ("json", "note")),
    *(MID, OUT, "canary/openings.json"),
]  # fmt: skip


@pytest.mark.parametrize("name", SEALED_FILES)
@pytest.mark.parametrize("content", [None, b"", b"{}", b"[]\n", b"\n\n"])
def test_no_file_of_a_sealed_round_can_be_left_out_or_replaced(
    sealed_case: SealedCase, tmp_path: Path, name: str, content: bytes | None
) -> None:
    if content is None:
        del sealed_case.files[name]
    else:
        sealed_case.files[name] = content
    logged(lambda case: None)(sealed_case)
    report = judged(sealed_case, tmp_path)
    assert report.verdict is Verdict.FAILED
    for item in report.findings:
        assert item.detail.isprintable()


def test_an_open_round_cannot_be_passed_off_as_sealed(case: Any, tmp_path: Path) -> None:
    case.edit("config/round.json", lambda value: value.update(secrecy="sealed"))
    path = case.write(tmp_path / "bundle.zip")
    assert {"V01", "V18", "V30"} <= failed(second.verify(path))
