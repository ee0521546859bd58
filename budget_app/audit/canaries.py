"""What auditors do with canaries, and what the public reads of them."""

import json
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flask import current_app

from budget_app.accounts.models import User
from budget_app.audit import errors
from budget_app.extensions import db
from budget_app.records.models import Act
from budget_app.records.services import record
from budget_app.results.models import Count
from budget_app.results.services import editions
from budget_app.rounds.acts import official_refs
from budget_app.rounds.models import District, Round
from budget_app.rounds.secrecy import evidence_folder
from tallying.evidence import canaries as maths
from tallying.evidence import canonical
from tallying.evidence.bundle import Bundle
from tallying.evidence.canaries import Canary, NoCanary
from tallying.evidence.opened import CANARIES
from tallying.evidence.suppression import is_merged
from voting import canaries
from voting.canaries import Identity
from voting.errors import CanaryRefused, VotingError, WrongState
from voting.keys import KeyStore

LARGEST_FILE = 2_000_000


@dataclass(frozen=True)
class Standing:
    """How many canaries were committed to and opened: by this auditor, and by all."""

    mine: int
    mine_opened: int
    committed: int
    opened: int


@dataclass(frozen=True)
class Watched:
    """One district's canaries: `found` of `opened` came out; `ballots` is N, `altered` is m.

    `chance` is rounded down to whole per mille, so that the page never promises more than it is.
    """

    district: District
    opened: int
    found: int
    ballots: int
    altered: int
    of_margin: bool
    chance: float


def enrol(round_: Round, user: User, box_id: str, number: int) -> list[Identity]:
    """Put canaries on the roll; their identities are shown once. Raises `CanariesRefused`."""
    keys: KeyStore = current_app.extensions["keys"]
    try:
        made = canaries.enrol(db.session(), keys, round_.poll_id, box_id, number)
    except (CanaryRefused, WrongState) as error:
        raise errors.CanariesRefused from error
    record(Act.ROLL_IMPORTED, actor=user, round_=round_, added=len(made), canaries=True)
    return made


def cast(round_: Round, identity_number: str, envelope: str) -> None:
    """Cast a canary that was sealed offline; raises `CanaryNotCast`."""
    keys: KeyStore = current_app.extensions["keys"]
    try:
        content = canonical.unb64u(envelope)
        canaries.cast(db.session(), keys, round_.poll_id, identity_number, content)
    except (VotingError, canonical.NotCanonical) as error:
        raise errors.CanaryNotCast from error


def hand_in(round_: Round, user: User, content: bytes) -> int:
    """Log the commitments of a file of `tallying canary make`; answers how many they are.

    Raises `NoCanaryFile`, `CanariesOfAnotherRound`, or `CommitmentsRefused`.
    """
    commitments = _read(round_, content, "commitments")
    if not all(isinstance(text, str) for text in commitments):
        raise errors.NoCanaryFile
    try:
        canaries.commit(db.session(), round_.poll_id, _reference(round_, user), commitments)
    except (CanaryRefused, WrongState) as error:
        raise errors.CommitmentsRefused from error
    return len(commitments)


def open_(round_: Round, user: User, content: bytes) -> int:
    """Open the canaries of a file of `tallying canary open`; answers how many were found.

    Raises `NoCanaryFile`, `CanariesOfAnotherRound`, or `OpeningsRefused`.
    """
    try:
        opened = [Canary.from_json(item) for item in _read(round_, content, "canaries")]
    except NoCanary as error:
        raise errors.NoCanaryFile from error
    reference = _reference(round_, user)
    try:
        fates = canaries.open_(db.session(), round_.poll_id, evidence_folder(), reference, opened)
    except (CanaryRefused, WrongState) as error:
        raise errors.OpeningsRefused from error
    return Counter(fates.values())[maths.Fate.FOUND]


def standing(round_: Round, user: User) -> Standing:
    """What was handed in so far."""
    rows = canaries.rows(db.session(), round_.poll_id)
    mine = [row for row in rows if row.committed_by == _reference(round_, user)]
    return Standing(
        mine=len(mine),
        mine_opened=sum(row.nonce is not None for row in mine),
        committed=len(rows),
        opened=sum(row.nonce is not None for row in rows),
    )


def watched(count: Count) -> list[Watched]:
    """The districts whose canaries were opened, from the published bundle alone."""
    with Bundle.open(editions(count).public) as bundle:
        if CANARIES not in bundle:
            return []
        stated = bundle.read_json(CANARIES)["canaries"]
        lines = bundle.read_json("reconciliation.json")["boxes"]
    outcomes = {item["box"]: item["outcome"] for item in json.loads(count.document)["boxes"]}
    found = []
    for line in lines:
        of_box = [item for item in stated if item["box"] == line["box"]]
        district = count.round_.district(line["box"])
        if of_box and district is not None and not is_merged(line):
            found.append(_watched(district, of_box, line, outcomes[line["box"]]))
    return found


def _watched(
    district: District, stated: list[dict[str, Any]], line: dict[str, Any], outcome: dict[str, Any]
) -> Watched:
    came = sum(item["found"] for item in stated)
    ballots = line["result"] + line["canaries"]
    needed = maths.altered_at_least(outcome)
    altered = min(needed or max(1, ballots // 100), ballots)
    chance = maths.detection(altered, ballots, min(came, ballots))
    per_mille = Fraction(chance * 1000).__floor__()
    return Watched(
        district, len(stated), came, ballots, altered, needed is not None, per_mille / 1000
    )


def _read(round_: Round, content: bytes, name: str) -> list[Any]:
    """The list of a file that is about this round."""
    if len(content) > LARGEST_FILE:
        raise errors.NoCanaryFile
    try:
        value = canonical.loads(content.strip())
    except canonical.NotCanonical as error:
        raise errors.NoCanaryFile from error
    if not isinstance(value, dict) or not isinstance(value.get(name), list):
        raise errors.NoCanaryFile
    if value.get("round") != round_.poll_id:
        raise errors.CanariesOfAnotherRound
    found: list[Any] = value[name]
    return found


def _reference(round_: Round, user: User) -> str:
    return official_refs(round_, user, user)[0]
