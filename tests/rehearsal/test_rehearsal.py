"""A thousand people vote in a sealed round, and what can be proved of it is proved.

One round on each database, played once: two bodies with two machines each open the layers offline,
two witnesses watch the log, two auditors cast canaries, verify and sign.
"""

import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from budget_app import create_app
from budget_app.extensions import db
from budget_app.results.models import Count, CountState
from budget_app.settings import Settings
from tests.budget_app.rounds.office import ROUND, found_office
from tests.rehearsal.parliament import PEOPLE
from tests.rehearsal.script import Rehearsal
from tests.rehearsal.served import ACCESS, ERRORS
from tests.rehearsal.voters import BOOTH, CHANGING, FAILING, REVOKED, TWICE, points
from tests.stores import create_schema, own_cluster

UNMADE = {
    "V08": "reserved",
    "V25": "no ballot of this round was cast on paper",
    "V26": "reserved",
}
"""The only checks that are skipped, and what they say."""

CANARIES = 5


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
def database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, tuple[Path, ...]]]:
    """The address of a database, and the folders in which server and database write."""
    server = tmp_path_factory.mktemp("server")
    if request.param == "sqlite":
        path = server / "platform.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}", (server,)
        return
    with own_cluster() as cluster:
        url = cluster.url("postgres")
        create_schema(url)
        data = cluster.folder / "data"
        yield url, (server, data / "base", data / "pg_wal")


@pytest.fixture(scope="module")
def rehearsal(
    database: tuple[str, tuple[Path, ...]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Rehearsal]:
    url, written = database
    settings = Settings(
        instance_path=written[0] / "instance",
        database_url=url,
        secret_key="a secret of the tests, long enough",
        mail_backend="locmem",
        embedded_worker=False,
    )
    app = create_app(settings)
    played = Rehearsal(found_office(app), written, tmp_path_factory.mktemp("apart"))
    played.run()
    yield played
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def boxes(rehearsal: Rehearsal, name: str) -> dict[str, Any]:
    """What a file of the bundle says of each box."""
    with zipfile.ZipFile(rehearsal.bundle) as bundle:
        return {item["box"]: item for item in json.loads(bundle.read(name))["boxes"]}


def test_every_check_passes_on_what_the_auditors_have(rehearsal: Rehearsal) -> None:
    assert rehearsal.report["verdict"] == "verified"
    checks = rehearsal.report["checks"]
    assert [item for item in checks if item["status"] == "FAIL"] == []
    skipped = {item["id"]: item["detail"] for item in checks if item["status"] == "SKIP"}
    assert skipped == UNMADE
    assert {item["id"] for item in checks} == {f"V{number:02}" for number in range(1, 31)}


def test_the_verifier_of_the_bundle_itself_agrees(rehearsal: Rehearsal, tmp_path: Path) -> None:
    with zipfile.ZipFile(rehearsal.bundle) as bundle:
        bundle.extract("verify/pbverify.py", tmp_path)
    command = [sys.executable, "-I", str(tmp_path / "verify" / "pbverify.py")]
    command += [str(rehearsal.bundle), "--trust", str(rehearsal.auditors.trust), "--json", "-"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    told = json.loads(done.stdout[done.stdout.index("{") :])
    assert told["verdict"] == "verified"
    other = {item["id"]: item["status"] for item in told["checks"]}
    first = {item["id"]: item["status"] for item in rehearsal.report["checks"]}
    assert other == first | {"V19": "SKIP"}


def test_the_public_edition_is_verified_too(rehearsal: Rehearsal, tmp_path: Path) -> None:
    path = tmp_path / "public.zip"
    with rehearsal.office.stranger().get(ROUND + "audit/bundle") as answer:
        path.write_bytes(answer.data)
    told = rehearsal.auditors.verify(path, rehearsal.bodies)
    assert told["verdict"] == "verified"
    passed = {item["id"] for item in told["checks"] if item["status"] == "PASS"}
    assert {"V06", "V18", "V20", "V21", "V22", "V24", "V28", "V30"} <= passed


def test_the_outcome_is_what_people_said_last(rehearsal: Rehearsal) -> None:
    outcomes = [item["outcome"] for item in boxes(rehearsal, "tally/outcome.json").values()]
    counted = {item["id"]: item["score"] for each in outcomes for item in each["projects"]}
    assert counted == points()
    assert [each["funded"] for each in outcomes] == [["p001", "p002", "p004"], ["p005"]]


def test_lots_decide_between_two_projects_with_the_same_points(rehearsal: Rehearsal) -> None:
    assert points()["p005"] == points()["p006"]
    (tie,) = boxes(rehearsal, "tally/outcome.json")["south"]["outcome"]["ties"]
    assert (tie["projects"], tie["decided_by"]) == (["p005", "p006"], ["lots"])


def test_every_ballot_is_accounted_for(rehearsal: Rehearsal) -> None:
    lines = boxes(rehearsal, "reconciliation.json").values()
    numbers = {
        name: sum(line[name] for line in lines) for name in next(iter(lines)) if name != "box"
    }
    replaced = len(CHANGING) + len(TWICE)
    assert numbers["accepted"] == len(PEOPLE) + replaced + CANARIES
    assert (numbers["superseded"], numbers["revoked"]) == (replaced, len(REVOKED))
    assert (numbers["canaries"], numbers["undecryptable"]) == (CANARIES, 0)
    assert numbers["result"] == len(PEOPLE) - len(REVOKED)


def test_the_result_is_certified(rehearsal: Rehearsal) -> None:
    with rehearsal.office.work():
        assert db.session.scalars(db.select(Count.state)).all() == [CountState.CERTIFIED]
    assert "Certified" in rehearsal.office.stranger().text(ROUND + "results/")


def test_nothing_failed_unseen(rehearsal: Rehearsal) -> None:
    assert "worker.failed" not in rehearsal.log_lines
    assert "act.failed" not in rehearsal.log_lines
    assert rehearsal.log_lines.count("RuntimeError: the machine failed") == len(FAILING)
    assert "Traceback" not in rehearsal.error_page
    errors, access = ((rehearsal.written[0] / name).read_text() for name in (ERRORS, ACCESS))
    assert "Traceback" not in errors
    cast = access.count("POST /en/example/rounds/schools/vote/cast")
    assert cast == len(BOOTH) - len(FAILING) + len(TWICE)
    assert errors.count("booth.cast") == cast


def test_the_search_reads_what_the_database_writes(rehearsal: Rehearsal) -> None:
    held = rehearsal.held["while people vote"]["control"]
    assert "user_account.email" in held
    files = {place for place in held if "." not in place or place.startswith("platform.db")}
    assert len(files) >= len(rehearsal.written), "the database's own files"


@pytest.mark.parametrize(
    "moment",
    ["while people vote", "before the layers are opened", "when the outer layer is opened"],
)
def test_no_choice_can_be_read_before_both_layers_are_opened(
    rehearsal: Rehearsal, moment: str
) -> None:
    held = {name: found for name, found in rehearsal.held[moment].items() if name != "control"}
    assert held == {"points": set(), "nonces": set(), "never opened": set()}


def test_afterwards_choices_stand_in_the_evidence_alone_and_nonces_are_for_auditors(
    rehearsal: Rehearsal,
) -> None:
    evidence = "instance/evidence/example_schools-"
    stages = {
        f"{evidence}count-out.jsonl",
        *(f"{evidence}v1-{name}.zip!layers/restricted/out.jsonl" for name in ("input", "auditor")),
    }
    ballots = {
        *(
            f"{evidence}v1-{name}.zip!box/north/ballots.pb"
            for name in ("input", "auditor", "public")
        ),
        *(
            f"{evidence}v1-{name}.zip!box/north/restricted/ballots.jsonl"
            for name in ("input", "auditor")
        ),
    }
    held = rehearsal.held["at the end"]
    assert held["points"] == stages | ballots
    assert held["nonces"] == stages
    assert held["never opened"] == set()
