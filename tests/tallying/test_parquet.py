from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet as pq

from tallying.cli import main
from tallying.election import BallotStyle, Election, Limits, Project
from tallying.errors import InvalidFile
from tallying.formats import pabulib, parquet, voter_ids
from tallying.formats.election_file import PlainFile, Voter
from tallying.formats.parquet_rows import ids_of
from tallying.formats.voter_ids import repeated
from tallying.formats.voters import voters_of
from tallying.formats.votes import kept_as_it_stands
from tallying.outcome import input_digest
from tests.tallying.strategies import Case, cases

SPARSE = Election((Project("1", "One", 60), Project("ż", "Two", 50)), 100, BallotStyle.APPROVAL)
GRADED = Election(SPARSE.projects, 100, BallotStyle.POINTS)


def file_of(the_election: Election, **columns: pa.Array) -> bytes:
    """A file with columns of any kind, in row groups of two rows."""
    source = PlainFile("x", {}, the_election, pabulib.read(EMPTY).profile)
    metadata = pq.ParquetFile(pa.BufferReader(parquet.encode(source))).schema_arrow.metadata
    table = pa.table(columns).replace_schema_metadata(metadata)
    target = pa.BufferOutputStream()
    pq.write_table(table, target, row_group_size=2)
    content: bytes = target.getvalue().to_pybytes()
    return content


EMPTY = (
    "META\nkey;value\nbudget;1\nvote_type;approval\n"
    "PROJECTS\nproject_id;cost\nVOTES\nvoter_id;vote\n"
)


@given(data=st.data(), style=st.sampled_from(BallotStyle))
@settings(max_examples=40, deadline=None)
def test_what_is_written_is_read_again(data: st.DataObject, style: BallotStyle) -> None:
    case: Case = data.draw(cases(style=style, least_cost=0))
    columns = {p.id: {"shape": "round"} for p in case.election.projects}
    selected = {p.id: 1 for p in case.election.projects}
    source = PlainFile(
        "x", {"rule": "greedy"}, case.election, case.profile, columns=columns, selected=selected
    )
    again = parquet.read(parquet.encode(source))
    assert again.election == case.election
    assert input_digest(again.profile) == input_digest(case.profile)
    assert (again.meta, again.columns, again.selected) == (source.meta, columns, selected)


@pytest.mark.parametrize("style", BallotStyle)
def test_voters_and_their_columns_survive(style: BallotStyle, tmp_path: Path) -> None:
    choices: list[Any] = [["1", 2], ["ż", 1]] if style.graded else ["1", "ż"]
    election = Election(SPARSE.projects, 100, style)
    listed = (Voter("b", {"age": "40"}, choices), Voter("a", {"age": ""}, []))
    source = PlainFile("x", {}, election, pabulib.read(EMPTY).profile)
    path = tmp_path / "x.parquet"
    parquet.write(path, source, listed)
    again = parquet.read(path)
    assert voters_of(path, again) == listed
    assert again.profile.pairs() == [[choices, 1], [[], 1]]


def test_the_bytes_of_a_file_of_counted_ballots_follow_from_its_ballots() -> None:
    first, second = (
        PlainFile("x", {}, SPARSE, parquet.read(content).profile)
        for content in (
            file_of(SPARSE, vote=[["1"], ["ż", "1"], ["1"]]),
            file_of(SPARSE, vote=[["1", "ż"], ["1"], ["1"]]),
        )
    )
    assert parquet.encode(first) == parquet.encode(second)


def test_repairs_are_those_of_a_pabulib_file() -> None:
    election = Election(GRADED.projects, 100, BallotStyle.POINTS)
    content = file_of(
        election,
        voter_id=["a", "a", "b"],
        vote=[["1", "1", "ż"], ["9", "1"], ["ż"]],
        points=[[2, 3, 1], [1, 4], [0]],
    )
    text = EMPTY.replace("approval", "cumulative").replace("budget;1\n", "budget;100\n")
    text = text.replace("cost\n", "cost\n1;60\nż;50\n").replace("vote\n", "vote;points\n")
    same = pabulib.read(text + "a;1,1,ż;2,3,1\na;9,1;1,4\nb;ż;0\n")
    again = parquet.read(content)
    assert again.profile.pairs() == same.profile.pairs()
    assert again.repairs == same.repairs


@given(data=st.data(), style=st.sampled_from([BallotStyle.KNAPSACK, BallotStyle.SCORE]))
@settings(max_examples=40, deadline=None)
def test_limits_are_those_of_the_check_of_a_single_ballot(
    data: st.DataObject, style: BallotStyle
) -> None:
    case: Case = data.draw(cases(style=style, least_cost=0))
    limits = Limits(2, 3, max_score=3, min_spend=4, blank_allowed=False)
    strict = replace(case.election, limits=limits)
    expected: Counter[str] = Counter()
    for choices, count in case.profile.pairs():
        for policy in kept_as_it_stands(strict, choices):
            expected[policy.value] += count
    source = PlainFile("x", {}, strict, replace(case.profile, election=strict))
    repairs = parquet.read(parquet.encode(source)).repairs
    assert {repair.policy: repair.ballots for repair in repairs} == expected


def test_weights_count_as_so_many_voters() -> None:
    content = file_of(SPARSE, vote=[["ż"], [], ["ż"]], weight=pa.array([3, 2, 4], pa.int32()))
    assert parquet.read(content).profile.pairs() == [[["ż"], 7], [[], 2]]


@pytest.mark.parametrize(
    ("columns", "field", "message"),
    [
        ({"weight": [1]}, "vote", "missing"),
        ({"vote": ["1"]}, "vote", "type string"),
        ({"vote": [["1"], ["1"], None]}, "vote", "row 3: the field is empty"),
        ({"vote": [["1"], ["1"], ["1", None]]}, "vote", "row 3: an item"),
        ({"vote": [["1"], ["1"]], "weight": [1, 0]}, "weight", "row 2: the weight is not"),
        ({"vote": [["1"]], "weight": [2**53]}, "weight", "row 1"),
        ({"vote": [["1"], ["1"]], "weight": [2**53 - 1] * 2}, "weight", "More than"),
        ({"vote": [["1"]], "weight": [1.5]}, "weight", "type double"),
        ({"vote": [["1"]], "voter_id": [None]}, "voter_id", "type null"),
    ],
)
def test_a_malformed_column_names_row_and_field(
    columns: dict[str, Any], field: str, message: str
) -> None:
    with pytest.raises(InvalidFile, match=message) as refused:
        parquet.read(file_of(SPARSE, **columns))
    assert refused.value.field == field


@pytest.mark.parametrize("points", [[[1, 2]], [[-1]], [[2**53]], [[None]]])
def test_numbers_that_do_not_fit_name_the_row(points: list[list[int]]) -> None:
    given = pa.array([[], [], *points], pa.list_(pa.int64()))
    content = file_of(GRADED, vote=[[], [], ["1"]], points=given)
    with pytest.raises(InvalidFile, match="row 3") as refused:
        parquet.read(content)
    assert refused.value.field == "points"


def test_what_is_no_file_of_an_election_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, content in (("a", b"PAR1"), ("b", b""), ("c", _bare()), ("d", _cut())):
        path = tmp_path / f"{name}.parquet"
        path.write_bytes(content)
        assert main(["run", str(path), "--rule", "greedy"]) == 2
        assert capsys.readouterr().err.count("\n") == 1
    assert main(["run", str(tmp_path / "nowhere.parquet"), "--rule", "greedy"]) == 2


def _bare() -> bytes:
    target = pa.BufferOutputStream()
    pq.write_table(pa.table({"vote": [["1"]]}), target)
    content: bytes = target.getvalue().to_pybytes()
    return content


def _cut() -> bytes:
    """A file whose pages are overwritten."""
    content = file_of(SPARSE, vote=[["1"], ["ż", "1"]])
    return content[:4] + bytes(100) + content[104:]


def test_ids_of_voters_are_compared_where_their_fingerprints_meet() -> None:
    parts = [ids_of(pa.array(["a", "b", ""])), voter_ids.ids_of(["ab", "a", "ba", "a", "ż"])]
    words = [part for part, _ in parts]
    assert len(np.unique(np.concatenate(words))) == 6
    assert repeated(words, lambda: parts) == 3
    met = [(np.zeros(len(part), dtype=np.uint64), looked_up) for part, looked_up in parts]
    assert repeated([part for part, _ in met], lambda: met) == 3
