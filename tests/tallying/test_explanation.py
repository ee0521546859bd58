"""What an outcome's JSON says about one project, gathered."""

from typing import Any

import pytest

from tallying.explanation import UnknownProject, deciding_steps, explain, explanations
from tests.tallying.factories import counted, election

OUTCOME: dict[str, Any] = counted(
    election({"a": 6, "b": 6, "c": 3}, 10), [(["a"], 3), (["b"], 2), (["b", "c"], 1)]
).to_json()


def test_an_explanation_holds_the_reason_the_money_and_how_much_was_missing() -> None:
    found = explain(OUTCOME, "b")
    assert (found.verdict, found.code) == ("not_funded", "lost_tie")
    assert found.values["left"] == 4
    assert found.values["to"] == ["a"]
    assert (found.values["more"], found.values["exact"]) == (1, True)
    assert (found.values["budget"], found.values["unspent"]) == (10, 1)


def test_a_project_that_was_not_counted_has_no_explanation() -> None:
    with pytest.raises(UnknownProject, match="holds no project z"):
        explain(OUTCOME, "z")


def test_every_project_has_an_explanation() -> None:
    assert list(explanations(OUTCOME)) == ["a", "b", "c"]


def test_the_last_step_with_a_verdict_decides() -> None:
    rounds = [
        {"project": "a", "left": 10},
        {"project": None, "left": 10},
        {"project": "a", "left": 4, "verdict": "funded"},
        {"project": "a", "left": 4},
        {"project": "b", "left": 4},
    ]
    assert deciding_steps({**OUTCOME, "rounds": rounds}) == {"a": 3}


def test_equal_parts_are_told_as_the_round_states_them() -> None:
    rounds = [{"project": "a", "payers": 3, "pays": "2/1", "left": 4, "verdict": "funded"}]
    values = explain({**OUTCOME, "rounds": rounds}, "a").values
    assert (values["payers"], values["pays"], values["by_score"]) == (3, "2/1", False)
    assert explain(OUTCOME, "a").values["by_score"] is True
