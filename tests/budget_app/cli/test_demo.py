"""The example parliament: filled once, believable in four languages, and easy to enter."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyotp
import pytest
from flask import Flask
from sqlalchemy import func, select

from budget_app import create_app
from budget_app.accounts import services as accounts
from budget_app.audit.models import Attestation, Objection, ObjectionState
from budget_app.booth import queries
from budget_app.demonstration import people
from budget_app.demonstration.content import ROUNDS, RoundContent, read
from budget_app.extensions import db
from budget_app.mailing.models import OutgoingMail
from budget_app.proposals.models import Proposal, ProposalState
from budget_app.records.models import Record
from budget_app.results.queries import current_count
from budget_app.reviews.models import Merge, MergeState
from budget_app.rounds.models import Round, RoundState
from budget_app.rounds.replays import check_bundle
from budget_app.settings import Settings
from voting import eligibility
from voting.eligibility import Code
from voting.models import Envelope

LANGUAGES = ("en", "es", "fr", "pt")
FILL = ("pb", "demo", "--no-serve", "--voters", "1500")


@pytest.fixture(scope="module")
def filled(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An installation with a small example."""
    folder = tmp_path_factory.mktemp("demo")
    (folder / "platform.db").write_bytes(sqlite_template.read_bytes())
    app = create_app(
        Settings(
            instance_path=folder,
            secret_key="a secret of the tests, long enough",
            mail_backend="locmem",
            embedded_worker=False,
            log_level="ERROR",
        )
    )
    app.testing = True
    result = app.test_cli_runner().invoke(args=FILL, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    app.extensions["told"] = result.stdout
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def round_of(name: str) -> Round:
    slug = RoundContent(name).slug
    return db.session.scalars(select(Round).where(Round.slug == slug)).one()


def test_each_round_is_at_another_point_of_its_life(filled: Flask) -> None:
    with filled.app_context():
        states = {name: round_of(name).state for name in ROUNDS}
    assert states == {
        "budget_2026": RoundState.CERTIFIED,
        "water_2026": RoundState.COUNTED,
        "youth_2027": RoundState.OPEN,
        "ideas_2028": RoundState.ANNOUNCED,
    }


def test_the_certified_round_is_attested_twice_and_verifies(filled: Flask) -> None:
    with filled.app_context():
        count = current_count(round_of("budget_2026"))
        assert count is not None
        signed = db.session.scalars(select(Attestation).where(Attestation.count_id == count.id))
        assert [attestation.in_bundle for attestation in signed] == [True, True]
        assert check_bundle(count).verdict == "verified"


def test_the_round_in_audit_has_an_answered_objection(filled: Flask) -> None:
    with filled.app_context():
        count = current_count(round_of("water_2026"))
        assert count is not None
        objection = db.session.scalars(select(Objection)).one()
        assert objection.count_id == count.id
        assert objection.state is ObjectionState.ANSWERED


def test_proposals_are_accepted_rejected_withdrawn_and_waiting(filled: Flask) -> None:
    with filled.app_context():
        found = db.session.scalars(select(Proposal)).all()
        states = {proposal.state for proposal in found}
        assert states == set(ProposalState) - {ProposalState.DRAFT}
        assert {proposal.language for proposal in found} == set(LANGUAGES)
        decided = (ProposalState.ACCEPTED, ProposalState.REJECTED)
        assert all(proposal.explanation for proposal in found if proposal.state in decided)
        assert any(proposal.pictures and proposal.joined and proposal.lines for proposal in found)


def test_a_merge_waits_with_a_coauthors_objection_after_one_was_taken_back(filled: Flask) -> None:
    with filled.app_context():
        first, second = db.session.scalars(
            select(Merge).where(Merge.state != MergeState.DONE).order_by(Merge.id)
        )
        assert (first.state, second.state) == (MergeState.WITHDRAWN, MergeState.ASKED)
        (objection,) = second.objections
        assert objection.user in second.target.joined


def test_citizens_of_the_example_can_vote_now(filled: Flask) -> None:
    with filled.app_context():
        poll_id = round_of("youth_2027").poll_id
        for way in people.ways_in()[-4:]:
            born = date.fromisoformat(way.date_of_birth)
            number = way.identity_number
            answer = eligibility.check(db.session(), queries.keys(), poll_id, number, born)
            assert answer.code is Code.ELIGIBLE


def test_everybody_can_sign_in_with_what_is_printed(filled: Flask) -> None:
    told: str = filled.extensions["told"]
    with filled.app_context():
        for way in people.ways_in():
            assert way.email in told
            user = accounts.check_password(way.email, people.password())
            if way.role != "citizen":
                assert way.totp_secret in told
                accounts.accept_code(user, way.totp_secret, pyotp.TOTP(way.totp_secret).now())
        assert f"Password of everybody: {people.password()}" in told
        db.session.rollback()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_says_that_it_is_an_example(filled: Flask, language: str) -> None:
    client = filled.test_client()
    for page in ("", "rounds/budget-2026/results/", "rounds/youth-2027/vote", "account/sign-in"):
        answer = client.get(f"/{language}/san-telmo/{page}")
        assert answer.status_code == 200
        assert "example-banner" in answer.text


def test_no_mail_waits_for_people_of_an_invented_past(filled: Flask) -> None:
    with filled.app_context():
        assert db.session.scalars(select(OutgoingMail)).all() == []


def test_filling_again_changes_nothing(filled: Flask) -> None:
    def contents() -> list[int | None]:
        with filled.app_context():
            return [
                db.session.scalar(select(func.count()).select_from(table))
                for table in (Round, Proposal, Envelope, Attestation, Objection, Record)
            ]

    before = contents()
    again = filled.test_cli_runner().invoke(args=FILL, catch_exceptions=False)
    assert again.exit_code == 0
    assert contents() == before
    password = re.search(r"Password of everybody: (\S+)", filled.extensions["told"])
    assert password is not None
    assert password[0] in again.stdout


def test_an_interrupted_filling_goes_on(
    filled: Flask, sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "platform.db").write_bytes(sqlite_template.read_bytes())
    settings = filled.extensions["settings"].model_copy(update={"instance_path": tmp_path})
    monkeypatch.setattr("budget_app.demonstration.fill.ROUNDS", ("youth_2027",))
    app = create_app(settings)
    with monkeypatch.context() as patched:
        patched.setattr("budget_app.demonstration.fill.cast_all", _interrupt)
        assert app.test_cli_runner().invoke(args=FILL).exit_code != 0
    assert app.test_cli_runner().invoke(args=FILL, catch_exceptions=False).exit_code == 0
    with app.app_context():
        assert round_of("youth_2027").state is RoundState.OPEN
        assert len(db.session.scalars(select(Envelope.seq)).all()) > 200
        db.session.remove()
        db.engine.dispose()


def _interrupt(*_arguments: object, **_options: object) -> None:
    raise KeyboardInterrupt


def test_texts_stand_in_four_languages() -> None:
    for name in ROUNDS:
        table = read(name)
        texts = [table["title"], table["summary"], *(d["names"] for d in table["districts"])]
        texts += [p[part] for p in table.get("projects", []) for part in ("name", "summary")]
        for text in texts:
            assert set(text) == set(LANGUAGES)
            assert all(words.strip() for words in text.values())


def test_production_is_not_filled_unless_that_is_said(tmp_path: Path) -> None:
    app = create_app(
        Settings(
            env="production",
            instance_path=tmp_path,
            allow_sqlite=True,
            secret_key="a secret of the tests, long enough",
            base_url="https://vote.example.org",
            server_hosts="vote.example.org",
            mail_backend="smtp",
            embedded_worker=False,
        )
    )
    result = app.test_cli_runner().invoke(args=FILL)
    assert result.exit_code == 1
    assert "--even-in-production" in result.stderr
    said = app.test_cli_runner().invoke(args=["pb", "demo", "--even-in-production"])
    assert said.exit_code == 1
    assert "--no-serve" in said.stderr  # a second server would refuse its own address
    assert not (tmp_path / "platform.db").exists()


def test_a_taken_port_is_said_before_anything_is_filled(tmp_path: Path) -> None:
    app = create_app(Settings(instance_path=tmp_path, embedded_worker=False))
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        result = app.test_cli_runner().invoke(args=["pb", "demo", "--port", port])
    assert result.exit_code == 1
    assert f"Port {port} cannot be used" in result.stderr
    assert not (tmp_path / "platform.db").exists()


def test_the_example_is_served(filled: Flask) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings: Settings = filled.extensions["settings"]
    environment = {**os.environ, "PB_INSTANCE_PATH": str(settings.instance)}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "pb", "demo", "--port", str(port)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as server:
        try:
            text = _first_page(f"http://127.0.0.1:{port}/fr/san-telmo/")
        finally:
            server.terminate()
            told = server.communicate(timeout=30)[0]
    assert "Assemblée nationale de San Telmo" in text
    assert f"Open http://127.0.0.1:{port}/en/san-telmo/" in told


def _first_page(address: str) -> str:
    for _ in range(120):
        try:
            with urllib.request.urlopen(address, timeout=30) as answer:
                return str(answer.read().decode())
        except OSError:
            time.sleep(0.5)
    pytest.fail(f"{address} does not answer.")
