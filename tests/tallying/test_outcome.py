import os
import random
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallying.election import BallotStyle
from tallying.errors import TallyingError
from tallying.evidence import canonical
from tallying.explanation import explain
from tallying.profile import Profile
from tallying.rules import RuleConfig, count
from tests.tallying.factories import counted, election
from tests.tallying.strategies import Case, cases, grouped

RULES = [
    ("greedy", "none"),
    ("equal-shares", "none"),
    ("equal-shares", "greedy"),
    ("equal-shares", "add1"),
]


@pytest.mark.parametrize(("rule", "completion"), RULES)
@given(case=grouped(), order=st.randoms())
@settings(max_examples=40, deadline=None)
def test_the_order_of_projects_and_ballots_decides_nothing(
    case: Case, order: random.Random, rule: str, completion: str
) -> None:
    config = RuleConfig(rule, completion=completion, ties=("more_votes", "lots"))
    expected = count(case.election, case.profile, config, lots=case.lots).to_bytes()
    projects = list(case.election.projects)
    order.shuffle(projects)
    shuffled = replace(case.election, projects=tuple(projects))
    ballots = [choices for choices, times in case.profile.pairs() for _ in range(times)]
    order.shuffle(ballots)
    for choices in ballots:
        order.shuffle(choices)
    profile = Profile.from_counts(shuffled, [(choices, 1) for choices in ballots])
    assert count(shuffled, profile, config, lots=case.lots).to_bytes() == expected


@given(cases(BallotStyle.POINTS))
@settings(max_examples=40, deadline=None)
def test_an_outcome_is_canonical_json(case: Case) -> None:
    for rule in ("greedy", "equal-shares"):
        config = RuleConfig(rule, ties=("lots",))
        outcome = count(case.election, case.profile, config, lots=case.lots)
        assert canonical.dumps(outcome.to_json()) == outcome.to_bytes()


PROGRAM = """
import sys
from tallying.formats import pabulib
from tallying.rules import RuleConfig, count
file = pabulib.read(sys.argv[1])
for rule, completion in (("greedy", "none"), ("equal-shares", "add1")):
    config = RuleConfig(rule, completion=completion, ties=("more_votes", "seed"))
    outcome = count(file.election, file.profile, config, seed=bytes(32))
    sys.stdout.buffer.write(outcome.to_bytes())
"""

FILE = """META
key;value
budget;100
vote_type;approval
PROJECTS
project_id;cost
ż;30
a;30
b;40
c;50
VOTES
voter_id;vote
1;a,b
2;b,ż
3;c,a
4;ż,c
"""


@pytest.mark.parametrize("hash_seed", ["1", "2", "77"])
@pytest.mark.parametrize(("locale", "zone"), [("C", "UTC"), ("tr_TR.UTF-8", "Asia/Kolkata")])
def test_the_environment_decides_nothing(hash_seed: str, locale: str, zone: str) -> None:
    settings_of = {"PYTHONHASHSEED": hash_seed, "LC_ALL": locale, "TZ": zone}
    written = [
        subprocess.run(
            [sys.executable, "-c", PROGRAM, FILE],
            capture_output=True,
            check=True,
            env={**os.environ, **changed, "PYTHONUTF8": "1"},
        ).stdout
        for changed in (settings_of, {"PYTHONHASHSEED": "0", "LC_ALL": "C", "TZ": "UTC"})
    ]
    assert written[0] == written[1]
    assert b'"funded":["' in written[0]


def test_the_input_digest_changes_with_every_cost_and_every_ballot() -> None:
    digests = {
        counted(election(costs, 10), ballots).to_json()["input"]
        for costs, ballots in [
            ({"a": 1, "b": 2}, [(["a"], 1)]),
            ({"a": 2, "b": 2}, [(["a"], 1)]),
            ({"a": 1, "b": 2}, [(["b"], 1)]),
            ({"a": 1, "b": 2}, [(["a"], 2)]),
        ]
    }
    assert len(digests) == 4


def test_every_project_has_a_reason() -> None:
    costs = {"a": 60, "b": 50, "c": 30, "d": 500, "e": 1}
    outcome = counted(election(costs, 100), [(["a"], 5), (["b"], 4), (["c", "d"], 3)]).to_json()
    assert {name: explain(outcome, name).code for name in costs} == {
        "a": "funded",
        "b": "too_expensive_when_reached",
        "c": "funded",
        "d": "too_expensive_when_reached",
        "e": "no_support",
    }
    values = explain(outcome, "b").values
    assert values["left"] == 40
    assert (values["more"], values["unit"], values["exact"]) == (2, "votes", True)


def test_a_project_that_is_not_there_has_no_explanation() -> None:
    outcome = counted(election({"a": 1}, 1), [(["a"], 1)]).to_json()
    with pytest.raises(TallyingError, match="holds no project x"):
        explain(outcome, "x")
