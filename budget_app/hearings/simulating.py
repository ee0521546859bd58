"""The button that simulates a hearing of an exercise, and the page of how far it is."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup

from budget_app import access
from budget_app.hearings import live, queries, simulations
from budget_app.hearings.blueprint import HEARING, bp
from budget_app.hearings.models import Hearing
from budget_app.hearings.preparing import refuse_forged
from budget_app.hearings.simulation import script
from budget_app.parliaments.models import Parliament

PAGE = f"{HEARING}/simulation"


@bp.get(PAGE)
@access.parliamentarian
def simulation(parliament: Parliament, hearing: Hearing) -> ResponseReturnValue:
    """How far it is, what just happened, and the hearing as everybody sees it."""
    simulations.refuse_real(parliament)
    return render_template(
        "hearings/simulation.html",
        hearing=hearing,
        run=queries.simulation_of(hearing),
        steps=script(),
        counts=queries.counts(hearing),
        live=Markup(live.render(hearing)),  # noqa: S704 — our own template's output
    )


@bp.post(f"{PAGE}/start")
@access.parliamentarian
def start_simulation(parliament: Parliament, hearing: Hearing) -> ResponseReturnValue:
    """A second press finds it running, and leads to the same page."""
    simulations.refuse_real(parliament)
    refuse_forged()
    simulations.start(hearing, by=current_user)
    return redirect(url_for("hearings.simulation", hearing_id=hearing.id))


@bp.post(f"{PAGE}/stop")
@access.parliamentarian
def stop_simulation(parliament: Parliament, hearing: Hearing) -> ResponseReturnValue:
    simulations.refuse_real(parliament)
    refuse_forged()
    run = queries.simulation_of(hearing)
    if run is not None:
        simulations.stop(run, by=current_user)
        flash(_("The simulation stands still. What was asked and answered stays."), "success")
    return redirect(url_for("hearings.simulation", hearing_id=hearing.id))
