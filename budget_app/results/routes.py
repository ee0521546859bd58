"""The pages of results: the outcome, each project, and the count step by step."""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from budget_app import access
from budget_app.addresses import page_number
from budget_app.audit import queries as audit
from budget_app.parliaments.models import Parliament
from budget_app.presentation.texts import plain
from budget_app.proposals.queries import pictures_of
from budget_app.results import queries, reasons, shares
from budget_app.results import steps as telling
from budget_app.results.models import Count
from budget_app.results.queries import Result
from budget_app.rounds.changes import changes_of
from budget_app.rounds.fields import category_name
from budget_app.rounds.manifests import privacy
from budget_app.rounds.models import District, Project, Round
from tallying.rules import RULES
from tallying.wording import Wording

bp = Blueprint(
    "results", __name__, url_prefix="/<language>/<parliament>/rounds/<round_slug>/results"
)


@bp.get("/")
@bp.get("/versions/<int:version>/")
@access.public
def show(parliament: Parliament, round_: Round, count: Count | None = None) -> ResponseReturnValue:
    """What was funded, for how much, by how many, and whether it is certified."""
    shown = count or queries.newest_count(round_)
    if shown is None:
        return render_template("results/none.html", round=round_)
    result = queries.result_of(shown)
    return render_template(
        "results/show.html",
        round=round_,
        count=shown,
        version=count.version if count else None,
        versions=queries.counts(round_),
        result=result,
        reasons=reasons,
        wording=_wording(result),
        categories=shares.by_category(result),
        districts=shares.by_district(result),
        pictures=queries.pictures_of(shown),
        photos=pictures_of(item.project for item in result.funded),
        turnout=queries.turnout_of(result),
        least=privacy(round_).least_cell,
        official=queries.beside_official(result),
        attestations=audit.attestations(shown),
        objections=audit.objections(shown),
        closest=queries.closest(result),
        changes=changes_of(round_),
    )


@bp.get("/projects/<project_key>")
@bp.get("/versions/<int:version>/projects/<project_key>")
@access.public
def project(
    parliament: Parliament, round_: Round, project: Project, count: Count | None = None
) -> ResponseReturnValue:
    """One project's verdict with everything that led to it."""
    shown = _count_or_404(round_, count)
    result = queries.result_of(shown)
    box = next((box for box in result.boxes if project.key in box.by_key), None)
    if box is None:
        abort(404)
    wording = _wording(result)
    return render_template(
        "results/project.html",
        round=round_,
        count=shown,
        version=count.version if count else None,
        box=box,
        item=box.by_key[project.key],
        photo=pictures_of([project]).get(project.id),
        reasons=reasons,
        wording=wording,
        rule=RULES[box.rule],
        step=queries.step_of(box, project.key),
        payments=queries.payments(box, project.key),
        withdrawal=changes_of(round_).withdrawals.get(project.key),
        attestations=audit.attestations(shown),
    )


@bp.get("/steps")
@bp.get("/steps/<district_slug>")
@bp.get("/versions/<int:version>/steps/<district_slug>")
@access.public
def steps(
    parliament: Parliament,
    round_: Round,
    district: District | None = None,
    count: Count | None = None,
) -> ResponseReturnValue:
    """How one district's count went, decision by decision."""
    shown = _count_or_404(round_, count)
    result = queries.result_of(shown)
    box = next((box for box in result.boxes if district in (None, box.district)), None)
    if box is None:
        abort(404)
    wording = _wording(result)
    told = telling.steps_of(box, wording)
    pages = max(1, -(-len(told) // telling.STEPS_A_PAGE))
    page = min(page_number(), pages)
    first = (page - 1) * telling.STEPS_A_PAGE
    return render_template(
        "results/steps.html",
        round=round_,
        count=shown,
        version=count.version if count else None,
        result=result,
        box=box,
        beginning=reasons.beginning(box.outcome, wording) if box.is_told else "",
        comparison=reasons.comparison(box.outcome, wording),
        steps=told[first : first + telling.STEPS_A_PAGE],
        page=page,
        pages=pages,
        rest=queries.not_reached(box),
        reasons=reasons,
        wording=wording,
    )


def _count_or_404(round_: Round, count: Count | None) -> Count:
    shown = count or queries.newest_count(round_)
    if shown is None:
        abort(404)
    return shown


def _wording(result: Result) -> Wording:
    names = {item.project.key: plain(item.project.names) for item in result.projects}
    round_ = result.count.round_
    categories = {name for item in result.projects for name in item.project.categories}
    labels = {name: category_name(name) for name in categories}
    return reasons.page_wording(names, round_.style, round_.parliament.minor_digits, labels)
