"""Rankings that are published cut: nobody outside can count them again, yet lies about them show."""

from collections.abc import Callable
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from tallying.cli import main
from tallying.evidence import bundle, manifest
from tallying.formats import pabulib
from tests.tallying.evidence.alterations import REPORT, announce_outcome
from tests.tallying.evidence.archives import detail, failed
from tests.tallying.evidence.conftest import Verify
from tests.tallying.evidence.example_round import Cast, example_manifest, voter_ref
from tests.tallying.evidence.second import pbverify
from tests.tallying.evidence.synthetic import Case

SHORT = "box/north/ballots-truncated.pb"


@pytest.fixture
def ranked(tmp_path: Path) -> Case:
    """120 rankings, of which 24 are unique, and no two alike in their first three projects alone."""
    case = Case(manifest=example_manifest(style="ranked"))
    case.manifest["rule"].update(rule="borda", utility="borda")
    case.manifest["privacy"]["most_unique_permille"] = 100
    orders = list(permutations(["n2", "n3", "n4", "n5"]))
    choices = [["n1", *orders[n]] if n < 24 else ["n1", "n2"] for n in range(120)]
    case.casts = [Cast(n, voter_ref(n), "north", choices[n]) for n in range(120)]
    return case.build(tmp_path)


def public(case: Case, folder: Path) -> Path:
    """The public edition alone."""
    path = folder / "public.zip"
    bundle.write_public(case.write(folder / "auditor.zip"), path)
    return path


def test_rankings_that_are_mostly_unique_are_published_cut(
    ranked: Case, tmp_path: Path, check: Verify
) -> None:
    assert "box/north/ballots.pb" not in ranked.files
    assert b"n1,n5,n4\n" in ranked.files[SHORT]
    for path in (ranked.write(tmp_path / "auditor.zip"), public(ranked, tmp_path)):
        report = check(path, trusting=False)
        assert failed(report) == set()
        assert "1 truncated, 1 merged" in detail(report, "V28")


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"n1,n5,n4\n", b"n1,n5\n"), (b"n1,n5,n4\n", b"n1,n5,n4,n3\n"), (b"n1,n2\n", b"n5,n2\n")],
)
def test_ballots_cut_in_another_way_are_refused(
    ranked: Case, tmp_path: Path, check: Verify, old: bytes, new: bytes
) -> None:
    ranked.files[SHORT] = ranked.files[SHORT].replace(old, new, 1)
    path = ranked.write(tmp_path / "altered.zip")
    assert "V28" in failed(check(path, trusting=False))


def test_cut_ballots_that_are_still_mostly_unique_are_refused_by_anybody(
    ranked: Case, tmp_path: Path, check: Verify
) -> None:
    pairs = [(cast.choices, 1) for cast in ranked.casts]
    election = manifest.elections(ranked.manifest)["north"]
    ranked.files[SHORT] = pabulib.write(election, pairs, {})
    ranked.edit(REPORT, lambda value: value["boxes"][0].update(keep=5))
    assert "more of" in detail(check(public(ranked, tmp_path), trusting=False), "V28").lower()


def outcome_of(box: int, **fields: Any) -> Callable[[Any], Any]:
    return lambda result: result["boxes"][box]["outcome"].update(fields)


def project_of(box: int, place: int, **fields: Any) -> Callable[[Any], Any]:
    return lambda result: result["boxes"][box]["outcome"]["projects"][place].update(fields)


WITHOUT_BALLOTS: dict[str, Callable[[Any], Any]] = {
    "another winner": outcome_of(0, funded=["n5"]),
    "more spent than the winners cost": outcome_of(0, spent=10**12),
    "more spent than there is": outcome_of(0, budget=10**6, unspent=10**6 - 550),
    "more votes than voters": project_of(0, 1, votes=99_999),
    "fewer votes than none": project_of(0, 1, votes=-1),
    "more ballots than were counted": lambda result: result["boxes"][0]["outcome"]["counts"].update(
        ballots=1000, voters=1000
    ),
    "another cost": project_of(0, 0, cost=1),
    "another cost in a box of few": project_of(1, 0, cost=1),
    "another budget in a box of few": outcome_of(1, budget=2500, unspent=2475),
    "another winner in a box of few": outcome_of(1, funded=["s2"]),
}


@pytest.mark.parametrize("what", WITHOUT_BALLOTS)
def test_an_outcome_that_contradicts_itself_needs_no_ballots_to_be_refused(
    ranked: Case, tmp_path: Path, check: Verify, what: str
) -> None:
    announce_outcome(WITHOUT_BALLOTS[what])(ranked)
    report = check(public(ranked, tmp_path), trusting=False)
    assert failed(report) == {"V22"}, report.to_json()
    assert "unexpected form" not in detail(report, "V22")


def test_what_cannot_be_counted_again_is_not_called_verified_alone(
    ranked: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trust = tmp_path / "trust.txt"
    trust.write_text(ranked.keys.trust, encoding="utf8")
    arguments = [str(public(ranked, tmp_path)), "--trust", str(trust)]
    for program in (lambda: main(["verify", *arguments]), lambda: pbverify.main(arguments)):
        assert program() == 0
        lines = capsys.readouterr().out.splitlines()
        assert "Verified, not recounted" in lines[-4]
        assert lines[-2] == "The count was not done again, or not in every box: V22 says why."
        assert lines[-1].endswith("(V11, V12, V13, V14, V16, V19, V21, V22).")
