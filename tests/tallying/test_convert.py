import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallying.cli import main
from tallying.election import BallotStyle
from tallying.formats import pabulib, read
from tallying.formats.election_file import PlainFile, Voter
from tallying.formats.lost import lost
from tallying.formats.voters import voters_of
from tests.tallying.strategies import cases

WILD = (
    "\ufeffmeta;;\r\nkey;value\r\nbudget;1,000.50\r\nvote_type;CHOOSE-1\r\nnum_votes;9\r\n"
    'comment;"#1: one; two"\r\nmade_up;yes\r\nmax_length;1\r\n'
    "Projects;\r\nproject_id;cost;votes;name;shape;latitude\r\n"
    '1;60,5;1;"A ""big"" one; here";round;52.1\r\n2;50;7;Two\r\n'
    "votes\r\nvoter_id;age;vote;sex\r\n7;33;1;F\r\n9;;2;\r\n8;70;\r\n"
)


def written(folder: Path, text: str = WILD, name: str = "wild.pb") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def test_a_wild_file_keeps_every_column_and_key(tmp_path: Path) -> None:
    source, target = written(tmp_path), tmp_path / "out.pb"
    assert main(["convert", str(source), str(target)]) == 0
    before, after = pabulib.read(source), pabulib.read(target)
    assert lost(before, after, voters_of(source, before), voters_of(target, after)) == ()
    assert after.meta["made_up"] == "yes"
    assert after.meta["comment"] == "#1: one; two"
    assert after.columns["1"]["shape"] == "round"
    assert after.election == before.election
    assert [(v.id, v.columns) for v in voters_of(target, after) or ()] == [
        ("7", {"age": "33", "sex": "F"}),
        ("9", {"age": "", "sex": ""}),
        ("8", {"age": "70", "sex": ""}),
    ]


def test_published_numbers_stay_as_published(tmp_path: Path) -> None:
    source, target = written(tmp_path), tmp_path / "out.pb"
    main(["convert", str(source), str(target)])
    assert read(target).differences == read(source).differences != ()


def test_what_the_target_cannot_hold_is_named_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = written(tmp_path), tmp_path / "out.csv"
    assert main(["convert", str(source), str(target)]) == 2
    assert "the column age of the voters; the column sex of the voters" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["wild.pb"]
    assert main(["convert", str(source), str(target), "--lossy", "--json", "-"]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert summary["left_out"] == ["the column age of the voters", "the column sex of the voters"]
    assert (summary["projects"], summary["ballots"]) == (2, 3)


def test_ranked_ballots_become_a_blt_file_only_without_their_costs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = written(tmp_path, WILD.replace("CHOOSE-1", "ordinal"))
    target = tmp_path / "out.blt"
    assert main(["convert", str(source), str(target)]) == 2
    assert "the costs; the budget" in capsys.readouterr().err
    assert main(["convert", str(source), str(target), "--lossy"]) == 0
    assert sorted(read(target).profile.pairs()) == [[[], 1], [["1"], 1], [["2"], 1]]


def test_a_blt_file_goes_through_pabulib_and_back_without_loss(tmp_path: Path) -> None:
    text = '3 2\n-2\n2 3 1 0\n1 1 0\n0\n"A" "Reds"\n"B" "Blues"\n"C" ""\n"Ward"\n'
    blt, pb, again = written(tmp_path, text, "a.blt"), tmp_path / "b.pb", tmp_path / "c.blt"
    assert main(["convert", str(blt), str(pb)]) == 0
    assert main(["convert", str(pb), str(again)]) == 0
    assert lost(read(blt), read(again)) == ()
    assert (
        again.read_text() == '3 2\n-2\n1 1 0\n2 3 1 0\n0\n"A" "Reds"\n"B" "Blues"\n"C" ""\n"Ward"\n'
    )


def test_ballots_that_say_something_else_are_a_loss() -> None:
    source = pabulib.read(WILD.replace("CHOOSE-1", "ordinal").replace("8;70;", "8;70;2,1"))
    turned = pabulib.read(WILD.replace("CHOOSE-1", "ordinal").replace("8;70;", "8;70;1,2"))
    assert lost(source, turned) == ("what the ballots say",)


def test_an_existing_file_is_not_written_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = written(tmp_path), written(tmp_path, "precious", "out.pb")
    assert main(["convert", str(source), str(target)]) == 2
    assert "--force" in capsys.readouterr().err
    assert target.read_text() == "precious"
    assert main(["convert", str(source), str(target), "--force"]) == 0


@pytest.mark.parametrize("name", ["out.xls", "out", "nowhere/out.pb"])
def test_a_target_that_cannot_be_written_is_one_sentence(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["convert", str(written(tmp_path)), str(tmp_path / name)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_format_without_its_extra_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def absent(_name: str) -> object:
        raise ModuleNotFoundError("No module named 'pyarrow'", name="pyarrow")

    monkeypatch.setattr("tallying.formats.import_module", absent)
    assert main(["run", str(tmp_path / "x.parquet"), "--rule", "greedy"]) == 2
    assert "pip install '.[research]'" in capsys.readouterr().err


@given(data=st.data(), style=st.sampled_from(BallotStyle))
def test_pabulib_files_hold_what_was_written(data: st.DataObject, style: BallotStyle) -> None:
    case = data.draw(cases(style=style, least_cost=0))
    text = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1)
    kept = text.filter(lambda word: word.lower() != "none" and not word.endswith(";"))
    meta = {"description": data.draw(kept), "made_up": data.draw(kept)}
    columns = {p.id: {"shape": data.draw(kept)} for p in case.election.projects}
    voters = [
        Voter(f"v{number}", {"age": data.draw(kept)}, list(choices))
        for number, (choices, count) in enumerate(case.profile.pairs())
        for _ in range(count)
    ]
    source = PlainFile("x", meta, case.election, case.profile, columns=columns)
    again = pabulib.read(pabulib.encode(source, voters))
    expected = ("the ballot style",) if style is BallotStyle.KNAPSACK else ()
    assert lost(source, again) == expected
    assert [choices for _, choices in again.ballots_raw] == [voter.choices for voter in voters]


REAL = sorted(Path(os.environ.get("PB_PABULIB", "nowhere")).glob("*.pb"))


@pytest.mark.elections
@pytest.mark.skipif(not REAL, reason="PB_PABULIB names no folder with real elections")
@pytest.mark.parametrize(
    "path", [p for p in REAL if p.stat().st_size < 300_000], ids=lambda path: path.stem
)
def test_real_elections_survive_a_round_trip(path: Path, tmp_path: Path) -> None:
    assert main(["convert", str(path), str(tmp_path / "out.pb")]) == 0
    assert main(["convert", str(path), str(tmp_path / "out.csv"), "--lossy"]) == 0
    before, sheet = read(path), read(tmp_path / "out.csv")
    assert lost(before, read(tmp_path / "out.pb")) == lost(before, sheet) == ()
    assert main(["run", str(tmp_path / "out.csv"), "--rule", "greedy"]) in (0, 3)


def test_a_folder_that_is_not_there_is_named_and_no_other_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "nowhere" / "x.csv"
    assert main(["convert", str(tmp_path / "any.pb"), str(target)]) == 2
    error = capsys.readouterr().err
    assert error == f"tallying: {target}: there is no folder {target.parent}\n"


def test_parquet_keeps_the_order_of_the_projects(tmp_path: Path) -> None:
    text = WILD.replace("\r\n2;50;7;Two", "")
    source = written(tmp_path, text.replace("\r\n1;60,5", "\r\n2;50;7;Two\r\n1;60,5"))
    target = tmp_path / "out.parquet"
    assert main(["convert", str(source), str(target)]) == 0
    assert list(read(target).election.index) == list(read(source).election.index) == ["2", "1"]
