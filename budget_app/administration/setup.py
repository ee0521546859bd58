"""The first steps of a round's set-up: words, dates, districts, conditions, announcement."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm

from budget_app import access, meanwhile
from budget_app.accounts.forms import EmptyForm
from budget_app.administration import forms, texts
from budget_app.administration.blueprint import bp
from budget_app.administration.pages import (
    BOTH,
    SETUP,
    address_of,
    by_field,
    confirm,
    enter,
    items,
    not_translated,
    page,
    saved,
)
from budget_app.parliaments.models import Parliament
from budget_app.presentation.dates import bounded
from budget_app.proposals.queries import district_in_use
from budget_app.rounds import districts, drafts, manifests, services, steps
from budget_app.rounds.errors import InvalidField
from budget_app.rounds.fields import by_language
from budget_app.rounds.models import District, PhaseKind, Round
from budget_app.rounds.moments import utc
from budget_app.rounds.steps import Step
from tallying.evidence.privacy import Terms


@bp.get(SETUP)
@access.administrator
def setup(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    """Where the round stands: what is done, what is missing, what comes next."""
    found = steps.gaps(round_) if not round_.is_sealed else []
    reached = steps.reached(round_, found)
    return render_template(
        "administration/setup.html",
        step_name="",
        steps=items(round_, found, None),
        gaps=[(gap, texts.gap_sentence(gap)) for gap in found],
        next_title=texts.STEPS[reached],
        next_address=address_of(reached),
        round=round_,
    )


@bp.post(f"{SETUP}/delete")
@access.administrator
def delete_round(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    """Delete a draft; what was announced stays."""
    if not EmptyForm().validate_on_submit():
        abort(400)
    drafts.delete(round_, by=current_user)
    flash(_("The draft is deleted."), "success")
    return redirect(url_for("administration.desk"))


@bp.route(f"{SETUP}/texts", methods=BOTH)
@access.administrator
def setup_texts(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    enter(round_, Step.TEXTS)

    def present() -> dict[str, str]:
        texts = by_field(title=round_.titles, summary=round_.summaries)
        return texts | {"hashtag": round_.hashtag}

    form = meanwhile.form(forms.texts_form(parliament), round_, present)

    def save() -> None:
        languages = parliament.languages
        services.set_texts(
            round_,
            by_language(form, "title", languages),
            by_language(form, "summary", languages),
            form["hashtag"].data or "",
            by=current_user,
        )

    return saved(round_, Step.TEXTS, form, save, namesake=drafts.has_namesake(round_))


@bp.route(f"{SETUP}/phases", methods=BOTH)
@access.administrator
def setup_phases(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    enter(round_, Step.PHASES)
    known = {
        f"{phase.kind}_{part}": bounded(getattr(phase, part)).astimezone(parliament.zone)
        for phase in round_.phases
        for part in ("starts", "ends")
    }
    form = forms.phases_form()(data=known)
    return saved(
        round_,
        Step.PHASES,
        form,
        lambda: services.set_phases(round_, _dates(form, parliament.zone), by=current_user),
        phases=texts.PHASES,
        zone=parliament.timezone,
    )


def _dates(form: FlaskForm, zone: ZoneInfo) -> services.Dates:
    """The phases of which the form names both dates; raises `InvalidField` for one alone."""
    dates = {}
    for kind in PhaseKind:
        starts, ends = form[f"{kind}_starts"].data, form[f"{kind}_ends"].data
        if (starts is None) != (ends is None):
            missing = "starts" if starts is None else "ends"
            raise InvalidField(f"{kind}_{missing}", _("Give both dates, or neither."))
        if starts is not None:
            dates[kind] = (utc(starts, zone), utc(ends, zone))
    return dates


@bp.route(f"{SETUP}/districts", methods=BOTH)
@access.administrator
def setup_districts(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    """All districts, and a form that adds one."""
    enter(round_, Step.DISTRICTS)
    form = forms.district_form(parliament, new=True)()

    def save() -> None:
        names = by_language(form, "name", parliament.languages)
        districts.add_district(round_, form.slug.data, names, form.budget.data, by=current_user)

    return saved(round_, Step.DISTRICTS, form, save, remove=EmptyForm(), stay=True)


@bp.route(f"{SETUP}/districts/<district_slug>", methods=BOTH)
@access.administrator
def setup_district(
    parliament: Parliament, round_: Round, district: District
) -> ResponseReturnValue:
    enter(round_, Step.DISTRICTS)
    known = {**by_field(name=district.names), "budget": district.budget or None}
    form = forms.district_form(parliament, new=False)(data=known)

    def save() -> None:
        names = by_language(form, "name", parliament.languages)
        districts.change_district(district, names, form.budget.data, by=current_user)

    return saved(
        round_, Step.DISTRICTS, form, save, template="district", stay=True, district=district
    )


@bp.post(f"{SETUP}/districts/<district_slug>/remove")
@access.administrator
def remove_district(
    parliament: Parliament, round_: Round, district: District
) -> ResponseReturnValue:
    confirm(round_, Step.DISTRICTS)
    in_use = district_in_use(district) or any(
        project.district_id == district.id for project in round_.projects
    )
    districts.remove_district(district, in_use=in_use, by=current_user)
    flash(_("The district is removed."), "success")
    return redirect(url_for("administration.setup_districts"))


@bp.route(f"{SETUP}/conditions", methods=BOTH)
@access.administrator
def setup_conditions(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    enter(round_, Step.CONDITIONS)
    form: Any = forms.ConditionsForm(obj=round_, **manifests.privacy(round_).to_json())

    def save() -> None:
        services.set_conditions(
            round_,
            attestations_required=form.attestations_required.data,
            min_age=form.min_age.data,
            age_on=form.age_on.data,
            privacy=Terms(**{name: form[name].data for name in Terms().to_json()}),
            keep_until=form.keep_until.data,
            by=current_user,
        )

    return saved(round_, Step.CONDITIONS, form, save)


@bp.route(f"{SETUP}/announce", methods=BOTH)
@access.administrator
def setup_announce(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    enter(round_, Step.ANNOUNCE)
    form = EmptyForm()
    if round_.is_public:
        return page(round_, Step.ANNOUNCE, form, **not_translated(round_))
    return saved(
        round_,
        Step.ANNOUNCE,
        form,
        lambda: services.announce(round_, by=current_user),
        **not_translated(round_),
    )
