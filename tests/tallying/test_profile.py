"""Distinct ballots in arrays: merging, order, weights, and the digest of the input."""

import os
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from tallying import sparse
from tallying.election import LARGEST_AMOUNT, BallotStyle, Limits
from tallying.errors import InvalidBallot
from tallying.formats import pabulib
from tallying.outcome import input_digest
from tallying.profile import Integers, Profile, Rows
from tallying.sparse import Merger, concatenated, merged
from tallying.utilities import NATURAL, STYLES, Support, Utility, supports
from tests.tallying.factories import election
from tests.tallying.strategies import Case, cases

PABULIB = Path(os.environ.get("PB_PABULIB", "nowhere"))
DIGESTS = {
    "Canada_Stanford_Dataset_PB_Dieppe_2018_vote_approvals": "8c42b5624dfdf89f",
    "France_Toulouse_2022": "99c0af2fafb122ef",
    "Hungary_Budapest_2024": "fc8ee748ddbbcc36",
    "Poland_Poznan_2023": "089124901a3a75e7",
    "Poland_Czestochowa_2024_Dzbow": "eeb1925eca9b26a4",
}
ALL = [(style, utility) for utility, styles in STYLES.items() for style in sorted(styles)]
WEIRD = ["é", "\u2028", '"', "\\", "\x7f", "a\tb", "🗳", "Z", "/", "\x01"]


def by_contents(rows: Rows, weights: Integers) -> dict[str, int]:
    found: dict[str, int] = {}
    for row, weight in enumerate(weights.tolist()):
        part = slice(rows.starts[row], rows.starts[row + 1])
        key = str([rows.projects[part].tolist(), rows.numbers[part].tolist()])
        assert key not in found
        found[key] = weight
    return found


@pytest.mark.parametrize("style", BallotStyle)
def test_the_digest_is_that_of_the_canonical_json(style: BallotStyle) -> None:
    graded: list[Any] = [["🗳", 2], ["\x01", LARGEST_AMOUNT]]
    first: list[Any] = graded if style.graded else ["🗳", "\x01", "é"]
    others = [[[name, 1]] if style.graded else [name] for name in WEIRD]
    costs = dict.fromkeys(WEIRD, 5)
    the_election = election(costs, 9, style)
    profile = Profile.from_counts(the_election, [(first, 2), ([], 1), *((o, 1) for o in others)])
    value: dict[str, Any] = {"ballots": profile.pairs(), "election": the_election.to_json()}
    ordered = first if style is BallotStyle.RANKED else sorted(first, key=_id)
    assert [ordered, 2] in profile.pairs()
    assert profile.pairs_bytes() == rfc8785.dumps(value["ballots"])
    assert input_digest(profile) == sha256(rfc8785.dumps(value)).hexdigest()


def _id(choice: Any) -> bytes:
    name: str = choice[0] if isinstance(choice, list) else choice
    return name.encode()


@pytest.mark.elections
@pytest.mark.skipif(not PABULIB.is_dir(), reason="PB_PABULIB names no folder with real elections")
@pytest.mark.parametrize("name", DIGESTS)
def test_digests_of_real_elections_stay_as_they_were_published(name: str) -> None:
    path = PABULIB / f"{name}.pb"
    if not path.exists():
        pytest.skip("this election is not in the folder")
    assert input_digest(pabulib.read(path).profile).startswith(DIGESTS[name])


@given(data=st.data(), style=st.sampled_from(BallotStyle))
@settings(max_examples=60, deadline=None)
def test_merging_batches_is_merging_all(data: st.DataObject, style: BallotStyle) -> None:
    parts = [data.draw(cases(style=style)).profile for _ in range(data.draw(st.integers(1, 4)))]
    merger = Merger()
    for part in parts:
        merger.add(part.rows, part.weights)
    rows, weights = merged(
        concatenated([part.rows for part in parts]),
        np.concatenate([part.weights for part in parts]),
    )
    assert by_contents(*merger.result()) == by_contents(rows, weights)
    assert int(weights.sum()) == sum(part.total for part in parts)


@pytest.mark.parametrize("style", [BallotStyle.APPROVAL, BallotStyle.RANKED, BallotStyle.POINTS])
def test_ballots_whose_fingerprints_meet_are_still_told_apart(
    style: BallotStyle, monkeypatch: pytest.MonkeyPatch
) -> None:
    choices = [["a", "b"], ["b"], ["a"], []]
    if style.graded:
        choices = [[[name, 1 + place] for place, name in enumerate(c)] for c in choices]  # type: ignore[misc]
    the_election = election({"a": 1, "b": 1}, 2, style)
    one = Profile.from_counts(the_election, [(c, 2) for c in choices])
    monkeypatch.setattr(sparse, "_fingerprints", lambda rows: np.zeros(len(rows), np.uint64))
    twice = concatenated([one.rows, one.rows])
    weights = np.concatenate((one.weights, one.weights))
    again = Profile.from_rows(the_election, twice, weights)
    assert again.pairs() == [[c, 2 * n] for c, n in one.pairs()]


def test_ranked_ballots_in_another_order_are_other_ballots() -> None:
    ranked = election({"a": 1, "b": 1}, 2, BallotStyle.RANKED)
    profile = Profile.from_counts(ranked, [(["b", "a"], 1), (["a", "b"], 2)])
    again = Profile.from_rows(ranked, profile.rows, profile.weights)
    assert again.pairs() == [[["a", "b"], 2], [["b", "a"], 1]]
    assert sorted(profile.rows.numbers.tolist()) == [1, 1, 2, 2]


@given(data=st.data(), style=st.sampled_from(BallotStyle))
@settings(max_examples=60, deadline=None)
def test_other_weights_are_another_profile_of_the_same_ballots(
    data: st.DataObject, style: BallotStyle
) -> None:
    profile = data.draw(cases(style=style)).profile
    size = len(profile.weights)
    given_ = data.draw(st.lists(st.integers(0, 3), min_size=size, max_size=size))
    again = profile.reweighted(np.array(given_, dtype=np.int64))
    counts = zip(profile.ballots, given_, strict=True)
    expected = Profile.from_counts(profile.election, [(b, n) for b, n in counts if n])
    assert again.pairs() == expected.pairs()
    assert (again.total, again.blank) == (expected.total, expected.blank)


@pytest.mark.parametrize("weights", [[1], [1, -1]])
def test_weights_that_do_not_fit_are_refused(weights: list[int]) -> None:
    profile = Profile.from_counts(election({"a": 1}, 1), [(["a"], 1), ([], 1)])
    with pytest.raises(InvalidBallot, match="one weight"):
        profile.reweighted(np.array(weights))


def test_more_ballots_than_can_be_counted_are_refused() -> None:
    profile = Profile.from_counts(election({"a": 1}, 1), [(["a"], 1), ([], 1)])
    with pytest.raises(InvalidBallot, match="More than"):
        profile.reweighted(np.array([2**62, 2**62]))
    with pytest.raises(InvalidBallot, match="More than"):
        Profile.from_counts(profile.election, [(["a"], LARGEST_AMOUNT), ([], 1)])


@pytest.mark.parametrize(("style", "utility"), ALL)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_supports_are_what_the_ballots_say(
    data: st.DataObject, style: BallotStyle, utility: Utility
) -> None:
    case: Case = data.draw(cases(style=style, least_cost=0))
    longest = data.draw(st.integers(1, 9))
    the_election = replace(case.election, limits=Limits(max_length=longest))
    factor = data.draw(st.sampled_from([1, 2**45]))
    pairs = [(choices, count * factor) for choices, count in case.profile.pairs()]
    if style.graded:
        pairs = [([[p, n * 2**40] for p, n in choices], count) for choices, count in pairs]
    found = supports(Profile.from_counts(the_election, pairs), utility)
    for project, support in zip(the_election.projects, found, strict=True):
        gains = [(_gain(utility, c, project.id, project.cost, longest), n) for c, n in pairs]
        assert support.votes == sum(n for gain, n in gains if gain is not None)
        assert support.score == sum(n * gain for gain, n in gains if gain is not None)
        assert len(support.ballots) == len(support.units) == sum(g is not None for g, _ in gains)
        assert all(unit >= 1 for unit in support.units.tolist())


def _gain(
    utility: Utility, choices: list[object], name: str, cost: int, longest: int
) -> int | None:
    """The gain of a voter who supports the project; None of one who does not."""
    plain = [choice[0] if isinstance(choice, list) else choice for choice in choices]
    if name not in plain:
        return None
    place = plain.index(name)
    if utility is Utility.BORDA:
        return longest - place if place < longest else None
    if utility in (Utility.CARDINALITY, Utility.COST):
        return cost if utility is Utility.COST else 1
    return int(choices[place][1])  # type: ignore[index]


def test_a_support_can_be_replaced_in_parts() -> None:
    profile = Profile.from_counts(election({"a": 1}, 1), [(["a"], 3)])
    (support,) = supports(profile, NATURAL[BallotStyle.APPROVAL])
    changed = replace(support, votes=9)
    assert (changed.votes, changed.ballots.tolist(), changed.units.tolist()) == (9, [0], [1])
    assert isinstance(changed, Support)
    assert not hasattr(support, "nonsense")
