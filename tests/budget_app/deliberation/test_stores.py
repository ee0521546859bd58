"""What deliberation asks of the database in words of its own, on both; and votes at one moment."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from budget_app.accounts import services as accounts
from budget_app.deliberation import moderation_queries, queries, services
from budget_app.deliberation.models import Comment, Stance, Thread
from budget_app.deliberation.ordering import Order
from budget_app.extensions import db
from tests.budget_app.deliberation.scenes import COMMENTS, MODERATION, PROPOSAL, Talk, talk_scene
from voting.database import writing

VOTERS = 6


@pytest.fixture
def talk(app: Flask) -> Talk:
    return talk_scene(app)


def test_a_thread_and_the_queue_are_read_alike_on_both_stores(talk: Talk) -> None:
    top, other = talk.say("eva", "First."), talk.say("ben", "Second.", stance=Stance.AGAINST)
    for n in range(5):
        talk.say("rosa", f"Reply {n}.", below=top)
    talk.office.browser("eva").saved(f"{COMMENTS}/{other}/vote", {"vote": "useful"})
    talk.report("eva", other)
    talk.report("rosa", other)
    talk.hide(top, reported_by="ben")
    with talk.office.work():
        found = queries.discussion(talk.subject(), Order.FAIR, 1, "en")
        parliament, mia = talk.office.round_().parliament, talk.office.person("mia")
        waiting = moderation_queries.waiting_for(parliament, mia)
        [case], pages = moderation_queries.queue(parliament, mia, 1)
        assert [c.id for c in found.sides] == [top, other]
        assert [c.text for c in found.shown.replies[top]] == ["Reply 0.", "Reply 1.", "Reply 2."]
        assert found.shown.reply_counts == {top: 5}
        assert list(found.shown.decisions) == [top]
        assert (waiting.reports, waiting.appeals) == (2, 0)
        assert (case.comment.id, case.reports, pages) == (other, 2, 1)
        assert case.since == waiting.since
    assert "2 reports" in talk.office.browser("mia").text(MODERATION)
    assert "Removed by moderation" in talk.office.stranger().text(PROPOSAL)


def test_votes_and_first_comments_of_one_moment_are_all_counted(talk: Talk) -> None:
    app = talk.office.app
    with talk.office.work():
        for n in range(VOTERS):
            accounts.ensure_user(f"p{n}@example.org")

    def begin(n: int) -> None:
        with app.test_request_context("/en/example/"), writing():
            author = accounts.find(f"p{n}@example.org")
            assert author is not None
            words = services.Words(f"Comment {n}.", "en", "once")
            services.post(talk.subject(), words, author=author)
            db.session.commit()

    def vote(n: int) -> None:
        with app.test_request_context("/en/example/"), writing():
            user = accounts.find(f"p{n}@example.org")
            assert user is not None
            services.vote(db.session.get_one(Comment, number), user, n != 1)
            db.session.commit()

    with ThreadPoolExecutor(VOTERS) as pool:
        list(pool.map(begin, [*range(VOTERS), 0, 0, 1]))  # some press the button again and again
        assert len(talk.comments()) == VOTERS
        number = talk.say("eva")
        list(pool.map(vote, range(VOTERS)))
    with talk.office.work():
        assert len(db.session.scalars(db.select(Thread)).all()) == 1
    found = talk.comment(number)
    assert (found.useful, found.not_useful) == (VOTERS - 1, 1)
