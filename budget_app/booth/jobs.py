"""The booth's background work: giving the ballots their places in the public logs."""

from flask import current_app

from budget_app import jobs
from budget_app.booth import queries
from budget_app.extensions import sequencer_sessions
from voting.sequencer import Sequencer
from voting.witnessing import Witnessing


@jobs.task(lane="log")
def sequence_logs() -> None:
    """One batch for each log that waits, in transactions of its own."""
    Sequencer(sequencer_sessions(), queries.keys()).run_once()


@jobs.task()
def ask_witnesses() -> None:
    """Ask the witnesses of each log, and keep what they have signed since the last time."""
    extensions = current_app.extensions
    if "witnessing" not in extensions:
        extensions["witnessing"] = Witnessing(sequencer_sessions())
    extensions["witnessing"].run_once()
