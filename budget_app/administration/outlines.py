"""The outlines of a round's districts, which only the map reads: brought as a file, or removed."""

from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from budget_app import access
from budget_app.administration.blueprint import bp
from budget_app.administration.pages import BOTH, SETUP, confirm, enter, page
from budget_app.administration.setup_forms import OutlinesForm
from budget_app.browsing import map as maps
from budget_app.browsing import outlines
from budget_app.parliaments.models import Parliament
from budget_app.rounds.errors import InvalidField
from budget_app.rounds.models import Round
from budget_app.rounds.steps import Step


@bp.route(f"{SETUP}/outlines", methods=BOTH)
@access.administrator
def setup_outlines(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    """What is drawn now, whose outline is whose, and a form that takes a file."""
    enter(round_, Step.DISTRICTS)
    form: Any = OutlinesForm()
    if form.validate_on_submit():
        content = form.file.data.stream.read(outlines.MOST_BYTES + 1)
        try:
            assigned = outlines.put_outlines(round_, content, by=current_user)
        except InvalidField as error:
            form.file.errors = [error.message]
        else:
            _say(assigned)
            return redirect(url_for("administration.setup_outlines"))
    found = {d.slug: d.outline for d in round_.districts if d.outline}
    return page(
        round_,
        Step.DISTRICTS,
        form,
        template="outlines",
        map=maps.draw([], found),
        points={slug: outlines.points_of(outline) for slug, outline in found.items()},
    )


@bp.post(f"{SETUP}/outlines/remove")
@access.administrator
def remove_outlines(parliament: Parliament, round_: Round) -> ResponseReturnValue:
    confirm(round_, Step.DISTRICTS)
    outlines.remove_outlines(round_, by=current_user)
    flash(_("The outlines are removed."), "success")
    return redirect(url_for("administration.setup_outlines"))


def _say(assigned: outlines.Assigned) -> None:
    sentence = ngettext(
        "%(num)s district has an outline now.",
        "%(num)s districts have an outline now.",
        assigned.number,
    )
    flash(sentence, "success")
    if assigned.unknown:
        names = outlines.told(assigned.unknown)
        flash(
            _("Left out, because they name no district of this round: %(names)s.", names=names),
            "warning",
        )
