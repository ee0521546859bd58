"""The log of the administration: every act of an official, for everybody, and nobody's name."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from budget_app.administration.records import LOGGED
from budget_app.administration.texts import RECORDS
from budget_app.extensions import db, new_sessions
from budget_app.rounds.models import ActKind
from tallying.evidence import canonical, notes
from tallying.evidence.bundle import Bundle
from tallying.evidence.checkpoint import Checkpoint
from tallying.evidence.verify import verify
from tests.budget_app.rounds.office import DESK, Office, found_office
from tests.budget_app.rounds.test_changes import vote
from voting import admin_log, log

LOG = DESK + "log"


@pytest.fixture
def office(app: Flask) -> Office:
    return found_office(app)


def sequence(office: Office) -> None:
    with office.app.app_context():
        keys = office.app.extensions["keys"]
        log.drain(new_sessions(), keys, admin_log.log_id("example"))


def entries(office: Office) -> list[Any]:
    answer = office.stranger().get(LOG + "/entries.jsonl")
    assert answer.status_code == 200
    return [canonical.loads(line) for line in answer.data.splitlines()]


def test_acts_of_officials_stand_in_their_order_and_name_nobody(office: Office) -> None:
    office.announce()
    sequence(office)
    logged = entries(office)
    assert logged[0]["t"] == "admin.config"
    acts = [entry["a"] for entry in logged[1:]]
    assert acts[0] == "parliament:itself:created"
    assert acts[-1] == "round:itself:announced"
    assert acts.count("parliament:member:added") == 4
    assert logged[-1]["round"] == "schools"
    content = office.stranger().get(LOG + "/entries.jsonl").text
    assert "ada" not in content.casefold()
    text = office.stranger().text(LOG)
    for told in ("Log of the administration", "Round announced", "Role given", "Checkpoint"):
        assert told in text


def test_a_draft_is_not_named_before_it_is_announced(office: Office) -> None:
    office.begin()
    sequence(office)
    last = entries(office)[-1]
    assert last["a"] == "round:itself:created"
    assert "round" not in last


def test_auditors_open_who_acted(office: Office) -> None:
    office.begin()
    sequence(office)
    address = LOG + "/openings.jsonl"
    assert office.stranger().get(address).status_code in (302, 401, 403)
    assert office.browser("ben").get(address).status_code == 403
    lines = office.browser("aude").get(address).data.splitlines()
    last = json.loads(lines[-1])
    assert last["name"] == "Ada"
    assert last["personal"]["round"] == "schools"
    salt = canonical.unb64u(last["salt"])
    opened = sha256(salt + canonical.dumps(last["personal"])).digest()
    assert canonical.b64u(opened) == entries(office)[-1]["c"]
    assert len(lines) == len(entries(office)) - 1


def test_its_checkpoint_is_signed_and_pages_are_bounded(office: Office) -> None:
    assert office.stranger().get(LOG + "/checkpoint").status_code == 404
    assert "The log is empty" in office.stranger().text(LOG)
    office.announce()
    sequence(office)
    with office.work():
        key = notes.Verifier.parse(admin_log.verifier_key(db.session(), "example") or "")
    note = office.stranger().get(LOG + "/checkpoint").data
    assert Checkpoint.open(note, (key,)).size == len(entries(office))
    assert "Entry 1" in office.stranger().text(LOG + "?page=999999")


def test_what_voters_do_is_not_logged(office: Office) -> None:
    office.open()
    sequence(office)
    before = len(entries(office))
    vote(office, 1, "p001")
    sequence(office)
    assert len(entries(office)) == before


def test_a_counted_round_names_the_log_and_brings_it_along(office: Office) -> None:
    office.open()
    vote(office, 1, "p001")
    with office.after_the_vote():
        office.act(ActKind.CLOSE)
        office.act(ActKind.COUNT)
    [path] = Path(office.app.instance_path).rglob("*-auditor.zip")
    with Bundle.open(path) as evidence:
        report = verify(evidence)
        kinds = [entry.get("a") for entry in evidence.read_lines("admin-log/entries.jsonl")]
    assert report.passed, report.to_json()
    v05 = next(item for item in report.findings if item.id == "V05")
    assert "so is the log of the administration" in v05.detail
    assert kinds[-1] == "round:act:approved"


def test_every_act_that_is_logged_has_words(office: Office) -> None:
    assert set(LOGGED) <= set(RECORDS)
