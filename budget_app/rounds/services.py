"""The verbs of a round's set-up, each refused once the manifest is sealed."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from budget_app.accounts.models import User
from budget_app.administration.models import Act
from budget_app.administration.records import record
from budget_app.extensions import db
from budget_app.parliaments.models import Parliament
from budget_app.rounds import checklists, manifests, steps
from budget_app.rounds.errors import (
    InvalidField,
    LotsDrawn,
    NotReady,
    OtherPreview,
    RoundSealed,
    StillInUse,
    WrongRoundState,
)
from budget_app.rounds.models import District, LogWitness, Phase, PhaseKind, Round, RoundState
from budget_app.rounds.seeds import digits_of
from budget_app.rounds.steps import BEFORE_ANNOUNCEMENT
from tallying.election import BallotStyle, Limits
from tallying.errors import InvalidElection, TallyingError
from tallying.evidence.privacy import Terms
from tallying.rules import RULES, RuleConfig
from tallying.ties import Criterion
from voting import box, clock, roll
from voting.errors import InvalidManifest

Dates = Mapping[PhaseKind, tuple[datetime, datetime]]

SLUG_LENGTH = 50
USUAL_TIES = ("more_votes", "lower_cost", "lots")
ENDS_OF_TIES = ("lots", "seed")
EVERYBODY = {"en": "Whole country", "es": "Todo el país", "fr": "Tout le pays", "pt": "Todo o país"}


def create_round(
    parliament: Parliament,
    titles: dict[str, str],
    *,
    by: User | None,
    slug: str = "",
    summaries: dict[str, str] | None = None,
    source: str = "",
) -> Round:
    """An empty draft with one district for everybody."""
    round_ = Round(
        parliament=parliament,
        slug=slug or free_slug(parliament, titles),
        titles=titles,
        summaries=summaries or {},
        source=source,
        created_at=clock.now(db.session()),
        state=RoundState.DRAFT,
        limits={},
        rule={},
        checklist=checklists.usual(parliament.languages),
        districts=[District(slug="national", names=_everybody(parliament), budget=0)],
    )
    db.session.add(round_)
    db.session.flush()
    record(Act.ROUND_CREATED, actor=by, round_=round_)
    return round_


def copy_round(past: Round, titles: dict[str, str], *, by: User | None) -> Round:
    """A draft with what the past round's set-up says, but no summary, dates, projects or roll."""
    round_ = create_round(past.parliament, titles, by=by)
    round_.districts.clear()
    db.session.flush()
    round_.districts = [
        District(
            slug=district.slug,
            names=dict(district.names),
            budget=district.budget,
            outline=district.outline,
        )
        for district in past.districts
    ]
    round_.style, round_.limits, round_.rule = past.style, dict(past.limits), dict(past.rule)
    round_.privacy = dict(past.privacy)
    round_.checklist = list(past.checklist)
    round_.attestations_required, round_.min_age = past.attestations_required, past.min_age
    round_.witnesses = [
        LogWitness(name=witness.name, key=witness.key, address=witness.address)
        for witness in past.witnesses
    ]
    round_.witnesses_required = past.witnesses_required
    db.session.flush()
    return round_


def free_slug(parliament: Parliament, titles: Mapping[str, str]) -> str:
    """An address part made of the title that no other round of the parliament has."""
    title = titles.get(parliament.default_language) or next(iter(titles.values()), "")
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain)[:SLUG_LENGTH].strip("-") or "round"
    taken = set(db.session.scalars(select(Round.slug).where(Round.parliament_id == parliament.id)))
    candidates = [stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 3))]
    return next(slug for slug in candidates if slug not in taken)


def set_texts(
    round_: Round,
    titles: dict[str, str],
    summaries: dict[str, str],
    hashtag: str = "",
    *,
    by: User | None,
) -> None:
    """What the round is called, and the word for it elsewhere, without its #."""
    _refuse_sealed(round_)
    round_.titles, round_.summaries, round_.hashtag = titles, summaries, hashtag
    _changed(round_, by, "texts")


def set_phases(round_: Round, dates: Dates, *, by: User | None) -> None:
    """Replace the dates; raises `InvalidField` at the first that is out of order."""
    _refuse_sealed(round_)
    if PhaseKind.VOTING not in dates:
        raise InvalidField("voting_starts", _("A round needs dates for the vote."))
    dated = [(kind, *dates[kind]) for kind in PhaseKind if kind in dates]
    for kind, starts, ends in dated:
        if ends <= starts:
            raise InvalidField(f"{kind}_ends", _("This phase ends before it begins."))
    for (_kind, _starts, earlier_ends), (kind, starts, _ends) in pairwise(dated):
        if starts < earlier_ends:
            raise InvalidField(
                f"{kind}_starts", _("This phase begins before the one above it has ended.")
            )
    present = {phase.kind: phase for phase in round_.phases}
    for kind in set(present) - set(dates):
        round_.phases.remove(present[kind])
    for kind, starts, ends in dated:
        phase = present.get(kind)
        if phase is None:
            round_.phases.append(Phase(kind=kind, starts=starts, ends=ends))
        else:
            phase.starts, phase.ends = starts, ends
    _changed(round_, by, "phases")
    db.session.refresh(round_, ["phases"])


def add_district(
    round_: Round, slug: str, names: dict[str, str], budget: int, *, by: User | None
) -> District:
    """`budget` in minor units."""
    _refuse_sealed(round_)
    if round_.district(slug):
        raise InvalidField("slug", _("Another district of this round has this code."))
    district = District(slug=slug, names=names, budget=budget)
    round_.districts.append(district)
    _changed(round_, by, "districts", district=slug)
    return district


def change_district(
    district: District, names: dict[str, str], budget: int, *, by: User | None
) -> None:
    """Raises `InvalidField` when the budget falls below the cost of one of its projects."""
    _refuse_sealed(district.round_)
    costs = [p.cost for p in district.round_.projects if p.district_id == district.id]
    if costs and budget < max(costs):
        raise InvalidField(
            "budget", _("A project on the ballot of this district already costs more than this.")
        )
    district.names, district.budget = names, budget
    _changed(district.round_, by, "districts", district=district.slug)


def remove_district(district: District, *, in_use: bool, by: User | None) -> None:
    """Raises `StillInUse` for the last district, or one that proposals or projects name."""
    round_ = district.round_
    _refuse_sealed(round_)
    if in_use or len(round_.districts) == 1:
        raise StillInUse
    round_.districts.remove(district)
    _changed(round_, by, "districts", district=district.slug)


def set_style(round_: Round, style: str, *, by: User | None) -> None:
    """Choose the ballot style; limits that it does not know are forgotten."""
    _refuse_sealed(round_)
    if style != round_.style:
        round_.style, round_.limits = style, {}
    _changed(round_, by, "ballot")


def set_limits(round_: Round, limits: dict[str, Any], *, by: User | None) -> None:
    """Raises `InvalidField` when the limits contradict each other."""
    _refuse_sealed(round_)
    try:
        Limits(**limits)
    except InvalidElection as error:
        raise InvalidField("max_length", _("The most cannot be less than the fewest.")) from error
    round_.limits = limits
    _changed(round_, by, "ballot")


def choose_rule(round_: Round, rule: str, *, ties: Sequence[str] = (), by: User | None) -> None:
    """Take another rule with its own defaults; an order for `ties` that settles each goes along,
    else the present one stays."""
    _refuse_sealed(round_)
    chosen = RULES[rule]
    if not _settles_every_tie(ties):
        ties = round_.rule.get("ties", USUAL_TIES)
    config = {
        "rule": rule,
        "utility": chosen.default_utility(BallotStyle(round_.style)).value,
        "completion": chosen.completions[0].value,
        "parameters": {p.name: p.default for p in chosen.parameters},
        "ties": list(ties),
    }
    if round_.rule.get("rule") != rule:
        set_rule(round_, config, by=by)


def set_rule(round_: Round, rule: dict[str, Any], *, by: User | None) -> None:
    """Keep the rule as `tallying` reads it; raises `InvalidField` naming what it does not know."""
    _refuse_sealed(round_)
    ties = list(rule.get("ties", ()))
    if not ties or ties[-1] not in ENDS_OF_TIES:
        raise InvalidField(
            "ties",
            _("The order must end in lots or in a seed, so that every tie can be settled."),
        )
    if len(set(ties)) != len(ties):
        raise InvalidField("ties", _("The order names the same thing twice."))
    try:
        config = RuleConfig.from_json(rule)
    except TallyingError as error:
        raise InvalidField("rule", str(error)) from error
    if round_.style not in manifests.styles_of(config.rule):
        raise InvalidField("rule", _("This rule cannot count ballots of the chosen style."))
    if config.utility and config.utility not in manifests.utilities_of(config.rule, round_.style):
        raise InvalidField("utility", _("Ballots of the chosen style do not say this."))
    round_.rule = config.to_json()
    _changed(round_, by, "rule")


def _settles_every_tie(ties: Sequence[str]) -> bool:
    known = set(ties) <= set(Criterion) and len(set(ties)) == len(ties)
    return known and bool(ties) and ties[-1] in ENDS_OF_TIES


def set_conditions(
    round_: Round,
    *,
    attestations_required: int,
    min_age: int | None,
    age_on: date | None,
    keep_until: date | None = None,
    privacy: Terms | None = None,
    by: User | None,
) -> None:
    """Who certifies and who may vote; `privacy` None leaves what is published as it is.

    `keep_until` is the last day on which keys and personal data are kept: see `destruction`.
    """
    _refuse_sealed(round_)
    voting = round_.phase(PhaseKind.VOTING)
    if keep_until is not None and voting and keep_until <= voting.ends.date():
        raise InvalidField("keep_until", _("This day must come after the end of the vote."))
    round_.keep_until = keep_until
    if privacy is not None:
        _refuse_low(privacy)
        round_.privacy = privacy.to_json()
    if min_age is not None and age_on is None:
        raise InvalidField("age_on", _("Say on which day this age must be reached."))
    round_.attestations_required = attestations_required
    round_.min_age, round_.age_on = min_age, age_on if min_age is not None else None
    _changed(round_, by, "conditions")


def _refuse_low(terms: Terms) -> None:
    for name in terms.problems:
        raise InvalidField(name, _("This would protect voters less than any round may."))


def draw_lots(round_: Round, dice: str, where: str, *, by: User | None) -> None:
    """Record a public draw: `dice` are its digits; raises `LotsDrawn` the second time."""
    _refuse_sealed(round_)
    if round_.lots_dice:
        raise LotsDrawn
    digits = digits_of(dice)
    round_.lots_dice, round_.lots_record = digits, where
    record(Act.LOTS_DRAWN, actor=by, round_=round_, dice=digits)


def announce(round_: Round, *, by: User | None) -> None:
    """Make the round public; raises `NotReady` with what the first steps lack."""
    if round_.state is not RoundState.DRAFT:
        raise WrongRoundState
    missing = [gap for gap in steps.gaps(round_) if gap.step in BEFORE_ANNOUNCEMENT]
    if missing:
        raise NotReady(missing)
    round_.state = RoundState.ANNOUNCED
    round_.announced_at = clock.now(db.session())
    record(Act.ROUND_ANNOUNCED, actor=by, round_=round_)


def import_roll(round_: Round, content: bytes, *, by: User | None) -> roll.RollReport:
    """Enter the people of a CSV file, all or nothing; the report lists errors by line and field."""
    report = roll.import_roll(
        db.session(),
        current_app.extensions["keys"],
        round_.poll_id,
        content,
        [district.slug for district in round_.districts],
    )
    if not report.error_count:
        record(Act.ROLL_IMPORTED, actor=by, round_=round_, added=report.added)
    return report


def empty_roll(round_: Round, *, by: User | None) -> int:
    """Forget everybody on the roll of a round that is not sealed; answers how many they were."""
    _refuse_sealed(round_)
    removed = roll.clear(db.session(), current_app.extensions["keys"], round_.poll_id)
    record(Act.ROLL_EMPTIED, actor=by, round_=round_, removed=removed)
    return removed


def seal(round_: Round, *, by: User | None = None, shown: str | None = None) -> None:
    """Fix the manifest for good; raises `RoundSealed`, or `NotReady` with what is missing.

    `shown` is the digest of the manifest that was read before: `OtherPreview` where another one
    would be sealed. None asks for none.
    """
    _refuse_sealed(round_)
    missing = steps.gaps(round_)
    if missing:
        raise NotReady(missing)
    manifest = manifests.build(round_)
    if shown is not None and shown != manifest.digest:
        raise OtherPreview
    try:
        box.seal(db.session(), current_app.extensions["keys"], manifest)
    except InvalidManifest as error:
        raise NotReady(error.missing) from error
    round_.state = RoundState.SEALED
    record(Act.ROUND_SEALED, actor=by, round_=round_, manifest=manifest.digest)


def _refuse_sealed(round_: Round) -> None:
    if round_.is_sealed:
        raise RoundSealed


def _changed(round_: Round, by: User | None, part: str, **subject: Any) -> None:
    db.session.flush()
    record(Act.ROUND_CHANGED, actor=by, round_=round_, part=part, **subject)


def _everybody(parliament: Parliament) -> dict[str, str]:
    return {code: EVERYBODY[code] for code in parliament.languages}
