"""`tallying explain` and `tallying compare`, as people and programs meet them."""

import json
from pathlib import Path
from typing import Any

import pytest

from tallying.cli import main
from tallying.rules import RULES
from tallying.wording import LANGUAGES

FILE = """META
key;value
budget;110
vote_type;approval
rule;greedy
currency;EUR
PROJECTS
project_id;cost;name
roof;60;New roof
bus;50;Library bus
pool;30;Swimming pool
tree;30;Shade trees
wall;10;Wall
VOTES
voter_id;vote
1;roof,bus
2;roof,bus
3;roof,pool
4;tree
5;tree
6;bus,tree
7;roof
"""
TIGHT = FILE.replace("budget;110", "budget;100")
RANKED = FILE.replace("approval", "ordinal").replace("rule;greedy\n", "rule;unknown\n")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "example.pb"
    path.write_text(FILE)
    return path


def told(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """What a command that works says to people."""
    assert main([*map(str, arguments)]) == 0
    return capsys.readouterr().out.replace("\N{NO-BREAK SPACE}", " ")


def json_of(capsys: pytest.CaptureFixture[str], *arguments: object) -> Any:
    assert main([*map(str, arguments), "--json", "-"]) == 0
    return json.loads(capsys.readouterr().out)


def test_explain_says_why_one_project_is_not_funded(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(capsys, "explain", file, "--project", "bus") == (
        "Most votes first. Budget: 110 EUR. Spent: 90 EUR. Left: 20 EUR.\n"
        "7 ballots were counted.\n"
        "The project with the most votes comes first, then the next.\n"
        "\n"
        "bus “Library bus”: not funded\n"
        "  It costs 50 EUR and has 3 votes.\n"
        "  It was decided at step 3 of 4.\n"
        "  “Shade trees”, “Library bus” came level and were put in this order by the lower cost.\n"
        "  It came level with “Shade trees”, which the tie order put first (the lower cost). Then 20 EUR was left and it costs 50 EUR.\n"
        "  It needed 1 more vote.\n"
    )


def test_explain_names_the_funded_projects_that_used_the_supporters_share(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = told(capsys, "explain", file, "--rule", "equal-shares", "--project", "bus")
    assert "7 voters: 15 EUR each" in said
    assert "Its supporters' money went to: “" in said


def test_only_the_largest_payments_are_named_and_the_others_added_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = "abcdefg"
    projects = "".join(f"{name};10\n" for name in names) + "z;60\n"
    votes = "".join(f"{n};{','.join(names)},z\n" for n in range(3))
    path = tmp_path / "many.pb"
    path.write_text(
        "META\nkey;value\nbudget;90\nvote_type;approval\nrule;unknown\n"
        f"PROJECTS\nproject_id;cost\n{projects}VOTES\nvoter_id;vote\n{votes}"
    )
    said = told(
        *(capsys, "explain", path, "--rule", "equal-shares", "--project", "z"),
        *("--ties", "lots", "--lots", "a,b,c,d,e,f,g,z"),
    )
    assert "“e” (10). 20 more went to 2 other projects." in said


def test_explain_tells_all_projects_the_funded_ones_first(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    account = json_of(capsys, "explain", file)
    assert [project["project"] for project in account["projects"]] == [
        *("roof", "tree"),
        *("bus", "pool", "wall"),
    ]
    roof = account["projects"][0]
    assert (roof["verdict"], roof["code"], roof["step"]) == ("funded", "funded", 1)
    assert roof["values"]["left"] == 50
    wall = account["projects"][-1]
    assert wall["step"] is None
    assert "No step of the count reached it." in wall["sentences"]
    assert "Nobody chose it." in wall["sentences"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("rule", [rule.id for rule in RULES.values() if "approval" in rule.styles])
def test_every_rule_is_explained_in_every_language(
    file: Path, capsys: pytest.CaptureFixture[str], rule: str, language: str
) -> None:
    options = ["--ties", "lots", "--lots", "roof,bus,pool,tree,wall"]
    said = told(capsys, "explain", file, "--rule", rule, "--language", language, *options)
    assert said.startswith(RULES[rule].title[language])
    assert all(f"\n{name} “" in said.replace("« ", "“") for name in ("roof", "bus", "wall"))
    assert "%(" not in said


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["explain", "--project", "moon"], "example.pb holds no project moon."),
        (["explain", "--rule", "nonsense"], "Unknown rule: nonsense."),
        (["compare", "--rules", "greedy,nonsense"], "Unknown rule: nonsense."),
        (["compare", "--rules", "borda"], "The rule borda cannot count approval ballots."),
        (["compare", "--rules", "greedy/add1"], "Unknown completion: add1."),
    ],
)
def test_what_cannot_be_answered_is_named_in_a_sentence(
    file: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    assert main([arguments[0], str(file), *arguments[1:]]) == 2
    assert sentence in capsys.readouterr().err


def test_explaining_a_count_that_a_tie_leaves_open_fails_with_its_own_code(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", str(file), "--rule", "greedy", "--ties", "more_votes"]) == 3
    assert "leaves open" in capsys.readouterr().err


def test_compare_shows_rules_beside_each_other(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(TIGHT)
    said = told(capsys, "compare", file, "--rules", "greedy,equal-shares,borda")
    rows = {row[0]: row[1:] for row in (line.split("\t") for line in said.splitlines())}
    assert rows["Project"] == ["Cost", "greedy", "equal-shares"]
    assert rows["roof “New roof”"] == ["60 EUR", "1", "–"]
    assert rows["tree “Shade trees”"] == ["30 EUR", "2", "1"]
    assert rows["Funded projects"] == ["", "2", "1"]
    assert rows["Spent"] == ["", "90 EUR", "30 EUR"]
    assert rows["Voters with at least one funded project"] == ["", "7", "3"]
    assert "greedy and equal-shares differ:\n  only greedy funds “New roof”." in said
    assert "borda is left out: The rule borda cannot count approval ballots." in said


def test_compare_takes_every_rule_that_can_count_the_ballots(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = json_of(capsys, "compare", file)
    shown = {column["rule"] for column in found["rules"]}
    left_out = {item["rule"] for item in found["left_out"]}
    assert shown == {rule.id for rule in RULES.values() if "approval" in rule.styles}
    assert shown | left_out == set(RULES)
    assert found["voters"] == 7
    pairs = len(shown) * (len(shown) - 1) // 2
    assert len(found["differences"]) == pairs


def test_a_completion_stands_behind_a_slash(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(TIGHT)
    found = json_of(capsys, "compare", file, "--rules", "equal-shares,equal-shares/greedy")
    plain, filled = found["rules"]
    assert set(plain["funded"]) < set(filled["funded"])
    assert found["differences"][0]["only"] == [
        [],
        [name for name in filled["funded"] if name not in plain["funded"]],
    ]


def test_a_tie_left_open_is_said_beside_what_it_may_change(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "tied.pb"
    path.write_text(FILE.replace("bus;50", "bus;30").replace("budget;110", "budget;90"))
    found = json_of(capsys, "compare", path, "--rules", "greedy")
    assert found["rules"][0]["left_open"] is True
    assert "greedy met a tie that the tie order leaves open" in told(
        capsys, "compare", path, "--rules", "greedy"
    )
    settled = ["--ties", "lots", "--lots", "tree,bus,roof,pool,wall"]
    found = json_of(capsys, "compare", path, "--rules", "greedy", *settled)
    assert found["rules"][0]["left_open"] is False


def test_rules_of_ranked_ballots_are_compared_on_ranked_ballots(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "ranked.pb"
    path.write_text(RANKED)
    found = json_of(capsys, "compare", path, "--rules", "borda,greedy")
    assert [column["rule"] for column in found["rules"]] == ["borda", "greedy"]


def test_a_comparison_says_in_the_language_why_a_rule_is_left_out(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = told(capsys, "compare", file, "--rules", "greedy,borda", "--language", "fr")
    assert (
        "borda est laissée de côté : La règle borda ne peut pas dépouiller des bulletins de type"
        in said
    )


def test_an_explanation_says_in_the_language_what_a_preset_did(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--preset", "poznan", "--language", "es")
    assert told(capsys, "explain", file, "--rule", "greedy", *options).startswith(
        "Un proyecto financiado en parte recibe al menos el 80 por ciento de su costo"
    )


def test_of_many_rules_each_is_set_beside_the_first_and_the_json_has_every_pair(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = "greedy,equal-shares,phragmen,knapsack"
    lines = told(capsys, "compare", file, "--rules", rules).splitlines()
    pairs = [line for line in lines if " and " in line and not line.startswith(" ")]
    assert len(pairs) == 3
    assert all(line.startswith("greedy and ") for line in pairs)
    assert len(json_of(capsys, "compare", file, "--rules", rules)["differences"]) == 6


def test_a_french_heading_keeps_the_space_before_its_colon(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = told(capsys, "explain", file, "--project", "bus", "--language", "fr")
    assert "bus « Library bus » : non financé" in said


def test_compare_says_what_each_rule_counted_with_and_takes_a_utility(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = ("--rules", "greedy,equal-shares,schulze,phragmen")
    said = told(capsys, "compare", file, "--rules", "greedy,equal-shares")
    assert "Utility\t\tcardinality\tcost" in said
    found = json_of(capsys, "compare", file, *rules, "--utility", "cost")
    assert [rule["utility"] for rule in found["rules"]] == ["cost", "cost"]
    assert [left["rule"] for left in found["left_out"]] == ["schulze", "phragmen"]
