"""Acts of officials that die at every step: `python -m tests.crashes.acts ACT URL FOLDER`.

For each line on standard input a child tries the act once. It dies before or after a commit, before
a sync or a replaced or removed file, or within writing a file: at the first of these where none
died yet. One line says where it died, or that it was `done` or `refused`. The process has one
thread, so that it can be forked.
"""

import json
import os
import re
import signal
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session, sessionmaker

from tallying.sealing import stages
from tests.crashes.process import say
from tests.voting.factories import OFFICIALS, ROUND
from voting import box, clock, layers
from voting.database import Sessions, open_engine, transaction
from voting.errors import VotingError
from voting.keys import KeyStore
from voting.manifest import Manifest
from voting.models import LayerPurpose

DONE, REFUSED = "done", "refused"
RANDOM = re.compile(r"[0-9a-f]{16}")
CHANGES_OF_FILES = ("fsync", "replace", "unlink", "link")
AMENDED = "amended.json"
APPEALS = timedelta(days=40)


class Fate:
    """Dies at a step that no process before it died at; `deaths` names theirs, one a line."""

    def __init__(self, deaths: Path) -> None:
        self.deaths = deaths
        self.known = set(deaths.read_text().splitlines()) if deaths.exists() else set()
        self.commits = 0

    def arm(self) -> None:
        event.listen(Session, "before_commit", self._commit)
        event.listen(Session, "after_commit", partial(self._reach, "after"))
        for name in CHANGES_OF_FILES:
            setattr(os, name, partial(self._change, name, getattr(os, name)))
        stages.stage_lines = self._within("a stage", stages.stage_lines)
        zipfile.ZipFile.writestr = self._within(  # type: ignore[method-assign]
            "an archive", zipfile.ZipFile.writestr
        )

    def _commit(self, session: Session) -> None:
        self.commits += 1
        self._reach("before", session)

    def _reach(self, moment: str, _session: Session) -> None:
        self._pass(f"{moment} commit {self.commits}")

    def _change(self, name: str, change: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        subject = arguments[-1]
        if isinstance(subject, int):
            subject = Path(f"/proc/self/fd/{subject}").readlink()
        step = RANDOM.sub("*", f"{name} {Path(subject).name}")
        self._pass(f"before {step}")
        return change(*arguments, **named)

    def _within(self, what: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def begun(*arguments: Any, **named: Any) -> Any:
            self._pass(f"within {what}")
            return function(*arguments, **named)

        return begun

    def _pass(self, step: str) -> None:
        if step not in self.known:
            with self.deaths.open("a") as deaths:
                deaths.write(f"{step}\n")
            os.kill(os.getpid(), signal.SIGKILL)


def take_layer(sessions: Sessions, folder: Path) -> None:
    """What the body of the outer layer brought stands in the folder `brought`."""
    brought = folder / "brought"
    with transaction(sessions) as session:
        layers.accept(
            session,
            ROUND,
            LayerPurpose.COUNT,
            folder,
            stage=brought / "stage",
            report=(brought / "report").read_bytes(),
            note=(brought / "note").read_bytes(),
        )


def hand_out(sessions: Sessions, folder: Path) -> None:
    """The sealed ballots, for the body of the outer layer."""
    with sessions.begin() as session:
        layers.write_boxes(session, ROUND, folder)


def amend(sessions: Sessions, folder: Path) -> None:
    manifest = Manifest.from_bytes((folder / AMENDED).read_bytes())
    with transaction(sessions) as session:
        box.amend(session, manifest, {"en": "An hour more."}, OFFICIALS)


def destroy(sessions: Sessions, folder: Path) -> None:
    keys = KeyStore(folder / "keys", "vote.example.org")
    with clock.replay(datetime.now(UTC) + APPEALS):
        box.destroy(sessions, keys, ROUND, folder / "evidence", OFFICIALS)


ACTS: dict[str, Callable[[Sessions, Path], None]] = {
    act.__name__: act for act in (take_layer, hand_out, amend, destroy)
}


def attempt(act: str, url: str, folder: Path) -> None:
    """In a child: die, or say how the act ended."""
    engine = open_engine(url)
    Fate(folder / f"{act}.deaths").arm()
    try:
        ACTS[act](sessionmaker(engine, expire_on_commit=False), folder)
    except VotingError as error:
        say(json.dumps([REFUSED, str(error)]))
    else:
        say(json.dumps([DONE, ""]))


def main(act: str, url: str, given: str) -> None:
    folder = Path(given)
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            attempt(act, url, folder)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            say(json.dumps(["died", (folder / f"{act}.deaths").read_text().splitlines()[-1]]))


if __name__ == "__main__":
    main(*sys.argv[1:])
