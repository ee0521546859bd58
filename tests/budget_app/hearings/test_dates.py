"""Dates of hearings: slips of the hand are refused, and no stored date takes a page down."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from budget_app.extensions import db
from budget_app.hearings import services
from budget_app.hearings.errors import WrongHearingState
from budget_app.hearings.models import AgendaItem, Hearing
from budget_app.mailing.models import OutgoingMail
from budget_app.rounds.errors import InvalidField
from tests.budget_app.booth.pages import Page
from tests.budget_app.hearings.meeting import HEARINGS, PAGE, Meeting, convene, facts
from tests.budget_app.hearings.test_pages import PREPARED, chairs
from voting import clock


def written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M")


def test_a_date_that_is_a_slip_of_the_hand_is_refused_at_its_field(meeting: Meeting) -> None:
    for starts, ends, told in (
        ("0001-01-01T00:00", "2031-05-03T20:00", "starts: Choose a day from the year 2000 to"),
        ("0026-05-03T18:00", "2031-05-03T20:00", "starts: Choose a day from the year 2000 to"),
        ("2031-05-03T18:00", "9999-12-31T23:59", "ends: Choose a day from the year 2000 to"),
        ("2020-05-03T18:00", "2020-05-03T20:00", "starts: This moment is over"),
        ("2031-05-03T18:00", "2031-05-04T18:01", "ends: A hearing lasts at most 24 hours"),
    ):
        given = PREPARED | chairs(meeting) | {"starts": starts, "ends": ends}
        answer = meeting.browser("pia").post(HEARINGS + "new", given)
        assert answer.status_code == 422
        field, sentence = told.split(": ")
        assert re.findall(r'id="(\w+)-error"', answer.text) == [field]
        assert sentence in Page(answer.text).text


def test_an_item_of_the_agenda_lies_on_the_day_of_the_hearing(meeting: Meeting) -> None:
    for moment in ("2031-05-03T18:00", "0001-01-01T00:00", "9999-12-31T23:59"):
        item = {"item_starts": moment, "item_en": "Opening"}
        answer = meeting.lead("agenda", **item)
        assert answer.status_code == 422
        assert re.findall(r'id="(\w+)-error"', answer.text) == ["item_starts"]


@pytest.mark.parametrize("year", [1, 9999])
def test_a_date_at_the_edge_of_the_calendar_takes_no_page_down(meeting: Meeting, year: int) -> None:
    edge = datetime(year, 1, 1, tzinfo=UTC) if year == 1 else datetime(year, 12, 31, 23, tzinfo=UTC)
    with meeting.office.work():
        hearing = meeting.hearing()
        hearing.parliament.timezone = "America/Bogota" if year == 1 else "Pacific/Auckland"
        hearing.starts, hearing.ends = edge, edge + timedelta(minutes=30)
        hearing.agenda.append(AgendaItem(titles={"en": "Opening"}, starts=edge))
    for path in ("/en/example/", HEARINGS, PAGE, PAGE + "/live", PAGE + "/calendar.ics"):
        assert meeting.office.stranger().get(path).status_code == 200, path
    for path in ("/desk", "/edit", "/agenda"):
        assert meeting.browser("pia").get(PAGE + path).status_code == 200, path
    given = PREPARED | chairs(meeting)
    meeting.browser("pia").saved(PAGE + "/edit", given)


def test_a_live_hearing_keeps_its_dates(meeting: Meeting) -> None:
    meeting.begin()
    assert 'name="starts"' not in meeting.browser("pia").get(PAGE + "/edit").text
    with meeting.office.work():
        before = meeting.hearing().starts
        later = facts(meeting.office, ends=before + timedelta(hours=5))
        with pytest.raises(WrongHearingState):
            services.change(meeting.hearing(), later, by=meeting.office.person("pia"))
        db.session.rollback()
    meeting.browser("pia").saved(PAGE + "/edit", PREPARED | chairs(meeting))
    with meeting.office.work():
        assert meeting.hearing().starts == before
        assert meeting.hearing().titles["en"] == "Water"


def test_who_alone_is_in_the_chair_stays_in_it(meeting: Meeting) -> None:
    with meeting.office.work():
        ada, pia = meeting.office.person("ada"), meeting.office.person("pia")
        with pytest.raises(InvalidField, match="You alone are in the chair"):
            services.change(meeting.hearing(), facts(meeting.office, chairs=[ada]), by=pia)
        services.change(meeting.hearing(), facts(meeting.office, chairs=[ada, pia]), by=pia)
        services.change(meeting.hearing(), facts(meeting.office, chairs=[ada]), by=pia)


def test_a_hearing_is_begun_near_its_announced_moment_and_only_after_a_question(
    meeting: Meeting,
) -> None:
    desk = meeting.browser("pia").get(PAGE + "/desk").text
    assert re.search(r"<summary[^>]*>Begin the hearing</summary>", desk)
    with meeting.office.work():
        starts = clock.now(db.session()) + timedelta(hours=3)
        meeting.hearing().ends = starts + timedelta(hours=2)
        meeting.hearing().starts = starts
    answer = meeting.lead("begin")
    assert answer.status_code == 409
    assert "at most 2 hours before" in Page(answer.text).text


def test_what_lies_in_a_hearing_moves_with_it_and_its_organisations_are_told(
    meeting: Meeting,
) -> None:
    with meeting.office.work():
        rosa = meeting.office.person("rosa")
        hearing = convene(meeting.hearing().parliament, rosa)
        hearing.chairs = [meeting.office.person("pia")]
        number, starts = hearing.id, hearing.starts
        services.add_item(hearing, {"en": "Opening"}, starts, "", by=rosa)
        moved = facts(
            meeting.office, starts=starts + timedelta(days=3), ends=starts + timedelta(days=3.1)
        )
        services.change(hearing, moved, by=meeting.office.person("pia"))
        services.change(hearing, moved, by=meeting.office.person("pia"))
        assert hearing.agenda[0].starts == starts + timedelta(days=3)
    meeting.browser("pia").saved(
        f"{HEARINGS}{number}/cancel", {"reason_en": "A storm.", "reason_es": "Una tormenta."}
    )
    with meeting.office.work():
        mails = db.session.scalars(db.select(OutgoingMail).order_by(OutgoingMail.id)).all()
        assert [mail.subject for mail in mails] == ["A hearing has moved", "A hearing is cancelled"]
        assert {mail.recipient for mail in mails} == {"rosa@example.org"}
        assert "It begins: " in mails[0].body
        assert "A storm." in mails[1].body


def test_saving_a_hearing_without_a_change_moves_nothing(meeting: Meeting) -> None:
    with meeting.office.work():
        hearing = meeting.hearing()
        hearing.starts -= timedelta(seconds=7)
        starts, ends = hearing.starts, hearing.ends
    given = PREPARED | chairs(meeting) | {"starts": written(starts), "ends": written(ends)}
    meeting.browser("pia").saved(PAGE + "/edit", given)
    with meeting.office.work():
        assert db.session.get_one(Hearing, 1).starts == starts
