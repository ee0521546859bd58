"""Filling an installation with the example: each round goes on from the state it is in.

Every step is committed before the next, and a step that was done is not done again; so an
interrupted filling is taken up where it stopped, and a second one finds nothing to do.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select

from budget_app.accounts.models import Role
from budget_app.demonstration import audits, discussions, feedback, hearings, people, rounds
from budget_app.demonstration.content import ROUNDS, RoundContent, read
from budget_app.extensions import db
from budget_app.hearings.queries import any_hearing
from budget_app.parliaments.models import PageKind, Parliament
from budget_app.parliaments.queries import by_slug
from budget_app.parliaments.services import create_parliament, keep_page
from budget_app.results.models import Count
from budget_app.results.queries import current_count
from budget_app.rounds import acts, jobs
from budget_app.rounds.models import ActKind, ActState, Round, RoundState
from budget_app.rounds.replays import Advance, cast_all, voting_dates
from voting import clock
from voting.models import Envelope

VOTERS = 20_000
TURNOUT = 0.7

Step = Callable[[str, int | None], AbstractContextManager[Advance]]
"""Says what is being done, and how much of it there is."""


def fill(step: Step, voters: int = VOTERS) -> Parliament:
    """The example parliament, with `voters` ballots in its certified round."""
    parliament = _parliament()
    now = clock.now(db.session())
    for name in ROUNDS:
        content = RoundContent(name)
        _Filling(content, parliament, now, step, voters).run()
    if not any_hearing(parliament):
        with step("Hearings", None):
            hearings.hold(parliament, now)
            feedback.ask_about_hearings(parliament)
            discussions.discuss_hearings(parliament)
            people.forget_mails()
            db.session.commit()
    return parliament


GOALS = {
    "budget_2026": RoundState.CERTIFIED,
    "water_2026": RoundState.COUNTED,
    "youth_2027": RoundState.OPEN,
    "ideas_2028": RoundState.ANNOUNCED,
}


def _parliament() -> Parliament:
    content = read("parliament")
    parliament = by_slug(content["slug"]) or create_parliament(
        content["slug"],
        content["names"],
        languages=content["languages"],
        currency=content["currency"],
        timezone=content["timezone"],
        accent=content["accent"],
        is_example=True,
    )
    people.ensure_people(parliament)
    for kind, texts in read("pages").items():
        keep_page(parliament, PageKind(kind), {code: text.strip() for code, text in texts.items()})
    db.session.commit()
    return parliament


class _Filling:
    """One round on its way to its goal."""

    def __init__(
        self,
        content: RoundContent,
        parliament: Parliament,
        now: datetime,
        step: Step,
        voters: int,
    ) -> None:
        self.content, self.parliament, self.now, self.step = content, parliament, now, step
        self.cast = content.table.get("cast", voters)
        self.voters = content.table.get("voters", int(voters / TURNOUT))
        self.title = content.table["title"]["en"]

    def run(self) -> None:
        round_ = self._find() or self._begin()
        goal = GOALS[self.content.name]
        if goal is RoundState.ANNOUNCED:
            return
        if round_.state is RoundState.SEALED:
            self._act(round_, ActKind.OPEN)
        if round_.state is RoundState.OPEN:
            self._cast(round_)
        if goal is RoundState.OPEN:
            return
        if round_.state is RoundState.OPEN:
            self._act(round_, ActKind.CLOSE)
        if round_.state is RoundState.CLOSED and current_count(round_) is None:
            with self.step(f"{self.title}: count", None):
                self._act(round_, ActKind.COUNT)
        self._audit(current_count(round_))

    def _find(self) -> Round | None:
        return db.session.scalar(
            select(Round).where(
                Round.parliament_id == self.parliament.id, Round.slug == self.content.slug
            )
        )

    def _begin(self) -> Round:
        with self.step(f"{self.title}: set up", None):
            office = people.with_role(Role.ADMINISTRATOR)[0]
            round_ = rounds.announce(self.content, self.parliament, self.now, office=office)
            if self.content.proposals:
                rounds.collect_proposals(self.content, round_, self.now)
                discussions.discuss(round_)
                # What reviewers tell authors here happened in an invented past: nobody waits for it.
                people.forget_mails()
            else:
                rounds.seal(
                    self.content,
                    round_,
                    office=office,
                    voters=self.voters,
                    cast=self.cast,
                    besides=partial(rounds.citizens, self.content),
                )
            feedback.speak(round_)
            discussions.discuss_as_a_whole(round_)
            people.forget_mails()
            db.session.commit()
        return round_

    def _cast(self, round_: Round) -> None:
        present = select(Envelope.seq).where(Envelope.round_id == round_.poll_id).limit(1)
        if db.session.scalar(present) is not None:
            return
        ballots = rounds.electorate(
            self.content, round_, voters=self.voters, cast=self.cast
        ).ballots
        _opens, closes = voting_dates(round_)
        with self.step(f"{self.title}: {len(ballots):,} ballots", len(ballots)) as advance:
            cast = cast_all(round_, ballots, advance, until=min(closes, self.now))
            if cast.refused:
                message = f"The box refused ballots of the example: {dict(cast.refused)}"
                raise RuntimeError(message)
            db.session.commit()

    def _act(self, round_: Round, kind: ActKind) -> None:
        """One administrator asks, the other approves, the worker carries it out."""
        first, second = people.with_role(Role.ADMINISTRATOR)
        opens, closes = voting_dates(round_)
        moment = opens if kind is ActKind.OPEN else closes
        if kind is ActKind.COUNT:
            moment += timedelta(hours=15)
        with clock.replay(moment):
            act = acts.pending(round_) or acts.request_act(round_, kind, by=first)
            if act.state is ActState.REQUESTED:
                acts.approve_act(act, by=second)
            db.session.commit()
            jobs.carry_out_acts()
        if act.state is not ActState.DONE:
            message = f"The example could not {kind} {round_.slug}: {act.error}"
            raise RuntimeError(message)

    def _audit(self, count: Count | None) -> None:
        if count is None:
            return
        auditors = people.with_role(Role.AUDITOR)
        if "audit" in self.content.table:
            audits.object_and_answer(count, self.content.table["audit"])
            auditors = auditors[1:]
        for number, auditor in enumerate(auditors):
            audits.attest(count, auditor, day=4 + 3 * number)
        db.session.commit()
