"""Atom feeds (RFC 4287): what is new in a parliament and in a round."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree as ET

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select

from budget_app.deliberation.moderation_queries import removals
from budget_app.deliberation.rules import NAMES
from budget_app.extensions import db
from budget_app.feedback import queries as feedback
from budget_app.hearings.models import Hearing
from budget_app.hearings.queries import hearings_of
from budget_app.mailing.outbox import address
from budget_app.navigation import page_language
from budget_app.parliaments.models import Parliament
from budget_app.presentation.dates import date
from budget_app.presentation.texts import plain, word
from budget_app.proposals.models import Proposal
from budget_app.proposals.queries import PUBLIC
from budget_app.results.queries import current_count
from budget_app.rounds.models import Round
from budget_app.rounds.queries import public_rounds

ATOM = "http://www.w3.org/2005/Atom"
MOST = 50
KEPT = "public, max-age=300"


@dataclass(frozen=True)
class Entry:
    """One piece of news; `about` is its own address, which never changes."""

    title: str
    about: str
    at: datetime
    summary: str


def of_parliament(parliament: Parliament) -> list[Entry]:
    """Its rounds as they were announced, the results that were published, and its hearings."""
    entries = []
    for round_ in public_rounds(parliament):
        entries += _round_entries(round_)
    return newest([*entries, *_hearing_entries(hearings_of(parliament))])


def of_round(round_: Round) -> list[Entry]:
    """Announcement, proposals, decisions, answers, hearings, and the result."""
    entries = [*_round_entries(round_), *_proposal_entries(round_), *_answer_entries(round_)]
    return newest([*entries, *_hearing_entries(hearings_of(round_.parliament, round_))])


def of_moderation(parliament: Parliament) -> list[Entry]:
    """The removals of comments with their reasons: no removed word, and nobody's name."""
    place = {"language": page_language(), "parliament": parliament.slug}
    log = address("deliberation.moderation_log", **place)
    return [
        Entry(
            str(NAMES[decision.rule]) if decision.rule else "",
            f"{log}#decision-{decision.id}",
            decision.restored_at or decision.appeal_at or decision.at,
            _("The comment was removed by mistake, and is back as it was.")
            if decision.restored_at
            else decision.appeal_explanation or decision.explanation,
        )
        for decision in removals(parliament, 1).items
    ]


def newest(entries: Sequence[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: (entry.at, entry.about), reverse=True)[:MOST]


def _round_entries(round_: Round) -> list[Entry]:
    page = _address("rounds.show", round_)
    entries = [
        Entry(
            plain(round_.titles),
            page,
            round_.announced_at or round_.created_at,
            plain(round_.summaries),
        )
    ]
    count = current_count(round_)
    if count is not None:
        title = f"{_('Result')}: {plain(round_.titles)}"
        entries.append(
            Entry(title, _address("results.show", round_), count.counted_at, word(count.state))
        )
    return entries


def _proposal_entries(round_: Round) -> list[Entry]:
    latest = func.coalesce(Proposal.reviewed_at, Proposal.submitted_at)
    rows = db.session.scalars(
        select(Proposal)
        .where(Proposal.round_id == round_.id, Proposal.state.in_(PUBLIC))
        .order_by(latest.desc(), Proposal.id.desc())
        .limit(MOST)
    )
    return [
        Entry(
            f"{row.title} ({word(row.state)})",
            _address("proposals.show", round_, proposal_id=row.id),
            row.reviewed_at or row.submitted_at or row.created_at,
            row.summary,
        )
        for row in rows
    ]


def _answer_entries(round_: Round) -> list[Entry]:
    page = _address("feedback.show", round_)
    return [
        Entry(
            plain(row.said), f"{page}#answer-{row.id}", row.corrected_at or row.at, plain(row.did)
        )
        for row in feedback.answers(round_)
    ]


def _hearing_entries(hearings: Iterable[Hearing]) -> list[Entry]:
    """Each as it was last called or moved; its day stands in the title."""
    return [
        Entry(
            f"{plain(each.titles)} ({date(each.starts, 'long')}, {word(each.state)})",
            address(
                "hearings.show",
                language=page_language(),
                parliament=each.parliament.slug,
                hearing_id=each.id,
            ),
            each.changed_at,
            plain(each.descriptions),
        )
        for each in hearings
    ]


def _address(endpoint: str, round_: Round, **parts: int) -> str:
    return address(
        endpoint,
        language=page_language(),
        parliament=round_.parliament.slug,
        round_slug=round_.slug,
        **parts,
    )


def answer(title: str, page: str, entries: Sequence[Entry]) -> ResponseReturnValue:
    """The feed of a page, which caches may keep for five minutes."""
    feed = ET.Element("feed", {"xmlns": ATOM, "xml:lang": page_language()})
    _text(feed, "title", title)
    _text(feed, "id", f"{page}#feed")
    ET.SubElement(feed, "link", rel="alternate", type="text/html", href=page)
    ET.SubElement(feed, "link", rel="self", href=request.base_url)
    author = ET.SubElement(feed, "author")
    _text(author, "name", title)
    _text(feed, "updated", _moment(entries[0].at) if entries else "1970-01-01T00:00:00Z")
    for entry in entries:
        _append(feed, entry)
    body = b'<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(feed, encoding="utf-8")
    response = Response(body, content_type="application/atom+xml; charset=utf-8")
    response.headers["Cache-Control"] = KEPT
    response.add_etag()
    return response.make_conditional(request)


def _append(feed: ET.Element, entry: Entry) -> None:
    node = ET.SubElement(feed, "entry")
    _text(node, "title", entry.title)
    _text(node, "id", entry.about)
    ET.SubElement(node, "link", rel="alternate", type="text/html", href=entry.about)
    _text(node, "updated", _moment(entry.at))
    _text(node, "summary", entry.summary)


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = "".join(c for c in text if c >= " " or c in "\n\t")


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def feed_links(parliament: Parliament, round_: Round | None) -> list[tuple[str, str]]:
    """(title, endpoint) of the feeds that a page of the parliament or of the round names."""
    links = [(plain(parliament.names), "sharing.parliament_feed")]
    if round_ is not None:
        links.insert(0, (plain(round_.titles), "sharing.round_feed"))
    return links
