"""Fixtures of the ballot box's tests."""

from pathlib import Path

import pytest

from tests.stores import Store
from tests.voting.factories import Vote, vote


@pytest.fixture
def draft(store: Store, tmp_path: Path) -> Vote:
    """A round whose manifest is not sealed."""
    return vote(store, tmp_path)


@pytest.fixture
def open_vote(draft: Vote) -> Vote:
    """An open round with five voters in `north` and two in `south`."""
    draft.enrol(5)
    draft.enrol(2, "south")
    draft.seal()
    draft.open()
    return draft


@pytest.fixture
def voters(open_vote: Vote) -> list[str]:
    """The references of the voters in `north`."""
    from voting import eligibility

    return [
        eligibility.voter_ref(open_vote.keys, open_vote.manifest.round, f"north{number}")
        for number in range(5)
    ]
