"""Hiding a question by a published rule, and showing it again after a slip."""

from typing import Any

from flask import abort, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from budget_app import access
from budget_app.accounts.models import Role
from budget_app.deliberation.models import Decision, Rule
from budget_app.deliberation.moderation import Explained
from budget_app.deliberation.rules import NAMES, SENTENCES
from budget_app.hearings import forms, hiding, queries
from budget_app.hearings.acts import leads
from budget_app.hearings.blueprint import BOTH, QUESTION, bp
from budget_app.hearings.errors import AlreadyDealtWith
from budget_app.hearings.models import Hearing, HearingQuestion
from budget_app.hearings.preparing import refuse_forged
from budget_app.parliaments.models import Parliament
from budget_app.rounds.errors import InvalidField

moderating = access.role(Role.MODERATOR, Role.PARLIAMENTARIAN, Role.ADMINISTRATOR)


@bp.route(f"{QUESTION}/hide", methods=BOTH)
@moderating
def hide(
    parliament: Parliament, hearing: Hearing, question: HearingQuestion
) -> ResponseReturnValue:
    """The rule and why; of a hidden question what was decided, and the way back."""
    if not (_moderates(parliament) or leads(hearing, current_user)):
        abort(403)
    form: Any = forms.HideForm()
    if form.is_submitted() and question.hidden:
        raise AlreadyDealtWith
    if question.hidden:
        return _hidden_page(hearing, question)
    if form.validate_on_submit():
        rule = Rule(form.rule.data)
        words = form.explanation.data or str(SENTENCES[rule])
        try:
            hiding.hide(question, rule, Explained(words, g.language), by=current_user)
        except InvalidField as error:
            form.explanation.errors = [error.message]
        else:
            flash(_("Hidden: its author is told, and can appeal once."), "success")
            return redirect(
                url_for("hearings.hide", hearing_id=hearing.id, question_id=question.id)
            )
    page = render_template(
        "hearings/hide.html", hearing=hearing, question=question, form=form, sentences=SENTENCES
    )
    return page, 422 if form.errors else 200


@bp.post(f"{QUESTION}/show")
@moderating
def show_again(
    parliament: Parliament, hearing: Hearing, question: HearingQuestion
) -> ResponseReturnValue:
    """By who leads, and by who hid it."""
    decision = queries.removals_of([question]).get(question.id)
    if not _may_show(hearing, decision):
        abort(403)
    refuse_forged()
    hiding.show_again(question, by=current_user)
    flash(_("The question is shown again."), "success")
    page = "hearings.desk" if leads(hearing, current_user) else "hearings.show"
    return redirect(url_for(page, hearing_id=hearing.id))


def _hidden_page(hearing: Hearing, question: HearingQuestion) -> str:
    decision = queries.removals_of([question]).get(question.id)
    return render_template(
        "hearings/hidden.html",
        hearing=hearing,
        question=question,
        decision=decision,
        names=NAMES,
        leads=leads(hearing, current_user),
        can_show=_may_show(hearing, decision) and hiding.can_be_shown(decision),
    )


def _may_show(hearing: Hearing, decision: Decision | None) -> bool:
    own = decision is not None and decision.by_id == current_user.id
    return own or leads(hearing, current_user)


def _moderates(parliament: Parliament) -> bool:
    return Role.MODERATOR in current_user.roles_in(parliament)
