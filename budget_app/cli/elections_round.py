"""A real election of a Pabulib file, as a round that is ready for its ballots."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from budget_app.extensions import db
from budget_app.languages import LANGUAGES
from budget_app.parliaments.models import Parliament
from budget_app.parliaments.queries import by_slug
from budget_app.parliaments.services import InvalidParliament, create_parliament
from budget_app.rounds import districts, rules, secrecy, services
from budget_app.rounds.errors import RoundError
from budget_app.rounds.fields import clean_text
from budget_app.rounds.models import PhaseKind, Project, Round
from budget_app.rounds.replays import VoterBallot
from tallying.election import BallotStyle, Election, Limits
from tallying.errors import InvalidFile
from tallying.formats import pabulib
from tallying.formats.pabulib import PabulibFile
from tallying.presets.official import TIES, official
from tallying.rules import RuleConfig
from tallying.rules.config import find
from voting import ballots, clock, roll
from voting.eligibility import normalised
from voting.roll_file import Line

NO_CURRENCY = "XXX"
DISTRICT = "national"
DATE = re.compile(r"(?:(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.)?(?P<year>\d{4})")
FIELDS_OF_LIMITS = tuple(Limits.__dataclass_fields__)


@dataclass(frozen=True)
class SourceFile:
    """A file that was read, with what identifies its bytes."""

    content: bytes
    pabulib: PabulibFile

    @classmethod
    def read(cls, path: Path) -> Self:
        """Raises `InvalidFile`, naming line and field."""
        try:
            content = path.read_bytes()
        except OSError as error:
            raise InvalidFile(str(path), None, "", error.strerror or str(error)) from error
        return cls(content, pabulib.read(content, path.name))

    @property
    def name(self) -> str:
        return self.pabulib.file

    @property
    def digest(self) -> str:
        """SHA-256 in hexadecimal."""
        return sha256(self.content).hexdigest()

    def fault(self, field: str, message: str) -> InvalidFile:
        """An error about one key of META, with its line."""
        lines = self.content.decode("utf-8-sig").splitlines()
        found = (n for n, line in enumerate(lines, 1) if line.lower().startswith(f"{field};"))
        return InvalidFile(self.name, next(found, None), field, message)


@dataclass(frozen=True)
class Voters:
    """The roll of an election and its ballots, in the order of the file."""

    lines: list[Line]
    ballots: list[VoterBallot]


def dates(source: SourceFile, now: datetime) -> tuple[datetime, datetime]:
    """First and last day of the vote; without them in the file, the day before the import."""
    meta = source.pabulib.meta
    if not meta.get("date_begin"):
        return now - timedelta(days=1), now
    begins, _ends = _days(source, "date_begin")
    _begins, ends = _days(source, "date_end" if meta.get("date_end") else "date_begin")
    if ends <= begins:
        raise source.fault("date_end", "the vote ends before it begins")
    if begins >= now:
        raise source.fault("date_begin", "the vote has not taken place yet")
    return begins, min(ends, now)


def rule_of(source: SourceFile) -> tuple[RuleConfig, bool]:
    """The rule to count by, its ties settled by lots at last, and whether the file declares it."""
    declared = official(source.pabulib)
    config = declared or RuleConfig("greedy", ties=TIES)
    style = source.pabulib.election.style
    return replace(
        config,
        utility=config.utility or find(config.rule).default_utility(style).value,
        parameters=config.complete_parameters,
        ties=(*config.ties, "lots"),
    ), declared is not None


def limits_of(source: SourceFile) -> Limits:
    """The file's limits, widened to the ballots that the reader's policies count as they stand.

    The longest ranking is not widened: its length is what a first place is worth.
    """
    election = source.pabulib.election
    limits, chosen = election.limits, [c for c in source.pabulib.votes.choices.values() if c]
    if not chosen:
        return limits
    lengths = [len(choices) for choices in chosen]
    widened = replace(limits, min_length=min(limits.min_length, *lengths, limits.min_length))
    if limits.max_length is not None and election.style is not BallotStyle.RANKED:
        widened = replace(widened, max_length=max(limits.max_length, *lengths, 0))
    return _widened_points(widened, election.style, chosen) if election.style.graded else widened


def _widened_points(limits: Limits, style: BallotStyle, chosen: list[list[Any]]) -> Limits:
    sums = [sum(points for _project, points in choices) for choices in chosen]
    grades = [points for choices in chosen for _project, points in choices]
    if limits.max_score is not None or style is BallotStyle.SCORE:
        limits = replace(limits, max_score=max(limits.max_score or 0, *grades, 0))
    if style is BallotStyle.POINTS:
        least = min([limits.min_points, *sums])
        limits = replace(limits, min_points=least, max_points=max([limits.max_points or 0, *sums]))
    return limits


def parliament_for(source: SourceFile, slug: str | None) -> Parliament:
    """The parliament named by `slug`, or that of past elections in the file's currency."""
    currency = source.pabulib.election.currency.upper() or NO_CURRENCY
    parliament = by_slug(slug or f"elections-{currency.lower()}")
    if parliament is None and slug:
        raise InvalidParliament(f"There is no parliament “{slug}”.")
    if parliament is None:
        return _new_parliament(source, currency)
    if slug and parliament.currency != currency != NO_CURRENCY:
        message = f"the parliament {slug} counts in {parliament.currency}"
        raise source.fault("currency", message)
    return parliament


def make_round(
    source: SourceFile, parliament: Parliament, opens: datetime, closes: datetime
) -> Round:
    """An announced round of one box: dates, projects, limits, rule and lots from the file."""
    file, config = source.pabulib, rule_of(source)[0]
    election = file.election
    scale = _scale(source, parliament)
    titles = dict.fromkeys(parliament.languages, _title(source))
    round_ = services.create_round(
        parliament, titles, by=None, summaries=_summaries(source, parliament), source=source.name
    )
    secrecy.choose_open(round_, by=None)  # ballots that are published already
    services.set_phases(round_, {PhaseKind.VOTING: (opens, closes)}, by=None)
    rules.set_style(round_, election.style.value, by=None)
    round_.limits = {name: getattr(limits_of(source), name) for name in FIELDS_OF_LIMITS}
    rules.set_rule(round_, config.to_json(), by=None)
    districts.change_district(
        round_.districts[0],
        dict.fromkeys(parliament.languages, _place(source)),
        election.budget * scale,
        by=None,
    )
    round_.official = None if file.official is None else list(file.official)
    round_.projects = _projects(election, round_, _language(source, parliament), scale)
    services.announce(round_, by=None)
    rules.draw_lots(round_, str(int(source.digest, 16)), _lots_record(source), by=None)
    return round_


def voters_of(source: SourceFile) -> Voters:
    """Everybody who voted, by the voter's id in the file; each line of a repeated id is a voter."""
    votes, style = source.pabulib.votes, source.pabulib.election.style
    bodies = {raw: ballots.encode(style, choices) for raw, choices in votes.choices.items()}
    seen: set[str] = set()
    people = Voters([], [])
    for number, (voter, raw) in enumerate(votes.lines, start=1):
        identity = normalised(voter)
        while not identity or identity in seen:
            identity = f"{identity}LINE{number}"
        seen.add(identity)
        people.lines.append(Line(number, identity, DISTRICT))
        people.ballots.append(VoterBallot(identity, bodies[raw]))
    return people


def enter_roll(round_: Round, lines: Sequence[Line]) -> None:
    roll.enter(db.session(), current_app.extensions["keys"], round_.poll_id, lines)


def seal(source: SourceFile, round_: Round) -> None:
    """Raises `InvalidFile` with what keeps the manifest from being sealed."""
    try:
        services.seal(round_)
    except RoundError as error:
        raise InvalidFile(source.name, None, "", str(error)) from error


def _days(source: SourceFile, field: str) -> tuple[datetime, datetime]:
    """The first moment of a date, and the first after it; a year alone stands for all its days."""
    text = source.pabulib.meta[field]
    found = DATE.fullmatch(text)
    try:
        if found is None:
            raise ValueError(text)
        year = int(found["year"])
        if found["day"] is None:
            return datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
        first = datetime(year, int(found["month"]), int(found["day"]), tzinfo=UTC)
    except ValueError as error:
        message = f"{text!r} is no date written as DD.MM.YYYY"
        raise source.fault(field, message) from error
    return first, first + timedelta(days=1)


def _scale(source: SourceFile, parliament: Parliament) -> int:
    """What turns the file's minor units into the parliament's."""
    digits = parliament.minor_digits - source.pabulib.election.minor_digits
    if digits < 0:
        message = f"an amount has more decimals than {parliament.currency} has"
        raise InvalidFile(source.name, None, "cost", message)
    return int(10**digits)


def _projects(election: Election, round_: Round, language: str, scale: int) -> list[Project]:
    """Costs above the budget are kept: such a project is never affordable."""
    return [
        Project(
            key=project.id,
            names={language: clean_text(project.name) or project.id},
            cost=project.cost * scale,
            categories=[clean_text(name) for name in project.categories],
            district=round_.districts[0],
        )
        for project in election.projects
    ]


def _title(source: SourceFile) -> str:
    """As in “Municipal PB in Warszawa, 2026”."""
    meta = source.pabulib.meta
    title = clean_text(meta.get("description")) or Path(source.name).stem.replace("_", " ")
    instance = clean_text(meta.get("instance")) or ""
    return title if instance in title else f"{title}, {instance}"


def _place(source: SourceFile) -> str:
    meta = source.pabulib.meta
    return clean_text(meta.get("district") or meta.get("unit")) or _title(source)


def _language(source: SourceFile, parliament: Parliament) -> str:
    """The parliament's language in which the names stand; its first where it has not theirs."""
    language = source.pabulib.meta.get("language", "")
    return language if language in parliament.languages else parliament.default_language


def _summaries(source: SourceFile, parliament: Parliament) -> dict[str, str]:
    texts = {}
    for language in parliament.languages:
        with force_locale(language):
            texts[language] = _(
                "An election of the past, repeated here: its published ballots went through the same ballot box, log and count as every round. Source: Pabulib, file %(file)s.",
                file=source.name,
            )
    return texts


def _lots_record(source: SourceFile) -> str:
    return (
        f"The SHA-256 of the imported file {source.name}, {source.digest}, "
        "written as a decimal number, stands for the dice."
    )


def _new_parliament(source: SourceFile, currency: str) -> Parliament:
    names = {}
    for language in LANGUAGES:
        with force_locale(language):
            names[language] = _("Past elections (%(currency)s)", currency=currency)
    try:
        return create_parliament(
            f"elections-{currency.lower()}", names, languages=list(LANGUAGES), currency=currency
        )
    except InvalidParliament as error:
        raise source.fault("currency", str(error)) from error


def now() -> datetime:
    return clock.now(db.session())
