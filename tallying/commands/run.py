"""`tallying run FILE`: count a Pabulib file."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tallying.console import add_json_option, speaker, write_json
from tallying.errors import InvalidRule
from tallying.formats import pabulib
from tallying.formats.amounts import write_amount
from tallying.formats.pabulib import PabulibFile
from tallying.outcome import Outcome
from tallying.presets.official import DECLARED, TIES, count_officially, official
from tallying.rules import RuleConfig, count, find
from tallying.rules.rule import Completion, Kind, Parameter

_NEED_A_RULE = ("utility", "completion", "set", "ties", "seed", "lots")


def register(subparsers: Any) -> None:
    parser: ArgumentParser = subparsers.add_parser("run", help="count a Pabulib file")
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--rule", help="a rule of `tallying rules`; without it, the file's own")
    parser.add_argument("--utility", help="what a funded project is worth to a voter")
    parser.add_argument("--completion", help="what happens to money left over (default: none)")
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="a parameter of the rule"
    )
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
    file = pabulib.read(args.file)
    outcome = _count(file, args)
    out = speaker(args)
    _tell(out, file, outcome)
    write_json(args, outcome.to_bytes())
    return 0


def _count(file: PabulibFile, args: Namespace) -> Outcome:
    if args.rule is None:
        given = next((name for name in _NEED_A_RULE if getattr(args, name)), None)
        if given:
            raise InvalidRule(f"--{given} needs --rule.")
        return count_officially(file, _official(file))
    config = RuleConfig(
        rule=args.rule,
        parameters=dict(_parameter(args.rule, text) for text in args.set),
        utility=args.utility,
        completion=args.completion or Completion.NONE.value,
        ties=tuple(args.ties.split(",")) if args.ties else TIES,
    )
    return count(
        file.election,
        file.profile,
        config,
        lots=args.lots.split(",") if args.lots else None,
        seed=_seed(args.seed),
        repairs=file.repairs,
    )


def _official(file: PabulibFile) -> RuleConfig:
    config = official(file)
    if config is None:
        known = ", ".join(DECLARED)
        raise InvalidRule(
            f"{file.file} declares the rule {file.rule}, which is none of {known}; "
            "choose one with --rule."
        )
    return config


def _parameter(rule: str, text: str) -> tuple[str, Any]:
    """`NAME=VALUE` in the parameter's type; what cannot be read is left to `RuleConfig`."""
    name, equals, value = text.partition("=")
    if not equals:
        raise InvalidRule(f"--set {text}: it must be NAME=VALUE.")
    known = next((p for p in find(rule).parameters if p.name == name), None)
    return name, value if known is None else _typed(known, value)


def _typed(parameter: Parameter, value: str) -> Any:
    if parameter.type is Kind.BOOLEAN:
        return {"true": True, "false": False}.get(value.lower(), value)
    if parameter.type is Kind.INTEGER and value.isascii() and value.isdigit():
        return int(value)
    return value


def _seed(text: str | None) -> bytes | None:
    try:
        return None if text is None else bytes.fromhex(text)
    except ValueError as error:
        raise InvalidRule(f"The seed {text} is not hexadecimal.") from error


def _tell(out: Console, file: PabulibFile, outcome: Outcome) -> None:
    election, config = outcome.contest.election, outcome.config
    money = f"{write_amount(election.budget, election.minor_digits)} {election.currency}".strip()
    spent = write_amount(outcome.selection.spent(election), election.minor_digits)
    out.print(f"{file.file}: {config.rule}, utility {outcome.contest.utility}")
    out.print(f"{outcome.contest.profile.total} ballots, budget {money}, spent {spent}")
    for repair in outcome.repairs:
        out.print(f"repaired: {repair.policy} on {repair.ballots} ballots")
    for tie in outcome.selection.ties:
        by = f"decided by {', '.join(tie.decided_by)}" if tie.decided_by else "not decided"
        effect = "left open, and it matters" if tie.matters else by
        out.print(f"tie at step {tie.step}: {', '.join(tie.projects)}; {effect}")
    _tell_projects(out, outcome)


def _tell_projects(out: Console, outcome: Outcome) -> None:
    election, verdicts = outcome.contest.election, outcome.selection.verdicts
    first = {name: place for place, name in enumerate(outcome.funded)}
    described = sorted(
        zip(election.projects, outcome.contest.natural, strict=True),
        key=lambda pair: (first.get(pair[0].id, len(first)), -pair[1].score, pair[0].id.encode()),
    )
    table = Table("project", "cost", "votes", "score", "result", "name")
    for project, support in described:
        cost = write_amount(project.cost, election.minor_digits)
        fields = [project.id, cost, str(support.votes), str(support.score)]
        fields += [str(verdicts[project.id].code), project.name]
        if out.is_terminal:
            table.add_row(*fields)
        else:
            print("\t".join(fields), file=out.file)
    if out.is_terminal:
        out.print(table)
