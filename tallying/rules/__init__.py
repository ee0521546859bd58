"""The rules of the count: a registry, and one function that counts by any of them."""

from collections.abc import Sequence

from tallying.election import Election
from tallying.errors import FloorsNotKept, WrongBallots
from tallying.outcome import Outcome, Repair
from tallying.profile import Profile
from tallying.rules.config import RULES, RuleConfig, find
from tallying.rules.rule import Completion, Contest, Parameter, Rule
from tallying.rules.withdrawal import remaining, with_withdrawn
from tallying.ties import TieOrder
from tallying.utilities import NATURAL, Utility, supports

__all__ = ["RULES", "Parameter", "Rule", "RuleConfig", "count", "find"]


def count(
    election: Election,
    profile: Profile,
    config: RuleConfig,
    *,
    lots: Sequence[str] | None = None,
    seed: bytes | None = None,
    invalid: int = 0,
    repairs: Sequence[Repair] = (),
    report_open_ties: bool = False,
) -> Outcome:
    """Count the ballots of an election by a rule.

    `lots` is the drawn order of all project ids, `seed` 32 bytes: each is needed when the tie
    order names it. `invalid` and `repairs` only go into the outcome's account. Raises
    `InvalidRule` when the rule does not fit the ballots, and `UnresolvedTie` when the tie order
    leaves open what can change the result; with `report_open_ties` such ties are recorded
    instead, and taken by the bytes of the ids.
    """
    rule = find(config.rule)
    if election.style not in rule.styles:
        raise WrongBallots(rule.id, election.style)
    if election.category_floors and not rule.takes_floors:
        raise FloorsNotKept(rule.id)

    def contest(of: Profile) -> Contest:
        return _contest(rule, of, config, lots, seed, report_open_ties)

    counted = contest(profile)
    if election.withdrawn:
        selection = with_withdrawn(election, rule.select(contest(remaining(profile))))
    else:
        selection = rule.select(counted)
    return Outcome(
        contest=counted,
        config=config,
        selection=selection,
        lots=None if lots is None else tuple(lots),
        seed=seed,
        invalid=invalid,
        repairs=tuple(repairs),
    )


def _contest(
    rule: Rule,
    profile: Profile,
    config: RuleConfig,
    lots: Sequence[str] | None,
    seed: bytes | None,
    report_open_ties: bool,
) -> Contest:
    election = profile.election
    utility = Utility(config.utility or rule.default_utility(election.style))
    natural = supports(profile, NATURAL[election.style])
    votes = {
        project.id: support.votes
        for project, support in zip(election.projects, natural, strict=True)
    }
    return Contest(
        election=election,
        profile=profile,
        utility=utility,
        supports=natural if utility is NATURAL[election.style] else supports(profile, utility),
        natural=natural,
        parameters=config.complete_parameters,
        completion=Completion(config.completion),
        ties=TieOrder.of(election, config.ties, votes, lots, seed, report_open_ties),
    )
