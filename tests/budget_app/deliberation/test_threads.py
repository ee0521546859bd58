"""A thread's pages: pages of thirty, each comment's place, and how few queries a long one takes."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import event

from budget_app.accounts.models import User
from budget_app.deliberation.models import Comment, Stance, Thread
from budget_app.extensions import db
from tests.budget_app.deliberation.scenes import COMMENTS, PROPOSAL, Talk
from voting import clock

HUNDREDS = 1_000


@contextmanager
def counted(talk: Talk) -> Iterator[list[str]]:
    """The statements that run inside."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    with talk.office.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def fill(talk: Talk, first: int, last: int) -> None:
    """Comments `first` to `last`, each by another person, with a reply to every second."""
    with talk.office.work():
        begin = clock.now(db.session()) - timedelta(hours=1)
        thread = db.session.scalars(db.select(Thread)).one()
        writers = [
            User(email=f"p{n}@example.org", name=f"Person {n}", created_at=begin)
            for n in range(first, last)
        ]
        db.session.add_all(writers)
        db.session.flush()
        comments = [
            Comment(
                thread_id=thread.id,
                author_id=writer.id,
                stance=list(Stance)[n % 3],
                language="en",
                text=f"Comment {n}.",
                once="comment",
                created_at=begin + timedelta(seconds=n),
            )
            for n, writer in enumerate(writers, start=first)
        ]
        db.session.add_all(comments)
        db.session.flush()
        db.session.add_all(
            Comment(
                thread_id=thread.id,
                parent_id=comment.id,
                author_id=comment.author_id,
                stance=Stance.NEUTRAL,
                language="en",
                text="A reply.",
                once="reply",
                created_at=begin + timedelta(hours=1),
            )
            for comment in comments[::2]
        )


def shown(page: str) -> list[str]:
    return re.findall(r"Comment (\d+)\.", page)


def test_a_thousand_comments_take_no_more_queries_than_thirty(talk: Talk) -> None:
    talk.say("ana", "Comment 0.")
    reader = talk.office.browser("eva")
    fill(talk, 1, 30)
    with counted(talk) as few:
        reader.text(PROPOSAL)
    fill(talk, 30, HUNDREDS)
    with counted(talk) as many:
        text = reader.text(PROPOSAL)
    assert "Page 1 of 34" in text
    assert len(many) <= len(few)
    pages = [shown(reader.get(f"{COMMENTS}?page={page}").text) for page in (1, 2, 34, 35)]
    assert [len(page) for page in pages] == [30, 30, 10, 0]
    assert len(shown(reader.get(f"{COMMENTS}?order=newest").text)) == 30
    assert shown(reader.get(f"{COMMENTS}?order=newest").text)[:2] == ["0", f"{HUNDREDS - 1}"]


def test_a_new_comment_is_shown_at_its_place_on_its_page(talk: Talk) -> None:
    talk.say("ana", "Comment 0.")
    fill(talk, 1, 40)
    answer = talk.office.browser("eva").post(COMMENTS, talk.words("The newest."))
    place = re.search(r"\?page=2#comment-(\d+)$", answer.location)
    assert place is not None
    page = talk.office.stranger().get(answer.location).text
    assert f'id="comment-{place[1]}"' in page
    assert "The newest." in page


def test_the_most_useful_stands_first_on_its_side(talk: Talk) -> None:
    numbers = [talk.say(name, f"Comment {n}.") for n, name in enumerate(("eva", "ben", "rosa"))]
    talk.say("aude", "Comment 3.", stance=Stance.AGAINST)
    for name in ("ana", "ben"):
        talk.office.browser(name).saved(f"{COMMENTS}/{numbers[2]}/vote", {"vote": "useful"})
    assert shown(talk.office.stranger().get(PROPOSAL).text) == ["2", "3", "0", "1"]
    assert shown(talk.office.stranger().get(COMMENTS + "?order=oldest").text) == list("0123")
    assert shown(talk.office.stranger().get(COMMENTS + "?order=odd").text) == list("2301")


def test_a_comment_shows_three_replies_and_its_own_page_all(talk: Talk) -> None:
    top = talk.say("eva", "Comment 0.")
    for n in range(1, 36):
        talk.say("ben", f"Comment {n}.", below=top)
    page = talk.office.stranger()
    assert shown(page.get(PROPOSAL).text) == list("0123")
    assert "32 more replies" in page.text(PROPOSAL)
    assert len(shown(page.get(f"{COMMENTS}/{top}").text)) == 31
    assert page.get(f"{COMMENTS}/36").location.endswith(f"/comments/{top}?page=2#comment-36")
    assert len(shown(page.get(f"{COMMENTS}/{top}?page=2").text)) == 6
