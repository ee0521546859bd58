"""Receipts: the voter's own page, and the public check."""

import html
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from budget_app.booth import queries
from budget_app.extensions import db
from tallying.evidence.acceptance import receipt_code
from tallying.evidence.receipt import check_receipt
from tallying.evidence.trust import Trust
from tallying.evidence.verify import Status, Verdict
from tests.budget_app.booth.pages import Page
from tests.budget_app.booth.scenes import Scene
from voting import receipts
from voting.models import HandedAcceptance

A = ("choice", "a")


def cast(scene: Scene, number: int = 1) -> str:
    """A ballot in the box; its receipt code."""
    location: str = scene.voter(number).vote(A).location
    return location.rsplit("/", 1)[1]


def test_the_receipt_page_looks_again_without_javascript_until_the_entry_is_logged(
    scene: Scene,
) -> None:
    code = cast(scene)
    voter = scene.voter()
    assert 'http-equiv="refresh"' in voter.get(f"/receipt/{code}").text
    scene.log()
    assert 'http-equiv="refresh"' not in voter.get(f"/receipt/{code}").text


def test_the_receipt_page_shows_the_picture_of_its_address(scene: Scene) -> None:
    page = scene.voter().get(f"/receipt/{cast(scene)}").text
    assert re.search(r'class="receipt-qr"[^>]*>\s*<svg', page)


def test_the_acceptance_is_signed_and_the_same_at_every_download(scene: Scene) -> None:
    code = cast(scene)
    first, second = (scene.voter().get(f"/receipt/{code}/acceptance") for _ in range(2))
    assert first.data == second.data
    assert "pb.acceptance/1\nexample/schools\n" in first.text
    assert "in the log within 60 seconds" in first.text
    assert "attachment" in first.headers["Content-Disposition"]


def test_the_proof_stays_the_first_one_while_the_log_grows(scene: Scene) -> None:
    code = cast(scene)
    scene.log()
    first = scene.stranger().get(f"/check/{code}/proof").data
    cast(scene, 2)
    scene.log()
    assert scene.stranger().get(f"/check/{code}/proof").data == first


@pytest.mark.parametrize(
    "change",
    [str.lower, lambda code: code.replace("-", ""), lambda code: code.replace("-", " ")],
    ids=["small letters", "no hyphens", "blanks"],
)
def test_a_receipt_is_found_however_it_is_typed(scene: Scene, change: Callable[[str], str]) -> None:
    code = cast(scene)
    scene.log()
    page = scene.stranger().get("/check", query_string={"code": change(code)})
    assert "This ballot is in the log." in Page(page.text).text


def test_whoever_checks_a_receipt_finds_the_keys_to_do_so_elsewhere(scene: Scene) -> None:
    """During the vote, long before there is a bundle."""
    code = cast(scene)
    scene.log()
    content = scene.stranger().get("/check").text
    found = re.search(r'aria-label="Keys to trust">(.*?)</pre>', content, re.DOTALL)
    assert found is not None
    trust = Trust.parse(html.unescape(found.group(1)), "the page")
    proof = scene.stranger().get(f"/check/{code}/proof").data
    assert check_receipt(proof, trust, None).verdict is Verdict.VERIFIED
    acceptance = scene.voter().get(f"/receipt/{code}/acceptance").data
    findings = {item.id: item.status for item in check_receipt(acceptance, trust, None).findings}
    assert findings["receipt"] is Status.PASS


def test_look_alike_letters_find_the_receipt(scene: Scene) -> None:
    for number in range(1, 40):
        code = cast(scene, number)
        if "0" in code or "1" in code:
            break
    scene.log()
    typed = code.replace("0", "o").replace("1", "l")
    page = scene.stranger().get("/check", query_string={"code": typed})
    assert "This ballot is in the log." in Page(page.text).text


@pytest.mark.parametrize("code", ["ZZZZ-ZZZZ-ZZZZ-ZZZZ", "nonsense", "🦉"])
def test_an_unknown_receipt_is_told_which_letters_to_compare(scene: Scene, code: str) -> None:
    page = scene.stranger().get("/check", query_string={"code": code})
    assert page.status_code == 200
    assert "what looks like O is a zero" in Page(page.text).text


def test_the_page_says_how_many_receipts_were_checked_and_keeps_nothing_else(
    scene: Scene,
) -> None:
    code = cast(scene)
    stranger = scene.stranger()
    assert "have been checked 0 times" in stranger.page("/check").text
    stranger.get("/check", query_string={"code": code})  # on its way: nothing to check yet
    scene.log()
    for _ in range(2):
        stranger.get("/check", query_string={"code": code})
    stranger.get("/check", query_string={"code": "ZZZZ-ZZZZ-ZZZZ-ZZZZ"})
    assert "have been checked 2 times" in stranger.page("/check").text
    assert "have been checked 3 times" in stranger.page(f"/check?code={code}").text


def test_a_receipt_on_its_way_is_called_so(scene: Scene) -> None:
    page = scene.stranger().page(f"/check?code={cast(scene)}")
    assert "on its way to the log" in page.text


def test_nobody_else_opens_a_voters_receipt_page(scene: Scene) -> None:
    code = cast(scene)
    assert scene.voter(2).get(f"/receipt/{code}").status_code == 404
    assert scene.voter(2).get(f"/receipt/{code}/acceptance").status_code == 404
    assert scene.stranger().get(f"/receipt/{code}").status_code == 302


def test_a_replaced_ballots_receipt_checks_like_any_other(scene: Scene) -> None:
    first, second = cast(scene), cast(scene)
    scene.log()
    texts = [scene.stranger().page(f"/check?code={code}").text for code in (first, second)]
    for code, text in zip((first, second), texts, strict=True):
        assert f"{code} is entry" in text
    assert "replaced" not in " ".join(texts)


def test_the_receipt_page_offers_to_sign_out_and_clear_the_device(scene: Scene) -> None:
    code = cast(scene)
    voter = scene.voter()
    form = voter.page(f"/receipt/{code}").form("/sign-out")
    answer = voter.client.post(form.action, data=form.having())
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'


def hand_in(scene: Scene, *fields: tuple[str, Any]) -> Any:
    """A stranger's form; answers what the server said."""
    stranger = scene.stranger()
    form = stranger.page("/check").forms[-1]
    data = form.having(*fields)
    return stranger.client.post(form.action, data=data, content_type="multipart/form-data")


def kept(scene: Scene) -> list[bytes]:
    with scene.app.app_context():
        return list(db.session.scalars(select(HandedAcceptance.leaf_hash)))


def test_a_stranger_hands_in_an_acceptance_that_is_kept_and_looked_up(scene: Scene) -> None:
    code = cast(scene)
    scene.log()
    note = scene.voter().get(f"/receipt/{code}/acceptance").data
    answer = hand_in(scene, ("file", (io.BytesIO(note), "acceptance.txt")))
    text = Page(answer.text).text
    assert f"{code} is entry" in text
    assert "The acceptance is kept." in text
    assert [receipt_code(leaf) for leaf in kept(scene)] == [code]


def test_an_acceptance_that_the_log_lacks_is_kept_and_called_a_broken_promise(
    scene: Scene,
) -> None:
    """Pasted, as a browser sends it: its lines end in two characters."""
    with scene.app.app_context():
        note = receipts.acceptance(queries.keys(), scene.round_id, bytes(32)).decode()
    answer = hand_in(scene, ("text", note.replace("\n", "\r\n")))
    text = Page(answer.text).text
    assert "This ballot was accepted, and it is not in the log." in text
    assert "The acceptance is kept." in text
    assert kept(scene) == [bytes(32)]


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ("", "Choose the file, or paste its text below."),
        ("7K3M-9Q2T-XW4H-0RZD", "This is not an acceptance of this vote"),
        ("pb.acceptance/1\nexample/schools\n🦉\n\n— x y\n", "This is not an acceptance"),
    ],
    ids=["nothing", "a code", "a forgery"],
)
def test_what_proves_nothing_is_refused_where_it_was_handed_in(
    scene: Scene, sent: str, told: str
) -> None:
    answer = hand_in(scene, ("text", sent))
    assert answer.status_code == 422
    assert told in Page(answer.text).text
    assert kept(scene) == []


def test_looking_at_the_page_keeps_nothing(scene: Scene) -> None:
    code = cast(scene)
    scene.log()
    scene.stranger().get("/check", query_string={"code": code, "text": "x"})
    assert kept(scene) == []


@pytest.mark.parametrize("path", ["/en/example/", "/en/example/rounds/schools/"])
def test_the_way_to_the_vote_says_so_to_whoever_has_voted_and_to_nobody_else(
    scene: Scene, path: str
) -> None:
    cast(scene)
    said = "Your ballot is in the box."
    assert said in scene.voter().client.get(path).text
    for other in (scene.voter(2), scene.stranger()):
        assert said not in (page := other.client.get(path).text)
        assert "Vote now" in page
