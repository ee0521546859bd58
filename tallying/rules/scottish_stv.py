"""`stv` as in the council elections of Scotland."""

from collections.abc import Callable, Iterable
from typing import Any

from tallying.rules.rule import Contest, Selection
from tallying.rules.transfers import Transfers

DECIMALS = 5
"""Transfer values have so many decimals; any remainder is ignored (rule 48(3))."""


def count_as_in_scotland(contest: Contest) -> Selection:
    """Scottish Statutory Instrument 2007 No. 42, schedule 1, rules 45 to 52; raises `UnresolvedTie`.

    Candidates are projects of equal cost, and the seats are how many the budget pays for. Ballots
    that rank nobody are no valid papers there: the quota leaves them out. Unlike there, nobody
    whom no ballot ranks is elected. With unequal costs, or groups and limits, the quotas are those
    of the general form and what does not fit any more is removed.
    """
    return _Scottish(contest).selection()


class _Scottish:
    """One count: stage 1 lays out the ballots, each further stage transfers one pile.

    Whoever reaches the quota is elected at the end of the stage and receives no more ballots
    (rule 47). Surpluses go first, the greatest first (rules 48 and 49); with none left, the fewest
    votes are excluded (rule 50). Equal numbers are decided by the latest earlier stage at which
    they differ, and where they never do, by lot (rules 49 and 51): the tie order of the round. As
    soon as all who continue fit into the vacancies they are elected (rule 52).
    """

    def __init__(self, contest: Contest) -> None:
        voters = contest.profile.total - contest.profile.blank
        self._count = Transfers(contest, voters, 10**DECIMALS, 0, DECIMALS)
        self._sequence = self._count.sequence
        self._history: list[dict[int, int]] = []
        """The votes at the end of each stage so far."""
        self._pending: list[int] = []
        """The elected whose surplus is not transferred yet."""

    def selection(self) -> Selection:
        """Count stage by stage until nobody continues."""
        while True:
            self._history.append(dict(self._count.piles.totals))
            self._settle()
            if not self._sequence.waiting:
                return self._sequence.selection()
            if self._count.remaining_fit():
                self._fund_all()
            elif self._pending:
                self._transfer_surplus()
            else:
                self._exclude()

    def _settle(self) -> None:
        """Elect all who reach the quota, and remove what does not fit any more."""
        room, projects = self._sequence.room, self._sequence.projects
        while True:
            reached = [p for p in self._count.reached() if room.obstacle(projects[p]) is None]
            if reached:
                self._fund(reached)
            elif not self._count.drop_unaffordable(stage=len(self._history)):
                return

    def _fund(self, reached: list[int]) -> None:
        equal = self._count.greatest(reached)
        matters = not self._all_fit(reached)
        position, account = self._decided(equal, max, self._sequence.best, matters)
        self._sequence.fund(position, {}, **self._count.account(position), **account)
        self._count.piles.receiving.discard(position)
        if self._count.surplus(position) > 0:
            self._pending.append(position)

    def _all_fit(self, positions: Iterable[int]) -> bool:
        projects = self._sequence.projects
        return self._sequence.room.fits_together(projects[position] for position in positions)

    def _fund_all(self) -> None:
        while self._sequence.waiting:
            equal = self._count.greatest(self._sequence.waiting)
            position, account = self._decided(equal, max, self._sequence.best, matters=False)
            self._sequence.fund(position, {}, **self._count.account(position), **account)

    def _transfer_surplus(self) -> None:
        most = max(self._count.surplus(position) for position in self._pending)
        equal = [p for p in self._pending if self._count.surplus(p) == most]
        position, account = self._decided(equal, max, self._sequence.best)
        self._pending.remove(position)
        source = self._sequence.projects[position].id
        surplus = self._count.surplus(position)
        self._count.piles.hand_on(position, surplus)
        shown = self._count.text(surplus)
        self._sequence.note(source=source, surplus=shown, votes=self._votes(), **account)

    def _exclude(self) -> None:
        equal = self._count.least(self._sequence.waiting)
        position, account = self._decided(equal, min, self._sequence.worst)
        self._count.eliminate(position, **account)
        self._sequence.amend(votes=self._votes())

    def _votes(self) -> dict[str, str]:
        """What all who continue have after a transfer."""
        return {
            self._sequence.projects[position].id: self._count.text(total)
            for position, total in self._count.piles.totals.items()
            if position in self._sequence.waiting
        }

    def _decided(
        self,
        equal: list[int],
        end: Callable[[Iterable[int]], int],
        by_lot: Callable[[Iterable[int], bool], int],
        matters: bool = True,
    ) -> tuple[int, dict[str, Any]]:
        """Who of several equals has the most (or fewest) votes at the latest stage that tells.

        The account names the stage, from 1, and those it told apart.
        """
        account: dict[str, Any] = {"stage": len(self._history)}
        if len(equal) == 1:
            return equal[0], account
        for number in range(len(self._history), 0, -1):
            votes = self._history[number - 1]
            wanted = end(votes[position] for position in equal)
            left = [position for position in equal if votes[position] == wanted]
            if len(left) < len(equal):
                ids = [self._sequence.projects[p].id for p in self._sequence.in_order(equal)]
                account.setdefault("look_back", []).append({"stage": number, "between": ids})
                equal = left
        return by_lot(equal, matters), account
