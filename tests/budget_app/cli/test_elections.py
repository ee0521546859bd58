"""Importing elections: through the same box, log and count, or nothing at all."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from budget_app.cli import elections_round
from budget_app.extensions import db
from budget_app.parliaments.models import Parliament
from budget_app.rounds.models import Round, RoundState
from tallying.evidence.bundle import Bundle
from tests.budget_app.cli.conftest import Run
from voting import log
from voting.models import Channel, Envelope, Voter

SMALL = (
    "Netherlands_Assen_2024.pb",  # equal shares, approval
    "Poland_Krakow_2025_Stare_Miasto.pb",  # greedy, ranked
    "Poland_Czestochowa_2024_Dzbow.pb",  # greedy, points
)
META = {
    "description": "PB in Sample",
    "country": "Nowhere",
    "unit": "Sample",
    "instance": "2024",
    "num_projects": "3",
    "num_votes": "5",
    "budget": "100",
    "currency": "PLN",
    "vote_type": "approval",
    "rule": "greedy",
    "date_begin": "01.06.2024",
    "date_end": "15.06.2024",
    "max_length": "2",
}
PROJECTS = "project_id;cost;votes;name;selected\n1;60;4;Park;1\n2;50;2;Pond;0\n3;900;1;Dam;0\n"
VOTES = "voter_id;vote\na;1,2\nb;1,1\nc;1\nd;1,2,3\na;\n"


def sample(folder: Path, votes: str = VOTES, projects: str = PROJECTS, **meta: str | None) -> Path:
    """A file of five ballots; a key that is None is left out."""
    pairs = {**META, **meta}
    lines = "".join(f"{name};{text}\n" for name, text in pairs.items() if text is not None)
    path = folder / "sample.pb"
    path.write_text(f"META\nkey;value\n{lines}PROJECTS\n{projects}VOTES\n{votes}")
    return path


def imported(run: Run, *arguments: str) -> dict[str, Any]:
    result = run("import-pabulib", *arguments, "--json", "-")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def made(app: Flask) -> tuple[int, int, int]:
    """How many parliaments, rounds and voters there are."""
    with app.app_context():
        tables = (Parliament, Round, Voter)
        return tuple(  # type: ignore[return-value]
            db.session.scalar(select(func.count()).select_from(table)) for table in tables
        )


@pytest.mark.elections
@pytest.mark.parametrize("name", SMALL)
def test_a_real_election_comes_out_as_it_did(run: Run, elections: Path, name: str) -> None:
    done = imported(run, str(elections / name))
    assert done["matches"] is True
    assert set(done["funded"]) == set(done["official"])
    assert done["verdict"] == "verified"
    assert not done["refused"]


@pytest.mark.elections
@pytest.mark.one_store
def test_an_election_of_several_batches_comes_out_as_it_did(run: Run, elections: Path) -> None:
    done = imported(run, str(elections / "Poland_Wieliczka_2023_Green_Budget.pb"))
    assert done["ballots"] == 6_586
    assert done["ballots"] > log.BATCH
    assert done["matches"] is True
    assert done["verdict"] == "verified"


def test_every_ballot_goes_through_the_box(run: Run, app: Flask, tmp_path: Path) -> None:
    done = imported(run, str(sample(tmp_path)))
    assert (done["ballots"], done["funded"], done["matches"]) == (5, ["1"], True)
    with app.app_context():
        envelopes = db.session.scalars(select(Envelope)).all()
        assert len(envelopes) == 5
        assert {envelope.channel for envelope in envelopes} == {Channel.IMPORT}
        assert len({envelope.voter_ref for envelope in envelopes}) == 5
        round_ = db.session.scalars(select(Round)).one()
        assert round_.state is RoundState.COUNTED
        assert round_.official == ["1"]
    with Bundle.open(Path(done["bundle"])) as bundle:
        entries = bundle.read("log/entries.jsonl").splitlines()
    assert sum(b'"t":"cast"' in entry for entry in entries) == 5


def test_the_round_has_the_dates_of_the_election(run: Run, app: Flask, tmp_path: Path) -> None:
    imported(run, str(sample(tmp_path)))
    with app.app_context():
        phase = db.session.scalars(select(Round)).one().phases[0]
        assert phase.starts.isoformat() == "2024-06-01T00:00:00+00:00"
        assert phase.ends.isoformat() == "2024-06-16T00:00:00+00:00"


def test_lots_come_from_the_files_own_hash(run: Run, app: Flask, tmp_path: Path) -> None:
    path = sample(tmp_path)
    imported(run, str(path))
    with app.app_context():
        round_ = db.session.scalars(select(Round)).one()
        digest = elections_round.SourceFile.read(path).digest
        assert round_.lots_dice == str(int(digest, 16))
        assert digest in round_.lots_record
        assert round_.rule["ties"] == ["more_votes", "lower_cost", "lots"]


def test_repairs_and_widened_limits_are_told(run: Run, tmp_path: Path) -> None:
    told = run("import-pabulib", str(sample(tmp_path))).stdout
    assert "Repaired: repeated_project on 1 ballots" in told
    assert "Repaired: longer_than_allowed on 1 ballots" in told
    assert "The limits are widened" in told


def test_a_ballot_that_the_box_refuses_is_counted_and_named(run: Run, tmp_path: Path) -> None:
    path = sample(tmp_path, vote_type="ordinal", max_length="2")
    done = imported(run, str(path))
    assert done["ballots"] == 4
    assert done["refused"] == {"too_many": 1}


def test_a_file_without_winners_has_nothing_to_match(run: Run, tmp_path: Path) -> None:
    projects = "project_id;cost;name\n1;60;Park\n2;50;Pond\n3;900;Dam\n"
    done = imported(run, str(sample(tmp_path, projects=projects)))
    assert done["official"] is None
    assert done["matches"] is None


def test_an_undeclared_rule_is_counted_greedily_and_said_so(run: Run, tmp_path: Path) -> None:
    result = run("import-pabulib", str(sample(tmp_path, rule=None)))
    assert result.exit_code == 0
    assert "Rule: greedy; the file declares unknown" in result.stdout


def test_the_same_file_twice_makes_a_second_round(run: Run, app: Flask, tmp_path: Path) -> None:
    path = sample(tmp_path)
    pages = [imported(run, str(path))["page"] for _ in range(2)]
    assert pages[0].replace("pb-in-sample-2024", "pb-in-sample-2024-2") == pages[1]
    assert made(app)[:2] == (1, 2)


def test_the_page_of_the_result_is_there(run: Run, app: Flask, tmp_path: Path) -> None:
    page = imported(run, str(sample(tmp_path)))["page"]
    answer = app.test_client().get(page.removeprefix("http://localhost:5000"))
    assert answer.status_code == 200
    assert "Park" in answer.text


def test_the_round_goes_into_the_parliament_that_is_named(run: Run, tmp_path: Path) -> None:
    run("create-parliament", "sejm", "--name", "en=Sejm", "--currency", "PLN")
    done = imported(run, str(sample(tmp_path)), "--parliament", "sejm")
    assert "/en/sejm/rounds/" in done["page"]


@pytest.mark.one_store
@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"budget": "much"}, "line 9: budget"),
        ({"date_begin": "31.02.2024"}, "line 13: date_begin"),
        ({"date_end": "01.05.2024"}, "line 14: date_end: the vote ends before it begins"),
        ({"date_begin": "01.01.2990", "date_end": None}, "line 13: date_begin"),
        ({"currency": "ABX"}, "line 10: currency"),
        ({"rule": "greedy-threshold"}, "min_project_score_threshold"),
        ({"budget": "100.005"}, "cost: an amount has more decimals than PLN has"),
        ({"projects": "project_id;cost\n1;60\n2;x\n"}, "line 19: cost"),
        ({"votes": "voter_id;vote\na;1\n;1\n"}, "line 24: voter_id"),
    ],
)
def test_a_malformed_file_leaves_nothing_behind(
    run: Run, app: Flask, tmp_path: Path, changes: dict[str, str], told: str
) -> None:
    result = run("import-pabulib", str(sample(tmp_path, **changes)))
    assert result.exit_code == 2
    assert told in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert made(app) == (0, 0, 0)


@pytest.mark.one_store
def test_a_file_that_is_not_there_is_named(run: Run, tmp_path: Path) -> None:
    result = run("import-pabulib", str(tmp_path / "none.pb"))
    assert result.exit_code == 2
    assert "none.pb: No such file or directory" in result.stderr


def test_an_unknown_parliament_is_refused(run: Run, app: Flask, tmp_path: Path) -> None:
    result = run("import-pabulib", str(sample(tmp_path)), "--parliament", "nowhere")
    assert result.exit_code == 2
    assert "There is no parliament “nowhere”" in result.stderr
    assert made(app) == (0, 0, 0)


def test_another_currency_than_the_parliaments_is_refused(run: Run, tmp_path: Path) -> None:
    run("create-parliament", "bundestag", "--name", "en=Bundestag", "--currency", "EUR")
    result = run("import-pabulib", str(sample(tmp_path)), "--parliament", "bundestag")
    assert result.exit_code == 2
    assert "currency: the parliament bundestag counts in EUR" in result.stderr


def test_a_failure_before_the_close_leaves_nothing_behind(
    run: Run, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: Any, **_options: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("budget_app.cli.elections.cast_all", fail)
    assert run("import-pabulib", str(sample(tmp_path))).exit_code == 1
    assert made(app) == (0, 0, 0)
