"""A count as lines and a table: what `tallying run` prints."""

from collections.abc import Iterator

from tallying.console import Speaker
from tallying.formats.amounts import write_amount
from tallying.outcome import Outcome
from tallying.presets.preset import Plan
from tallying.wording import PlainFormatter, Wording, not_final, note, repaired, result, tie


def tell(out: Speaker, file: str, plan: Plan, outcome: Outcome, language: str) -> None:
    """Print what was counted and how, every project, and at the end whether it is final."""
    election = outcome.contest.election
    wording = Wording(
        language,
        PlainFormatter(language, election.currency, election.minor_digits),
        {},
        str(election.style),
        election.minor_digits,
    )
    for line in _lines(file, plan, outcome, wording):
        out.print(line)
    out.table(_head(wording), _rows(outcome, wording))
    for line in not_final(outcome.to_json(), wording):
        out.print(line)


def _lines(file: str, plan: Plan, outcome: Outcome, wording: Wording) -> Iterator[str]:
    contest, config = outcome.contest, outcome.config
    yield wording.gettext(
        "%(file)s: %(rule)s, utility %(utility)s",
        file=file,
        rule=config.name,
        utility=str(contest.utility),
    )
    yield wording.ngettext(
        "%(shown)s ballot, budget %(budget)s, spent %(spent)s",
        "%(shown)s ballots, budget %(budget)s, spent %(spent)s",
        contest.profile.total,
        budget=wording.money(contest.election.budget),
        spent=wording.money(outcome.selection.spent(contest.election)),
    )
    yield from (note(told, wording) for told in plan.notes)
    for repair in outcome.repairs:
        yield repaired(repair.policy, repair.ballots, wording)
    for met in outcome.selection.ties:
        yield wording.gettext(
            "Step %(step)s: %(tie)s",
            step=wording.number(met.step),
            tie=tie(met.to_json(), wording),
        )


def _head(wording: Wording) -> list[str]:
    return [
        wording.gettext("Project"),
        wording.gettext("Cost"),
        wording.gettext("Votes"),
        wording.gettext("Points"),
        wording.gettext("Result"),
        wording.gettext("Name"),
    ]


def _rows(outcome: Outcome, wording: Wording) -> Iterator[list[str]]:
    """Every project: the funded ones in their order, then the best supported."""
    election, verdicts = outcome.contest.election, outcome.selection.verdicts
    first = {name: place for place, name in enumerate(outcome.funded)}
    described = sorted(
        zip(election.projects, outcome.contest.natural, strict=True),
        key=lambda pair: (first.get(pair[0].id, len(first)), -pair[1].score, pair[0].id.encode()),
    )
    for project, support in described:
        verdict = verdicts[project.id]
        yield [
            project.id,
            write_amount(project.cost, election.minor_digits),
            str(support.votes),
            str(support.score),
            result(verdict.code, verdict.values, wording),
            project.name,
        ]
