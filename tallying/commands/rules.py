"""`tallying rules`: the registry of the rules of the count."""

from argparse import Namespace
from typing import Any

from tallying.console import add_json_option, speaker, write_json
from tallying.rules import RULES, Rule
from tallying.wording import LANGUAGES, PlainFormatter, Wording, citation, wanted


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser("rules", help="list the rules and their parameters")
    parser.add_argument("--language", choices=LANGUAGES, default=LANGUAGES[0])
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(args: Namespace) -> int:
    out = speaker(args)
    wording = Wording(args.language, PlainFormatter(args.language), {}, style="approval")
    for rule in RULES.values():
        out.print(f"{rule.id}: {rule.title[args.language]}")
        out.print(f"  {rule.description[args.language]}")
        out.print(f"  ballots: {', '.join(sorted(rule.styles))}")
        out.print(f"  utilities: {', '.join(rule.utilities)}")
        out.print(f"  completions: {', '.join(rule.completions)}")
        for parameter in rule.parameters:
            values = wanted(parameter, wording)
            out.print(f"  {parameter.name} ({values}): {parameter.help[args.language]}")
        out.print(f"  source: {citation(rule, args.language)}")
    write_json(args, [describe(rule) for rule in RULES.values()])
    return 0


def describe(rule: Rule) -> dict[str, Any]:
    """A rule as a value of JSON."""
    return {
        "id": rule.id,
        "title": dict(rule.title),
        "description": dict(rule.description),
        "citation": rule.citation,
        "complexity": rule.complexity,
        "styles": sorted(rule.styles),
        "utilities": list(rule.utilities),
        "completions": list(rule.completions),
        "parameters": [
            {
                "name": parameter.name,
                "type": parameter.type,
                "default": parameter.default,
                "choices": list(parameter.choices),
                "help": dict(parameter.help),
            }
            for parameter in rule.parameters
        ],
    }
