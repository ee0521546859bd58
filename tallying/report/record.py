"""The sections for those who check: ties, repairs, the rule, and how to repeat the count."""

from hashlib import sha256

from tallying.report.blocks import Block, Code, Section, Table, Text
from tallying.report.subject import Subject, printable
from tallying.rules import find
from tallying.wording import beginning, comparison, criterion, tie


def ties(subject: Subject) -> Section:
    """Every tie that was met, and what decided it."""
    say, met = subject.say, subject.document["ties"]
    rows = [
        (say("Step %(step)s", step=subject.number(item["step"])), tie(item, subject.wording))
        for item in met
    ]
    if not rows:
        return Section("ties", say("Ties"), [Text(say("There were no ties."))])
    return Section("ties", say("Ties"), [Table(say("Ties"), [say("Ties"), say("Result")], rows)])


def repairs(subject: Subject) -> Section:
    """What was mended in the ballots, and published numbers that they do not give."""
    say = subject.say
    blocks: list[Block] = []
    found = [(item.policy, subject.number(item.ballots)) for item in subject.outcome.repairs]
    if found:
        heads = [say("Repair"), say("Ballots")]
        blocks.append(Table(say("Repairs and differences"), heads, found, frozenset({1})))
    else:
        blocks.append(Text(say("No ballot needed a repair.")))
    blocks.append(_differences(subject))
    return Section("repairs", say("Repairs and differences"), blocks)


def _differences(subject: Subject) -> Block:
    say, found = subject.say, subject.file.differences
    if not found:
        return Text(say("Every published number agrees with a recount of the ballots."))
    rows = [
        (
            item.field if item.project is None else f"{item.field}: {subject.name(item.project)}",
            subject.number(item.published),
            subject.number(item.counted),
        )
        for item in found
    ]
    heads = [say(head) for head in ("Field", "Published", "Counted")]
    caption = say("Published numbers that the ballots do not give:")
    return Table(caption, heads, rows, frozenset({1, 2}))


def rule(subject: Subject) -> Section:
    """The rule with its parameters and source."""
    say, document, wording = subject.say, subject.document, subject.wording
    used = find(document["rule"]["rule"])
    language = subject.language
    texts = [
        f"{used.title[language]}. {used.description[language]}",
        beginning(document, wording),
        comparison(document, wording),
        *(printable(note) for note in subject.notes),
    ]
    rows = [
        (say("Rule"), used.id),
        (say("Utility"), document["rule"]["utility"]),
        (say("Completion"), document["rule"]["completion"]),
        *((name, _value(value)) for name, value in sorted(document["rule"]["parameters"].items())),
        (say("Tie order"), ", ".join(criterion(c, wording) for c in document["rule"]["ties"])),
        (say("Lots"), ", ".join(printable(name) for name in document["rule"]["lots"] or ())),
        (say("Seed"), document["rule"]["seed"] or ""),
        (say("Budget"), subject.money(document["budget"])),
        (say("Voters"), subject.number(document["counts"]["voters"])),
        (say("Blank ballots"), subject.number(document["counts"]["blank"])),
        (say("Source"), used.citation),
    ]
    told = [row for row in rows if row[1]]
    table = Table(say("How it was counted"), [say("Parameter"), say("Value")], told)
    return Section(
        "rule",
        say("How it was counted"),
        [*(Text(text) for text in dict.fromkeys(texts) if text), table],
    )


def _value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else printable(str(value))


def check(subject: Subject) -> Section:
    """How to repeat the count, and what to compare."""
    say = subject.say
    digests = [
        (say("SHA-256 of the file"), subject.digest),
        (say("SHA-256 of the election and its ballots"), subject.document["input"]),
        (say("SHA-256 of the outcome"), sha256(subject.outcome.to_bytes()).hexdigest()),
    ]
    text = say("This command counts the same file again and gives the same result, byte for byte:")
    guide = say(
        "What the numbers mean, with sources, is in the guide for researchers (docs/guide/researcher.md)."
    )
    blocks: list[Block] = [
        Text(text),
        Code(printable(subject.command)),
        Table("SHA-256", [say("Parameter"), say("Value")], digests),
        Text(guide),
    ]
    return Section("check", say("Check it yourself"), blocks)
