"""What the pages of finding show, worked out from an address."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from flask import render_template, request, session
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from budget_app.accounts.forms import EmptyForm
from budget_app.addresses import page_number
from budget_app.browsing import following, places, similar
from budget_app.browsing.finding import (
    CHEAPEST,
    DEAREST,
    NEWEST,
    ORDERS,
    PUT_ASIDE,
    SUPPORTED,
    Wanted,
    find,
)
from budget_app.browsing.forms import CostRange, SaveSearchForm
from budget_app.browsing.meant import meant, meant_on_map
from budget_app.browsing.tiles import Background, background_of
from budget_app.presentation.figures import money
from budget_app.presentation.texts import plain, word
from budget_app.proposals.goals import GOALS, goal_name
from budget_app.proposals.models import Proposal, ProposalState
from budget_app.proposals.queries import MERGED, PUBLIC, of_author
from budget_app.proposals.services import is_proposing
from budget_app.rounds.fields import CATEGORIES, category_name
from budget_app.rounds.models import Round

SHUFFLE = "shuffle"
"""Where the session keeps what a visitor's random order grows out of."""
LONGEST_TEXT = 200


def wanted_of(args: "MultiDict[str, str]") -> tuple[Wanted, CostRange]:
    """What an address looks for; an amount that nobody can read narrows nothing, and says so."""
    costs = CostRange(args)
    costs.validate()
    goal = args.get("goal", "")
    order = args.get("order", "")
    wanted = Wanted(
        text=args.get("text", "").strip()[:LONGEST_TEXT],
        district=args.get("district", ""),
        category=args.get("category", ""),
        goal=goal if goal in map(str, GOALS) else "",
        state=args.get("state", ""),
        least=None if costs.least.errors else costs.least.data,
        most=None if costs.most.errors else costs.most.data,
        order=order if order in ORDERS else "",
    )
    return wanted, costs


def parameters(wanted: Wanted) -> dict[str, str]:
    """The address's parameters that look for the same, amounts as the page's language writes them."""
    amounts: Any = CostRange(data={"least": wanted.least, "most": wanted.most})
    written = {field.name: field._value() for field in amounts}  # noqa: SLF001 — what WTForms writes
    given = {name: value for name, value in vars(wanted).items() if name not in written}
    return {name: value for name, value in {**given, **written}.items() if value}


def chips(round_: Round, wanted: Wanted) -> list[tuple[str, dict[str, str]]]:
    """Each thing that narrows the list, in words, and the parameters without it."""
    told: dict[str, Callable[[], str]] = {
        "text": lambda: _("“%(words)s”", words=wanted.text),
        "district": lambda: _district_name(round_, wanted.district),
        "category": lambda: category_name(wanted.category),
        "goal": lambda: goal_name(int(wanted.goal)),
        "state": lambda: _state_name(wanted.state),
        "least": lambda: _("from %(amount)s", amount=money(wanted.least or 0)),
        "most": lambda: _("up to %(amount)s", amount=money(wanted.most or 0)),
    }
    empty = Wanted()
    return [
        (say(), parameters(replace(wanted, **{name: getattr(empty, name)})))
        for name, say in told.items()
        if getattr(wanted, name) not in ("", None)
    ]


def list_page(round_: Round, **more: Any) -> str:
    """The list of proposals that the address asks for; `more` is what else the page shows."""
    wanted, costs = wanted_of(request.args)
    found = find(round_, wanted, seed(), page_number())
    other = None if found.total else meant(round_, wanted)
    return render_template(
        "proposals/index.html",
        found=found,
        meant=other,
        meant_parameters=parameters(replace(wanted, text=other)) if other else {},
        orders=orders(wanted),
        mine=of_author(round_, current_user) if current_user.is_authenticated else [],
        proposing=is_proposing(round_),
        **{
            "save_form": SaveSearchForm(formdata=None),
            "follows": current_user.is_authenticated and following.follows(current_user, round_),
            **_filters(round_, wanted, costs),
            **more,
        },
    )


def map_page(round_: Round) -> tuple[str, Background | None]:
    """The map of what the address asks for, with the list of its pins; and what lies below it."""
    wanted, costs = wanted_of(request.args)
    view = places.view_of(round_, wanted, request.args.getlist("group"))
    pins = view.pins if view else []
    number_of_pages = max(-(-len(pins) // places.A_PAGE), 1)
    page = min(page_number(), number_of_pages)
    other = None if pins else meant_on_map(round_, wanted)
    background = background_of(view.drawing) if view else None
    content = render_template(
        "browsing/map.html",
        view=view,
        meant=other,
        meant_parameters=parameters(replace(wanted, text=other)) if other else {},
        background=background,
        listed=pins[(page - 1) * places.A_PAGE : page * places.A_PAGE],
        page=page,
        pages=number_of_pages,
        **_filters(round_, replace(wanted, order=""), costs),
    )
    return content, background


def _filters(round_: Round, wanted: Wanted, costs: CostRange) -> dict[str, Any]:
    """What the form of filters shows."""
    return {
        "round": round_,
        "wanted": wanted,
        "costs": costs,
        "chips": chips(round_, wanted),
        "given": parameters(wanted),
        "categories": CATEGORIES,
        "goals": goals(),
        "states": states(),
    }


def states() -> list[tuple[str, str]]:
    return [(state.value, _state_name(state.value)) for state in (*PUBLIC, *PUT_ASIDE)]


def goals() -> list[tuple[str, str]]:
    return [(str(number), goal_name(number)) for number in GOALS]


def orders(wanted: Wanted) -> list[tuple[str, str]]:
    first = _("Best match first") if wanted.text else _("In random order")
    return [
        ("", first),
        (NEWEST, _("Newest first")),
        (SUPPORTED, _("Most supported first")),
        (CHEAPEST, _("Lowest cost first")),
        (DEAREST, _("Highest cost first")),
    ]


def seed() -> str:
    """What this visitor's random order grows out of: kept for as long as the browser is open."""
    if SHUFFLE not in session:
        session[SHUFFLE] = secrets.token_hex(8)
    return str(session[SHUFFLE])


def of_proposal(proposal: Proposal) -> Mapping[str, Any]:
    """What the page of a proposal shows of supporting and following, and what resembles a draft."""
    signed_in = current_user.is_authenticated
    is_draft = proposal.state is ProposalState.DRAFT
    return {
        "can_support": following.can_be_supported(proposal),
        "supporters": following.supporters_of(proposal),
        "supports": signed_in and following.supports(proposal, current_user),
        "follows": signed_in and following.follows(current_user, proposal),
        "similar": similar.similar_to(proposal) if is_draft else [],
        "press": EmptyForm(formdata=None),
    }


def _district_name(round_: Round, slug: str) -> str:
    district = round_.district(slug)
    return plain(district.names) if district else slug


def _state_name(state: str) -> str:
    if state == MERGED:
        return str(_("Merged into another"))
    return word(ProposalState(state)) if state in (*PUBLIC, *PUT_ASIDE) else state
