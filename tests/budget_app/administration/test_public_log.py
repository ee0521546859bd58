"""The log of the administration: every act of an official, for everybody, and nobody's name."""

import html
import json
import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from budget_app.administration.log_entries import ENTRIES_A_PAGE, KINDS
from budget_app.administration.log_words import SENTENCES
from budget_app.administration.texts import RECORDS
from budget_app.deliberation.subjects import OfRound
from budget_app.extensions import db, new_sessions
from budget_app.feedback import surveys
from budget_app.feedback.models import QuestionKind, Survey
from budget_app.records.models import Act
from budget_app.records.services import LOGGED, record
from budget_app.rounds.models import ActKind
from tallying.evidence import canonical, notes, standalone
from tallying.evidence.bundle import Bundle
from tallying.evidence.checkpoint import Checkpoint
from tallying.evidence.verify import verify
from tests.budget_app.rounds.office import DESK, Office, found_office
from tests.budget_app.rounds.test_changes import vote
from voting import admin_log, log

LOG = DESK + "log"
ROUND = "/en/example/rounds/schools"


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
    facts = [{name: value for name, value in entry.items() if name != "c"} for entry in logged[1:]]
    assert "ada" not in str(facts).casefold()  # a commitment's letters are left to chance
    text = office.stranger().text(LOG)
    announced, given = (
        "The round was announced to everybody.",
        "Somebody was given a role: Auditor.",
    )
    for told in ("Log of the administration", announced, given, "Checkpoint", "The log begins."):
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


@pytest.mark.one_store
def test_the_guides_lines_check_the_log_and_tell_who_acted(office: Office, tmp_path: Path) -> None:
    office.begin()
    sequence(office)
    guide = Path("docs/guide/auditor.md").read_text()
    (tmp_path / "follow.py").write_text(guide.split("```python\n")[1].split("```")[0])
    (tmp_path / "pbverify.py").write_bytes(standalone.files()["verify/pbverify.py"])
    for name in ("checkpoint", "entries.jsonl", "openings.jsonl"):
        (tmp_path / name).write_bytes(office.browser("aude").get(f"{LOG}/{name}").data)
    told = follow(office, tmp_path)
    assert told.stdout.splitlines()[-1].endswith("round:itself:created  Ada")
    assert "DOES NOT OPEN" not in told.stdout
    path = tmp_path / "entries.jsonl"
    path.write_bytes(path.read_bytes().replace(b"created", b"deleted"))
    assert "not those that the checkpoint signs" in follow(office, tmp_path).stderr


def follow(office: Office, folder: Path) -> subprocess.CompletedProcess[str]:
    with office.work():
        key = admin_log.verifier_key(db.session(), "example") or ""
    command = [sys.executable, "follow.py", key, "checkpoint", "entries.jsonl", "openings.jsonl"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


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


def test_every_act_that_is_logged_has_words_and_a_sentence_of_its_public_facts() -> None:
    assert set(LOGGED) <= set(RECORDS)
    assert set(LOGGED) == set(SENTENCES)
    for act, text in SENTENCES.items():
        assert set(re.findall(r"%\((\w+)\)s", str(text))) <= set(LOGGED[act]), act


def test_every_logged_act_is_of_one_kind_that_a_reader_can_choose() -> None:
    for act in LOGGED:
        fitting = [kind for kind, (_words, begins) in KINDS.items() if act.startswith(begins)]
        assert len(fitting) == 1, act


def test_an_entry_is_told_in_a_sentence_and_shown_as_it_stands_in_the_log(office: Office) -> None:
    office.announce()
    sequence(office)
    page = office.stranger().get(LOG).text
    [line] = [
        line
        for line in office.stranger().get(LOG + "/entries.jsonl").text.splitlines()
        if "round:itself:announced" in line
    ]
    entry = page.split('<li class="log-act"')[1]
    assert "The round was announced to everybody." in entry
    assert f'href="{ROUND}/"' in entry
    assert html.escape(line, quote=False).replace('"', "&#34;") in entry.split("<details>")[1]


def test_the_log_is_narrowed_to_a_round_and_to_a_kind_of_act(office: Office) -> None:
    office.announce()
    sequence(office)
    stranger = office.stranger()
    announced, given = "announced to everybody", "Somebody was given a role"
    for choice, told in {
        "": (True, True),
        "?round=schools": (True, False),
        "?kind=rules": (True, False),
        "?kind=office": (False, True),
        "?round=schools&kind=office": (False, False),
        "?round=nowhere&kind=none": (True, True),
    }.items():
        text = stranger.text(LOG + choice)
        assert (announced in text, given in text) == told, choice
    assert "1 entry fits." in stranger.text(LOG + "?round=schools")
    assert "No act fits" in stranger.text(LOG + "?kind=training")
    assert f'href="{LOG}?round=schools"' in stranger.get(ROUND + "/").text


def test_pages_of_a_narrowed_log_stay_narrowed(office: Office) -> None:
    office.announce()
    with office.work():
        round_ = office.round_()
        for _number in range(ENTRIES_A_PAGE + 1):
            record(Act.PROJECT_ADDED, actor=office.person("ada"), round_=round_, project="p")
    sequence(office)
    page = office.stranger().get(LOG + "?round=schools&page=2").text
    assert "announced to everybody" in page
    assert f'href="{LOG}?page=1&amp;round=schools"' in page or "round=schools&amp;page=1" in page


def test_a_thing_is_named_once_everybody_may_read_it(office: Office) -> None:
    office.announce()
    title = "What do you think of schools?"
    with office.work():
        by = office.person("ada")
        survey = surveys.begin_survey(OfRound(office.round_()), {"en": title}, by=by)
        number = survey.id
    sequence(office)
    assert "A survey was prepared." in office.stranger().text(LOG)
    assert title not in office.stranger().text(LOG)
    with office.work():
        survey = db.session.get_one(Survey, number)
        surveys.ask(survey, QuestionKind.WORDS, {"en": "Why?"}, [])
        surveys.open_survey(survey, by=office.person("ada"))
    sequence(office)
    assert f"Survey: {title}" in office.stranger().text(LOG)
