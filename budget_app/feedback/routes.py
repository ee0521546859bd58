"""What came of it: the public page of promises and answers, surveys, and the office's forms."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from budget_app import access
from budget_app.accounts.forms import EmptyForm
from budget_app.feedback import forms, queries, services
from budget_app.feedback.models import (
    Commitment,
    Light,
    Principle,
    QuestionKind,
    Survey,
    SurveyQuestion,
)
from budget_app.parliaments.models import Parliament
from budget_app.rounds.fields import by_language
from budget_app.rounds.models import Round

bp = Blueprint("feedback", __name__, url_prefix="/<language>/<parliament>/rounds/<round_slug>")

BOTH = ("GET", "POST")


@bp.get("/answers")
@access.public
def show(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    return render_template(
        "feedback/show.html",
        round=round_,
        commitments=queries.commitments(round_),
        answers=queries.answers(round_),
        surveys=queries.surveys(round_),
        administers=queries.administers(round_),
    )


@bp.route("/commitments/new", methods=BOTH)
@access.administrator
def commit(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    form: Any = forms.commitment_form(parliament)()

    def save() -> None:
        promises = by_language(form, "promise", parliament.languages)
        services.commit(round_, Principle(form.principle.data), promises, by=current_user)

    return _published(round_, form, save, title=_("A commitment of this round"))


@bp.route("/commitments/<int:commitment_id>", methods=BOTH)
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


@bp.route("/answers/new", methods=BOTH)
@access.administrator
def answer(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    form: Any = forms.answer_form(parliament)()

    def save() -> None:
        said, did = (by_language(form, name, parliament.languages) for name in ("said", "did"))
        services.answer(round_, said, did, form.evidence.data or "", by=current_user)

    return _published(round_, form, save, title=_("You said, we did"))


@bp.route("/surveys/new", methods=BOTH)
@access.administrator
def new_survey(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    form: Any = forms.survey_form(parliament)()
    if form.validate_on_submit():
        titles = by_language(form, "title", parliament.languages)
        survey = services.begin_survey(round_, titles, by=current_user)
        return redirect(url_for("feedback.write_survey", survey_id=survey.id))
    return _form_page(round_, form, title=_("A new survey"))


@bp.route("/surveys/<int:survey_id>/questions", methods=BOTH)
@access.administrator
def write_survey(parliament: Parliament, round_: Round, survey: Survey) -> ResponseReturnValue:
    """Add questions; then the survey is opened, and closed."""
    form: Any = forms.question_form(parliament)()
    if form.validate_on_submit():
        texts = by_language(form, "text", parliament.languages)
        options = forms.options_of(form, parliament)
        services.ask(survey, QuestionKind(form.kind.data), texts, options)
        flash(_("Saved."), "success")
        return redirect(url_for("feedback.write_survey", survey_id=survey.id))
    page = render_template(
        "feedback/write_survey.html",
        round=round_,
        survey=survey,
        form=form,
        labels_of=forms.labels_of,
        people=queries.response_count(survey),
        words=queries.words_of(survey),
    )
    return page, 422 if form.errors else 200


@bp.post("/surveys/<int:survey_id>/questions/<int:survey_question_id>/remove")
@access.administrator
def drop_question(
    parliament: Parliament, round_: Round, survey: Survey, question: SurveyQuestion
) -> ResponseReturnValue:
    if not EmptyForm().validate_on_submit():
        abort(400)
    services.drop_question(survey, question)
    flash(_("The question is deleted."), "success")
    return redirect(url_for("feedback.write_survey", survey_id=survey.id))


@bp.post("/surveys/<int:survey_id>/<any(open, close):verb>")
@access.administrator
def conduct_survey(
    parliament: Parliament, round_: Round, survey: Survey, verb: str
) -> ResponseReturnValue:
    if not EmptyForm().validate_on_submit():
        abort(400)
    act = services.open_survey if verb == "open" else services.close_survey
    act(survey, by=current_user)
    return redirect(url_for("feedback.write_survey", survey_id=survey.id))


@bp.get("/surveys/<int:survey_id>")
@access.public
def survey(parliament: Parliament, round_: Round, survey: Survey) -> ResponseReturnValue:
    known = queries.response_of(survey, current_user) if current_user.is_authenticated else None
    given = (
        {f"{forms.QUESTION}{key}": str(value) for key, value in known.answers.items()}
        if known
        else {}
    )
    return _survey_page(round_, survey, forms.response_form(survey)(data=given), known is not None)


@bp.post("/surveys/<int:survey_id>")
@access.signed_in
def respond(parliament: Parliament, round_: Round, survey: Survey) -> ResponseReturnValue:
    form = forms.response_form(survey)()
    if not form.validate_on_submit():
        return _survey_page(round_, survey, form, known=False), 422
    services.respond(survey, forms.responses_in(form, survey), by=current_user)
    flash(
        _("Thank you: your answers are kept. You can change them while the survey is open."),
        "success",
    )
    return redirect(url_for("feedback.survey", survey_id=survey.id))


def _survey_page(round_: Round, survey: Survey, form: Any, known: bool) -> str:
    return render_template(
        "feedback/survey.html",
        round=round_,
        survey=survey,
        form=form,
        known=known,
        tallies=queries.tallies(survey) if survey.state == "closed" else [],
        labels_of=forms.labels_of,
    )


def _published(
    round_: Round, form: Any, save: Callable[[], None], **context: Any
) -> ResponseReturnValue:
    """Publish a good form and show where it stands; show a bad one again."""
    if form.validate_on_submit():
        save()
        flash(_("Published."), "success")
        return redirect(url_for("feedback.show"))
    return _form_page(round_, form, stays=True, **context)


def _form_page(round_: Round, form: Any, **context: Any) -> ResponseReturnValue:
    page = render_template("feedback/form.html", round=round_, form=form, **context)
    return page, 422 if form.errors else 200
