"""What every sentence is said with: the language, the names, and how figures are written."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tallying.wording.catalogs import catalog
from tallying.wording.formatter import Formatter

GIVES_POINTS = frozenset({"ranked", "points", "score"})
"""Ballot styles whose ballots give points rather than votes."""


@dataclass(frozen=True)
class Wording:
    """`names` gives a project's id its name, `labels` a category's code its words.

    `style` is the ballots' style; `minor_digits` are the decimals of the currency.
    """

    language: str
    formatter: Formatter
    names: Mapping[str, str]
    style: str
    minor_digits: int = 2
    labels: Mapping[str, str] = field(default_factory=dict)

    def gettext(self, message: str, **values: str) -> str:
        """The message in the language, with its values."""
        found = catalog(self.language).gettext(message)
        return found % values if values else found

    def ngettext(self, singular: str, plural: str, number: int, **values: str) -> str:
        """The message that fits a number, which it shows as `%(shown)s`."""
        found = catalog(self.language).ngettext(singular, plural, number)
        return found % {"shown": self.number(number), **values}

    def number(self, value: int) -> str:
        return self.formatter.number(value)

    def money(self, minor: int) -> str:
        return self.formatter.money(minor)

    def total(self, value: int, in_money: bool) -> str:
        """What a selection gives voters together: votes, points, or what it costs, summed up."""
        return self.money(value) if in_money else self.number(value)

    def rounded(self, minor: int) -> int:
        """An amount for reading: a large one without cents, rounded down."""
        major: int = 10**self.minor_digits
        return minor // major * major if minor >= 100 * major else minor

    def named(self, project: str) -> str:
        """A project's name in quotation marks."""
        return self.gettext("“%(name)s”", name=self.names.get(project, project))

    def identified(self, project: str) -> str:
        """A project's id, and its name where it has one: both are needed to ask for it."""
        known = self.names.get(project, project) != project
        return f"{project} {self.named(project)}" if known else project

    def label(self, code: str) -> str:
        """The words for a category."""
        return self.labels.get(code, code)

    @property
    def gives_points(self) -> bool:
        return self.style in GIVES_POINTS

    def support(self, score: int) -> str:
        """“412 votes”, or “1,204 points”."""
        if self.gives_points:
            return self.ngettext("%(shown)s point", "%(shown)s points", score)
        return self.ngettext("%(shown)s vote", "%(shown)s votes", score)

    def further(self, more: int, unit: str) -> str:
        """“412 more votes”."""
        if unit == "votes":
            return self.ngettext("%(shown)s more vote", "%(shown)s more votes", more)
        return self.ngettext("%(shown)s more point", "%(shown)s more points", more)
