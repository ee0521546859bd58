import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallying.election import BallotStyle
from tallying.errors import InvalidFile
from tallying.formats import csv_sheet
from tallying.formats.election_file import PlainFile
from tallying.formats.lost import lost
from tests.tallying.strategies import cases

SHEET = """budget;100
vote_type;approval
currency;EUR

project_id;;a;b
name;;Park;"School; new"
cost;;60;50,5
votes;;2;2
selected;;1;0
voter_id;weight;a;b
1;;1;x
2;2;;X
3;;1;0
4;;;
"""


def test_a_sheet_is_read() -> None:
    file = csv_sheet.read(SHEET)
    assert [(p.id, p.name, p.cost) for p in file.election.projects] == [
        ("a", "Park", 600),
        ("b", "School; new", 505),
    ]
    assert (file.election.budget, file.election.minor_digits) == (1000, 1)
    assert sorted(file.profile.pairs()) == [[[], 1], [["a"], 1], [["a", "b"], 1], [["b"], 2]]
    assert (file.official, file.rule, file.repairs) == (("a",), "unknown", ())
    assert [(d.field, d.project, d.published, d.counted) for d in file.differences] == [
        ("votes", "b", 2, 3)
    ]
    assert file.voters is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("budget", "\ufeffbudget"),
        ("\n", "\r\n"),
        ("\n", ";;;\n"),
        ("project_id", "Project_ID"),
        ("voter_id;weight;a;b", "voter_id"),
        ("2;2;;X", "2;1;;x\n2b;1;;1"),
        ("4;;;", "4;1"),
        ("1;;1;x", '"1";"";" 1 ";x'),
    ],
)
def test_what_spreadsheets_write_reads_the_same(old: str, new: str) -> None:
    assert old in SHEET
    plain, other = csv_sheet.read(SHEET), csv_sheet.read(SHEET.replace(old, new))
    assert other.election == plain.election
    assert sorted(other.profile.pairs()) == sorted(plain.profile.pairs())


@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_the_delimiter_is_what_follows_project_id(delimiter: str) -> None:
    text = SHEET.replace("50,5", '"50,5"' if delimiter == "," else "50,5")
    text = text.replace("School; new", "School, new").replace(";", delimiter)
    file = csv_sheet.read(text)
    assert [p.cost for p in file.election.projects] == [600, 505]
    assert file.profile.total == 5


@pytest.mark.parametrize(
    ("old", "new", "line", "field"),
    [
        ("budget;100", "budget;a lot", 1, "budget"),
        ("budget;100", "budget;1;000", 1, "budget"),
        ("budget;100\n", "", None, "budget"),
        ("vote_type;approval", "vote_type;telepathy", 2, "vote_type"),
        ("currency;EUR", "budget;7", 3, "budget"),
        ("project_id;;a;b", "id;;a;b", None, "project_id"),
        ("project_id;;a;b", "project_id;a;b", 5, "project_id"),
        ("project_id;;a;b", "project_id;;a;;b", 5, "project_id"),
        ("project_id;;a;b", "project_id;;a;a", 5, "project_id"),
        ("cost;;60;50,5", "cost;;60;x", 7, "b"),
        ("cost;;60;50,5", "cost;;;50", 7, "a"),
        ("cost;;60;50,5", "cost;60;50", 7, "cost"),
        ("cost;;60;50,5\n", "", 5, "cost"),
        ("votes;;2;2", "cost;;2;2", 8, "cost"),
        ("selected;;1;0", "selected;;yes;0", 9, "a"),
        ("selected;;1;0", "selected;;1;0;1", 9, "selected"),
        ("voter_id;weight;a;b\n", "", None, "voter_id"),
        ("voter_id;weight;a;b", "voter_id;weight;b;a", 10, "voter_id"),
        ("2;2;;X", "2;2;;maybe", 12, "b"),
        ("2;2;;X", "2;0;;x", 12, "weight"),
        ("2;2;;X", "2;2;;x;x", 12, "2"),
        ("2;2;;X", '2;2;;"x', 12, ""),
    ],
)
def test_a_malformed_sheet_names_line_and_field(
    old: str, new: str, line: int | None, field: str
) -> None:
    assert old in SHEET
    with pytest.raises(InvalidFile) as refused:
        csv_sheet.read(SHEET.replace(old, new, 1))
    assert (refused.value.line, refused.value.field) == (line, field)


RANKED = (
    SHEET.replace("approval", "ordinal").replace("1;;1;x", "1;;2;1").replace("2;2;;X", "2;2;;3")
)


def test_ranks_are_numbers_and_a_gap_is_a_named_repair() -> None:
    file = csv_sheet.read(RANKED)
    assert [["b", "a"], 1] in file.profile.pairs()
    assert [["b"], 2] in file.profile.pairs()
    assert {r.policy: r.ballots for r in file.repairs} == {"skipped_rank": 2}


@pytest.mark.parametrize("cells", ["1;1", "1;x", "1;1.5", "1;-2"])
def test_equal_ranks_and_what_is_no_rank_are_refused(cells: str) -> None:
    with pytest.raises(InvalidFile) as refused:
        csv_sheet.read(RANKED.replace("1;;2;1", f"1;;{cells}"))
    assert (refused.value.line, refused.value.field) == (11, "b")


def test_a_voter_on_two_rows_is_a_named_repair() -> None:
    file = csv_sheet.read(SHEET.replace("2;2;;X", "1;2;;X"))
    assert [(r.policy, r.ballots) for r in file.repairs] == [("repeated_voter", 2)]


@given(data=st.data(), style=st.sampled_from(BallotStyle))
def test_what_is_written_is_read_again(data: st.DataObject, style: BallotStyle) -> None:
    case = data.draw(cases(style=style, least_cost=0))
    source = PlainFile("x", {"description": "Ex; ample"}, case.election, case.profile)
    again = csv_sheet.read(csv_sheet.encode(source))
    expected = ("the ballot style",) if style is BallotStyle.KNAPSACK else ()
    assert lost(source, again) == expected
