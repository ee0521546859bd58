"""The forms of a round's set-up, filled in as an office would."""

from tests.budget_app.rounds.office import Office

PHASES = {
    "voting_starts": "2039-03-01T08:00",
    "voting_ends": "2039-03-14T20:00",
    "counting_starts": "2039-03-14T20:00",
    "counting_ends": "2039-03-20T20:00",
}


TEXTS = {"title_en": "Schools", "title_es": "Escuelas", "summary_en": "All.", "summary_es": "Todo."}
RULE = {
    "utility": "cardinality",
    "completion": "none",
    "ties_1": "more_votes",
    "ties_2": "lots",
    "ties_3": "",
    "ties_4": "",
}


PRIVACY = {"least_ballots": "100", "least_cell": "10", "most_unique_permille": "200"}
CONDITIONS = {"attestations_required": "2", "min_age": "16", "age_on": "2039-03-01", **PRIVACY}


def rule_with_defaults(office: Office) -> dict[str, str]:
    """The rule's form as the page fills it in."""
    with office.work():
        parameters = office.round_().rule["parameters"]
    return RULE | {
        f"parameter_{name}": str(value) for name, value in parameters.items() if value is not False
    }
