"""The office may choose every rule of the count that can count the round's ballots."""

from budget_app.parliaments.models import LANGUAGES
from budget_app.rounds import services, words
from tallying.election import BallotStyle
from tallying.rules import RULES
from tallying.rules.rule import Completion
from tallying.ties import Criterion
from tallying.utilities import Utility
from tests.budget_app.rounds.office import SETUP, Office

ROUND = SETUP.removeprefix("/en")


def test_every_utility_completion_and_criterion_has_words() -> None:
    assert set(words.UTILITIES) == set(Utility)
    assert set(words.COMPLETIONS) == set(Completion)
    assert set(words.CRITERIA) == set(Criterion)


LIMITS = {"points": {"max_points": 10}, "score": {"max_score": 5}}


def test_the_rules_on_offer_are_those_that_can_count_the_ballots(office: Office) -> None:
    office.announce()
    ada = office.browser("ada")
    for style in BallotStyle:
        with office.work():
            services.set_style(office.round_(), style.value, by=office.person("ada"))
            limits = {"blank_allowed": True, **LIMITS.get(style.value, {})}
            services.set_limits(office.round_(), limits, by=office.person("ada"))
        shown = ada.text(f"{SETUP}/rule")
        for rule in RULES.values():
            assert (rule.description["en"] in shown) == (style in rule.styles), (style, rule.id)


def test_every_rule_is_offered_with_what_it_leaves_open_in_every_language(office: Office) -> None:
    office.announce()
    ada = office.browser("ada")
    for rule in RULES.values():
        style = min(rule.styles, key=list(BallotStyle).index)
        with office.work():
            services.set_style(office.round_(), style.value, by=office.person("ada"))
            services.choose_rule(office.round_(), rule.id, by=office.person("ada"))
        for language in LANGUAGES:
            shown = ada.text(f"/{language}{ROUND}/rule")
            assert rule.title[language] in shown
            assert all(parameter.help[language] in shown for parameter in rule.parameters)
            with office.app.test_request_context(f"/{language}/"):
                for completion in rule.completions:
                    assert str(words.COMPLETIONS[completion]) in shown
