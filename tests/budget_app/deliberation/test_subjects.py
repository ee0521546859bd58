"""The same comments, moderation and limits on a round and on a hearing as on a proposal."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from budget_app.deliberation.models import Thread
from budget_app.deliberation.subjects import AFTERWARDS
from budget_app.extensions import db
from budget_app.hearings import services as hearings
from budget_app.hearings.models import Hearing
from budget_app.rounds.services import create_round
from tests.budget_app.booth.pages import Page
from tests.budget_app.deliberation.scenes import COMMENTS, HEARING, MODERATION, Talk
from tests.budget_app.rounds.office import HOME, ROUND
from voting import clock

ON_ROUND, ON_HEARING = ROUND + "comments", HEARING + "/comments"

on_each = pytest.mark.parametrize(
    ("comments", "shown"), [(ON_ROUND, ON_ROUND), (ON_HEARING, HEARING)], ids=["round", "hearing"]
)


@on_each
def test_people_talk_answer_and_vote(talk: Talk, comments: str, shown: str) -> None:
    eva, pat = talk.office.browser("eva"), talk.office.browser("pat")
    made = eva.post(comments, talk.words("The dates are *too* short.", stance="against"))
    assert made.location == f"{shown}#comment-1"
    talk.office.browser("ana").saved(f"{comments}/1/replies", talk.words("They are."))
    talk.office.browser("ana").saved(f"{comments}/1/vote", {"vote": "useful"})
    pat.saved(f"{comments}/official", talk.words("We move them."))
    text = talk.office.stranger().text(shown)
    assert "0 for · 1 against · 0 that take no side" in text
    assert "Official reply" in text
    assert "Useful: 1" in text
    assert "They are." in talk.office.stranger().text(f"{comments}/1")


@on_each
def test_what_is_removed_is_judged_and_appealed_as_everywhere(
    talk: Talk, comments: str, shown: str
) -> None:
    eva, mia = talk.office.browser("eva"), talk.office.browser("mia")
    eva.saved(comments, talk.words("You are all thieves."))
    talk.office.browser("ana").saved(f"{comments}/1/report", {"rule": "insult", "words": ""})
    assert "thieves" in mia.text(MODERATION)
    case = mia.text(MODERATION + "comments/1")
    assert ("On the round Schools" if comments == ON_ROUND else "On the hearing An evening") in case
    reason = {"rule": "insult", "explanation": "It insults people."}
    mia.saved(MODERATION + "comments/1/hide", reason)
    assert "thieves" not in talk.office.stranger().text(shown)
    assert "It insults people." in talk.office.stranger().text(MODERATION + "log")
    eva.saved(MODERATION + "decisions/1/appeal", {"words": "It is a saying."})
    verdict = {"explanation": "A saying indeed.", "restore": "1"}
    talk.office.browser("max").saved(MODERATION + "appeals/1", verdict)
    assert "thieves" in talk.office.stranger().text(shown)


@on_each
def test_ten_comments_an_hour_count_wherever_they_are_written(
    talk: Talk, half_past: object, comments: str, shown: str
) -> None:
    talk.tried("eva", "comment", 10)
    answer = talk.office.browser("eva").post(comments, talk.words("Again."))
    assert answer.status_code == 422
    assert "ten comments within an hour" in Page(answer.text).text
    assert "Again." in answer.text


@on_each
def test_a_comment_without_a_side_is_shown_again(talk: Talk, comments: str, shown: str) -> None:
    answer = talk.office.browser("eva").post(comments, talk.words("Look.", stance="x"))
    assert answer.status_code == 422
    assert "Look." in answer.text
    assert talk.comments() == []


def test_a_comment_stands_below_its_own_subject_alone(talk: Talk) -> None:
    eva = talk.office.browser("eva")
    for place in (COMMENTS, ON_ROUND, ON_HEARING):
        eva.saved(place, talk.words("Good."))
    for number, place in ((1, COMMENTS), (2, ON_ROUND), (3, ON_HEARING)):
        for other in (COMMENTS, ON_ROUND, ON_HEARING):
            expected = 200 if other == place else 404
            assert eva.get(f"{other}/{number}").status_code == expected
            known = eva.post(f"{other}/{number}/vote", {"vote": "useful"}).status_code
            assert (known == 404) is (other != place)


def test_a_draft_of_a_round_has_no_comments(talk: Talk) -> None:
    ada = talk.office.browser("ada")
    with talk.office.work():
        parliament = talk.office.round_().parliament
        create_round(parliament, {"en": "Later"}, by=talk.office.person("ada"), slug="later")
    later = HOME + "rounds/later/"
    assert ada.get(later).status_code == 200
    assert ada.get(later + "comments").status_code == 404
    assert ada.post(later + "comments", talk.words()).status_code == 404
    assert talk.comments() == []


def test_a_live_hearing_keeps_its_page_for_the_questions(talk: Talk) -> None:
    eva = talk.office.browser("eva")
    eva.saved(ON_HEARING, talk.words("I come."))
    with talk.office.work():
        hearing, pat = db.session.get_one(Hearing, 1), talk.office.person("pat")
        hearing.starts = clock.now(db.session()) + timedelta(hours=1)
        hearings.begin(hearing, by=pat)
    page = eva.get(HEARING).text
    assert "I come." not in page
    assert f'href="{ON_HEARING}">1 comment<' in page
    assert "I come." in eva.text(ON_HEARING)
    assert eva.post(ON_HEARING, talk.words("I listen.")).location == f"{ON_HEARING}#comment-2"


def test_a_hearing_is_talked_about_for_a_month_after_its_end(talk: Talk) -> None:
    with talk.office.work():
        end = db.session.get_one(Hearing, 1).ends + AFTERWARDS
    with clock.replay(end - timedelta(minutes=1)):
        talk.office.browser("eva").saved(ON_HEARING, talk.words("In time."))
    with clock.replay(end):
        late = talk.office.browser("eva").post(ON_HEARING, talk.words("Too late."))
        assert late.status_code == 422
        assert "Comments are closed here" in Page(late.text).text
        assert "In time." in talk.office.stranger().text(HEARING)


def test_a_cancelled_hearing_takes_no_comments(talk: Talk) -> None:
    with talk.office.work():
        hearing, pat = db.session.get_one(Hearing, 1), talk.office.person("pat")
        hearings.cancel(hearing, {"en": "The hall is closed."}, by=pat)
    assert talk.office.browser("eva").post(ON_HEARING, talk.words()).status_code == 422


def test_the_database_refuses_a_thread_of_two_subjects_or_of_none(talk: Talk) -> None:
    for subjects in ({}, {"round_id": 1, "hearing_id": 1}, {"proposal_id": 1, "round_id": 1}):
        with talk.office.work():
            db.session.add(Thread(parliament_id=1, **subjects))
            with pytest.raises(IntegrityError):
                db.session.flush()
            db.session.rollback()
