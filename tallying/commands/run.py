"""`tallying run FILE`: count an election."""

from argparse import ArgumentParser, Namespace
from collections import Counter
from pathlib import Path
from typing import Any

from tallying import engines
from tallying.console import add_json_option, speaker, working, write_json
from tallying.errors import InvalidRule, UnresolvedTie
from tallying.formats import ElectionFile
from tallying.listing import tell
from tallying.outcome import Outcome
from tallying.presets.official import TIES
from tallying.presets.preset import Plan, TieAnswers, count_plan
from tallying.presets.registry import all_presets
from tallying.presets.registry import find as find_preset
from tallying.rules import RuleConfig, find
from tallying.rules.rule import Completion, Kind, Parameter
from tallying.ties import Criterion
from tallying.wording import LANGUAGES

OFFICIAL = "official"
_NEED_A_RULE = ("utility", "completion")
_NEED_A_CHOICE = ("set", "ties", "seed", "lots")


def register(subparsers: Any) -> None:
    parser: ArgumentParser = subparsers.add_parser("run", help="count an election")
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="a .pb, .blt, .csv or .parquet file"
    )
    add_rule_options(parser)
    parser.add_argument("--language", choices=LANGUAGES, default=LANGUAGES[0])
    parser.add_argument(
        "--engine", choices=engines.ENGINES, default=engines.ENGINES[0], help="what does the work"
    )
    parser.add_argument("--workers", type=int, metavar="N", help="processes of the engine dask")
    parser.add_argument(
        "--scheduler", metavar="ADDRESS", help="a dask cluster that is there, instead of processes"
    )
    add_json_option(parser)
    parser.set_defaults(run=run)


def add_rule_options(parser: ArgumentParser) -> None:
    """The options that say how to count; `plan_of` and `answers_of` read them."""
    parser.add_argument("--rule", help="a rule of `tallying rules`; without it, the file's own")
    parser.add_argument(
        "--preset",
        help=f"a way to count by its name: {', '.join(all_presets())} (default: {OFFICIAL}); "
        "with --rule, it must be one of this rule",
    )
    parser.add_argument("--utility", help="what a funded project is worth to a voter")
    parser.add_argument("--completion", help="what happens to money left over (default: none)")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a parameter of the rule or preset",
    )
    parser.add_argument(
        "--ties", metavar="A,B,C", help=f"the tie order (default: {','.join(TIES)})"
    )
    parser.add_argument("--seed", metavar="HEX", help="32 bytes, for the tie criterion `seed`")
    parser.add_argument(
        "--lots", metavar="ID,ID,…", help="all project ids as drawn, for the tie criterion `lots`"
    )


def run(args: Namespace) -> int:
    """0; 3 where the rule leaves open a tie that matters, and the result is not final."""
    with engines.opened(args.engine, args.workers, args.scheduler) as engine:
        with working(f"reading {args.file.name}"):
            file = engine.read(args.file)
        plan = plan_of(file, args)
        outcome = counted(plan, file, answers_of(args, file))
        tell(speaker(args), file.file, plan, outcome, args.language)
        write_json(args, outcome.to_bytes())
    return UnresolvedTie.exit_code if outcome.open_ties else 0


def counted(plan: Plan, file: ElectionFile, answers: TieAnswers) -> Outcome:
    """Count as planned, and show on a terminal which rule is counting."""
    with working(f"counting by {plan.config.name}"):
        return count_plan(plan, file, answers)


def plan_of(file: ElectionFile, args: Namespace) -> Plan:
    """What the options ask for: a preset, a rule, or else the file's own rule."""
    if args.preset is None and args.rule is not None:
        config = RuleConfig(
            rule=args.rule,
            parameters={name: _parameter(args.rule, name, text) for name, text in _pairs(args.set)},
            utility=args.utility,
            completion=args.completion or Completion.NONE.value,
            ties=TIES,
        )
        return Plan(file.election, file.profile, config)
    _refuse(args, _NEED_A_RULE, "--rule without --preset")
    if args.preset is None:
        _refuse(args, _NEED_A_CHOICE, "--rule or --preset")
    preset = find_preset(args.preset or OFFICIAL)
    plan = preset.plan(file, preset.complete(dict(_pairs(args.set))))
    if args.rule is not None and find(args.rule).id != plan.config.rule:
        raise InvalidRule(f"The preset {preset.id} is one of {plan.config.rule}, not {args.rule}.")
    return plan


def answers_of(args: Namespace, file: ElectionFile) -> TieAnswers:
    """What the options say about ties.

    Raises `InvalidRule` on an empty order, on lots or a seed that nothing asks for, and on lots
    that are no project of the file.
    """
    if args.ties == "":
        raise InvalidRule(f"--ties is empty: name what decides, as in --ties {','.join(TIES)}.")
    ties = tuple(args.ties.split(",")) if args.ties else None
    for criterion in (Criterion.LOTS, Criterion.SEED):
        if getattr(args, criterion) is not None and criterion not in (ties or ()):
            order = ",".join((*(ties or TIES), criterion))
            raise InvalidRule(
                f"--{criterion} decides nothing unless --ties names it: --ties {order}."
            )
    lots = tuple(args.lots.split(",")) if args.lots else None
    for name in lots or ():
        if name not in file.election.index:
            raise InvalidRule(f"--lots names {name!r}, which is no project of {file.file}.")
    return TieAnswers(ties=ties, lots=lots, seed=_seed(args.seed))


def _refuse(args: Namespace, names: tuple[str, ...], need: str) -> None:
    given = next((name for name in names if getattr(args, name)), None)
    if given:
        raise InvalidRule(f"--{given} needs {need}.")


def _pairs(texts: list[str]) -> list[tuple[str, str]]:
    for text in texts:
        if "=" not in text:
            raise InvalidRule(f"--set {text}: it must be NAME=VALUE.")
    pairs = [(name, value) for name, _, value in (text.partition("=") for text in texts)]
    for name, times in Counter(name for name, _ in pairs).items():
        if times > 1:
            raise InvalidRule(f"--set gives {name} {times} times.")
    return pairs


def _parameter(rule: str, name: str, value: str) -> Any:
    """The value in the parameter's type; what cannot be read is left to `RuleConfig`."""
    known = next((p for p in find(rule).parameters if p.name == name), None)
    return value if known is None else _typed(known, value)


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
