"""The pages of comments. Reading is public; writing, voting and reporting ask for a sign-in."""

from typing import Any

from flask import abort, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm

from budget_app import access
from budget_app.accounts.forms import EmptyForm
from budget_app.accounts.models import Role
from budget_app.accounts.names import keep_name
from budget_app.addresses import page_number
from budget_app.deliberation import moderation, queries, services, translators
from budget_app.deliberation.blueprint import BOTH, below_each, get, post
from budget_app.deliberation.forms import (
    CommentForm,
    EditForm,
    ReplyForm,
    ReportForm,
    VoteForm,
    too_often,
)
from budget_app.deliberation.models import Comment, Rule, Stance
from budget_app.deliberation.pages import back_to, discussion_of
from budget_app.deliberation.rules import SENTENCES
from budget_app.deliberation.services import Words
from budget_app.deliberation.subjects import Subject, about
from budget_app.deliberation.translators import TranslationFailed
from budget_app.parliaments.models import Parliament
from budget_app.rounds.errors import RoundError

official_reply = access.role(Role.PARLIAMENTARIAN, Role.REVIEWER, Role.ADMINISTRATOR)


@get()
@access.public
@about
def index(parliament: Parliament, subject: Subject) -> ResponseReturnValue:
    return _thread_page(subject)


@post()
@access.signed_in
@about
def comment(parliament: Parliament, subject: Subject) -> ResponseReturnValue:
    form = CommentForm()
    if made := _posted(subject, form):
        return back_to(made)
    return _thread_page(subject, form=form)


@post("/official")
@official_reply
@about
def answer(parliament: Parliament, subject: Subject) -> ResponseReturnValue:
    form = ReplyForm()
    if made := _posted(subject, form, official=True):
        return back_to(made)
    return _thread_page(subject, official_form=form)


@get("/<int:comment_id>")
@access.public
@about
def show(parliament: Parliament, subject: Subject, comment: Comment) -> ResponseReturnValue:
    """A comment with all its replies; a reply leads to the comment that it answers."""
    if comment.parent_id is not None:
        return back_to(comment)
    return _comment_page(subject, comment)


@post("/<int:comment_id>/replies")
@access.signed_in
@about
def reply(parliament: Parliament, subject: Subject, comment: Comment) -> ResponseReturnValue:
    form = ReplyForm()
    if made := _posted(subject, form, below=comment):
        return back_to(made)
    return _comment_page(subject, comment, form=form)


@post("/<int:comment_id>/official")
@official_reply
@about
def answer_comment(
    parliament: Parliament, subject: Subject, comment: Comment
) -> ResponseReturnValue:
    form = ReplyForm()
    if made := _posted(subject, form, below=comment, official=True):
        return back_to(made)
    return _comment_page(subject, comment, official_form=form)


@below_each("/<int:comment_id>/edit", BOTH)
@access.signed_in
@about
def edit(parliament: Parliament, subject: Subject, comment: Comment) -> ResponseReturnValue:
    _refuse_others(comment)
    form: Any = EditForm(data={"text": comment.text, "language": comment.language})
    if form.validate_on_submit():
        try:
            services.edit(comment, form.text.data, form.language.data)
        except RoundError as error:
            form.text.errors = [error.message]
        else:
            return back_to(comment)
    page = render_template(
        "deliberation/edit.html",
        subject=subject,
        comment=comment,
        form=form,
        open=services.may_edit(comment),
    )
    return page, 422 if form.errors else 200


@post("/<int:comment_id>/delete")
@access.signed_in
@about
def delete(parliament: Parliament, subject: Subject, comment: Comment) -> ResponseReturnValue:
    _refuse_others(comment)
    _button()
    services.remove(comment)
    flash(_("Your comment is deleted."), "success")
    return redirect(url_for(subject.thread_page, _anchor="comments", **subject.parts))


@post("/<int:comment_id>/vote")
@access.signed_in
@about
def vote(parliament: Parliament, subject: Subject, comment: Comment) -> ResponseReturnValue:
    form = VoteForm()
    if not form.validate_on_submit():
        abort(400)
    if sentence := too_often("vote", current_user):
        flash(sentence, "warning")
    else:
        services.vote(comment, current_user, form.useful())
    return back_to(comment)


@post("/<int:comment_id>/translation")
@access.signed_in
@about
def translate(parliament: Parliament, subject: Subject, comment: Comment) -> ResponseReturnValue:
    """A form and no link, because a translation may cost; once made, everybody sees it."""
    translator = translators.connected()
    if translator is None:
        abort(404)
    _button()
    if sentence := too_often("translation", current_user):
        flash(sentence, "warning")
        return back_to(comment)
    try:
        services.translate(comment, g.language, translator)
    except TranslationFailed:
        flash(_("The comment could not be translated now. Try again later."), "warning")
    return back_to(comment)


@below_each("/<int:comment_id>/report", BOTH)
@access.signed_in
@about
def report(parliament: Parliament, subject: Subject, comment: Comment) -> ResponseReturnValue:
    form: Any = ReportForm()
    if form.validate_on_submit() and not _limited("report", form.words):
        try:
            moderation.report(comment, Rule(form.rule.data), form.words.data or "", by=current_user)
        except RoundError as error:
            form.rule.errors = [error.message]
        else:
            flash(_("Thank you. A moderator will look at the comment."), "success")
            return back_to(comment)
    page = render_template(
        "deliberation/report.html",
        subject=subject,
        comment=comment,
        form=form,
        sentences=SENTENCES,
    )
    return page, 422 if form.errors else 200


def _posted(
    subject: Subject, form: Any, *, below: Comment | None = None, official: bool = False
) -> Comment | None:
    """The comment that the form made, now or by an earlier press; None with errors at its fields."""
    if not form.validate_on_submit():
        return None
    known = services.written(current_user, form.once.data)
    if known is not None:
        return known
    if _limited("comment", form.text):
        return None
    words = Words(
        text=form.text.data,
        language=form.language.data,
        once=form.once.data,
        stance=Stance(form.stance.data) if "stance" in form else Stance.NEUTRAL,
    )
    try:
        made = services.post(subject, words, author=current_user, below=below, official=official)
    except RoundError as error:
        form.text.errors = [error.message]
        return None
    if not official:
        keep_name(current_user, form)
    return made


def _limited(what: str, field: Any) -> bool:
    """Whether this was done too often; the sentence stands at the field, which keeps its words."""
    sentence = too_often(what, current_user)
    if sentence:
        field.errors = [sentence]
    return bool(sentence)


def _thread_page(
    subject: Subject,
    form: FlaskForm | None = None,
    official_form: FlaskForm | None = None,
) -> ResponseReturnValue:
    talk = discussion_of(subject, page=None if form is official_form is None else 1)
    if talk is None:
        abort(404)
    page = render_template(
        "deliberation/index.html",
        subject=subject,
        discussion=talk,
        comment_form=form,
        official_form=official_form,
    )
    return page, 422 if form or official_form else 200


def _comment_page(
    subject: Subject,
    comment: Comment,
    form: FlaskForm | None = None,
    official_form: FlaskForm | None = None,
) -> ResponseReturnValue:
    number = page_number()
    replies, pages = queries.replies_of(comment, number)
    page = render_template(
        "deliberation/comment.html",
        subject=subject,
        comment=comment,
        replies=replies,
        page=number,
        pages=pages,
        shown=queries.beside([comment], g.language, also=replies),
        reply_form=form,
        official_form=official_form,
    )
    return page, 422 if form or official_form else 200


def _refuse_others(comment: Comment) -> None:
    if not queries.is_author(comment, current_user):
        abort(403)


def _button() -> None:
    if not EmptyForm().validate_on_submit():
        abort(400)
