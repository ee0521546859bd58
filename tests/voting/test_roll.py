"""The roll: imported whole or not at all, each fault by line and field, identities only as hashes."""

import pytest
from sqlalchemy import func, select

from tests.voting.factories import ROUND, Vote
from voting import eligibility, roll
from voting.database import transaction
from voting.errors import InvalidManifest, WrongState
from voting.models import Voter
from voting.roll import RollReport

HEADING = "identity_number,district,date_of_birth,email\n"
GOOD = HEADING + "12.345-6,north,1990-05-01,ana@example.org\n77-x,south,2001-12-31,\n"


def load(vote: Vote, text: str | bytes) -> RollReport:
    content = text if isinstance(text, bytes) else text.encode()
    with transaction(vote.store.sessions) as session:
        return roll.import_roll(session, vote.keys, ROUND, content, ["north", "south"])


def enrolled(vote: Vote) -> int:
    with vote.store.sessions() as session:
        return session.scalars(select(func.count()).select_from(Voter)).one()


def test_a_roll_is_imported(draft: Vote) -> None:
    assert load(draft, GOOD) == RollReport(added=2, unchanged=0)
    ref = eligibility.voter_ref(draft.keys, ROUND, " 123456 ")
    with draft.store.sessions() as session:
        voter = session.get_one(Voter, (ROUND, ref))
    assert (voter.box_id, str(voter.date_of_birth)) == ("north", "1990-05-01")


def test_no_identity_number_or_address_is_stored(draft: Vote) -> None:
    load(draft, HEADING + "9876543210,north,1990-05-01,ana@example.org\n")
    with draft.store.engine.connect() as connection:
        rows = str(connection.exec_driver_sql("SELECT * FROM voter").all())
    assert "9876543210" not in rows
    assert "ana" not in rows


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.replace(",", ";").encode(),
        GOOD.replace(",", "\t").encode(),
        GOOD.replace("\n", "\r\n").encode(),
        (GOOD + "\n,,,\n").encode(),
        GOOD.replace("identity_number", " Identity_Number ").encode(),
        GOOD.replace("north", '"north"').encode(),
    ],
    ids=["mark", "semicolons", "tabs", "windows", "blank lines", "capitals", "quotes"],
)
def test_files_of_common_programs_are_read(draft: Vote, content: bytes) -> None:
    assert load(draft, content).added == 2


@pytest.mark.parametrize(
    ("text", "line", "field", "code"),
    [
        (",north,1990-05-01,", 2, "identity_number", "identity_missing"),
        ("-- .,north,1990-05-01,", 2, "identity_number", "identity_missing"),
        ("1,east,1990-05-01,", 2, "district", "unknown_district"),
        ("1,,1990-05-01,", 2, "district", "unknown_district"),
        ("1,north,01/05/1990,", 2, "date_of_birth", "bad_date"),
        ("1,north,1990-02-30,", 2, "date_of_birth", "bad_date"),
        ("1,north,19900501,", 2, "date_of_birth", "bad_date"),
        ("1,north,2990-05-01,", 2, "date_of_birth", "bad_date"),
        ("1,north,1790-05-01,", 2, "date_of_birth", "bad_date"),
        ("1,north,,", 2, "date_of_birth", "bad_date"),
        ("1,north,1990-05-01,nobody", 2, "email", "bad_email"),
        ("1,north,1990-05-01", 2, "", "field_count"),
        ("1-2,north,1990-05-01,\n12,south,1990-05-01,", 3, "identity_number", "duplicate"),
        ('1,"north,1990-05-01,', 2, "", "malformed"),
    ],
)
def test_a_fault_names_its_line_and_field(
    draft: Vote, text: str, line: int, field: str, code: str
) -> None:
    [fault] = load(draft, HEADING + text + "\n").errors
    assert (fault.line, fault.field, fault.code) == (line, field, code)
    assert fault.message.endswith(".")


def test_one_fault_keeps_everybody_off_the_roll(draft: Vote) -> None:
    report = load(draft, GOOD + "3,east,1990-05-01,\n4,north,never,\n")
    assert (report.added, report.error_count) == (0, 2)
    assert enrolled(draft) == 0


def test_faults_are_counted_beyond_those_listed(draft: Vote) -> None:
    report = load(draft, HEADING + "".join(f"{n},east,1990-05-01,\n" for n in range(150)))
    assert (len(report.errors), report.error_count) == (100, 150)


def test_faults_do_not_repeat_an_identity_number(draft: Vote) -> None:
    row = "9876543210,east,never,nobody\n"
    report = load(draft, HEADING + row + row)
    assert "9876543210" not in str(report)


@pytest.mark.parametrize(
    ("heading", "code"),
    [
        ("", "column_missing"),
        ("identity_number,district", "column_missing"),
        ("identity_number,district,date_of_birth,e-mail", "column_unknown"),
        ("identity_number,district,date_of_birth,district", "column_twice"),
    ],
)
def test_a_wrong_heading_is_refused(draft: Vote, heading: str, code: str) -> None:
    report = load(draft, f"{heading}\n1,north,1990-05-01\n")
    assert code in {fault.code for fault in report.errors}
    assert {fault.line for fault in report.errors} == {1}


def test_a_file_in_another_encoding_is_refused(draft: Vote) -> None:
    [fault] = load(draft, (HEADING + "1,Málaga,1990-05-01,\n").encode("latin-1")).errors
    assert (fault.line, fault.code) == (2, "not_utf8")


@pytest.mark.parametrize("start", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"])
def test_a_spreadsheet_is_told_from_a_file_in_another_encoding(draft: Vote, start: bytes) -> None:
    [fault] = load(draft, start + b"\xff\n" * 9).errors
    assert (fault.line, fault.code) == (1, "spreadsheet")


def test_importing_the_same_roll_again_changes_nothing(draft: Vote) -> None:
    load(draft, GOOD)
    assert load(draft, GOOD) == RollReport(added=0, unchanged=2)


def test_who_stands_on_the_roll_otherwise_is_named_by_line(draft: Vote) -> None:
    load(draft, GOOD)
    [fault] = load(draft, GOOD.replace("south", "north")).errors
    assert (fault.line, fault.code) == (3, "on_roll_otherwise")


def test_a_draft_roll_can_be_cleared_and_a_sealed_one_not(draft: Vote) -> None:
    load(draft, GOOD)
    with transaction(draft.store.sessions) as session:
        assert roll.clear(session, draft.keys, ROUND) == 2
    assert enrolled(draft) == 0
    draft.seal()
    with pytest.raises(WrongState), transaction(draft.store.sessions) as session:
        roll.clear(session, draft.keys, ROUND)


def test_a_roll_naming_a_district_without_a_box_is_not_sealed(draft: Vote) -> None:
    draft.enrol(1, "east")
    with pytest.raises(InvalidManifest) as refused:
        draft.seal()
    assert refused.value.missing == ("roll_names_no_box:east",)


def test_a_change_of_an_open_roll_is_logged(open_vote: Vote) -> None:
    load(open_vote, GOOD)
    open_vote.drain()
    commits = [entry for entry in open_vote.entries() if entry["t"].startswith("roll.")]
    assert [(entry["t"], entry["size"]) for entry in commits] == [
        ("roll.commit", 7),
        ("roll.change", 9),
    ]


def test_nobody_joins_after_the_close(open_vote: Vote) -> None:
    open_vote.close()
    with pytest.raises(WrongState):
        load(open_vote, GOOD)


def test_a_heading_without_anybody_below_is_refused(draft: Vote) -> None:
    [fault] = load(draft, HEADING).errors
    assert (fault.line, fault.code) == (1, "nobody")
