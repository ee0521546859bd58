"""Supporting and following: once each, taken back at any time, told by mail."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

from flask import current_app, render_template
from flask_babel import LazyString, force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import delete, func, select

from budget_app.accounts.models import User
from budget_app.browsing.models import AlertPlan, DigestChoice, Following, Pace, Support
from budget_app.extensions import db, insert_into
from budget_app.hearings.models import Hearing
from budget_app.mailing.outbox import address, post
from budget_app.presentation.texts import plain
from budget_app.proposals.models import Proposal, ProposalState
from budget_app.rounds.errors import RoundError
from budget_app.rounds.models import PhaseKind, Round, RoundState
from voting import clock

Followed = Proposal | Round | Hearing

Thing = Followed | AlertPlan | DigestChoice
"""What mails of one kind are about, and can be ended by."""

SIGNED_FOR = "no more mails"
SUBJECT_LENGTH = 200


class NotSupported(RoundError):
    """Support outside the dates, or for what is decided."""

    sentence = _l("Proposals can be supported while they are collected and reviewed.")


class Happening(StrEnum):
    """What followers are told of."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    CHANGED = "changed"
    ANSWERED = "answered"
    OPENED = "opened"
    CLOSED = "closed"
    COUNTED = "counted"


SENTENCES: dict[Happening, LazyString] = {
    Happening.ACCEPTED: _l("It was accepted."),
    Happening.REJECTED: _l("It was not accepted. The reason is published."),
    Happening.WITHDRAWN: _l("Its author has withdrawn it."),
    Happening.CHANGED: _l("It has moved on: its page says where it stands."),
    Happening.ANSWERED: _l("There is an official reply."),
    Happening.OPENED: _l("Voting is open."),
    Happening.CLOSED: _l("Voting has closed."),
    Happening.COUNTED: _l("The result is published."),
}


def can_be_supported(proposal: Proposal) -> bool:
    """While proposals are collected or reviewed, and this one is not decided."""
    round_, now = proposal.round_, clock.now(db.session())
    return (
        proposal.state is ProposalState.SUBMITTED
        and round_.state is RoundState.ANNOUNCED
        and any(round_.in_phase(kind, now) for kind in (PhaseKind.PROPOSING, PhaseKind.REVIEW))
    )


def support(proposal: Proposal, user: User) -> None:
    """Once; again does nothing. Raises `NotSupported`."""
    if not can_be_supported(proposal):
        raise NotSupported
    now = clock.now(db.session())
    insert_once(Support, proposal_id=proposal.id, user_id=user.id, created_at=now)


def take_support_back(proposal: Proposal, user: User) -> None:
    """Raises `NotSupported` once the proposal is decided: the number is a part of the record."""
    if not can_be_supported(proposal):
        raise NotSupported
    db.session.execute(
        delete(Support).where(Support.proposal_id == proposal.id, Support.user_id == user.id)
    )


def supports(proposal: Proposal, user: User) -> bool:
    return db.session.get(Support, (proposal.id, user.id)) is not None


def supporters_of(proposal: Proposal) -> int:
    query = select(func.count()).select_from(Support).where(Support.proposal_id == proposal.id)
    return db.session.scalar(query) or 0


def follow(user: User, thing: Followed) -> None:
    """Once; again does nothing. What is new in rounds and hearings comes with the person's daily mail."""
    insert_once(Following, user_id=user.id, created_at=clock.now(db.session()), **_place(thing))
    if not isinstance(thing, Proposal):
        ensure_plan(user)


def unfollow(user_id: int, thing: Followed) -> None:
    found = _following(user_id, thing)
    if found is not None:
        db.session.delete(found)


def follows(user: User, thing: Followed) -> bool:
    return _following(user.id, thing) is not None


def followers_of(thing: Followed) -> Sequence[User]:
    """Who wants to be told of a proposal, a round or a hearing, in the order in which they began."""
    return db.session.scalars(
        select(User)
        .join(Following, Following.user_id == User.id)
        .where(*(getattr(Following, name) == value for name, value in _place(thing).items()))
        .order_by(Following.id)
    ).all()


def tell_followers(
    thing: Followed,
    happening: Happening,
    *,
    words: str = "",
    by: User | None = None,
    told_already: Iterable[User] = (),
) -> int:
    """Mail everybody who follows, but for who did it or is told otherwise; answers to how many.

    `words` are what an official says, in the language in which they were written.
    """
    told = 0
    left_out = {user.id for user in (*told_already, *([by] if by else ()))}
    for user in followers_of(thing):
        if user.id not in left_out:
            _tell(user, thing, happening, words)
            told += 1
    return told


def ensure_plan(user: User) -> AlertPlan:
    """The person's plan of mails; a first one begins with tomorrow's."""
    plan = db.session.get(AlertPlan, user.id)
    if plan is None:
        now = clock.now(db.session())
        plan = AlertPlan(
            user_id=user.id, pace=Pace.DAILY, told_until=now, due_at=now + Pace.DAILY.length
        )
        db.session.add(plan)
        db.session.flush()
    return plan


def end_address(user: User, thing: Thing, language: str) -> str:
    """The signed address that ends mails of one kind without a sign-in."""
    kind, number = _named(thing)
    token = _signer().dumps([user.id, kind, number])
    return address("browsing.end_mails", language=language, token=token)


def read_token(token: str) -> tuple[int, Thing] | None:
    """Whose mails of what kind a token ends; None for one that was not signed here."""
    try:
        user_id, kind, number = _signer().loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    thing: Thing | None = db.session.get(_KINDS[kind], number)
    return None if thing is None else (user_id, thing)


def end(user_id: int, thing: Thing) -> None:
    """No more mails of this kind."""
    if isinstance(thing, AlertPlan | DigestChoice):
        thing.pace = Pace.NEVER
    else:
        unfollow(user_id, thing)


_KINDS: dict[str, Any] = {
    "proposal": Proposal,
    "round": Round,
    "hearing": Hearing,
    "news": AlertPlan,
    "digest": DigestChoice,
}


_KEYS = {"proposal_id": Proposal, "round_id": Round, "hearing_id": Hearing}


def _named(thing: Thing) -> tuple[str, int]:
    kind = next(name for name, table in _KINDS.items() if isinstance(thing, table))
    return kind, thing.user_id if isinstance(thing, AlertPlan) else thing.id


def _signer() -> URLSafeSerializer:
    secret: str = current_app.config["SECRET_KEY"]
    return URLSafeSerializer(secret, salt=SIGNED_FOR)


def _place(thing: Followed) -> dict[str, int]:
    key = next(name for name, table in _KEYS.items() if isinstance(thing, table))
    return {key: thing.id}


def _following(user_id: int, thing: Followed) -> Following | None:
    return db.session.scalars(
        select(Following).filter_by(user_id=user_id, **_place(thing))
    ).one_or_none()


def insert_once(table: type[Support | Following | DigestChoice], **values: Any) -> None:
    """Two presses at once make one row."""
    db.session.execute(insert_into(table).values(values).on_conflict_do_nothing())


def _tell(user: User, thing: Followed, happening: Happening, words: str) -> None:
    with force_locale(user.language):
        end_here = end_address(user, thing, user.language)
        title = title_of(thing)
        body = render_template(
            "emails/followed.txt",
            title=title,
            sentence=SENTENCES[happening],
            words=words,
            address=page_of(thing, user.language),
            end_here=end_here,
        )
        subject = _("News of “%(title)s”", title=title)[:SUBJECT_LENGTH]
        post(user.email, subject, body, unsubscribe=end_here)


def title_of(thing: Followed | DigestChoice) -> str:
    if isinstance(thing, DigestChoice):
        title: str = _("Digest: %(parliament)s", parliament=plain(thing.parliament.names))
        return title
    return thing.title if isinstance(thing, Proposal) else plain(thing.titles)


def page_of(thing: Followed, language: str) -> str:
    """The whole address of the page of a proposal, a round or a hearing."""
    if isinstance(thing, Hearing):
        place = {"language": language, "parliament": thing.parliament.slug}
        return address("hearings.show", **place, hearing_id=thing.id)
    round_ = thing.round_ if isinstance(thing, Proposal) else thing
    parts: dict[str, str | int] = {
        "language": language,
        "parliament": round_.parliament.slug,
        "round_slug": round_.slug,
    }
    if isinstance(thing, Proposal):
        return address("proposals.show", **parts, proposal_id=thing.id)
    return address("rounds.show", **parts)
