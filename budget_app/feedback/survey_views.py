"""The pages of surveys, the same below a round and below a hearing."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from budget_app import access
from budget_app.accounts.forms import EmptyForm
from budget_app.deliberation.subjects import OfHearing, Subject, about
from budget_app.feedback import forms, survey_queries, surveys
from budget_app.feedback.blueprint import BOTH, HEARING, ROUND, bp
from budget_app.feedback.models import QuestionKind, Survey, SurveyQuestion, SurveyState
from budget_app.hearings.models import Hearing
from budget_app.parliaments.models import Parliament
from budget_app.rounds.fields import by_language

View = Callable[..., ResponseReturnValue]

OF_HEARING = "_of_hearing"
"""How the names of the office's pages end below a hearing, where others have the right."""

ACTS: dict[str, Callable[..., None]] = {
    "open": surveys.open_survey,
    "await": surveys.await_hearing,
    "close": surveys.close_survey,
}


def _conducted(rest: str, name: str, methods: Iterable[str]) -> Callable[[View], View]:
    """A page of administrators below a round, and of whoever leads the hearing below a hearing."""

    def register(view: View) -> View:
        of_round = access.administrator(about(view))
        of_hearing = access.parliamentarian(about(_led(view)))
        for place, end, guarded in ((ROUND, "", of_round), (HEARING, OF_HEARING, of_hearing)):
            bp.add_url_rule(f"{place}/surveys/{rest}", name + end, guarded, methods=list(methods))
        return view

    return register


def _led(view: View) -> View:
    @wraps(view)
    def led(subject: Subject, **loaded: Any) -> ResponseReturnValue:
        if not survey_queries.conducts(subject):
            abort(403)
        return view(subject=subject, **loaded)

    return led


@bp.app_template_global()
def surveys_of(hearing: Hearing) -> list[Survey]:
    """What its page offers, and its desk."""
    return survey_queries.surveys(OfHearing(hearing))


@bp.app_template_global()
def survey_address(survey: Survey, page: str = "survey", **parts: Any) -> str:
    """A page of a survey, below what it is about."""
    return url_for(
        f"feedback.{page}{_end(survey.subject, page)}",
        survey_id=survey.id,
        **survey.subject.parts,
        **parts,
    )


def _end(subject: Subject, page: str) -> str:
    is_office = page not in ("survey", "respond")
    return OF_HEARING if is_office and isinstance(subject, OfHearing) else ""


@_conducted("new", "new_survey", BOTH)
def new_survey(parliament: Parliament, subject: Subject) -> ResponseReturnValue:
    form: Any = forms.survey_form(parliament)()
    if form.validate_on_submit():
        titles = by_language(form, "title", parliament.languages)
        survey = surveys.begin_survey(subject, titles, by=current_user)
        return redirect(survey_address(survey, "write_survey"))
    page = render_template("feedback/new_survey.html", subject=subject, form=form)
    return page, 422 if form.errors else 200


@_conducted("<int:survey_id>/questions", "write_survey", BOTH)
def write_survey(parliament: Parliament, subject: Subject, survey: Survey) -> ResponseReturnValue:
    """Add questions; then the survey is opened, at once or by the end of its hearing, and closed."""
    form: Any = forms.question_form(parliament)()
    if form.validate_on_submit():
        texts = by_language(form, "text", parliament.languages)
        options = forms.options_of(form, parliament)
        surveys.ask(survey, QuestionKind(form.kind.data), texts, options)
        flash(_("Saved."), "success")
        return redirect(survey_address(survey, "write_survey"))
    return _writing_page(subject, survey, form)


def _writing_page(subject: Subject, survey: Survey, form: Any) -> ResponseReturnValue:
    page = render_template(
        "feedback/write_survey.html",
        subject=subject,
        survey=survey,
        form=form,
        labels_of=forms.labels_of,
        people=survey_queries.response_count(survey),
        words=survey_queries.words_of(survey),
    )
    return page, 422 if form.errors else 200


@_conducted("<int:survey_id>/questions/<int:survey_question_id>/remove", "drop_question", ("POST",))
def drop_question(
    parliament: Parliament, subject: Subject, survey: Survey, question: SurveyQuestion
) -> ResponseReturnValue:
    _button()
    surveys.drop_question(survey, question)
    flash(_("The question is deleted."), "success")
    return redirect(survey_address(survey, "write_survey"))


@_conducted("<int:survey_id>/<any(open, await, close):verb>", "conduct_survey", ("POST",))
def conduct_survey(
    parliament: Parliament, subject: Subject, survey: Survey, verb: str
) -> ResponseReturnValue:
    """Open, await the hearing, or close; a question that is written and not added comes back."""
    _button()
    form: Any = forms.question_form(parliament)()
    if verb != "close" and survey.state is SurveyState.DRAFT and forms.is_begun(form):
        form.form_errors.append(
            _("This question is not part of the survey yet: add it, or empty its fields.")
        )
        return _writing_page(subject, survey, form)
    ACTS[verb](survey, by=current_user)
    return redirect(survey_address(survey, "write_survey"))


@_conducted("<int:survey_id>/write-on", "write_survey_on", ("POST",))
def write_survey_on(
    parliament: Parliament, subject: Subject, survey: Survey
) -> ResponseReturnValue:
    """Take back that it waits for the end of its hearing."""
    _button()
    surveys.write_on(survey)
    return redirect(survey_address(survey, "write_survey"))


@bp.get(HEARING + "/surveys/<int:survey_id>")
@bp.get(ROUND + "/surveys/<int:survey_id>")
@access.public
@about
def survey(parliament: Parliament, subject: Subject, survey: Survey) -> ResponseReturnValue:
    known = (
        survey_queries.response_of(survey, current_user) if current_user.is_authenticated else None
    )
    given = (
        {f"{forms.QUESTION}{key}": str(value) for key, value in known.answers.items()}
        if known
        else {}
    )
    return _survey_page(survey, forms.response_form(survey)(data=given), known is not None)


@bp.post(HEARING + "/surveys/<int:survey_id>")
@bp.post(ROUND + "/surveys/<int:survey_id>")
@access.signed_in
@about
def respond(parliament: Parliament, subject: Subject, survey: Survey) -> ResponseReturnValue:
    form = forms.response_form(survey)()
    if not form.validate_on_submit():
        return _survey_page(survey, form, known=False), 422
    surveys.respond(survey, forms.responses_in(form, survey), by=current_user)
    flash(
        _("Thank you: your answers are kept. You can change them while the survey is open."),
        "success",
    )
    return redirect(survey_address(survey))


def _survey_page(survey: Survey, form: Any, known: bool) -> str:
    return render_template(
        "feedback/survey.html",
        subject=survey.subject,
        survey=survey,
        form=form,
        known=known,
        tallies=survey_queries.tallies(survey) if survey.state == "closed" else [],
        labels_of=forms.labels_of,
    )


def _button() -> None:
    """A form that is nothing but a button."""
    if not EmptyForm().validate_on_submit():
        abort(400)
