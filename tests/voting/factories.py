"""A small round, ready to be sealed, opened and voted in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tallying.election import BallotStyle, Limits
from tallying.evidence import canonical
from tallying.rules import RuleConfig
from tests.stores import Store
from voting import ballots, box, clock, eligibility, log, roll, server_trust
from voting.database import transaction
from voting.keys import KeyStore
from voting.manifest import BallotBox, BallotProject, Manifest
from voting.models import LayerPurpose
from voting.roll_file import Line

ROUND = "example/budget-2027"
OFFICIALS = ("official-a", "official-b")
GREEDY = {
    "rule": "greedy",
    "parameters": {},
    "utility": "cardinality",
    "completion": "none",
    "ties": ["lots"],
}


def project(name: str, cost: int = 100) -> BallotProject:
    return BallotProject(name, {"en": f"Project {name}"}, cost)


def manifest(**changes: Any) -> Manifest:
    """Two boxes: `north` (a, b, c) and `south` (d, e); approval of up to two projects."""
    now = datetime.now(UTC).replace(microsecond=0)
    north = BallotBox("north", {"en": "North"}, 250, tuple(project(n) for n in "abc"))
    south = BallotBox("south", {"en": "South"}, 150, tuple(project(n) for n in "de"))
    values: dict[str, Any] = {
        "round": ROUND,
        "parliament": "example",
        "title": {"en": "Budget 2027"},
        "languages": ("en",),
        "currency": "EUR",
        "minor_digits": 2,
        "opens": now - timedelta(hours=1),
        "closes": now + timedelta(hours=1),
        "boxes": (north, south),
        "style": BallotStyle.APPROVAL,
        "limits": Limits(max_length=2),
        "rule": RuleConfig.from_json(GREEDY),
        "lots": tuple("cabed"),
        "lots_record": "Drawn in public from an urn.",
        "software": "0.1.0",
    }
    return Manifest(**{**values, **changes})


@dataclass(frozen=True)
class Vote:
    """A round in the ballot box, with the verbs that tests use."""

    store: Store
    keys: KeyStore
    manifest: Manifest

    def enrol(self, count: int, district: str = "north") -> list[str]:
        """Put people on the roll; answers their references."""
        lines = [Line(number, f"{district}{number}", district) for number in range(count)]
        with transaction(self.store.sessions) as session:
            roll.enter(session, self.keys, ROUND, lines)
        return [eligibility.voter_ref(self.keys, ROUND, line.identity_number) for line in lines]

    def seal(self) -> None:
        with transaction(self.store.sessions) as session:
            box.seal(session, self.keys, self.manifest)

    def open(self) -> None:
        with clock.replay(self.manifest.opens), transaction(self.store.sessions) as session:
            box.open_round(session, self.keys, ROUND, OFFICIALS)

    def open_layers(self, purpose: LayerPurpose, folder: Path) -> None:
        server_trust.open_layers(self.store.sessions, self.keys, ROUND, purpose, folder)

    def close(self) -> None:
        with clock.replay(self.manifest.closes), transaction(self.store.sessions) as session:
            box.close_round(session, ROUND, OFFICIALS)

    def commit_boxes(self) -> None:
        with clock.replay(self.manifest.closes), transaction(self.store.sessions) as session:
            box.commit_boxes(session, ROUND)

    def token(self, voter_ref: str) -> str:
        with transaction(self.store.sessions) as session:
            return box.issue_token(session, ROUND, voter_ref)

    def body(self, *choices: Any) -> bytes:
        return ballots.encode(self.manifest.style, list(choices))

    def post(self, voter_ref: str, token: str, body: bytes) -> box.Acceptance:
        request = box.CastRequest(ROUND, voter_ref, token, body)
        with transaction(self.store.sessions) as session:
            return box.cast(session, request)

    def cast(self, voter_ref: str, *choices: Any) -> box.Acceptance:
        return self.post(voter_ref, self.token(voter_ref), self.body(*choices))

    def cast_all(self, choices: Sequence[tuple[str, list[Any]]]) -> None:
        """One ballot for each pair of a voter and their choices."""
        with transaction(self.store.sessions) as session:
            tokens = box.issue_tokens(session, ROUND, [voter for voter, _ in choices])
            requests = [
                box.CastRequest(ROUND, voter, token, self.body(*chosen))
                for (voter, chosen), token in zip(choices, tokens, strict=True)
            ]
            answers = box.cast_many(session, ROUND, requests)
        assert all(isinstance(answer, box.Acceptance) for answer in answers)

    def drain(self) -> int:
        return log.drain(self.store.sessions, self.keys, ROUND)

    def entries(self) -> list[dict[str, Any]]:
        """The log as values, in order."""
        with self.store.sessions() as session:
            newest = log.checkpoint(session, ROUND)
            size = 0 if newest is None else newest.size
            return [canonical.loads(entry) for entry in log.entries(session, ROUND, 0, size)]

    def types(self) -> list[str]:
        return [entry["t"] for entry in self.entries()]


BODIES = {"outer": {"en": "Electoral office"}, "inner": {"en": "Court of audit"}}


def sealed_vote(store: Store, folder: Path, **changes: Any) -> Vote:
    """A round whose ballots are sealed; the server stands in for both bodies."""
    keys = KeyStore(folder / "keys", "vote.example.org")
    seal = server_trust.make_seal(keys, ROUND, BODIES)
    return vote(store, folder, seal=seal, **changes)


def vote(store: Store, folder: Path, **changes: Any) -> Vote:
    return Vote(store, KeyStore(folder / "keys", "vote.example.org"), manifest(**changes))
