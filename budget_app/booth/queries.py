"""What the booth reads: the ballot of a box, a voter's place on the roll, turnout, receipts.

The order of the projects is worked out from the voter each time and stored nowhere.
"""

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property, partial
from hashlib import sha256

from flask import current_app, g, session
from flask_login import AnonymousUserMixin, current_user
from sqlalchemy import bindparam, select

from budget_app import moment
from budget_app.accounts.models import User
from budget_app.extensions import db, new_sessions
from budget_app.proposals.models import ProposalPicture
from budget_app.proposals.queries import pictures_by_key
from budget_app.rounds.models import Project, Round
from budget_app.rounds.queries import folded, sealed_manifest
from tallying.election import BallotStyle, Election
from tallying.evidence import canonical
from tallying.evidence.seal import Seal
from voting import changes, eligibility, polls, receipts
from voting.changes import Withdrawal
from voting.eligibility import Eligibility
from voting.errors import UnknownRound
from voting.keys import KeyStore
from voting.manifest import BallotBox, Manifest, Texts
from voting.models import Poll, PollState
from voting.receipts import OwnBallot, ReceiptStatus

ORDER = "order"

_POLL = select(Poll).where(Poll.round_id == bindparam("round"))


class VotingState(StrEnum):
    """Whether a round takes ballots at this moment."""

    NOT_YET = "not_yet"
    OPEN = "open"
    OVER = "over"


@dataclass(frozen=True)
class VotingTime:
    """When a round takes ballots; the dates are None before they are set."""

    state: VotingState
    opens: datetime | None
    closes: datetime | None


@dataclass(frozen=True)
class BallotEntry:
    """A project as it stands on the ballot: names and costs are the sealed ones."""

    id: str
    name: Texts
    summary: Texts
    cost: int
    categories: tuple[str, ...]
    exclusive_group: str | None
    withdrawal: Withdrawal | None = None
    picture: ProposalPicture | None = None

    @property
    def text(self) -> str:
        """What a search looks through: every language's words."""
        return " ".join([*self.name.values(), *self.summary.values()])


@dataclass(frozen=True)
class BallotPaper:
    """The ballot of one box; `seal` in sealed rounds.

    A cast that is accepted shows no project, so none is read for it.
    """

    box_id: str
    district: Texts
    election: Election
    seal: Seal | None
    read_entries: Callable[[], tuple[BallotEntry, ...]]

    @cached_property
    def entries(self) -> tuple[BallotEntry, ...]:
        """The projects, in the order in which one voter sees them."""
        return self.read_entries()

    @property
    def style(self) -> BallotStyle:
        return self.election.style

    @property
    def categories(self) -> list[str]:
        return sorted({category for entry in self.entries for category in entry.categories})

    def entry(self, id_: str) -> BallotEntry | None:
        return next((entry for entry in self.entries if entry.id == id_), None)


def keys() -> KeyStore:
    store: KeyStore = current_app.extensions["keys"]
    return store


def voting_time(round_: Round) -> VotingTime:
    """Whether the round takes ballots now, by the ballot box's own dates and clock."""
    poll = _poll(round_)
    if poll is None or poll.opens is None or poll.closes is None:
        return VotingTime(VotingState.NOT_YET, None, None)
    now = moment.now()
    if poll.state in (PollState.CLOSED, PollState.COMMITTED) or now >= poll.closes:
        state = VotingState.OVER
    elif poll.state is PollState.OPEN and now >= poll.opens:
        state = VotingState.OPEN
    else:
        state = VotingState.NOT_YET
    return VotingTime(state, poll.opens, poll.closes)


def _poll(round_: Round) -> Poll | None:
    """The round's row in the ballot box; held, or the session would read it anew each time."""
    poll: Poll | None = g.get("poll")
    if poll is None or poll.round_id != round_.poll_id or poll not in db.session:
        poll = g.poll = db.session.scalar(_POLL, {"round": round_.poll_id})
    return poll


def _manifest(round_: Round) -> Manifest:
    poll = _poll(round_)
    if poll is None:
        raise UnknownRound(round_.poll_id)
    return polls.manifest_of(db.session(), poll)


def account_name(round_: Round, user: User) -> str:
    """How the roll of one round names an account: a keyed hash, another one in every round."""
    text = f"account:{round_.poll_id}:{user.id}"
    return canonical.b64u(hmac.digest(keys().pepper(), text.encode(), "sha256"))


def place_of(round_: Round, user: User) -> Eligibility:
    """The place on the roll that the account has claimed, and whether it may vote now."""
    _poll(round_)
    return eligibility.of_account(db.session(), round_.poll_id, account_name(round_, user))


def seal(round_: Round) -> Seal | None:
    """How ballots are sealed; None in open rounds."""
    return _manifest(round_).seal


def poll_of(round_: Round) -> Poll | None:
    """The round's row in the ballot box, with the public keys of its log and receipts."""
    return _poll(round_)


def policy(round_: Round) -> str | None:
    """The sealed lines on witnesses and their quorum; None without witnesses."""
    manifest = sealed_manifest(round_)
    return None if manifest is None else manifest.policy


def boxes(round_: Round) -> tuple[BallotBox, ...]:
    return _manifest(round_).boxes


def district_of(round_: Round, box_id: str) -> Texts | None:
    """The name of a box; None when there is no such box."""
    return next((box.name for box in boxes(round_) if box.id == box_id), None)


def ballot_paper(round_: Round, box_id: str) -> BallotPaper | None:
    """The ballot of a box, in the present visitor's order; None when there is no such box."""
    manifest = _manifest(round_)
    box = next((box for box in manifest.boxes if box.id == box_id), None)
    if box is None:
        return None
    election = manifest.elections[box.id]
    return BallotPaper(box.id, box.name, election, manifest.seal, partial(_entries, round_, box))


def _entries(round_: Round, box: BallotBox) -> tuple[BallotEntry, ...]:
    rows = db.session.execute(
        select(Project.key, Project.summaries).where(Project.round_id == round_.id)
    )
    summaries = {row.key: row.summaries for row in rows}
    pictures, seed = pictures_by_key(round_), _order_seed(round_)
    gone = changes.withdrawn(db.session(), round_.poll_id)
    entries = [
        BallotEntry(
            project.id,
            project.name,
            summaries.get(project.id, {}),
            project.cost,
            project.categories,
            project.exclusive_group,
            gone.get(project.id),
            pictures.get(project.id),
        )
        for project in box.projects
    ]
    return tuple(sorted(entries, key=lambda entry: hmac.digest(seed, entry.id.encode(), "sha256")))


def _order_seed(round_: Round) -> bytes:
    """What shuffles the projects: the same for one account everywhere, or for one visit."""
    if current_user.is_authenticated:
        name = account_name(round_, current_user)
        return sha256(f"order:{name}".encode()).digest()
    visit = session.setdefault(ORDER, secrets.token_hex(8))
    return sha256(f"order:{round_.poll_id}:{visit}".encode()).digest()


def matching(paper: BallotPaper, words: str, category: str) -> frozenset[str]:
    """The ids of the projects that fit a search: the form filters where the page cannot."""
    wanted = folded(words)
    return frozenset(
        entry.id
        for entry in paper.entries
        if (not category or category in entry.categories) and wanted in folded(entry.text)
    )


def receipt_status(round_: Round, code: str) -> ReceiptStatus:
    return receipts.find(db.session(), round_.poll_id, code)


def receipt_checks(round_: Round) -> int:
    """How often receipts of the round were found in the log by whoever looked.

    Read in a transaction of its own: the request's began before the look that it counts.
    """
    with new_sessions()() as session:
        return receipts.checks(session, round_.poll_id)


def has_voted(round_: Round, user: User | AnonymousUserMixin) -> bool:
    """Whether somebody signed in has a ballot of their own in the box, as their own page tells."""
    return isinstance(user, User) and own_ballot(round_, user, None) is not None


def own_ballot(round_: Round, user: User, code: str | None) -> OwnBallot | None:
    """The voter's own ballot of that receipt code, or the last one."""
    ballots = receipts.of_account(db.session(), round_.poll_id, account_name(round_, user))
    if code is None:
        return ballots[0] if ballots else None
    return next((ballot for ballot in ballots if ballot.code == code), None)
