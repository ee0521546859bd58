"""The pages of a hearing: prepared, seen, led, and afterwards."""

import re
from datetime import timedelta

from icalendar import Calendar

from budget_app.extensions import db
from budget_app.hearings import live, services
from budget_app.hearings.models import HearingState, ParticipationState
from budget_app.mailing.models import OutgoingMail
from budget_app.records.models import Act, Record
from tests.budget_app.booth.pages import Page
from tests.budget_app.hearings.meeting import HEARINGS, PAGE, STREAM, Meeting, call, facts

PREPARED = {
    "title_en": "Water",
    "title_es": "Agua",
    "description_en": "Pipes.",
    "starts": "2031-05-03T18:00",
    "ends": "2031-05-03T20:00",
    "round": "",
    "stream": STREAM,
    "captions_en": "https://captions.example.org/en",
}


def chairs(meeting: Meeting) -> dict[str, str]:
    with meeting.office.work():
        return {"chairs": str(meeting.office.person("pia").id)}


def test_a_parliamentarian_prepares_a_hearing_that_everybody_sees(meeting: Meeting) -> None:
    answer = meeting.browser("pia").post(HEARINGS + "new", PREPARED | chairs(meeting))
    assert answer.location.endswith("/hearings/2")
    meeting.browser("pia").saved(HEARINGS + "2/announce")
    page = meeting.office.stranger().get(HEARINGS + "2").text
    assert "Pipes." in page
    assert 'href="https://captions.example.org/en"' in page
    assert "Water" in meeting.office.stranger().text("/en/example/")
    with meeting.office.work():
        acts = {record.act for record in db.session.scalars(db.select(Record))}
    assert Act.HEARING_PREPARED in acts


def test_nobody_else_prepares_or_leads(meeting: Meeting) -> None:
    for browser in map(meeting.browser, ("ana", "rosa", "mod")):
        assert browser.get(HEARINGS + "new").status_code == 403
        assert browser.get(PAGE + "/desk").status_code == 403
        assert browser.post(PAGE + "/begin").status_code == 403


def test_a_parliamentarian_who_is_not_in_the_chair_does_not_lead(meeting: Meeting) -> None:
    with meeting.office.work():
        meeting.hearing().chairs = [meeting.office.person("ada")]
    assert meeting.browser("pia").get(PAGE + "/desk").status_code == 403
    assert meeting.browser("ada").get(PAGE + "/desk").status_code == 200


def test_a_bad_field_says_so_and_nothing_typed_is_lost(meeting: Meeting) -> None:
    for field, value, told in (
        ("stream", "http://video.example.org/w/aBcDeFgHiJk", "must begin with https://"),
        ("stream", "https://evil.example/live", "evil.example is not among the hosts"),
        ("stream", "https://a:b@video.example.org/live", "no user name or password"),
        ("stream", "javascript:alert(1)", "must begin with https://"),
        ("captions_en", "http://captions.example.org", "must begin with https://"),
        ("ends", "2031-05-03T17:00", "ends before it begins"),
        ("starts", "yesterday", "Not a valid datetime"),
        ("title_en", " ", "cannot stay empty"),
        ("chairs", "", "Name at least one person"),
        ("round", "99", "Not a valid choice"),
    ):
        data = PREPARED | chairs(meeting) | {field: value}
        if not value:
            del data[field]
        answer = meeting.browser("pia").post(HEARINGS + "new", data)
        assert answer.status_code == 422
        assert told in Page(answer.text).text
        assert re.findall(r'id="(\w+)-error"', answer.text) == [field]
        assert "Pipes." in answer.text


def test_an_organisation_registers_is_confirmed_and_its_questions_carry_its_name(
    meeting: Meeting,
) -> None:
    words = {
        "name": "Friends of the river",
        "purpose": "We clean it.",
        "contact": "555 1234",
        "wish": "Speak of the banks.",
    }
    meeting.browser("otto").saved(PAGE + "/take-part", words)
    assert meeting.browser("otto").post(PAGE + "/take-part", words).status_code == 409
    assert "Friends of the river" not in meeting.office.stranger().text(PAGE)
    with meeting.office.work():
        slot = (meeting.hearing().starts + timedelta(minutes=30)).strftime("%Y-%m-%dT%H:%M")
    late = meeting.lead("organisations/1", slot="2031-01-01T10:00")
    assert "outside the hearing" in late.text
    assert meeting.lead("organisations/1", slot=slot).status_code == 302
    text = meeting.office.stranger().text(PAGE)
    assert "Friends of the river" in text
    assert "555 1234" not in text
    meeting.ask("otto")
    assert "Friends of the river (organisation)" in Page(meeting.live()).text
    with meeting.office.work():
        mails = db.session.scalars(db.select(OutgoingMail.recipient)).all()
    assert "otto@example.org" in mails
    assert meeting.lead("organisations/1/decline", decline="No.").status_code == 409


def test_a_declined_organisation_is_told_why(meeting: Meeting) -> None:
    words = {"name": "Sellers", "purpose": "We sell.", "contact": "x", "wish": "Sell."}
    meeting.browser("otto").saved(PAGE + "/take-part", words)
    assert meeting.lead("organisations/1/decline", decline=" ").status_code == 422
    assert meeting.lead("organisations/1/decline", decline="It is no sale.").status_code == 302
    assert "It is no sale." in meeting.browser("otto").text(PAGE)
    assert "Sellers" not in meeting.office.stranger().text(PAGE)
    with meeting.office.work():
        assert meeting.hearing().organisations[0].state is ParticipationState.DECLINED
        mail = db.session.scalars(db.select(OutgoingMail)).one()
        assert "It is no sale." in mail.body


def test_the_agenda_marks_what_is_on_now(meeting: Meeting) -> None:
    with meeting.office.work():
        starts = meeting.hearing().starts.strftime("%Y-%m-%dT%H:%M")
    for title in ("Opening", "Questions"):
        item = {"item_starts": starts, "item_en": title, "speaker": "Pia"}
        meeting.browser("pia").saved(PAGE + "/agenda", item)
    assert meeting.lead("agenda/1/now").status_code == 409
    meeting.begin()
    meeting.lead("agenda/1/now")
    meeting.lead("agenda/2/now")
    assert re.findall(r'<li aria-current="step">.*?<strong>(\w+)', meeting.live(), re.DOTALL) == [
        "Questions"
    ]
    assert meeting.lead("agenda/9/now").status_code == 404


def test_a_cancelled_hearing_says_why_and_its_calendar_too(meeting: Meeting) -> None:
    assert meeting.lead("cancel").status_code == 422
    meeting.browser("pia").saved(PAGE + "/cancel", {"reason_en": "A storm.", "reason_es": "Lluvia"})
    assert "A storm." in meeting.office.stranger().text(PAGE)
    event = Calendar.from_ical(meeting.office.stranger().get(PAGE + "/calendar.ics").data).walk(
        "VEVENT"
    )[0]
    assert event["STATUS"] == "CANCELLED"
    assert event["SEQUENCE"] == 1
    assert meeting.lead("begin").status_code == 409


def test_the_calendar_file_is_escaped_folded_and_in_utc(meeting: Meeting) -> None:
    long = "Schools; water, roads\nand “everything” else " + "é" * 90
    with meeting.office.work():
        hearing = meeting.hearing()
        given = facts(meeting.office, titles={"en": long[:40]}, descriptions={"en": long})
        services.change(hearing, given, by=meeting.office.person("ada"))
        starts = hearing.starts
    answer = meeting.office.stranger().get(PAGE + "/calendar.ics")
    assert answer.mimetype == "text/calendar"
    lines = answer.data.split(b"\r\n")
    assert b"\n" not in b"".join(lines)
    assert max(len(line) for line in lines) <= 75
    event = Calendar.from_ical(answer.data).walk("VEVENT")[0]
    assert str(event["DESCRIPTION"]) == long
    assert event["UID"] == "hearing-1@localhost:5000"
    assert event["SEQUENCE"] == 1
    assert f"DTSTART:{starts:%Y%m%dT%H%M%SZ}".encode() in lines


def test_the_dates_of_a_round_are_a_calendar_too(meeting: Meeting) -> None:
    meeting.office.announce()
    with meeting.office.work():
        given = facts(meeting.office, round_=meeting.office.round_())
        call(meeting.hearing().parliament, given, by=None)
    answer = meeting.office.stranger().get("/en/example/rounds/schools/calendar.ics")
    names = [str(event["UID"]) for event in Calendar.from_ical(answer.data).walk("VEVENT")]
    assert "hearing-2@localhost:5000" in names
    assert any(name.endswith("-voting@localhost:5000") for name in names)
    assert "Hearings" in meeting.office.stranger().text("/en/example/rounds/schools/")


def test_afterwards_there_are_minutes_a_recording_and_what_is_unanswered(
    meeting: Meeting,
) -> None:
    meeting.ask("ana")
    meeting.ask("ben", "Who pays for the new bridge over the river?")
    assert meeting.lead("minutes", minutes_en="Too early").status_code == 409
    meeting.begin()
    meeting.end()
    meeting.browser("pia").saved(
        PAGE + "/questions/1/answer", {"answered_by": "Pia Costa", "answer": "In **May**."}
    )
    saved = {"minutes_en": "# Opening\n\nAll were there.", "recording": STREAM}
    assert (
        meeting.lead("minutes", **saved | {"recording": "https://evil.example"}).status_code == 422
    )
    meeting.browser("pia").saved(PAGE + "/minutes", saved)
    page = meeting.office.stranger().get(PAGE).text
    assert "<strong>May</strong>" in page
    assert "All were there." in page
    assert "Show the recording from" in page
    assert "<iframe" in meeting.office.stranger().get(PAGE + "?watch=recording").text
    assert "<iframe" not in meeting.office.stranger().get(PAGE + "?watch=stream").text
    left = meeting.office.stranger().text(HEARINGS + "unanswered")
    assert "new bridge" in left
    assert "for 0 days" in left
    assert "new school" not in left


def test_the_live_part_is_the_same_for_everybody_and_kept_by_caches(meeting: Meeting) -> None:
    meeting.begin()
    meeting.ask("anabel")
    address = PAGE + "/live"
    answers = [
        browser.get(address)
        for browser in (meeting.browser("ana"), meeting.browser("pia"), meeting.office.stranger())
    ]
    assert len({answer.data for answer in answers}) == 1
    for answer in answers:
        assert answer.headers["Cache-Control"] == "public, max-age=3"
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")
        assert "csrf" not in answer.text
        assert "Anabel" not in answer.text
    stranger = meeting.office.stranger().client
    again = stranger.get(address, headers={"If-None-Match": answers[0].headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""
    meeting.ask("ben", "Who pays for the new bridge over the river?")
    news = stranger.get(address, headers={"If-None-Match": answers[0].headers["ETag"]})
    assert news.status_code == 200
    assert stranger.get("/es/example/hearings/1/live").text != news.text
    assert stranger.get("/en/example/hearings/99/live").status_code == 404


def test_a_process_renders_once_for_many_readers(meeting: Meeting) -> None:
    meeting.begin()
    kept = live.Fragments(seconds=60)
    meeting.office.app.extensions["live_fragments"] = kept
    first = meeting.live()
    meeting.ask("ana")
    assert meeting.live() == first
    meeting.office.app.extensions["live_fragments"] = live.Fragments(seconds=0)
    assert "new school" in meeting.live()


def test_a_foreign_parliament_has_no_such_hearing(meeting: Meeting) -> None:
    from budget_app.parliaments.services import create_parliament

    with meeting.office.work():
        create_parliament("other", {"en": "Other"}, languages=["en"], currency="EUR")
    for tail in ("", "/live", "/calendar.ics"):
        answer = meeting.office.stranger().get(f"/en/other/hearings/1{tail}")
        assert answer.status_code == 404


def test_every_act_is_recorded_without_a_name(meeting: Meeting) -> None:
    meeting.begin()
    meeting.end()
    with meeting.office.work():
        records = db.session.scalars(db.select(Record)).all()
        subjects = [r.subject for r in records if r.act.value.startswith("hearing:")]
        assert subjects == [{"hearing": 1}] * 4
        assert meeting.hearing().state is HearingState.ENDED


def test_two_writers_of_the_minutes_do_not_wipe_each_other(meeting: Meeting) -> None:
    meeting.begin()
    meeting.end()
    pia, ada = meeting.browser("pia"), meeting.browser("ada")
    both_began = pia.began(PAGE + "/minutes")
    ada.saved(PAGE + "/minutes", {"minutes_en": "Ada's minutes.", **both_began})
    answer = pia.post(PAGE + "/minutes", {"minutes_en": "Pia's minutes.", **both_began})
    assert answer.status_code == 422
    text = Page(answer.text).text
    assert "Ada changed this meanwhile: Minutes (English)." in text
    assert "What stands now Ada's minutes. What you typed Pia's minutes." in text
    assert "Ada's minutes." in meeting.office.stranger().text(PAGE)


def test_a_corrected_answer_says_so_and_no_other_writer_wipes_it(meeting: Meeting) -> None:
    meeting.ask("ana")
    meeting.begin()
    pia, ada, address = meeting.browser("pia"), meeting.browser("ada"), PAGE + "/questions/1/answer"
    both_began = pia.began(address)
    first = {"answered_by": "Pia Costa", "answer": "In May."}
    pia.saved(address, first | both_began)
    assert "Corrected on" not in meeting.office.stranger().text(PAGE)
    answer = ada.post(address, {"answered_by": "Ada", "answer": "In June."} | both_began)
    assert answer.status_code == 422
    text = Page(answer.text).text
    assert "Pia Costa changed this meanwhile: Who answered, The answer, in short." in text
    assert "What stands now In May. What you typed In June." in text
    pia.saved(address, first | {"answer": "In July."} | pia.began(address))
    text = meeting.office.stranger().text(PAGE)
    assert re.search(r"In July\..*Corrected on .*: what it said before In May\. Pia Costa", text)
