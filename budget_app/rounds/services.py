"""The verbs of a round's set-up, each refused once the manifest is sealed."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from itertools import pairwise

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from budget_app.accounts.models import User
from budget_app.extensions import db
from budget_app.parliaments.models import Parliament
from budget_app.records.models import Act
from budget_app.records.services import record
from budget_app.rounds import checklists, manifests, steps
from budget_app.rounds.errors import InvalidField, NotReady, OtherPreview, WrongRoundState
from budget_app.rounds.models import District, LogWitness, Phase, PhaseKind, Round, RoundState
from budget_app.rounds.steps import BEFORE_ANNOUNCEMENT
from budget_app.rounds.unsealed import record_change, refuse_sealed
from tallying.evidence.privacy import Terms
from voting import box, clock, roll
from voting.errors import InvalidManifest

Dates = Mapping[PhaseKind, tuple[datetime, datetime]]

SLUG_LENGTH = 50
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
    refuse_sealed(round_)
    round_.titles, round_.summaries, round_.hashtag = titles, summaries, hashtag
    record_change(round_, by, "texts")


def set_phases(round_: Round, dates: Dates, *, by: User | None) -> None:
    """Replace the dates; raises `InvalidField` at the first that is out of order."""
    refuse_sealed(round_)
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
    record_change(round_, by, "phases")
    db.session.refresh(round_, ["phases"])


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
    refuse_sealed(round_)
    voting = round_.phase(PhaseKind.VOTING)
    if keep_until is not None and voting and keep_until <= voting.ends.date():
        raise InvalidField("keep_until", _("This day must come after the end of the vote."))
    round_.keep_until = keep_until
    if privacy is not None:
        _refuse_low(privacy)
        round_.privacy = privacy.to_json()
    if min_age is not None and age_on is None:
        raise InvalidField("age_on", _("Say on which day this age must be reached."))
    if min_age is None and age_on is not None:
        message = _("Say the age that must be reached on that day, or leave the day empty.")
        raise InvalidField("min_age", message)
    round_.attestations_required = attestations_required
    round_.min_age, round_.age_on = min_age, age_on
    record_change(round_, by, "conditions")


def _refuse_low(terms: Terms) -> None:
    for name in terms.problems:
        raise InvalidField(name, _("This would protect voters less than any round may."))


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
    refuse_sealed(round_)
    removed = roll.clear(db.session(), current_app.extensions["keys"], round_.poll_id)
    record(Act.ROLL_EMPTIED, actor=by, round_=round_, removed=removed)
    return removed


def seal(round_: Round, *, by: User | None = None, shown: str | None = None) -> None:
    """Fix the manifest for good; raises `RoundSealed`, or `NotReady` with what is missing.

    `shown` is the digest of the manifest that was read before: `OtherPreview` where another one
    would be sealed. None asks for none.
    """
    refuse_sealed(round_)
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


def _everybody(parliament: Parliament) -> dict[str, str]:
    return {code: EVERYBODY[code] for code in parliament.languages}
