"""The booth's background work: giving the ballots their places in the public logs."""

from budget_app import jobs
from budget_app.booth import queries
from budget_app.extensions import sequencer_sessions
from voting.sequencer import Sequencer


@jobs.task()
def sequence_logs() -> None:
    """One batch for each log that waits, in transactions of its own."""
    Sequencer(sequencer_sessions(), queries.keys()).run_once()
