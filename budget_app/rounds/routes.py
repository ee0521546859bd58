"""The public pages of a round: where it stands, its projects, and its sealed rules."""

from dataclasses import replace

from flask import Blueprint, Response, abort, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from budget_app import access
from budget_app.addresses import page_before, page_number
from budget_app.booth.queries import has_voted
from budget_app.browsing.meant import nearest_words
from budget_app.deliberation.subjects import OfRound
from budget_app.extensions import db
from budget_app.feedback.survey_queries import open_surveys
from budget_app.languages import choose_language
from budget_app.parliaments.models import Parliament
from budget_app.presentation.dates import now
from budget_app.proposals.queries import count_public, drafts_of, pictures_of, proposal_of
from budget_app.results.queries import current_count, result_of
from budget_app.rounds import manifests, queries, words
from budget_app.rounds.changes import amendments_of, changes_of
from budget_app.rounds.errors import RoundError
from budget_app.rounds.fields import category_name
from budget_app.rounds.invitation import Invitation, invitation
from budget_app.rounds.manifests import privacy
from budget_app.rounds.models import Project, Round
from budget_app.rounds.queries import ProjectSearch
from tallying.rules import RULES, Rule
from tallying.wording import citation
from voting import amendments
from voting.models import Poll

bp = Blueprint("rounds", __name__, url_prefix="/<language>/<parliament>/rounds/<round_slug>")


@bp.get("/")
@access.public
def show(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    """Where the round stands and the one thing to do now."""
    offered = invitation(round_, now())
    count = current_count(round_) if offered is Invitation.RESULT else None
    return render_template(
        "rounds/show.html",
        result=None if count is None else result_of(count),
        round=round_,
        invitation=offered,
        voted=offered is Invitation.VOTE and has_voted(round_, current_user),
        turnout=queries.turnout(round_) if offered is Invitation.VOTE else None,
        changes=changes_of(round_),
        least=privacy(round_).least_cell,
        project_count=queries.project_count(round_),
        proposal_count=count_public(round_),
        drafts=drafts_of([round_] if offered is Invitation.PROPOSE else [], current_user),
        surveys=open_surveys(OfRound(round_)),
    )


@bp.get("/projects")
@access.public
def projects(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    """The projects on the ballot, a hundred a page."""
    args = request.args
    search = ProjectSearch(
        text=args.get("text", "").strip()[:100],
        district=args.get("district", ""),
        category=args.get("category", ""),
        order=args.get("order", "name"),
    )
    found = queries.find_projects(round_, search, g.language)
    other = None if found else _meant(round_, search)
    page = page_number()
    start = (page - 1) * queries.PROJECTS_A_PAGE
    shown = found[start : start + queries.PROJECTS_A_PAGE]
    return render_template(
        "rounds/projects.html",
        round=round_,
        search=search,
        found=len(found),
        meant=other,
        shown=shown,
        pictures=pictures_of(shown),
        page=page,
        pages=max(-(-len(found) // queries.PROJECTS_A_PAGE), 1),
        categories=queries.categories_of(round_),
        lots=queries.places_of_lots(round_),
    )


def _meant(round_: Round, search: ProjectSearch) -> str | None:
    """Words that find projects in place of those that found none."""
    return nearest_words(
        search.text,
        (name for project in round_.projects for name in project.names.values()),
        lambda text: bool(queries.find_projects(round_, replace(search, text=text), g.language)),
    )


@bp.get("/projects/<project_key>")
@access.public
def project(parliament: Parliament, round_: Round, project: Project) -> ResponseReturnValue:
    return render_template(
        "rounds/project.html",
        round=round_,
        project=project,
        proposal=proposal_of(project),
        invitation=invitation(round_, now()),
        lot=queries.places_of_lots(round_).get(project.key),
        withdrawal=changes_of(round_).withdrawals.get(project.key),
    )


@bp.get("/rules")
@access.public
def manifest(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    """The sealed rules in plain words."""
    sealed = queries.sealed_manifest(round_)
    if sealed is None:
        return render_template("rounds/not_sealed.html", round=round_)
    return render_template(
        "rounds/manifest.html",
        round=round_,
        manifest=sealed,
        rule=RULES[sealed.rule.rule],
        words=words,
        changes=changes_of(round_),
        amendments=amendments_of(round_),
        poll=db.session.get_one(Poll, round_.poll_id),
    )


@bp.get("/rules.json")
@access.public
def manifest_file(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    """Exactly the bytes whose SHA-256 stands in the first entry of the public log."""
    poll = db.session.get(Poll, round_.poll_id)
    if poll is None or poll.manifest is None:
        abort(404)
    return _file(poll.manifest, manifests.file_name(round_))


@bp.get("/rules/amended/<int:number>.json")
@access.public
def amended_file(parliament: Parliament, round_: Round, number: int) -> ResponseReturnValue:
    """A manifest that an amendment replaced, byte for byte."""
    history = amendments.history(db.session(), round_.poll_id)
    found = next((item for item in history if item.number == number), None)
    if found is None:
        abort(404)
    return _file(found.manifest, f"{round_.slug}-rules-{number}.json")


def _file(content: bytes, name: str) -> Response:
    response = Response(content, mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


bp.add_app_template_filter(category_name)


@bp.app_template_filter("citation")
def citation_of(rule: Rule) -> str:
    """The source of a rule of the count, in the page's language."""
    return citation(rule, choose_language())


@bp.app_errorhandler(RoundError)
def refused(error: RoundError) -> ResponseReturnValue:
    """One clear sentence, nothing changed, and the way back."""
    page = render_template("rounds/refused.html", message=error.message, back=page_before())
    return page, 409
