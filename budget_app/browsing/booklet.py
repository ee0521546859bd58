"""The printable booklet of a round's projects: made once for each state of them, kept by its hash.

Thousands of projects take minutes of one core, and the worker must go on sequencing the logs: so a
process of its own prints, under a lease, and the worker looks whether the file is there.
"""

import hashlib
import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from flask import current_app, g, render_template
from flask_babel import force_locale
from sqlalchemy import delete, select

from budget_app.browsing.models import Booklet, BookletState
from budget_app.extensions import db, insert_into
from budget_app.proposals.models import Proposal, ProposalPicture
from budget_app.proposals.queries import pictures_by_key
from budget_app.rounds.models import District, Project, Round
from voting import clock
from voting.database import writing

LAYOUT = 2
"""Counted up with the layout, so that booklets of the old one are made anew."""
LEASE = timedelta(hours=1)
"""Thousands of projects on a machine that is busy with a vote."""
UNDER_WAY = (BookletState.WAITING, BookletState.PRINTING)

_presses: dict[str, subprocess.Popen[bytes]] = {}
"""The processes that this one has started, by digest."""


def current(round_: Round, language: str) -> Booklet | None:
    """The booklet of the present state of the projects, if anybody has asked for it."""
    return db.session.scalars(
        select(Booklet).filter_by(
            round_id=round_.id, language=language, digest=digest(round_, language)
        )
    ).one_or_none()


def is_ready(booklet: Booklet | None) -> bool:
    """Whether there is a file to send: an instance folder may have been restored without it."""
    return booklet is not None and booklet.state is BookletState.DONE and file_of(booklet).exists()


def ask(round_: Round, language: str) -> None:
    """Have the booklet made, unless it is there or under way."""
    if is_ready(current(round_, language)):
        return
    session = db.session()
    values = {
        "round_id": round_.id,
        "language": language,
        "digest": digest(round_, language),
        "state": BookletState.WAITING,
        "asked_at": clock.now(session),
    }
    session.execute(
        insert_into(Booklet)
        .values(values)
        .on_conflict_do_update(
            index_elements=["round_id", "language", "digest"],
            set_={"state": BookletState.WAITING},
            where=Booklet.state.in_((BookletState.FAILED, BookletState.DONE)),
        )
    )


def file_of(booklet: Booklet) -> Path:
    return _folder() / f"{booklet.digest}.pdf"


def digest(round_: Round, language: str) -> str:
    """The SHA-256 of all that the booklet prints."""
    printed = [LAYOUT, language, round_.titles, round_.summaries, round_.parliament.names]
    printed += [[str(value) if value else "" for value in entry] for entry in entries(round_)]
    shown = pictures_by_key(round_)
    printed += [[key, shown[key].digest, shown[key].description] for key in sorted(shown)]
    return hashlib.sha256(json.dumps(printed, sort_keys=True).encode()).hexdigest()


def entries(round_: Round) -> Sequence[Any]:
    """What is printed of each project, by district and number."""
    return db.session.execute(
        select(
            Project.key,
            Project.names,
            Project.summaries,
            Project.cost,
            Project.categories,
            District.id.label("district_id"),
            District.names.label("district"),
            Proposal.description,
            Proposal.language,
        )
        .join(District, District.id == Project.district_id)
        .outerjoin(Proposal, Proposal.id == Project.proposal_id)
        .where(Project.round_id == round_.id)
        .order_by(District.id, Project.key)
    ).all()


def look() -> None:
    """Take the finished ones in, and start the next: one at a time, so that pages stay quick."""
    waiting = select(Booklet.id).where(Booklet.state.in_(UNDER_WAY)).limit(1)
    found = db.session.execute(waiting).first()
    db.session.rollback()
    if found is None:
        return
    with writing():
        ours = _under_way()
        started = [booklet for booklet in ours if not _is_over(booklet)]
        free = not any(booklet.state is BookletState.PRINTING for booklet in started)
        chosen = started[0] if started and free else None
        if chosen is not None:
            chosen.state = BookletState.PRINTING
            chosen.leased_until = clock.now(db.session()) + LEASE
        number = chosen.id if chosen is not None else None
        db.session.commit()
    if number is not None:  # reading what is printed keeps nobody from writing
        _start(db.session.get_one(Booklet, number))
        db.session.rollback()


def _under_way() -> Sequence[Booklet]:
    return db.session.scalars(
        select(Booklet)
        .where(Booklet.state.in_(UNDER_WAY))
        .order_by(Booklet.asked_at, Booklet.id)
        .with_for_update(skip_locked=True, of=Booklet)
    ).all()


def _is_over(booklet: Booklet) -> bool:
    """Whether it was printed, or failed; one whose lease has passed waits again."""
    late = bool(booklet.leased_until and booklet.leased_until < clock.now(db.session()))
    press = _presses.get(booklet.digest)
    if press is not None and late:
        press.kill()
        press.wait()
    if press is not None and press.poll() is None:
        return False
    if file_of(booklet).exists():
        booklet.state = BookletState.DONE
        _forget_older(booklet)
    elif _presses.pop(booklet.digest, None) is not None:
        booklet.state = BookletState.FAILED
    elif late:
        booklet.state, booklet.leased_until = BookletState.WAITING, None
    if booklet.state is BookletState.DONE:
        _presses.pop(booklet.digest, None)
    return booklet.state not in UNDER_WAY


def _forget_older(booklet: Booklet) -> None:
    older = db.session.scalars(
        delete(Booklet)
        .where(
            Booklet.round_id == booklet.round_id,
            Booklet.language == booklet.language,
            Booklet.state == BookletState.DONE,
            Booklet.id != booklet.id,
        )
        .returning(Booklet.digest)
    )
    for name in older:
        (_folder() / f"{name}.pdf").unlink(missing_ok=True)


def _start(booklet: Booklet) -> None:
    """Let a process of its own make the PDF of the page."""
    path = file_of(booklet)
    path.parent.mkdir(parents=True, exist_ok=True)
    source = path.with_suffix(".html")
    write(booklet, source)
    command = [sys.executable, "-m", "budget_app.browsing.press", str(source), str(path)]
    _presses[booklet.digest] = subprocess.Popen(command)  # noqa: S603 — no part of it was typed


def write(booklet: Booklet, source: Path) -> None:
    """Write the page, and its pictures into a folder beside it, as the press looks for them.

    One picture at a time, so that hundreds need no memory; one removed meanwhile stays empty.
    """
    source.write_text(page(booklet), encoding="utf8")
    folder = source.with_suffix(".pictures")
    folder.mkdir(exist_ok=True)
    for picture in pictures_by_key(booklet.round_).values():
        small = select(ProposalPicture.small).where(ProposalPicture.id == picture.id)
        (folder / f"{picture.digest}.webp").write_bytes(db.session.scalar(small) or b"")


def page(booklet: Booklet) -> str:
    """All that is printed, as one page of HTML that needs its pictures and nothing else."""
    round_ = booklet.round_
    g.parliament = round_.parliament
    with force_locale(booklet.language):
        return render_template(
            "browsing/booklet_print.html",
            round=round_,
            language=booklet.language,
            districts=[
                list(of) for _id, of in groupby(entries(round_), key=lambda e: e.district_id)
            ],
            pictures=pictures_by_key(round_),
            made_at=booklet.asked_at,
        )


def _folder() -> Path:
    return Path(current_app.instance_path) / "booklets"
