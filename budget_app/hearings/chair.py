"""The chair's desk during a hearing, and the acts on it."""

from collections.abc import Callable
from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from budget_app import access, meanwhile
from budget_app.accounts.models import User
from budget_app.deliberation.rules import NAMES
from budget_app.hearings import forms, organisations, polls, queries, questions, services
from budget_app.hearings.acts import last_to
from budget_app.hearings.blueprint import BOTH, HEARING, QUESTION, bp
from budget_app.hearings.models import (
    AgendaItem,
    Hearing,
    HearingPoll,
    HearingQuestion,
    HearingState,
    Participation,
)
from budget_app.hearings.preparing import admit, admit_press, refuse_others
from budget_app.parliaments.models import Parliament
from budget_app.presentation.texts import signed_with
from budget_app.records.models import Act
from budget_app.rounds.errors import InvalidField
from budget_app.rounds.fields import by_language
from budget_app.rounds.moments import utc


@bp.get(f"{HEARING}/desk")
@access.parliamentarian
def desk(parliament: Parliament, hearing: Hearing) -> ResponseReturnValue:
    """Everything that the chair does while it runs, on one page."""
    refuse_others(hearing)
    hidden = queries.hidden_questions(hearing)
    return render_template(
        "hearings/desk.html",
        hearing=hearing,
        queue=queries.queue(hearing),
        hidden=hidden,
        removals=queries.removals_of(hidden),
        names=NAMES,
        simulation=queries.simulation_of(hearing),
        told=polls.told,
    )


@bp.post(f"{HEARING}/begin")
@access.parliamentarian
def begin(parliament: Parliament, hearing: Hearing) -> ResponseReturnValue:
    act = lambda: services.begin(hearing, by=current_user)  # noqa: E731
    return _done(hearing, act, _("The hearing has begun."))


@bp.post(f"{HEARING}/end")
@access.parliamentarian
def end(parliament: Parliament, hearing: Hearing) -> ResponseReturnValue:
    act = lambda: services.end(hearing, by=current_user)  # noqa: E731
    return _done(hearing, act, _("The hearing has ended."))


@bp.route(f"{HEARING}/cancel", methods=BOTH)
@access.parliamentarian
def cancel(parliament: Parliament, hearing: Hearing) -> ResponseReturnValue:
    admit(hearing, HearingState.PLANNED)
    form = forms.cancel_form(parliament)()
    if form.validate_on_submit():
        reasons = by_language(form, "reason", parliament.languages)
        services.cancel(hearing, reasons, by=current_user)
        flash(_("The hearing is cancelled, and its page says why."), "success")
        return redirect(url_for("hearings.show", hearing_id=hearing.id))
    page = render_template("hearings/cancel.html", hearing=hearing, form=form)
    return page, 422 if form.errors else 200


@bp.post(f"{HEARING}/agenda/<int:item_id>/now")
@access.parliamentarian
def turn_to(parliament: Parliament, hearing: Hearing, item: AgendaItem) -> ResponseReturnValue:
    return _done(hearing, lambda: services.turn_to(hearing, item), _("This item is on now."))


@bp.post(f"{HEARING}/agenda/<int:item_id>/remove")
@access.parliamentarian
def remove_item(parliament: Parliament, hearing: Hearing, item: AgendaItem) -> ResponseReturnValue:
    act = lambda: services.remove_item(hearing, item, by=current_user)  # noqa: E731
    return _done(hearing, act, _("The item is removed."), to="hearings.agenda")


@bp.post(f"{HEARING}/polls/<int:hearing_poll_id>/open")
@access.parliamentarian
def open_poll(parliament: Parliament, hearing: Hearing, poll: HearingPoll) -> ResponseReturnValue:
    act = lambda: polls.open_(poll, by=current_user)  # noqa: E731
    return _done(hearing, act, _("The poll is open."))


@bp.post(f"{HEARING}/polls/<int:hearing_poll_id>/close")
@access.parliamentarian
def close_poll(parliament: Parliament, hearing: Hearing, poll: HearingPoll) -> ResponseReturnValue:
    act = lambda: polls.close(poll, by=current_user)  # noqa: E731
    return _done(hearing, act, _("The poll is closed and its result is shown."))


@bp.post(f"{HEARING}/polls/<int:hearing_poll_id>/remove")
@access.parliamentarian
def remove_poll(parliament: Parliament, hearing: Hearing, poll: HearingPoll) -> ResponseReturnValue:
    act = lambda: polls.remove(poll, by=current_user)  # noqa: E731
    return _done(hearing, act, _("The poll is deleted."))


@bp.route(f"{HEARING}/organisations/<int:participation_id>", methods=BOTH)
@access.parliamentarian
def organisation(
    parliament: Parliament, hearing: Hearing, participation: Participation
) -> ResponseReturnValue:
    """What an organisation asks for, and the confirmation with a time to speak."""
    refuse_others(hearing)
    form: Any = forms.ConfirmForm()
    if form.validate_on_submit():
        slot = form.slot.data and utc(form.slot.data, parliament.zone)
        try:
            organisations.confirm(hearing, participation, slot, by=current_user)
        except InvalidField as error:
            form.slot.errors = [*form.slot.errors, error.message]
        else:
            flash(_("Confirmed: the organisation is told."), "success")
            return redirect(url_for("hearings.desk", hearing_id=hearing.id))
    return _organisation_page(hearing, participation, form, forms.DeclineForm(formdata=None))


@bp.post(f"{HEARING}/organisations/<int:participation_id>/decline")
@access.parliamentarian
def decline(
    parliament: Parliament, hearing: Hearing, participation: Participation
) -> ResponseReturnValue:
    refuse_others(hearing)
    form: Any = forms.DeclineForm()
    if form.validate_on_submit():
        organisations.decline(hearing, participation, form.decline.data, by=current_user)
        flash(_("Declined: the organisation is told why."), "success")
        return redirect(url_for("hearings.desk", hearing_id=hearing.id))
    return _organisation_page(hearing, participation, forms.ConfirmForm(formdata=None), form)


def _organisation_page(
    hearing: Hearing, participation: Participation, confirm: Any, refuse: Any
) -> ResponseReturnValue:
    page = render_template(
        "hearings/organisation.html",
        hearing=hearing,
        participation=participation,
        confirm_form=confirm,
        decline_form=refuse,
    )
    return page, 422 if confirm.slot.errors or refuse.errors else 200


@bp.post(f"{QUESTION}/shortlist")
@access.parliamentarian
def shortlist(
    parliament: Parliament, hearing: Hearing, question: HearingQuestion
) -> ResponseReturnValue:
    listed = queries.queue(hearing).shortlisted
    act = lambda: questions.shortlist(question, listed)  # noqa: E731
    return _done(hearing, act, _("The question is on the shortlist."))


@bp.post(f"{QUESTION}/unlist")
@access.parliamentarian
def unlist(
    parliament: Parliament, hearing: Hearing, question: HearingQuestion
) -> ResponseReturnValue:
    act = lambda: questions.unlist(question)  # noqa: E731
    return _done(hearing, act, _("The question is back in the queue."))


@bp.post(f"{QUESTION}/up")
@access.parliamentarian
def move_up(
    parliament: Parliament, hearing: Hearing, question: HearingQuestion
) -> ResponseReturnValue:
    listed = queries.queue(hearing).shortlisted
    act = lambda: questions.move_up(question, listed)  # noqa: E731
    return _done(hearing, act, _("The question comes earlier now."))


@bp.post(f"{QUESTION}/take-up")
@access.parliamentarian
def take_up(
    parliament: Parliament, hearing: Hearing, question: HearingQuestion
) -> ResponseReturnValue:
    act = lambda: questions.take_up(question)  # noqa: E731
    return _done(hearing, act, _("Everybody sees that this question is being answered."))


@bp.route(f"{QUESTION}/answer", methods=BOTH)
@access.parliamentarian
def answer_question(
    parliament: Parliament, hearing: Hearing, question: HearingQuestion
) -> ResponseReturnValue:
    """Who answered and what; by the office also after the hearing."""
    refuse_others(hearing)
    questions.expect_answerable(question)
    form: Any = meanwhile.form(
        forms.AnswerForm,
        question,
        lambda: {"answered_by": question.answered_by, "answer": question.answer},
        last=last_to(Act.HEARING_QUESTION_ANSWERED, hearing, question=question.id),
        begins={"answered_by": question.answered_by or _signature(current_user)},
    )
    if form.validate_on_submit():
        questions.answer(
            question,
            form.answer.data,
            form.answered_by.data,
            by=current_user,
            language=g.language,
        )
        flash(_("The answer stands beside the question."), "success")
        return redirect(url_for("hearings.desk", hearing_id=hearing.id))
    return _question_page("hearings/answer.html", hearing, question, form)


@bp.route(f"{QUESTION}/set-aside", methods=BOTH)
@access.parliamentarian
def set_aside(
    parliament: Parliament, hearing: Hearing, question: HearingQuestion
) -> ResponseReturnValue:
    refuse_others(hearing)
    questions.expect_open(question)
    form: Any = forms.AsideForm()
    if form.validate_on_submit():
        questions.set_aside(question, form.aside.data, by=current_user)
        flash(_("Set aside, with its reason."), "success")
        return redirect(url_for("hearings.desk", hearing_id=hearing.id))
    return _question_page("hearings/set_aside.html", hearing, question, form)


def _signature(user: User) -> str:
    """As an official signs an answer: name, and office in the language of the page."""
    return signed_with(f"{user.display_name}, {user.office}") if user.office else user.display_name


def _question_page(
    template: str, hearing: Hearing, question: HearingQuestion, form: Any
) -> ResponseReturnValue:
    page = render_template(template, hearing=hearing, question=question, form=form)
    return page, 422 if form.errors else 200


def _done(
    hearing: Hearing, act: Callable[[], object], told: str, to: str = "hearings.desk"
) -> ResponseReturnValue:
    """Carry out what a button of the desk says, say so, and come back to it."""
    admit_press(hearing)
    act()
    flash(told, "success")
    return redirect(url_for(to, hearing_id=hearing.id))
