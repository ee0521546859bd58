"""`tallying run` says what was counted in words, and whether the result is final."""

import json
from pathlib import Path

import pytest

from tallying.cli import main
from tallying.codes import Code
from tallying.formats.ranks import RankPolicy
from tallying.formats.votes import Policy
from tallying.wording import LANGUAGES, PlainFormatter, Wording, repaired, result

POLICIES = (*Policy, *RankPolicy)
LEVEL = (
    "META\nkey;value\nbudget;50\nvote_type;approval\nmax_length;1\nrule;greedy\n"
    "PROJECTS\nproject_id;cost\na;50\nb;50\nc;50\n"
    "VOTES\nvoter_id;vote\n1;a\n2;a\n3;b\n4;b\n5;c,c\n6;c,z\n7;c,b,c\n"
)


@pytest.fixture
def level(tmp_path: Path) -> Path:
    file = tmp_path / "level.pb"
    file.write_text(LEVEL.replace("7;c,b,c\n", ""))
    return file


@pytest.mark.parametrize("command", ["run", "explain"])
def test_a_result_that_the_ids_decided_is_said_not_to_be_final(
    command: str, level: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main([command, str(level)])
    told = capsys.readouterr().out
    assert "No rule of this count settles the tie at step 1 between a, b, c: here they" in told
    assert "The result is therefore not final" in told


def test_a_count_by_preset_with_an_open_tie_ends_with_three_after_its_result(
    level: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.json"
    assert main(["run", str(level), "--json", str(out)]) == 3
    assert json.loads(out.read_text())["funded"] == ["a"]
    told = capsys.readouterr().out
    assert "b\t50\t2\t2\tnot funded: the tie is not decided\tb" in told
    lots = ["--preset", "official", "--ties", "lots", "--lots", "b,a,c"]
    assert main(["run", str(level), *lots]) == 0
    told = capsys.readouterr().out
    assert "a\t50\t2\t2\tnot funded: it lost a tie\ta" in told
    assert "not final" not in told


def test_reproduce_names_open_ties_and_ends_with_zero(
    level: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["reproduce", str(level)]) == 0
    told = capsys.readouterr().out
    assert "no rule of the file settles the tie between a, b, c, taken by their ids" in told


def test_repairs_are_sentences_in_the_language_that_was_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "repaired.pb"
    file.write_text(LEVEL)
    main(["run", str(file)])
    told = capsys.readouterr().out
    assert "2 ballots named a project more than once: it counts once." in told
    assert "1 ballot names more projects than allowed: it is counted as it stands." in told
    main(["run", str(file), "--language", "fr"])
    told = capsys.readouterr().out
    assert "2 bulletins nommaient un projet plusieurs fois" in told
    assert "Projet\tCoût\tVoix\tPoints\tRésultat\tNom" in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_and_every_repair_has_its_words(language: str) -> None:
    wording = Wording(language, PlainFormatter(language), {}, "approval")
    results = {result(code, {"by": ["lots"]}, wording) for code in Code}
    repairs = {repaired(policy, number, wording) for policy in POLICIES for number in (1, 2)}
    assert len(results) == len(Code)
    assert len(repairs) == 2 * len(POLICIES)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--ties", "lots", "--lots", "a,b,c,ghost"], "--lots names 'ghost', which is no project"),
        (["--ties", ""], "--ties is empty"),
    ],
)
@pytest.mark.parametrize("command", ["run", "explain", "compare"])
def test_orders_that_say_nothing_are_refused(
    command: str,
    options: list[str],
    message: str,
    level: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    preset = [] if command == "compare" else ["--preset", "official"]
    assert main([command, str(level), *preset, *options]) == 2
    assert message in capsys.readouterr().err
