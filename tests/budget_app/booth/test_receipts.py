"""Receipts: the voter's own page, and the public check."""

import html
import re
from collections.abc import Callable

import pytest

from tallying.evidence.receipt import check_receipt
from tallying.evidence.trust import Trust
from tallying.evidence.verify import Status, Verdict
from tests.budget_app.booth.pages import Page
from tests.budget_app.booth.scenes import Scene

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
