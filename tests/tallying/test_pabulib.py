from pathlib import Path

import pytest

from tallying.election import BallotStyle, Election, Limits, Project
from tallying.errors import InvalidElection, InvalidFile
from tallying.formats import pabulib, rows
from tests.tallying.factories import election

META = "META\nkey;value\nbudget;100\nvote_type;approval\nrule;greedy\n"
PROJECTS = "PROJECTS\nproject_id;cost;name\n1;60;One\n2;50;Two\n"
VOTES = "VOTES\nvoter_id;vote\nx;1,2\ny;2\n"


def pairs(text: str | bytes) -> list[list[object]]:
    return pabulib.read(text).profile.pairs()


def test_a_plain_file_is_read() -> None:
    file = pabulib.read(META + PROJECTS + VOTES)
    assert file.election == Election(
        (Project("1", "One", 60), Project("2", "Two", 50)), 100, BallotStyle.APPROVAL
    )
    assert file.profile.pairs() == [[["1", "2"], 1], [["2"], 1]]
    assert list(file.ballots_raw) == [("x", ["1", "2"]), ("y", ["2"])]
    assert (file.rule, file.official, file.repairs, file.differences) == ("greedy", None, (), ())


@pytest.mark.parametrize(
    "text",
    [
        b"\xef\xbb\xbf" + (META + PROJECTS + VOTES).encode(),
        (META + PROJECTS + VOTES).replace("\n", "\r\n"),
        (META + PROJECTS + VOTES).replace("\n", "\r"),
        (META + PROJECTS + VOTES).replace("META\n", "META;;\n"),
        (META + PROJECTS + VOTES).replace("VOTES\n", "\n\nvotes\n"),
        (META + PROJECTS + VOTES).replace("x;1,2", 'x;"1,2"'),
        (META + PROJECTS + VOTES).replace("x;1,2", "x; 1 , 2 ,"),
        (META + PROJECTS + VOTES).replace("x;1,2", "x;1,2;;"),
        (META + PROJECTS + VOTES).replace("One", '"One; with\nall"'),
        (META + PROJECTS + VOTES).replace("One", "O\u2028ne\x0b"),
        (META + PROJECTS + VOTES).replace("voter_id;vote", "Voter_ID;Vote;age"),
    ],
    ids=range(11),
)
def test_what_is_found_in_the_wild_reads_the_same(text: str | bytes) -> None:
    assert pairs(text) == [[["1", "2"], 1], [["2"], 1]]


def test_quotes_hold_semicolons_and_line_breaks_and_errors_still_name_the_line() -> None:
    text = META + PROJECTS.replace("One", '"One; with\nall ""quotes"""') + VOTES + "z;\n;1\n"
    with pytest.raises(InvalidFile) as refused:
        pabulib.read(text)
    assert (refused.value.line, refused.value.field) == (16, "voter_id")
    file = pabulib.read(text.replace("\n;1\n", "\n"))
    assert file.election.projects[0].name == 'One; with\nall "quotes"'
    assert file.profile.blank == 1


@pytest.mark.parametrize(
    ("cost", "minor_units", "digits"),
    [
        ("60", 60, 0),
        ("60.00", 60, 0),
        ("60.5", 605, 1),
        ("60,25", 6025, 2),
        ("1,716,138.17", 171613817, 2),
        ("1 716 138", 1716138, 0),
        ("1,716,138", 1716138, 0),
        ("1,716", 1716, 0),
    ],
)
def test_decimal_costs_are_scaled_once_and_exactly(
    cost: str, minor_units: int, digits: int
) -> None:
    the_election = pabulib.read(META + PROJECTS.replace("60", cost) + VOTES).election
    assert the_election.projects[0].cost == minor_units
    assert the_election.minor_digits == digits
    assert the_election.budget == 100 * 10**digits


@pytest.mark.parametrize(
    ("old", "new", "line", "field"),
    [
        ("budget;100", "budget;a lot", 3, "budget"),
        ("budget;100", "budget;-5", 3, "budget"),
        ("budget;100\n", "", None, "budget"),
        ("vote_type;approval", "vote_type;telepathy", 4, "vote_type"),
        ("vote_type;approval", "title;none", None, "vote_type"),
        ("rule;greedy", "max_length;many", 5, "max_length"),
        ("rule;greedy", "max_length;1\nmin_length;2", 6, "min_length"),
        ("1;60;One", "1;;One", 8, "cost"),
        ("1;60;One", "1;6x;One", 8, "cost"),
        ("1;60;One", "1;1e3;One", 8, "cost"),
        ("1;60;One", "1;٣;One", 8, "cost"),
        ("1;60;One", ";60;One", 8, "project_id"),
        ("2;50;Two", "1;50;Two", 9, "project_id"),
        ("1;60;One", "1;60;One;more", 8, "PROJECTS"),
        ("project_id;cost;name", "project_id;price;name", 7, "cost"),
        ("y;2", ";2", 13, "voter_id"),
        ("y;2", "y", 13, "vote"),
        ("y;2", "y;2;3", 13, "VOTES"),
        ("y;2", "y;2;3;4", 13, "VOTES"),
        ("voter_id;vote", "voter;vote", 11, "voter_id"),
        ("VOTES\n", "", None, "VOTES"),
        ("PROJECTS\n", "META\n", 6, "META"),
        ("META\n", "", 1, ""),
        ("One", '"One', 8, ""),
        ("One", "\x00", 8, ""),
    ],
)
def test_a_malformed_file_names_line_and_field(
    old: str, new: str, line: int | None, field: str
) -> None:
    text = META + PROJECTS + VOTES
    assert old in text
    with pytest.raises(InvalidFile) as refused:
        pabulib.read(text.replace(old, new, 1))
    assert (refused.value.line, refused.value.field) == (line, field)
    assert refused.value.exit_code == 2


def test_sections_may_stand_in_any_order_but_only_once() -> None:
    assert pairs(META + VOTES + PROJECTS) == [[["1", "2"], 1], [["2"], 1]]
    with pytest.raises(InvalidFile, match="second time") as refused:
        pabulib.read(META + PROJECTS + VOTES + "votes;;\nvoter_id;vote\nz;1\n")
    assert (refused.value.line, refused.value.field) == (14, "VOTES")


def test_a_word_that_looks_like_a_section_is_a_voter_all_the_same() -> None:
    assert pairs(META + PROJECTS + VOTES + "meta;1\nVotes;1") == [
        [["1", "2"], 1],
        [["1"], 2],
        [["2"], 1],
    ]


def test_lines_of_unequal_length_are_not_taken_for_one_another() -> None:
    votes = "VOTES\nvoter_id;vote;age\nx;1\ny;2;30;\nz;1;40\n"
    assert pairs(META + PROJECTS + votes) == [[["1"], 2], [["2"], 1]]


def test_none_is_an_empty_field_and_among_projects_an_unknown_one() -> None:
    file = pabulib.read(META + PROJECTS + VOTES + "a; None ;\nb;none,1\nc;NONE\n")
    assert file.profile.pairs() == [[["1", "2"], 1], [["1"], 1], [["2"], 1], [[], 2]]
    assert [(r.policy, r.ballots) for r in file.repairs] == [("unknown_project", 1)]


def test_errors_name_their_line_in_whatever_block_they_stand(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rows, "_BLOCK", 40)
    graded = META.replace("approval", "cumulative") + PROJECTS
    lines = [f"v{number};1;2" for number in range(100)]
    lines[70] = "v70;1;2,3"
    with pytest.raises(InvalidFile, match="1 projects are named, and 2 numbers") as refused:
        pabulib.read(graded + "VOTES\nvoter_id;vote;points\n" + "\n".join(lines))
    assert refused.value.line == 12 + 70
    lines[70] = "v3;1;2"
    file = pabulib.read(graded + "VOTES\nvoter_id;vote;points\n" + "\n".join(lines))
    assert [(r.policy, r.ballots) for r in file.repairs] == [("repeated_voter", 2)]


def test_a_number_too_large_to_count_names_line_and_field() -> None:
    votes = f"VOTES\nvoter_id;vote;points\nb;1;2\nc;1;{2**53}\n"
    with pytest.raises(InvalidFile, match="is greater than") as refused:
        pabulib.read(META.replace("approval", "cumulative") + PROJECTS + votes)
    assert (refused.value.line, refused.value.field) == (13, "points")


def test_text_that_is_not_utf_8_names_its_line() -> None:
    with pytest.raises(InvalidFile, match="line 8: the text is not UTF-8"):
        pabulib.read((META + PROJECTS).encode().replace(b"One", b"\xd3ne"))


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(InvalidFile, match=r"nowhere\.pb: No such file"):
        pabulib.read(Path("nowhere.pb"))


def test_every_repair_is_named_and_counted() -> None:
    meta = META.replace("rule;greedy", "min_length;2\nmax_length;2")
    votes = "VOTES\nvoter_id;vote\na;1,1,2\nb;1,9\nc;1,2,3\nd;1\na;\n"
    file = pabulib.read(meta + PROJECTS + "3;5;Three\n" + votes)
    assert {repair.policy: repair.ballots for repair in file.repairs} == {
        "repeated_project": 1,
        "unknown_project": 1,
        "longer_than_allowed": 1,
        "shorter_than_allowed": 2,
        "repeated_voter": 2,
    }
    assert file.profile.pairs() == [
        [["1", "2", "3"], 1],
        [["1", "2"], 1],
        [["1"], 2],
        [[], 1],
    ]


def test_a_project_named_twice_on_a_ranking_keeps_its_first_place() -> None:
    text = META.replace("approval", "ordinal") + PROJECTS + "VOTES\nvoter_id;vote\na;2,1,2\n"
    assert pairs(text) == [[["2", "1"], 1]]


POINTS = META.replace("approval", "cumulative").replace(
    "rule;greedy", "min_sum_points;2\nmax_sum_points;5"
)


def test_points_are_read_and_their_repairs_named() -> None:
    votes = "VOTES\nvoter_id;vote;points\na;2,1;3,2\nb;1,2;0,2\nc;1;6\nd;1;1\ne;;\n"
    file = pabulib.read(POINTS + PROJECTS + votes)
    assert file.profile.pairs() == [
        [[["1", 1]], 1],
        [[["1", 2], ["2", 3]], 1],
        [[["1", 6]], 1],
        [[["2", 2]], 1],
        [[], 1],
    ]
    assert {repair.policy for repair in file.repairs} == {
        "zero_points",
        "points_above_limit",
        "points_below_limit",
    }
    assert file.election.limits == Limits(min_points=2, max_points=5)


@pytest.mark.parametrize("line", ["a;1,2;3", "a;1;3,2", "a;1;x", "a;1;-1", "a;1;1.5", "a;1"])
def test_points_that_do_not_match_the_projects_name_line_and_field(line: str) -> None:
    with pytest.raises(InvalidFile) as refused:
        pabulib.read(POINTS + PROJECTS + "VOTES\nvoter_id;vote;points\nb;1;2\n" + line)
    assert (refused.value.line, refused.value.field) == (14, "points")


def test_published_numbers_are_recounted_and_compared() -> None:
    projects = "PROJECTS\nproject_id;cost;votes\n1;60;1\n2;50;3\n"
    file = pabulib.read(META + "num_votes;3\nnum_projects;2\n" + projects + VOTES)
    assert [(d.field, d.project, d.published, d.counted) for d in file.differences] == [
        ("num_votes", None, 3, 2),
        ("votes", "2", 3, 2),
    ]


def test_the_winners_of_the_rule_are_those_marked_with_one() -> None:
    projects = "PROJECTS\nproject_id;cost;selected\n1;60;2\n2;50;1\n3;1;0\n"
    file = pabulib.read(META + projects + VOTES)
    assert file.official == ("2",)
    assert file.selected == {"1": 2, "2": 1, "3": 0}


@pytest.mark.parametrize("style", BallotStyle)
def test_what_is_written_is_read_again(style: BallotStyle) -> None:
    projects = (
        Project("ż", 'A "name"; quoted', 1255, ("parks", "roads"), "North"),
        Project("b", "B", 300),
    )
    limits = Limits(max_length=2, max_points=9 if style is BallotStyle.POINTS else None)
    the_election = Election(projects, 100050, style, limits, "EUR", 2)
    choices = [["b", 3], ["ż", 1]] if style.graded else ["b", "ż"]
    content = pabulib.write(
        the_election, [(choices, 2), ([], 1)], {"description": "Example"}, selected=["b"]
    )
    file = pabulib.read(content)
    assert file.profile.pairs() == [[choices, 2], [[], 1]]
    assert {p.id: p for p in file.election.projects} == {p.id: p for p in projects}
    assert (file.election.budget, file.election.minor_digits) == (100050, 2)
    assert file.election.limits == limits
    assert file.official == ("b",)
    assert not file.differences


def test_an_id_with_a_comma_cannot_be_written() -> None:
    with pytest.raises(InvalidElection, match="a,b"):
        pabulib.write(election({"a,b": 1}, 1), [], {})
