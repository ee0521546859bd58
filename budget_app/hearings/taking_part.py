"""What a signed-in person does in a hearing: ask, support, answer a poll, register to speak."""

from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from budget_app import access
from budget_app.accounts.forms import EmptyForm
from budget_app.accounts.limits import hit
from budget_app.accounts.names import keep_name
from budget_app.hearings import live, organisations, polls, queries, questions
from budget_app.hearings.blueprint import BOTH, HEARING, bp
from budget_app.hearings.errors import (
    AskedAlready,
    HearingError,
    QuestionsClosed,
    WrongHearingState,
)
from budget_app.hearings.forms import AskForm, OrganisationForm
from budget_app.hearings.models import Hearing, HearingQuestion, HearingState
from budget_app.hearings.organisations import OrganisationWords
from budget_app.parliaments.models import Parliament

AN_HOUR = 3600
QUESTIONS_AN_HOUR = 6
PRESSES_AN_HOUR = 300


@bp.route(f"{HEARING}/ask", methods=BOTH)
@access.signed_in
def ask(parliament: Parliament, hearing: Hearing) -> ResponseReturnValue:
    """A page of its own, so that nothing on it moves while somebody writes."""
    if not hearing.takes_questions:
        raise QuestionsClosed
    form: Any = AskForm()
    if form.validate_on_submit():
        try:
            if questions.asked(current_user, form.once.data) is None:
                _ask(hearing, form)
        except AskedAlready as error:
            form.words.errors = [error.message]
        else:
            flash(_("Your question is in the queue."), "success")
            return _back(hearing)
    page = render_template(
        "hearings/ask.html",
        hearing=hearing,
        form=form,
        speaks_for=queries.confirmed_for(hearing, current_user),
    )
    return page, 422 if form.errors else 200


def _ask(hearing: Hearing, form: Any) -> None:
    hit("ask in a hearing", current_user.email, limit=QUESTIONS_AN_HOUR, seconds=AN_HOUR)
    keep_name(current_user, form)
    questions.ask(
        hearing,
        form.words.data,
        author=current_user,
        language=g.language,
        signed=bool(form.public_name.raw_data and current_user.name),
        once=form.once.data,
    )


@bp.post(f"{HEARING}/support")
@access.signed_in
def support(parliament: Parliament, hearing: Hearing) -> ResponseReturnValue:
    """The button stands in the part that is the same for all; it names the question."""
    question = _pressed(hearing)
    questions.support(question, current_user)
    flash(_("You support this question."), "success")
    return _back(hearing)


@bp.post(f"{HEARING}/retract")
@access.signed_in
def retract(parliament: Parliament, hearing: Hearing) -> ResponseReturnValue:
    question = _pressed(hearing)
    questions.retract(question, current_user)
    flash(_("Your support is taken back."), "success")
    return _back(hearing)


@bp.post(f"{HEARING}/withdraw")
@access.signed_in
def withdraw(parliament: Parliament, hearing: Hearing) -> ResponseReturnValue:
    """404 for a question of somebody else; its author still reads it, and may ask it again."""
    question = _pressed(hearing)
    if question.author_id != current_user.id:
        abort(404)
    questions.withdraw(question)
    flash(_("You have withdrawn your question."), "success")
    return _back(hearing)


@bp.post(f"{HEARING}/answer")
@access.signed_in
def answer_poll(parliament: Parliament, hearing: Hearing) -> ResponseReturnValue:
    """The button names poll and option, as `7-0`; 404 for a poll of another hearing.

    An answer that is not taken says why at the poll, where the button was.
    """
    _checked()
    number, _dash, option = request.form.get("answer", "").partition("-")
    _press()
    poll = next((poll for poll in hearing.polls if str(poll.id) == number), None)
    if poll is None or option not in map(str, range(len(poll.options))):
        abort(404)
    try:
        polls.answer(poll, int(option), current_user)
    except HearingError as error:
        flash(error.message, live.POLL_REFUSED)
    else:
        flash(_("Your answer counts. The result is shown after the close."), "success")
    return redirect(url_for("hearings.show", hearing_id=hearing.id, _anchor="live-poll"))


@bp.route(f"{HEARING}/take-part", methods=BOTH)
@access.signed_in
def take_part(parliament: Parliament, hearing: Hearing) -> ResponseReturnValue:
    """An organisation of civil society asks to speak."""
    if hearing.state is not HearingState.PLANNED:
        raise WrongHearingState
    form: Any = OrganisationForm()
    if form.validate_on_submit():
        words = OrganisationWords(
            form.name.data, form.purpose.data, form.contact.data, form.wish.data
        )
        organisations.register(hearing, words, user=current_user, language=g.language)
        flash(_("The office answers you by e-mail."), "success")
        return _back(hearing)
    page = render_template("hearings/take_part.html", hearing=hearing, form=form)
    return page, 422 if form.errors else 200


def _pressed(hearing: Hearing) -> HearingQuestion:
    """The question whose button was pressed; 404 for one of another hearing."""
    _checked()
    number = request.form.get("question", type=int)
    _press()
    found = None
    if number is not None and 0 < number <= access.LARGEST_NUMBER:
        found = queries.question_of(hearing, number)
    if found is None or found.hidden:
        abort(404)
    return found


def _checked() -> None:
    if not EmptyForm().validate_on_submit():
        abort(400)


def _press() -> None:
    hit("press in a hearing", current_user.email, limit=PRESSES_AN_HOUR, seconds=AN_HOUR)


def _back(hearing: Hearing) -> ResponseReturnValue:
    return redirect(url_for("hearings.show", hearing_id=hearing.id))
