"""Names that stand twice where voters choose: nobody could tell which is which."""

from collections.abc import Iterable, Mapping, Sequence

from budget_app.presentation.texts import localized
from budget_app.rounds.models import Round
from budget_app.rounds.steps import Step

Names = Mapping[str, str]
"""A name by language."""


def shared_names(round_: Round, step: Step) -> list[str]:
    """What `step` must warn of: names of districts, and of projects on one ballot; the seal of both."""
    found: list[str] = []
    if step in (Step.DISTRICTS, Step.SEAL):
        found += _repeated([each.names for each in round_.districts])
    if step in (Step.PROJECTS, Step.SEAL):
        for district in round_.districts:
            ballot = [p.names for p in round_.projects if p.district_id == district.id]
            found += _repeated(ballot)
    return list(dict.fromkeys(found))


def _repeated(all_names: Sequence[Names]) -> Iterable[str]:
    """Each that has the name of an earlier one in some language."""
    seen: set[tuple[str, str]] = set()
    for names in all_names:
        keys = {(code, text.casefold()) for code, text in names.items()}
        if keys & seen:
            yield localized(names)
        seen |= keys
