"""The sealed manifest: everything about a round that cannot change once voting is open."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property
from itertools import pairwise
from typing import Any, Self

from tallying.election import BallotStyle, Election, Limits
from tallying.evidence import canonical
from tallying.evidence import manifest as evidence
from tallying.evidence.policy import InvalidPolicy, Policy
from tallying.evidence.privacy import Terms as PrivacyTerms
from tallying.evidence.seal import Seal
from tallying.rules import RuleConfig
from tallying.witness.client import Address, InvalidAddress
from voting import ballots, seal_terms

SCHEMA = "pb.manifest/1"
BOX_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
"""Names a folder of the bundle."""
Texts = Mapping[str, str]
"""Language → text."""


@dataclass(frozen=True)
class BallotProject:
    """A project as it stands on the ballot; `cost` in minor units of the currency."""

    id: str
    name: Texts
    cost: int
    categories: tuple[str, ...] = ()
    exclusive_group: str | None = None


@dataclass(frozen=True)
class BallotBox:
    """One district's ballot; `budget` in minor units, `ballot_size` in bytes (0: work it out)."""

    id: str
    name: Texts
    budget: int
    projects: tuple[BallotProject, ...]
    ballot_size: int = 0


@dataclass(frozen=True)
class Phase:
    """A dated part of the round."""

    phase: str
    starts: datetime
    ends: datetime


@dataclass(frozen=True)
class Manifest:
    """The rules of one round; `digest` names exactly these bytes."""

    round: str
    parliament: str
    title: Texts
    languages: tuple[str, ...]
    currency: str
    minor_digits: int
    opens: datetime
    closes: datetime
    boxes: tuple[BallotBox, ...]
    style: BallotStyle
    limits: Limits
    rule: RuleConfig
    lots: tuple[str, ...] | None = None
    lots_record: str | None = None
    attestations_required: int = 1
    phases: tuple[Phase, ...] = ()
    texts: Mapping[str, Texts] = field(default_factory=dict)
    min_age: int | None = None
    age_on: date | None = None
    keep_until: date | None = None
    software: str = ""
    privacy: PrivacyTerms = field(default_factory=PrivacyTerms)
    seal: Seal | None = None
    single_implementation: bool = True
    policy: str | None = None
    """The lines of a tlog-policy on witnesses and their quorum; None for no witnesses."""

    def __post_init__(self) -> None:
        ordered = sorted(self.boxes, key=lambda box: box.id.encode())
        object.__setattr__(self, "boxes", tuple(_ordered(box) for box in ordered))
        sizes = ballots.padded_sizes(self.elections, sealed=self.seal is not None)
        sized = (
            box if box.ballot_size else replace(box, ballot_size=sizes[box.id])
            for box in self.boxes
        )
        object.__setattr__(self, "boxes", tuple(sized))
        if self.seal is not None and not self.seal.size:
            size = max(self.ballot_sizes.values(), default=0)
            object.__setattr__(self, "seal", replace(self.seal, size=size))

    @property
    def secrecy(self) -> str:
        """The mode: `sealed`, or `open` where the server can read the ballots."""
        return "open" if self.seal is None else "sealed"

    @cached_property
    def elections(self) -> dict[str, Election]:
        """What each box is counted as, by the box's id."""
        return evidence.elections(self.to_json())

    @cached_property
    def ballot_sizes(self) -> dict[str, int]:
        """Bytes of a padded ballot, by the box's id."""
        return {box.id: box.ballot_size for box in self.boxes}

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the manifest's bytes, in base64url."""
        return canonical.digest(self.to_json())

    def to_bytes(self) -> bytes:
        """The canonical JSON that is sealed."""
        return canonical.dumps(self.to_json())

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Read a sealed manifest; raises `canonical.NotCanonical` or `KeyError` on another file."""
        value = canonical.loads(content)
        fields = {name: value[name] for name in _PLAIN_FIELDS}
        return cls(
            **fields,
            languages=tuple(value["languages"]),
            opens=read_time(value["opens"]),
            closes=read_time(value["closes"]),
            boxes=tuple(_box_from_json(box) for box in value["boxes"]),
            style=BallotStyle(value["style"]),
            limits=Limits(**value["limits"]),
            privacy=PrivacyTerms.read(value),
            rule=RuleConfig.from_json(value["rule"]),
            lots=None if value["lots"] is None else tuple(value["lots"]),
            phases=tuple(
                Phase(item["phase"], read_time(item["starts"]), read_time(item["ends"]))
                for item in value["phases"]
            ),
            age_on=None if value["age_on"] is None else date.fromisoformat(value["age_on"]),
            seal=None if value["seal"] is None else Seal.from_json(value["seal"]),
            keep_until=(
                None if value["keep_until"] is None else date.fromisoformat(value["keep_until"])
            ),
        )

    def to_json(self) -> dict[str, Any]:
        """The manifest as a value of canonical JSON."""
        return {
            **{name: getattr(self, name) for name in _PLAIN_FIELDS},
            "schema": SCHEMA,
            "secrecy": self.secrecy,
            "seal": None if self.seal is None else self.seal.to_json(),
            "title": dict(self.title),
            "texts": {language: dict(texts) for language, texts in self.texts.items()},
            "languages": list(self.languages),
            "opens": write_time(self.opens),
            "closes": write_time(self.closes),
            "boxes": [_box_to_json(box) for box in self.boxes],
            "style": self.style.value,
            "limits": {name: getattr(self.limits, name) for name in _LIMIT_FIELDS},
            "privacy": self.privacy.to_json(),
            "rule": self.rule.to_json(),
            "lots": None if self.lots is None else list(self.lots),
            "phases": [
                {
                    "phase": item.phase,
                    "starts": write_time(item.starts),
                    "ends": write_time(item.ends),
                }
                for item in self.phases
            ],
            "age_on": None if self.age_on is None else self.age_on.isoformat(),
            "keep_until": None if self.keep_until is None else self.keep_until.isoformat(),
        }


_PLAIN_FIELDS = (
    "round",
    "parliament",
    "title",
    "currency",
    "minor_digits",
    "lots_record",
    "attestations_required",
    "texts",
    "min_age",
    "software",
    "single_implementation",
    "policy",
)
_LIMIT_FIELDS = tuple(Limits.__dataclass_fields__)


def write_time(moment: datetime) -> str:
    """RFC 3339 in UTC with whole seconds and `Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_time(text: str) -> datetime:
    """The moment that `write_time` wrote."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def missing(manifest: Manifest) -> list[str]:
    """What keeps a manifest from being sealed, as codes; `code:subject` where one is meant."""
    problems = [*_texts_missing(manifest), *_dates_missing(manifest)]
    problems += seal_terms.missing(manifest.seal)
    problems += [f"box_without_projects:{box.id}" for box in manifest.boxes if not box.projects]
    problems += [
        f"box_id_unusable:{box.id}" for box in manifest.boxes if not BOX_ID.fullmatch(box.id)
    ]
    problems += [
        f"project_id_unusable:{project.id}"
        for box in manifest.boxes
        for project in box.projects
        if "," in project.id or project.id != project.id.strip()
    ]
    problems += [f"privacy_too_low:{name}" for name in manifest.privacy.problems]
    if not manifest.boxes:
        problems.append("no_boxes")
    return [
        *problems,
        *_rule_missing(manifest),
        *_form_missing(manifest),
        *_policy_missing(manifest),
    ]


def _policy_missing(manifest: Manifest) -> list[str]:
    """A policy that nobody can read, that asks nobody, or whose witnesses have no address."""
    if manifest.policy is None:
        return []
    try:
        policy = Policy.parse(manifest.policy.encode(), "policy")
        for witness in policy.witnesses:
            Address.parse(witness.address or "")
    except (InvalidPolicy, InvalidAddress):
        return ["policy_invalid"]
    return [] if policy.needs_witnesses and not policy.logs else ["policy_invalid"]


def _form_missing(manifest: Manifest) -> list[str]:
    """Texts with control characters or outside Unicode's form NFC cannot be sealed."""
    try:
        manifest.to_bytes()
    except canonical.NotCanonical:
        return ["not_canonical"]
    return []


def _texts_missing(manifest: Manifest) -> list[str]:
    problems = [] if manifest.languages else ["no_languages"]
    # The first language is the one that the others fall back to.
    problems += [
        f"title_missing:{lang}" for lang in manifest.languages[:1] if not manifest.title.get(lang)
    ]
    problems += [
        f"project_without_name:{project.id}"
        for box in manifest.boxes
        for project in box.projects
        if not any(project.name.values())
    ]
    return problems


def _dates_missing(manifest: Manifest) -> list[str]:
    problems = [] if manifest.opens < manifest.closes else ["opens_not_before_closes"]
    problems += [
        f"phase_ends_before_it_starts:{item.phase}"
        for item in manifest.phases
        if item.ends <= item.starts
    ]
    problems += [
        f"phase_out_of_order:{later.phase}"
        for earlier, later in pairwise(manifest.phases)
        if later.starts < earlier.starts
    ]
    if manifest.min_age is not None and manifest.age_on is None:
        problems.append("age_without_date")
    if manifest.keep_until is not None and manifest.keep_until <= manifest.closes.date():
        problems.append("destroyed_before_counted")
    return problems


def _rule_missing(manifest: Manifest) -> list[str]:
    ties = manifest.rule.ties
    if not ties or ties[-1] not in ("lots", "seed"):
        return ["ties_end_without_lots_or_seed"]
    if "lots" not in ties:
        return []
    on_ballot = {project.id for box in manifest.boxes for project in box.projects}
    problems = [] if manifest.lots_record else ["lots_without_record"]
    if manifest.lots is None or len(manifest.lots) != len(set(manifest.lots)):
        return [*problems, "lots_missing"]
    return [*problems, *(f"lots_without:{name}" for name in sorted(on_ballot - set(manifest.lots)))]


def _ordered(box: BallotBox) -> BallotBox:
    projects = sorted(box.projects, key=lambda project: project.id.encode())
    return replace(box, projects=tuple(projects))


def _box_to_json(box: BallotBox) -> dict[str, Any]:
    return {
        "id": box.id,
        "name": dict(box.name),
        "budget": box.budget,
        "ballot_size": box.ballot_size,
        "projects": [
            {
                "id": project.id,
                "name": dict(project.name),
                "cost": project.cost,
                "categories": list(project.categories),
                "exclusive_group": project.exclusive_group,
            }
            for project in box.projects
        ],
    }


def _box_from_json(value: dict[str, Any]) -> BallotBox:
    projects = tuple(
        BallotProject(**{**project, "categories": tuple(project["categories"])})
        for project in value["projects"]
    )
    return BallotBox(**{**value, "projects": projects})
