"""What a round refuses, each in one sentence for the person who meets it."""

from collections.abc import Sequence
from datetime import date, datetime

from flask_babel import lazy_gettext as _l


class RoundError(Exception):
    """The root of every refusal; `message` is what the page says, in its language."""

    sentence = _l("This cannot be done.")

    @property
    def message(self) -> str:
        return str(self.sentence)

    def __str__(self) -> str:
        return self.message


class RoundSealed(RoundError):
    """A set-up act after the manifest was sealed."""

    sentence = _l("The rules of this round are sealed and can no longer be changed.")


class OtherPreview(RoundError):
    """Sealing other rules than those that were shown."""

    sentence = _l(
        "Nothing was sealed: the rules changed since you opened this page. Read them again as they stand now."
    )


class NotReady(RoundError):
    """An act before everything it needs is there; `gaps` lists what is missing."""

    sentence = _l("Something is still missing before this can be done.")

    def __init__(self, gaps: Sequence[object]) -> None:
        super().__init__()
        self.gaps = tuple(gaps)

    def __str__(self) -> str:
        return f"{self.message} ({', '.join(map(str, self.gaps))})"


class WrongRoundState(RoundError):
    """An act that does not fit how far the round has come."""

    sentence = _l("This round is not at the point where this can be done.")


class VotingStillOpen(RoundError):
    """Closing before the announced end of the vote."""

    sentence = _l("Voting lasts until its announced end; it cannot be closed before.")

    def __init__(self, closes: datetime) -> None:
        super().__init__()
        self.closes = closes


class KeysNotTried(RoundError):
    """Opening a sealed round before both bodies have tried their keys."""

    sentence = _l("Both bodies must try their keys before voting opens.")


class LayersNotOpened(RoundError):
    """Counting a sealed round before both bodies have opened their layer."""

    sentence = _l("Both bodies must open their layer before the count.")


class VotingOver(RoundError):
    """An act that had to be decided before the close."""

    sentence = _l("The vote has ended; this could only be decided before its end.")


class AppealsPossible(RoundError):
    """Destruction before the last day of the appeal period, or where the rules name none."""

    sentence = _l("The sealed rules name no day until which everything is kept.")

    def __init__(self, until: date | None) -> None:
        super().__init__()
        self.until = until
        if until is not None:
            self.sentence = _l(
                "By the sealed rules everything is kept until %(day)s.", day=until.isoformat()
            )


class SecondOfficialNeeded(RoundError):
    """The person who asked for an act tried to approve it, or is no administrator here."""

    sentence = _l("Another administrator must approve this: never the one who asked for it.")


class ActAlreadyRequested(RoundError):
    """An act of the round is waiting already."""

    sentence = _l("Another request for this round is still waiting.")


class ActNotWaiting(RoundError):
    """The act was approved, withdrawn or carried out meanwhile."""

    sentence = _l("This request is no longer waiting: somebody dealt with it before you.")


class StillInUse(RoundError):
    """A district with proposals or projects, or the last one, cannot be removed."""

    sentence = _l(
        "This district cannot be removed: it is the last one, or has proposals or projects."
    )


class FromProposal(RoundError):
    """A project that came from a proposal keeps its cost and its place on the ballot."""

    sentence = _l("This project was accepted from a proposal: its cost and district are final.")


class LotsDrawn(RoundError):
    """A second draw of the lots."""

    sentence = _l("The lots were drawn already and are never drawn again.")


class InvalidField(RoundError):
    """A value that one field does not allow; shown at that field."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__()
        self.field = field
        self.sentence = message
