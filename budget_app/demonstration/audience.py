"""Where the example's districts lie, and who of its people supports and follows what."""

from budget_app.browsing import following
from budget_app.demonstration import people
from budget_app.demonstration.content import RoundContent, Table
from budget_app.proposals.models import Proposal
from budget_app.rounds.models import Round


def outline_districts(round_: Round, content: RoundContent) -> None:
    """The outlines for the map, where the content draws them: corners in degrees, longitude first."""
    for entry in content.districts:
        district = round_.district(entry["slug"])
        if district is not None and "outline" in entry:
            ring = [*entry["outline"], entry["outline"][0]]
            district.outline = {"type": "Polygon", "coordinates": [ring]}


def gather(proposal: Proposal, entry: Table) -> None:
    """Supporters and followers of a submitted proposal."""
    for email in entry.get("supporters", []):
        following.support(proposal, people.person(email))
    for email in entry.get("followers", []):
        following.follow(people.person(email), proposal)
