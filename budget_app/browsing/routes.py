"""The pages of finding: similar proposals, map, comparison, booklet, and what a person follows."""

from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from budget_app import access
from budget_app.accounts import limits
from budget_app.accounts.forms import EmptyForm
from budget_app.browsing import (
    alerts,
    booklet,
    comparing,
    digests,
    following,
    pages,
    picking,
    places,
    queries,
    similar,
)
from budget_app.browsing.forms import DigestForm, PaceForm, SaveSearchForm
from budget_app.browsing.models import AlertPlan, Following, Pace, SavedSearch
from budget_app.extensions import csrf, db
from budget_app.hearings.blueprint import HEARING
from budget_app.hearings.models import Hearing
from budget_app.parliaments.models import Parliament
from budget_app.presentation.texts import plain
from budget_app.proposals.models import Proposal, ProposalState
from budget_app.proposals.pages import refuse_who_is_not_the_author
from budget_app.rounds.errors import InvalidField
from budget_app.rounds.models import Round
from budget_app.security import allow_pictures

bp = Blueprint("browsing", __name__, url_prefix="/<language>")

ROUND = "/<parliament>/rounds/<round_slug>"
PROPOSAL = ROUND + "/proposals/<int:proposal_id>"
MINE = "/<parliament>/following"
PRESSES_AN_HOUR = 300


@bp.get(ROUND + "/map")
@access.public
def map_(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    """Where the proposals and projects that fit are, and the same as a list."""
    page, background = pages.map_page(round_)
    response = make_response(page)
    if background and background.agreed:
        allow_pictures(response, background.host)
    return response


@bp.get(ROUND + "/map.svg")
@access.public
def map_picture(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    """The drawing alone, to press in the form of a proposal, with the pin of the address."""
    drawing, _pins = places.map_of(round_)
    if drawing is None:
        abort(404)
    own = picking.own_pin(drawing, request.args.get("pin", ""))
    names = {district.slug: plain(district.names) for district in round_.districts}
    content = render_template("browsing/map.svg", map=drawing, own=own, names=names)
    return Response(content, mimetype="image/svg+xml")


@bp.get(ROUND + "/compare")
@access.public
def compare(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    args = request.args
    found, too_many = comparing.compare(round_, args.getlist("proposal"), args.getlist("project"))
    return render_template(
        "browsing/compare.html",
        round=round_,
        compared=found,
        too_many=too_many,
        most=comparing.MOST,
        without=comparing.without,
    )


@bp.get(ROUND + "/booklet")
@access.public
def booklet_page(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    """The booklet of the present projects: there, being made, or to be asked for."""
    found = booklet.current(round_, g.language)
    ready = booklet.is_ready(found)
    return render_template(
        "browsing/booklet.html",
        round=round_,
        booklet=found,
        projects=len(booklet.entries(round_)),
        ready=ready,
        size=booklet.file_of(found).stat().st_size if found and ready else 0,
        press=EmptyForm(formdata=None),
    )


@bp.post(ROUND + "/booklet")
@access.public
def ask_for_booklet(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    _pressed()
    limits.hit("booklet", limits.source(), limit=20, seconds=3600)
    booklet.ask(round_, g.language)
    return redirect(url_for("browsing.booklet_page"))


@bp.get(ROUND + "/booklet.pdf")
@access.public
def booklet_file(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    found = booklet.current(round_, g.language)
    if found is None or not booklet.is_ready(found):
        return redirect(url_for("browsing.booklet_page"))
    name = f"{round_.slug}-{g.language}.pdf"
    return send_file(
        booklet.file_of(found), mimetype="application/pdf", as_attachment=True, download_name=name
    )


@bp.get(ROUND + "/proposals/similar")
@access.public
def resembling(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    """A piece of a page: what is there already, while somebody writes a title."""
    text = request.args.get("text", "")[:600]
    found = [p for p in similar.resembling(round_, text) if str(p.id) != request.args.get("but")]
    return render_template("browsing/_similar.html", similar=found)


@bp.get(PROPOSAL + "/similar")
@access.signed_in
def before_submitting(
    parliament: Parliament, round_: Round, proposal: Proposal
) -> ResponseReturnValue:
    """The step between a finished draft and its publication when others say much the same."""
    refuse_who_is_not_the_author(proposal)
    if proposal.state is not ProposalState.DRAFT:
        abort(403)
    return render_template(
        "browsing/before_submitting.html",
        round=round_,
        proposal=proposal,
        similar=similar.similar_to(proposal),
        form=EmptyForm(formdata=None),
    )


@bp.post(PROPOSAL + "/<any(support, unsupport, follow, unfollow):wish>")
@access.signed_in
def press(
    parliament: Parliament, round_: Round, proposal: Proposal, wish: str
) -> ResponseReturnValue:
    """Support or follow a proposal, or no longer."""
    _pressed()
    limits.hit("press", str(current_user.id), limit=PRESSES_AN_HOUR, seconds=3600)
    _refuse_drafts(proposal)
    done = {
        "support": lambda: following.support(proposal, current_user),
        "unsupport": lambda: following.take_support_back(proposal, current_user),
        "follow": lambda: following.follow(current_user, proposal),
        "unfollow": lambda: following.unfollow(current_user.id, proposal),
    }
    done[wish]()
    flash(_SAID[wish](), "success")
    return redirect(url_for("proposals.show", proposal_id=proposal.id))


_SAID = {
    "support": lambda: _("You support this proposal."),
    "unsupport": lambda: _("Your support is taken back."),
    "follow": lambda: _("You will get a mail when something happens."),
    "unfollow": lambda: _("You will get no more mails of this."),
}


@bp.post(ROUND + "/<any(follow, unfollow):wish>")
@access.signed_in
def press_round(parliament: Parliament, round_: Round, wish: str) -> ResponseReturnValue:
    """Follow a round, or no longer."""
    _pressed()
    limits.hit("press", str(current_user.id), limit=PRESSES_AN_HOUR, seconds=3600)
    if wish == "follow":
        following.follow(current_user, round_)
    else:
        following.unfollow(current_user.id, round_)
    flash(_SAID[wish](), "success")
    return redirect(url_for("proposals.index"))


@bp.post(f"/<parliament>{HEARING}/<any(follow, unfollow):wish>")
@access.signed_in
def press_hearing(parliament: Parliament, hearing: Hearing, wish: str) -> ResponseReturnValue:
    """Follow a hearing, or no longer; a draft is nobody's news."""
    _pressed()
    limits.hit("press", str(current_user.id), limit=PRESSES_AN_HOUR, seconds=3600)
    if hearing.is_draft:
        abort(404)
    if wish == "follow":
        following.follow(current_user, hearing)
    else:
        following.unfollow(current_user.id, hearing)
    flash(_SAID[wish](), "success")
    return redirect(url_for("hearings.show", hearing_id=hearing.id))


@bp.post(ROUND + "/searches")
@access.signed_in
def save_search(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    """Keep the search of the address by a name."""
    form: Any = SaveSearchForm()
    wanted, _costs = pages.wanted_of(request.args)
    if form.validate_on_submit():
        try:
            alerts.save(current_user, round_, form.name.data, wanted)
        except InvalidField as error:
            form.name.errors = [error.message]
        else:
            flash(_("The search is saved. You will get a mail when something new fits."), "success")
            given: dict[str, Any] = {**pages.parameters(wanted)}
            return redirect(url_for("proposals.index", **given))
    return pages.list_page(round_, save_form=form), 422


@bp.get(MINE)
@access.signed_in
def followed(parliament: Parliament) -> ResponseReturnValue:
    return _followed_page(parliament)


@bp.post(MINE + "/pace")
@access.signed_in
def set_pace(parliament: Parliament) -> ResponseReturnValue:
    form: Any = PaceForm()
    if not form.validate_on_submit():
        return _followed_page(parliament, form), 422
    alerts.set_pace(current_user, Pace(form.pace.data))
    flash(_("Saved."), "success")
    return redirect(url_for("browsing.followed"))


@bp.post(MINE + "/digest")
@access.signed_in
def set_digest(parliament: Parliament) -> ResponseReturnValue:
    """How often the news of the parliament come by mail; exercises send nothing."""
    if parliament.is_exercise:
        abort(404)
    form: Any = DigestForm()
    if not form.validate_on_submit():
        return _followed_page(parliament, digest_form=form), 422
    digests.choose(current_user, parliament, Pace(form.digest.data))
    flash(_("Saved."), "success")
    return redirect(url_for("browsing.followed"))


@bp.post(MINE + "/<int:following_id>/end")
@access.signed_in
def end_following(parliament: Parliament, followed: Following) -> ResponseReturnValue:
    _pressed()
    db.session.delete(followed)
    flash(_SAID["unfollow"](), "success")
    return redirect(url_for("browsing.followed"))


@bp.post(MINE + "/searches/<int:search_id>/remove")
@access.signed_in
def remove_search(parliament: Parliament, saved_search: SavedSearch) -> ResponseReturnValue:
    _pressed()
    db.session.delete(saved_search)
    flash(_("The search is removed."), "success")
    return redirect(url_for("browsing.followed"))


@bp.get("/no-more-mails/<token>")
@access.public
def end_mails(token: str) -> ResponseReturnValue:
    """A page with one button: programs that look into mails must not end anything."""
    found = following.read_token(token)
    if found is None:
        abort(404)
    return render_template("browsing/end_mails.html", ended=False, **_ending(found[1]))


@bp.post("/no-more-mails/<token>", endpoint="end_mails_now")
@csrf.exempt  # mail programs press without a page (RFC 8058); the token is the right
@access.public
def end_mails_now(token: str) -> ResponseReturnValue:
    found = following.read_token(token)
    if found is None:
        abort(404)
    following.end(*found)
    return render_template("browsing/end_mails.html", ended=True, **_ending(found[1]))


def _ending(thing: following.Thing) -> dict[str, str]:
    return {"title": "" if isinstance(thing, AlertPlan) else following.title_of(thing)}


def _followed_page(parliament: Parliament, form: Any = None, digest_form: Any = None) -> str:
    plan = db.session.get(AlertPlan, current_user.id)
    pace = plan.pace.value if plan else Pace.DAILY.value
    chosen = digests.pace_of(current_user, parliament)
    return render_template(
        "browsing/followed.html",
        followed=queries.followed_in(current_user, parliament),
        searches=queries.searches_in(current_user, parliament),
        pace_form=form or PaceForm(formdata=None, data={"pace": pace}),
        digest_form=digest_form or DigestForm(formdata=None, data={"digest": chosen.value}),
    )


def _pressed() -> None:
    if not EmptyForm().validate_on_submit():
        abort(400)


def _refuse_drafts(proposal: Proposal) -> None:
    if not proposal.is_public:
        abort(404)
