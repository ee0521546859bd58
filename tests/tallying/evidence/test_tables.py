"""Reading large files as columns: the quick ways find what the slow ones find, in blocks of any size."""

import io
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallying.errors import InvalidBundle
from tallying.evidence import canonical, manifest
from tallying.evidence.bundle import Bundle
from tallying.evidence.envelopes import tally_ballots
from tallying.evidence.tables import envelopes
from tallying.evidence.tables import lines as reading
from tallying.evidence.tables.envelopes import Reader
from tallying.evidence.tables.lines import Lines, split
from tallying.evidence.tables.log import read_log
from tallying.evidence.tables.people import read_openings
from tallying.evidence.tables.shape import DIGEST, NUMBER, TEXT, Shape
from tallying.evidence.verify import verify
from tallying.sealing.seal import plain_ballot
from tests.tallying.evidence.example_round import joined
from tests.tallying.evidence.synthetic import Case

SHAPE = Shape({"a": TEXT, "n": NUMBER, "z": DIGEST})
OPENINGS = "roll/restricted/openings.jsonl"
COUNTED = "box/north/restricted/counted.jsonl"


def lines(content: bytes) -> Lines:
    return Lines(io.BytesIO(content), "a file")


@given(st.binary(max_size=40) | st.text("Ag-_+/=5", max_size=9).map(str.encode))
def test_the_cheap_look_at_base64url_is_as_strict_as_the_full_one(content: bytes) -> None:
    for text in (content, canonical.b64u(content).encode()):
        try:
            expected = canonical.unb64u(text.decode("latin1"))
        except (canonical.NotCanonical, UnicodeEncodeError):
            assert not canonical.is_b64u(text)
        else:
            assert canonical.is_b64u(text)
            assert canonical.decoded(text) == expected


@given(st.lists(st.binary(min_size=32, max_size=32)))
def test_hashes_are_written_and_read_together(digests: list[bytes]) -> None:
    written = canonical.b64u_digests(digests)
    assert written == list(map(canonical.b64u, digests))
    assert canonical.unb64u_digests(written) == digests


@given(
    st.text(max_size=5) | st.integers(),
    st.integers(-(10**17), 10**17) | st.sampled_from([1.5, "1", None]),
    st.binary(min_size=31, max_size=33),
)
def test_what_a_pattern_matches_is_canonical(a: object, n: object, z: bytes) -> None:
    value = {"a": a, "n": n, "z": canonical.b64u(z)}
    line = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    block = line.encode(errors="surrogatepass") + b"\n"
    if b"\n" not in block[:-1] and SHAPE.matched(block):
        assert canonical.loads(split(block)[0]) == value
        assert SHAPE.columns(lines(block), block, 1) == (((a,), (n,), (value["z"],)), True)


@pytest.mark.parametrize(
    "line",
    [
        '{"a": "x","n":1,"z":"Z"}',
        '{"n":1,"a":"x","z":"Z"}',
        '{"a":"\\u0041","n":1,"z":"Z"}',
        '{"a":"x","n":01,"z":"Z"}',
        '{"a":"x","n":-0,"z":"Z"}',
        '{"a":"x","a":"x","n":1,"z":"Z"}',
        '{"a":"x","n":1,"z":"Z"} ',
        "[]",
    ],
)
def test_another_spelling_is_refused_with_its_line(line: str) -> None:
    good = '{"a":"x","n":1,"z":"Z"}'.replace("Z", canonical.b64u(bytes(32)))
    block = f"{good}\n{line}\n".replace("Z", canonical.b64u(bytes(32))).encode()
    with pytest.raises(InvalidBundle, match=r"line 8|something else than an object"):
        SHAPE.columns(lines(block), block, 7)


@pytest.mark.parametrize("size", [1, 7, 300, 2**20])
def test_blocks_of_any_size_give_the_same_columns(
    case: Case, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    content = case.files[OPENINGS]
    whole = read_openings(lines(content))
    monkeypatch.setattr(reading, "BLOCK_BYTES", size)
    in_parts = lines(content)
    assert read_openings(in_parts) == whole
    assert (in_parts.digest, in_parts.size) == (canonical.digest_of(content), len(content))
    assert read_log(lines(case.files["log/entries.jsonl"])).casts.ct == [
        entry["ct"] for entry in case.entries if entry["t"] == "cast"
    ]


def test_the_slow_way_reads_what_the_quick_one_does(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_line: bytes) -> None:
        raise ValueError

    plain = read_openings(lines(case.files[OPENINGS]))
    ballots = Reader(opens=True).read(lines(case.files[COUNTED]))
    monkeypatch.setattr(Shape, "matched", lambda _shape, _block: None)
    monkeypatch.setattr(envelopes, "_item", refuse)
    assert read_openings(lines(case.files[OPENINGS])) == plain
    assert Reader(opens=True).read(lines(case.files[COUNTED])) == ballots


@pytest.mark.parametrize(
    ("name", "read", "lost"), [(OPENINGS, read_openings, "at"), (COUNTED, Reader().read, "ct")]
)
def test_a_field_too_many_or_too_few_is_named_with_its_line(
    case: Case, name: str, read: Callable[[Lines], object], lost: str
) -> None:
    values = [json.loads(line) for line in case.files[name].splitlines()]
    values[4].pop(lost)
    with pytest.raises(InvalidBundle, match=f"line 5: {lost} is missing"):
        read(lines(joined(map(canonical.dumps, values))))
    values[3]["remark"] = "é"
    with pytest.raises(InvalidBundle, match="line 4: remark is a field too many"):
        read(lines(joined(map(canonical.dumps, values))))


def test_a_line_without_an_end_takes_no_more_than_its_share_of_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading, "BLOCK_BYTES", 10)
    monkeypatch.setattr(reading, "MOST_LINE_BYTES", 100)
    with pytest.raises(InvalidBundle, match="longer than 100 bytes"):
        list(lines(b"x" * 200 + b"\n").blocks())


def test_another_process_finds_the_same(case: Case, tmp_path: Path) -> None:
    path = case.write(tmp_path / "bundle.zip")
    with Bundle.open(path) as opened, ThreadPoolExecutor(1) as executor:
        assert verify(opened, executor=executor) == verify(opened)


def test_random_bytes_are_stored_and_others_packed(case: Case, tmp_path: Path) -> None:
    random = [canonical.dumps(canonical.digest_of(b"%d" % number)) for number in range(3000)]
    case.files |= {"random.jsonl": joined(random), "same.jsonl": joined(random[:1] * 3000)}
    with ZipFile(case.write(tmp_path / "bundle.zip")) as archive:
        packing = [archive.getinfo(name).compress_type for name in ("random.jsonl", "same.jsonl")]
    assert packing == [ZIP_STORED, ZIP_DEFLATED]


def test_equal_sealed_ballots_are_read_once_whatever_their_nonces(case: Case) -> None:
    with_nonces = [plain_ballot(["n1"], bytes([number]) * 16) for number in range(3)]
    altered = [with_nonces[0].replace(b'"v":1', b'"v":2'), with_nonces[1][:-1], b""]
    elections = manifest.elections(case.manifest)
    pairs, invalid = tally_ballots(elections["north"], [*with_nonces, *altered], sealed=True)
    assert pairs == [[["n1"], 3]]
    assert invalid == {"malformed": 3}
