"""A round, its phases and districts, the projects on its ballot, and the acts that need two officials."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from budget_app.accounts.models import User
from budget_app.parliaments.models import Parliament
from voting.models import Base, UtcDateTime, values_of


class RoundState(StrEnum):
    """How far a round has come; the dates of its phases say the rest."""

    DRAFT = "draft"  # only administrators see it
    ANNOUNCED = "announced"  # public: proposals, review, publication of costs
    SEALED = "sealed"  # the manifest is fixed
    OPEN = "open"  # two officials opened it; ballots count between the manifest's dates
    CLOSED = "closed"
    COUNTED = "counted"  # a provisional outcome is public
    CERTIFIED = "certified"


class Secrecy(StrEnum):
    """Who could read a ballot."""

    SEALED = "sealed"  # nobody without the keys of two bodies, which are kept offline
    EXERCISE = "exercise"  # sealed, and the server holds both keys itself
    OPEN = "open"  # who administers the database


class PhaseKind(StrEnum):
    PROPOSING = "proposing"
    REVIEW = "review"
    PUBLICATION = "publication"
    VOTING = "voting"
    COUNTING = "counting"
    AUDIT = "audit"
    DELIVERY = "delivery"


class StageState(StrEnum):
    DONE = "done"
    NOW = "now"
    NEXT = "next"


@dataclass(frozen=True)
class Stage:
    """One phase as the stage line shows it."""

    key: PhaseKind
    starts: datetime
    ends: datetime
    state: StageState


class Round(Base):
    """One participatory budget. `limits`, `rule` and `privacy` are what the manifest will seal."""

    __tablename__ = "round"
    __table_args__ = (
        UniqueConstraint("parliament_id", "slug"),
        CheckConstraint("attestations_required >= 0", name="attestations_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    parliament_id: Mapped[int] = mapped_column(ForeignKey("parliament.id", ondelete="RESTRICT"))
    slug: Mapped[str] = mapped_column(String(60))
    titles: Mapped[dict[str, str]] = mapped_column(JSON)
    summaries: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    hashtag: Mapped[str] = mapped_column(String(40), default="")  # without the #
    state: Mapped[RoundState] = mapped_column(values_of(RoundState), default=RoundState.DRAFT)
    style: Mapped[str] = mapped_column(String(20), default="approval")
    limits: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    rule: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    lots_dice: Mapped[str] = mapped_column(String(200), default="")
    lots_record: Mapped[str] = mapped_column(Text, default="")
    attestations_required: Mapped[int] = mapped_column(default=1)
    privacy: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    secrecy: Mapped[Secrecy] = mapped_column(values_of(Secrecy), default=Secrecy.SEALED)
    # Layer → the body's names by language, its public key, the verifier keys of its two machines.
    bodies: Mapped[dict[str, dict[str, Any]]] = mapped_column(JSON, default=dict)
    witnesses_required: Mapped[int] = mapped_column(default=0)
    # What proposals are checked for, in this order: `key` and `texts` by language.
    checklist: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    min_age: Mapped[int | None]
    age_on: Mapped[date | None]
    keep_until: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(200), default="")
    # Of a past election that is repeated here: the keys of the projects that were funded then.
    official: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    announced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    parliament: Mapped[Parliament] = relationship(lazy="joined")
    phases: Mapped[list[Phase]] = relationship(
        back_populates="round_",
        cascade="all, delete-orphan",
        order_by="Phase.starts",
        lazy="selectin",
    )
    districts: Mapped[list[District]] = relationship(
        back_populates="round_",
        cascade="all, delete-orphan",
        order_by="District.id",
        lazy="selectin",
    )
    projects: Mapped[list[Project]] = relationship(
        back_populates="round_", cascade="all, delete-orphan", order_by="Project.id"
    )
    witnesses: Mapped[list[LogWitness]] = relationship(
        back_populates="round_", cascade="all, delete-orphan", order_by="LogWitness.id"
    )

    @property
    def poll_id(self) -> str:
        """The round's name in the ballot box and in the public log."""
        return f"{self.parliament.slug}/{self.slug}"

    @property
    def is_public(self) -> bool:
        return self.state is not RoundState.DRAFT

    @property
    def is_sealed(self) -> bool:
        return self.state not in (RoundState.DRAFT, RoundState.ANNOUNCED)

    @property
    def budget(self) -> int:
        """All districts together, in minor units."""
        return sum(district.budget for district in self.districts)

    def phase(self, kind: PhaseKind) -> Phase | None:
        return next((phase for phase in self.phases if phase.kind == kind), None)

    def district(self, slug: str) -> District | None:
        return next((district for district in self.districts if district.slug == slug), None)

    def stages_at(self, moment: datetime) -> list[Stage]:
        return [
            Stage(phase.kind, phase.starts, phase.ends, phase.state_at(moment))
            for phase in self.phases
        ]

    def in_phase(self, kind: PhaseKind, moment: datetime) -> bool:
        phase = self.phase(kind)
        return phase is not None and phase.state_at(moment) is StageState.NOW


class Phase(Base):
    """A dated part of a round: starts ≤ t < ends."""

    __tablename__ = "phase"
    __table_args__ = (CheckConstraint("starts < ends", name="starts_before_it_ends"),)

    round_id: Mapped[int] = mapped_column(
        ForeignKey("round.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[PhaseKind] = mapped_column(values_of(PhaseKind), primary_key=True)
    starts: Mapped[datetime] = mapped_column(UtcDateTime)
    ends: Mapped[datetime] = mapped_column(UtcDateTime)
    round_: Mapped[Round] = relationship(back_populates="phases")

    def state_at(self, moment: datetime) -> StageState:
        if moment >= self.ends:
            return StageState.DONE
        return StageState.NOW if moment >= self.starts else StageState.NEXT


class District(Base):
    """A part of the territory with a budget of its own; `national` is everybody's."""

    __tablename__ = "district"
    __table_args__ = (
        UniqueConstraint("round_id", "slug"),
        CheckConstraint("budget >= 0", name="budget_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), index=True)
    slug: Mapped[str] = mapped_column(String(60))
    names: Mapped[dict[str, str]] = mapped_column(JSON)
    budget: Mapped[int] = mapped_column(BigInteger)
    # A GeoJSON geometry, Polygon or MultiPolygon, WGS 84; only the map reads it.
    outline: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    round_: Mapped[Round] = relationship(back_populates="districts")


class LogWitness(Base):
    """An organisation that will cosign the round's log: its name in the policy, key and address."""

    __tablename__ = "log_witness"
    __table_args__ = (UniqueConstraint("round_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    key: Mapped[str] = mapped_column(String(500))
    address: Mapped[str] = mapped_column(String(500))
    round_: Mapped[Round] = relationship(back_populates="witnesses")


class Project(Base):
    """An accepted proposal with a final cost, on a ballot. `key` names it in ballots and evidence."""

    __tablename__ = "project"
    __table_args__ = (
        UniqueConstraint("round_id", "key"),
        CheckConstraint("cost >= 0", name="cost_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), index=True)
    district_id: Mapped[int] = mapped_column(
        ForeignKey("district.id", ondelete="RESTRICT"), index=True
    )
    proposal_id: Mapped[int | None] = mapped_column(
        ForeignKey("proposal.id", ondelete="RESTRICT"), index=True
    )
    key: Mapped[str] = mapped_column(String(100))
    names: Mapped[dict[str, str]] = mapped_column(JSON)
    summaries: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    cost: Mapped[int] = mapped_column(BigInteger)
    categories: Mapped[list[str]] = mapped_column(JSON, default=list)
    exclusive_group: Mapped[str | None] = mapped_column(String(60))
    round_: Mapped[Round] = relationship(back_populates="projects")
    district: Mapped[District] = relationship(lazy="joined")


class ActKind(StrEnum):
    """What one administrator asks for and another approves."""

    AMEND = "amend"
    OPEN = "open"
    EXTEND = "extend"
    WITHDRAW = "withdraw"
    REVOKE = "revoke"
    CLOSE = "close"
    COUNT = "count"
    DESTROY = "destroy"


class ActState(StrEnum):
    REQUESTED = "requested"
    APPROVED = "approved"  # waits for the worker, or runs under a lease
    DONE = "done"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


class OfficialAct(Base):
    """An act that needs a second official; approved, it is the work row that the worker carries out."""

    __tablename__ = "official_act"
    __table_args__ = (
        CheckConstraint("approved_by_id <> requested_by_id", name="second_official_is_another"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), index=True)
    kind: Mapped[ActKind] = mapped_column(values_of(ActKind))
    state: Mapped[ActState] = mapped_column(values_of(ActState), default=ActState.REQUESTED)
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="RESTRICT"))
    approved_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id", ondelete="RESTRICT")
    )
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    progress: Mapped[int] = mapped_column(Integer, default=0)  # per cent
    error: Mapped[str] = mapped_column(Text, default="")
    requested_by: Mapped[User] = relationship(foreign_keys=[requested_by_id])
    approved_by: Mapped[User | None] = relationship(foreign_keys=[approved_by_id])
    round_: Mapped[Round] = relationship()
