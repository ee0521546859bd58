"""The section on money: votes beside spending, by category and by district."""

from collections.abc import Sequence

from tallying.analysis.spending import Part
from tallying.report.blocks import Block, Chart, Heading, Section, Table, Text
from tallying.report.charts import Bar, bars
from tallying.report.subject import Subject, printable

DRAWN = 12
"""How many parts a chart shows at most, those with the most votes first."""


def money(subject: Subject) -> Section:
    """What was spent on what, beside what the votes asked for."""
    gettext, document = subject.gettext, subject.document
    blocks: list[Block] = [
        Text(
            gettext(
                "Of %(budget)s, %(spent)s were spent and %(left)s are left.",
                budget=subject.money(document["budget"]),
                spent=subject.money(document["spent"]),
                left=subject.money(document["unspent"]),
            )
        )
    ]
    spending = subject.analysis.spending
    blocks += _parts(subject, gettext("By category"), gettext("Category"), spending.categories)
    if any(part.name for part in spending.categories):
        blocks.append(
            Text(gettext("A project of several categories counts in equal parts in each of them."))
        )
    blocks += _parts(subject, gettext("By district"), gettext("District"), spending.districts)
    return Section("money", gettext("How the money was spent"), blocks)


def _parts(subject: Subject, title: str, head: str, parts: Sequence[Part]) -> list[Block]:
    """A chart with its table; nothing where the file names no such parts."""
    if not any(part.name for part in parts):
        return []
    gettext = subject.gettext
    heads = (
        head,
        gettext("Projects"),
        gettext("Funded"),
        gettext("Spent"),
        gettext("Share of the votes"),
        gettext("Share of the money"),
    )
    rows = [
        (
            _name(subject, part),
            subject.number(part.projects),
            subject.number(part.funded),
            subject.money(part.spent),
            subject.percent(part.share_of_votes),
            subject.percent(part.share_of_spending),
        )
        for part in sorted(parts, key=lambda part: (not part.name, part.name.encode()))
    ]
    table = Table(title, heads, rows, frozenset(range(1, 6)))
    return [Heading(title), _chart(subject, title, parts), table]


def _chart(subject: Subject, title: str, parts: Sequence[Part]) -> Chart:
    gettext = subject.gettext
    most = sorted(parts, key=lambda part: (-part.share_of_votes, part.name.encode()))[:DRAWN]
    longest = max((max(p.share_of_votes, p.share_of_spending) for p in most), default=1) or 1
    drawn = []
    for part in most:
        votes = gettext("%(share)s of the votes", share=subject.percent(part.share_of_votes))
        spent = gettext("%(share)s of the money", share=subject.percent(part.share_of_spending))
        length = float(part.share_of_votes / longest)
        drawn.append(Bar(_name(subject, part), length, votes, strong=False))
        drawn.append(Bar("", float(part.share_of_spending / longest), spent, strong=True))
    alt = gettext(
        "Bars compare each part’s votes with its money. The table holds the same numbers."
    )
    return Chart(title, alt, bars(drawn))


def _name(subject: Subject, part: Part) -> str:
    return printable(part.name) or subject.gettext("none")
