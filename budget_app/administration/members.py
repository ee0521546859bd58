"""Who holds which official role."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from budget_app import access
from budget_app.accounts.forms import EmptyForm
from budget_app.accounts.models import Role, User
from budget_app.administration import queries, services
from budget_app.administration.blueprint import bp
from budget_app.administration.forms import member_form
from budget_app.administration.pages import BOTH
from budget_app.parliaments.models import Parliament
from budget_app.rounds.errors import InvalidField
from budget_app.rounds.fields import by_language


@bp.route("/members", methods=BOTH)
@access.administrator
def members(parliament: Parliament) -> ResponseReturnValue:
    form: Any = member_form(parliament.languages)()
    if form.validate_on_submit():
        try:
            given = services.add_member(
                parliament,
                form.email.data,
                Role(form.role.data),
                name=form.name.data,
                offices=by_language(form, "office", parliament.languages),
                by=current_user,
            )
        except InvalidField as error:
            form.role.errors = [*form.role.errors, error.message]
        else:
            flash(_("The role is given, and a mail with a link is on its way."), "success")
            _say_unused(given)
            return redirect(url_for("administration.members"))
    page = render_template(
        "administration/members.html",
        form=form,
        first=parliament.default_language,
        others=[form[f"office_{code}"] for code in parliament.languages[1:]],
        button=EmptyForm(formdata=None),
        members=queries.members(parliament),
        administrators=queries.administrators(parliament),
        fewest=services.FEWEST_ADMINISTRATORS,
        few=services.FewAdministrators.sentence
        if services.keeps_administrators(parliament)
        else None,
    )
    return page, 422 if form.errors else 200


def _say_unused(given: services.Given) -> None:
    """An account that is there keeps its name and its office: say so where others were typed."""
    if given.keeps_name:
        flash(
            _(
                "The account keeps its name, %(name)s: the one that you typed is not used.",
                name=given.user.name,
            ),
            "warning",
        )
    if given.keeps_office:
        flash(
            _(
                "The account keeps its office, %(office)s: the one that you typed is not used.",
                office=given.user.office,
            ),
            "warning",
        )


@bp.post(
    "/members/<int:member_id>/<any(administrator, reviewer, auditor, moderator, parliamentarian):role>/remove"
)
@access.administrator
def remove_member(parliament: Parliament, member: User, role: str) -> ResponseReturnValue:
    if not EmptyForm().validate_on_submit():
        abort(400)
    membership = next(
        (m for m in member.memberships if m.parliament_id == parliament.id and m.role == role), None
    )
    if membership is None:
        abort(404)
    services.remove_member(membership, by=current_user)
    flash(_("The role is taken back."), "success")
    return redirect(url_for("administration.members"))
