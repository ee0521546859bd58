"""The districts of a round that is not sealed."""

from flask_babel import gettext as _

from budget_app.accounts.models import User
from budget_app.rounds.errors import InvalidField, StillInUse
from budget_app.rounds.models import District, Round
from budget_app.rounds.unsealed import record_change, refuse_sealed


def add_district(
    round_: Round, slug: str, names: dict[str, str], budget: int, *, by: User | None
) -> District:
    """`budget` in minor units."""
    refuse_sealed(round_)
    if round_.district(slug):
        raise InvalidField("slug", _("Another district of this round has this code."))
    district = District(slug=slug, names=names, budget=budget)
    round_.districts.append(district)
    record_change(round_, by, "districts")
    return district


def change_district(
    district: District, names: dict[str, str], budget: int, *, by: User | None
) -> None:
    """Raises `InvalidField` when the budget falls below the cost of one of its projects."""
    refuse_sealed(district.round_)
    costs = [p.cost for p in district.round_.projects if p.district_id == district.id]
    if costs and budget < max(costs):
        raise InvalidField(
            "budget", _("A project on the ballot of this district already costs more than this.")
        )
    district.names, district.budget = names, budget
    record_change(district.round_, by, "districts")


def remove_district(district: District, *, in_use: bool, by: User | None) -> None:
    """Raises `StillInUse` for the last district, or one that proposals or projects name."""
    round_ = district.round_
    refuse_sealed(round_)
    if in_use or len(round_.districts) == 1:
        raise StillInUse
    round_.districts.remove(district)
    record_change(round_, by, "districts")
