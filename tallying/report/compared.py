"""The sections that ask what if: other rules, and other voters drawn from the same ones."""

from tallying.analysis.exact import share
from tallying.analysis.other_rules import OtherRule
from tallying.analysis.stability import CONFIDENCE, Stability
from tallying.report.blocks import Block, Section, Table, Text
from tallying.report.figures import percent
from tallying.report.subject import Subject
from tallying.rules import RULES
from tallying.rules.rule import Completion


def other_rules(subject: Subject) -> Section:
    """What other rules would have funded."""
    gettext, others = subject.gettext, subject.analysis.other_rules
    if not others:
        return Section(
            "rules", gettext("Other rules"), [Text(gettext("No other rule was compared."))]
        )
    document, satisfaction = subject.document, subject.analysis.satisfaction
    this = (
        gettext("This result"),
        subject.number(len(document["funded"])),
        subject.number(len(document["funded"])),
        subject.money(document["spent"]),
        subject.percent(share(satisfaction.represented, satisfaction.voters)),
    )
    rows = [this, *(_row(subject, other) for other in others)]
    heads = (
        gettext("Rule"),
        gettext("Funded"),
        gettext("Also funded here"),
        gettext("Spent"),
        gettext("Represented voters"),
    )
    text = gettext(
        "The same ballots, counted by other rules with their usual settings. The result above is the only one that counts."
    )
    table = Table(gettext("Other rules"), heads, rows, frozenset(range(1, 5)))
    return Section("rules", gettext("Other rules"), [Text(text), table])


def _row(subject: Subject, other: OtherRule) -> tuple[str, ...]:
    gettext = subject.gettext
    remarks = []
    if other.completion == Completion.GREEDY:
        remarks.append(gettext("left over money spent on the most voted"))
    if other.left_open:
        remarks.append(gettext("ties taken by the ids"))
    if other.refused:
        remarks = [gettext("could not count this election")]
    title = RULES[other.rule].title[subject.language]
    name = f"{title} ({'; '.join(remarks)})" if remarks else title
    if other.refused:
        return (name, "–", "–", "–", "–")
    voters = subject.analysis.satisfaction.voters
    return (
        name,
        subject.number(len(other.funded)),
        subject.number(other.shared),
        subject.money(other.spent),
        subject.percent(share(other.represented, voters)),
    )


def stability(subject: Subject, stable: Stability) -> Section:
    """In how many recounts of resampled voters each project is funded."""
    gettext, recounts = subject.gettext, stable.resampling.recounts
    blocks: list[Block] = [
        Text(
            gettext(
                "The ballots were counted %(recounts)s times with as many voters drawn at random from them (seed %(seed)s). %(same)s of these recounts fund exactly the same projects.",
                recounts=subject.number(recounts),
                seed=str(stable.resampling.seed),
                same=subject.percent(share(stable.same, recounts)),
            )
        )
    ]
    changing = sorted(
        (item for item in stable.projects if 0 < item.times < recounts),
        key=lambda item: (-item.times, item.project.encode()),
    )
    rows = [
        (
            subject.name(item.project),
            gettext("Funded") if item.funded else gettext("Not funded"),
            subject.percent(share(item.times, recounts)),
            gettext(
                "%(least)s to %(most)s",
                least=subject.percent(item.least),
                most=subject.percent(item.most),
            ),
        )
        for item in changing
    ]
    heads = (
        gettext("Project"),
        gettext("Result"),
        gettext("Recounts that fund it"),
        gettext(
            "With %(percent)s confidence",
            percent=percent(CONFIDENCE, subject.language, 0),
        ),
    )
    if rows:
        caption = gettext("Projects that every recount treats the same are left out.")
        blocks.append(Table(caption, heads, rows, frozenset({2, 3})))
    else:
        blocks.append(Text(gettext("Every recount funds the same projects.")))
    return Section("stability", gettext("How stable the result is"), blocks)
