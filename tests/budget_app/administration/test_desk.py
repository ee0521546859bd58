"""The desk: people and roles, the record of acts, what waits for whom."""

from datetime import timedelta

import pytest

from budget_app.accounts.models import Role
from budget_app.extensions import db
from budget_app.feedback.models import Light, Principle
from budget_app.feedback.services import commit, set_light
from budget_app.mailing.models import OutgoingMail
from budget_app.records.models import Act, Record
from budget_app.records.services import record
from budget_app.rounds.models import RoundState
from tests.budget_app.booth.pages import Page
from tests.budget_app.rounds.office import DESK, SETUP, Office
from voting import clock

MEMBERS = DESK + "members"
NEW = {"email": "New@Example.org", "name": "Noor", "office_en": "Court of audit", "role": "auditor"}


def roles_of(office: Office, name: str) -> frozenset[Role]:
    with office.work():
        user = office.person(name)
        parliament = office.person("ada").memberships[0].parliament
        return user.roles_in(parliament) - {Role.CITIZEN}


def test_an_administrator_gives_a_role_and_a_link_leaves(office: Office) -> None:
    office.browser("ada").saved(MEMBERS, NEW)
    assert roles_of(office, "new") == {Role.AUDITOR}
    with office.work():
        mail = db.session.scalars(db.select(OutgoingMail)).one()
        assert mail.recipient == "new@example.org"
        assert "/en/example/account/link/" in mail.body
        given = db.session.scalars(
            db.select(Record).where(Record.act == Act.MEMBER_ADDED).order_by(Record.id)
        ).all()
        assert given[-1].actor_id == office.person("ada").id


def test_an_auditor_cannot_also_run_the_round(office: Office) -> None:
    answer = office.browser("ada").post(MEMBERS, NEW | {"email": "rosa@example.org"})
    assert answer.status_code == 422
    assert "must be independent" in Page(answer.text).text
    assert roles_of(office, "rosa") == {Role.REVIEWER}


def test_a_role_is_taken_back_but_never_ones_own(office: Office) -> None:
    ada = office.browser("ada")
    with office.work():
        ben, own = office.person("ben").id, office.person("ada").id
    ada.saved(f"{MEMBERS}/{ben}/administrator/remove")
    assert roles_of(office, "ben") == frozenset()
    assert ada.post(f"{MEMBERS}/{own}/administrator/remove").status_code == 409
    assert roles_of(office, "ada") == {Role.ADMINISTRATOR}
    assert office.browser("ben").get(DESK).status_code == 403


def test_the_last_two_administrators_stay_once_a_round_is_announced(office: Office) -> None:
    ada = office.browser("ada")
    with office.work():
        take_back = f"{MEMBERS}/{office.person('ben').id}/administrator/remove"
    office.begin()
    assert "the only administrator" in ada.text(MEMBERS)
    with office.work():
        office.round_().state = RoundState.ANNOUNCED
    assert take_back not in ada.get(MEMBERS).text
    refused = ada.post(take_back)
    assert refused.status_code == 409
    assert "keeps two administrators" in Page(refused.text).text
    assert roles_of(office, "ben") == {Role.ADMINISTRATOR}
    ada.saved(MEMBERS, NEW | {"role": "administrator"})
    ada.saved(take_back)
    assert roles_of(office, "ben") == frozenset()


def test_an_account_keeps_its_name_and_its_office(office: Office) -> None:
    ada = office.browser("ada")
    ada.saved(MEMBERS, NEW | {"email": "rosa@example.org", "role": "moderator"})
    told = ada.text(MEMBERS)
    assert "keeps its name, Rosa:" in told
    assert "keeps its office, Office of Rosa:" in told
    with office.work():
        rosa = office.person("rosa")
        assert (rosa.name, rosa.office) == ("Rosa", "Office of Rosa")


def test_an_office_is_shown_in_the_language_of_its_reader(office: Office) -> None:
    ada = office.browser("ada")
    ada.saved(MEMBERS, NEW | {"office_es": "Tribunal de Cuentas"})
    assert "Court of audit" in ada.text(MEMBERS)
    assert "Tribunal de Cuentas" in ada.text(MEMBERS.replace("/en/", "/es/"))
    # An office that is named in one language alone is shown as it was written.
    ada.saved(MEMBERS, NEW | {"email": "b@example.org", "office_en": "<b>Archive"})
    assert "<b>Archive" in ada.text(MEMBERS.replace("/en/", "/es/"))


def test_too_long_an_office_is_said_at_its_field(office: Office) -> None:
    answer = office.browser("ada").post(MEMBERS, NEW | {"office_es": "x" * 121})
    assert answer.status_code == 422
    assert "At most 120 characters." in Page(answer.text).text
    assert '<details class="more" open>' in answer.text


def test_a_role_that_is_held_already_sends_nothing(office: Office) -> None:
    answer = office.browser("ada").post(
        MEMBERS, NEW | {"email": "rosa@example.org", "role": "reviewer"}
    )
    assert answer.status_code == 422
    assert "already holds this role" in Page(answer.text).text
    with office.work():
        assert db.session.scalars(db.select(OutgoingMail)).all() == []


def test_a_person_without_a_role_here_cannot_be_named(office: Office) -> None:
    office.browser("ana")
    with office.work():
        ana = office.person("ana").id
    assert office.browser("ada").post(f"{MEMBERS}/{ana}/auditor/remove").status_code == 404


def test_every_act_stands_in_the_record(office: Office) -> None:
    office.open()
    text = office.browser("aude").text(DESK + "records")
    for act in (
        "Round created",
        "Set-up changed",
        "Rules sealed",
        "Second official asked",
        "Vote opened",
    ):
        assert act in text
    assert "Ben" in text


def test_records_name_what_they_are_about_and_keep_the_number(office: Office) -> None:
    office.announce()
    ana, ada = office.browser("ana"), office.browser("ada")
    proposals = "/en/example/rounds/schools/proposals/"
    text = {"title": "A <b> roof", "summary": "B", "description": "C", "district": "national"}
    ana.saved(proposals + "new", text | {"submit": "1"})
    ana.saved(proposals + "new", text | {"title": "A secret draft"})
    ana.saved(proposals + "2/withdraw")
    office.browser("rosa").saved(proposals + "1/review/declare", {"conflict": "no"})
    office.browser("rosa").saved(proposals + "1/review/take")
    ada.saved(SETUP + "/projects/new", {"name_en": "Library", "district": "national", "cost": "5"})
    with office.work():
        rosa = office.person("rosa").id
        key = office.round_().projects[-1].key
        office.person("ana").name = ""
    page = office.browser("aude").get(DESK + "records").text
    shown = Page(page).text
    assert '<span lang="en">A &lt;b&gt; roof</span> (1)' in page
    assert f"Reviewer: Rosa ({rosa})" in shown
    assert f"Project: Library ({key})" in shown
    assert "secret" not in shown
    assert "Proposal: 2 " in shown
    assert "somebody without a name" in shown
    ada.saved(f"{SETUP}/projects/{key}/remove")
    assert f"Project: {key}" in office.browser("aude").text(DESK + "records")


def test_records_say_which_standing_and_decision_and_name_appeals_of_questions(
    office: Office,
) -> None:
    office.begin()
    with office.work():
        parliament, ada = office.round_().parliament, office.person("ada")
        promise = commit(office.round_(), Principle.TRANSPARENCY, {"en": "A tap"}, by=ada)
        set_light(promise, Light.AMBER, {"en": "The pipes have come."}, "", by=ada)
        db.session.flush()
        of_question = {"hearing": 1, "question": 7, "decision": 1}
        record(Act.APPEAL_UPHELD, actor=ada, parliament=parliament, **of_question)
        standing = promise.standings[0].id
        record(Act.STANDING_CORRECTED, actor=ada, parliament=parliament, standing=standing)
    page = office.browser("aude").text(DESK + "records")
    assert f"Standing: The pipes have come. ({standing})" in page
    assert "Hidden question shown again on appeal" in page
    assert "Removed comment" not in page
    assert office.browser("aude").text(DESK + "records?page=99").endswith(page[-200:])


def test_each_official_finds_their_own_tasks(office: Office) -> None:
    office.announce()
    office.browser("ana").saved(
        "/en/example/rounds/schools/proposals/new",
        {"title": "A", "summary": "B", "description": "C", "district": "national", "submit": "1"},
    )
    assert "1 proposal has no reviewer yet" in office.browser("rosa").text(DESK)
    assert "has no reviewer yet" not in office.browser("aude").text(DESK)
    assert "New round" not in office.browser("rosa").text(DESK)


@pytest.mark.one_store
def test_officials_read_where_a_round_stands_in_the_word_of_its_public_page(
    office: Office,
) -> None:
    office.announce()
    with office.work():
        begins = office.round_().phases[0].starts
    ada, aude = office.browser("ada"), office.browser("aude")
    for text in (ada.text(DESK), ada.text(SETUP), aude.text(DESK)):
        assert "Announced" not in text
    assert "Schools Proposals" in aude.text(DESK)
    with clock.replay(begins - timedelta(hours=1)):
        assert "Schools Proposals, to come" in aude.text(DESK)


def test_a_counted_round_has_no_next_step(office: Office) -> None:
    office.seal()
    ada = office.browser("ada")
    assert "Next: Open and close" in ada.text(DESK)
    with office.work():
        office.round_().state = RoundState.COUNTED
    assert "Next:" not in ada.text(DESK)
    assert "To do" not in ada.text(SETUP)


def test_only_administrators_set_rounds_up(office: Office) -> None:
    office.announce()
    for name in ("rosa", "aude", "ana"):
        assert office.browser(name).get(SETUP).status_code == 403


def test_you_stands_beside_oneself_alone(office: Office) -> None:
    office.begin()
    with office.work():
        office.round_().state = RoundState.ANNOUNCED
    assert office.browser("ada").get(MEMBERS).text.count('<div class="quiet">you</div>') == 1
