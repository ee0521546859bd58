"""Questions: asked, supported, led, hidden, counted."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from budget_app.accounts import services as accounts
from budget_app.accounts.models import User
from budget_app.extensions import db
from budget_app.hearings import polls, questions
from budget_app.hearings.errors import AlreadySupported
from budget_app.hearings.models import HearingPoll, QuestionState
from budget_app.records.models import Act, Record
from tests.budget_app.booth.pages import Page
from tests.budget_app.hearings.meeting import PAGE, Meeting, call, facts
from voting.database import writing

QUESTION = "When will the new school open its doors?"


def supports(meeting: Meeting) -> int:
    with meeting.office.work():
        return meeting.question().supports


def test_people_ask_support_once_and_take_it_back(meeting: Meeting) -> None:
    meeting.ask("ana")
    assert QUESTION in meeting.live()
    assert "Ana" not in meeting.live()
    assert meeting.press("ben", "support", question="1").status_code == 302
    assert meeting.press("ben", "support", question="1").status_code == 409
    assert supports(meeting) == 1
    assert meeting.press("ana", "support", question="1").status_code == 409
    assert "1 supporter" in Page(meeting.live()).text
    assert meeting.press("ben", "retract", question="1").status_code == 302
    assert meeting.press("ben", "retract", question="1").status_code == 302
    assert supports(meeting) == 0


def test_a_question_is_signed_only_with_the_name_given_for_it(meeting: Meeting) -> None:
    ana = meeting.browser("ana")
    with meeting.office.work():
        meeting.office.person("ana").name = ""
    ana.saved(PAGE + "/ask", {"words": QUESTION, "public_name": ""})
    ana.saved(PAGE + "/ask", {"words": QUESTION + " And how?", "public_name": "Ana Paz"})
    assert meeting.live().count("Ana Paz") == 1
    assert "A citizen" in meeting.live()
    refused = ana.post(PAGE + "/ask", {"words": QUESTION, "public_name": "a@example.org"})
    assert 'id="public_name-error"' in refused.text
    assert QUESTION in refused.text


def test_the_live_page_and_the_page_of_its_own_sign_a_question_alike(meeting: Meeting) -> None:
    ana = meeting.browser("ana")
    with meeting.office.work():
        meeting.office.person("ana").name = "Ana Paz"
    meeting.begin()
    for page in (PAGE, PAGE + "/ask"):
        shown = ana.get(page).text
        assert "It is published with your name: Ana Paz" in shown
        form = next(form for form in Page(shown).forms if "once" in dict(form.fields))
        ana.saved(PAGE + "/ask", dict(form.fields) | {"words": f"{QUESTION} {page}"})
    assert meeting.live().count("Ana Paz") == 2


def test_a_form_that_is_sent_twice_makes_one_question(meeting: Meeting) -> None:
    """The page of its own and the form on the hearing's page carry a token for one question."""
    ana = meeting.browser("ana")
    tokens = [
        re.findall(r'name="once" value="([^"]+)"', ana.get(page).text)[0]
        for page in (PAGE, PAGE + "/ask")
    ]
    assert len(set(tokens)) == 2
    for token in tokens * 4:
        ana.saved(PAGE + "/ask", {"words": f"{QUESTION} {token}", "once": token})
    assert meeting.live().count("question-words") == 2
    meeting.browser("ben").saved(PAGE + "/ask", {"words": QUESTION, "once": tokens[0]})
    assert meeting.live().count("question-words") == 3


def test_the_same_question_by_the_same_person_is_refused_in_another_visit(meeting: Meeting) -> None:
    """However it is typed, and whatever became of it; another person asks it all the same."""
    meeting.ask("ana")
    again = "  when will the NEW school open its doors "

    def refused() -> str:
        answer = meeting.browser("ana").post(PAGE + "/ask", {"words": again})
        assert answer.status_code == 422
        assert re.findall(r'id="(\w+)-error"', answer.text) == ["words"]
        return answer.text

    assert "You have asked this in this hearing already" in Page(refused()).text
    assert again.strip() in refused()
    with meeting.office.work():
        pia = meeting.office.person("pia")
        questions.set_aside(meeting.question(), "It is for the council.", by=pia)
    refused()
    meeting.ask("ben")
    meeting.ask("ana", "When will the new school open its windows?")
    assert meeting.live().count("question-words") == 3


def test_a_question_that_is_none_is_refused_at_its_field(meeting: Meeting) -> None:
    for words in ("", "Why?", "x" * 501):
        answer = meeting.browser("ana").post(PAGE + "/ask", {"words": words})
        assert answer.status_code == 422
        assert re.findall(r'id="(\w+)-error"', answer.text) == ["words"]
        assert words in answer.text
    assert meeting.live().count("question-words") == 0


def test_a_question_is_shown_as_text(meeting: Meeting) -> None:
    meeting.ask("ana", '<img src="https://evil.example/x"> and **more** words')
    assert "<img" not in meeting.live()
    assert "&lt;img" in meeting.live()


def test_nobody_asks_without_end(meeting: Meeting) -> None:
    for number in range(6):
        meeting.ask("ana", f"{QUESTION} {number}")
    assert meeting.browser("ana").post(PAGE + "/ask", {"words": QUESTION}).status_code == 429


def test_a_question_of_another_hearing_is_not_found(meeting: Meeting) -> None:
    meeting.ask("ana")
    with meeting.office.work():
        parliament = meeting.hearing().parliament
        other = call(parliament, facts(meeting.office), by=None)
        foreign = questions.ask(other, QUESTION, author=meeting.office.person("ana"), language="en")
        numbers = [str(foreign.id), "0", "-1", "abc", "", "9" * 30]
    for number in numbers:
        assert meeting.press("ben", "support", question=number).status_code == 404
        assert meeting.press("ben", "retract", question=number).status_code == 404
    assert meeting.lead(f"questions/{numbers[0]}/shortlist").status_code == 404


def test_a_question_is_withdrawn_by_its_author_alone_while_it_waits(meeting: Meeting) -> None:
    meeting.ask("ana")
    meeting.press("ben", "support", question="1")
    assert meeting.press("ben", "withdraw", question="1").status_code == 404
    assert meeting.office.stranger().get(PAGE).text.count("/withdraw") == 0
    meeting.lead("questions/1/shortlist")
    assert "/withdraw" not in meeting.browser("ana").get(PAGE).text
    assert meeting.press("ana", "withdraw", question="1").status_code == 409
    meeting.lead("questions/1/unlist")
    ana = meeting.browser("ana")
    form = Page(ana.get(PAGE).text).form("/withdraw")
    ana.saved(f"{PAGE}/withdraw", {"question": form.value("question")})
    assert QUESTION not in meeting.live()
    assert QUESTION not in meeting.browser("ben").text(PAGE)
    assert f"{QUESTION} Withdrawn" in ana.text(PAGE)
    assert meeting.lead("questions/1/shortlist").status_code == 409
    assert meeting.press("ben", "support", question="1").status_code == 409
    meeting.ask("ana")
    assert meeting.live().count("question-words") == 1


def test_a_stranger_is_asked_to_sign_in(meeting: Meeting) -> None:
    answer = meeting.office.stranger().get(PAGE + "/ask")
    assert "/sign-in" in answer.location
    assert "Sign in to ask" in meeting.office.stranger().text(PAGE)


def test_the_words_of_a_question_outlast_a_sign_in_that_ended(meeting: Meeting) -> None:
    own = {"Sec-Fetch-Site": "same-origin"}
    data = {"words": QUESTION, "csrf_token": "of a lost session"}
    answer = meeting.office.app.test_client().post(PAGE + "/ask", data=data, headers=own)
    assert answer.status_code == 400
    assert f"{QUESTION}</blockquote>" in answer.text
    assert 'data-ended="out"' in answer.text
    ana = meeting.browser("ana").client
    answer = ana.post(PAGE + "/ask", data=data, headers=own)
    assert 'data-ended="back"' in answer.text
    token = re.findall(r'name="csrf_token" value="([^"]+)"', answer.text)[-1]
    assert ana.post(PAGE + "/ask", data=data | {"csrf_token": token}).status_code == 302
    assert QUESTION in meeting.live()


@pytest.mark.one_store
@pytest.mark.parametrize("what", ["support", "retract", "answer"])
def test_a_press_after_the_sign_in_ended_leads_back_to_the_hearing(
    meeting: Meeting, what: str
) -> None:
    """Nothing of the press is shown or kept: it is made again where the question stands."""
    headers = {"Sec-Fetch-Site": "same-origin", "Referer": f"http://localhost{PAGE}"}
    data = {"question": "1", "answer": "1-0"}
    answer = meeting.office.app.test_client().post(f"{PAGE}/{what}", data=data, headers=headers)
    assert answer.status_code == 400
    assert 'data-ended="out"' in answer.text
    assert f'href="/en/example/account/sign-in?next={PAGE}"' in answer.text
    answer = meeting.browser("ben").client.post(f"{PAGE}/{what}", data=data, headers=headers)
    assert 'data-ended="back"' in answer.text
    assert f'href="{PAGE}">Back' in answer.text
    assert 'name="question"' not in answer.text


def test_the_first_comment_is_one_press_away_and_counts_as_something_done(meeting: Meeting) -> None:
    meeting.begin()
    ana = meeting.browser("ana")
    page = ana.get(PAGE).text
    assert "Nothing yet. Only you see this part." in page
    link = re.findall(r'href="([^"]+)">Write the first comment', page)[0].replace("&amp;", "&")
    thread = ana.get(link.partition("#")[0]).text
    assert '<details class="write" id="write" open>' in thread
    assert '<details class="write" id="write">' in ana.get(PAGE + "/comments").text
    words = {"text": "I live there, and it floods.", "stance": "neutral", "language": "en"}
    ana.saved(PAGE + "/comments", words | {"once": "one"})
    assert "You wrote 1 comment here" in ana.text(PAGE)
    assert "Nothing yet" not in ana.text(PAGE)
    assert "You wrote" not in meeting.browser("ben").text(PAGE)


def test_after_the_end_nothing_is_asked_or_supported(meeting: Meeting) -> None:
    meeting.ask("ana")
    meeting.begin()
    meeting.end()
    assert meeting.browser("ben").get(PAGE + "/ask").status_code == 409
    assert meeting.browser("ben").post(PAGE + "/ask", {"words": QUESTION}).status_code == 409
    assert meeting.press("ben", "support", question="1").status_code == 409


def test_the_chair_shortlists_orders_takes_up_and_answers(meeting: Meeting) -> None:
    for number in range(1, 4):
        meeting.ask("ana", f"Question number {number} of three.")
    assert meeting.lead("questions/1/take-up").status_code == 409
    meeting.begin()
    for number in (1, 2):
        assert meeting.lead(f"questions/{number}/shortlist").status_code == 302
    meeting.lead("questions/2/up")
    listed = meeting.live().split('id="list-shortlisted" ')[1].split("</ol>")[0]
    assert re.findall(r"number (\d)", listed) == ["2", "1"]
    meeting.lead("questions/2/take-up")
    meeting.lead("questions/3/take-up")
    with meeting.office.work():
        states = [meeting.question(number).state for number in (1, 2, 3)]
    assert states == [QuestionState.SHORTLISTED, QuestionState.SHORTLISTED, QuestionState.CURRENT]
    answer = {"answered_by": "Pia Costa", "answer": "In May."}
    assert meeting.lead("questions/3/answer", answer="In May.", answered_by=" ").status_code == 422
    assert meeting.lead("questions/3/answer", **answer).status_code == 302
    assert meeting.lead("questions/3/shortlist").status_code == 409
    assert meeting.lead("questions/1/set-aside", aside=" ").status_code == 422
    assert meeting.lead("questions/1/set-aside", aside="Of another office.").status_code == 302
    text = Page(meeting.live()).text
    assert "In May." in text
    assert "Reason: Of another office." in text
    assert meeting.lead("questions/77/shortlist").status_code == 404


def test_an_answer_names_the_office_in_the_language_of_who_reads(meeting: Meeting) -> None:
    with meeting.office.work():
        meeting.hearing().parliament.offices = [{"en": "Parks, Trees", "es": "Parques y Árboles"}]
        meeting.office.person("pia").office = "Parks, Trees"
    meeting.ask("ana")
    meeting.begin()
    page = meeting.browser("pia").get("/es/example/hearings/1/questions/1/answer").text
    assert 'value="Pia Costa, Parques y Árboles"' in page
    signed = {"answered_by": "Pia Costa, Parques y Árboles", "answer": "In May."}
    assert meeting.lead("questions/1/answer", **signed).status_code == 302
    assert "Pia Costa, Parks, Trees," in Page(meeting.live()).text
    assert "Pia Costa, Parques y Árboles," in Page(meeting.live("es")).text


def test_a_question_is_hidden_for_a_published_rule(meeting: Meeting) -> None:
    meeting.ask("ana")
    browser = meeting.browser("mod")
    assert browser.post(PAGE + "/questions/1/hide", {"rule": "because"}).status_code == 422
    browser.saved(PAGE + "/questions/1/hide", {"rule": "off-topic"})
    assert QUESTION not in meeting.live()
    assert QUESTION not in meeting.office.stranger().text(PAGE)
    assert "Nothing to do with the subject" in meeting.browser("ana").text(PAGE)
    assert meeting.press("ben", "support", question="1").status_code == 404
    with meeting.office.work():
        acts = db.select(Record).where(Record.act == Act.HEARING_QUESTION_HIDDEN)
        assert db.session.scalars(acts).one().subject["rule"] == "off-topic"
    meeting.lead("questions/1/show")
    assert QUESTION in meeting.live()
    assert meeting.browser("ana").get(PAGE + "/questions/1/hide").status_code == 403


@pytest.fixture
def on_both_stores(both_stores: str) -> str:
    return both_stores


def test_many_at_once_are_counted_once_each(
    on_both_stores: str, app: Flask, meeting: Meeting
) -> None:
    """Each of six people supports, asks and answers twice at the same moment as all others."""
    meeting.ask("ana")
    meeting.open_poll()
    with meeting.office.work():
        people = [accounts.ensure_user(f"p{number}@example.org").id for number in range(6)]

    def act(person: int) -> int:
        done = 0
        with app.app_context(), writing():
            user = db.session.get_one(User, person)
            try:
                questions.support(meeting.question(), user)
                db.session.commit()
                done = 1
            except AlreadySupported:
                db.session.rollback()
            questions.ask(meeting.hearing(), QUESTION, author=user, language="en", once="one")
            db.session.commit()
            polls.answer(db.session.get_one(HearingPoll, 1), person % 2, user)
            db.session.commit()
            db.session.remove()
        return done

    with ThreadPoolExecutor(4) as threads:
        done = list(threads.map(act, people * 2))
    assert sum(done) == 6
    assert supports(meeting) == 6
    assert meeting.live().count("question-words") == 1 + 6
    meeting.lead("polls/1/close")
    with meeting.office.work():
        assert db.session.scalars(db.select(HearingPoll)).one().counts == [3, 3, 0]
