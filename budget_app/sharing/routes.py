"""Pictures for shared links, Atom feeds, and cards of projects for other sites."""

from typing import Any

from flask import Blueprint, Response, abort, make_response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from budget_app import access
from budget_app.mailing.outbox import address
from budget_app.navigation import page_language
from budget_app.parliaments.models import Parliament
from budget_app.presentation.texts import plain
from budget_app.proposals.models import Proposal
from budget_app.proposals.queries import PUBLIC
from budget_app.results.queries import current_count, result_of
from budget_app.rounds.models import Project, Round
from budget_app.rounds.queries import project_count
from budget_app.sharing import feeds, pictures

bp = Blueprint("sharing", __name__, url_prefix="/<language>/<parliament>")

bp.add_app_template_global(feeds.feed_links)

ROUND = "/rounds/<round_slug>"
CARD_POLICY = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *"
"""A card stands in the pages of others, so it can do nothing: no script, no form, no session."""


@bp.get("/picture.png")
@access.public
def parliament_picture(parliament: Parliament) -> ResponseReturnValue:
    return pictures.answer(pictures.of_parliament(parliament))


@bp.get(f"{ROUND}/picture.png")
@access.public
def round_picture(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    return pictures.answer(pictures.of_round(round_, project_count(round_)))


@bp.get(f"{ROUND}/result/picture.png")
@access.public
def result_picture(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    count = current_count(round_)
    if count is None:
        abort(404)
    return pictures.answer(pictures.of_result(round_, result_of(count)))


@bp.get(f"{ROUND}/projects/<project_key>/picture.png")
@access.public
def project_picture(parliament: Parliament, round_: Round, project: Project) -> ResponseReturnValue:
    return pictures.answer(pictures.of_project(project))


@bp.get(f"{ROUND}/proposals/<int:proposal_id>/picture.png")
@access.public
def proposal_picture(
    parliament: Parliament, round_: Round, proposal: Proposal
) -> ResponseReturnValue:
    if proposal.state not in PUBLIC:
        abort(404)
    return pictures.answer(pictures.of_proposal(proposal))


@bp.get("/feed.atom")
@access.public
def parliament_feed(parliament: Parliament) -> ResponseReturnValue:
    home = address("parliaments.home", language=page_language(), parliament=parliament.slug)
    return feeds.answer(plain(parliament.names), home, feeds.of_parliament(parliament))


@bp.get("/moderation/log.atom")
@access.public
def moderation_feed(parliament: Parliament) -> ResponseReturnValue:
    """What was removed and why, for whoever watches the moderators."""
    place: dict[str, Any] = {"language": page_language(), "parliament": parliament.slug}
    page = address("deliberation.moderation_log", **place)
    title = f"{_('Moderation log')}: {plain(parliament.names)}"
    return feeds.answer(title, page, feeds.of_moderation(parliament))


@bp.get(f"{ROUND}/feed.atom")
@access.public
def round_feed(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    place: dict[str, Any] = {"parliament": parliament.slug, "round_slug": round_.slug}
    page = address("rounds.show", language=page_language(), **place)
    return feeds.answer(plain(round_.titles), page, feeds.of_round(round_))


@bp.get(f"{ROUND}/projects/<project_key>/card")
@access.public
def project_card(parliament: Parliament, round_: Round, project: Project) -> ResponseReturnValue:
    """A small page of one project, made to stand in the pages of others."""
    return _card(
        name=plain(project.names),
        summary=plain(project.summaries),
        cost=project.cost,
        district=project.district,
        round=round_,
        href=url_for("rounds.project", project_key=project.key, _external=True),
    )


@bp.get(f"{ROUND}/projects/<project_key>/embed")
@access.public
def embed(parliament: Parliament, round_: Round, project: Project) -> ResponseReturnValue:
    """How to put the card into a page, to copy."""
    card = url_for("sharing.project_card", project_key=project.key, _external=True)
    return render_template("sharing/embed.html", round=round_, project=project, card=card)


def _card(**context: Any) -> Response:
    response = make_response(render_template("sharing/card.html", **context))
    response.headers["Content-Security-Policy"] = CARD_POLICY
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Cache-Control"] = feeds.KEPT
    return response
