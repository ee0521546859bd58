"""Officials' acts die at every step: nothing is half-published, and the same act is done again."""

import hashlib
import json
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tallying.evidence import canonical, notes
from tallying.evidence.bundle import Bundle
from tallying.evidence.seal import OUTER
from tallying.sealing.peel import peel, stages_of
from tallying.sealing.stages import read_stage
from tests.crashes import services
from tests.crashes.acts import AMENDED, DONE, REFUSED, take_layer
from tests.stores import Store
from tests.voting.factories import ROUND, Vote, sealed_vote
from tests.voting.test_destruction import AUDITOR, counted, everything, folder, judge, personal
from voting import amendments, box, bundle, layers
from voting.errors import LayerRefused
from voting.models import AmendedManifest, LayerPurpose, LogEntry, LogQueue, OpenedLayer, Poll

__all__ = ["counted"]

Look = Callable[[], object]


def die_everywhere(act: str, vote: Vote, place: Path, look: Look) -> tuple[list[str], str]:
    """Try until a child lives through the act, looking after each death.

    Answers where the children died, and how the last one ended.
    """
    died: list[str] = []
    url = vote.store.engine.url.render_as_string(hide_password=False)
    vote.store.engine.dispose()
    command = ["tests.crashes.acts", act, url, str(place)]
    with services.running(command, os.environ) as process:
        while True:
            process.stdin.write("again\n")  # type: ignore[union-attr]
            how, where = json.loads(process.stdout.readline())  # type: ignore[union-attr]
            look()
            if how in (DONE, REFUSED):
                return died, where
            died.append(where)


def announced(vote: Vote, kind: str) -> int:
    """How many entries of a kind are in the log or promised to it."""
    with vote.store.sessions() as session:
        entries = [
            *session.scalars(select(LogQueue.entry)),
            *session.scalars(select(LogEntry.entry)),
        ]
    return sum(canonical.loads(entry)["t"] == kind for entry in entries)


@pytest.fixture
def closed(store: Store, tmp_path: Path) -> Vote:
    """A sealed round after the close."""
    vote = sealed_vote(store, tmp_path)
    voters = vote.enrol(3)
    vote.seal()
    vote.open_layers(LayerPurpose.TEST, tmp_path)
    vote.open()
    vote.cast_all([(voter, ["a"]) for voter in voters])
    vote.close()
    vote.commit_boxes()
    return vote


@pytest.fixture
def opened(closed: Vote, tmp_path: Path) -> Vote:
    """Its outer layer was opened by its body, who comes to bring it."""
    with closed.store.sessions() as session:
        source = layers.write_boxes(session, ROUND, tmp_path)
    brought = tmp_path / "brought"
    brought.mkdir()
    report = peel(source, brought / "stage", closed.keys.layer_key(ROUND, OUTER), OUTER, workers=1)
    signers = closed.keys.layer_signers(ROUND, OUTER)
    (brought / "report").write_bytes(canonical.dumps(report.to_json()))
    (brought / "note").write_bytes(notes.sign(report.note_text, *signers))
    return closed


def taken(vote: Vote, tmp_path: Path) -> int:
    """How many layers are opened; each is announced, and its file whole."""
    with vote.store.sessions() as session:
        rows = session.scalars(select(OpenedLayer).where(OpenedLayer.purpose == "count")).all()
    assert announced(vote, "layer") == len(rows)
    path = layers.stage_path(tmp_path, ROUND, LayerPurpose.COUNT, stages_of(OUTER)[1])
    for row in rows:
        assert canonical.b64u(hashlib.sha256(path.read_bytes()).digest()) == row.output_digest
    return len(rows)


def test_a_layer_is_taken_whole_or_not_at_all(opened: Vote, tmp_path: Path) -> None:
    died, said = die_everywhere("take_layer", opened, tmp_path, lambda: taken(opened, tmp_path))
    assert {"before commit 1", "after commit 1"} < set(died)
    assert any("replace" in step for step in died)
    assert "already_taken" in said
    assert taken(opened, tmp_path) == 1
    opened.drain()
    opened.open_layers(LayerPurpose.COUNT, tmp_path)
    opened.drain()
    assert opened.types().count("layer") == 2


def test_two_officials_who_bring_one_layer_at_once_have_it_taken_once(
    opened: Vote, tmp_path: Path
) -> None:
    start = threading.Barrier(2)

    def bring() -> str:
        start.wait()
        try:
            take_layer(opened.store.sessions, tmp_path)
        except LayerRefused as error:
            return error.reason
        return DONE

    with ThreadPoolExecutor(2) as pool:
        answers = [future.result() for future in [pool.submit(bring) for _ in range(2)]]
    assert sorted(answers) == ["already_taken", DONE]
    assert taken(opened, tmp_path) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_sealed_ballots_are_handed_out_whole_or_not_at_all(closed: Vote, tmp_path: Path) -> None:
    path = layers.stage_path(tmp_path, ROUND, LayerPurpose.COUNT, "in")

    def look() -> None:
        if path.exists():
            with read_stage(path) as stage:
                assert len(list(stage)) == 3

    died, said = die_everywhere("hand_out", closed, tmp_path, look)
    assert "within a stage" in died
    assert (said, path.exists()) == ("", True)


def test_a_manifest_is_amended_whole_or_not_at_all(draft: Vote, tmp_path: Path) -> None:
    draft.enrol(1)
    draft.seal()
    later = replace(draft.manifest, closes=draft.manifest.closes + timedelta(hours=1))
    (tmp_path / AMENDED).write_bytes(later.to_bytes())

    def look() -> None:
        with draft.store.sessions() as session:
            count = len(session.scalars(select(AmendedManifest)).all())
            now = box.sealed_manifest(session, ROUND)
        assert (now, announced(draft, "amend")) == ([draft.manifest, later][count], count)

    died, said = die_everywhere("amend", draft, tmp_path, look)
    assert died == ["before commit 1", "after commit 1"]
    assert "changes nothing" in said
    draft.drain()
    with draft.store.sessions() as session:
        assert len(amendments.history(session, ROUND)) == 1
    assert draft.types().count("amend") == 1


def test_a_destruction_is_finished_wherever_it_died(counted: Vote, tmp_path: Path) -> None:
    marks = personal(counted)
    public = bundle.editions(folder(tmp_path), ROUND, 1).public

    def look() -> None:
        with counted.store.sessions() as session:
            poll = session.get_one(Poll, ROUND)
            steps = [poll.erased_at, poll.compacted_at, poll.destroyed_at]
        assert steps == sorted(steps, key=lambda moment: moment is None)
        assert announced(counted, "key.destroyed") == (poll.destroyed_at is not None)
        with Bundle.open(public) as opened:
            assert opened.names
        if poll.destroyed_at is not None:
            after = everything(counted, tmp_path)
            assert [mark for mark in marks if mark in after] == []

    died, said = die_everywhere("destroy", counted, tmp_path, look)
    assert said == ""
    for kind in ("commit", "unlink", "fsync", "replace"):
        assert any(kind in step for step in died), died
    assert len(died) > 15
    assert counted.types().count("key.destroyed") == 1
    assert judge(tmp_path, counted, AUDITOR.verifier_key).passed
