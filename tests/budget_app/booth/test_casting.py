"""Casting through the pages: exactly once, replaceable, and nothing lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import func, select

from budget_app.extensions import db
from budget_app.mailing.models import OutgoingMail
from budget_app.parliaments.models import Parliament
from tests.budget_app.booth.pages import Page
from tests.budget_app.booth.scenes import ADDRESS, Citizen, Scene
from tests.statements import statements
from voting.database import writing
from voting.models import Envelope, Voter

A, B, C, D = (("choice", key) for key in "abcd")
POSTS = 50


def envelopes(scene: Scene) -> int:
    with scene.app.app_context():
        return db.session.scalar(select(func.count()).select_from(Envelope)) or 0


def test_a_citizen_votes_from_the_ballot_to_a_checked_receipt(scene: Scene) -> None:
    voter = scene.voter()
    ballot = voter.page()
    assert "Choose projects" in ballot.text
    answer = voter.vote(A, B)
    assert answer.status_code == 303
    receipt = Page(voter.client.get(answer.location).text)
    assert "Your ballot is in the box." in receipt.text
    assert "On its way to the public log" in receipt.text
    scene.log()
    code = answer.location.rsplit("/", 1)[1]
    assert "of the public log" in Page(voter.client.get(answer.location).text).text
    checked = scene.stranger().page(f"/check?code={code}")
    assert "This ballot is in the log." in checked.text
    proof = scene.stranger().get(f"/check/{code}/proof")
    assert proof.text.startswith("c2sp.org/tlog-proof@v1\n")


@pytest.mark.parametrize(
    ("style", "fields", "other"),
    [
        ("approval", [A, B], [C]),
        ("knapsack", [A, B], [B, C]),
        ("ranked", [B, A], [A, B]),
        ("points", [("points-a", "7"), ("points-b", "3")], [("points-a", "10")]),
        ("score", [("points-a", "5"), ("points-c", "1")], [("points-b", "2")]),
    ],
)
def test_every_style_is_reviewed_as_it_was_filled_and_accepted(
    open_round: Callable[..., Scene], style: str, fields: list[Any], other: list[Any]
) -> None:
    scene = open_round(style)
    voter = scene.voter()
    review = voter.review(*fields)
    sent = [
        pair
        for pair in review.form("/cast").fields
        if pair[0] not in ("csrf_token", "token", "box")
    ]
    assert sent == fields
    assert voter.post("/cast", review.form("/cast").having()).status_code == 303
    assert voter.vote(*other).status_code == 303
    assert envelopes(scene) == 2


def test_a_blank_ballot_is_accepted_after_a_plain_confirmation(scene: Scene) -> None:
    voter = scene.voter()
    assert "Your ballot is blank" in voter.review().text
    assert voter.vote().status_code == 303


def test_fifty_posts_of_one_token_at_once_give_one_ballot_and_one_receipt(scene: Scene) -> None:
    voter = scene.voter()
    data = voter.review(A).form("/cast").having()
    cookie = voter.client.get_cookie("session")
    assert cookie is not None

    def post(_number: int) -> tuple[int, str]:
        client = scene.app.test_client()
        client.set_cookie("session", cookie.value)
        answer = client.post(f"{ADDRESS}/cast", data=data)
        return answer.status_code, answer.location

    with ThreadPoolExecutor(max_workers=10) as pool:
        answers = set(pool.map(post, range(POSTS)))
    assert len(answers) == 1
    assert answers.pop()[0] == 303
    assert envelopes(scene) == 1
    with scene.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(OutgoingMail)) == 1


def test_voting_again_replaces_the_ballot_and_gives_another_receipt(scene: Scene) -> None:
    voter = scene.voter()
    first, second = voter.vote(A), voter.vote(B)
    assert first.location != second.location
    with scene.app.app_context():
        counted = db.session.scalars(select(Voter.ballots).where(Voter.ballots > 0)).all()
    assert counted == [2]


def test_pressing_the_cast_button_twice_answers_the_same(scene: Scene) -> None:
    voter = scene.voter()
    data = voter.review(A).form("/cast").having()
    first, second = voter.post("/cast", data), voter.post("/cast", data)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert envelopes(scene) == 1


def test_another_ballot_with_a_used_token_is_refused_and_kept(scene: Scene) -> None:
    voter = scene.voter()
    form = voter.review(A).form("/cast")
    voter.post("/cast", form.having())
    answer = voter.post("/cast", form.having(B, without=("choice",)) | {"choice": ["b"]})
    assert answer.status_code == 409
    assert ("choice", "b") in Page(answer.text).form("/review").fields
    assert envelopes(scene) == 1


def test_two_tabs_each_cast_their_own_ballot_and_the_last_one_counts(scene: Scene) -> None:
    voter = scene.voter()
    first, second = voter.review(A).form("/cast"), voter.review(B).form("/cast")
    assert voter.post("/cast", second.having()).status_code == 303
    assert voter.post("/cast", first.having()).status_code == 303
    assert envelopes(scene) == 2


def test_after_the_back_button_the_review_page_casts_no_second_ballot(scene: Scene) -> None:
    voter = scene.voter()
    form = voter.review(A).form("/cast")
    receipt = voter.post("/cast", form.having()).location
    voter.client.get(receipt)
    assert voter.post("/cast", form.having()).location == receipt
    assert envelopes(scene) == 1


def test_a_review_page_casts_nothing_after_signing_out_and_keeps_the_ballot(scene: Scene) -> None:
    voter = scene.voter()
    form = voter.review(A).form("/cast")
    voter.client.post("/en/example/account/sign-out", data={"csrf_token": form.value("csrf_token")})
    answer = voter.post("/cast", form.having())
    assert answer.status_code == 403
    page = Page(answer.text)
    assert "Sign in to go on" in page.text
    assert ("choice", "a") in page.form("/review").fields
    assert envelopes(scene) == 0


def test_another_voters_token_casts_nothing(scene: Scene) -> None:
    token = scene.voter(1).review(A).form("/cast").value("token")
    thief = scene.voter(2)
    form = thief.review(B).form("/cast")
    answer = thief.post(
        "/cast", form.having(("token", token), without=("token",)) | {"token": token}
    )
    assert answer.status_code == 403
    assert "Nothing was recorded" in Page(answer.text).text
    assert envelopes(scene) == 0


def test_an_old_sign_in_is_asked_for_again_and_the_ballot_kept(scene: Scene) -> None:
    voter = scene.voter(minutes_ago=31)
    answer = voter.post("/review", {"box": "north", "choice": ["a"]})
    page = Page(answer.text)
    assert "Sign in once more" in page.text
    assert ("choice", "a") in page.form("/review").fields


def test_a_sign_in_that_grows_old_on_the_review_page_casts_nothing(scene: Scene) -> None:
    form = scene.voter().review(A).form("/cast")
    late = scene.voter(minutes_ago=31)
    assert late.post("/cast", form.having()).status_code == 403
    assert envelopes(scene) == 0


def test_a_ballot_that_comes_after_the_close_is_told_so(scene: Scene) -> None:
    voter = scene.voter()
    form = voter.review(A).form("/cast")
    with scene.after_the_close():
        answer = voter.post("/cast", form.having())
    assert answer.status_code == 409
    assert "Voting is over" in Page(answer.text).text
    assert envelopes(scene) == 0


def test_a_retry_after_the_close_still_finds_its_receipt(scene: Scene) -> None:
    voter = scene.voter()
    form = voter.review(A).form("/cast")
    receipt = voter.post("/cast", form.having()).location
    with scene.after_the_close():
        assert voter.post("/cast", form.having()).location == receipt


def test_a_form_of_another_site_is_refused(scene: Scene) -> None:
    voter = scene.voter()
    form = voter.review(A).form("/cast")
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}
    assert voter.post("/cast", form.having(), headers=headers).status_code == 400
    assert envelopes(scene) == 0


def test_a_cast_without_the_forms_token_records_nothing(scene: Scene) -> None:
    voter = scene.voter()
    form = voter.review(A).form("/cast")
    answer = voter.post("/cast", form.having(without=("csrf_token",)))
    assert answer.status_code == 403
    assert ("choice", "a") in Page(answer.text).form("/review").fields
    assert envelopes(scene) == 0


def test_a_voter_is_told_by_mail_that_a_ballot_was_recorded_and_not_which(scene: Scene) -> None:
    scene.voter().vote(A)
    with scene.app.app_context():
        mail = db.session.scalars(select(OutgoingMail)).one()
    assert mail.recipient == "voter1@example.org"
    assert "recorded in your name" in mail.body
    assert "Project A" not in mail.body


def test_a_remembered_notice_is_of_its_round_parliament_and_language(scene: Scene) -> None:
    voter = scene.voter()
    voter.vote(A)
    with scene.app.app_context(), writing():
        parliament = db.session.scalars(select(Parliament)).one()
        parliament.names = {"en": "A new name", "fr": "Un nouveau nom"}
        db.session.commit()
    voter.vote(A)
    Citizen(voter.client, ADDRESS.replace("/en/", "/fr/", 1)).vote(A)
    with scene.app.app_context():
        mails = db.session.scalars(select(OutgoingMail.body).order_by(OutgoingMail.id)).all()
    assert "A new name" not in mails[0]
    assert "A new name" in mails[1]
    assert "Bonjour" in mails[2]


def test_a_cast_and_its_receipt_ask_the_database_a_few_times_only(scene: Scene) -> None:
    """Every statement is a way there and back, and time of two processors, while many vote."""
    voter = scene.voter()
    fields = voter.review(A).form("/cast").having()
    with scene.app.app_context():
        engine = db.engine
    with statements(engine) as of_cast:
        answer = voter.post("/cast", fields)
    with statements(engine) as of_receipt:
        assert voter.client.get(answer.location).status_code == 200
    most = {"sqlite": (12, 7), "postgresql": (9, 6)}[engine.dialect.name]
    assert len(of_cast) <= most[0], "\n".join(of_cast)
    assert len(of_receipt) <= most[1], "\n".join(of_receipt)
