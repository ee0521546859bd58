"""What keeps a count from being published."""

from collections.abc import Mapping

from budget_app.translation import gettext as _
from tallying.errors import UnresolvedTie


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
