"""The section on voters: who gained something, and who could complain."""

from tallying.analysis.exact import share
from tallying.analysis.pricing import Answer
from tallying.report.blocks import Block, Chart, Heading, Section, Table, Text
from tallying.report.charts import Bar, bars
from tallying.report.figures import decimal
from tallying.report.shares import shares
from tallying.report.subject import Subject


def represented(subject: Subject) -> Section:
    """How many funded projects voters chose, and whether groups of them got their share."""
    blocks = [
        *_distribution(subject),
        *shares(subject),
        *_complaints(subject),
        Text(_price(subject)),
    ]
    return Section("voters", subject.gettext("Who is represented"), blocks)


def _distribution(subject: Subject) -> list[Block]:
    gettext, satisfaction = subject.gettext, subject.analysis.satisfaction
    counted = satisfaction.utilities[0]
    title = gettext("Funded projects that a voter chose")
    named = [
        (_range(subject, bucket.least, bucket.most), bucket.voters) for bucket in counted.buckets
    ]
    most = max((voters for _, voters in named), default=0) or 1
    drawn = [
        Bar(name, voters / most, subject.number(voters), strong=name != "0")
        for name, voters in named
    ]
    rows = [
        (name, subject.number(voters), subject.percent(share(voters, satisfaction.voters)))
        for name, voters in named
    ]
    mean = gettext(
        "On average a voter chose %(mean)s funded projects.",
        mean=decimal(counted.mean, subject.language, 2),
    )
    alt = gettext(
        "Bars show how many voters chose how many funded projects. The table holds the same numbers."
    )
    heads = (title, gettext("Voters"), gettext("Share"))
    return [
        Text(mean),
        Chart(title, alt, bars(drawn)),
        Table(title, heads, rows, frozenset({1, 2})),
    ]


def _range(subject: Subject, least: int, most: int) -> str:
    if least == most:
        return subject.number(least)
    return f"{subject.number(least)}–{subject.number(most)}"


def _complaints(subject: Subject) -> list[Block]:
    gettext, representation = subject.gettext, subject.analysis.representation
    title = gettext("Groups that could complain")
    if representation.satisfied:
        none = gettext(
            "No group of voters could say that its share of the budget would have bought it a common project that is not funded (EJR+ up to one project; Brill and Peters 2023)."
        )
        return [Heading(title), Text(none)]
    some = gettext(
        "These groups could say that their share of the budget would have bought them a common project that is not funded (EJR+ up to one project; Brill and Peters 2023)."
    )
    costs = {project.id: project.cost for project in subject.outcome.contest.election.projects}
    rows = [
        (
            subject.name(complaint.project),
            subject.money(costs[complaint.project]),
            subject.number(complaint.voters),
            subject.money(complaint.money),
        )
        for complaint in representation.complaints
    ]
    heads = [
        gettext("Project"),
        gettext("Cost"),
        gettext("Voters"),
        gettext("Their share of the budget"),
    ]
    caption = gettext("Only the largest group is shown for each project.")
    return [Heading(title), Text(some), Table(caption, heads, rows, frozenset({1, 2, 3}))]


def _price(subject: Subject) -> str:
    found = subject.analysis.priceability
    if found.answer is Answer.YES and found.endowment is not None:
        return subject.gettext(
            "The result can be explained by equal money for every voter: with %(endowment)s each, voters can pay exactly for what is funded, and nobody could pay for anything more (priceability; Peters and Skowron 2020).",
            endowment=subject.money(found.endowment),
        )
    if found.answer is Answer.UNDECIDED:
        return subject.gettext(
            "Whether the result can be explained by equal money for every voter (priceability) was not decided within the work allowed."
        )
    text = subject.gettext(
        "The result cannot be explained by equal money for every voter (priceability; Peters and Skowron 2020)."
    )
    if found.project is None:
        return text
    why = subject.gettext(
        "Whatever they had, the supporters of %(project)s would keep more than its cost.",
        project=subject.wording.named(found.project),
    )
    return f"{text} {why}"
