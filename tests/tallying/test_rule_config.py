import pytest

from tallying.election import BallotStyle
from tallying.errors import InvalidRule
from tallying.rules import RULES, Rule, RuleConfig
from tests.tallying.factories import counted, election


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"rule": "plurality"}, "Unknown rule: plurality. Known: greedy, equal-shares, borda"),
        (
            {"rule": "greedy", "parameters": {"threshold": 3}},
            "Unknown parameter of greedy: threshold. Known: order, unaffordable, min_score",
        ),
        ({"rule": "greedy", "parameters": {"min_score": -1}}, "min_score is -1"),
        ({"rule": "greedy", "parameters": {"min_score": True}}, "min_score is True"),
        ({"rule": "greedy", "parameters": {"order": "size"}}, "must be score or score_per_cost"),
        ({"rule": "equal-shares", "parameters": {"step": 0}}, "step is 0"),
        ({"rule": "equal-shares", "parameters": {"compare": 1}}, "must be true or false"),
        ({"rule": "greedy", "utility": "joy"}, "Unknown utility: joy"),
        ({"rule": "greedy", "completion": "add1"}, "Unknown completion: add1. Known: none"),
        ({"rule": "greedy", "ties": ["age"]}, "Unknown tie criterion: age"),
        ({"rule": "greedy", "ties": ["lots", "lots"]}, "^The tie order names a criterion twice.$"),
        ({"rule": "greedy", "colour": 1}, "Unknown field of a rule: colour"),
        ({"parameters": {}}, "No rule is named"),
        ({"rule": "greedy", "parameters": 3}, "This is no rule"),
        ({"rule": "greedy", "ties": None}, "This is no rule"),
    ],
)
def test_what_is_unknown_is_named_with_what_is_known(
    value: dict[str, object], message: str
) -> None:
    with pytest.raises(InvalidRule, match=message):
        RuleConfig.from_json(value)


def test_a_rule_survives_writing_and_reading() -> None:
    config = RuleConfig("equal-shares", {"integral": True}, "cost", "add1", ("more_votes", "lots"))
    assert RuleConfig.from_json(config.to_json()) == config


def test_a_rule_that_cannot_read_the_ballots_is_refused() -> None:
    with pytest.raises(InvalidRule, match="cannot count approval ballots"):
        counted(election({"a": 1}, 1), [(["a"], 1)], "borda")
    with pytest.raises(InvalidRule, match="cannot be read from approval ballots"):
        counted(election({"a": 1}, 1), [(["a"], 1)], "greedy", utility="points")


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
def test_every_rule_is_described_in_four_languages(rule: Rule) -> None:
    texts = [rule.title, rule.description, *(parameter.help for parameter in rule.parameters)]
    for text in texts:
        assert set(text) == {"en", "es", "fr", "pt"}
        assert all(text.values())


@pytest.mark.parametrize(
    ("rule", "style"),
    [(rule, style) for rule in RULES.values() for style in sorted(rule.styles)],
    ids=lambda value: value.id if isinstance(value, Rule) else str(value),
)
def test_every_rule_counts_the_styles_it_names(rule: Rule, style: BallotStyle) -> None:
    choices = [["a", 2], ["b", 1]] if style.graded else ["a", "b"]
    for completion in rule.completions:
        outcome = counted(
            election({"a": 1, "b": 1}, 2, style),
            [(choices, 3)],
            rule.id,
            completion=str(completion),
        )
        assert set(outcome.funded) == {"a", "b"}
