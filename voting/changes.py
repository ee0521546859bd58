"""What two officials may change of a sealed round while the vote is open, for everybody to see.

Each act is logged, and kept as its entry has it for pages, count and bundle.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tallying.evidence import canonical
from voting import clock, polls, queue
from voting.errors import RoundClosed, WrongState
from voting.lifecycle import Officials, two
from voting.manifest import Texts, read_time, write_time
from voting.models import Poll, PollState, PublicAct

DURING_THE_VOTE = ("extend", "withdraw")


@dataclass(frozen=True)
class Extension:
    """A later close, and why."""

    closes: datetime
    reason: Texts
    at: datetime


@dataclass(frozen=True)
class Withdrawal:
    """A project that stays on the ballot and cannot be funded, and why."""

    box: str
    project: str
    reason: Texts
    at: datetime


def extend(
    session: Session, round_id: str, closes: datetime, reason: Texts, by: Officials
) -> Extension:
    """Let the vote end later.

    Raises `WrongState` unless the vote is open and `closes` later than its end, `RoundClosed`
    once that has come, `SameOfficial`.
    """
    officials = two(by)
    poll, moment = _open_poll(session, round_id)
    closes = closes.replace(microsecond=0)
    if poll.closes is not None and closes <= poll.closes:
        message = f"The vote already lasts until {write_time(poll.closes)}."
        raise WrongState(message, poll.state)
    poll.closes = closes
    act = {"t": "extend", "closes": write_time(closes), "reason": dict(reason)}
    put(session, poll, moment, act, officials)
    return Extension(closes, reason, moment)


def withdraw(
    session: Session, round_id: str, project: str, reason: Texts, by: Officials
) -> Withdrawal:
    """Take a project out of the count; it stays on the ballot, with the reason beside it.

    Raises `WrongState` unless the vote is open and the project on a ballot and not withdrawn
    before, `RoundClosed` at its end, `SameOfficial`.
    """
    officials = two(by)
    poll, moment = _open_poll(session, round_id)
    elections = polls.sealed_manifest(session, round_id).elections
    box = next((name for name, found in elections.items() if project in found.index), None)
    if box is None:
        message = f"No ballot of this round names the project {project}."
        raise WrongState(message, poll.state)
    if project in withdrawn(session, round_id):
        message = f"The project {project} is withdrawn already."
        raise WrongState(message, poll.state)
    act = {"t": "withdraw", "box": box, "project": project, "reason": dict(reason)}
    put(session, poll, moment, act, officials)
    return Withdrawal(box, project, reason, moment)


def put(
    session: Session, poll: Poll, moment: datetime, act: Mapping[str, Any], by: list[str]
) -> bytes:
    """Log an act on a locked round with its time and officials; answers the entry, which is kept."""
    entry = queue.put_act(session, poll, moment, {**act, "at": write_time(moment), "by": by})
    last = session.scalar(
        select(func.max(PublicAct.number)).where(PublicAct.round_id == poll.round_id)
    )
    session.add(
        PublicAct(round_id=poll.round_id, number=(last or 0) + 1, kind=act["t"], entry=entry)
    )
    session.flush()
    return entry


def entries(session: Session, round_id: str, *kinds: str) -> list[dict[str, Any]]:
    """The acts of these kinds as they are logged, in their order."""
    found = session.scalars(
        select(PublicAct.entry)
        .where(PublicAct.round_id == round_id, PublicAct.kind.in_(kinds))
        .order_by(PublicAct.number)
    )
    return [canonical.loads(bytes(entry)) for entry in found]


def during_the_vote(session: Session, round_id: str) -> list[dict[str, Any]]:
    """What changed the close or the projects while the vote was open, as it is logged."""
    return entries(session, round_id, *DURING_THE_VOTE)


def extensions(session: Session, round_id: str) -> list[Extension]:
    """Every later close that was decided, the first one first."""
    return [
        Extension(read_time(entry["closes"]), entry["reason"], read_time(entry["at"]))
        for entry in entries(session, round_id, "extend")
    ]


def withdrawn(session: Session, round_id: str) -> dict[str, Withdrawal]:
    """The withdrawn projects, by their ids."""
    return {
        entry["project"]: Withdrawal(
            entry["box"], entry["project"], entry["reason"], read_time(entry["at"])
        )
        for entry in entries(session, round_id, "withdraw")
    }


def _open_poll(session: Session, round_id: str) -> tuple[Poll, datetime]:
    """The locked row of a round that takes ballots, and the time; raises when it does not."""
    poll = polls.lock(session, round_id)
    polls.expect(poll, PollState.OPEN, "Only a vote that is open can be extended or changed.")
    moment = clock.now(session)
    if poll.closes is not None and moment >= poll.closes:
        raise RoundClosed(poll.closes)
    return poll, moment
