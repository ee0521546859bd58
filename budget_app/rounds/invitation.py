"""What a round asks of its visitor at this moment: one main action, by phase."""

from datetime import datetime
from enum import StrEnum

from budget_app.rounds.models import PhaseKind, Round, RoundState, StageState


class Invitation(StrEnum):
    """The one thing that a round's page offers first."""

    PROPOSE = "propose"
    READ_PROPOSALS = "read_proposals"
    PREPARE = "prepare"  # the rules are sealed, the vote is not open
    VOTE = "vote"
    WAIT = "wait"  # between the vote and the result
    RESULT = "result"


def invitation(round_: Round, moment: datetime) -> Invitation:
    """What to offer at `moment`."""
    if round_.state in (RoundState.COUNTED, RoundState.CERTIFIED):
        return Invitation.RESULT
    voting = round_.phase(PhaseKind.VOTING)
    stage = voting.state_at(moment) if voting else StageState.NEXT
    if round_.state is RoundState.CLOSED or stage is StageState.DONE:
        return Invitation.WAIT
    if round_.state is RoundState.OPEN and stage is StageState.NOW:
        return Invitation.VOTE
    if round_.is_sealed:
        return Invitation.PREPARE
    if round_.in_phase(PhaseKind.PROPOSING, moment):
        return Invitation.PROPOSE
    return Invitation.READ_PROPOSALS
