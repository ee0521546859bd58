import json
from pathlib import Path
from typing import Any

import pytest

from tallying.cli import main
from tallying.rules import RULES

HEAD = "META\nkey;value\nbudget;100\nvote_type;approval\nrule;{rule}\n"
PROJECTS = "PROJECTS\nproject_id;cost;selected\na;60;1\nb;50;{b}\nc;50;{c}\n"
VOTES = "VOTES\nvoter_id;vote\n1;a\n2;a,b\n3;b,c\n4;a,c\n"


def written(folder: Path, name: str = "x.pb", rule: str = "greedy", b: int = 0, c: int = 0) -> Path:
    file = folder / name
    file.write_text(HEAD.format(rule=rule) + PROJECTS.format(b=b, c=c) + VOTES)
    return file


def json_of(capsys: pytest.CaptureFixture[str], *arguments: object) -> Any:
    """What a command writes to standard output with `--json -`: nothing but JSON."""
    main([*map(str, arguments), "--json", "-"])
    return json.loads(capsys.readouterr().out)


def test_run_counts_by_the_rule_of_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome = json_of(capsys, "run", written(tmp_path))
    assert outcome["schema"] == "tallying.outcome/1"
    assert outcome["funded"] == ["a"]
    assert outcome["rule"]["ties"] == ["more_votes", "lower_cost"]


def test_run_counts_by_a_rule_with_its_parameters(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome = json_of(
        capsys,
        *("run", written(tmp_path), "--rule", "equal-shares", "--utility", "cardinality"),
        *("--completion", "add1", "--set", "step=2", "--set", "integral=true"),
        *("--ties", "lots", "--lots", "b,a,c"),
    )
    assert outcome["rule"]["parameters"]["step"] == 2
    assert outcome["rule"]["parameters"]["integral"] is True
    assert outcome["rule"]["lots"] == ["b", "a", "c"]
    assert outcome["completion"]["add1"]["first_share"] == "25"


def test_run_writes_the_outcome_into_a_file_and_speaks_in_plain_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.json"
    assert main(["run", str(written(tmp_path)), "--json", str(out)]) == 0
    assert json.loads(out.read_text())["funded"] == ["a"]
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "4 ballots, budget 100, spent 60"
    assert "a\t60\t3\t3\tfunded\ta" in lines


def test_an_open_tie_ends_with_code_three_and_publishes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "tie.pb"
    text = HEAD.format(rule="greedy") + PROJECTS.format(b=0, c=0) + VOTES
    file.write_text(text.replace("100", "50"))
    out = tmp_path / "out.json"
    code = main(["run", str(file), "--rule", "greedy", "--json", str(out)])
    assert code == 3
    assert not out.exists()
    assert "b, c" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--rule", "dictator"], "Unknown rule: dictator"),
        (["--rule", "greedy", "--set", "speed=3"], "Unknown parameter of greedy: speed. Known:"),
        (["--rule", "greedy", "--set", "min_score=few"], "min_score is 'few'"),
        (["--rule", "greedy", "--set", "min_score"], "must be NAME=VALUE"),
        (["--rule", "greedy", "--ties", "luck"], "Unknown tie criterion: luck"),
        (["--rule", "greedy", "--ties", "seed", "--seed", "xyz"], "not hexadecimal"),
        (["--rule", "greedy", "--ties", "seed", "--seed", "ab"], "seed of 32 bytes"),
        (["--utility", "cost"], "--utility needs --rule"),
        (["--rule", "greedy", "--set", "min_score=-1"], "must be a whole number from 0 to"),
        (["--rule", "greedy", "--set", "min_score=1", "--set", "min_score=2"], "min_score 2 times"),
        (["--rule", "greedy", "--lots", "a,b,c"], "--ties more_votes,lower_cost,lots."),
        (["--rule", "greedy", "--ties", "lots", "--lots", "a,b,c", "--seed", "ab"], "--seed"),
    ],
)
def test_bad_usage_is_one_sentence_and_code_two(
    arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", str(written(tmp_path)), *arguments]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_a_file_without_a_declared_rule_needs_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", str(written(tmp_path, rule="unknown"))]) == 2
    error = capsys.readouterr().err
    assert "does not say by which rule it is counted; choose one with --rule" in error
    assert main(["run", str(written(tmp_path, rule="lottery"))]) == 2
    assert "declares the rule lottery, which is none of" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["run", "check", "reproduce"])
def test_a_file_that_is_not_there_is_bad_input(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, str(tmp_path / "nowhere.pb")]) == 2
    assert "nowhere.pb" in capsys.readouterr().err


def test_reproduce_of_a_folder_without_files_is_bad_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["reproduce", str(tmp_path)]) == 2
    assert "no file *.pb" in capsys.readouterr().err


def test_reproduce_tells_of_every_file_what_came_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(tmp_path, "1-same.pb")
    written(tmp_path, "2-other.pb", b=1)
    written(tmp_path, "3-undeclared.pb", rule="unknown")
    written(tmp_path, "4-reserve.pb", c=2)
    (tmp_path / "5-broken.pb").write_text("nonsense")
    (tmp_path / "6-open.pb").write_text(
        (HEAD + PROJECTS + VOTES)
        .format(rule="greedy", b="", c="")
        .replace(";selected", "")
        .replace("a;60;1", "a;60")
        .replace("b;50;", "b;50")
        .replace("c;50;", "c;50")
    )
    assert main(["reproduce", str(tmp_path)]) == 2
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "1-same.pb: reproduced (greedy, 1 projects)"
    assert lines[1].startswith("2-other.pb: differs (greedy, 1 projects); missing b")
    assert lines[2] == "3-undeclared.pb: undeclared rule (unknown)"
    assert lines[3].startswith("4-reserve.pb: reproduced")
    assert lines[4].startswith("unreadable: 5-broken.pb, line 1")
    assert lines[5].startswith("6-open.pb: no official winners")
    assert json_of(capsys, "reproduce", tmp_path) == {
        "files": 6,
        "with_official": 4,
        "reproduced": 2,
        "differing": [
            {
                "file": "2-other.pb",
                "rule": "greedy",
                "missing": ["b"],
                "extra": [],
                "explanation": "",
            }
        ],
        "undeclared": ["3-undeclared.pb"],
        "unreadable": [
            {
                "file": "5-broken.pb",
                "error": "5-broken.pb, line 1: the file does not begin with META",
            }
        ],
    }


def test_an_unexplained_difference_fails_the_check(tmp_path: Path) -> None:
    assert main(["reproduce", str(written(tmp_path, b=1))]) == 1
    assert main(["reproduce", str(written(tmp_path))]) == 0


def test_check_lists_all_that_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path)
    text = file.read_text().replace("c;50;0", "c;x;0").replace("4;a,c", ";a,c").replace("3;b", ";b")
    file.write_text(text)
    assert main(["check", str(file)]) == 1
    errors = json_of(capsys, "check", file)["errors"] if capsys.readouterr() else []
    assert [(error["line"], error["field"]) for error in errors] == [
        (10, "cost"),
        (15, "voter_id"),
        (16, "voter_id"),
    ]


def test_check_lists_repairs_and_differences(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path)
    file.write_text(
        file.read_text().replace("rule;greedy", "num_votes;9").replace("2;a,b", "2;a,a")
    )
    found = json_of(capsys, "check", file)
    assert found["repairs"] == [{"policy": "repeated_project", "ballots": 1}]
    assert found["differences"] == [
        {"field": "num_votes", "project": None, "published": 9, "counted": 4}
    ]
    clean = written(tmp_path, "clean.pb")
    assert main(["check", str(clean)]) == 0
    assert "nothing is wrong" in capsys.readouterr().out


def test_rules_prints_the_registry(capsys: pytest.CaptureFixture[str]) -> None:
    assert [rule["id"] for rule in json_of(capsys, "rules")] == list(RULES)
    assert main(["rules", "--language", "es"]) == 0
    out = capsys.readouterr().out
    for rule in RULES.values():
        assert f"{rule.id}: {rule.title['es']}" in out


def test_rules_say_in_words_what_values_can_be(capsys: pytest.CaptureFixture[str]) -> None:
    main(["rules"])
    told = capsys.readouterr().out
    assert "min_score (a whole number from 0 on; 0 unless said)" in told
    assert "unaffordable (one of skip, stop, partial; skip unless said)" in told
    assert "integral (true or false; false unless said)" in told
    main(["rules", "--language", "fr"])
    assert "un nombre entier, 0 ou plus" in capsys.readouterr().out
