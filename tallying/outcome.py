"""The result of a count, with the reason for every decision, as canonical JSON.

The schema `tallying.outcome/1` is described in `docs/formats/outcome.md`.
"""

from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import rfc8785

from tallying.codes import FUNDED_CODES, Code
from tallying.profile import Profile
from tallying.whole_numbers import written

if TYPE_CHECKING:  # the rules return outcomes, so they import this module
    from tallying.rules.config import RuleConfig
    from tallying.rules.rule import Contest, Selection

SCHEMA = "tallying.outcome/1"


@dataclass(frozen=True)
class Repair:
    """A named repair of ballots before the count, and how many ballots it touched."""

    policy: str
    ballots: int


@dataclass(frozen=True)
class Outcome:
    """One count: the contest, the rule, and what was selected.

    `lots` and `seed` are those that the tie order used; `invalid` counts ballots that were
    refused before the count.
    """

    contest: "Contest"
    config: "RuleConfig"
    selection: "Selection"
    lots: tuple[str, ...] | None = None
    seed: bytes | None = None
    invalid: int = 0
    repairs: tuple[Repair, ...] = field(default=())

    @property
    def funded(self) -> tuple[str, ...]:
        """The ids of the projects funded in full, in the order of selection."""
        return self.selection.funded

    @property
    def open_ties(self) -> tuple[tuple[str, ...], ...]:
        """The ties that the order left open and that could change the result."""
        return tuple(group for tie in self.selection.ties if tie.matters for group in tie.open)

    def to_bytes(self) -> bytes:
        """Canonical JSON (RFC 8785): the same input gives the same bytes."""
        return rfc8785.dumps(self.to_json())

    def to_json(self) -> dict[str, Any]:
        """The outcome as a value of canonical JSON."""
        election, selection = self.contest.election, self.selection
        spent = selection.spent(election)
        return {
            "schema": SCHEMA,
            "rule": self._rule(),
            "input": input_digest(self.contest.profile),
            "counts": self._counts(),
            "repairs": [
                {"policy": repair.policy, "ballots": repair.ballots} for repair in self.repairs
            ],
            "budget": election.budget,
            "currency": election.currency,
            "minor_digits": election.minor_digits,
            "funded": list(selection.funded),
            "partial": (
                None
                if selection.partial is None
                else {"project": selection.partial[0], "amount": selection.partial[1]}
            ),
            "spent": spent,
            "unspent": election.budget - spent,
            "projects": self._projects(),
            "rounds": list(selection.rounds),
            "ties": [tie.to_json() for tie in selection.ties],
            "margins": list(selection.margins),
            "completion": dict(selection.completion),
        }

    def _rule(self) -> dict[str, Any]:
        ties = self.config.ties
        return {
            "rule": self.config.rule,
            "utility": str(self.contest.utility),
            "completion": str(self.contest.completion),
            "parameters": dict(self.contest.parameters),
            "ties": list(ties),
            "lots": list(self.lots) if self.lots is not None and "lots" in ties else None,
            "seed": self.seed.hex() if self.seed is not None and "seed" in ties else None,
        }

    def _counts(self) -> dict[str, int]:
        profile = self.contest.profile
        return {
            "voters": profile.total + self.invalid,
            "ballots": profile.total,
            "blank": profile.blank,
            "invalid": self.invalid,
        }

    def _projects(self) -> list[dict[str, Any]]:
        election = self.contest.election
        described = []
        for project, support in zip(election.projects, self.contest.natural, strict=True):
            verdict = self.selection.verdicts[project.id]
            described.append(
                {
                    "id": project.id,
                    "cost": project.cost,
                    "votes": support.votes,
                    "score": written(support.score),
                    "verdict": _verdict(verdict.code),
                    "code": str(verdict.code),
                    "values": dict(verdict.values),
                }
            )
        return sorted(described, key=lambda item: str(item["id"]).encode())


def _verdict(code: str) -> str:
    if code == Code.FUNDED_IN_PART:
        return "funded_in_part"
    return "funded" if code in FUNDED_CODES else "not_funded"


def input_digest(profile: Profile) -> str:
    """SHA-256 (hexadecimal) of the canonical JSON of the election and its ballots.

    The value is `{"ballots": [[choices, count], …], "election": {…}}`, the pairs sorted by the
    bytes of the choices, the projects by id.
    """
    election = rfc8785.dumps(profile.election.to_json())
    content = b'{"ballots":%b,"election":%b}' % (profile.pairs_bytes(), election)
    return sha256(content).hexdigest()
