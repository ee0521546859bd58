"""The count of a bundle: what the parliament publishes and what an auditor repeats.

It reads the bundle and nothing else.
"""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Self

from tallying.election import Election
from tallying.errors import InvalidBundle, TallyingError
from tallying.evidence import manifest, opened, privacy
from tallying.evidence.bundle import Bundle, input_digest
from tallying.evidence.envelopes import tally_ballots
from tallying.evidence.suppression import without_numbers
from tallying.formats import pabulib
from tallying.profile import Profile
from tallying.rules import RuleConfig, count

__all__ = ["count_bundle", "input_digest"]

SCHEMA = "tallying.result/1"
OUTCOME = "tally/outcome.json"

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Terms:
    """What the sealed manifest, the acts during the vote and the public draw lay down.

    `elections` are those that are counted, by box: withdrawn projects cannot be funded.
    """

    round_id: str
    elections: dict[str, Election]
    config: RuleConfig
    lots: tuple[str, ...] | None
    seed: bytes | None
    privacy: privacy.Terms

    @classmethod
    def read(cls, bundle: Bundle) -> Self:
        """Read them from a bundle; raises `InvalidBundle` or `InvalidRule`."""
        value = bundle.read_json(manifest.PATH)
        acts = bundle.read_json(manifest.ACTS) if manifest.ACTS in bundle else {"acts": []}
        try:
            config = RuleConfig.from_json(value["rule"])
            return cls(
                round_id=value["round"],
                elections=manifest.with_acts(manifest.elections(value), acts["acts"]),
                config=config,
                lots=None if value["lots"] is None else tuple(value["lots"]),
                seed=_seed(bundle) if "seed" in config.ties else None,
                privacy=privacy.Terms.read(value),
            )
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            message = f"{manifest.PATH} is not a manifest: {error}."
            raise InvalidBundle(message) from error


def count_bundle(bundle: Bundle, *, version: int = 1, progress: Progress | None = None) -> Any:
    """The result document `tallying.result/1` of a bundle: one outcome for each box.

    Raises `InvalidBundle`, `InvalidRule`, or `UnresolvedTie`; then nothing is counted.
    """
    terms = Terms.read(bundle)
    boxes = []
    for box_id in terms.elections:
        if progress:
            progress(box_id)
        boxes.append({"box": box_id, "outcome": count_box(bundle, terms, box_id)})
    return {"schema": SCHEMA, "round": terms.round_id, "version": version, "boxes": boxes}


def count_box(bundle: Bundle, terms: Terms, box_id: str) -> dict[str, Any]:
    """The outcome of one box as JSON; raises as `count_bundle`."""
    election = terms.elections[box_id]
    lots = None if terms.lots is None else [name for name in terms.lots if name in election.index]
    profile = read_profile(bundle, box_id, election)
    refused = _refused(bundle, box_id)
    outcome = count(
        election, profile, terms.config, lots=lots, seed=terms.seed, invalid=refused
    ).to_json()
    if profile.total < terms.privacy.least_cell:
        return without_numbers(outcome)
    # A hash of a handful of ballots would tell them to whoever tries all that can be.
    return {**outcome, "input": None} if is_withheld(bundle, box_id) else outcome


def has_ballots(bundle: Bundle, box_id: str) -> bool:
    """Whether the ballots of a box are in this edition."""
    listed = any(path in bundle for path in _ballot_paths(box_id))
    return listed or opened.is_opened(bundle, box_id)


def is_withheld(bundle: Bundle, box_id: str) -> bool:
    """Whether the whole ballots of a box are not published: too few, or too many are unique."""
    return f"box/{box_id}/withheld.json" in bundle


def read_profile(bundle: Bundle, box_id: str, election: Election) -> Profile:
    """The ballots of a box: the auditors' list, the public file, or the envelopes themselves."""
    restricted, public = _ballot_paths(box_id)
    if restricted in bundle:
        pairs = bundle.read_lines(restricted)
        try:
            return Profile.from_counts(election, ((choices, times) for choices, times in pairs))
        except (TypeError, ValueError, TallyingError) as error:
            message = f"{restricted} is not a list of ballots: {error}"
            raise InvalidBundle(message) from error
    if public in bundle:
        return public_profile(bundle, box_id, election)
    if opened.is_opened(bundle, box_id):
        return _opened_profile(bundle, box_id, election)
    message = f"The ballots of box {box_id} are withheld in this edition."
    raise InvalidBundle(message)


def _opened_profile(bundle: Bundle, box_id: str, election: Election) -> Profile:
    pairs, _ = tally_ballots(election, opened.bodies(bundle, box_id), sealed=opened.OUT in bundle)
    return Profile.from_counts(election, map(tuple, pairs))


def public_profile(bundle: Bundle, box_id: str, election: Election) -> Profile:
    """The ballots of a box's public file; raises `InvalidBundle` unless it is about `election`."""
    path = _ballot_paths(box_id)[1]
    try:
        found = pabulib.read(bundle.read(path), path)
        if _costs(found.election) != _costs(election):
            message = f"{path} names other projects or costs than the manifest."
            raise InvalidBundle(message)
        return Profile.from_counts(election, map(tuple, found.profile.pairs()))
    except InvalidBundle:
        raise
    except TallyingError as error:
        message = f"{path} cannot be read: {error}"
        raise InvalidBundle(message) from error


def _costs(election: Election) -> dict[str, Fraction]:
    """Costs in the currency's major unit, however many decimals they are written with."""
    scale = 10**election.minor_digits
    return {project.id: Fraction(project.cost, scale) for project in election.projects}


def _ballot_paths(box_id: str) -> tuple[str, str]:
    return f"box/{box_id}/restricted/ballots.jsonl", f"box/{box_id}/ballots.pb"


def _refused(bundle: Bundle, box_id: str) -> int:
    """How many ballots of a box were invalid."""
    path = f"box/{box_id}/invalid.json"
    if path not in bundle and is_withheld(bundle, box_id):
        return 0  # a box of few ballots lists none, and its outcome tells no number of them
    try:
        return sum(operator.index(item["count"]) for item in bundle.read_json(path))
    except (KeyError, TypeError) as error:
        message = f"{path} is not a list of counts."
        raise InvalidBundle(message) from error


def _seed(bundle: Bundle) -> bytes:
    try:
        return bytes.fromhex(bundle.read_json("seed/seed.json")["seed"])
    except (KeyError, TypeError, ValueError) as error:
        message = "seed/seed.json holds no seed."
        raise InvalidBundle(message) from error
