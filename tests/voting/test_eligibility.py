""" "Can I vote?", and claiming a place on the roll."""

from datetime import date
from pathlib import Path

import pytest

from tests.stores import Store
from tests.voting.factories import ROUND, Vote, vote
from voting import clock, eligibility, roll
from voting.database import transaction
from voting.eligibility import Code, Eligibility
from voting.errors import NotEligible, NotOnRoll
from voting.roll_file import Line

BORN = date(1990, 5, 1)
PEOPLE = [
    Line(2, "12.345-6", "north", BORN),
    Line(3, "777", "south", BORN, "Ana@Example.org"),
    Line(4, "888", "south", date(2010, 2, 28)),
]


@pytest.fixture
def round_(store: Store, tmp_path: Path) -> Vote:
    """A sealed round for people who are 16 on 1 March 2026, with three on its roll."""
    result = vote(store, tmp_path, min_age=16, age_on=date(2026, 2, 27))
    with transaction(store.sessions) as session:
        roll.enter(session, result.keys, ROUND, PEOPLE)
    result.seal()
    return result


def ask(round_: Vote, identity: str, born: date = BORN) -> Eligibility:
    with round_.store.sessions() as session:
        return eligibility.check(session, round_.keys, ROUND, identity, born)


def claim(
    round_: Vote, account: str, identity: str, born: date = BORN, email: str | None = None
) -> Eligibility:
    with transaction(round_.store.sessions) as session:
        return eligibility.claim(
            session,
            round_.keys,
            ROUND,
            account=account,
            identity_number=identity,
            date_of_birth=born,
            verified_email=email,
        )


def refusal(*args: object, **options: object) -> str:
    with pytest.raises(NotEligible) as refused:
        claim(*args, **options)  # type: ignore[arg-type]
    return refused.value.reason


def test_the_answer_follows_the_round(round_: Vote) -> None:
    assert ask(round_, "123456").code is Code.NOT_OPEN_YET
    round_.open()
    assert ask(round_, "12 34 56").code is Code.ELIGIBLE
    with clock.replay(round_.manifest.closes):
        assert ask(round_, "123456").code is Code.CLOSED
    round_.close()
    assert ask(round_, "123456").code is Code.CLOSED


def test_the_answer_names_the_district(round_: Vote) -> None:
    assert ask(round_, "777").box_id == "south"


def test_a_wrong_date_of_birth_looks_like_nobody(round_: Vote) -> None:
    wrong = ask(round_, "123456", date(1990, 5, 2))
    assert wrong == ask(round_, "unknown") == Eligibility(Code.NOT_ON_ROLL)


def test_who_is_too_young_is_told_so_and_not_counted_on_the_roll(round_: Vote) -> None:
    assert ask(round_, "888", date(2010, 2, 28)).code is Code.TOO_YOUNG
    round_.open()
    round_.drain()
    [commit] = [entry for entry in round_.entries() if entry["t"] == "roll.commit"]
    assert commit["size"] == 2


def test_who_is_too_young_cannot_cast_even_with_a_token(round_: Vote) -> None:
    round_.open()
    with pytest.raises(NotOnRoll):
        round_.cast(eligibility.voter_ref(round_.keys, ROUND, "888"), "d")


@pytest.mark.parametrize(
    ("born", "expected"),
    [(date(2010, 2, 27), True), (date(2010, 2, 28), False), (None, False)],
)
def test_an_age_is_reached_on_the_birthday(round_: Vote, born: date | None, expected: bool) -> None:
    assert eligibility.old_enough(round_.manifest, born) is expected


def test_an_account_claims_its_place_once(round_: Vote) -> None:
    first = claim(round_, "account-1", "123456")
    assert claim(round_, "account-1", "123456") == first
    with round_.store.sessions() as session:
        assert eligibility.of_account(session, ROUND, "account-1") == first
        nobody = eligibility.of_account(session, ROUND, "account-2")
    assert nobody == Eligibility(Code.NOT_ON_ROLL)


def test_a_claimed_place_is_not_claimed_by_another(round_: Vote) -> None:
    claim(round_, "account-1", "123456")
    assert refusal(round_, "account-2", "123456") == Code.CLAIMED


def test_an_account_has_one_place(round_: Vote) -> None:
    claim(round_, "account-1", "123456")
    assert refusal(round_, "account-1", "777", email="ana@example.org") == Code.ACCOUNT_HAS_ANOTHER


def test_a_place_with_an_address_is_for_that_address_only(round_: Vote) -> None:
    assert refusal(round_, "account-1", "777") == Code.NOT_ON_ROLL
    assert refusal(round_, "account-1", "777", email="eve@example.org") == Code.NOT_ON_ROLL
    assert claim(round_, "account-1", "777", email=" ana@example.ORG").box_id == "south"


def test_nobody_claims_who_is_too_young_or_unknown(round_: Vote) -> None:
    assert refusal(round_, "a", "888", date(2010, 2, 28)) == Code.TOO_YOUNG
    assert refusal(round_, "a", "123456", date(1991, 5, 1)) == Code.NOT_ON_ROLL


def test_the_same_person_has_different_references_in_different_rounds(round_: Vote) -> None:
    round_.keys.create("example/other")
    refs = {eligibility.voter_ref(round_.keys, name, "1") for name in (ROUND, "example/other")}
    assert len(refs) == 2
