"""`tallying explain FILE`: why each project is funded or not, in plain sentences."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tallying import formats
from tallying.commands.run import add_rule_options, answers_of, counted, plan_of
from tallying.console import add_json_option, speaker, working, write_json
from tallying.election import Election
from tallying.explanation import Explanation, UnknownProject, deciding_steps, explanations
from tallying.rules import find
from tallying.wording import (
    LANGUAGES,
    PlainFormatter,
    Wording,
    beginning,
    comparison,
    margin,
    not_final,
    note,
    reason,
    tie,
)

MOST_NAMED = 5
"""Projects named of those that an unfunded one's supporters paid for; the JSON has them all."""


def register(subparsers: Any) -> None:
    parser: ArgumentParser = subparsers.add_parser(
        "explain", help="say in plain sentences why projects are funded or not"
    )
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="a .pb, .blt, .csv or .parquet file"
    )
    parser.add_argument("--project", metavar="ID", help="only this project (default: all)")
    parser.add_argument("--language", choices=LANGUAGES, default=LANGUAGES[0])
    add_rule_options(parser)
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(args: Namespace) -> int:
    with working(f"reading {args.file.name}"):
        file = formats.read(args.file)
    plan = plan_of(file, args)
    if args.project is not None and args.project not in plan.election.index:
        raise UnknownProject(f"{file.file} holds no project {args.project}.")
    outcome = counted(plan, file, answers_of(args, file)).to_json()
    wording = wording_for(plan.election, args.language)
    account = account_of(outcome, wording, args.project)
    out = speaker(args)
    for line in (*(note(told, wording) for told in plan.notes), *_lines(account)):
        out.print(line)
    write_json(args, account)
    return 0


def wording_for(election: Election, language: str) -> Wording:
    """The words for an election's count in a terminal."""
    return Wording(
        language,
        PlainFormatter(language, election.currency, election.minor_digits),
        {project.id: project.name for project in election.projects},
        election.style,
        election.minor_digits,
    )


def account_of(
    outcome: Mapping[str, Any], wording: Wording, project: str | None = None
) -> dict[str, Any]:
    """The explanation of a count as a value of JSON: values for programs, sentences for people.

    `outcome` is its JSON; `project` leaves all others out. Funded projects come first, in the
    order of selection, then the best supported.
    """
    known = explanations(outcome)
    chosen = list(known) if project is None else [project]
    place = {name: number for number, name in enumerate(outcome["funded"])}
    chosen.sort(
        key=lambda name: (
            place.get(name, len(place) + (known[name].verdict == "not_funded")),
            -known[name].values["score"],
            name.encode(),
        )
    )
    steps = deciding_steps(outcome)
    return {
        "language": wording.language,
        "rule": outcome["rule"],
        "summary": _summary(outcome, wording),
        "projects": [_project(outcome, known[name], steps.get(name), wording) for name in chosen],
    }


def _summary(outcome: Mapping[str, Any], wording: Wording) -> list[str]:
    """What was counted, how, and what became of the money."""
    counts = outcome["counts"]
    told = [
        wording.gettext(
            "%(rule)s. Budget: %(budget)s. Spent: %(spent)s. Left: %(left)s.",
            rule=find(outcome["rule"]["rule"]).title[wording.language],
            budget=wording.money(outcome["budget"]),
            spent=wording.money(outcome["spent"]),
            left=wording.money(outcome["unspent"]),
        ),
        wording.ngettext(
            "%(shown)s ballot was counted.", "%(shown)s ballots were counted.", counts["ballots"]
        ),
        beginning(outcome, wording),
        comparison(outcome, wording),
        *not_final(outcome, wording),
    ]
    return [sentence for sentence in told if sentence]


def _project(
    outcome: Mapping[str, Any], explanation: Explanation, step: int | None, wording: Wording
) -> dict[str, Any]:
    name, values = explanation.project, explanation.values
    others = outcome["counts"]["ballots"] - values["votes"]
    ties = [met for met in outcome["ties"] if name in met["projects"]]
    used = list(values.get("used", ()))
    sentences = [
        wording.gettext(
            "It costs %(cost)s and has %(support)s.",
            cost=wording.money(values["cost"]),
            support=wording.support(values["score"]),
        ),
        _when(step, len(outcome["rounds"]), wording),
        *(tie(met, wording) for met in ties),
        reason(explanation, wording),
        margin(explanation, wording, others),
        _where_the_money_went(used, wording),
    ]
    return {
        "project": name,
        "heading": _heading(explanation, wording),
        "verdict": explanation.verdict,
        "code": str(explanation.code),
        "step": step,
        "values": dict(values),
        "ties": ties,
        "sentences": [sentence for sentence in sentences if sentence],
    }


def _heading(explanation: Explanation, wording: Wording) -> str:
    words = {
        "funded": wording.gettext("funded"),
        "funded_in_part": wording.gettext("funded in part"),
        "not_funded": wording.gettext("not funded"),
    }
    return wording.gettext(
        "%(project)s: %(verdict)s",
        project=wording.identified(explanation.project),
        verdict=words[explanation.verdict],
    )


def _when(step: int | None, steps: int, wording: Wording) -> str:
    if step is None:
        return wording.gettext("No step of the count reached it.")
    return wording.gettext(
        "It was decided at step %(step)s of %(steps)s.",
        step=wording.number(step),
        steps=wording.number(steps),
    )


def _where_the_money_went(used: list[Any], wording: Wording) -> str:
    """For which funded projects the supporters of an unfunded one paid."""
    if not used:
        return ""
    named, rest = used[:MOST_NAMED], used[MOST_NAMED:]
    paid = [f"{wording.named(project)} ({wording.money(amount)})" for project, amount in named]
    told = wording.gettext("Its supporters' money went to: %(projects)s.", projects=", ".join(paid))
    if not rest:
        return told
    more = wording.ngettext(
        "%(amount)s more went to %(shown)s other project.",
        "%(amount)s more went to %(shown)s other projects.",
        len(rest),
        amount=wording.money(sum(amount for _project, amount in rest)),
    )
    return f"{told} {more}"


def _lines(account: Mapping[str, Any]) -> Iterator[str]:
    yield from account["summary"]
    for project in account["projects"]:
        yield ""
        yield project["heading"]
        for sentence in project["sentences"]:
            yield f"  {sentence}"
