"""The sections on projects: what became of each, and what nearly was funded."""

from fractions import Fraction

from tallying.analysis.exact import share
from tallying.report.blocks import Block, Chart, Section, Table, Text
from tallying.report.charts import Bar, bars
from tallying.report.subject import Subject
from tallying.rules import find
from tallying.wording import Wording, margin, not_final, reason

DRAWN = 20
"""How many projects the chart shows at most."""
LISTED = 20
"""How many unfunded projects are listed at most, the nearest first."""

_MARKS = {
    "funded": "✓\N{NO-BREAK SPACE}",
    "funded_in_part": "◐\N{NO-BREAK SPACE}",
    "not_funded": "",
}


def lead(subject: Subject) -> str:
    """The rule, the result in one sentence, and whether an open tie keeps it from being final."""
    document, satisfaction = subject.document, subject.analysis.satisfaction
    config = subject.outcome.config
    title = f"{find(config.rule).title[subject.language]} ({config.name})."
    told = subject.gettext(
        "%(funded)s of %(projects)s projects are funded, for %(spent)s of %(budget)s. %(represented)s of %(voters)s voters (%(share)s) chose at least one of them.",
        funded=subject.number(len(document["funded"])),
        projects=subject.number(len(document["projects"])),
        spent=subject.money(document["spent"]),
        budget=subject.money(document["budget"]),
        represented=subject.number(satisfaction.represented),
        voters=subject.number(satisfaction.voters),
        share=subject.percent(share(satisfaction.represented, satisfaction.voters)),
    )
    return " ".join((title, told, *not_final(document, subject.wording)))


def projects(subject: Subject) -> Section:
    """Every project with its verdict and reason, the funded ones first."""
    gettext, wording = subject.gettext, subject.wording
    place = {name: number for number, name in enumerate(subject.document["funded"])}
    listed = sorted(
        subject.document["projects"],
        key=lambda item: (
            place.get(item["id"], len(place)),
            -int(item["score"]),
            item["id"].encode(),
        ),
    )
    verdicts = {
        "funded": gettext("Funded"),
        "funded_in_part": gettext("Funded in part"),
        "not_funded": gettext("Not funded"),
    }
    rows = [
        (
            subject.name(item["id"]),
            subject.money(item["cost"]),
            subject.number(int(item["score"])),
            _MARKS[item["verdict"]] + verdicts[item["verdict"]],
            _reason(subject, item["id"]),
        )
        for item in listed
    ]
    support = gettext("Points") if wording.gives_points else gettext("Votes")
    heads = (gettext("Project"), gettext("Cost"), support, gettext("Result"), gettext("Why"))
    table = Table(gettext("Projects"), heads, rows, frozenset({1, 2}))
    return Section("projects", gettext("Projects"), [*_chart(subject), table])


def _reason(subject: Subject, project: str) -> str:
    """Why a project is funded or not, in one or two sentences."""
    return reason(subject.explanation(project), subject.wording)


def _chart(subject: Subject) -> list[Block]:
    listed = sorted(
        subject.document["projects"], key=lambda item: (-int(item["score"]), item["id"].encode())
    )[:DRAWN]
    if not listed or not int(listed[0]["score"]):
        return []
    drawn = [
        Bar(
            name=_MARKS[item["verdict"]] + subject.name(item["id"]),
            length=int(item["score"]) / int(listed[0]["score"]),
            words=subject.number(int(item["score"])),
            strong=item["verdict"] != "not_funded",
        )
        for item in listed
    ]
    alt = subject.gettext(
        "Bars show the support of each project; funded ones are marked with a tick. The table holds the same numbers."
    )
    return [Chart(subject.gettext("The most supported projects"), alt, bars(drawn))]


def near(subject: Subject) -> Section:
    """What unfunded projects lacked, the least first, and the smallest change that matters."""
    gettext, outcome = subject.gettext, subject.outcome
    missing = sorted(
        (item for item in outcome.selection.margins if item["more"] is not None),
        key=lambda item: (item["more"], item["project"].encode()),
    )
    effective = subject.analysis.effective_support
    shares = dict(effective.shares) if effective else {}
    votes = {item["id"]: item["votes"] for item in subject.document["projects"]}
    total = outcome.contest.profile.total
    rows = []
    for item in missing[:LISTED]:
        name = item["project"]
        words = margin(subject.explanation(name), subject.wording, total - votes[name])
        row = [subject.name(name), words or gettext("Nothing is known of how much was missing.")]
        row += [subject.percent(shares[name]) if name in shares else ""] if shares else []
        rows.append(row)
    heads = [gettext("Project"), gettext("What was missing")]
    heads += [gettext("Effective support")] if shares else []
    blocks: list[Block] = [Text(smallest_change(subject))] if smallest_change(subject) else []
    if rows:
        blocks.append(Table(gettext("What was missing"), heads, rows, frozenset({2})))
    else:
        blocks.append(Text(gettext("Nothing is known of how much was missing.")))
    if shares:
        blocks.append(
            Text(
                gettext(
                    "Effective support says what part of the cost the supporters could have paid at the best moment; at %(whole)s the project would have been bought.",
                    whole=subject.percent(Fraction(1)),
                )
            )
        )
    return Section("near", gettext("What nearly was funded"), blocks)


def smallest_change(subject: Subject) -> str:
    """The smallest change of votes that changes the result; empty where nothing is known."""
    found = subject.analysis.closeness
    if found.project is None or found.change is None:
        if not found.exact:
            return ""
        return subject.gettext("No change of the support of one project changes the result.")
    values = {
        "project": subject.wording.named(found.project),
        "more": _further(subject.wording, found.change, found.unit),
    }
    if found.exact:
        return subject.gettext(
            "The smallest change of one project that changes the result: %(project)s with %(more)s.",
            **values,
        )
    return subject.gettext(
        "This change of one project would surely change the result, and a smaller one may: %(project)s with %(more)s.",
        **values,
    )


def _further(wording: Wording, change: int, unit: str) -> str:
    if change > 0:
        return wording.further(change, unit)
    if unit == "votes":
        return wording.ngettext("%(shown)s vote fewer", "%(shown)s votes fewer", -change)
    return wording.ngettext("%(shown)s point fewer", "%(shown)s points fewer", -change)
