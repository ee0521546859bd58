"""The officials' first page: what waits for them; and the making of a new round."""

from dataclasses import dataclass

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from budget_app import access
from budget_app.accounts.models import Role
from budget_app.addresses import page_number
from budget_app.administration import forms, texts
from budget_app.administration.blueprint import bp
from budget_app.administration.pages import BOTH
from budget_app.administration.subject_names import names_of, person
from budget_app.administration.subjects import subject_words
from budget_app.audit.queries import objections_to_answer
from budget_app.deliberation.moderation_queries import waiting_for
from budget_app.hearings.queries import led_by
from budget_app.navigation import ENDONYMS
from budget_app.parliaments.models import Parliament
from budget_app.presentation.texts import plain
from budget_app.records.queries import actors, records_of
from budget_app.reviews.queries import Waiting, to_decide
from budget_app.rounds import services, steps
from budget_app.rounds.models import Round, RoundState
from budget_app.rounds.queries import acts_waiting_for, all_rounds, public_rounds


@dataclass(frozen=True)
class RoundLine:
    """One round on the desk: its next step if one is left, what this person and what nobody reviews."""

    round: Round
    stands: str
    mine: Waiting
    unassigned: Waiting

    @property
    def to_review(self) -> int:
        return self.mine.count + self.unassigned.count


@bp.get("/")
@access.official
def desk(parliament: Parliament) -> ResponseReturnValue:
    roles = current_user.roles_in(parliament)
    administers = Role.ADMINISTRATOR in roles
    rounds = all_rounds(parliament) if administers else public_rounds(parliament)
    return render_template(
        "administration/desk.html",
        administers=administers,
        reviews=administers or Role.REVIEWER in roles,
        audits=Role.AUDITOR in roles,
        to_moderate=waiting_for(parliament, current_user)
        if administers or Role.MODERATOR in roles
        else None,
        lines=[_line(round_) for round_ in rounds],
        to_approve=acts_waiting_for(parliament, current_user) if administers else [],
        to_audit=[round_ for round_ in rounds if round_.state is RoundState.COUNTED],
        to_answer=objections_to_answer(parliament, current_user) if administers else [],
        to_lead=led_by(parliament, current_user),
        hearings=administers or Role.PARLIAMENTARIAN in roles,
    )


def _line(round_: Round) -> RoundLine:
    found = [] if round_.is_sealed else steps.gaps(round_)
    stands = "" if steps.is_finished(round_) else texts.STEPS[steps.reached(round_, found)]
    mine, unassigned = to_decide(round_, current_user), to_decide(round_, None)
    return RoundLine(round_, str(stands), mine, unassigned)


@bp.route("/rounds/new", methods=BOTH)
@access.administrator
def new_round(parliament: Parliament) -> ResponseReturnValue:
    past = all_rounds(parliament)
    choices = [(round_.slug, plain(round_.titles)) for round_ in past]
    form = forms.new_round_form(choices)()
    if form.validate_on_submit():
        titles = {parliament.default_language: form.title.data}
        model = next((r for r in past if r.slug == form.copy_of.data), None)
        round_ = (
            services.copy_round(model, titles, by=current_user)
            if model
            else services.create_round(parliament, titles, by=current_user)
        )
        return redirect(url_for("administration.setup_texts", round_slug=round_.slug))
    page = render_template(
        "administration/new_round.html",
        form=form,
        language=ENDONYMS[parliament.default_language],
    )
    return page, 422 if form.errors else 200


@bp.get("/records")
@access.official
def records(parliament: Parliament) -> ResponseReturnValue:
    """Who did what, newest first, page by page."""
    page = records_of(parliament, page_number())
    roles = current_user.roles_in(parliament)
    found = names_of(page.items)
    return render_template(
        "administration/records.html",
        page=page,
        words=texts.record_words,
        actors={number: person(user) for number, user in actors(page.items).items()},
        rounds={round_.id: round_ for round_ in all_rounds(parliament)},
        details={record.id: subject_words(record, found, roles) for record in page.items},
    )
