"""A question that was hidden: its asker sees why and appeals once, and the public log tells of it."""

import pytest

from budget_app.deliberation.models import AppealState, Decision
from budget_app.extensions import db
from budget_app.hearings.models import QuestionState
from budget_app.mailing.models import OutgoingMail
from budget_app.records.models import Act, Record
from tests.budget_app.booth.pages import Page
from tests.budget_app.hearings.meeting import PAGE, Meeting

QUESTION = "When will the new school open its doors?"
HIDE = PAGE + "/questions/1/hide"
SHOW = PAGE + "/questions/1/show"
MODERATION = "/en/example/moderation/"
APPEAL = MODERATION + "decisions/1/appeal"
DECIDE = MODERATION + "appeals/1"
LOG = MODERATION + "log"
WORDS = {"words": "It is about the very school of this hearing."}


@pytest.fixture
def hidden(meeting: Meeting) -> Meeting:
    """Ana's question, hidden by the moderator `mod`."""
    meeting.ask("ana")
    why = {"rule": "off-topic", "explanation": "This hearing is about roofs."}
    meeting.browser("mod").saved(HIDE, why)
    return meeting


def mails(meeting: Meeting) -> list[tuple[str, str]]:
    with meeting.office.work():
        found = db.session.scalars(db.select(OutgoingMail).order_by(OutgoingMail.id))
        return [(mail.recipient, mail.subject) for mail in found]


def test_a_removal_needs_a_published_rule_and_reveals_nothing(meeting: Meeting) -> None:
    meeting.ask("ana")
    mod = meeting.browser("mod")
    for data, field in (
        ({"rule": "because", "explanation": "No."}, "rule"),
        ({"explanation": "It is of another kind."}, "rule"),
        ({"rule": "insult", "explanation": "x" * 1001}, "explanation"),
        ({"rule": "insult", "explanation": "Ana does this always."}, "explanation"),
        ({"rule": "insult", "explanation": f"She asks: {QUESTION}"}, "explanation"),
    ):
        answer = mod.post(HIDE, data)
        assert answer.status_code == 422
        assert f'id="{field}-error"' in answer.text
        assert data["explanation"] in Page(answer.text).text or field == "rule"
    assert QUESTION in meeting.live()


def test_without_words_of_the_office_the_sentence_of_the_rule_explains(meeting: Meeting) -> None:
    meeting.ask("ana")
    meeting.browser("mod").saved(HIDE, {"rule": "insult", "explanation": " "})
    assert "Contradict what people say" in meeting.office.stranger().text(LOG)


def test_a_hidden_question_stands_in_the_public_log_without_its_words(hidden: Meeting) -> None:
    log = hidden.office.stranger().text(LOG)
    assert "A question in a hearing" in log
    assert "This hearing is about roofs." in log
    assert QUESTION not in log
    assert "Ana" not in log
    feed = hidden.office.stranger().get(MODERATION + "log.atom").text
    assert "This hearing is about roofs." in feed
    assert QUESTION not in feed


def test_its_asker_sees_why_and_appeals_once(hidden: Meeting) -> None:
    ana = hidden.browser("ana")
    assert mails(hidden) == [("ana@example.org", "Your question was hidden")]
    page = ana.get(PAGE).text
    assert f'href="{APPEAL}"' in page
    assert f'href="{APPEAL}"' not in hidden.browser("ben").get(PAGE).text
    text = ana.text(APPEAL)
    for part in ("Nothing to do with the subject", "This hearing is about roofs.", QUESTION):
        assert part in text
    assert ana.post(APPEAL, {"words": " "}).status_code == 422
    ana.saved(APPEAL, WORDS)
    assert ana.post(APPEAL, WORDS).status_code == 422
    assert "See what became of your appeal" in ana.text(PAGE)
    for stranger in map(hidden.browser, ("ben", "mod", "ada")):
        assert stranger.get(APPEAL).status_code == 403


def test_another_official_than_the_one_who_hid_it_decides(hidden: Meeting) -> None:
    hidden.browser("ana").saved(APPEAL, WORDS)
    mod, ada = hidden.browser("mod"), hidden.browser("ada")
    assert "Appeal against" not in mod.text(MODERATION)
    assert mod.get(DECIDE).status_code == 409
    restored = {"explanation": "It names the school.", "restore": "1"}
    assert mod.post(DECIDE, restored).status_code == 409
    assert "A question in a hearing" in ada.text(MODERATION)
    assert "1 appeal" in ada.text("/en/example/administration/")
    assert QUESTION in ada.text(DECIDE)
    assert "Show the question" in ada.get(DECIDE).text
    assert ada.post(DECIDE, {**restored, "explanation": "Ana is right."}).status_code == 422
    ada.saved(DECIDE, restored)
    assert QUESTION in hidden.live()
    assert "Restored on appeal" in hidden.office.stranger().text(LOG)
    assert mails(hidden)[-1] == ("ana@example.org", "What became of your appeal")
    assert ada.post(DECIDE, restored).status_code == 409
    with hidden.office.work():
        found = db.session.scalars(db.select(Record).where(Record.act == Act.APPEAL_UPHELD)).one()
        assert found.subject == {"hearing": 1, "decision": 1, "rule": "off-topic", "question": 1}


def test_what_another_official_dismissed_nobody_shows_again(hidden: Meeting) -> None:
    hidden.browser("ana").saved(APPEAL, WORDS)
    hidden.browser("ada").saved(DECIDE, {"explanation": "It is of roofs.", "dismiss": "1"})
    assert QUESTION not in hidden.live()
    assert hidden.browser("mod").post(SHOW).status_code == 409
    assert hidden.lead("questions/1/show").status_code == 409
    assert "it stays hidden" in hidden.browser("mod").text(HIDE)
    assert "It is of roofs." in hidden.browser("ana").text(APPEAL)


def test_who_hid_a_question_by_a_slip_shows_it_again_at_once(hidden: Meeting) -> None:
    mod = hidden.browser("mod")
    assert "Show it again" in mod.text(HIDE)
    for other in map(hidden.browser, ("rosa", "ana")):
        assert other.post(SHOW).status_code == 403
    mod.saved(SHOW)
    assert QUESTION in hidden.live()
    assert mod.post(SHOW).status_code == 409
    assert "Restored: removed by mistake" in hidden.office.stranger().text(LOG)
    assert mails(hidden)[-1] == ("ana@example.org", "Your question is shown again")
    assert "hidden by mistake" in hidden.browser("ana").text(APPEAL)
    assert hidden.browser("ana").post(APPEAL, WORDS).status_code == 422
    with hidden.office.work():
        acts = set(db.session.scalars(db.select(Record.act)))
        assert Act.HEARING_QUESTION_SHOWN in acts


def test_an_appeal_against_what_the_office_took_back_waits_for_nobody(hidden: Meeting) -> None:
    hidden.browser("ana").saved(APPEAL, WORDS)
    hidden.lead("questions/1/show")
    assert "Appeal against" not in hidden.browser("ada").text(MODERATION)
    decided = hidden.browser("ada").post(DECIDE, {"explanation": "Late.", "dismiss": "1"})
    assert decided.status_code == 409
    with hidden.office.work():
        assert db.session.scalars(db.select(Decision.appeal)).all() == [AppealState.OPEN]


def test_a_question_is_hidden_once_and_never_by_its_asker(hidden: Meeting) -> None:
    assert hidden.browser("ada").post(HIDE, {"rule": "insult"}).status_code == 409
    assert "This hearing is about roofs." in hidden.browser("ada").text(HIDE)
    hidden.ask("mod", "Which office looks after the roofs of the schools?")
    own = hidden.browser("mod").post(PAGE + "/questions/2/hide", {"rule": "insult"})
    assert own.status_code == 409
    assert "Somebody else must decide" in own.text


def test_a_question_that_is_being_answered_is_hidden_from_everybody(meeting: Meeting) -> None:
    meeting.ask("ana")
    meeting.begin()
    meeting.lead("questions/1/take-up")
    meeting.browser("mod").saved(HIDE, {"rule": "insult"})
    assert QUESTION not in meeting.live()
    with meeting.office.work():
        assert meeting.question().state is QuestionState.WAITING
