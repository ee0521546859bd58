"""Which of a parliament's languages a round's texts lack: readers fall back to the first one there."""

from collections.abc import Iterator, Mapping

from budget_app.rounds.models import Round


def languages_missing(round_: Round) -> list[str]:
    """The languages in which a name or summary that citizens meet is not written, in their order."""
    written = list(_texts(round_))
    return [
        code
        for code in round_.parliament.languages
        if any(not texts.get(code) for texts in written)
    ]


def _texts(round_: Round) -> Iterator[Mapping[str, str]]:
    """A project without a summary has none to translate; people's own words are in one language."""
    yield round_.titles
    yield round_.summaries
    yield from (district.names for district in round_.districts)
    for project in round_.projects:
        if project.proposal_id is None:
            yield project.names
            if project.summaries:
                yield project.summaries
