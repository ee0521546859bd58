"""The sections for those who check: ties, repairs, the rule, and how to repeat the count."""

from hashlib import sha256

from tallying.report.blocks import Block, Code, Section, Table, Text
from tallying.report.subject import Subject, printable
from tallying.rules import find
from tallying.wording import beginning, citation, comparison, criterion, note, repaired, tie


def ties(subject: Subject) -> Section:
    """Every tie that was met, and what decided it."""
    gettext, met = subject.gettext, subject.document["ties"]
    rows = [
        (gettext("Step %(step)s", step=subject.number(item["step"])), tie(item, subject.wording))
        for item in met
    ]
    if not rows:
        return Section("ties", gettext("Ties"), [Text(gettext("There were no ties."))])
    return Section(
        "ties",
        gettext("Ties"),
        [Table(gettext("Ties"), [gettext("Ties"), gettext("Result")], rows)],
    )


def repairs(subject: Subject) -> Section:
    """What was mended in the ballots, and published numbers that they do not give."""
    gettext = subject.gettext
    blocks: list[Block] = []
    found = [
        repaired(item.policy, item.ballots, subject.wording) for item in subject.outcome.repairs
    ]
    if found:
        blocks += [Text(sentence) for sentence in found]
    else:
        blocks.append(Text(gettext("No ballot needed a repair.")))
    blocks.append(_differences(subject))
    return Section("repairs", gettext("Repairs and differences"), blocks)


def _differences(subject: Subject) -> Block:
    gettext, found = subject.gettext, subject.file.differences
    if not found:
        return Text(gettext("Every published number agrees with a recount of the ballots."))
    rows = [
        (
            item.field if item.project is None else f"{item.field}: {subject.name(item.project)}",
            subject.number(item.published),
            subject.number(item.counted),
        )
        for item in found
    ]
    heads = [gettext("Field"), gettext("Published"), gettext("Counted")]
    caption = gettext("Published numbers that the ballots do not give:")
    return Table(caption, heads, rows, frozenset({1, 2}))


def rule(subject: Subject) -> Section:
    """The rule with its parameters and source."""
    gettext, document, wording = subject.gettext, subject.document, subject.wording
    used = find(document["rule"]["rule"])
    language = subject.language
    texts = [
        f"{used.title[language]}. {used.description[language]}",
        beginning(document, wording),
        comparison(document, wording),
        *(printable(note(told, wording)) for told in subject.notes),
    ]
    rows = [
        (gettext("Rule"), used.id),
        (gettext("Utility"), document["rule"]["utility"]),
        (gettext("Completion"), document["rule"]["completion"]),
        *((name, _value(value)) for name, value in sorted(document["rule"]["parameters"].items())),
        (gettext("Tie order"), ", ".join(criterion(c, wording) for c in document["rule"]["ties"])),
        (gettext("Lots"), ", ".join(printable(name) for name in document["rule"]["lots"] or ())),
        (gettext("Seed"), document["rule"]["seed"] or ""),
        (gettext("Budget"), subject.money(document["budget"])),
        (gettext("Voters"), subject.number(document["counts"]["voters"])),
        (gettext("Blank ballots"), subject.number(document["counts"]["blank"])),
        (gettext("Source"), citation(used, language)),
    ]
    told = [row for row in rows if row[1]]
    table = Table(gettext("How it was counted"), [gettext("Parameter"), gettext("Value")], told)
    return Section(
        "rule",
        gettext("How it was counted"),
        [*(Text(text) for text in dict.fromkeys(texts) if text), table],
    )


def _value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else printable(str(value))


def check(subject: Subject) -> Section:
    """How to repeat the count, and what to compare."""
    gettext = subject.gettext
    digests = [
        (gettext("SHA-256 of the file"), subject.digest),
        (gettext("SHA-256 of the election and its ballots"), subject.document["input"]),
        (gettext("SHA-256 of the outcome"), sha256(subject.outcome.to_bytes()).hexdigest()),
    ]
    text = gettext(
        "This command counts the same file again and gives the same result, byte for byte:"
    )
    guide = gettext(
        "What the numbers mean, with sources, is in the guide for researchers (docs/guide/researcher.md)."
    )
    blocks: list[Block] = [
        Text(text),
        Code(printable(subject.command)),
        Table("SHA-256", [gettext("Parameter"), gettext("Value")], digests),
        Text(guide),
    ]
    return Section("check", gettext("Check it yourself"), blocks)
