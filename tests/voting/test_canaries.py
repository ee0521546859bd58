"""The auditors' test ballots: committed to, cast, opened, taken out, and never counted."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tallying.evidence import canaries as maths
from tallying.evidence import canonical
from tallying.evidence.bundle import Bundle
from tallying.evidence.canaries import Canary, Fate
from tallying.evidence.verify import Finding, Status, verify
from tallying.sealing.seal import plain_ballot, seal_ballot
from tests.stores import Store
from tests.tallying.evidence.archives import alter
from tests.voting.factories import ROUND, Vote, sealed_vote, vote
from tests.voting.test_bundle import contents, counted
from tests.voting.test_sealed import browser_ballot, post_sealed
from voting import canaries, eligibility
from voting.canaries import Identity
from voting.database import transaction
from voting.errors import CanaryRefused, WrongState
from voting.models import LayerPurpose

VOTERS, CANARIES = 110, 4
AUDITOR = "auditor-a"


class Round:
    """A sealed round with canaries in `north`, of which the last was never cast."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.vote = sealed_vote(store, folder)
        self.folder = folder
        self.north = self.vote.enrol(VOTERS)
        self.vote.seal()
        self.vote.open_layers(LayerPurpose.TEST, folder)
        self.identities = self.enrol(CANARIES)
        self.vote.open()
        election = self.vote.manifest.elections["north"]
        self.made = [maths.make(election, "north") for _ in range(CANARIES)]

    def enrol(self, number: int) -> list[Identity]:
        with transaction(self.vote.store.sessions) as session:
            return canaries.enrol(session, self.vote.keys, ROUND, "north", number)

    def cast(self, *, altered: Callable[[Canary], Canary] = lambda canary: canary) -> None:
        """Everybody votes for a; all canaries but the last are cast, one of them altered."""
        for voter in self.north[:VOTERS]:
            post_sealed(self.vote, voter, browser_ballot(self.vote, "north", "a"))
        sealed = [altered(self.made[0]), *self.made[1:-1]]
        for identity, canary in zip(self.identities, sealed, strict=False):
            post_sealed(self.vote, self.ref(identity), self.envelope(canary))

    def ref(self, identity: Identity) -> str:
        return eligibility.voter_ref(self.vote.keys, ROUND, identity.identity_number)

    def envelope(self, canary: Canary) -> bytes:
        seal = self.vote.manifest.seal
        assert seal is not None
        body = plain_ballot(canary.choices, canonical.unb64u(canary.nonce))
        keys = seal.keys
        return seal_ballot(body, size=seal.size, round_id=ROUND, box_id=canary.box, keys=keys)

    def commit(self, by: str = AUDITOR) -> None:
        with transaction(self.vote.store.sessions) as session:
            canaries.commit(session, ROUND, by, [canary.commitment for canary in self.made])

    def close(self) -> None:
        self.vote.close()
        self.vote.commit_boxes()
        self.vote.open_layers(LayerPurpose.COUNT, self.folder)

    def open(self, *opened: Canary, by: str = AUDITOR) -> list[Fate]:
        with transaction(self.vote.store.sessions) as session:
            fates = canaries.open_(session, ROUND, self.folder, by, opened or self.made)
        return list(fates.values())


@pytest.fixture
def round_(store: Store, tmp_path: Path) -> Round:
    return Round(store, tmp_path)


def findings(path: Path) -> dict[str, Finding]:
    with Bundle.open(path) as bundle:
        return {item.id: item for item in verify(bundle).findings}


def test_canaries_come_out_as_they_were_sealed_and_are_never_counted(round_: Round) -> None:
    round_.cast()
    round_.commit()
    round_.close()
    assert round_.open() == [*[Fate.FOUND] * (CANARIES - 1), Fate.MISSING]
    editions = counted(round_.vote, round_.folder)
    files = contents(editions.public)
    outcome = canonical.loads(files["tally/outcome.json"])["boxes"][0]["outcome"]
    assert outcome["counts"] == {"voters": VOTERS, "ballots": VOTERS, "blank": 0, "invalid": 0}
    assert [item["votes"] for item in outcome["projects"]] == [VOTERS, 0, 0]
    line = canonical.loads(files["reconciliation.json"])["boxes"][0]
    assert (line["canaries"], line["into_peel"]) == (CANARIES - 1, VOTERS + CANARIES - 1)
    for path in (editions.auditor, editions.public):
        found = findings(path)
        assert [item for item in found.values() if item.status is Status.FAIL] == []
        assert found["V20"].status is Status.PASS
        assert f"{CANARIES - 1} of {CANARIES} canaries came out" in found["V20"].detail


def test_an_altered_canary_is_found(round_: Round) -> None:
    other = ["a"] if round_.made[0].choices != ["a"] else ["b"]
    round_.cast(altered=lambda canary: replace(canary, choices=other))
    round_.commit()
    round_.close()
    assert round_.open()[0] is Fate.ALTERED
    editions = counted(round_.vote, round_.folder)
    assert findings(editions.auditor)["V20"].status is Status.FAIL
    assert "2 did not" in findings(editions.public)["V20"].detail
    outcome = canonical.loads(contents(editions.public)["tally/outcome.json"])
    assert outcome["boxes"][0]["outcome"]["counts"]["voters"] == VOTERS


def test_the_roll_names_canaries_as_what_they_are(round_: Round) -> None:
    round_.cast()
    round_.commit()
    round_.close()
    round_.open()
    files = contents(counted(round_.vote, round_.folder).auditor)
    lines = [canonical.loads(line) for line in files["roll/restricted/roll.jsonl"].splitlines()]
    assert Counter(line["class"] for line in lines) == {"voter": VOTERS, "canary": CANARIES}


def test_canaries_that_nobody_committed_to_stop_the_opening(round_: Round) -> None:
    round_.cast()
    round_.vote.close()
    round_.vote.commit_boxes()
    with pytest.raises(WrongState, match="not handed in"):
        round_.vote.open_layers(LayerPurpose.COUNT, round_.folder)
    round_.commit()
    round_.vote.open_layers(LayerPurpose.COUNT, round_.folder)


def test_canaries_that_are_not_opened_stop_the_count(round_: Round) -> None:
    round_.cast()
    round_.commit()
    round_.close()
    round_.open(*round_.made[1:])
    with pytest.raises(WrongState, match="not opened all"):
        counted(round_.vote, round_.folder)
    round_.open(round_.made[0])
    counted(round_.vote, round_.folder)


def test_commitments_come_before_the_layers_and_openings_after(round_: Round) -> None:
    round_.commit()
    with pytest.raises(WrongState, match="after both layers"):
        round_.open()
    round_.close()
    round_.made = [maths.make(round_.vote.manifest.elections["north"], "north")]
    with pytest.raises(WrongState, match="before the first layer"):
        round_.commit()


def test_an_auditor_opens_their_own_commitments_once(round_: Round) -> None:
    round_.commit()
    round_.close()
    with pytest.raises(CanaryRefused, match="not_committed"):
        round_.open(by="auditor-b")
    with pytest.raises(CanaryRefused, match="not_committed"):
        round_.open(replace(round_.made[0], choices=["z"]))
    round_.open()
    with pytest.raises(CanaryRefused, match="not_committed"):
        round_.open()


@pytest.mark.parametrize(
    ("commitments", "reason"),
    [
        ([], "number"),
        (["short"], "no_commitment"),
        (["A" * 43, "A" * 43], "committed_already"),
    ],
)
def test_what_is_no_commitment_is_refused(
    round_: Round, commitments: list[str], reason: str
) -> None:
    with (
        pytest.raises(CanaryRefused, match=reason),
        transaction(round_.vote.store.sessions) as session,
    ):
        canaries.commit(session, ROUND, AUDITOR, commitments)


def test_an_open_round_has_no_canaries(store: Store, tmp_path: Path) -> None:
    plain = vote(store, tmp_path)
    plain.seal()
    with (
        pytest.raises(WrongState, match="not sealed"),
        transaction(store.sessions) as session,
    ):
        canaries.enrol(session, plain.keys, ROUND, "north", 1)


def test_identities_are_of_age_and_different(round_: Round) -> None:
    made: list[Identity] = round_.enrol(20)
    assert len({item.identity_number for item in made}) == 20
    assert all(item.date_of_birth.year <= 2010 for item in made)
    with (
        pytest.raises(CanaryRefused, match="unknown_box"),
        transaction(round_.vote.store.sessions) as session,
    ):
        canaries.enrol(session, round_.vote.keys, ROUND, "west", 1)


def test_the_log_says_who_committed_and_what_was_opened(round_: Round) -> None:
    vote: Vote = round_.vote
    round_.commit()
    round_.close()
    round_.open()
    vote.drain()
    kinds = vote.types()
    assert kinds.index("canary.commit") < kinds.index("layer") < kinds.index("canary.open")
    entry = next(item for item in vote.entries() if item["t"] == "canary.commit")
    assert entry["by"] == [AUDITOR]
    assert entry["commitments"] == [canary.commitment for canary in round_.made]


Lines = list[dict[str, Any]]


def entries_of(files: dict[str, bytes], change: Callable[[Lines], Any]) -> dict[str, bytes]:
    """The log with changed entries."""
    lines = [canonical.loads(line) for line in files["log/entries.jsonl"].splitlines()]
    change(lines)
    return {"log/entries.jsonl": b"".join(canonical.dumps(line) + b"\n" for line in lines)}


def of_kind(lines: Lines, kind: str) -> dict[str, Any]:
    return next(line for line in lines if line["t"] == kind)


def move(kind: str, before: str) -> Callable[[Lines], Any]:
    def apply(lines: Lines) -> None:
        moved = of_kind(lines, kind)
        lines.remove(moved)
        lines.insert(lines.index(of_kind(lines, before)), moved)

    return apply


def first_opening(**fields: Any) -> Callable[[Lines], Any]:
    return lambda lines: of_kind(lines, "canary.open")["canaries"][0].update(fields)


def with_copy(name: str, kind: str) -> Callable[[Lines], Any]:
    def apply(lines: Lines) -> None:
        stated = of_kind(lines, kind)[name]
        stated.append(stated[0])

    return apply


LOG_MUTATIONS: dict[str, Callable[[Lines], Any]] = {
    "committed to after a layer": move("canary.commit", "tally.input"),
    "opened before the layers": move("canary.open", "layer"),
    "opened after counting began": move("tally.input", "canary.open"),
    "never committed to": lambda lines: lines.remove(of_kind(lines, "canary.commit")),
    "never opened, and in the bundle": lambda lines: lines.remove(of_kind(lines, "canary.open")),
    "other choices": first_opening(choices=[]),
    "another box": first_opening(box="south"),
    "another nonce": first_opening(nonce="A" * 22),
    "no nonce": first_opening(nonce=None),
    "found and called lost": first_opening(found=False),
    "called found in a word": first_opening(found="yes"),
    "opened twice": with_copy("canaries", "canary.open"),
    "committed to twice": with_copy("commitments", "canary.commit"),
}


def test_what_the_log_says_wrongly_of_canaries_is_refused(round_: Round, tmp_path: Path) -> None:
    round_.cast()
    round_.commit()
    round_.close()
    round_.open()
    auditor = counted(round_.vote, round_.folder).auditor
    files = contents(auditor)
    passed = []
    for what, change in LOG_MUTATIONS.items():
        altered = alter(auditor, tmp_path / "altered.zip", entries_of(files, change))
        if findings(altered)["V20"].status is not Status.FAIL:
            passed.append(what)
    for what, altered_files in file_mutations(files, round_.made[0]).items():
        altered = alter(auditor, tmp_path / "altered.zip", altered_files)
        if findings(altered)["V20"].status is not Status.FAIL:
            passed.append(what)
    assert passed == []


def file_mutations(files: dict[str, bytes], canary: Canary) -> dict[str, dict[str, bytes | None]]:
    """Files beside the log that say something else of the canaries."""
    held = canonical.loads(files["canary/openings.json"])
    numbers = canonical.loads(files["reconciliation.json"])
    numbers["boxes"][0]["canaries"] -= 1
    stage = files["layers/restricted/out.jsonl"]
    sealed = canonical.b64u(plain_ballot(canary.choices, canonical.unb64u(canary.nonce)))
    other = canonical.b64u(plain_ballot([], canonical.unb64u(canary.nonce)))
    return {
        "an opening left out": {
            "canary/openings.json": canonical.dumps({"canaries": held["canaries"][1:]})
        },
        "other numbers": {"reconciliation.json": canonical.dumps(numbers)},
        "altered on the way": {
            "layers/restricted/out.jsonl": stage.replace(sealed.encode(), other.encode())
        },
        "dropped on the way": {
            "layers/restricted/out.jsonl": b"".join(
                line for line in stage.splitlines(keepends=True) if sealed.encode() not in line
            )
        },
    }
