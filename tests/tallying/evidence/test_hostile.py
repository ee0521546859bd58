"""Bundles made to hurt: each gives one clear error or a FAIL with a sentence, and no traceback."""

import random
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tallying.errors import InvalidBundle
from tallying.evidence import bundle, canonical
from tallying.evidence.verify import Report, Verdict, verify
from tests.tallying.evidence import second
from tests.tallying.evidence.archives import alter, pack
from tests.tallying.evidence.synthetic import Case

UNSAFE = [
    "../outside",
    "config/../../outside",
    "/etc/passwd",
    "C:\\temp",
    "config\\round.json",
    "./INDEX.json",
    "config//round.json",
    "config/",
    ".hidden",
    "config/.hidden",
    "-rf",
    "a\x1b[31mb",
    "naïve",
]


def refused(path: Path) -> str:
    with pytest.raises(InvalidBundle) as error:
        bundle.Bundle.open(path)
    message = str(error.value)
    assert message.isprintable()
    with pytest.raises(second.pbverify.Unsafe) as unsafe:
        second.verify(path)
    assert str(unsafe.value).isprintable()
    return f"{message} {unsafe.value}"


@pytest.mark.parametrize("name", UNSAFE)
def test_a_file_with_an_unsafe_name_refuses_the_archive(tmp_path: Path, name: str) -> None:
    assert "unsafe name" in refused(pack(tmp_path / "b.zip", {"INDEX.json": b"{}", name: b"x"}))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_refuse_the_archive(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("INDEX.json", b"{}")
        archive.writestr("INDEX.json", b"[]")
    assert "two files INDEX.json" in refused(tmp_path / "b.zip")


def test_a_decompression_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    bomb = pack(tmp_path / "b.zip", {"log/entries.jsonl": b"0" * 50_000_000})
    assert bomb.stat().st_size < 100_000
    assert "unreasonable size" in refused(bomb)


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_packings_are_refused_for_what_they_may_unpack_to(
    tmp_path: Path, packing: int
) -> None:
    with zipfile.ZipFile(tmp_path / "b.zip", "w", packing) as archive:
        archive.writestr("INDEX.json", b"{}")
    assert "another way" in refused(tmp_path / "b.zip")


def test_a_file_that_lies_about_its_size_is_cut_off(tmp_path: Path) -> None:
    path = pack(tmp_path / "b.zip", {"INDEX.json": b"0" * 50_000_000})
    content = bytearray(path.read_bytes())
    directory = content.rindex(b"PK\x01\x02")
    struct.pack_into("<I", content, directory + 24, 1000)
    path.write_bytes(content)
    with bundle.Bundle.open(path) as opened, pytest.raises(InvalidBundle, match="damaged"):
        opened.read("INDEX.json")


@pytest.mark.parametrize(
    "content", [b"", b"no archive", b"PK\x03\x04" + b"\0" * 100, b"PK\x05\x06"]
)
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "b.zip").write_bytes(content)
    assert "is not an evidence bundle" in refused(tmp_path / "b.zip")


def test_a_truncated_archive_is_refused(case: Case, tmp_path: Path) -> None:
    content = case.write(tmp_path / "whole.zip").read_bytes()
    (tmp_path / "b.zip").write_bytes(content[: len(content) * 3 // 4])
    assert "is not an evidence bundle" in refused(tmp_path / "b.zip")


def test_a_missing_archive_and_a_folder_are_refused(tmp_path: Path) -> None:
    assert "There is no file" in refused(tmp_path / "none.zip")
    assert "cannot be read: Is a directory" in refused(tmp_path)


def test_a_damaged_file_is_a_failed_check(case: Case, tmp_path: Path) -> None:
    path = case.write(tmp_path / "b.zip")
    with zipfile.ZipFile(path) as archive:
        place = archive.getinfo("log/entries.jsonl").header_offset + 100
    content = bytearray(path.read_bytes())
    content[place : place + 20] = b"\xff" * 20
    path.write_bytes(content)
    assert {"V01", "V04"} <= {item.id for item in judged(path).findings if item.status == "FAIL"}


def test_an_empty_index_fails_every_check_that_needs_a_file(tmp_path: Path) -> None:
    report = judged(pack(tmp_path / "b.zip", {"INDEX.json": b"{}"}))
    assert report.verdict is Verdict.FAILED
    assert [item.id for item in report.findings if item.status == "PASS"] == ["V03"]


def judged(path: Path) -> Report:
    """The first verifier's report; of both, every detail fits on a line of a terminal."""
    with bundle.Bundle.open(path) as opened:
        report = verify(opened)
    other = second.verify(path)
    for item in (*report.findings, *other.findings):
        assert item.detail.isprintable()
        assert len(item.detail) <= 400
    canonical.dumps(report.to_json())
    canonical.dumps(other.to_json())
    assert (report.verdict is Verdict.FAILED) == (other.verdict is Verdict.FAILED)
    return report


ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    2**53 - 1,
    "",
    "\n",
    "\u202etext",
    "../..",
    [],
    [[]],
    {},
    {"t": "cast"},
]


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_a_file_that_holds_another_kind_of_value_never_breaks_verification(
    case: Case, tmp_path: Path, odd: Any
) -> None:
    honest = dict(case.files)
    for name in honest:
        if not name.endswith((".json", ".jsonl")):
            continue
        content = canonical.dumps(odd) + (b"\n" if name.endswith("l") else b"")
        if content == honest[name]:
            continue
        case.files = {**honest, name: content}
        report = judged(case.write(tmp_path / "b.zip"))
        assert report.verdict is Verdict.FAILED, name


@pytest.mark.parametrize("seed", range(80))
def test_an_odd_value_anywhere_never_breaks_verification(
    case: Case, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    name = chance.choice([name for name in case.files if name.endswith((".json", ".jsonl"))])
    change = case.edit_lines if name.endswith("l") else case.edit
    change(name, lambda value: replace_somewhere(value, chance))
    judged(case.write(tmp_path / "b.zip"))


def replace_somewhere(value: Any, chance: random.Random) -> None:
    """Walk down into a value, and put an odd one in the place of what is found there."""
    places = list(value) if isinstance(value, dict) else range(len(value))
    if not places:
        return
    place = chance.choice(places)
    inner = value[place]
    if isinstance(inner, dict | list) and inner and chance.random() < 0.7:
        replace_somewhere(inner, chance)
    else:
        value[place] = chance.choice(ODD)


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe", b"\x00" * 100, b"[" * 50_000, b'{"a":' * 50_000, b"9" * 10_000, b"\n\n\n"],
    ids=["no text", "zeros", "deep list", "deep object", "long number", "empty lines"],
)
def test_a_file_of_garbage_never_breaks_verification(
    case: Case, tmp_path: Path, content: bytes
) -> None:
    honest = dict(case.files)
    for name in honest:
        case.files = {**honest, name: content}
        assert judged(case.write(tmp_path / "b.zip")).verdict is Verdict.FAILED, name


def test_a_message_cannot_speak_to_the_terminal(case: Case, tmp_path: Path) -> None:
    case.files["config/policy.txt"] = b"\x1b]0;owned\x07 evil\n" + case.files["config/policy.txt"]
    case.edit("config/round.json", lambda value: value["rule"].update(rule="\u202egreedy\n"))
    assert judged(case.write(tmp_path / "b.zip")).verdict is Verdict.FAILED


@pytest.mark.parametrize("change", ["repeated", "unsorted", "visibility", "schema", "fields"])
def test_an_index_that_says_two_things_is_refused(case: Case, tmp_path: Path, change: str) -> None:
    with bundle.Bundle.open(case.write(tmp_path / "honest.zip")) as opened:
        files = {name: opened.read(name) for name in opened.names}
    index = canonical.loads(files["INDEX.json"])
    first = index["files"][0]
    match change:
        case "repeated":
            index["files"].insert(0, {**first, "size": 0})
        case "unsorted":
            index["files"].reverse()
        case "visibility":
            first["visibility"] = "restricted"
        case "schema":
            index["schema"] = "tallying.index/2"
        case "fields":
            del first["path"]
    content = canonical.dumps(index)
    text = bundle.index_text(index["round"], content)
    signature = bundle.notes.sign(text, case.keys.log)
    path = pack(tmp_path / "b.zip", {**files, "INDEX.json": content, "INDEX.sig": signature})
    report = judged(path)
    assert "V01" in {item.id for item in report.findings if item.status == "FAIL"}


@pytest.mark.parametrize("how", ["bytes before the first file", "no index"])
def test_what_is_no_bundle_is_refused_by_both(case: Case, tmp_path: Path, how: str) -> None:
    honest, path = case.write(tmp_path / "honest.zip"), tmp_path / "bundle.zip"
    if how == "no index":
        alter(honest, path, {"INDEX.json": None})
    else:
        path.write_bytes(b"#!/bin/sh\n" + honest.read_bytes())
    words = "INDEX.json" if how == "no index" else "before its first file"
    with pytest.raises(InvalidBundle, match=words):
        bundle.Bundle.open(path)
    with pytest.raises(second.pbverify.Unsafe, match=words):
        second.pbverify.Archive(str(path))
