import json
from pathlib import Path
from typing import Any

import pytest

from tallying.cli import main
from tests.tallying.test_blt import EXAMPLE
from tests.tallying.test_csv import SHEET

PABULIB = (
    "META\nkey;value\nbudget;100\nvote_type;approval\nmax_length;2\n"
    "PROJECTS\nproject_id;cost;votes\na;60;2\nb;50;1\n"
    "VOTES\nvoter_id;vote\n1;a\n2;a,b\n"
)


def checked(
    folder: Path, capsys: pytest.CaptureFixture[str], text: str, name: str = "x.pb"
) -> tuple[int, Any]:
    path = folder / name
    path.write_text(text)
    code = main(["check", str(path), "--json", "-"])
    return code, json.loads(capsys.readouterr().out)


def places(found: Any) -> list[tuple[int, str]]:
    return [(error["line"], error["field"]) for error in found["errors"]]


def test_nothing_is_wrong_with_files_that_are_right(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    right = SHEET.replace("votes;;2;2\n", "")
    for text, name in [(PABULIB, "a.pb"), (right, "a.csv"), (EXAMPLE.replace("-2\n", ""), "a.blt")]:
        assert checked(tmp_path, capsys, text, name)[0] == 0, name


def test_one_error_hides_no_other_in_a_pabulib_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = PABULIB.replace("budget;100", "budget;much").replace("max_length;2", "max_length;x")
    text = text.replace("a;60", "a;6x").replace("b;50", ";50").replace("1;a\n", ";a\n3\n")
    code, found = checked(tmp_path, capsys, text)
    assert code == 1
    assert places(found) == [
        (3, "budget"),
        (5, "max_length"),
        (8, "cost"),
        (9, "project_id"),
        (12, "voter_id"),
        (13, "vote"),
    ]


def test_errors_far_apart_among_many_ballots_are_all_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ballots = [f"{number};a" for number in range(3000)]
    ballots[17], ballots[1500], ballots[2999] = ";a", "1500", "2999;a;b"
    code, found = checked(tmp_path, capsys, PABULIB + "\n".join(ballots))
    assert code == 1
    assert places(found) == [(14 + 17, "voter_id"), (14 + 1500, "vote"), (14 + 2999, "VOTES")]


def test_one_error_hides_no_other_in_a_sheet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = SHEET.replace("budget;100", "budget;much").replace("60;50,5", "x;y")
    text = text.replace("2;2;;X", "2;none;;X").replace("3;;1;0", "3;;perhaps;0")
    code, found = checked(tmp_path, capsys, text, "x.csv")
    assert code == 1
    assert places(found) == [(1, "budget"), (7, "a"), (7, "b"), (12, "weight"), (13, "a")]


def test_one_error_hides_no_other_in_a_blt_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = EXAMPLE.replace("4 1 3 2 0", "4 1=3 2 0").replace("2 4 1 3 0", "2 4 9 0")
    code, found = checked(tmp_path, capsys, text, "x.blt")
    assert code == 1
    assert places(found) == [(4, "ballot"), (5, "ballot")]


def test_repaired_ballots_are_listed_with_their_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = checked(tmp_path, capsys, PABULIB + "2;a,a\n3;a,z\n4;b,a,a\n")
    assert code == 1
    assert [(item["line"], item["policy"]) for item in found["repaired"]] == [
        (13, "repeated_voter"),
        (14, "repeated_voter"),
        (14, "repeated_project"),
        (15, "unknown_project"),
        (16, "repeated_project"),
    ]
    assert [d["field"] for d in found["differences"]] == ["votes", "votes"]


@pytest.mark.parametrize("name", ["x.xls", "x"])
def test_an_unknown_format_is_bad_input(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_text(PABULIB)
    assert main(["check", str(tmp_path / name)]) == 2
    assert "the format is told by the name's end" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("noise.csv", b"\x00\x8f\xff\x12\n" * 9, "the text is not UTF-8"),
        ("latin.csv", SHEET.encode() + "9;;Ä;".encode("latin-1"), "the text is not UTF-8"),
        ("endless.csv", SHEET.encode() + b"9;;" + b"1" * 200_000, "quotation marks"),
        ("endless.pb", PABULIB.replace("100", "9" * 6000).encode(), "6000 characters long"),
        ("crowd.blt", EXAMPLE.replace("\n4 ", f"\n{10**18} ").encode(), "cannot be counted"),
    ],
)
def test_hostile_bytes_are_told_of_in_one_line_each(
    name: str, content: bytes, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert main(["check", str(path)]) == 1
    told = capsys.readouterr().out
    assert message in told
    assert all(line.startswith(name) and len(line) < 200 for line in told.splitlines())


def test_a_key_that_stands_twice_is_refused_only_where_its_values_differ(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    twice = PABULIB.replace("budget;100\n", "budget;100\nbudget;{}\n").replace("b;50", "b;much")
    code, found = checked(tmp_path, capsys, twice.format(200))
    assert code == 1
    assert places(found) == [(4, "budget"), (10, "cost")]
    assert "a second time as 200, and line 3 says 100" in found["errors"][0]["message"]
    assert main(["run", str(tmp_path / "x.pb"), "--rule", "greedy"]) == 2
    assert places(checked(tmp_path, capsys, twice.format(100))[1]) == [(10, "cost")]


def test_a_sheet_in_another_encoding_says_how_to_save_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "sheet.csv"
    path.write_bytes(SHEET.replace("budget", "budgét").encode("cp1252"))
    assert main(["check", str(path)]) == 1
    assert "save it again as “CSV UTF-8”" in capsys.readouterr().out


@pytest.mark.parametrize(("rule", "fields"), [("", []), ("rule;greedy\n", ["score"])])
def test_scores_of_ranked_ballots_are_compared_where_a_rule_says_what_they_are(
    rule: str, fields: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ranked = PABULIB.replace("approval\n", "ordinal\n" + rule).replace("cost;votes", "cost;score")
    ranked = ranked.replace("a;60;2", "a;60;9").replace("b;50;1", "b;50;1")
    code, found = checked(tmp_path, capsys, ranked)
    assert [difference["field"] for difference in found["differences"]] == fields
    assert code == len(fields)
