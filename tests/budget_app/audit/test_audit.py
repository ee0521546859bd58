"""What auditors do with a count, through the pages, and what follows."""

import html
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

import voting
from budget_app.audit import queries
from budget_app.audit import services as audit
from budget_app.audit.errors import NotWaiting, OwnAnswer
from budget_app.audit.models import AuditorKey, Objection
from budget_app.extensions import db
from budget_app.records.models import Act, Record
from budget_app.results.models import CountState
from budget_app.rounds.models import RoundState
from tallying.evidence import notes
from tallying.evidence.bundle import Bundle
from tallying.evidence.canonical import loads
from tests.budget_app.audit.scenes import Counted, counted_round
from tests.budget_app.booth.pages import Page
from voting import log
from voting.models import LogHead, Poll

REASONS = "The recount funds the skate park."


@pytest.fixture
def scene(app: Flask) -> Counted:
    """A provisional count that one auditor must sign."""
    return counted_round(app)


def acts(scene: Counted) -> list[Act]:
    with scene.app.app_context():
        return list(db.session.scalars(db.select(Record.act).order_by(Record.id)))


def test_an_attestation_certifies_the_result(scene: Counted) -> None:
    answer = scene.attest("aude")
    assert answer.status_code == 302, Page(answer.text).text
    with scene.app.app_context():
        count = scene.newest()
        assert count.state is CountState.CERTIFIED
        assert count.certified_at is not None
        assert count.round_.state is RoundState.CERTIFIED
    assert acts(scene)[-2:] == [Act.COUNT_ATTESTED, Act.COUNT_CERTIFIED]
    assert "Certified" in scene.stranger().text("results/")
    assert "Office of Aude" in scene.stranger().text("audit/evidence")


def test_result_and_evidence_say_what_the_server_is_trusted_with(scene: Counted) -> None:
    for page in ("results/", "audit/evidence"):
        assert "server-trust" in scene.stranger().text(page)


def test_the_result_stays_provisional_until_enough_auditors_signed(app: Flask) -> None:
    scene = counted_round(app, attestations=2)
    scene.attest("aude")
    with app.app_context():
        assert scene.newest().state is CountState.PROVISIONAL
    assert "1 more auditor must sign" in scene.stranger().text("results/")
    scene.attest("otto")
    with app.app_context():
        assert scene.newest().state is CountState.CERTIFIED


def test_without_required_attestations_a_count_is_final_at_once(app: Flask) -> None:
    scene = counted_round(app, attestations=0)
    with app.app_context():
        assert scene.newest().state is CountState.CERTIFIED


def test_attestations_come_into_both_editions_of_the_bundle(scene: Counted) -> None:
    scene.attest("aude")
    scene.worker()
    for edition in ("public", "auditor"):
        with Bundle.open(scene.bundle(edition)) as bundle:
            (path,) = bundle.attestations
            assert bundle.read(path).decode().startswith(scene.statement())


def test_a_note_can_be_uploaded_as_a_file(scene: Counted) -> None:
    browser = scene.with_key("aude")
    upload = (io.BytesIO(scene.note("aude").encode()), "attestation.note")
    assert browser.post("audit/attest", {"note_file": upload}).status_code == 302


def _of_another(scene: Counted) -> str:
    key, _ = notes.generate_key("aude.example/2027")
    return notes.sign(scene.statement(), notes.Signer(key)).decode()


BAD_NOTES: dict[str, tuple[Callable[[Counted], str], str]] = {
    "empty": (lambda scene: "", "This is not a signed note"),
    "no signature": (lambda scene: scene.statement(), "This is not a signed note"),
    "another key": (_of_another, "not signed with the key that you have registered"),
    "altered": (
        lambda scene: scene.note("aude").replace("verdict agree", "verdict disagree"),
        "altered after it was signed",
    ),
    "another log": (
        lambda scene: scene.note("aude", scene.statement().replace("log 2", "log 3")),
        "about another count",
    ),
    "another text": (
        lambda scene: scene.note("aude", "I agree\n"),
        "about another count",
    ),
}


@pytest.mark.one_store
@pytest.mark.parametrize("fault", BAD_NOTES)
def test_a_note_that_does_not_hold_is_refused_with_one_sentence(scene: Counted, fault: str) -> None:
    make, sentence = BAD_NOTES[fault]
    browser = scene.with_key("aude")
    answer = browser.post("audit/attest", {"note": make(scene)})
    assert answer.status_code == 422
    assert sentence in Page(answer.text).text
    with scene.app.app_context():
        assert scene.newest().state is CountState.PROVISIONAL


def test_an_auditor_attests_once(scene: Counted) -> None:
    scene.attest("aude")
    browser = scene.browser("aude")
    answer = browser.post("audit/attest", {"note": scene.note("aude")})
    assert answer.status_code == 422
    assert acts(scene).count(Act.COUNT_ATTESTED) == 1


def test_an_attestation_needs_a_registered_key(scene: Counted) -> None:
    scene.skeys["aude"] = notes.generate_key("aude.example")[0]
    answer = scene.browser("aude").post("audit/attest", {"note": scene.note("aude")})
    assert answer.status_code == 422
    assert "Register your key first" in Page(answer.text).text


@pytest.mark.one_store
@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "This cannot stay empty"),
        ("aude.example+00000000+AAAA", "This is not a verifier key"),
    ],
)
def test_what_is_no_verifier_key_is_refused(scene: Counted, text: str, sentence: str) -> None:
    answer = scene.browser("aude").post("audit/key", {"verifier_key": text})
    assert answer.status_code == 422
    assert sentence in Page(answer.text).text


@pytest.mark.one_store
@pytest.mark.parametrize(
    ("page", "field"),
    [
        ("key", "verifier_key"),
        ("attest", "note"),
        ("attest", "note_file"),
        ("objection", "reasons"),
    ],
)
def test_a_private_key_is_refused_and_not_shown_again(
    scene: Counted, page: str, field: str
) -> None:
    secret, _ = notes.generate_key("aude.example")
    browser = scene.with_key("aude")
    file = (io.BytesIO(secret.encode()), "aude.key")
    answer = browser.post(f"audit/{page}", {field: file if field == "note_file" else secret})
    assert answer.status_code == 422
    assert "its owner must make a new key" in Page(answer.text).text
    assert secret not in html.unescape(answer.text)


def test_two_auditors_cannot_share_a_key(scene: Counted) -> None:
    scene.with_key("aude")
    with scene.app.app_context():
        key = db.session.scalars(db.select(AuditorKey.verifier_key)).one()
    answer = scene.browser("otto").post("audit/key", {"verifier_key": key})
    assert answer.status_code == 422
    assert "by another auditor" in Page(answer.text).text


def object_(scene: Counted, name: str = "aude") -> int:
    answer = scene.browser(name).post("audit/objection", {"reasons": REASONS})
    assert answer.status_code == 302, Page(answer.text).text
    with scene.app.app_context():
        return (
            db.session.scalars(db.select(Objection.id).order_by(Objection.id.desc())).first() or 0
        )


def reply(scene: Counted, number: int, name: str = "ada") -> int:
    path = f"audit/objections/{number}/answer"
    return scene.browser(name).post(path, {"answer": "The skate park costs more."}).status_code


def test_an_open_objection_keeps_a_result_from_being_certified(scene: Counted) -> None:
    number = object_(scene, "otto")
    scene.attest("aude")
    with scene.app.app_context():
        assert scene.newest().state is CountState.PROVISIONAL
    assert "An objection is open" in scene.stranger().text("results/")
    assert reply(scene, number) == 302
    with scene.app.app_context():
        assert scene.newest().state is CountState.PROVISIONAL
    scene.browser("otto").post(f"audit/objections/{number}/withdraw")
    with scene.app.app_context():
        assert scene.newest().state is CountState.CERTIFIED
    page = scene.stranger().text("audit/evidence")
    assert REASONS in page
    assert "The skate park costs more." in page
    assert "Office of Ada" in page


def test_an_upheld_objection_annuls_and_the_count_is_repeated_beside_the_old_one(
    scene: Counted,
) -> None:
    number = object_(scene)
    reply(scene, number)
    assert scene.browser("aude").post(f"audit/objections/{number}/uphold").status_code == 302
    with scene.app.app_context():
        assert scene.newest().state is CountState.ANNULLED
        assert scene.round_().state is RoundState.CLOSED
    assert "This result was annulled" in scene.stranger().text("results/")
    scene.worker()
    assert _entries(scene)[-1]["t"] == "incident"
    scene.count()
    with scene.app.app_context():
        count = scene.newest()
        assert (count.version, count.state) == (2, CountState.PROVISIONAL)
    assert "This result was annulled" not in scene.stranger().text("results/")
    assert "This result was annulled" in scene.stranger().text("results/versions/1/")
    assert REASONS in scene.stranger().text("audit/evidence/1")


def _entries(scene: Counted) -> list[dict[str, object]]:
    with scene.app.app_context():
        poll_id = scene.round_().poll_id
        size = db.session.get_one(LogHead, poll_id).size
        return [loads(entry) for entry in log.entries(db.session(), poll_id, 0, size)]


def test_a_note_for_an_annulled_count_does_not_serve_the_next_one(scene: Counted) -> None:
    browser = scene.with_key("otto")
    old = scene.note("otto")
    number = object_(scene)
    reply(scene, number)
    scene.browser("aude").post(f"audit/objections/{number}/uphold")
    assert browser.post("audit/attest", {"note": old}).status_code == 422
    scene.worker()
    scene.count()
    answer = browser.post("audit/attest", {"note": old})
    assert answer.status_code == 422
    assert "about another count" in Page(answer.text).text


def test_an_objection_cannot_be_upheld_before_it_is_answered(scene: Counted) -> None:
    number = object_(scene)
    assert scene.browser("aude").post(f"audit/objections/{number}/uphold").status_code == 409
    with scene.app.app_context():
        assert scene.newest().state is CountState.PROVISIONAL


def test_an_open_objection_waits_on_the_desk_of_administrators(scene: Counted) -> None:
    number = object_(scene)
    ada = scene.browser("ada").client
    assert "Answer an objection" in ada.get("/en/example/administration/").text
    reply(scene, number)
    assert "Answer an objection" not in ada.get("/en/example/administration/").text


def test_only_who_objected_concludes_the_objection(scene: Counted) -> None:
    number = object_(scene)
    reply(scene, number)
    for verb in ("withdraw", "uphold"):
        answer = scene.browser("otto").post(f"audit/objections/{number}/{verb}")
        assert answer.status_code == 409
        assert "Only the auditor who made this objection" in Page(answer.text).text


def test_nobody_answers_an_objection_of_their_own(scene: Counted) -> None:
    number = object_(scene)
    with scene.work():
        objection = db.session.get_one(Objection, number)
        with pytest.raises(OwnAnswer):
            audit.answer_objection(objection, scene.person("aude"), "I was right.")


def test_an_objection_is_answered_once(scene: Counted) -> None:
    number = object_(scene)
    assert reply(scene, number) == 302
    assert reply(scene, number, "ben") == 422
    with scene.work():
        objection, ben = db.session.get_one(Objection, number), scene.person("ben")
        with pytest.raises(NotWaiting):
            audit.answer_objection(objection, ben, "Again.")


def test_who_objects_does_not_attest_meanwhile(scene: Counted) -> None:
    object_(scene)
    answer = scene.attest("aude")
    assert answer.status_code == 422
    assert "withdraw it before you attest" in Page(answer.text).text


@pytest.mark.one_store
@pytest.mark.parametrize("reasons", ["", "   \n "])
def test_an_objection_needs_reasons(scene: Counted, reasons: str) -> None:
    answer = scene.browser("aude").post("audit/objection", {"reasons": reasons})
    assert answer.status_code == 422


def test_an_upheld_objection_annuls_a_certified_result_too(scene: Counted) -> None:
    scene.attest("otto")
    number = object_(scene)
    reply(scene, number)
    scene.browser("aude").post(f"audit/objections/{number}/uphold")
    with scene.app.app_context():
        assert scene.newest().state is CountState.ANNULLED
        assert scene.round_().state is RoundState.CLOSED


@pytest.mark.parametrize("role", ["log_key", "receipt_key"])
def test_no_auditor_signs_with_a_key_of_the_log(scene: Counted, role: str) -> None:
    with scene.app.app_context():
        key = getattr(
            db.session.scalars(db.select(Poll).where(Poll.receipt_key.is_not(None))).one(), role
        )
    answer = scene.browser("aude").post("audit/key", {"verifier_key": key})
    assert answer.status_code == 422
    assert "This key is in use already" in Page(answer.text).text


def test_every_kind_of_entry_that_the_box_writes_is_named_in_words() -> None:
    sources = Path(voting.__file__).parent.glob("*.py")
    written = {
        kind for path in sources for kind in re.findall(r'"t": "([a-z.]+)"', path.read_text())
    }
    of_the_administration = {"admin", "admin.config"}  # which tells its entries in sentences
    assert written - queries.KINDS.keys() == of_the_administration
