"""What came of it: the public page of promises and answers, and the office's forms; surveys in a file of their own."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm

from budget_app import access, meanwhile
from budget_app.deliberation.subjects import OfRound
from budget_app.feedback import corrections, forms, queries, services, survey_queries, survey_views
from budget_app.feedback.blueprint import BOTH, ROUND, bp
from budget_app.feedback.corrections import Published
from budget_app.feedback.models import Answer, Commitment, Light, Principle, Standing
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
        corrections_of=corrections.told,
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


@bp.route(ROUND + "/commitments/<int:commitment_id>/correct", methods=BOTH)
@access.administrator
def correct_commitment(
    parliament: Parliament, round_: Round, commitment: Commitment
) -> ResponseReturnValue:
    form = forms.commitment_form(parliament)
    return _corrected(round_, commitment, form, promises="promise")


@bp.route(
    ROUND + "/commitments/<int:commitment_id>/standings/<int:standing_id>/correct", methods=BOTH
)
@access.administrator
def correct_standing(
    parliament: Parliament, round_: Round, commitment: Commitment, standing: Standing
) -> ResponseReturnValue:
    return _corrected(round_, standing, forms.standing_form(parliament), words="words")


@bp.route(ROUND + "/answers/<int:answer_id>/correct", methods=BOTH)
@access.administrator
def correct_answer(parliament: Parliament, round_: Round, answer: Answer) -> ResponseReturnValue:
    return _corrected(round_, answer, forms.answer_form(parliament), said="said", did="did")


def _corrected(
    round_: Round, row: Published, kind: type[FlaskForm], **texts: str
) -> ResponseReturnValue:
    """A page that corrects `row`; `texts` are the fields' names of what it says in each language."""

    def present() -> dict[str, Any]:
        known = corrections.content_of(row)
        shown = {
            f"{field}_{code}": text
            for name, field in texts.items()
            for code, text in known[name].items()
        }
        return shown | {name: known[name] for name in known if name not in texts}

    known = corrections.content_of(row)
    form: Any = meanwhile.form(kind, row, present, last=lambda: corrections.last_by(row))

    def save() -> None:
        content = {
            name: by_language(form, texts[name], round_.parliament.languages)
            if name in texts
            else type(known[name])(form[name].data or "")
            for name in known
        }
        corrections.correct(row, content, by=current_user)

    return _published(round_, form, save, title=_("Correct what is published"), corrects=True)


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
