"""Writing and reading bundles: editions, attestations, and one error for each file that is amiss."""

from pathlib import Path

import pytest

from tallying.errors import InvalidBundle
from tallying.evidence import bundle, canonical
from tallying.evidence.checks import CHECKS
from tallying.evidence.count import Terms, count_bundle
from tests.tallying.evidence.archives import alter
from tests.tallying.evidence.example_round import ROUND
from tests.tallying.evidence.synthetic import Case

FORMAT = Path(__file__).parents[3] / "docs" / "formats" / "bundle.md"


def test_the_public_edition_lacks_the_restricted_files_and_nothing_else(
    case: Case, tmp_path: Path
) -> None:
    auditor, public = case.write(tmp_path / "auditor.zip"), tmp_path / "public.zip"
    bundle.write_public(auditor, public)
    with bundle.Bundle.open(auditor) as whole, bundle.Bundle.open(public) as part:
        assert (whole.is_public, part.is_public) == (False, True)
        left_out = set(whole.names) - set(part.names)
        assert left_out == {name for name in whole.names if "/restricted/" in name}
        assert all(part.read(name) == whole.read(name) for name in part.names)
        assert part.index == whole.index
        assert part.round_id == ROUND


def test_the_input_digest_leaves_out_log_and_tally(case: Case, tmp_path: Path) -> None:
    with bundle.Bundle.open(case.write(tmp_path / "b.zip")) as opened:
        before = bundle.input_digest(opened)
    assert before == case.input_digest()
    case.files["log/checkpoint"] += b"more"
    case.files["tally/outcome.json"] = b"{}"
    assert case.input_digest() == before
    case.files["reconciliation.json"] = b"{}"
    assert case.input_digest() != before


def test_attestations_are_added_beside_the_index(case: Case, tmp_path: Path) -> None:
    path = case.write(tmp_path / "b.zip")
    bundle.add_attestation(path, "second", b"two")
    bundle.add_attestation(path, "first", b"one")
    bundle.add_attestation(path, "second", b"three")
    with bundle.Bundle.open(path) as opened:
        assert opened.attestations == ("attestations/first.note", "attestations/second.note")
        assert opened.read("attestations/second.note") == b"three"
        assert not [name for name in opened.index if name.startswith("attestations/")]


@pytest.mark.parametrize("name", ["../out", "a/../b", "", "a b", ".."])
def test_an_attestation_needs_a_plain_name(case: Case, tmp_path: Path, name: str) -> None:
    path = case.write(tmp_path / "b.zip")
    before = path.read_bytes()
    with pytest.raises(InvalidBundle, match="cannot name"):
        bundle.add_attestation(path, name, b"note")
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not JSON"),
        (b"{}\n", "canonical form"),
        (b'{"a":1.5}', "float"),
        (b"\xff", "not JSON"),
    ],
)
def test_a_json_file_is_refused_by_its_name(
    case: Case, tmp_path: Path, content: bytes, message: str
) -> None:
    path = alter(case.write(tmp_path / "a.zip"), tmp_path / "b.zip", {"config/round.json": content})
    with bundle.Bundle.open(path) as opened, pytest.raises(InvalidBundle, match=message) as refused:
        opened.read_json("config/round.json")
    assert str(refused.value).startswith("config/round.json: ")


def test_a_line_is_refused_by_its_number(case: Case, tmp_path: Path) -> None:
    path = alter(
        case.write(tmp_path / "a.zip"),
        tmp_path / "b.zip",
        {"log/entries.jsonl": b"{}\n{ }\n", "log/checkpoint": b"no end"},
    )
    with bundle.Bundle.open(path) as opened:
        with pytest.raises(InvalidBundle, match=r"log/entries\.jsonl, line 2"):
            opened.read_lines("log/entries.jsonl")
        with pytest.raises(InvalidBundle, match="last line does not end"):
            opened.lines("log/checkpoint")
        with pytest.raises(InvalidBundle, match="no file nothing"):
            opened.read("nothing")


def test_counting_reads_the_ballots_of_either_edition(case: Case, tmp_path: Path) -> None:
    public = tmp_path / "public.zip"
    bundle.write_public(case.write(tmp_path / "auditor.zip"), public)
    published = canonical.loads(case.files["tally/outcome.json"])
    with bundle.Bundle.open(tmp_path / "auditor.zip") as opened:
        assert count_bundle(opened) == published
    with bundle.Bundle.open(public) as opened:
        assert list(Terms.read(opened).elections) == ["north", "south"]
        with pytest.raises(InvalidBundle, match="box south are withheld"):
            count_bundle(opened)


def test_the_format_describes_every_check_and_every_file(case: Case) -> None:
    text = FORMAT.read_text(encoding="utf8")
    assert [check.id for check in CHECKS if check.id not in text] == []
    for name in case.files:
        described = name.replace("north", "ID").replace("south", "ID")
        if "/history/" not in name:
            assert f"`{described}`" in text


def test_nothing_public_is_a_hash_of_the_ballots_of_a_small_box(case: Case, tmp_path: Path) -> None:
    """Seven ballots of two projects: whoever holds a hash of them tries out all there can be."""
    path = case.write(tmp_path / "bundle.zip")
    with bundle.Bundle.open(path) as opened:
        assert "box/south/withheld.json" in opened
        assert "box/south/restricted/ballots.jsonl" not in opened.index
        outcomes = {
            item["box"]: item["outcome"] for item in opened.read_json("tally/outcome.json")["boxes"]
        }
    assert outcomes["south"]["input"] is None
    assert outcomes["north"]["input"] is not None
