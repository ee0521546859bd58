"""What the pages of a proposal and of its review show."""

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from budget_app.browsing.similar import similar_to
from budget_app.extensions import db
from budget_app.proposals.models import Proposal, ProposalState
from budget_app.reviews import appeals, assignments, forms, merging, queries
from budget_app.reviews.checklists import criteria_of, keys_of
from budget_app.reviews.criteria import ANSWERS, answer_field, note_field
from budget_app.reviews.models import Draft
from budget_app.rounds.models import Round


def of_proposal(proposal: Proposal) -> dict[str, Any]:
    """For the public page: what is finished; and for those who write it, what waits for them."""
    shown: dict[str, Any] = {
        "reviewed": queries.published(proposal),
        "criteria": {each.key: each.words for each in criteria_of(proposal.round_)},
        "answer_words": ANSWERS,
        "to_answer": [],
        "merge_requests": [],
        "merges_to_know": [],
        "merges_agreed": [],
        "merges_ended": [],
        "appeal_until": None,
        "appeal_waits": False,
    }
    if not (current_user.is_authenticated and proposal.is_written_by(current_user.id)):
        return shown
    if proposal.state == "submitted":
        asked = queries.questions_of(proposal)
        shown["to_answer"] = [question for question in asked if question.answered_at is None]
        shown["merges_ended"] = queries.ended_merges(proposal)
    requests = merging.open_merges(proposal)
    shown["merge_requests"] = [
        merge for merge in requests if merging.waits_for(merge, current_user)
    ]
    shown["merges_agreed"] = [
        merge for merge in requests if merging.has_agreed(merge, current_user)
    ]
    shown["merges_to_know"] = [
        merge for merge in requests if merging.may_object(merge, current_user)
    ]
    shown["appeal_until"] = appeals.appeal_until(proposal)
    shown["appeal_waits"] = assignments.open_appeal(proposal) is not None
    return shown


def review_page(
    round_: Round, proposal: Proposal, status: int = 200, **filled: Any
) -> ResponseReturnValue:
    """The review as reviewers see it; `filled` are forms that came back with errors."""
    held = assignments.assignment_of(proposal)
    administers = assignments.administers(current_user, proposal)
    draft = db.session.get(Draft, proposal.id)
    page = render_template(
        "reviews/review.html",
        round=round_,
        proposal=proposal,
        held=held,
        administers=administers,
        decides=assignments.decides(proposal, current_user),
        with_checklist=has_checklist(round_, proposal),
        under_review=assignments.is_under_review(proposal),
        appeal=appeals.appeal_of(proposal),
        decided_by_me=proposal.reviewed_by_id == current_user.id,
        draft=draft,
        criteria=[(key, answer_field(key), note_field(key)) for key in keys_of(round_)],
        questions=queries.questions_of(proposal),
        notes=queries.notes_of(proposal),
        assigned=queries.assignments_of(proposal),
        declared=queries.declarations_of(proposal),
        merges=queries.merges_of(proposal),
        open_merges=[m for m in merging.open_merges(proposal) if m.source_id == proposal.id],
        similar=similar_to(proposal),
        **_forms(proposal, filled),
    )
    return page, status


def has_checklist(round_: Round, proposal: Proposal) -> bool:
    """Whether the person at hand still decides, so that the page shows the checklist."""
    decides = assignments.decides(proposal, current_user)
    return decides and proposal.state is ProposalState.SUBMITTED and not round_.is_sealed


def is_sent_along() -> bool:
    """Whether the request carries the checklist, and with it all that was typed on the page."""
    return "asked" in request.form


def _forms(proposal: Proposal, filled: dict[str, Any]) -> dict[str, Any]:
    fresh: dict[str, Any] = {"formdata": None}
    sent: dict[str, Any] = {} if is_sent_along() else fresh
    round_ = proposal.round_
    return {
        "review_form": forms.review_form(proposal, **sent),
        "assignment_form": forms.assignment_form(
            queries.can_be_given(proposal), queries.loads(round_), **fresh
        ),
        "note_form": forms.NoteForm(**sent),
        "question_form": forms.QuestionForm(**sent),
        "appeal_form": forms.AppealDecisionForm(**fresh),
        "merge_form": forms.MergeForm(**sent),
        **filled,
    }
