"""The last steps before the vote: projects, roll, and the seal."""

from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm

from budget_app import access, meanwhile
from budget_app.accounts.forms import EmptyForm
from budget_app.accounts.models import User
from budget_app.administration import ballot_forms as forms
from budget_app.administration.blueprint import bp
from budget_app.administration.pages import (
    BOTH,
    SETUP,
    by_field,
    confirm,
    enter,
    not_translated,
    page,
    saved,
)
from budget_app.parliaments.models import Parliament
from budget_app.proposals.queries import count_waiting
from budget_app.records.models import Act
from budget_app.records.queries import last_to
from budget_app.reviews.unsettled import unsettled
from budget_app.rounds import manifests, projects, services, steps, words
from budget_app.rounds.errors import InvalidField, OtherPreview
from budget_app.rounds.fields import by_language
from budget_app.rounds.models import Project, Round
from budget_app.rounds.steps import Step
from tallying.rules import RULES


@bp.get(f"{SETUP}/projects")
@access.administrator
def setup_projects(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    enter(round_, Step.PROJECTS)
    return page(round_, Step.PROJECTS, EmptyForm(), waiting=count_waiting(round_))


@bp.route(f"{SETUP}/projects/new", methods=BOTH)
@access.administrator
def new_project(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    enter(round_, Step.PROJECTS)
    form = forms.project_form(round_)()
    return saved(
        round_,
        Step.PROJECTS,
        form,
        lambda: projects.add_project(round_, _facts(round_, form), by=current_user),
        template="project",
        stay=True,
        project=None,
    )


@bp.route(f"{SETUP}/projects/<project_key>", methods=BOTH)
@access.administrator
def change_project(parliament: Parliament, round_: Round, project: Project) -> ResponseReturnValue:
    enter(round_, Step.PROJECTS)

    def present() -> dict[str, Any]:
        return {
            **by_field(name=project.names, summary=project.summaries),
            "district": project.district.slug,
            "cost": project.cost,
            "categories": project.categories,
            "exclusive_group": project.exclusive_group,
        }

    def last() -> User | None:
        return last_to(Act.PROJECT_CHANGED, parliament, round_, project=project.key)

    form = meanwhile.form(forms.project_form(round_), project, present, last=last)
    if project.proposal_id is not None:
        del form.cost, form.district
    return saved(
        round_,
        Step.PROJECTS,
        form,
        lambda: projects.change_project(project, _facts(round_, form, project), by=current_user),
        template="project",
        stay=True,
        project=project,
    )


@bp.post(f"{SETUP}/projects/<project_key>/remove")
@access.administrator
def remove_project(parliament: Parliament, round_: Round, project: Project) -> ResponseReturnValue:
    confirm(round_, Step.PROJECTS)
    projects.remove_project(project, by=current_user)
    flash(_("The project is removed."), "success")
    return redirect(url_for("administration.setup_projects"))


def _facts(round_: Round, form: FlaskForm, project: Project | None = None) -> projects.ProjectFacts:
    """What the form says; an accepted proposal keeps its cost and district."""
    languages = round_.parliament.languages
    frozen = project is not None and project.proposal_id is not None
    district = project.district if frozen and project else round_.district(form.district.data)
    if district is None:
        raise InvalidField("district", _("Choose a district of this round."))
    return projects.ProjectFacts(
        district=district,
        names=by_language(form, "name", languages),
        cost=project.cost if frozen and project else form.cost.data,
        summaries=by_language(form, "summary", languages),
        categories=form.categories.data or [],
        exclusive_group=form.exclusive_group.data or None,
    )


def _entered(added: int) -> str:
    if not added:
        return str(_("Everybody in this file stands on the roll already: nobody was added."))
    return str(_("%(number)s people were entered on the roll.", number=added))


@bp.route(f"{SETUP}/roll", methods=BOTH)
@access.administrator
def setup_roll(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    """Import a file: everybody in it, or nobody and a list of what is wrong."""
    enter(round_, Step.ROLL, also_sealed=True)
    form = forms.RollForm()
    report = None
    if form.validate_on_submit():
        report = services.import_roll(round_, form.file.data.read(), by=current_user)
        if not report.error_count:
            flash(_entered(report.added), "success")
            return redirect(url_for("administration.setup_roll"))
    return page(
        round_,
        Step.ROLL,
        form,
        failed=report is not None,
        report=report,
        size=steps.roll_size(round_),
        empty_form=EmptyForm(),
    )


@bp.post(f"{SETUP}/roll/empty")
@access.administrator
def empty_roll(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    confirm(round_, Step.ROLL)
    services.empty_roll(round_, by=current_user)
    flash(_("The roll is empty again."), "success")
    return redirect(url_for("administration.setup_roll"))


@bp.route(f"{SETUP}/seal", methods=BOTH)
@access.administrator
def setup_seal(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    """The manifest as it will be sealed, in plain words, and the button that seals it."""
    enter(round_, Step.SEAL)
    form: Any = forms.SealForm()
    if form.validate_on_submit():
        try:
            services.seal(round_, by=current_user, shown=form.shown.data or "")
        except OtherPreview as error:
            form.form_errors.append(error.message)
        else:
            flash(_("The rules are sealed. Whatever still changes is told in public."), "success")
            return redirect(url_for("administration.conduct"))
    manifest = manifests.build(round_)
    return page(
        round_,
        Step.SEAL,
        form,
        manifest=manifest,
        rule=RULES[manifest.rule.rule],
        words=words,
        unsettled=unsettled(round_),
        **not_translated(round_),
    )
