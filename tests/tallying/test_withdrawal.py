"""A project withdrawn during the vote stays on the ballot, and no rule funds it."""

from dataclasses import replace

import pytest

from tallying.codes import Code
from tallying.election import BallotStyle, Election
from tallying.errors import InvalidElection
from tallying.explanation import explain
from tallying.outcome import Outcome
from tallying.profile import Profile
from tallying.rules import RuleConfig, count
from tests.tallying.factories import counted, election
from tests.tallying.test_every_rule import SEED, Variant, ballots, every_variant, projects

GONE = "z1"


def outcome(variant: Variant, *, withdrawn: bool) -> Outcome:
    """With the project withdrawn, or as if it had never been on the ballot."""
    rule, style, utility, completion = variant
    listed, votes = projects(), ballots(style)
    if not withdrawn:
        listed = [project for project in listed if project.id != GONE]
        votes = [([c for c in choices if GONE not in (c, c[0])], n) for choices, n in votes]
    found = Election(tuple(listed), 14, style, withdrawn=(GONE,) if withdrawn else ())
    config = RuleConfig(rule, {}, utility, completion, ("more_votes", "seed"))
    return count(found, Profile.from_counts(found, votes), config, seed=SEED)


@every_variant
def test_a_withdrawn_project_is_counted_as_if_no_ballot_named_it(variant: Variant) -> None:
    gone = outcome(variant, withdrawn=True).to_json()
    without = outcome(variant, withdrawn=False).to_json()
    for name in ("funded", "partial", "spent", "rounds", "ties", "margins", "completion"):
        assert gone[name] == without[name], name
    [found] = [project for project in gone["projects"] if project["id"] == GONE]
    assert (found["code"], found["verdict"]) == (Code.WITHDRAWN, "not_funded")
    assert gone["counts"] == {**without["counts"], "blank": gone["counts"]["blank"]}


def test_its_votes_are_told_and_its_voters_are_not_blank() -> None:
    first = replace(election({"a": 60, "b": 50}, 100), withdrawn=("a",))
    told = counted(first, [(["a"], 5), (["b"], 1)]).to_json()
    assert told["funded"] == ["b"]
    assert told["counts"]["blank"] == 0
    assert explain(told, "a").values["votes"] == 5
    assert explain(told, "a").code is Code.WITHDRAWN


def test_a_count_that_ends_at_what_does_not_fit_goes_on_past_it() -> None:
    first = replace(election({"a": 90, "b": 50, "c": 50}, 100), withdrawn=("a",))
    votes = [(["a"], 5), (["b"], 3), (["c"], 2)]
    told = counted(first, votes, parameters={"unaffordable": "stop"})
    assert told.funded == ("b", "c")


def test_when_all_are_withdrawn_nothing_is_funded() -> None:
    first = replace(election({"a": 1, "b": 1}, 2, BallotStyle.RANKED), withdrawn=("a", "b"))
    assert counted(first, [(["a", "b"], 2)], rule="borda").funded == ()


def test_a_withdrawal_belongs_to_the_election_that_is_counted() -> None:
    first = replace(election({"a": 1, "b": 1}, 2), withdrawn=("b",))
    assert Election.from_json(first.to_json()) == first
    plain = counted(election({"a": 1, "b": 1}, 2), [(["a"], 1)])
    assert counted(first, [(["a"], 1)]).to_json()["input"] != plain.to_json()["input"]
    with pytest.raises(InvalidElection, match="not on the ballot"):
        replace(first, withdrawn=("x",))
