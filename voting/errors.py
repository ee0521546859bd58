"""What the ballot box refuses, each error with a code for pages to translate."""

from collections.abc import Sequence
from datetime import date, datetime

from tallying.ballots import Reason


class VotingError(Exception):
    """The root of every refusal; `code` is stable and never shown as such."""

    code = "voting_error"


class UnsafeKey(VotingError):
    """A secret file is missing, unreadable, or readable by others."""

    code = "unsafe_key"


class LogForked(VotingError):
    """What is to be signed does not extend what was signed last."""

    code = "log_forked"


class NotWitnessed(VotingError):
    """Too few witnesses have signed the newest checkpoint; `witnesses` are those that have not."""

    code = "not_witnessed"

    def __init__(self, witnesses: Sequence[str]) -> None:
        super().__init__(
            "Too few witnesses have signed the end of the public log. These have not: "
            + ", ".join(witnesses)
            + ". Nothing is lost: try again when they answer."
        )
        self.witnesses = tuple(witnesses)


class UnknownRound(VotingError):
    """The ballot box knows no such round."""

    code = "unknown_round"

    def __init__(self, round_id: str) -> None:
        super().__init__(f"There is no round {round_id} in the ballot box.")


class WrongState(VotingError):
    """An act does not fit the round's state; `state` says which it is in."""

    code = "wrong_state"

    def __init__(self, message: str, state: str) -> None:
        super().__init__(message)
        self.state = state


class TooEarly(VotingError):
    """Destruction before the appeal period is over; `until` is its last day, if one is named."""

    code = "too_early"

    def __init__(self, until: date | None) -> None:
        message = "The sealed rules name no day until which everything is kept."
        if until is not None:
            message = f"Everything is kept until {until.isoformat()}."
        super().__init__(message)
        self.until = until


class StoreBusy(VotingError):
    """The database could not be compacted while others used it; what follows waits."""

    code = "store_busy"

    def __init__(self) -> None:
        super().__init__("The database is busy: ask for this again at a quieter hour.")


class NotCompacted(VotingError):
    """The database's files still hold the deleted rows: only the tables' owner can rewrite them."""

    code = "not_compacted"

    def __init__(self) -> None:
        super().__init__(
            "The rows are deleted, but the database's files can still hold them: only the owner of "
            "the tables can compact them. Run `flask pb compact-destroyed` as that owner, then ask "
            "for the destruction again."
        )


class SameOfficial(VotingError):
    """An act that needs two officials was asked for by one."""

    code = "same_official"

    def __init__(self) -> None:
        super().__init__("A second official must confirm: the same person asked twice.")


class InvalidManifest(VotingError):
    """A manifest that cannot be sealed; `missing` lists what is wrong, as codes."""

    code = "invalid_manifest"

    def __init__(self, missing: Sequence[str]) -> None:
        super().__init__("The manifest cannot be sealed: " + ", ".join(missing) + ".")
        self.missing = tuple(missing)


class LayerRefused(VotingError):
    """What a body brings of its layer does not fit; `reason` is a code for pages to translate."""

    code = "layer_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(f"What was brought of this layer is refused: {reason}.")
        self.reason = reason


class CanaryRefused(VotingError):
    """What an auditor hands in about canaries does not fit; `reason` is a code for pages."""

    code = "canary_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(f"What was handed in about canaries is refused: {reason}.")
        self.reason = reason


class NoAcceptance(VotingError):
    """What was handed in is not the acceptance of a ballot of the round, signed by its receipt key."""


class NotEligible(VotingError):
    """The claim of a roll entry is refused; `reason` is an `eligibility.Code`."""

    code = "not_eligible"

    def __init__(self, reason: str) -> None:
        super().__init__(f"This claim to a place on the roll is refused: {reason}.")
        self.reason = reason


class CastRefused(VotingError):
    """The root of what can refuse one ballot."""

    code = "cast_refused"


class RoundNotOpen(CastRefused):
    code = "round_not_open"

    def __init__(self, opens: datetime | None) -> None:
        super().__init__("Voting has not opened yet.")
        self.opens = opens


class RoundClosed(CastRefused):
    code = "round_closed"

    def __init__(self, closes: datetime | None) -> None:
        super().__init__("Voting is closed; this ballot was not recorded.")
        self.closes = closes


class NotOnRoll(CastRefused):
    code = "not_on_roll"

    def __init__(self) -> None:
        super().__init__("This voter is not admitted to this round.")


class InvalidToken(CastRefused):
    """The token is unknown in this round, or another voter's."""

    code = "invalid_token"

    def __init__(self) -> None:
        super().__init__("This confirmation is not valid; review the ballot again.")


class TokenUsed(CastRefused):
    """The token has already cast another ballot (409)."""

    code = "token_used"

    def __init__(self) -> None:
        super().__init__("Another ballot was already recorded with this confirmation.")


class InvalidBallot(CastRefused):
    """The ballot says what its box does not allow; `reasons` name the project and the limit."""

    code = "invalid_ballot"

    def __init__(self, reasons: Sequence[Reason]) -> None:
        listed = "; ".join(_described(reason) for reason in reasons)
        super().__init__(f"This ballot is not valid: {listed}.")
        self.reasons = tuple(reasons)


def _described(reason: Reason) -> str:
    parts = [reason.code]
    if reason.project_id is not None:
        parts.append(f"project {reason.project_id}")
    if reason.limit is not None:
        parts.append(f"limit {reason.limit}")
    return ", ".join(parts)
