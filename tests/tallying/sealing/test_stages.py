import hashlib
import stat
from pathlib import Path

import pytest

from tallying.errors import InvalidStage, TallyingError
from tallying.evidence.canonical import b64u
from tallying.sealing.stages import Header, read_stage, write_stage
from tests.tallying.sealing.sealed import items_of

HEADER = Header("assembly/schools", "digest", "in", {"south": 1, "north": 2})
ITEMS = [("north", b"\1"), ("north", b"\1\0"), ("south", b"")]
FIRST = (
    b'{"boxes":[{"box":"north","count":2},{"box":"south","count":1}],"manifest":"digest",'
    b'"round":"assembly/schools","schema":"pb.stage/1","stage":"in"}\n'
)
LINES = [FIRST, b'["north","AQ"]\n', b'["north","AQA"]\n', b'["south",""]\n']


def written(path: Path, *lines: bytes) -> Path:
    path.write_bytes(b"".join(lines))
    return path


def test_a_stage_is_written_as_the_format_says(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    digest = write_stage(path, HEADER, ITEMS)
    assert path.read_bytes() == b"".join(LINES)
    assert digest == b64u(hashlib.sha256(path.read_bytes()).digest())


def test_a_stage_reads_back_with_its_digest(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    digest = write_stage(path, HEADER, ITEMS)
    with read_stage(path) as stage:
        assert stage.header == HEADER
        with pytest.raises(RuntimeError, match="read to its end"):
            _ = stage.digest
        assert list(stage) == ITEMS
        assert stage.digest == digest


def test_only_its_owner_can_read_a_stage(tmp_path: Path) -> None:
    write_stage(tmp_path / "in.jsonl", HEADER, ITEMS)
    assert stat.S_IMODE((tmp_path / "in.jsonl").stat().st_mode) == 0o600


def test_a_stage_is_never_overwritten(tmp_path: Path) -> None:
    path = written(tmp_path / "in.jsonl", b"kept")
    with pytest.raises(TallyingError, match="exists already"):
        write_stage(path, HEADER, ITEMS)
    assert path.read_bytes() == b"kept"


@pytest.mark.parametrize("items", [ITEMS[::-1], ITEMS[:2], [*ITEMS, ("south", b"x")]])
def test_items_out_of_order_or_number_are_not_written(
    items: list[tuple[str, bytes]], tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=r"order|announced"):
        write_stage(tmp_path / "in.jsonl", HEADER, items)
    assert list(tmp_path.iterdir()) == []


def test_byte_identical_items_may_stand_together(tmp_path: Path) -> None:
    path = written(tmp_path / "mid.jsonl", FIRST, LINES[1], LINES[1], LINES[3])
    assert items_of(path) == [ITEMS[0], ITEMS[0], ITEMS[2]]


@pytest.mark.parametrize(
    ("lines", "place", "said"),
    [
        ([], "line 1", "not JSON"),
        ([b"not JSON\n"], "line 1", "not JSON"),
        ([b"\xff\n"], "line 1", "not JSON"),
        ([b"[]\n"], "line 1", "not a stage of a sealed round"),
        ([FIRST.replace(b"pb.stage/1", b"pb.stage/2")], "line 1", "not a stage"),
        ([FIRST.replace(b'"in"', b'"between"')], "line 1", "one of in, mid, out"),
        ([FIRST.replace(b'"manifest":"digest",', b"")], "line 1", "other fields"),
        ([FIRST.replace(b"assembly/schools", b"a|b")], "line 1", "without |"),
        ([FIRST.replace(b'"digest"', b"7")], "line 1", "digest"),
        ([FIRST.replace(b'"count":1', b'"count":-1')], "line 1", "not negative"),
        ([FIRST.replace(b'"count":1', b'"count":true')], "line 1", "not negative"),
        ([FIRST.replace(b'"south"', b'"s|h"')], "line 1", "without |"),
        ([FIRST.replace(b'"south"', b'"north"')], "line 1", "once each"),
        ([FIRST.replace(b'"south"', b'"east"')], "line 1", "order of their bytes"),
        ([FIRST.replace(b'"box":"south",', b"")], "line 1", "fields box and count"),
        ([FIRST.replace(b',"manifest"', b', "manifest"')], "line 1", "canonical form"),
        ([FIRST, LINES[2], LINES[1], LINES[3]], "line 3", "order of box and bytes"),
        ([FIRST, LINES[3], LINES[1], LINES[2]], "line 3", "order of box and bytes"),
        ([FIRST, LINES[1], b'["north","AQA="]\n'], "line 3", "base64url"),
        ([FIRST, LINES[1], b'["north","AQB"]\n'], "line 3", "base64url"),
        ([FIRST, LINES[1], b'["north","A/8"]\n'], "line 3", "base64url"),
        ([FIRST, LINES[1], b'["north", "AQA"]\n'], "line 3", "canonical form"),
        ([FIRST, LINES[1], b'["north",7]\n'], "line 3", "a box and an item"),
        ([FIRST, LINES[1], b'["north"]\n'], "line 3", "a box and an item"),
        ([FIRST, LINES[1], b"\n"], "line 3", "not JSON"),
        ([FIRST, LINES[1], b'["north","]\n'], "line 3", "a box and an item"),
        ([FIRST, LINES[1], b'["north","AQA"\n'], "line 3", "a box and an item"),
        ([FIRST, LINES[1], b'["north","AQA",1]\n'], "line 3", "a box and an item"),
        ([FIRST, LINES[1], b'["north","A","A"]\n'], "line 3", "base64url"),
        ([FIRST, LINES[1], b'["north","\xff"]\n'], "line 3", "utf-8"),
        ([FIRST, LINES[1], b'["north",["AQA"]]\n'], "line 3", "a box and an item"),
        ([FIRST, b'["east","AQ"]\n'], "line 2", "no box 'east'"),
        ([*LINES, b'["south","AQ"]\n'], "line 5", "more items than the 1"),
        ([*LINES, b"\n"], "line 5", "not JSON"),
        ([*LINES[:3], LINES[3][:-1]], "line 4", "cut off"),
        ([*LINES[:3], LINES[3][:5]], "line 4", "cut off"),
        (LINES[:3], "in.jsonl: ", "'south' has 0 items; 1 are announced"),
        ([FIRST, b'["north","' + b"A" * 2**21 + b'"]\n'], "line 2", "too long"),
        ([b"[" * 2**17 + b"\n"], "line 1", "not JSON"),
    ],
)
def test_a_stage_that_breaks_its_format_is_refused_by_line(
    lines: list[bytes], place: str, said: str, tmp_path: Path
) -> None:
    path = written(tmp_path / "in.jsonl", *lines)
    with pytest.raises(InvalidStage) as refused:
        items_of(path)
    assert place in str(refused.value)
    assert said in str(refused.value)
