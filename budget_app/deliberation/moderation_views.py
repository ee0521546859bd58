"""The pages of moderation: rules and log for everybody, the appeal for its author, the rest for moderators."""

from typing import Any

from flask import abort, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from budget_app import access, meanwhile
from budget_app.accounts.forms import EmptyForm
from budget_app.accounts.models import User
from budget_app.addresses import page_number
from budget_app.deliberation import moderation, moderation_queries, rules
from budget_app.deliberation.blueprint import BOTH, MODERATION, bp
from budget_app.deliberation.errors import OwnModeration, SameOfficial
from budget_app.deliberation.forms import AppealDecisionForm, AppealForm, HideForm, rules_form
from budget_app.deliberation.models import Comment, Decision, Rule
from budget_app.deliberation.moderation import Explained
from budget_app.deliberation.pages import moderates
from budget_app.navigation import ENDONYMS
from budget_app.parliaments.models import Parliament
from budget_app.records.models import Act
from budget_app.records.queries import last_to
from budget_app.rounds.errors import InvalidField, RoundError
from budget_app.rounds.fields import by_language


@bp.get(MODERATION + "/rules")
@access.public
def moderation_rules(parliament: Parliament) -> ResponseReturnValue:
    texts = rules.texts_of(parliament)
    language = g.language if g.language in texts else parliament.default_language
    return render_template(
        "deliberation/rules.html",
        text=texts[language],
        language=language,
        names=rules.NAMES,
        sentences=rules.SENTENCES,
    )


@bp.route(MODERATION + "/rules/edit", methods=BOTH)
@access.administrator
def edit_rules(parliament: Parliament) -> ResponseReturnValue:

    def present() -> dict[str, str]:
        return {f"text_{code}": text for code, text in rules.texts_of(parliament).items()}

    def last() -> User | None:
        return last_to(Act.MODERATION_RULES_CHANGED, parliament)

    form = meanwhile.form(rules_form(parliament.languages), parliament, present, last=last)
    if form.validate_on_submit():
        texts = by_language(form, "text", parliament.languages)
        rules.set_texts(parliament, texts, by=current_user)
        flash(_("The rules are published as you worded them."), "success")
        return redirect(url_for("deliberation.moderation_rules"))
    page = render_template("deliberation/rules_form.html", form=form, languages=ENDONYMS)
    return page, 422 if form.errors else 200


@bp.get(MODERATION + "/log")
@access.public
def moderation_log(parliament: Parliament) -> ResponseReturnValue:
    """What was removed and why: no removed words, and nobody's name."""
    return render_template(
        "deliberation/log.html",
        page=moderation_queries.removals(parliament, page_number()),
        counts=moderation_queries.removals_by_rule(parliament),
        moderates=moderates(),
        names=rules.NAMES,
    )


@bp.get(MODERATION + "/")
@access.moderator
def queue(parliament: Parliament) -> ResponseReturnValue:
    cases, pages = moderation_queries.queue(parliament, current_user, page_number())
    return render_template(
        "deliberation/queue.html",
        cases=cases,
        page=page_number(),
        pages=pages,
        appeals=moderation_queries.appeals(parliament, current_user),
        decided=moderation_queries.decided_lately(parliament, current_user),
        names=rules.NAMES,
    )


@bp.get(MODERATION + "/comments/<int:comment_id>")
@access.moderator
def case(parliament: Parliament, comment: Comment) -> ResponseReturnValue:
    return _case_page(comment, HideForm(formdata=None), 200)


@bp.post(MODERATION + "/comments/<int:comment_id>/keep")
@access.moderator
def keep(parliament: Parliament, comment: Comment) -> ResponseReturnValue:
    if not EmptyForm().validate_on_submit():
        abort(400)
    moderation.keep(comment, by=current_user)
    flash(_("The comment stays."), "success")
    return redirect(url_for("deliberation.queue"))


@bp.post(MODERATION + "/comments/<int:comment_id>/hide")
@access.moderator
def hide(parliament: Parliament, comment: Comment) -> ResponseReturnValue:
    form: Any = HideForm()
    if form.validate_on_submit():
        explained = Explained(form.explanation.data, g.language)
        try:
            moderation.hide(comment, Rule(form.rule.data), explained, by=current_user)
        except InvalidField as error:
            form.explanation.errors = [error.message]
        else:
            flash(_("The comment is removed, and its author is told."), "success")
            return redirect(url_for("deliberation.queue"))
    return _case_page(comment, form, 422)


@bp.post(MODERATION + "/decisions/<int:decision_id>/restore")
@access.moderator
def restore(parliament: Parliament, decision: Decision) -> ResponseReturnValue:
    """Take back a removal made by mistake; its reports then wait for another decision."""
    if not EmptyForm().validate_on_submit():
        abort(400)
    if decision.comment is None:
        abort(404)
    moderation.restore(decision, by=current_user)
    flash(_("The comment is back, and its author is told. Its reports wait again."), "success")
    return redirect(url_for("deliberation.case", comment_id=decision.comment_id))


@bp.post(MODERATION + "/decisions/<int:kept_id>/reopen")
@access.moderator
def reopen(parliament: Parliament, decision: Decision) -> ResponseReturnValue:
    """Take back that a comment was kept by mistake."""
    if not EmptyForm().validate_on_submit():
        abort(400)
    moderation.reopen(decision, by=current_user)
    flash(_("The reports wait again, and who made them is told."), "success")
    return redirect(url_for("deliberation.case", comment_id=decision.comment_id))


@bp.route(MODERATION + "/decisions/<int:decision_id>/appeal", methods=BOTH)
@access.signed_in
def appeal(parliament: Parliament, decision: Decision) -> ResponseReturnValue:
    """The author's own page of a removal: why, one appeal, and what became of it."""
    if decision.author.id != current_user.id:
        abort(403)
    form: Any = AppealForm()
    if decision.question is not None:
        form.words.label.text = _("Why your question should be shown")
    if form.validate_on_submit():
        try:
            moderation.appeal(decision, form.words.data, by=current_user)
        except RoundError as error:
            form.words.errors = [error.message]
        else:
            flash(_("Your appeal is on its way to another official."), "success")
            return redirect(url_for("deliberation.appeal", decision_id=decision.id))
    page = render_template(
        "deliberation/appeal.html",
        decision=decision,
        form=form,
        names=rules.NAMES,
    )
    return page, 422 if form.errors else 200


@bp.route(MODERATION + "/appeals/<int:decision_id>", methods=BOTH)
@access.moderator
def decide_appeal(parliament: Parliament, decision: Decision) -> ResponseReturnValue:
    if decision.by_id == current_user.id:
        raise SameOfficial
    if decision.author.id == current_user.id:
        raise OwnModeration
    form: Any = AppealDecisionForm()
    if decision.question is not None:
        form.restore.label.text = _("Show the question")
        form.dismiss.label.text = _("Leave it hidden")
    if form.validate_on_submit():
        if form.restore.data == form.dismiss.data:
            abort(400)
        explained = Explained(form.explanation.data, g.language)
        try:
            moderation.decide_appeal(decision, form.restore.data, explained, by=current_user)
        except InvalidField as error:
            form.explanation.errors = [error.message]
        else:
            flash(_("The appeal is decided, and the author is told."), "success")
            return redirect(url_for("deliberation.queue"))
    page = render_template(
        "deliberation/decide_appeal.html",
        decision=decision,
        parent=moderation_queries.parent_of(decision.comment) if decision.comment else None,
        form=form,
        names=rules.NAMES,
    )
    return page, 422 if form.errors else 200


def _case_page(comment: Comment, form: HideForm, status: int) -> ResponseReturnValue:
    if comment.author_id == current_user.id:
        raise OwnModeration
    page = render_template(
        "deliberation/case.html",
        comment=comment,
        parent=moderation_queries.parent_of(comment),
        reports=moderation_queries.open_reports(comment),
        decisions=moderation_queries.decisions_about(comment),
        form=form,
        names=rules.NAMES,
        sentences=rules.SENTENCES,
    )
    return page, status
