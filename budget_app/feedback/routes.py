"""What came of it: the public page of promises and answers, and the office's forms; surveys in a file of their own."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from budget_app import access
from budget_app.deliberation.subjects import OfRound
from budget_app.feedback import forms, queries, services, survey_queries, survey_views
from budget_app.feedback.blueprint import BOTH, ROUND, bp
from budget_app.feedback.models import Commitment, Light, Principle
from budget_app.parliaments.models import Parliament
from budget_app.rounds.fields import by_language
from budget_app.rounds.models import Round

__all__ = ["bp", "survey_views"]


@bp.get(ROUND + "/answers")
@access.public
def show(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    return render_template(
        "feedback/show.html",
        round=round_,
        commitments=queries.commitments(round_),
        answers=queries.answers(round_),
        surveys=survey_queries.surveys(OfRound(round_)),
        administers=queries.administers(round_),
    )


@bp.route(ROUND + "/commitments/new", methods=BOTH)
@access.administrator
def commit(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    form: Any = forms.commitment_form(parliament)()

    def save() -> None:
        promises = by_language(form, "promise", parliament.languages)
        services.commit(round_, Principle(form.principle.data), promises, by=current_user)

    return _published(round_, form, save, title=_("A commitment of this round"))


@bp.route(ROUND + "/commitments/<int:commitment_id>", methods=BOTH)
@access.administrator
def judge(parliament: Parliament, round_: Round, commitment: Commitment) -> ResponseReturnValue:
    """Say how a commitment stands."""
    form: Any = forms.standing_form(parliament)()

    def save() -> None:
        words = by_language(form, "words", parliament.languages)
        light, evidence = Light(form.light.data), form.evidence.data or ""
        services.set_light(commitment, light, words, evidence, by=current_user)

    title = _("How the commitment stands")
    return _published(round_, form, save, title=title, promises=commitment.promises)


@bp.route(ROUND + "/answers/new", methods=BOTH)
@access.administrator
def answer(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    form: Any = forms.answer_form(parliament)()

    def save() -> None:
        said, did = (by_language(form, name, parliament.languages) for name in ("said", "did"))
        services.answer(round_, said, did, form.evidence.data or "", by=current_user)

    return _published(round_, form, save, title=_("You said, we did"))


def _published(
    round_: Round, form: Any, save: Callable[[], None], **context: Any
) -> ResponseReturnValue:
    """Publish a good form and show where it stands; show a bad one again."""
    if form.validate_on_submit():
        save()
        flash(_("Published."), "success")
        return redirect(url_for("feedback.show"))
    return _form_page(round_, form, **context)


def _form_page(round_: Round, form: Any, **context: Any) -> ResponseReturnValue:
    page = render_template("feedback/form.html", round=round_, form=form, **context)
    return page, 422 if form.errors else 200
