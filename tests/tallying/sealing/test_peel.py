import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallying.errors import InvalidStage, TallyingError
from tallying.evidence.canonical import b64u
from tallying.sealing.peel import WrongStage, peel
from tallying.sealing.report import InvalidReport, Report
from tallying.sealing.seal import pad, seal_layer
from tallying.sealing.sorting import Sorter
from tests.tallying.sealing.sealed import (
    MANIFEST,
    ROUND,
    SIZE,
    envelope,
    items_of,
    layer_key,
    plain,
    sealed,
    write,
)

ENVELOPE = envelope(plain(1))


def open_layer(folder: Path, layer: str) -> Report:
    source, target = {"outer": ("in", "mid"), "inner": ("mid", "out")}[layer]
    return peel(
        folder / f"{source}.jsonl", folder / f"{target}.jsonl", layer_key(layer), layer, workers=1
    )


def open_both(folder: Path) -> tuple[Report, Report]:
    return open_layer(folder, "outer"), open_layer(folder, "inner")


def test_two_layers_give_the_plain_ballots_sorted_without_padding(tmp_path: Path) -> None:
    bodies = [plain(number) for number in (3, 1, 2)]
    items = [("north", envelope(body)) for body in bodies]
    digest = write(tmp_path / "in.jsonl", [*items, ("south", envelope(plain(4), "south"))])
    outer, inner = open_both(tmp_path)
    assert items_of(tmp_path / "out.jsonl") == [
        *(("north", body) for body in sorted(bodies)),
        ("south", plain(4)),
    ]
    assert (outer.input, inner.input) == (digest, outer.output)
    assert outer.key == b64u(layer_key("outer").public)


def test_the_report_says_what_became_of_every_item(tmp_path: Path) -> None:
    good = envelope(plain(1))
    write(
        tmp_path / "in.jsonl",
        [("north", good), ("north", good), ("north", good[:-1]), ("south", b"")],
        boxes=("west",),
    )
    report = open_layer(tmp_path, "outer")
    assert report.to_json()["boxes"] == [
        {"box": "north", "duplicates": 1, "input": 3, "output": 1, "undecryptable": 1},
        {"box": "south", "duplicates": 0, "input": 1, "output": 0, "undecryptable": 1},
        {"box": "west", "duplicates": 0, "input": 0, "output": 0, "undecryptable": 0},
    ]
    assert report.note_text == f"pb.peel/1\n{ROUND}\nouter\n{report.digest}\n"
    first = json.loads((tmp_path / "mid.jsonl").read_text().splitlines()[0])
    assert (first["stage"], first["manifest"]) == ("mid", MANIFEST)
    assert [box["count"] for box in first["boxes"]] == [1, 0, 0]


def test_an_inner_layer_copied_into_other_envelopes_counts_once(tmp_path: Path) -> None:
    inner = sealed("inner", pad(plain(1), SIZE))
    write(tmp_path / "in.jsonl", [("north", sealed("outer", inner)) for _ in range(3)])
    outer, last = open_both(tmp_path)
    assert (outer.total("output"), outer.total("duplicates")) == (3, 0)
    assert (last.total("output"), last.total("duplicates")) == (1, 2)
    assert items_of(tmp_path / "out.jsonl") == [("north", plain(1))]


def test_equal_choices_with_other_nonces_all_count(tmp_path: Path) -> None:
    write(tmp_path / "in.jsonl", [("north", envelope(plain(number))) for number in range(3)])
    open_both(tmp_path)
    assert len(items_of(tmp_path / "out.jsonl")) == 3


def test_plain_ballots_are_never_compared(tmp_path: Path) -> None:
    """Two envelopes of one ballot and nonce are two ballots: what is sealed is not looked at."""
    write(tmp_path / "in.jsonl", [("north", envelope(plain(1))) for _ in range(2)])
    open_both(tmp_path)
    assert items_of(tmp_path / "out.jsonl") == [("north", plain(1))] * 2


def test_a_duplicate_that_does_not_open_is_counted_once_of_each(tmp_path: Path) -> None:
    write(tmp_path / "in.jsonl", [("north", b"x"), ("north", b"x")])
    box = open_layer(tmp_path, "outer").boxes[0]
    assert (box.input, box.output, box.undecryptable, box.duplicates) == (2, 0, 1, 1)


@pytest.mark.parametrize(
    "bad",
    [
        envelope(plain(1))[:-1],
        envelope(plain(1)) + b"\0",
        ENVELOPE[:-1] + bytes([ENVELOPE[-1] ^ 1]),
        envelope(plain(1), box="south"),
        envelope(plain(1), round_id="assembly/parks"),
        sealed("inner", pad(plain(1), SIZE)),
        seal_layer(layer_key("outer").public, b"", b"no info"),
        b"",
    ],
    ids=["truncated", "extended", "altered", "box", "round", "layer", "info", "empty"],
)
def test_what_does_not_open_is_counted_and_left_out(bad: bytes, tmp_path: Path) -> None:
    write(tmp_path / "in.jsonl", [("north", bad), ("north", envelope(plain(2)))])
    report = open_layer(tmp_path, "outer")
    assert (report.total("undecryptable"), report.total("output")) == (1, 1)


def test_an_inner_layer_of_another_box_is_undecryptable_there(tmp_path: Path) -> None:
    inner = sealed("inner", pad(plain(1), SIZE), box="south")
    write(tmp_path / "in.jsonl", [("north", sealed("outer", inner))])
    outer, last = open_both(tmp_path)
    assert (outer.total("undecryptable"), last.total("undecryptable")) == (0, 1)


def test_wrong_padding_comes_out_as_it_is_and_is_judged_with_the_ballot(tmp_path: Path) -> None:
    padded = plain(1) + b"\0\0x\0"
    write(tmp_path / "mid.jsonl", [("north", sealed("inner", padded))], "mid")
    open_layer(tmp_path, "inner")
    assert items_of(tmp_path / "out.jsonl") == [("north", plain(1) + b"\0\0x")]


def test_zero_bytes_that_end_an_inner_layer_are_no_padding(tmp_path: Path) -> None:
    write(tmp_path / "in.jsonl", [("north", sealed("outer", b"sealed\0\0"))])
    open_layer(tmp_path, "outer")
    assert items_of(tmp_path / "mid.jsonl") == [("north", b"sealed\0\0")]


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["north", "south", "é", "ß"]),
            st.sampled_from(["good", "cut", "noise", "copied"]),
        ),
        max_size=12,
    ),
    st.randoms(),
)
def test_nothing_is_lost_and_no_order_tells_who_came_first(
    tmp_path_factory: pytest.TempPathFactory, kinds: list[tuple[str, str]], order: object
) -> None:
    items = []
    for number, (box, kind) in enumerate(kinds):
        good = envelope(plain(number), box)
        made = {"good": good, "cut": good[:-1], "noise": bytes([number]), "copied": good}[kind]
        items += [(box, made)] * (2 if kind == "copied" else 1)
    folder, other = tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("other")
    write(folder / "in.jsonl", items)
    order.shuffle(items)  # type: ignore[attr-defined]
    write(other / "in.jsonl", items)
    reports = open_both(folder)
    assert open_both(other) == reports
    assert (folder / "out.jsonl").read_bytes() == (other / "out.jsonl").read_bytes()
    for report in reports:
        assert all(box.adds_up for box in report.boxes)
    assert reports[0].total("duplicates") == sum(kind == "copied" for _, kind in kinds)
    assert reports[0].total("undecryptable") == sum(kind in ("cut", "noise") for _, kind in kinds)
    assert reports[1].total("output") == sum(kind in ("good", "copied") for _, kind in kinds)


def test_several_processes_give_the_same_bytes_and_report(tmp_path: Path) -> None:
    items = [("north", envelope(plain(number))) for number in range(600)]
    write(tmp_path / "in.jsonl", [*items, items[0], ("north", b"x")])
    heard: list[tuple[int, int]] = []
    key = layer_key("outer")
    one = peel(tmp_path / "in.jsonl", tmp_path / "one.jsonl", key, "outer", workers=1)
    two = peel(
        tmp_path / "in.jsonl",
        tmp_path / "two.jsonl",
        key,
        "outer",
        progress=lambda done, total: heard.append((done, total)),
        workers=2,
    )
    assert two == one
    assert (tmp_path / "two.jsonl").read_bytes() == (tmp_path / "one.jsonl").read_bytes()
    assert heard[-1] == (602, 602)
    assert heard == sorted(heard)


def test_a_stage_of_another_layer_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "in.jsonl", [("north", envelope(plain(1)))])
    with pytest.raises(WrongStage, match="opens the stage 'mid'; this is the stage 'in'"):
        peel(tmp_path / "in.jsonl", tmp_path / "out.jsonl", layer_key("inner"), "inner")
    assert not (tmp_path / "out.jsonl").exists()


def test_a_stage_that_is_cut_off_leaves_nothing_behind(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    write(source, [("north", envelope(plain(number))) for number in range(3)])
    lines = source.read_bytes().splitlines(keepends=True)
    source.write_bytes(b"".join(lines[:-1]))
    with pytest.raises(InvalidStage, match="2 items; 3 are announced"):
        open_layer(tmp_path, "outer")
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]


def test_a_stage_that_is_there_already_is_not_overwritten(tmp_path: Path) -> None:
    write(tmp_path / "in.jsonl", [("north", envelope(plain(1)))])
    (tmp_path / "mid.jsonl").write_bytes(b"kept")
    with pytest.raises(TallyingError, match="exists already"):
        open_layer(tmp_path, "outer")
    assert (tmp_path / "mid.jsonl").read_bytes() == b"kept"


def test_a_report_reads_back(tmp_path: Path) -> None:
    write(tmp_path / "in.jsonl", [("north", envelope(plain(1)))])
    report = open_layer(tmp_path, "outer")
    assert Report.from_json(json.loads(json.dumps(report.to_json()))) == report


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "pb.peel/2"},
        {"layer": "between"},
        {"input": 7},
        {"boxes": {}},
        {"boxes": [{"box": "north"}]},
        {"boxes": [{"box": "n", "input": 2, "output": 1, "undecryptable": 0, "duplicates": 0}]},
        {"boxes": [{"box": "n", "input": 0, "output": 1, "undecryptable": -1, "duplicates": 0}]},
        {"boxes": [{"box": "n", "input": True, "output": 1, "undecryptable": 0, "duplicates": 0}]},
        {"boxes": [{"box": "n", "input": 0, "output": 0, "undecryptable": 0, "duplicates": 0}] * 2},
        {"key": "not base64url="},
        {"more": 1},
    ],
)
def test_a_report_that_does_not_hold_together_is_refused(
    change: dict[str, object], tmp_path: Path
) -> None:
    write(tmp_path / "in.jsonl", [("north", envelope(plain(1)))])
    value = open_layer(tmp_path, "outer").to_json() | change
    with pytest.raises(InvalidReport):
        Report.from_json(value)


@given(st.lists(st.tuples(st.integers(0, 3), st.binary(max_size=20))))
def test_a_sorter_that_spills_gives_what_sorting_gives(
    tmp_path_factory: pytest.TempPathFactory, entries: list[tuple[int, bytes]]
) -> None:
    with Sorter(tmp_path_factory.getbasetemp(), run_bytes=400) as sorter:
        for entry in entries:
            sorter.add(entry)
        assert list(sorter) == sorted(entries)
