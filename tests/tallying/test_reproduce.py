import json
from pathlib import Path
from typing import Any

import pytest

from tallying.cli import main
from tallying.presets.comparison import Verdict, compare
from tallying.presets.official import official

HEAD = "META\nkey;value\nbudget;100\nvote_type;approval\nrule;{rule}\n{more}"
PROJECTS = "PROJECTS\nproject_id;cost;selected\na;60;1\nb;50;{b}\nc;40;{c}\n"
END = (
    "5 files, 4 with official winners: 2 reproduced, 1 differing, "
    "1 without a declared rule, 1 unreadable"
)
VOTES = "VOTES\nvoter_id;vote\n1;a\n2;a,b\n3;b,a\n4;b\n5;c,a\n"


def written(
    folder: Path, name: str, rule: str = "greedy", more: str = "", b: int = 0, c: int = 1
) -> Path:
    path = folder / name
    path.write_text(HEAD.format(rule=rule, more=more) + PROJECTS.format(b=b, c=c) + VOTES)
    return path


def summary_of(capsys: pytest.CaptureFixture[str], *arguments: object) -> Any:
    main(["reproduce", *map(str, arguments), "--json", "-"])
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("rule", "more", "c"),
    [
        ("greedy", "", 1),
        ("greedy", "min_project_score_threshold;2\n", 0),
        ("greedy-no-skip", "", 0),
        ("greedy-custom", "", 0),
        ("greedy-exclusive", "", 1),
        ("greedy-threshold", "min_project_score_threshold;1\n", 1),
        ("greedy-threshold", "min_project_score_threshold;2\n", 0),
        ("equalshares", "", 0),
        ("equalshares-comparison", "", 1),
        ("equalshares/add1", "", 0),
        ("equalshares/add1-comparison", "", 1),
    ],
)
def test_every_declared_rule_has_a_plain_reading(
    rule: str, more: str, c: int, tmp_path: Path
) -> None:
    found = compare(written(tmp_path, "x.pb", rule, more, c=c), "x.pb")
    assert found.verdict is Verdict.REPRODUCED, found.line()


def test_a_table_says_by_rule_what_came_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(tmp_path, "a.pb")
    written(tmp_path, "b.pb", c=0)
    written(tmp_path, "c.pb", "greedy-no-skip", c=0)
    written(tmp_path, "d.pb", "unknown")
    (tmp_path / "e.pb").write_bytes(b"\xff\xfe")
    assert main(["reproduce", str(tmp_path)]) == 2
    lines = capsys.readouterr().out.splitlines()
    assert lines[5:] == [
        "rule\tfiles\treproduced\tdiffers\tno official winners\tundeclared rule\tunreadable",
        "greedy\t2\t1\t1\t0\t0\t0",
        "greedy-no-skip\t1\t1\t0\t0\t0\t0",
        "unknown\t1\t0\t0\t0\t1\t0",
        "?\t1\t0\t0\t0\t0\t1",
        END,
    ]


def test_processes_that_share_the_files_say_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(3):
        written(tmp_path, f"{number}.pb", c=number % 2)
    (tmp_path / "broken.pb").write_text("nonsense")
    alone = summary_of(capsys, tmp_path)
    assert summary_of(capsys, tmp_path, "--jobs", "2") == alone
    assert (alone["files"], alone["reproduced"], len(alone["unreadable"])) == (4, 1, 1)


def test_no_file_ends_the_others_whatever_goes_wrong_with_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, "a.pb")
    written(tmp_path, "b.pb")

    def broken(file: Any) -> Any:
        if file.file == "a.pb":
            raise ZeroDivisionError("by zero")
        return official(file)

    monkeypatch.setattr("tallying.presets.comparison.official", broken)
    found = summary_of(capsys, tmp_path)
    assert found["reproduced"] == 1
    assert found["unreadable"] == [{"file": "a.pb", "error": "a.pb: ZeroDivisionError: by zero"}]


def test_a_known_election_is_counted_as_its_city_did(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.pb"
    path.write_text(
        "META\nkey;value\nbudget;100\nvote_type;approval\nrule;greedy\nunit;Warszawa\n"
        "instance;2018\nsubunit;Las\n"
        "PROJECTS\nproject_id;cost;selected\n1649;60;0\nb;50;1\n"
        "VOTES\nvoter_id;vote\n1;1649\n2;1649,b\n"
    )
    assert main(["reproduce", str(path)]) == 0
    assert "the official winners come out exactly" in capsys.readouterr().out
    path.write_text(path.read_text().replace("b;50;1", "b;50;0"))
    assert main(["reproduce", str(path)]) == 0
    assert "other projects still come out" in capsys.readouterr().out
