"""What a report is about, and the words that it is told in."""

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from tallying.analysis import Analysis
from tallying.explanation import Explanation, explain
from tallying.formats import ElectionFile
from tallying.outcome import Outcome
from tallying.presets.preset import Note
from tallying.report.figures import percent
from tallying.wording import PlainFormatter, Wording

_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def printable(text: str) -> str:
    """The text without what no page may hold: control characters and half characters."""
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)


@dataclass(frozen=True)
class Subject:
    """A counted file with its analysis.

    `command` repeats the count; `digest` is the SHA-256 of the file's bytes; `notes` are what a
    preset did to the election.
    """

    file: ElectionFile
    outcome: Outcome
    analysis: Analysis
    language: str
    command: str
    digest: str
    notes: tuple[Note, ...] = ()

    @cached_property
    def document(self) -> dict[str, Any]:
        """The outcome's JSON."""
        return self.outcome.to_json()

    @property
    def heading(self) -> str:
        """What the election is called."""
        return printable(self.file.meta.get("description") or self.file.file)

    @cached_property
    def wording(self) -> Wording:
        """The words of the count in the report's language."""
        election = self.outcome.contest.election
        currency = printable(election.currency)
        return Wording(
            language=self.language,
            formatter=PlainFormatter(self.language, currency, election.minor_digits),
            names={p.id: printable(p.name) or p.id for p in election.projects},
            style=str(election.style),
            minor_digits=election.minor_digits,
        )

    def gettext(self, message: str, **values: str) -> str:
        """A message in the report's language, with its values."""
        return self.wording.gettext(message, **values)

    def money(self, minor: int | Fraction) -> str:
        """An amount; a fraction of a minor unit is rounded down."""
        return self.wording.money(int(minor))

    def number(self, value: int) -> str:
        return self.wording.number(value)

    def percent(self, share: Fraction) -> str:
        return percent(share, self.language)

    def name(self, project: str) -> str:
        return printable(self.wording.names.get(project, project))

    def explanation(self, project: str) -> Explanation:
        """Why a project is funded or not."""
        return explain(self.document, project)
