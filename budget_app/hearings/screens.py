"""The stream or the recording of a hearing, and whether the present page shows it."""

from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _

from budget_app.hearings import streams
from budget_app.hearings.models import Hearing, HearingState, TrackKind
from budget_app.hearings.queries import allowed_hosts
from budget_app.hearings.streams import Player
from budget_app.navigation import ENDONYMS
from budget_app.presentation.texts import word


@dataclass(frozen=True)
class Screen:
    """What can be seen: `player` is None where its host is no longer allowed, a link remains.

    `agreed`: the visitor of this very page asked for it; the next page asks again.
    """

    kind: str
    address: str
    player: Player | None
    agreed: bool


def screen_of(hearing: Hearing) -> Screen | None:
    """The stream until the end, then the recording; None where there is neither."""
    kind = "recording" if hearing.is_over else "stream"
    address = hearing.recording if hearing.is_over else hearing.stream
    if not address or hearing.state is HearingState.CANCELLED:
        return None
    try:
        found = streams.player(address, allowed_hosts(hearing.parliament))
    except streams.InvalidAddress:
        return Screen(kind, address, None, agreed=False)
    return Screen(kind, address, found, agreed=request.args.get("watch") == kind)


@dataclass(frozen=True)
class Track:
    """A link to captions or to interpretation in one language."""

    name: str
    language: str
    address: str


def tracks_of(hearing: Hearing) -> list[Track]:
    return [
        Track(
            _(
                "%(kind)s (%(language)s)",
                kind=word(TrackKind(track["kind"])),
                language=ENDONYMS[track["language"]],
            ),
            track["language"],
            track["address"],
        )
        for track in hearing.tracks
    ]
