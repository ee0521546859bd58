"""What keeps a count from being published."""

from collections.abc import Mapping

from budget_app.translation import gettext as _
from tallying.errors import TallyingError, UnresolvedTie
from voting.errors import NotWitnessed


class CountLeftOpen(UnresolvedTie):
    """A tie that the order leaves open, naming the projects as people know them."""

    def __init__(self, tie: UnresolvedTie, names: Mapping[str, str]) -> None:
        super().__init__(tie.projects, tie.step)
        self.names = tuple(f"{names.get(key, key)} ({key})" for key in tie.projects)

    def __str__(self) -> str:
        return _(
            "Nothing was published: at step %(step)s the tie order leaves open which comes first of %(projects)s.",
            step=self.step,
            projects=", ".join(self.names),
        )


class CountNotProved(TallyingError):
    """No selection of a district could be proved to be the best."""

    def __str__(self) -> str:
        return _(
            "Nothing was published: which selection has the greatest total could not be proved. All ballots stay as they are, and a later version of the program can count them."
        )


class CountNotWitnessed(TallyingError):
    """Too few of the round's witnesses have signed the end of its log."""

    def __init__(self, error: NotWitnessed) -> None:
        super().__init__(str(error))
        self.witnesses = error.witnesses

    def __str__(self) -> str:
        return _(
            "Nothing was published: too few witnesses have signed the end of the public log. These have not: %(names)s. Nothing is lost; ask for the count again when they answer.",
            names=", ".join(self.witnesses),
        )


class CountStopped(TallyingError):
    """The counting program met what it should never meet."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.kind = type(error).__name__

    def __str__(self) -> str:
        return _(
            "Nothing was published: the counting program stopped with an error (%(kind)s). All ballots stay as they are. Tell whoever runs this installation, and ask for the count again once it is mended.",
            kind=self.kind,
        )
