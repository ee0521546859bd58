"""The office of the rehearsal: what administrators set up, and what two of them do together."""

from typing import Any

from budget_app import jobs
from budget_app.accounts import services as accounts
from budget_app.accounts.models import Role
from budget_app.extensions import db
from budget_app.rounds import acts, districts, rules, services
from budget_app.rounds.models import PhaseKind, Round
from budget_app.rounds.projects import ProjectFacts, add_project
from budget_app.rounds.witnesses import add_witness, require_witnesses
from tests.budget_app.booth.pages import Page
from tests.budget_app.rounds.office import DICE, ROUND, SETUP, Office
from tests.rehearsal.offline import BODIES, Bodies, Witnesses
from voting.models import Poll

POLL = "example/schools"
LAYERS = SETUP + "/conduct/layers"
BORN = "1990-04-01"
NORTH, SOUTH = range(1, 701), range(701, 1001)
PEOPLE = range(1, 1001)
"""Who lives where, by their numbers on the roll."""

MOST_POINTS = 99_999_999
TIES = ["more_votes", "lower_cost", "lots"]
PROJECTS = (
    ("north", "Roof", 600),
    ("north", "Bus", 300),
    ("north", "Garden", 200),
    ("north", "Mural", 100),
    ("south", "Playground", 250),
    ("south", "Cinema", 250),
)
"""District, name and cost in euros; in the south the two that tie."""

BUDGETS = {"north": 1000, "south": 400}


def prepare(office: Office, bodies: Bodies, witnesses: Witnesses) -> None:
    """Everything up to the seal."""
    _announce(office)
    with office.work():
        _fill(office.round_(), office, witnesses)
    ada = office.browser("ada")
    ada.saved(SETUP + "/keys", bodies.form())
    ada.seals()


def _announce(office: Office) -> None:
    office.begin()
    with office.work():
        round_, ada = office.round_(), office.person("ada")
        otto = accounts.ensure_user("otto@example.org", name="Otto")
        otto.office = "Office of Otto"
        accounts.grant(otto, round_.parliament, Role.AUDITOR)
        texts = {"en": "Schools", "es": "Escuelas"}
        services.set_texts(round_, texts, texts, by=ada)
        services.set_phases(round_, office.weeks(PhaseKind.VOTING), by=ada)
        whole = round_.districts[0]
        for slug, euros in BUDGETS.items():
            names = {"en": slug.title(), "es": slug.title()}
            districts.add_district(round_, slug, names, euros * 100, by=ada)
        districts.remove_district(whole, in_use=False, by=ada)
        rules.set_style(round_, "points", by=ada)
        rules.set_limits(round_, {"max_points": MOST_POINTS}, by=ada)
        rules.choose_rule(round_, "greedy", ties=TIES, by=ada)
        services.set_conditions(round_, attestations_required=2, min_age=None, age_on=None, by=ada)
        services.announce(round_, by=ada)


def _fill(round_: Round, office: Office, witnesses: Witnesses) -> None:
    ada = office.person("ada")
    for slug, name, euros in PROJECTS:
        district = round_.district(slug)
        assert district is not None
        facts = ProjectFacts(district, {"en": name}, euros * 100, categories=["education"])
        add_project(round_, facts, by=ada)
    rules.draw_lots(round_, DICE, "In the plenary hall.", by=ada)
    for name, (key, address) in witnesses.named.items():
        add_witness(round_, name, key, address, by=ada)
    require_witnesses(round_, len(witnesses.named), by=ada)
    people = [f"ID{number},{district_of(number)},{BORN}" for number in PEOPLE]
    lines = ["identity_number,district,date_of_birth", *people]
    report = services.import_roll(round_, "\n".join(lines).encode(), by=ada)
    assert report.added == len(PEOPLE)


def log_key(office: Office) -> str:
    with office.work():
        return db.session.get_one(Poll, POLL).log_key or ""


def conduct(office: Office, act: str, data: dict[str, Any] | None = None) -> None:
    """Ada asks for an act, Ben approves it, the worker carries it out."""
    office.browser("ada").saved(f"{SETUP}/conduct/{act}", data)
    with office.work():
        asked = acts.pending(office.round_())
        assert asked is not None
        number = asked.id
    office.browser("ben").saved(f"{SETUP}/conduct/{number}/approve")
    jobs.run_once(office.app)


def hand_out(office: Office) -> bytes:
    """The file that the next body is to open."""
    with office.browser("ada").post(LAYERS + "/stage") as answer:
        content: bytes = answer.data
    return content


def open_layer(office: Office, bodies: Bodies, layer: str, turn: str) -> None:
    """A body fetches the stage, opens it offline, and brings what came out."""
    manifest = bodies.folder / "round.json"
    manifest.write_bytes(office.stranger().get(ROUND + "rules.json").data)
    brought = bodies.open(layer, hand_out(office), manifest, turn)
    answer = office.browser("ada").post(LAYERS, brought)
    answer.request.environ["wsgi.input"].close()  # the test's client leaves large posts open
    assert answer.status_code == 302, Page(answer.text).text


def try_keys(office: Office, bodies: Bodies) -> None:
    for layer in BODIES:
        open_layer(office, bodies, layer, "test")


def district_of(number: int) -> str:
    return "north" if number in NORTH else "south"
