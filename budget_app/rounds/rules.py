"""How a round is voted and counted: ballot style, limits, rule, order of ties and lots."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from budget_app.accounts.models import User
from budget_app.records.models import Act
from budget_app.records.services import record
from budget_app.rounds import manifests
from budget_app.rounds.errors import InvalidField, LotsDrawn
from budget_app.rounds.models import Round
from budget_app.rounds.seeds import digits_of
from budget_app.rounds.unsealed import record_change, refuse_sealed
from tallying.election import BallotStyle, Limits
from tallying.errors import InvalidElection, TallyingError
from tallying.rules import RULES, RuleConfig
from tallying.ties import Criterion

USUAL_TIES = ("more_votes", "lower_cost", "lots")
ENDS_OF_TIES = ("lots", "seed")


def set_style(round_: Round, style: str, *, by: User | None) -> None:
    """Choose the ballot style; limits that it does not know are forgotten."""
    refuse_sealed(round_)
    if style != round_.style:
        round_.style, round_.limits = style, {}
    record_change(round_, by, "ballot")


def set_limits(round_: Round, limits: dict[str, Any], *, by: User | None) -> None:
    """Raises `InvalidField` when the limits contradict each other."""
    refuse_sealed(round_)
    try:
        Limits(**limits)
    except InvalidElection as error:
        raise InvalidField("max_length", _("The most cannot be less than the fewest.")) from error
    round_.limits = limits
    record_change(round_, by, "ballot")


def choose_rule(round_: Round, rule: str, *, ties: Sequence[str] = (), by: User | None) -> None:
    """Take another rule with its own defaults; an order for `ties` that settles each goes along,
    else the present one stays."""
    refuse_sealed(round_)
    chosen = RULES[rule]
    if not _settles_every_tie(ties):
        ties = round_.rule.get("ties", USUAL_TIES)
    config = {
        "rule": rule,
        "utility": chosen.default_utility(BallotStyle(round_.style)).value,
        "completion": chosen.completions[0].value,
        "parameters": {p.name: p.default for p in chosen.parameters},
        "ties": list(ties),
    }
    if round_.rule.get("rule") != rule:
        set_rule(round_, config, by=by)


def set_rule(round_: Round, rule: dict[str, Any], *, by: User | None) -> None:
    """Keep the rule as `tallying` reads it; raises `InvalidField` naming what it does not know."""
    refuse_sealed(round_)
    ties = list(rule.get("ties", ()))
    if not ties or ties[-1] not in ENDS_OF_TIES:
        raise InvalidField(
            "ties",
            _("The order must end in lots or in a seed, so that every tie can be settled."),
        )
    if len(set(ties)) != len(ties):
        raise InvalidField("ties", _("The order names the same thing twice."))
    try:
        config = RuleConfig.from_json(rule)
    except TallyingError as error:
        raise InvalidField("rule", str(error)) from error
    if round_.style not in manifests.styles_of(config.rule):
        raise InvalidField("rule", _("This rule cannot count ballots of the chosen style."))
    if config.utility and config.utility not in manifests.utilities_of(config.rule, round_.style):
        raise InvalidField("utility", _("Ballots of the chosen style do not say this."))
    round_.rule = config.to_json()
    record_change(round_, by, "rule")


def _settles_every_tie(ties: Sequence[str]) -> bool:
    known = set(ties) <= set(Criterion) and len(set(ties)) == len(ties)
    return known and bool(ties) and ties[-1] in ENDS_OF_TIES


def draw_lots(round_: Round, dice: str, where: str, *, by: User | None) -> None:
    """Record a public draw: `dice` are its digits; raises `LotsDrawn` the second time."""
    refuse_sealed(round_)
    if round_.lots_dice:
        raise LotsDrawn
    digits = digits_of(dice)
    round_.lots_dice, round_.lots_record = digits, where
    record(Act.LOTS_DRAWN, actor=by, round_=round_, dice=digits)
