"""`tallying compare FILE`: what each of several rules would fund, side by side."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any

from tallying import formats
from tallying.analysis.satisfaction import represented
from tallying.commands.explain import wording_for
from tallying.commands.run import answers_of
from tallying.console import Speaker, add_json_option, speaker, write_json
from tallying.errors import InvalidRule, TallyingError
from tallying.formats import ElectionFile
from tallying.outcome import Outcome
from tallying.presets.official import TIES
from tallying.presets.preset import Plan, TieAnswers, count_plan
from tallying.rules import RULES, RuleConfig
from tallying.utilities import Utility
from tallying.wording import LANGUAGES, Wording, refusal

MOST_PAIRED = 3
"""So many rules are set beside each other in words; of more, each beside the first. The JSON has
every pair."""


@dataclass(frozen=True)
class Column:
    """One rule's outcome; `name` is `RULE` or `RULE/COMPLETION`.

    `utility` is what it counted with. `funded` are ids in the order of selection, one funded in part last; `spent` is in minor
    units; `served` counts the voters who support at least one funded project. `left_open`: the tie order left
    open what another order could change.
    """

    name: str
    utility: str
    funded: tuple[str, ...]
    spent: int
    served: int
    left_open: bool


def register(subparsers: Any) -> None:
    parser: ArgumentParser = subparsers.add_parser(
        "compare", help="show side by side what several rules would fund"
    )
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="a .pb, .blt, .csv or .parquet file"
    )
    parser.add_argument(
        "--rules",
        metavar="A,B,C",
        help="rules of `tallying rules`, each with its completion after a slash if wanted, as in "
        "equal-shares/add1 (default: all that can count the file)",
    )
    parser.add_argument(
        "--utility",
        choices=list(Utility),
        help="what a funded project is worth to a voter (default: what each rule takes by itself)",
    )
    parser.add_argument("--language", choices=LANGUAGES, default=LANGUAGES[0])
    parser.add_argument(
        "--ties", metavar="A,B,C", help=f"the tie order (default: {','.join(TIES)})"
    )
    parser.add_argument("--seed", metavar="HEX", help="32 bytes, for the tie criterion `seed`")
    parser.add_argument(
        "--lots", metavar="ID,ID,…", help="all project ids as drawn, for the tie criterion `lots`"
    )
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(args: Namespace) -> int:
    file = formats.read(args.file)
    names = list(dict.fromkeys(args.rules.split(","))) if args.rules else list(RULES)
    out = speaker(args)
    with out.status("") as status:
        columns, errors = compared(file, names, answers_of(args, file), status.update, args.utility)
    wording = wording_for(file.election, args.language)
    refused = {name: refusal(error, wording) for name, error in errors.items()}
    if not columns:
        raise InvalidRule(" ".join(refused.values()))
    _tell(out, file, columns, wording)
    for column in columns:
        if column.left_open:
            out.print(_left_open(column, wording))
    for name, why in refused.items():
        out.print(wording.gettext("%(rule)s is left out: %(why)s", rule=name, why=why))
    write_json(args, _json(columns, refused, file.profile.total))
    return 0


def compared(
    file: ElectionFile,
    names: Sequence[str],
    answers: TieAnswers,
    begins: Callable[[str], None] = lambda _name: None,
    utility: str | None = None,
) -> tuple[list[Column], dict[str, TallyingError]]:
    """The outcome of each rule, and the error of those that give none; raises `InvalidRule` on unknown names.

    Without an order of the caller's own, a tie that stays open is recorded, not raised.
    `begins` is told the name of each rule before it counts. A rule that does not take
    the `utility` is among those that give none.
    """
    configs = {name: _config(name) for name in names}
    columns, refused = [], dict[str, TallyingError]()
    for name, config in configs.items():
        begins(name)
        try:
            plan = Plan(
                file.election,
                file.profile,
                replace(config, utility=utility),
                report_open_ties=True,
            )
            columns.append(_column(name, count_plan(plan, file, answers)))
        except TallyingError as error:
            refused[name] = error
    return columns, refused


def _config(name: str) -> RuleConfig:
    rule, _slash, completion = name.partition("/")
    return RuleConfig(rule, completion=completion or "none", ties=TIES)


def _column(name: str, outcome: Outcome) -> Column:
    contest, selection = outcome.contest, outcome.selection
    part = (selection.partial[0],) if selection.partial else ()
    funded = (*outcome.funded, *part)
    positions = [contest.election.index[project] for project in funded]
    served = represented(contest.natural, positions, contest.profile.weights)
    spent = selection.spent(contest.election)
    utility = str(contest.utility)
    return Column(name, utility, funded, spent, served, bool(outcome.open_ties))


def _tell(out: Speaker, file: ElectionFile, columns: Sequence[Column], wording: Wording) -> None:
    election = file.election
    scores = {
        project.id: sum(project.id in column.funded for column in columns)
        for project in election.projects
    }
    head = [wording.gettext("Project"), wording.gettext("Cost"), *(c.name for c in columns)]
    rows = [
        [wording.identified(project.id), wording.money(project.cost), *_places(project.id, columns)]
        for project in sorted(election.projects, key=lambda p: (-scores[p.id], p.id.encode()))
    ]
    rows += _sums(columns, wording)
    out.table(head, rows)
    for line in _differences(columns, wording):
        out.print(line)


def _places(project: str, columns: Sequence[Column]) -> list[str]:
    """The place of a project in each order of selection; – where it is not funded."""
    return [
        str(column.funded.index(project) + 1) if project in column.funded else "–"
        for column in columns
    ]


def _sums(columns: Sequence[Column], wording: Wording) -> list[list[str]]:
    return [
        [wording.gettext("Utility"), "", *(c.utility for c in columns)],
        [wording.gettext("Funded projects"), "", *(str(len(c.funded)) for c in columns)],
        [wording.gettext("Spent"), "", *(wording.money(c.spent) for c in columns)],
        [
            wording.gettext("Voters with at least one funded project"),
            "",
            *(wording.number(c.served) for c in columns),
        ],
    ]


def _differences(columns: Sequence[Column], wording: Wording) -> Iterator[str]:
    pairs = list(combinations(columns, 2))
    if len(columns) > MOST_PAIRED:
        pairs = pairs[: len(columns) - 1]
    for one, other in pairs:
        only_one, only_other = _only(one, other), _only(other, one)
        if not only_one and not only_other:
            yield wording.gettext(
                "%(one)s and %(other)s fund the same projects.", one=one.name, other=other.name
            )
            continue
        yield wording.gettext("%(one)s and %(other)s differ:", one=one.name, other=other.name)
        for column, projects in ((one, only_one), (other, only_other)):
            if projects:
                named = ", ".join(wording.named(project) for project in projects)
                yield "  " + wording.gettext(
                    "only %(rule)s funds %(projects)s.", rule=column.name, projects=named
                )


def _left_open(column: Column, wording: Wording) -> str:
    return wording.gettext(
        "%(rule)s met a tie that the tie order leaves open: another order could change what it funds.",
        rule=column.name,
    )


def _only(one: Column, other: Column) -> list[str]:
    return [project for project in one.funded if project not in other.funded]


def _json(columns: Sequence[Column], refused: Mapping[str, str], voters: int) -> dict[str, Any]:
    return {
        "voters": voters,
        "rules": [
            {
                "rule": column.name,
                "utility": column.utility,
                "funded": list(column.funded),
                "spent": column.spent,
                "voters_with_a_funded_project": column.served,
                "left_open": column.left_open,
            }
            for column in columns
        ],
        "left_out": [{"rule": rule, "reason": why} for rule, why in refused.items()],
        "differences": [
            {
                "rules": [one.name, other.name],
                "only": [_only(one, other), _only(other, one)],
            }
            for one, other in combinations(columns, 2)
        ],
    }
