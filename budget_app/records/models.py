"""The typed record of every act."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from voting.models import Base, UtcDateTime, values_of


class Act(StrEnum):
    """Every act that leaves a record: `thing:part:verb`."""

    PARLIAMENT_CREATED = "parliament:itself:created"
    PAGE_CHANGED = "parliament:page:changed"
    MEMBER_ADDED = "parliament:member:added"
    MEMBER_REMOVED = "parliament:member:removed"
    SIGNED_IN = "account:session:begun"
    SIGNED_OUT = "account:session:ended"
    PASSWORD_SET = "account:password:set"  # noqa: S105 — the name of an act
    SECOND_FACTOR_SET = "account:second-factor:set"
    SECOND_FACTOR_RESET = "account:second-factor:reset"
    ROUND_CREATED = "round:itself:created"
    ROUND_DELETED = "round:itself:deleted"
    ROUND_CHANGED = "round:itself:changed"
    ROUND_ANNOUNCED = "round:itself:announced"
    LOTS_DRAWN = "round:lots:drawn"
    PROJECT_ADDED = "round:project:added"
    PROJECT_CHANGED = "round:project:changed"
    PROJECT_REMOVED = "round:project:removed"
    ROLL_IMPORTED = "round:roll:imported"
    ROLL_EMPTIED = "round:roll:emptied"
    ROLL_CLAIMED = "round:roll:claimed"
    ROUND_SEALED = "round:manifest:sealed"
    ACT_REQUESTED = "round:act:requested"
    ACT_APPROVED = "round:act:approved"
    ACT_WITHDRAWN = "round:act:withdrawn"
    ACT_FAILED = "round:act:failed"
    LAYER_OPENED = "round:layer:opened"
    VOTING_OPENED = "round:voting:opened"
    ROUND_AMENDED = "round:manifest:amended"
    KEYS_DESTROYED = "round:keys:destroyed"
    VOTING_EXTENDED = "round:voting:extended"
    PROJECT_WITHDRAWN = "round:project:withdrawn"
    BALLOT_REVOKED = "round:ballot:revoked"
    VOTING_CLOSED = "round:voting:closed"
    ROUND_COUNTED = "round:count:published"
    PROPOSAL_SUBMITTED = "proposal:itself:submitted"
    PROPOSAL_WITHDRAWN = "proposal:itself:withdrawn"
    COAUTHOR_JOINED = "proposal:coauthor:joined"
    COAUTHOR_LEFT = "proposal:coauthor:left"
    PROPOSAL_ACCEPTED = "proposal:review:accepted"
    PROPOSAL_REJECTED = "proposal:review:rejected"
    REVIEW_ASSIGNED = "proposal:review:assigned"
    REVIEW_DECLARED = "proposal:review:declared"
    APPEAL_MADE = "proposal:appeal:made"
    APPEAL_DECIDED = "proposal:appeal:decided"
    MERGE_ASKED = "proposal:merge:asked"
    MERGE_AGREED = "proposal:merge:agreed"
    MERGE_DECLINED = "proposal:merge:declined"
    MERGE_OBJECTED = "proposal:merge:objected"
    MERGE_WITHDRAWN = "proposal:merge:withdrawn"
    PROPOSAL_MERGED = "proposal:merge:done"
    COMMENT_KEPT = "moderation:comment:kept"
    COMMENT_HIDDEN = "moderation:comment:hidden"
    COMMENT_RESTORED = "moderation:comment:restored"
    COMMENT_REOPENED = "moderation:comment:reopened"
    APPEAL_UPHELD = "moderation:appeal:upheld"
    APPEAL_DISMISSED = "moderation:appeal:dismissed"
    MODERATION_RULES_CHANGED = "moderation:rules:changed"
    AUDITOR_KEY_REGISTERED = "audit:key:registered"
    COUNT_ATTESTED = "audit:count:attested"
    COUNT_OBJECTED = "audit:count:objected"
    OBJECTION_ANSWERED = "audit:objection:answered"
    OBJECTION_WITHDRAWN = "audit:objection:withdrawn"
    OBJECTION_UPHELD = "audit:objection:upheld"
    COUNT_CERTIFIED = "round:count:certified"
    COUNT_ANNULLED = "round:count:annulled"
    COMMITMENT_MADE = "feedback:commitment:made"
    COMMITMENT_JUDGED = "feedback:commitment:judged"
    COMMITMENT_CORRECTED = "feedback:commitment:corrected"
    STANDING_CORRECTED = "feedback:standing:corrected"
    FEEDBACK_ANSWERED = "feedback:answer:published"
    ANSWER_CORRECTED = "feedback:answer:corrected"
    SURVEY_MADE = "feedback:survey:made"
    SURVEY_OPENED = "feedback:survey:opened"
    SURVEY_CLOSED = "feedback:survey:closed"
    SURVEY_AWAITS_HEARING = "feedback:survey:waiting"
    TRAINING_BEGUN = "training:session:begun"
    TRAINING_ENDED = "training:session:ended"
    EXERCISE_RESET = "training:exercise:reset"
    HEARING_PREPARED = "hearing:itself:prepared"
    HEARING_ANNOUNCED = "hearing:itself:announced"
    HEARING_DISCARDED = "hearing:itself:discarded"
    HEARING_CHANGED = "hearing:itself:changed"
    HEARING_BEGUN = "hearing:itself:begun"
    HEARING_ENDED = "hearing:itself:ended"
    HEARING_CANCELLED = "hearing:itself:cancelled"
    HEARING_MINUTES_PUBLISHED = "hearing:minutes:published"
    HEARING_ORGANISATION_CONFIRMED = "hearing:organisation:confirmed"
    HEARING_ORGANISATION_DECLINED = "hearing:organisation:declined"
    HEARING_QUESTION_HIDDEN = "hearing:question:hidden"
    HEARING_QUESTION_SHOWN = "hearing:question:shown"
    HEARING_QUESTION_ANSWERED = "hearing:question:answered"
    HEARING_QUESTION_SET_ASIDE = "hearing:question:set-aside"
    HEARING_POLL_PREPARED = "hearing:poll:prepared"
    HEARING_POLL_REMOVED = "hearing:poll:removed"
    HEARING_POLL_OPENED = "hearing:poll:opened"
    HEARING_POLL_CLOSED = "hearing:poll:closed"
    HEARING_SIMULATION_STARTED = "hearing:simulation:started"
    HEARING_SIMULATION_STOPPED = "hearing:simulation:stopped"
    STREAM_HOSTS_CHANGED = "parliament:stream-hosts:changed"


class Record(Base):
    """Who did what on what, when."""

    __tablename__ = "record"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    act: Mapped[Act] = mapped_column(values_of(Act, length=60))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    parliament_id: Mapped[int | None] = mapped_column(
        ForeignKey("parliament.id", ondelete="CASCADE"), index=True
    )
    round_id: Mapped[int | None] = mapped_column(
        ForeignKey("round.id", ondelete="CASCADE"), index=True
    )
    subject: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    # Opens the commitment of the act's entry in the log of the administration: salt and content.
    opening: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
