"""`flask pb import-pabulib`: a real election through the same box, log, count and verification."""

import json
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from budget_app.cli import elections_round as rounds
from budget_app.cli.databases import with_database
from budget_app.cli.elections_round import SourceFile
from budget_app.cli.progress import Steps, speaker
from budget_app.extensions import db
from budget_app.mailing.outbox import address
from budget_app.parliaments.services import InvalidParliament
from budget_app.results.models import Count
from budget_app.results.queries import result_of
from budget_app.results.services import count_round, editions
from budget_app.rounds import acts
from budget_app.rounds.errors import RoundError
from budget_app.rounds.models import Round
from budget_app.rounds.replays import (
    Officials,
    cast_all,
    check_bundle,
    service_accounts,
    voting_dates,
)
from tallying.errors import TallyingError
from tallying.evidence.verify import Report, Status
from tallying.presets.known import explain_difference
from voting import clock
from voting.database import writing
from voting.errors import VotingError
from voting.models import Channel

STANDARD_OUTPUT = "-"
BAD_INPUT = 2


class NotImported(click.ClickException):
    """Bad input: nothing was made."""

    exit_code = BAD_INPUT


@dataclass(frozen=True)
class Imported:
    """A counted and verified import."""

    source: SourceFile
    count: Count
    cast: int
    refused: Counter[str]
    report: Report
    seconds: float

    @property
    def round_(self) -> Round:
        return self.count.round_

    @property
    def funded(self) -> list[str]:
        return [found.project.key for found in result_of(self.count).funded]

    @property
    def known_difference(self) -> str:
        """Why the official winners are others, as far as it is known."""
        file = self.source.pabulib
        other_marks = sum(mark in (2, 3) for mark in (file.selected or {}).values())
        config, _declared = rounds.rule_of(self.source)
        return "" if self.matches else explain_difference(file, config, other_marks)

    @property
    def matches(self) -> bool | None:
        """Whether the funded projects are the official winners; None where none are known."""
        official = self.round_.official
        return None if official is None else set(self.funded) == set(official)

    def to_json(self) -> dict[str, Any]:
        return {
            "ballots": self.cast,
            "refused": dict(self.refused),
            "funded": self.funded,
            "official": self.round_.official,
            "matches": self.matches,
            "verdict": self.report.verdict.value,
            "bundle": str(editions(self.count).auditor),
            "page": page_of(self.round_),
            "seconds": round(self.seconds, 1),
        }


@click.command("import-pabulib")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--parliament", "slug", help="Put the round there; without it, beside other past elections."
)
@click.option("--json", "target", metavar="FILE", help="Write the result as JSON; - is the output.")
@with_database
def import_pabulib(file: Path, slug: str | None, target: str | None) -> None:
    """Make a round of a real election: cast every ballot, close, count, verify, and compare.

    The same file twice makes a second round, whose address ends in a number.
    """
    console = speaker(to_stderr=target == STANDARD_OUTPUT)
    with writing():
        try:
            done = import_election(file, slug, Steps(console))
        except (TallyingError, VotingError, RoundError, InvalidParliament) as error:
            db.session.rollback()
            raise NotImported(str(error)) from error
        tell(console, done)
        _write_json(done, target)
    if not done.report.passed:
        raise click.exceptions.Exit(1)


def import_election(path: Path, slug: str | None, steps: Steps) -> Imported:
    """All of it. Up to the close it is one transaction: what fails before leaves nothing behind.

    Raises `TallyingError`, `VotingError`, `RoundError` or `InvalidParliament`.
    """
    began = time.perf_counter()
    with steps.step(f"Read {path.name}"):
        source = SourceFile.read(path)
        opens, closes = rounds.dates(source, rounds.now())
    _tell_reading(steps, source)
    with clock.replay(opens):
        officials = _officials()
        with steps.step("Make the round and its roll"):
            round_ = rounds.make_round(source, rounds.parliament_for(source, slug), opens, closes)
            voters = rounds.voters_of(source)
            rounds.enter_roll(round_, voters.lines)
            rounds.seal(source, round_)
            acts.open_voting(round_, *officials)
    with steps.step(f"Cast {len(voters.ballots):,} ballots", len(voters.ballots)) as advance:
        cast = cast_all(round_, voters.ballots, advance, channel=Channel.IMPORT)
    count, report = _count(round_, officials, steps)
    return Imported(source, count, cast.accepted, cast.refused, report, time.perf_counter() - began)


def _officials() -> Officials:
    return service_accounts("import", "Import, first official", "Import, second official")


def _count(round_: Round, officials: Officials, steps: Steps) -> tuple[Count, Report]:
    _opens, closes = voting_dates(round_)
    with clock.replay(closes):
        acts.close_voting(round_, *officials)
        db.session.commit()
    with steps.step("Close, sequence the log and count", 100) as advance:
        heard = [0]

        def progress(per_cent: int) -> None:
            advance(per_cent - heard[-1])
            heard.append(per_cent)

        count = count_round(round_, officials=officials, progress=progress)
        db.session.commit()
    with steps.step("Verify the evidence"):
        report = check_bundle(count)
    return count, report


def _tell_reading(steps: Steps, source: SourceFile) -> None:
    file = source.pabulib
    steps.say(f"{file.profile.total:,} ballots, {len(file.election.projects)} projects")
    config, declared = rounds.rule_of(source)
    said = f"as the file declares ({file.rule})" if declared else f"the file declares {file.rule}"
    steps.say(f"Rule: {config.rule}; {said}")
    for repair in file.repairs:
        steps.say(f"Repaired: {repair.policy} on {repair.ballots:,} ballots")
    if rounds.limits_of(source) != file.election.limits:
        steps.say("The limits are widened to the ballots that the city counted as they stood.")


def tell(console: Console, done: Imported) -> None:
    """The result beside the official winners, and what was verified."""
    console.print(f"{done.cast:,} ballots are in the box.")
    for reason, number in sorted(done.refused.items()):
        console.print(f"Refused by the box: {number:,} ({reason})")
    _tell_projects(console, done)
    for finding in done.report.findings:
        if finding.status is Status.FAIL:
            console.print(f"{finding.id} FAIL {finding.detail}")
    console.print(f"Evidence: {done.report.verdict} ({editions(done.count).auditor})")
    console.print(f"Official winners: {_MATCH[done.matches]}")
    if done.matches is False and done.known_difference:
        console.print(done.known_difference)
    console.print(f"Page: {page_of(done.round_)}")
    console.print(f"{done.seconds:.1f} seconds")


_MATCH = {
    True: "the same projects",
    False: "DIFFERENT projects",
    None: "the file lists none",
}


def page_of(round_: Round) -> str:
    return address(
        "results.show",
        language=round_.parliament.default_language,
        parliament=round_.parliament.slug,
        round_slug=round_.slug,
    )


def _tell_projects(console: Console, done: Imported) -> None:
    official = done.round_.official
    result = result_of(done.count)
    table = Table("project", "votes", "here", "official", "name")
    for found in [*result.funded, *result.not_funded]:
        key, funded = found.project.key, found.funded
        stated = official is not None and key in official
        if not (funded or stated):
            continue
        names = next(iter(found.project.names.values()))
        row = (key, str(found.votes), _mark(funded), _mark(stated), names)
        if console.is_terminal:
            table.add_row(*row)
        else:
            console.print("\t".join(row))
    if console.is_terminal:
        console.print(table)


def _mark(funded: bool) -> str:
    return "funded" if funded else "–"


def _write_json(done: Imported, target: str | None) -> None:
    if target is None:
        return
    text = json.dumps(done.to_json(), ensure_ascii=False, indent=2) + "\n"
    if target == STANDARD_OUTPUT:
        sys.stdout.write(text)
    else:
        Path(target).write_text(text, encoding="utf8")


COMMANDS = (import_pabulib,)
