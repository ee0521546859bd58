"""What the tests write into the form of a proposal."""

from tests.budget_app.rounds.office import ROUND

LIST = ROUND + "proposals/"
DRAFT = {
    "title": "A new roof",
    "summary": "It rains in.",
    "description": "The roof of the school leaks.",
    "district": "national",
}
