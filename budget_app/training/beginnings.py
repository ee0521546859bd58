"""Where an exercise may begin: a round that collects, one that is open for voting, one just counted.

All say what the example parliament says, and go through the verbs of a real one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from budget_app.accounts import services as accounts
from budget_app.accounts.models import User
from budget_app.browsing import following
from budget_app.demonstration import hearings, people, rounds
from budget_app.demonstration.content import RoundContent, Table, read
from budget_app.extensions import db
from budget_app.feedback import services as feedback
from budget_app.feedback.models import Light, Principle
from budget_app.parliaments.models import Parliament
from budget_app.proposals import services as proposals
from budget_app.rounds import acts, jobs
from budget_app.rounds.models import ActKind, ActState, PhaseKind, Round
from budget_app.rounds.replays import cast_all, voting_dates
from budget_app.training.models import Beginning
from voting import clock
from voting.roll_file import Line

COLLECTING, VOTING, COUNTED = "ideas_2028", "youth_2027", "budget_2026"
VOTERS, CAST = 60, 40
"""Invented people on the roll and ballots in the box, so that there is something to count."""
DOMAIN = "exercise.invalid"
"""Of no mail (RFC 2606): nobody gets anything from an exercise."""
UNTOLD = ("withdrawn", "merged_into")
"""Proposals of the content that make sense only with what became of them."""


@dataclass(frozen=True)
class Scene:
    """An empty exercise, its two invented officials, and when it is made.

    `places` gives the lines of the roll that participants get, numbered from its argument.
    """

    exercise: Parliament
    first: User
    second: User
    now: datetime
    minutes: int
    places: Callable[[RoundContent, int], list[Line]]


def fill(scene: Scene, beginning: Beginning) -> None:
    """Make the rounds with which an exercise begins; commits on the way."""
    for make in BEGINNINGS[beginning]:
        make(scene)
        db.session.commit()


def collect(scene: Scene) -> None:
    """A round with proposals to support, comment on and review, and a hearing to hold or simulate."""
    content = RoundContent(COLLECTING)
    round_ = rounds.announce(content, scene.exercise, scene.now, office=scene.first)
    hearings.call(round_, scene.first, scene.now)
    for entry in content.proposals:
        if not any(word in entry for word in UNTOLD):
            _propose(scene, round_, entry)


def open_vote(scene: Scene) -> None:
    """A round that is open for the session's minutes; what follows comes at once after them."""
    content = RoundContent(VOTING)
    round_ = rounds.announce(content, scene.exercise, scene.now, office=scene.first)
    _shorten(round_, scene.now, scene.minutes)
    _seal(scene, content, round_, lambda first: scene.places(content, first))
    _act(scene, round_, ActKind.OPEN, voting_dates(round_)[0])
    _cast(content, round_, until=scene.now)


def deliver(scene: Scene) -> None:
    """A round that was just counted: to be audited, its promises to be kept, people to be answered."""
    content = RoundContent(COUNTED)
    round_ = rounds.announce(content, scene.exercise, scene.now, office=scene.first)
    _seal(scene, content, round_, lambda _first: [])
    opens, closes = voting_dates(round_)
    _act(scene, round_, ActKind.OPEN, opens)
    _cast(content, round_, until=closes)
    _act(scene, round_, ActKind.CLOSE, closes)
    _act(scene, round_, ActKind.COUNT, closes + timedelta(hours=15))
    _promise(scene, round_)


BEGINNINGS: dict[Beginning, Sequence[Callable[[Scene], None]]] = {
    Beginning.BOTH: (collect, open_vote),
    Beginning.PROPOSALS: (collect,),
    Beginning.VOTING: (open_vote,),
    Beginning.DELIVERY: (deliver,),
}


def _propose(scene: Scene, round_: Round, entry: Table) -> None:
    with clock.replay(scene.now + timedelta(days=entry["day"])):
        author = _person(scene, entry["author"])
        text = rounds.proposal_text(round_, entry)
        proposal = proposals.start(round_, text, author=author, language=entry["language"])
        proposals.submit(proposal)
        for email in entry.get("supporters", []):
            following.support(proposal, _person(scene, email))


def _person(scene: Scene, email: str) -> User:
    """Somebody of the example, with an account that exists in this exercise alone."""
    names = {each["email"]: each["name"] for each in people.everybody()}
    who = email.partition("@")[0]
    user = accounts.ensure_user(f"{who}.{scene.exercise.slug}@{DOMAIN}", name=names[email])
    user.exercise_id = scene.exercise.id
    return user


def _shorten(round_: Round, now: datetime, minutes: int) -> None:
    moment = now + timedelta(minutes=minutes)
    for phase in sorted(round_.phases, key=lambda phase: phase.starts):
        if phase.kind is PhaseKind.VOTING:
            phase.ends = moment
        elif phase.starts > now:
            phase.starts, phase.ends = moment, moment + timedelta(hours=2)
            moment = phase.ends
    db.session.flush()


def _seal(
    scene: Scene, content: RoundContent, round_: Round, besides: Callable[[int], list[Line]]
) -> None:
    rounds.seal(content, round_, office=scene.first, voters=VOTERS, cast=CAST, besides=besides)
    db.session.commit()


def _cast(content: RoundContent, round_: Round, *, until: datetime) -> None:
    ballots = rounds.electorate(content, round_, voters=VOTERS, cast=CAST).ballots
    cast_all(round_, ballots, lambda *_: None, until=until)


def _act(scene: Scene, round_: Round, kind: ActKind, moment: datetime) -> None:
    """One official asks, the other approves, and it is carried out at once."""
    with clock.replay(moment):
        act = acts.request_act(round_, kind, by=scene.first)
        acts.approve_act(act, by=scene.second)
        db.session.commit()
        jobs.carry_out_acts()
    if act.state is not ActState.DONE:
        message = f"The exercise could not {kind} its round: {act.error}"
        raise RuntimeError(message)


def _promise(scene: Scene, round_: Round) -> None:
    for entry in read("feedback")["commitments"]:
        if entry["round"] == round_.slug:
            principle, promise = Principle(entry["principle"]), entry["promise"]
            made = feedback.commit(round_, principle, promise, by=scene.first)
            light, words = Light(entry["light"]), entry["words"]
            feedback.set_light(made, light, words, entry["evidence"], by=scene.first)
