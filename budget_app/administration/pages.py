"""What every page of a round's set-up shares: the order of the steps, saving, and the list beside it."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from budget_app.accounts.forms import EmptyForm
from budget_app.administration import texts
from budget_app.meanwhile import LastWriter
from budget_app.navigation import ENDONYMS, StepItem
from budget_app.records.models import Act
from budget_app.records.queries import last_to
from budget_app.rounds import steps
from budget_app.rounds.errors import InvalidField, RoundError, RoundSealed
from budget_app.rounds.models import Round
from budget_app.rounds.namesakes import shared_names
from budget_app.rounds.steps import Step
from budget_app.rounds.untranslated import languages_missing

BOTH = ("GET", "POST")
SETUP = "/rounds/<round_slug>"


class StepNotReached(RoundError):
    """A step whose predecessors are not finished."""

    sentence = texts.STEP_NOT_REACHED


def enter(round_: Round, step: Step, *, also_sealed: bool = False) -> None:
    """Let nobody into a step before it is reached, or into the set-up of a sealed round.

    A reader is led to where the round stands; a form sent by address is refused (409).
    """
    if round_.is_sealed and not also_sealed:
        _turn_away(RoundSealed())
    if not round_.is_sealed:
        order = list(Step)
        if order.index(steps.reached(round_, steps.gaps(round_))) < order.index(step):
            _turn_away(StepNotReached())


def confirm(round_: Round, step: Step) -> None:
    """`enter`, for a button that is a form of its own."""
    enter(round_, step)
    if not EmptyForm().validate_on_submit():
        abort(400)


def last_change(round_: Round, step: Step, **subject: Any) -> LastWriter:
    """Who saved this step last, or the part of it that `subject` names."""
    return lambda: last_to(Act.ROUND_CHANGED, round_.parliament, round_, part=step.value, **subject)


def _turn_away(refusal: RoundError) -> None:
    if request.method == "POST":
        raise refusal
    flash(refusal.message, "info")
    abort(redirect(url_for("administration.setup")))


def saved(
    round_: Round,
    step: Step,
    form: FlaskForm,
    save: Callable[[], object],
    *,
    stay: bool = False,
    **context: Any,
) -> ResponseReturnValue:
    """Save a good form and go on, or `stay` at the step's own page, as while the step lacks
    something; show a bad one again."""
    if form.validate_on_submit():
        try:
            save()
        except InvalidField as error:
            _show_at_field(form, error)
        else:
            flash(_("Saved."), "success")
            stay = stay or any(gap.step is step for gap in steps.gaps(round_))
            return redirect(address_of(step if stay else steps.following(round_, step)))
    return page(round_, step, form, **context)


def _show_at_field(form: FlaskForm, error: InvalidField) -> None:
    """Lists of fields (`ties_1`, `ties_2`, …) carry the error at their first."""
    names = (error.field, f"{error.field}_1")
    place = next((form[name] for name in names if name in form), None)
    if place is None:
        form.form_errors.append(error.message)
    else:
        place.errors = [*place.errors, error.message]


def page(
    round_: Round,
    step: Step,
    form: FlaskForm,
    *,
    template: str = "",
    failed: bool = False,
    **context: Any,
) -> ResponseReturnValue:
    found = [] if round_.is_sealed else steps.gaps(round_)
    content = render_template(
        f"administration/setup_{template or step}.html",
        form=form,
        round=round_,
        step_name=str(texts.STEPS[step]),
        next_address=address_of(steps.following(round_, step)),
        steps=items(round_, found, step),
        gaps=[texts.gap_sentence(gap) for gap in found if gap.step is step],
        shared_names=shared_names(round_, step),
        **context,
    )
    return content, 422 if failed or form.errors else 200


def items(round_: Round, found: list[steps.Gap], here: Step | None) -> list[StepItem]:
    """The list of steps beside every page; `here` is the one that is open."""
    order = steps.steps_of(round_)
    reached = order.index(steps.reached(round_, found)) + steps.is_finished(round_)
    return [
        _sealed_item(step, here)
        if round_.is_sealed and step in steps.BEFORE_SEAL
        else _item(step, position - reached, here)
        for position, step in enumerate(order)
    ]


def _item(step: Step, ahead: int, here: Step | None) -> StepItem:
    state = "done" if ahead < 0 else "next" if ahead == 0 else "locked"
    href = None if ahead > 0 else address_of(step)
    return StepItem(str(texts.STEPS[step]), href, state, step is here)


def _sealed_item(step: Step, here: Step | None) -> StepItem:
    """The roll can still grow after the seal; nothing else can change."""
    href = address_of(step) if step is Step.ROLL else None
    return StepItem(
        str(texts.STEPS[step]), href, "done", step is here, _("Sealed") if not href else ""
    )


def not_translated(round_: Round) -> dict[str, Any]:
    """In which languages a text is missing, for a step that shows the round to everybody."""
    return {
        "untranslated": [ENDONYMS[code] for code in languages_missing(round_)],
        "first_language": ENDONYMS[round_.parliament.default_language],
    }


def address_of(step: Step) -> str:
    if step in (Step.VOTING, Step.COUNT):
        return url_for("administration.conduct")
    return url_for(f"administration.setup_{step}")


def by_field(**texts_by_name: Mapping[str, str]) -> dict[str, str]:
    """`title={"en": …}` becomes `{"title_en": …}`, as forms name their fields."""
    return {
        f"{name}_{code}": text
        for name, by_code in texts_by_name.items()
        for code, text in by_code.items()
    }
