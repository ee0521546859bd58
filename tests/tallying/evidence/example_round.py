"""An example of a small round: its keys, voters, ballots and manifest.

`north` has 120 voters, of whom five voted twice and one cast a ballot that names no project of the
box; `south` has seven, too few to publish their ballots.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, Self

from tallying.election import BallotStyle, Limits
from tallying.evidence import canonical, privacy
from tallying.evidence.cosignature import Witness, WitnessKey
from tallying.evidence.notes import Signer, generate_key

ROUND = "example/budget-2027"
ORIGIN = "vote.example.org/example/budget-2027"
OFFICIALS = ["official-a", "official-b"]
OPENED, CAST, CLOSED = "2027-05-01T08:00:00Z", "2027-05-10T12:30:00Z", "2027-05-31T20:00:00Z"
BALLOT_SIZE = 256
COSTS = {
    "north": {"n1": 300, "n2": 200, "n3": 250, "n4": 100, "n5": 100},
    "south": {"s1": 10, "s2": 20},
}
BUDGETS = {"north": 600, "south": 25}

Files = dict[str, bytes]
Entry = dict[str, Any]


@dataclass(frozen=True)
class Keys:
    """The private keys of one round."""

    log: Signer
    receipt: Signer
    auditor: Signer
    witnesses: tuple[Witness, ...]

    @classmethod
    def make(cls) -> Self:
        """New ones, so that two rounds never share a key."""
        names = (ORIGIN, f"{ORIGIN}/receipt", "court-of-audit.example.org")
        witnesses = (f"{name}.example.org/witness" for name in ("press", "university", "union"))
        return cls(
            *(Signer(generate_key(name)[0]) for name in names),
            tuple(Witness(generate_key(name, WitnessKey)[0]) for name in witnesses),
        )

    @property
    def trust(self) -> str:
        """What the gazette prints."""
        return (
            f"log {self.log.verifier_key}\nreceipt {self.receipt.verifier_key}\n"
            f"auditor {self.auditor.verifier_key}\n"
        )

    @property
    def witnessing(self) -> str:
        """A policy that asks for two of the three witnesses."""
        names = ("press", "university", "union")
        lines = zip(names, self.witnesses, strict=True)
        return (
            "".join(f"witness {name} {witness.verifier_key}\n" for name, witness in lines)
            + f"group witnesses 2 {' '.join(names)}\nquorum witnesses\n"
        )


@dataclass(frozen=True)
class Cast:
    """One accepted ballot; `number` makes its random bytes."""

    number: int
    voter: str
    box: str
    choices: Sequence[Any]
    seq: int = 1

    @property
    def envelope(self) -> bytes:
        body = canonical.dumps({"choices": self.choices, "v": 1})
        return self._random("envelope") + body.ljust(BALLOT_SIZE, b"\0")

    @cached_property
    def ct(self) -> str:
        return canonical.digest_of(self.envelope)

    @property
    def salt(self) -> bytes:
        return self._random("salt")

    @property
    def personal(self) -> Entry:
        return {
            "at": CAST,
            "box": self.box,
            "channel": "web",
            "seq": self.seq,
            "voter_ref": self.voter,
        }

    @property
    def entry(self) -> Entry:
        commitment = canonical.digest_of(self.salt + canonical.dumps(self.personal))
        return {"t": "cast", "r": ROUND, "ct": self.ct, "c": commitment}

    def _random(self, what: str) -> bytes:
        return sha256(f"{what} {self.number}".encode()).digest()


def voter_ref(number: int) -> str:
    return canonical.digest_of(f"voter {number}".encode())


def example_casts() -> list[Cast]:
    """Every ballot in the order of casting."""
    habits = (["n1", "n2"], ["n1"], ["n2", "n4", "n5"], ["n3"], ["n1", "n3"], [])
    north = [Cast(number, voter_ref(number), "north", habits[number % 6]) for number in range(119)]
    invalid = Cast(119, voter_ref(119), "north", ["s1"])
    south = [Cast(200 + n, voter_ref(200 + n), "south", ["s1", "s2"][n % 2 :]) for n in range(7)]
    again = [Cast(300 + n, voter_ref(n), "north", ["n3", "n4"], 2) for n in range(5)]
    return [*north, invalid, *south, *again]


def example_roll() -> list[Entry]:
    """Everybody who voted, and three who did not."""
    places = [(number, "north") for number in range(122)] + [(200 + n, "south") for n in range(8)]
    people = [
        {"box": box, "class": "voter", "voter_ref": voter_ref(number)} for number, box in places
    ]
    return sorted(people, key=lambda person: person["voter_ref"])


def example_manifest(**changes: Any) -> Entry:
    """Approval of any number of projects, counted by greedy, ties by lots."""
    boxes = [
        {
            "id": box,
            "name": {"en": box.title()},
            "budget": BUDGETS[box],
            "ballot_size": BALLOT_SIZE,
            "projects": [
                {
                    "id": name,
                    "name": {"en": f"Project {name}"},
                    "cost": cost,
                    "categories": [],
                    "exclusive_group": None,
                }
                for name, cost in costs.items()
            ],
        }
        for box, costs in COSTS.items()
    ]
    return {
        "schema": "pb.manifest/1",
        "round": ROUND,
        "parliament": "example",
        "title": {"en": "Budget 2027"},
        "languages": ["en"],
        "currency": "EUR",
        "minor_digits": 2,
        "secrecy": "open",
        "privacy": privacy.Terms().to_json(),
        "seal": None,
        "opens": OPENED,
        "closes": CLOSED,
        "boxes": boxes,
        "style": BallotStyle.APPROVAL.value,
        "limits": {name: getattr(Limits(), name) for name in Limits.__dataclass_fields__},
        "rule": {
            "rule": "greedy",
            "utility": "cardinality",
            "completion": "none",
            "parameters": {},
            "ties": ["lots"],
        },
        "lots": ["n5", "n4", "n3", "n2", "n1", "s2", "s1"],
        "lots_record": "Drawn from an urn in public.",
        "attestations_required": 1,
        "policy": None,
        "phases": [],
        "texts": {},
        "min_age": None,
        "age_on": None,
        "keep_until": None,
        "software": "0.1.0",
        "single_implementation": True,
        **changes,
    }


def joined(lines: Any) -> bytes:
    """Lines that each end in a newline."""
    return b"".join(line + b"\n" for line in lines)


def stored(casts: Sequence[Cast]) -> bytes:
    """Envelopes as a file of the evidence holds them."""
    lines = [
        {"ct": cast.ct, "envelope": canonical.b64u(cast.envelope)}
        for cast in sorted(casts, key=lambda cast: cast.envelope)
    ]
    return joined(map(canonical.dumps, lines))
