"""The steps that set a round up, and what each still lacks."""

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from sqlalchemy import func, select

from budget_app.extensions import db
from budget_app.rounds import manifests, words
from budget_app.rounds.models import PhaseKind, Round, RoundState, Secrecy
from tallying.errors import TallyingError
from voting import clock
from voting.manifest import missing
from voting.models import Voter, VoterKind


class Step(StrEnum):
    """In the order in which an administrator takes them."""

    TEXTS = "texts"
    PHASES = "phases"
    DISTRICTS = "districts"
    BALLOT = "ballot"
    RULE = "rule"
    CONDITIONS = "conditions"
    CHECKLIST = "checklist"
    WITNESSES = "witnesses"
    ANNOUNCE = "announce"
    PROJECTS = "projects"
    LOTS = "lots"
    ROLL = "roll"
    KEYS = "keys"
    SEAL = "seal"
    VOTING = "voting"
    COUNT = "count"


BEFORE_ANNOUNCEMENT = (
    Step.TEXTS,
    Step.PHASES,
    Step.DISTRICTS,
    Step.BALLOT,
    Step.RULE,
    Step.CONDITIONS,
    Step.CHECKLIST,
    Step.WITNESSES,
)
BEFORE_SEAL = (*BEFORE_ANNOUNCEMENT, Step.ANNOUNCE, Step.PROJECTS, Step.LOTS, Step.ROLL, Step.KEYS)


@dataclass(frozen=True)
class Gap:
    """One thing that is missing or wrong: a stable code, and what it is about."""

    step: Step
    code: str
    subject: str = ""

    def __str__(self) -> str:
        return f"{self.step}: {self.code} {self.subject}".rstrip()


def steps_of(round_: Round) -> list[Step]:
    """The steps this round has: lots are drawn only where the tie order asks for them."""
    return [step for step in Step if step is not Step.LOTS or "lots" in _ties(round_)]


def following(round_: Round, step: Step) -> Step:
    """The step after `step`."""
    order = steps_of(round_)
    return order[min(order.index(step) + 1, len(order) - 1)]


def gaps(round_: Round) -> list[Gap]:
    """All that keeps the round from being sealed, in the order of the steps."""
    found = [
        *_text_gaps(round_),
        *_phase_gaps(round_),
        *_district_gaps(round_),
        *_ballot_gaps(round_),
        *_condition_gaps(round_),
        *_witness_gaps(round_),
        *_announcement_gaps(round_),
        *_project_gaps(round_),
        *_lots_gaps(round_),
        *_roll_gaps(round_),
        *_key_gaps(round_),
    ]
    if not found:
        found = [_from_manifest(code) for code in missing(manifests.build(round_))]
    order = list(Step)
    return sorted(found, key=lambda gap: order.index(gap.step))


def reached(round_: Round, found: list[Gap]) -> Step:
    """The first step that is not finished: no later one can be entered."""
    if round_.state in (RoundState.CLOSED, RoundState.COUNTED, RoundState.CERTIFIED):
        return Step.COUNT
    if round_.is_sealed:
        return Step.VOTING
    return min((gap.step for gap in found), key=list(Step).index, default=Step.SEAL)


def is_finished(round_: Round) -> bool:
    """Whether every step is done: what follows a count is the auditors'."""
    return round_.state in (RoundState.COUNTED, RoundState.CERTIFIED)


def _text_gaps(round_: Round) -> list[Gap]:
    """The other languages fall back to the first one, which no round lacks."""
    first = round_.parliament.default_language
    texts = {"title_missing": round_.titles, "summary_missing": round_.summaries}
    return [Gap(Step.TEXTS, code, first) for code, text in texts.items() if not text.get(first)]


def _phase_gaps(round_: Round) -> list[Gap]:
    voting = round_.phase(PhaseKind.VOTING)
    if voting is None:
        return [Gap(Step.PHASES, "voting_dates_missing")]
    dated = [phase for kind in PhaseKind if (phase := round_.phase(kind))]
    found = [
        Gap(Step.PHASES, "phase_out_of_order", later.kind)
        for earlier, later in pairwise(dated)
        if later.starts < earlier.ends
    ]
    if not round_.is_sealed and voting.ends <= clock.now(db.session()):
        found.append(Gap(Step.PHASES, "voting_already_over"))
    return found


def _district_gaps(round_: Round) -> list[Gap]:
    if not round_.districts:
        return [Gap(Step.DISTRICTS, "no_districts")]
    return [
        Gap(Step.DISTRICTS, "budget_missing", district.slug)
        for district in round_.districts
        if district.budget == 0
    ]


def _ballot_gaps(round_: Round) -> list[Gap]:
    found = []
    required = words.REQUIRED_LIMITS.get(round_.style)
    if required and not round_.limits.get(required):
        found.append(Gap(Step.BALLOT, "limit_missing", required))
    if not round_.rule:
        return [*found, Gap(Step.RULE, "rule_missing")]
    try:
        config = manifests.rule_config(round_)
    except TallyingError:
        return [*found, Gap(Step.RULE, "rule_invalid")]
    if round_.style not in manifests.styles_of(config.rule):
        found.append(Gap(Step.RULE, "rule_does_not_take_style"))
    elif config.utility and config.utility not in manifests.utilities_of(config.rule, round_.style):
        found.append(Gap(Step.RULE, "utility_does_not_take_style"))
    if not config.ties or config.ties[-1] not in ("lots", "seed"):
        found.append(Gap(Step.RULE, "ties_end_without_lots_or_seed"))
    return found


def _condition_gaps(round_: Round) -> list[Gap]:
    if round_.min_age is not None and round_.age_on is None:
        return [Gap(Step.CONDITIONS, "age_without_date")]
    return []


def _witness_gaps(round_: Round) -> list[Gap]:
    count, required = len(round_.witnesses), round_.witnesses_required
    if count and not required:
        return [Gap(Step.WITNESSES, "quorum_missing")]
    return [Gap(Step.WITNESSES, "too_few_witnesses")] if required > count else []


def _announcement_gaps(round_: Round) -> list[Gap]:
    return [] if round_.is_public else [Gap(Step.ANNOUNCE, "not_announced")]


def _project_gaps(round_: Round) -> list[Gap]:
    filled = {project.district_id for project in round_.projects}
    return [
        Gap(Step.PROJECTS, "box_without_projects", district.slug)
        for district in round_.districts
        if district.id not in filled
    ]


def _lots_gaps(round_: Round) -> list[Gap]:
    if "lots" in _ties(round_) and not round_.lots_dice:
        return [Gap(Step.LOTS, "lots_not_drawn")]
    return []


def _roll_gaps(round_: Round) -> list[Gap]:
    boxes = set(
        db.session.scalars(
            select(Voter.box_id).where(Voter.round_id == round_.poll_id).group_by(Voter.box_id)
        )
    )
    if not boxes:
        return [Gap(Step.ROLL, "roll_empty")]
    known = {district.slug for district in round_.districts}
    return [Gap(Step.ROLL, "roll_names_no_box", box) for box in sorted(boxes - known)]


def _key_gaps(round_: Round) -> list[Gap]:
    if round_.secrecy is Secrecy.OPEN or manifests.seal_of(round_) is not None:
        return []
    return [Gap(Step.KEYS, "bodies_missing")]


def roll_size(round_: Round) -> int:
    """How many people stand on the round's roll."""
    people = Voter.round_id == round_.poll_id, Voter.kind == VoterKind.VOTER
    count = select(func.count()).select_from(Voter).where(*people)
    return db.session.scalar(count) or 0


def _ties(round_: Round) -> list[str]:
    return list(round_.rule.get("ties", ()))


_STEP_OF_CODE = {
    "no_languages": Step.TEXTS,
    "title_missing": Step.TEXTS,
    "opens_not_before_closes": Step.PHASES,
    "phase_ends_before_it_starts": Step.PHASES,
    "phase_out_of_order": Step.PHASES,
    "no_boxes": Step.DISTRICTS,
    "age_without_date": Step.CONDITIONS,
    "policy_invalid": Step.WITNESSES,
    "privacy_too_low": Step.CONDITIONS,
    "destroyed_before_counted": Step.CONDITIONS,
    "ties_end_without_lots_or_seed": Step.RULE,
    "roll_names_no_box": Step.ROLL,
    "seal_keys_equal": Step.KEYS,
    "seal_signers_equal": Step.KEYS,
    "seal_without_body": Step.KEYS,
    "seal_key_unusable": Step.KEYS,
    "seal_without_signers": Step.KEYS,
}


def _from_manifest(code: str) -> Gap:
    name, _, subject = code.partition(":")
    return Gap(_STEP_OF_CODE.get(name, Step.PROJECTS), name, subject)
