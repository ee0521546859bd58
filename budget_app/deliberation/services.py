"""The verbs of comments: written, changed, deleted, voted on, translated."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import case, delete, func, select
from sqlalchemy.exc import IntegrityError

from budget_app.accounts.models import Role, User
from budget_app.browsing.following import Happening, tell_followers
from budget_app.deliberation import errors
from budget_app.deliberation.models import (
    Comment,
    CommentState,
    CommentTranslation,
    CommentVote,
    Stance,
    Thread,
)
from budget_app.deliberation.ordering import usefulness
from budget_app.deliberation.subjects import Subject
from budget_app.deliberation.translators import Translator
from budget_app.extensions import db, insert_into
from budget_app.proposals.models import Proposal
from voting import clock

EDITING = timedelta(minutes=10)
ANSWERING = frozenset({Role.PARLIAMENTARIAN, Role.REVIEWER, Role.ADMINISTRATOR})
"""Who answers under the name of an office."""


@dataclass(frozen=True)
class Words:
    """What somebody writes: Markdown in one language; `once` is the form's own token."""

    text: str
    language: str
    once: str
    stance: Stance = Stance.NEUTRAL


def written(author: User, once: str) -> Comment | None:
    """The comment that this form made already: a second press of its button makes no other."""
    return db.session.scalar(
        select(Comment).where(Comment.author_id == author.id, Comment.once == once)
    )


def post(
    subject: Subject,
    words: Words,
    *,
    author: User,
    below: Comment | None = None,
    official: bool = False,
) -> Comment:
    """Publish a comment, or a reply `below` one; `official` marks it with the author's office.

    Words that this form published already are not published again. Who follows a proposal gets a
    mail with an official reply below it.

    Raises `CommentsClosed`, `ReplyToReply` or `NotThere`.
    """
    _refuse_closed(subject)
    thread = _thread_of(subject)
    if below is not None:
        _refuse_below(below, thread)
    takes_side = below is None and not official
    comment = Comment(
        thread=thread,
        parent_id=below.id if below else None,
        author=author,
        state=CommentState.VISIBLE,
        stance=words.stance if takes_side else Stance.NEUTRAL,
        office=author.office if official else None,
        language=words.language,
        text=words.text,
        once=words.once,
        created_at=clock.now(db.session()),
    )
    try:
        with db.session.begin_nested():
            db.session.add(comment)
    except IntegrityError:  # two presses at the same moment: the other one was first
        made = written(author, words.once)
        if made is None:
            raise
        return made
    if official and isinstance(subject.row, Proposal):
        tell_followers(subject.row, Happening.ANSWERED, words=words.text, by=author)
    return comment


def _refuse_below(below: Comment, thread: Thread) -> None:
    if below.thread_id != thread.id or not below.is_visible:
        raise errors.NotThere
    if below.parent_id is not None:
        raise errors.ReplyToReply


def lock(comment: Comment) -> None:
    """Whoever votes on a comment, edits it or decides about it at the same moment waits."""
    db.session.execute(select(Comment.id).where(Comment.id == comment.id).with_for_update())
    db.session.refresh(comment, ["state"])


def may_edit(comment: Comment) -> bool:
    """Whether the author can still change the words."""
    age = clock.now(db.session()) - comment.created_at
    return comment.is_visible and age < EDITING and comment.thread.subject.takes_comments


def edit(comment: Comment, text: str, language: str) -> None:
    """Change the words, which is marked; raises `EditingOver`."""
    lock(comment)
    if not may_edit(comment):
        raise errors.EditingOver
    if (text, language) == (comment.text, comment.language):
        return
    comment.text, comment.language = text, language
    comment.edited_at = clock.now(db.session())
    _forget_translations(comment)


def remove(comment: Comment) -> None:
    """Take the author's own words away; they are gone, and no report of them waits.

    What a moderator hid stays as it is, so that an appeal can bring it back unchanged.
    """
    lock(comment)
    if not comment.is_visible:
        raise errors.NotThere
    comment.state = CommentState.REMOVED
    comment.text = ""
    _forget_translations(comment)


def vote(comment: Comment, user: User, useful: bool | None) -> None:
    """Say that a comment is useful or not, once per person; None takes it back.

    Raises `CommentsClosed`, `NotThere` or `OwnVote`.
    """
    _refuse_closed(comment.thread.subject)
    lock(comment)
    if not comment.is_visible:
        raise errors.NotThere
    if comment.author_id == user.id:
        raise errors.OwnVote
    if useful is None:
        db.session.execute(
            delete(CommentVote).where(
                CommentVote.comment_id == comment.id, CommentVote.user_id == user.id
            )
        )
    else:
        db.session.merge(CommentVote(comment_id=comment.id, user_id=user.id, useful=useful))
        db.session.flush()
    _count_votes(comment)


def _count_votes(comment: Comment) -> None:
    yes, no = (
        func.sum(case((CommentVote.useful.is_(value), 1), else_=0)) for value in (True, False)
    )
    counted = db.session.execute(select(yes, no).where(CommentVote.comment_id == comment.id)).one()
    comment.useful, comment.not_useful = counted[0] or 0, counted[1] or 0
    comment.score = usefulness(comment.useful, comment.not_useful)


def translate(comment: Comment, target: str, translator: Translator) -> None:
    """Keep a translation of a comment; a second one in a language costs nothing.

    Raises `NotThere`, or `TranslationFailed` of the translator.
    """
    if not comment.is_visible:
        raise errors.NotThere
    if target == comment.language:
        return
    if db.session.get(CommentTranslation, (comment.id, target)) is None:
        text = translator.translate(comment.text, comment.language, target)
        db.session.add(CommentTranslation(comment_id=comment.id, language=target, text=text))


def _forget_translations(comment: Comment) -> None:
    db.session.execute(
        delete(CommentTranslation).where(CommentTranslation.comment_id == comment.id)
    )


def _refuse_closed(subject: Subject) -> None:
    if not subject.takes_comments:
        raise errors.CommentsClosed


def _thread_of(subject: Subject) -> Thread:
    """The subject's thread, begun with its first comment; two first ones meet in one."""
    known = select(Thread).where(getattr(Thread, subject.key) == subject.number)
    found = db.session.scalar(known)
    if found is not None:
        return found
    values = {"parliament_id": subject.parliament.id, subject.key: subject.number}
    db.session.execute(insert_into(Thread).values(**values).on_conflict_do_nothing())
    return db.session.scalars(known).one()
