"""What became of voters' shares: for the most frequent kinds of ballots, who paid for what."""

from fractions import Fraction
from typing import Any

from tallying.analysis.spending_of_types import LEAST_VOTERS, TypeSpending
from tallying.report.blocks import Block, Heading, Table, Text
from tallying.report.subject import Subject, printable
from tallying.wording import PlainFormatter

LEAST_DIGITS = 2
"""Decimals for what one voter pays, also of a currency that the file writes without any."""


def shares(subject: Subject) -> list[Block]:
    """A table of kinds of ballots; nothing under rules without shares."""
    found, gettext = subject.analysis.spending_of_types, subject.gettext
    if found is None:
        return []
    title = gettext("How shares were spent")
    if not found.types:
        none = gettext(
            "No kind of ballot was cast by %(least)s voters or more; none is shown, so that nobody’s ballot is.",
            least=subject.number(LEAST_VOTERS),
        )
        return [Heading(title), Text(none)]
    share = gettext(
        "Each voter could spend %(share)s, and voters with the same ballot paid the same.",
        share=_money(subject, found.share),
    )
    caption = gettext(
        "The most frequent kinds of ballots, cast by at least %(least)s voters each; amounts are for each voter, rounded down.",
        least=subject.number(LEAST_VOTERS),
    )
    heads = (gettext("Ballot"), gettext("Voters"), gettext("Paid for"), gettext("Left"))
    rows = [_row(subject, kind) for kind in found.types]
    return [Heading(title), Text(share), Table(caption, heads, rows, frozenset({1, 3}))]


def _row(subject: Subject, kind: TypeSpending) -> tuple[str, ...]:
    paid = [f"{subject.name(project)}: {_money(subject, amount)}" for project, amount in kind.paid]
    chosen = [_chosen(subject, choice) for choice in kind.ballot]
    return (
        "; ".join(chosen) or subject.gettext("Blank ballot"),
        subject.number(kind.voters),
        "; ".join(paid) or subject.gettext("nothing"),
        _money(subject, kind.left),
    )


def _chosen(subject: Subject, choice: Any) -> str:
    """A project's name, with the number that the ballot gives it, if it gives one."""
    if isinstance(choice, str):
        return subject.name(choice)
    project, number = choice
    return f"{subject.name(project)} ({subject.number(number)})"


def _money(subject: Subject, minor: Fraction) -> str:
    """What one voter pays, rounded down."""
    election = subject.outcome.contest.election
    digits = max(LEAST_DIGITS, election.minor_digits)
    formatter = PlainFormatter(subject.language, printable(election.currency), digits)
    return formatter.money(int(minor * 10 ** (digits - election.minor_digits)))
