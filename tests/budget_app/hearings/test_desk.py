"""The chair's desk: forms that do not fit are never opened, and every act says that it was done."""

from budget_app.extensions import db
from budget_app.hearings.models import HearingPoll, QuestionState
from tests.budget_app.booth.pages import Page
from tests.budget_app.hearings.meeting import PAGE, Meeting


def test_a_form_that_does_not_fit_is_refused_before_it_is_filled_in(meeting: Meeting) -> None:
    meeting.ask("ana")
    pia = meeting.browser("pia")

    def refused(*forms: str) -> None:
        for form in forms:
            assert pia.get(f"{PAGE}/{form}").status_code == 409, form

    refused("minutes", "questions/1/answer")
    meeting.begin()
    refused("minutes", "cancel")
    pia.saved(PAGE + "/questions/1/answer", {"answered_by": "Pia", "answer": "In May."})
    refused("questions/1/set-aside")
    assert pia.get(PAGE + "/questions/1/answer").status_code == 200
    meeting.end()
    refused("edit", "agenda", "polls", "cancel")


def test_a_refusal_leads_back_to_the_page_it_comes_from(meeting: Meeting) -> None:
    pia = meeting.browser("pia").client
    for referrer, back in (
        (f"http://localhost{PAGE}/desk?x=1", f'href="{PAGE}/desk"'),
        (f"https://evil.example{PAGE}/desk", None),
        ("http://localhost//evil.example/desk", None),
        ("http://localhost/\\evil.example", None),
        (f"http://localhost{PAGE}/begin", None),  # no page: a button's address
        (f"http://localhost{PAGE}/minutes", None),  # this very page
        ("http://[", None),
        (None, None),
    ):
        headers = {"Referer": referrer} if referrer else {}
        page = pia.get(PAGE + "/minutes", headers=headers)
        assert page.status_code == 409
        assert (">Back</a>" in page.text) == bool(back), referrer
        assert back is None or back in page.text.split("error-page")[1]
        assert "evil.example" not in page.text


def test_each_press_of_the_desk_says_what_was_done(meeting: Meeting) -> None:
    meeting.ask("ana")
    with meeting.office.work():
        meeting.add_poll()
    pia = meeting.browser("pia")
    for act, told in (
        ("begin", "The hearing has begun."),
        ("questions/1/shortlist", "The question is on the shortlist."),
        ("questions/1/unlist", "The question is back in the queue."),
        ("questions/1/take-up", "Everybody sees that this question is being answered."),
        ("polls/1/open", "The poll is open."),
        ("polls/1/close", "The poll is closed"),
    ):
        pia.saved(f"{PAGE}/{act}")
        assert told in pia.text(PAGE + "/desk")
    with meeting.office.work():
        assert meeting.question().state is QuestionState.CURRENT
    assert meeting.lead("questions/1/unlist").status_code == 409


def test_a_poll_is_deleted_until_it_opens(meeting: Meeting) -> None:
    with meeting.office.work():
        meeting.add_poll()
        meeting.add_poll()
    meeting.browser("pia").saved(PAGE + "/polls/2/remove")
    with meeting.office.work():
        assert db.session.scalars(db.select(HearingPoll.id)).all() == [1]
    meeting.begin()
    meeting.browser("pia").saved(PAGE + "/polls/1/open")
    assert meeting.lead("polls/1/remove").status_code == 409
    assert meeting.browser("mod").post(PAGE + "/polls/1/remove").status_code == 403


def test_two_answers_of_a_poll_that_read_the_same_are_refused(meeting: Meeting) -> None:
    data = {"question_en": "Which?", "option1_en": "One", "option2_en": "Two"}
    answer = meeting.lead("polls", **data, option5_en=" two ")
    assert answer.status_code == 422
    assert 'id="option5_en-error"' in answer.text
    assert "Two answers are the same." in Page(answer.text).text


def test_an_answer_is_signed_beforehand_with_name_and_office(meeting: Meeting) -> None:
    meeting.ask("ana")
    meeting.begin()
    with meeting.office.work():
        meeting.office.person("pia").office = "Committee of schools"
    page = meeting.browser("pia").get(PAGE + "/questions/1/answer").text
    assert 'value="Pia Costa, Committee of schools"' in page


def test_what_i_did_stands_where_i_did_it_for_me_alone(meeting: Meeting) -> None:
    meeting.ask("ana")
    with meeting.office.work():
        meeting.add_poll()
    meeting.begin()
    meeting.lead("polls/1/open")
    meeting.press("ben", "support", question="1")
    meeting.press("ben", "answer", answer="1-0")
    page = meeting.browser("ben").get(PAGE).text.split('id="live"')[1].split("<aside")[0]
    assert 'form="retract"' in page
    assert "Your answer counts." in page
    assert 'form="answer"' not in page
    assert "retract" not in meeting.live()
    assert 'form="answer"' in meeting.live()
