"""The acts of a round, each in its state only, by two officials where two are needed."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select

from tallying.evidence import canonical, merkle
from tests.voting.factories import OFFICIALS, ROUND, Vote, project
from voting import box, clock
from voting.database import transaction
from voting.errors import (
    InvalidManifest,
    RoundClosed,
    SameOfficial,
    UnknownRound,
    VotingError,
    WrongState,
)
from voting.manifest import BallotBox, Manifest, missing
from voting.models import Box, Envelope, Poll, PollState

SEED = "00ff" * 16


def act(vote: Vote, verb: Callable[..., None], *args: object) -> None:
    with transaction(vote.store.sessions) as session:
        verb(session, ROUND, *args)


def test_the_sealed_bytes_are_those_that_the_log_names(draft: Vote) -> None:
    draft.seal()
    draft.drain()
    [config] = draft.entries()
    with draft.store.sessions() as session:
        poll = session.get_one(Poll, ROUND)
        assert poll.state is PollState.SEALED
        sealed = bytes(poll.manifest or b"")
        assert box.sealed_manifest(session, ROUND) == draft.manifest
    assert config["manifest"] == draft.manifest.digest
    assert canonical.digest(canonical.loads(sealed)) == config["manifest"]
    assert config["origin"] == f"vote.example.org/{ROUND}"
    assert config["log"].startswith(config["origin"] + "+")


def test_a_sealed_manifest_cannot_be_sealed_again(draft: Vote) -> None:
    draft.seal()
    with pytest.raises(WrongState):
        draft.seal()


def test_an_incomplete_manifest_is_refused_with_all_that_is_missing(draft: Vote) -> None:
    incomplete = replace(
        draft.manifest,
        title={},
        lots=("a",),
        closes=draft.manifest.opens,
        boxes=(*draft.manifest.boxes, BallotBox("west", {}, 1, ())),
    )
    with pytest.raises(InvalidManifest) as refused, transaction(draft.store.sessions) as session:
        box.seal(session, draft.keys, incomplete)
    assert refused.value.missing == (
        "title_missing:en",
        "opens_not_before_closes",
        "box_without_projects:west",
        "lots_without:b",
        "lots_without:c",
        "lots_without:d",
        "lots_without:e",
    )
    assert missing(incomplete) == list(refused.value.missing)


def open_round(vote: Vote, by: box.Officials = OFFICIALS) -> None:
    with transaction(vote.store.sessions) as session:
        box.open_round(session, vote.keys, ROUND, by)


def test_the_acts_refuse_a_single_official(open_vote: Vote) -> None:
    same = ("official-a", "official-a")
    acts: list[tuple[Callable[..., None], tuple[object, ...]]] = [
        (box.close_round, (same,)),
        (box.record_seed, (SEED, "dice", same)),
        (box.record_incident, ("annulled", 1, same)),
    ]
    for verb, args in acts:
        with pytest.raises(SameOfficial):
            act(open_vote, verb, *args)
    with pytest.raises(SameOfficial):
        open_round(open_vote, same)


def test_the_officials_stand_in_the_log(open_vote: Vote) -> None:
    open_vote.drain()
    assert open_vote.entries()[-1]["by"] == list(OFFICIALS)


def test_an_act_out_of_its_state_is_refused(draft: Vote) -> None:
    with pytest.raises(UnknownRound):
        open_round(draft)
    draft.seal()
    acts: list[tuple[Callable[..., None], tuple[object, ...]]] = [
        (box.close_round, (OFFICIALS,)),
        (box.commit_boxes, ()),
        (box.record_seed, (SEED, "dice", OFFICIALS)),
    ]
    for verb, args in acts:
        with pytest.raises(WrongState):
            act(draft, verb, *args)
    draft.open()
    with pytest.raises(WrongState):
        open_round(draft)


def test_a_round_is_not_closed_before_its_time(open_vote: Vote) -> None:
    with pytest.raises(WrongState, match="cannot be closed before"):
        act(open_vote, box.close_round, OFFICIALS)


def test_a_round_whose_time_is_over_is_not_opened(draft: Vote) -> None:
    draft.seal()
    with clock.replay(draft.manifest.closes), pytest.raises(RoundClosed):
        open_round(draft)


def test_the_boxes_are_committed_over_the_last_ballots(open_vote: Vote, voters: list[str]) -> None:
    replaced = open_vote.cast(voters[0], "a")
    open_vote.cast(voters[0], "b")
    open_vote.cast(voters[1], "c")
    open_vote.close()
    open_vote.commit_boxes()
    open_vote.drain()
    entry = open_vote.entries()[-1]
    with open_vote.store.sessions() as session:
        kept = session.scalars(
            select(Envelope.ct).where(Envelope.leaf_hash != replaced.leaf_hash)
        ).all()
        stored = {row.box_id: row.counted_size for row in session.scalars(select(Box))}
    # So few are not told to the public.
    assert [(line["box"], line["size"]) for line in entry["boxes"]] == [
        ("north", None),
        ("south", None),
    ]
    assert stored == {"north": 2, "south": 0}
    assert entry["boxes"][1]["root"] == canonical.b64u(merkle.EMPTY)
    assert len(kept) == 2


def test_the_seed_is_drawn_once_after_the_boxes(open_vote: Vote) -> None:
    open_vote.close()
    open_vote.commit_boxes()
    act(open_vote, box.record_seed, SEED, "Twelve dice, thrown in public.", OFFICIALS)
    with pytest.raises(WrongState):
        act(open_vote, box.record_seed, SEED, "again", OFFICIALS)
    open_vote.drain()
    assert open_vote.entries()[-1]["seed"] == SEED


def test_an_annulment_is_logged(open_vote: Vote) -> None:
    act(open_vote, box.record_incident, "The objection was upheld.", 1, OFFICIALS)
    open_vote.drain()
    assert open_vote.entries()[-1]["what"] == "The objection was upheld."


def test_an_act_that_fails_leaves_nothing_behind(open_vote: Vote) -> None:
    with pytest.raises(VotingError):
        act(open_vote, box.close_round, OFFICIALS)
    open_vote.drain()
    assert open_vote.types() == ["round.config", "roll.commit", "open"]


def test_the_manifest_survives_writing_and_reading(draft: Vote) -> None:
    again = Manifest.from_bytes(draft.manifest.to_bytes())
    assert again == draft.manifest
    assert again.digest == draft.manifest.digest


def test_projects_and_boxes_stand_in_one_order(draft: Vote) -> None:
    south = BallotBox("south", {"en": "South"}, 150, (project("e"), project("d")))
    shuffled = replace(draft.manifest, boxes=(south, draft.manifest.boxes[0]))
    assert shuffled.to_bytes() == draft.manifest.to_bytes()


def test_a_text_with_a_control_character_is_not_sealed(draft: Vote) -> None:
    assert missing(replace(draft.manifest, title={"en": "Budget\t2027"})) == ["not_canonical"]


def test_names_that_the_published_files_cannot_hold_are_not_sealed(draft: Vote) -> None:
    odd = BallotBox("../x", {"en": "X"}, 100, (project("a,b"),))
    boxes = (*draft.manifest.boxes, odd)
    assert missing(replace(draft.manifest, boxes=boxes, lots=(*"abcde", "a,b"))) == [
        "box_id_unusable:../x",
        "project_id_unusable:a,b",
    ]
