"""A sealed manifest is corrected in public, by two officials, before voting opens."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tallying.evidence.bundle import Bundle
from tests.voting.factories import OFFICIALS, ROUND, Vote, project
from tests.voting.test_changes import count
from voting import amendments, box, bundle, clock
from voting.database import transaction
from voting.errors import InvalidManifest, SameOfficial, WrongState
from voting.manifest import Manifest

WHAT = {"en": "The cost of project a was misprinted."}


def amended(vote: Vote, **values: Any) -> Manifest:
    """The manifest with another cost of project a, or with other values."""
    north, south = vote.manifest.boxes
    dearer = replace(north, projects=(project("a", 120), *north.projects[1:]), ballot_size=0)
    return replace(vote.manifest, **(values or {"boxes": (dearer, south)}))


def amend(vote: Vote, manifest: Manifest, officials: box.Officials = OFFICIALS) -> None:
    before = clock.replay(manifest.opens - timedelta(minutes=1))
    with before, transaction(vote.store.sessions) as session:
        box.amend(session, manifest, WHAT, officials)


def test_the_newest_amendment_is_what_people_vote_by_and_the_old_manifests_stay(
    draft: Vote, tmp_path: Path
) -> None:
    voters = draft.enrol(2)
    draft.enrol(1, "south")
    draft.seal()
    first = draft.manifest
    later = replace(amended(draft), closes=first.closes + timedelta(hours=1))
    amend(draft, amended(draft))
    amend(draft, later)
    with draft.store.sessions() as session:
        assert box.sealed_manifest(session, ROUND) == later
        history = amendments.history(session, ROUND)
    assert [item.manifest for item in history] == [first.to_bytes(), amended(draft).to_bytes()]
    [difference] = amendments.differences(history[0].manifest, history[1].manifest)
    assert (difference.path, difference.before, difference.after) == (
        "boxes.north.projects.a.cost",
        100,
        120,
    )
    draft.open()
    draft.cast(voters[0], "a")
    vote = replace(draft, manifest=later)
    vote.close()
    result, report = count(vote, tmp_path)
    assert report.passed, report.to_json()
    assert result["boxes"][0]["outcome"]["spent"] == 120
    assert vote.types()[:4] == ["round.config", "amend", "amend", "roll.commit"]
    with Bundle.open(bundle.editions(tmp_path, ROUND, 1).public) as evidence:
        assert evidence.read("config/amended/1.json") == first.to_bytes()


def test_after_voting_opened_nothing_is_amended(open_vote: Vote) -> None:
    with pytest.raises(WrongState):
        amend(open_vote, amended(open_vote))


def test_before_the_seal_there_is_nothing_to_amend(draft: Vote) -> None:
    draft.enrol(1)
    with pytest.raises(WrongState):
        amend(draft, amended(draft))


def test_an_amendment_needs_two_officials_and_changes_something(draft: Vote) -> None:
    draft.seal()
    with pytest.raises(SameOfficial):
        amend(draft, amended(draft), ("official-a", "official-a"))
    with pytest.raises(WrongState):
        amend(draft, draft.manifest)


def test_an_amendment_is_as_complete_as_a_manifest(draft: Vote) -> None:
    draft.enrol(1, "south")
    draft.seal()
    with pytest.raises(InvalidManifest) as refused:
        amend(draft, amended(draft, title={}, boxes=draft.manifest.boxes[:1]))
    assert set(refused.value.missing) == {"title_missing:en", "roll_names_no_box:south"}


def test_lots_are_never_redrawn_by_an_amendment(draft: Vote) -> None:
    draft.seal()
    with pytest.raises(InvalidManifest, match="lots_redrawn"):
        amend(draft, amended(draft, lots=tuple("abcde")))
