"""The office may choose every rule of the count that can count the round's ballots."""

import pytest

from budget_app.languages import LANGUAGES
from budget_app.rounds import rules, words
from tallying.election import BallotStyle
from tallying.rules import RULES, Rule
from tallying.rules.rule import Completion
from tallying.ties import Criterion
from tallying.utilities import Utility
from tests.budget_app.rounds.office import SETUP, Office

pytestmark = pytest.mark.one_store

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
            rules.set_style(office.round_(), style.value, by=office.person("ada"))
            limits = {"blank_allowed": True, **LIMITS.get(style.value, {})}
            rules.set_limits(office.round_(), limits, by=office.person("ada"))
        shown = ada.text(f"{SETUP}/rule")
        for rule in RULES.values():
            assert (rule.description["en"] in shown) == (style in rule.styles), (style, rule.id)


def test_every_rule_is_offered_with_what_it_leaves_open_in_every_language(office: Office) -> None:
    office.announce()
    ada = office.browser("ada")
    for rule in RULES.values():
        style = min(rule.styles, key=list(BallotStyle).index)
        with office.work():
            rules.set_style(office.round_(), style.value, by=office.person("ada"))
            rules.choose_rule(office.round_(), rule.id, by=office.person("ada"))
        for language in LANGUAGES:
            shown = ada.text(f"/{language}{ROUND}/rule")
            assert rule.title[language] in shown
            with office.app.test_request_context(f"/{language}/"):
                for text in asked(rule, language):
                    assert " ".join(text.split()) in shown, text


def asked(rule: Rule, language: str) -> list[str]:
    """What the page says of all that a rule leaves open; what has one answer alone is not asked."""
    texts = []
    for parameter in rule.parameters:
        question = words.QUESTIONS.get(parameter.name)
        if question is None:
            texts.append(parameter.help[language])
        else:
            answers = [question.answers[choice] for choice in parameter.choices]
            texts += [str(question.text), *map(str, answers)]
    several = rule.completions if len(rule.completions) > 1 else ()
    return [*texts, *(str(words.COMPLETIONS[completion]) for completion in several)]


def test_every_rule_stands_with_those_of_the_same_aim() -> None:
    named = [rule for family in words.FAMILIES for rule in family.rules]
    assert len(named) == len(set(named))
    assert set(named) == set(RULES)


def test_every_choice_that_a_rule_leaves_open_has_words() -> None:
    for rule in RULES.values():
        for parameter in rule.parameters:
            if parameter.choices:
                assert set(parameter.choices) <= set(words.QUESTIONS[parameter.name].answers)


def test_another_rule_leaves_the_order_for_ties_that_was_just_chosen(office: Office) -> None:
    office.announce()
    ada = office.browser("ada")
    order = {"ties_1": "higher_cost", "ties_2": "seed", "ties_3": "", "ties_4": ""}
    ada.post(f"{SETUP}/rule", {"rule": "phragmen", **order})
    with office.work():
        assert office.round_().rule["rule"] == "phragmen"
        assert office.round_().rule["ties"] == ["higher_cost", "seed"]
    ada.post(f"{SETUP}/rule", {"rule": "greedy", "ties_1": "lower_cost", "ties_2": ""})
    with office.work():
        assert office.round_().rule["ties"] == ["higher_cost", "seed"], "it would leave ties open"


def test_a_number_too_great_to_count_with_is_refused_at_its_field(office: Office) -> None:
    office.announce()
    ada = office.browser("ada")
    with office.work():
        rules.choose_rule(office.round_(), "equal-shares", by=office.person("ada"))
    sent = {"rule": "equal-shares", "utility": "cost", "completion": "add1"}
    numbers = {"parameter_step": "9" * 20, "parameter_min_score": "0"}
    ties = {"ties_1": "more_votes", "ties_2": "lots"}
    answer = ada.post(f"{SETUP}/rule", {**sent, **numbers, **ties})
    assert answer.status_code == 422
    assert "Choose a whole number from 1 to 9007199254740991." in answer.text
    assert "it must be" not in answer.text
