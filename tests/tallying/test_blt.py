import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from tallying.cli import main
from tallying.election import BallotStyle, Election, Project
from tallying.errors import InvalidFile
from tallying.formats import blt, read
from tallying.formats.election_file import PlainFile
from tests.tallying.strategies import Case, cases

EXAMPLE = """4 2
-2
3 1 3 4 0
4 1 3 2 0
2 4 1 3 0
1 2 0
2 2 4 3 1 0
1 3 4 2 0
0
"Adam"
"Basil"
"Charlotte"
"Donald"
"Title"
"""
"""The example of Hill, Wichmann and Woodall 1987."""


def test_the_example_of_the_paper_is_read() -> None:
    file = blt.read(EXAMPLE)
    assert [(p.id, p.name, p.cost) for p in file.election.projects] == [
        ("1", "Adam", 1),
        ("3", "Charlotte", 1),
        ("4", "Donald", 1),
    ]
    assert (file.election.budget, file.election.style) == (2, BallotStyle.RANKED)
    assert file.meta == {"description": "Title", "withdrawn_2": "Basil"}
    assert file.profile.blank == 1
    assert sorted(file.profile.pairs()) == [
        [[], 1],
        [["1", "3"], 4],
        [["1", "3", "4"], 3],
        [["3", "4"], 1],
        [["4", "1", "3"], 2],
        [["4", "3", "1"], 2],
    ]
    assert {r.policy: r.ballots for r in file.repairs} == {"withdrawn_candidate": 8}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("4 2\n", "\ufeff4 2   # four for two\n\n# a comment\n"),
        ("\n", "\r\n"),
        ("3 1 3 4 0", "(ballot 17) 2 1 3 4 0 1 1 3 4 0"),
        ('"Adam"', "Adam # the first"),
        ('"Basil"\n"Charlotte"', '"Basil" "Charlotte"'),
        ('"Title"\n', '"Title"'),
    ],
)
def test_what_is_found_in_the_wild_reads_the_same(old: str, new: str) -> None:
    assert old in EXAMPLE
    plain, other = blt.read(EXAMPLE), blt.read(EXAMPLE.replace(old, new))
    assert other.profile.pairs() == plain.profile.pairs()
    assert (other.election, other.meta) == (plain.election, plain.meta)


def test_names_may_hold_quotation_marks_and_parties() -> None:
    text = '2 1\n1 2 0\n0\n"Robert "Bob" Smith" "Green"\n"Ann" ""\n"Ward 1"\n"Council"\n'
    file = blt.read(text)
    assert [(p.name, p.categories) for p in file.election.projects] == [
        ('Robert "Bob" Smith', ("Green",)),
        ("Ann", ()),
    ]
    assert file.meta == {"description": "Ward 1", "source": "Council"}


def test_names_need_no_quotation_marks_where_each_has_its_line() -> None:
    plain = """2 1\n1 2 0\n0\nAnn O'Hara (Green)\n"Bo ""B"" Smith ""Labour"" "\nNorth ward"""
    file = blt.read(plain)
    names = ["Ann O'Hara (Green)", 'Bo "B" Smith "Labour"']
    assert [p.name for p in file.election.projects] == names
    assert file.meta == {"description": "North ward"}


def test_names_may_stand_in_comments() -> None:
    comments = "# ALTERNATIVE NAME 1: Ann Ash (Ind)\n# ALTERNATIVE NAME 2: Bo Birch\n"
    file = blt.read(f"2 1\n1 2 0\n0\n{comments}North ward")
    assert [p.name for p in file.election.projects] == ["Ann Ash (Ind)", "Bo Birch"]
    assert file.meta == {"description": "North ward"}
    with pytest.raises(InvalidFile, match="2 names and a title are expected"):
        blt.read(f"2 1\n1 2 0\n0\n{comments.splitlines()[0]}\nNorth ward")


def test_skipped_ranks_and_repeated_candidates_are_named_repairs() -> None:
    file = blt.read(EXAMPLE.replace("3 1 3 4 0", "3 1 - 3 1 4 0"))
    assert [["1", "3", "4"], 3] in file.profile.pairs()
    assert {r.policy: r.ballots for r in file.repairs} == {
        "repeated_project": 3,
        "skipped_rank": 3,
        "withdrawn_candidate": 8,
    }


@pytest.mark.parametrize(
    ("old", "new", "line", "field"),
    [
        ("4 2\n", "4\n", 1, "candidates"),
        ("4 2\n", "x 2\n", 1, "candidates"),
        ("4 2\n", "0 2\n", 1, "candidates"),
        ("4 2\n", "4 -2\n", 1, "seats"),
        ("-2\n", "-5\n", 2, "withdrawn"),
        ("4 1 3 2 0", "4 1=3 2 0", 4, "ballot"),
        ("4 1 3 2 0", "4 1 5 2 0", 4, "ballot"),
        ("4 1 3 2 0", "4 1 3 2", 4, "ballot"),
        ("4 1 3 2 0", "4.5 1 3 2 0", 4, "weight"),
        ("4 1 3 2 0", "1 2 0 0", 4, "ballots"),
        ("\n0\n", "\n", 9, "ballot"),
        ('"Donald"\n"Title"\n', "", 12, "names"),
        ('"Title"\n', '"Title" "a" "b" "c"\n', 14, "names"),
        ('"Adam"', '"Adam', 10, "name"),
        ('"Adam"', "\x00", 10, ""),
    ],
)
def test_a_malformed_file_names_line_and_field(old: str, new: str, line: int, field: str) -> None:
    assert old in EXAMPLE
    with pytest.raises(InvalidFile) as refused:
        blt.read(EXAMPLE.replace(old, new, 1))
    assert (refused.value.line, refused.value.field) == (line, field)


def test_equal_ranks_are_refused_by_their_name() -> None:
    with pytest.raises(InvalidFile, match="line 4: ballot: 1=3 ranks candidates equally"):
        blt.read(EXAMPLE.replace("4 1 3 2 0", "4 1=3 2 0"))


def test_what_is_written_is_read_again() -> None:
    source = blt.read(EXAMPLE)
    again = blt.read(blt.encode(source))
    assert (again.election, again.meta) == (source.election, source.meta)
    assert again.profile.pairs() == source.profile.pairs()


@given(case=cases(style=BallotStyle.RANKED))
def test_ranked_ballots_survive_as_numbers(case: Case) -> None:
    projects = tuple(Project(p.id, f"Name {p.id}", 1) for p in case.election.projects)
    election = Election(projects, 3, BallotStyle.RANKED)
    again = blt.read(blt.encode(PlainFile("x", {}, election, case.profile)))
    number = {name: str(place) for place, name in enumerate(election.index, start=1)}
    renamed = [[[number[name] for name in ballot], count] for ballot, count in case.profile.pairs()]
    assert sorted(again.profile.pairs()) == sorted(renamed)
    assert [p.name for p in again.election.projects] == [p.name for p in projects]
    assert again.election.budget == 3


def test_a_file_is_read_by_the_end_of_its_name_and_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "ward.BLT"
    path.write_text(EXAMPLE)
    assert read(path).election.budget == 2
    arguments: list[Any] = ["run", str(path), "--rule", "borda", "--json", "-"]
    assert main(arguments) == 0
    assert json.loads(capsys.readouterr().out)["funded"] == ["1", "3"]
