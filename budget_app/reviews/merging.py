"""Making one proposal of two alike: a reviewer proposes it, both authors agree, co-authors may object."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select

from budget_app.accounts.models import User
from budget_app.browsing.following import Happening, tell_followers
from budget_app.browsing.moving import move_supporters_and_followers
from budget_app.extensions import db
from budget_app.proposals.models import Coauthor, Proposal, ProposalState
from budget_app.records.models import Act
from budget_app.records.services import record
from budget_app.reviews.assignments import end_assignment, hold, refuse_outsiders
from budget_app.reviews.errors import MergeOver, NotUnderReview
from budget_app.reviews.mails import tell, writers
from budget_app.reviews.models import Ending, Merge, MergeObjection, MergeState
from budget_app.rounds.errors import InvalidField
from budget_app.rounds.unsealed import refuse_sealed
from voting import clock

SUBJECT = _l("Shall two proposals become one?")
ASKED = _l("A reviewer proposes to merge two proposals, and asks you. Answer on its page:")
TAKEN_BACK = _l("The reviewers took the request to merge back: nothing is asked of you any more.")
TOLD = _l("A reviewer proposes to merge two proposals. Their authors decide; you can object:")


def propose_merge(source: Proposal, target: Proposal | None, reasons: str, *, by: User) -> Merge:
    """Ask the authors of both whether `source` shall become a part of `target`.

    Raises `InvalidField` for another round, the proposal itself, what is decided, and circles.
    """
    hold(source)
    refuse_outsiders(source, by)
    refuse_sealed(source.round_)
    if source.state is not ProposalState.SUBMITTED:
        raise NotUnderReview
    target = _target(source, target)
    _close_stale(source, target)
    _refuse_tangles(source, target)
    merge = Merge(
        source=source,
        target=target,
        reasons=reasons,
        proposed_by=by,
        proposed_at=clock.now(db.session()),
    )
    db.session.add(merge)
    db.session.flush()
    _note(Act.MERGE_ASKED, merge, by)
    _ask_everybody(merge)
    return merge


def withdraw(merge: Merge, *, by: User) -> None:
    """Take a request back that the authors have not answered; everybody who was asked is told.

    Raises `MergeOver`.
    """
    hold(merge.source)
    hold(merge.target)
    db.session.refresh(merge)
    refuse_over(merge)
    refuse_outsiders(merge.source, by)
    _end(merge, MergeState.WITHDRAWN)
    _note(Act.MERGE_WITHDRAWN, merge, by)
    for user, proposal in _asked(merge):
        tell([user], proposal, SUBJECT, TAKEN_BACK)


def _note(act: Act, merge: Merge, actor: User) -> None:
    source, target = merge.source_id, merge.target_id
    record(act, actor=actor, round_=merge.source.round_, proposal=source, into=target)


def _ask_everybody(merge: Merge) -> None:
    """One mail to each of the authors, who decide, and of the co-authors, who may object."""
    for user, proposal in _asked(merge):
        sentence = ASKED if user.id == proposal.author_id else TOLD
        tell([user], proposal, SUBJECT, sentence, merge.reasons)


def _asked(merge: Merge) -> list[tuple[User, Proposal]]:
    """Authors, then co-authors, each once with a proposal that they write."""
    pair = (merge.source, merge.target)
    found: dict[int, tuple[User, Proposal]] = {}
    for proposal in pair:
        found.setdefault(proposal.author_id, (proposal.author, proposal))
    for proposal in pair:
        for user in proposal.joined:
            found.setdefault(user.id, (user, proposal))
    return list(found.values())


def open_merges(*proposals: Proposal) -> list[Merge]:
    """Requests of these proposals that wait for an answer."""
    numbers = [proposal.id for proposal in proposals]
    found = db.session.scalars(
        select(Merge)
        .where(
            or_(Merge.source_id.in_(numbers), Merge.target_id.in_(numbers)),
            Merge.state == MergeState.ASKED,
        )
        .order_by(Merge.id)
    )
    return [merge for merge in found if _is_alive(merge)]


def answer_merge(merge: Merge, *, by: User, agrees: bool) -> None:
    """Agree or decline for each of the two proposals that the person is the author of.

    The last consent merges them. Raises `MergeOver`.
    """
    hold(merge.source)
    hold(merge.target)
    db.session.refresh(merge)
    refuse_over(merge)
    if merge.source.author_id == by.id:
        merge.source_agrees = agrees
    if merge.target.author_id == by.id:
        merge.target_agrees = agrees
    _note(Act.MERGE_AGREED if agrees else Act.MERGE_DECLINED, merge, by)
    if not agrees:
        _end(merge, MergeState.DECLINED)
    elif merge.source_agrees and merge.target_agrees:
        _merge(merge, by)


def may_object(merge: Merge, user: User) -> bool:
    """Whether the person writes one of the two along, and is the author of neither."""
    pair = (merge.source, merge.target)
    return all(each.author_id != user.id for each in pair) and any(
        each.is_written_by(user.id) for each in pair
    )


def object_to(merge: Merge, reasons: str, *, by: User) -> None:
    """Say as a co-author why not; said again, the words replace those of before.

    The authors are told the first time. Raises `MergeOver`.
    """
    hold(merge.source)
    hold(merge.target)
    db.session.refresh(merge)
    refuse_over(merge)
    now = clock.now(db.session())
    present = next((each for each in merge.objections if each.user_id == by.id), None)
    if present is not None:
        present.reasons, present.at = reasons, now
        return
    merge.objections.append(MergeObjection(user=by, reasons=reasons, at=now))
    _note(Act.MERGE_OBJECTED, merge, by)
    authors = {each.author_id: each for each in (merge.source, merge.target)}
    for proposal in authors.values():
        sentence = _l("A co-author objects to the merge. You decide on its page:")
        tell([proposal.author], proposal, SUBJECT, sentence, reasons)


def refuse_over(merge: Merge) -> None:
    """Raise `MergeOver` where nobody is asked any more."""
    if merge.state is not MergeState.ASKED or not _is_alive(merge):
        raise MergeOver


def has_agreed(merge: Merge, user: User) -> bool:
    """Whether the person is asked, and waits for the other author alone."""
    mine = user.id in (merge.source.author_id, merge.target.author_id)
    return mine and not waits_for(merge, user)


def waits_for(merge: Merge, user: User) -> bool:
    """Whether the person is asked, and has not answered."""
    return (merge.source.author_id == user.id and merge.source_agrees is None) or (
        merge.target.author_id == user.id and merge.target_agrees is None
    )


def _target(source: Proposal, target: Proposal | None) -> Proposal:
    if target is None or target.round_id != source.round_id or not target.is_public:
        raise InvalidField("target", _("There is no such proposal in this round."))
    if target.id == source.id:
        raise InvalidField("target", _("A proposal cannot be merged with itself."))
    hold(target)
    if target.state is not ProposalState.SUBMITTED:
        raise InvalidField("target", _("Only proposals that are in review can be merged."))
    return target


def _refuse_tangles(source: Proposal, target: Proposal) -> None:
    """No second request for `source`, and none that would lead in a circle."""
    for merge in open_merges(source, target):
        if source.id in (merge.source_id, merge.target_id) or merge.source_id == target.id:
            message = _("One of the two is already asked to be merged: wait for that answer.")
            raise InvalidField("target", message)


def _close_stale(*proposals: Proposal) -> None:
    """Requests that nobody can answer any more, because a proposal was decided or withdrawn."""
    numbers = [proposal.id for proposal in proposals]
    asked = select(Merge).where(Merge.source_id.in_(numbers), Merge.state == MergeState.ASKED)
    for merge in db.session.scalars(asked).all():
        if not _is_alive(merge):
            _end(merge, MergeState.OVER)


def _is_alive(merge: Merge) -> bool:
    states = {merge.source.state, merge.target.state}
    return states == {ProposalState.SUBMITTED} and not merge.source.round_.is_sealed


def _end(merge: Merge, state: MergeState) -> None:
    merge.state = state
    merge.ended_at = clock.now(db.session())
    db.session.flush()


def _merge(merge: Merge, by: User) -> None:
    """Make the two one; `by` is the author whose consent was the last."""
    source, target = merge.source, merge.target
    _end(merge, MergeState.DONE)
    end_assignment(source, Ending.FINISHED)
    source.state = ProposalState.MERGED
    _join_authors(source, target)
    everybody = writers(target)
    tell_followers(source, Happening.CHANGED, by=merge.proposed_by, told_already=everybody)
    move_supporters_and_followers(source, target)
    _note(Act.PROPOSAL_MERGED, merge, by)
    subject, sentence = _l("Two proposals became one"), _l("Both authors agreed: they are merged.")
    tell(everybody, target, subject, sentence)


def _join_authors(source: Proposal, target: Proposal) -> None:
    """Everybody who wrote `source` becomes a co-author of `target`."""
    now = clock.now(db.session())
    for user in writers(source):
        if not target.is_written_by(user.id):
            target.coauthors.append(Coauthor(user=user, invited_at=now, accepted_at=now))
            db.session.flush()
            db.session.refresh(target)
