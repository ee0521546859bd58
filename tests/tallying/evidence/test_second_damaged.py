"""`pbverify.py` over damaged bundles and hostile numbers: a sentence and an exit code, always."""

import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.tallying.evidence import second
from tests.tallying.evidence.archives import detail, failed, pack
from tests.tallying.evidence.second import pbverify
from tests.tallying.evidence.synthetic import Case

PABULIB = "box/north/ballots.pb"


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Some bits turned, bytes lost or put in, or the end cut off."""
    changed = bytearray(content or b"x")
    for _ in range(chance.choice((1, 1, 3, 10))):
        place, how = chance.randrange(len(changed)), chance.random()
        if how < 0.5:
            changed[place] ^= 1 << chance.randrange(8)
        elif how < 0.7:
            del changed[place : place + chance.randrange(1, 200)]
        elif how < 0.85:
            changed[place:place] = chance.randbytes(chance.randrange(1, 50))
        else:
            del changed[place:]
        changed = changed or bytearray(b"x")
    return bytes(changed)


def judged(path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """What the program ends with, and the lines that say why."""
    code = pbverify.main([str(path)])
    told = capsys.readouterr()
    lines = [line for line in told.out.splitlines() if "  FAIL  " in line]
    return code, "\n".join([*lines, told.err])


@pytest.mark.parametrize("seed", range(12))
def test_a_damaged_archive_ends_with_a_sentence(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str], seed: int
) -> None:
    path = case.write(tmp_path / "bundle.zip")
    honest = path.read_bytes()
    path.write_bytes(damaged(honest, random.Random(seed)))
    code, told = judged(path, capsys)
    assert code in (1, 2)
    assert told.strip().endswith(".")


@pytest.mark.parametrize("seed", range(24))
def test_a_damaged_file_fails_with_its_name(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str], seed: int
) -> None:
    chance = random.Random(seed)
    with zipfile.ZipFile(case.write(tmp_path / "honest.zip")) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice(sorted(files))
    changed = {**files, name: damaged(files[name], chance)}
    code, told = judged(pack(tmp_path / "bundle.zip", changed), capsys)
    assert code == 1
    assert name in told
    assert "unexpected form" not in told


HOSTILE: dict[str, tuple[str, Callable[[Case], Any]]] = {
    "a currency of a billion decimals": (
        "minor_digits is not 0 to 9",
        lambda case: case.edit("config/round.json", lambda value: value.update(minor_digits=10**9)),
    ),
    "a cost with a huge exponent": (
        f"{PABULIB}: the cost '1e999999999' is no amount",
        lambda case: case.files.update(
            {PABULIB: case.files[PABULIB].replace(b"n1;3;", b"n1;1e999999999;")}
        ),
    ),
    "a number of many digits": (
        "reconciliation.json: It is not canonical JSON",
        lambda case: case.files.update({"reconciliation.json": b"1" * 300_000}),
    ),
    "a project without its cost": (
        "config/round.json, boxes[0], projects[0] has no field cost",
        lambda case: case.edit(
            "config/round.json", lambda value: value["boxes"][0]["projects"][0].pop("cost") and None
        ),
    ),
    "people whom nobody can tell apart": (
        "roll/restricted/roll.jsonl, line 1: A voter_ref is not 32 bytes in base64url",
        lambda case: case.edit_lines(
            "roll/restricted/roll.jsonl", lambda lines: lines[0].update(voter_ref="x")
        ),
    ),
    "a line without its end": (
        "log/entries.jsonl, line 139: It does not end",
        lambda case: case.files.update({"log/entries.jsonl": case.files["log/entries.jsonl"][:-1]}),
    ),
}


@pytest.mark.parametrize("what", HOSTILE)
@pytest.mark.timeout(10)
def test_a_hostile_value_is_named_where_it_stands(case: Case, tmp_path: Path, what: str) -> None:
    message, change = HOSTILE[what]
    change(case)
    report = second.verify(case.write(tmp_path / "bundle.zip"))
    assert failed(report)
    assert any(message in detail(report, check) for check in failed(report)), [
        detail(report, check) for check in failed(report)
    ]


def test_a_file_of_many_envelopes_is_never_in_memory_as_a_whole(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    largest = []
    read = pbverify.Archive.read

    def watched(archive: Any, name: str) -> bytes:
        content: bytes = read(archive, name)
        largest.append(name)
        return content

    monkeypatch.setattr(pbverify.Archive, "read", watched)
    assert failed(second.verify(case.write(tmp_path / "bundle.zip"))) == set()
    assert largest
    assert not [name for name in largest if name.endswith((".jsonl", ".pb"))]


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00log"])
def test_a_trust_file_that_cannot_be_read_is_named(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None
) -> None:
    trust = tmp_path / "gazette.txt"
    if content is not None:
        trust.write_bytes(content)
    code = pbverify.main([str(case.write(tmp_path / "b.zip")), "--trust", str(trust)])
    why = "No such file or directory" if content is None else "is not text in UTF-8"
    told = capsys.readouterr().err.strip()
    assert (code, str(trust) in told, why in told) == (2, True, True)
    assert "Errno" not in told
    assert "codec" not in told
