"""What reviewers and authors fill in."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectField, StringField, SubmitField
from wtforms.validators import DataRequired, InputRequired, Optional

from budget_app import meanwhile
from budget_app.accounts.models import User
from budget_app.extensions import db
from budget_app.presentation.texts import plain
from budget_app.proposals.models import Proposal
from budget_app.reviews.checklists import criteria_of, fingerprint, keys_of
from budget_app.reviews.criteria import ANSWERS, answer_field, note_field
from budget_app.reviews.decisions import Findings
from budget_app.reviews.models import AppealOutcome, Checklist, Draft, Verdict
from budget_app.rounds.fields import MoneyField, answers, clean_text, text_field
from budget_app.rounds.models import Round

NUMBER_AT_THE_END = re.compile(r"(?:.*/)?#?(\d{1,9})/?")
CHOOSE = _l("Choose one of these.")


class DeclarationForm(FlaskForm):
    conflict = RadioField(
        _l("Your interests"),
        choices=answers(
            [
                ("no", _l("I have no conflict of interest")),
                ("yes", _l("I have a conflict of interest, and step back")),
            ]
        ),
        validators=[InputRequired(CHOOSE)],
    )
    words = text_field(
        _l("What the conflict is"),
        longest=1000,
        lines=True,
        required=False,
        description=_l("One sentence for the office. It is never published."),
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """A conflict is said in a sentence."""
        fits = bool(super().validate(extra_validators))
        if self.conflict.data == "yes" and not self.words.data:
            self.words.errors = [_("Say in a sentence what the conflict is.")]
            return False
        return fits


def review_form(proposal: Proposal, **options: Any) -> Any:
    """The checklist and the verdict as they are begun; only what is published must be whole."""
    round_ = proposal.round_
    fields: dict[str, Any] = {}
    called: dict[str, Any] = {}
    for each in criteria_of(round_):
        called[note_field(each.key)] = _l(
            "%(group)s: %(field)s", group=plain(each.texts), field=_l("Note")
        )
        fields[answer_field(each.key)] = RadioField(
            each.words,
            choices=answers((answer.value, words) for answer, words in ANSWERS.items()),
            validators=[Optional()],
        )
        fields[note_field(each.key)] = text_field(_l("Note"), longest=1000, required=False)
    fields["verdict"] = RadioField(
        _l("The verdict"),
        choices=answers(
            [
                (Verdict.FEASIBLE.value, _l("Feasible")),
                (Verdict.NOT_FEASIBLE.value, _l("Not feasible")),
            ]
        ),
        validators=[Optional()],
    )
    fields["cost"] = MoneyField(_l("Final cost"), required=False)
    fields["words"] = text_field(_l("Explanation"), longest=5000, lines=True, required=False)
    fields["publish"] = SubmitField(_l("Publish the decision"))
    fields["asked"] = HiddenField(default=fingerprint(round_))
    kind = type("ReviewForm", (FlaskForm,), fields)

    def draft() -> Draft | None:
        return db.session.get(Draft, proposal.id)

    def last() -> User | None:
        begun = draft()
        return begun.saved_by if begun else None

    return meanwhile.form(
        kind, proposal, lambda: _begun(draft()), last=last, called=called, **options
    )


def asks_anew(round_: Round, form: Any) -> bool:
    """Whether other words were answered than would be published; then the form says so."""
    present = fingerprint(round_)
    if not form.publish.data or form.asked.data == present:
        return False
    form.asked.raw_data, form.asked.data = None, present
    form.form_errors.append(
        _("The checklist was changed meanwhile: read it again before you publish.")
    )
    return True


def _begun(draft: Draft | None) -> dict[str, Any]:
    if draft is None:
        return {}
    verdict = draft.verdict.value if draft.verdict else None
    data: dict[str, Any] = {"verdict": verdict, "cost": draft.cost, "words": draft.words}
    for key, found in draft.checklist.items():
        data[answer_field(key)] = found.get("answer") or None
        data[note_field(key)] = found.get("note", "")
    return data


def findings_of(round_: Round, form: Any) -> Findings:
    """What the form says."""
    checklist: Checklist = {
        key: {
            "answer": form[answer_field(key)].data or "",
            "note": form[note_field(key)].data or "",
        }
        for key in keys_of(round_)
    }
    verdict = Verdict(form.verdict.data) if form.verdict.data else None
    return Findings(verdict, form.cost.data, form.words.data or "", checklist)


def assignment_form(reviewers: Sequence[User], loads: Mapping[int, int], **options: Any) -> Any:
    """Who shall review; each with what they have already."""
    names = [
        (
            str(user.id),
            _("%(name)s (has %(num)s)", name=user.display_name, num=loads.get(user.id, 0)),
        )
        for user in reviewers
    ]
    field = SelectField(_l("Reviewer"), choices=answers(names), validators=[InputRequired(CHOOSE)])
    return type("AssignmentForm", (FlaskForm,), {"reviewer": field})(**options)


class NoteForm(FlaskForm):
    note = text_field(_l("Note for the other reviewers"), longest=5000, lines=True)


class QuestionForm(FlaskForm):
    question = text_field(_l("Question to the authors"), longest=2000, lines=True)


class AnswerForm(FlaskForm):
    text = text_field(_l("Your answer"), longest=5000, lines=True)


class AppealForm(FlaskForm):
    reasons = text_field(_l("Your reasons"), longest=5000, lines=True)


class AppealDecisionForm(FlaskForm):
    outcome = RadioField(
        _l("The outcome"),
        choices=answers(
            [
                (AppealOutcome.CONFIRMED.value, _l("The decision stands")),
                (AppealOutcome.REOPENED.value, _l("The proposal is reviewed anew")),
                (AppealOutcome.ACCEPTED.value, _l("The proposal is accepted, with a cost")),
            ]
        ),
        validators=[InputRequired(CHOOSE)],
    )
    cost = MoneyField(_l("Final cost"), required=False)
    words = text_field(_l("Reasons"), longest=5000, lines=True)


class ObjectionForm(FlaskForm):
    reasons = text_field(_l("Your reasons"), longest=1000, lines=True)


class MergeForm(FlaskForm):
    target = StringField(
        _l("The other proposal"),
        description=_l("Its number or its address; it keeps its title and its text."),
        filters=[clean_text],
        validators=[DataRequired(_l("Enter the number of the other proposal."))],
        render_kw={"autocomplete": "off"},
    )
    reasons = text_field(_l("Why they belong together"), longest=1000, lines=True)

    @property
    def number(self) -> int:
        """The number of the other proposal; 0 for what is none."""
        found = NUMBER_AT_THE_END.fullmatch(self.target.data or "")
        return int(found[1]) if found else 0
