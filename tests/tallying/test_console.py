"""What a terminal is told: nothing in a file steers it, and every end is a sentence."""

from argparse import Namespace
from io import StringIO
from pathlib import Path

import pytest

from tallying import commands
from tallying.cli import main
from tallying.commands import rules
from tallying.console import Speaker, working

ELECTION = """META
key;value
budget;700
vote_type;approval
rule;greedy
PROJECTS
project_id;cost;name
a;300;A\x1b[31mred\x07
b;400;"B\tsquare
fountain \u202epart"
VOTES
voter_id;vote
1;a,b
2;a
"""


@pytest.fixture
def hostile(tmp_path: Path) -> str:
    path = tmp_path / "hostile.pb"
    path.write_text(ELECTION, encoding="utf8")
    return str(path)


@pytest.mark.parametrize("command", ["run", "explain", "compare"])
def test_a_name_cannot_steer_the_terminal(
    command: str, hostile: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, hostile]) == 0
    told = capsys.readouterr().out
    assert "A\ufffd[31mred\ufffd" in told
    assert not set(told) & {"\x1b", "\x07", "\u202e"}


def test_a_name_cannot_steer_the_terminal_from_a_table() -> None:
    drawn = StringIO()
    speaker = Speaker(file=drawn, force_terminal=True, color_system=None, width=40)
    speaker.table(["name"], [["A\x1b[31mred"]])
    assert "A\ufffd[31mred" in drawn.getvalue()


def test_an_error_that_quotes_a_file_cannot_steer_the_terminal(
    hostile: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", hostile, "--project", "\x1b[2J"]) == 2
    assert "\x1b" not in capsys.readouterr().err


def test_plain_lines_begin_with_the_columns_and_keep_to_them(
    hostile: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["run", hostile])
    lines = capsys.readouterr().out.splitlines()
    start = lines.index("Project\tCost\tVotes\tPoints\tResult\tName")
    assert [len(line.split("\t")) for line in lines[start:]] == [6, 6, 6]
    assert lines[-1].endswith("B square fountain \ufffdpart")


def test_a_narrow_terminal_loses_no_name() -> None:
    drawn = StringIO()
    speaker = Speaker(file=drawn, force_terminal=True, color_system=None, width=30, soft_wrap=True)
    speaker.table(["project", "name"], [["17", "A very long name of a project indeed"]])
    told = " ".join(drawn.getvalue().replace("│", " ").split())
    assert "…" not in told
    assert "A very long name of a project indeed" in told


def test_an_interrupted_command_says_that_no_result_is_complete(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_args: Namespace) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(rules, "run", interrupted)
    assert main(["rules"]) == 130
    assert capsys.readouterr().err == "tallying: interrupted; no result is complete.\n"


def test_an_interrupted_start_ends_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted:
        def __iter__(self) -> None:
            raise KeyboardInterrupt

    monkeypatch.setattr(commands, "__path__", Interrupted())
    assert main(["rules"]) == 130


def test_an_auditor_can_write_down_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("tallying ")


def test_long_work_shows_on_a_terminal_what_is_being_done_and_is_silent_elsewhere(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with working("counting by greedy"):
        pass
    assert capsys.readouterr() == ("", "")
    monkeypatch.setenv("FORCE_COLOR", "1")
    with working("counting by [greedy]\x1b[2J"):
        pass
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "counting by [greedy]\ufffd[2J" in shown.err
    assert "0:00:00" in shown.err
