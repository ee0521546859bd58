"""What a check is: a function of the evidence that answers with a sentence, or raises."""

from collections.abc import Callable
from dataclasses import dataclass

from tallying.evidence.checks.evidence import Evidence


class Failed(Exception):
    """The evidence contradicts itself; the message says where."""


class Skipped(Exception):
    """The check cannot be made; `expected` when this edition or mode never allows it."""

    def __init__(self, reason: str, *, expected: bool = True) -> None:
        super().__init__(reason)
        self.expected = expected


@dataclass(frozen=True)
class Check:
    """One check of the list in `docs/formats/bundle.md`; `run` answers what was found in order."""

    id: str
    title: str
    run: Callable[[Evidence], str]
    auditors_only: bool = False
    of_public: Callable[[Evidence], object] | None = None
    """What of an auditors' check the public edition can be asked too."""


def later(check_id: str, title: str, reason: str) -> Check:
    """A check of the list that no bundle has anything for yet."""

    def run(_evidence: Evidence) -> str:
        raise Skipped(reason)

    return Check(check_id, title, run)
