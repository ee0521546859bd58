"""Who sees which page of an audit, and what everybody can read."""

import gzip
import json

import pytest
from flask import Flask

from budget_app.audit import published
from budget_app.extensions import db
from tallying.evidence.bundle import Bundle
from tallying.evidence.checkpoint import Checkpoint
from tallying.evidence.merkle import leaf_hash, root
from tallying.evidence.notes import Verifier
from tests.budget_app.audit.scenes import HOME, Counted, closed_round, counted_round
from voting.models import Poll

pytestmark = pytest.mark.one_store

AUDITORS_ONLY = ["audit/", "audit/key", "audit/attest", "audit/objection", "audit/auditor-bundle"]


@pytest.fixture
def scene(app: Flask) -> Counted:
    return counted_round(app)


@pytest.mark.parametrize("path", AUDITORS_ONLY)
def test_only_auditors_of_the_parliament_see_the_desk(scene: Counted, path: str) -> None:
    with scene.browser("aude").get(path) as answer:
        assert answer.status_code == 200
    assert scene.browser("ada").get(path).status_code == 403
    assert scene.browser("carl").get(path).status_code == 403
    assert scene.stranger().get(path).status_code == 302


def test_only_administrators_answer(scene: Counted) -> None:
    scene.browser("aude").post("audit/objection", {"reasons": "Wrong."})
    path = "audit/objections/1/answer"
    assert scene.browser("ada").get(path).status_code == 200
    assert scene.browser("otto").get(path).status_code == 403
    assert scene.browser("carl").post(path, {"answer": "No."}).status_code == 403


def test_the_public_edition_holds_nothing_restricted(scene: Counted) -> None:
    with scene.stranger().get("audit/bundle") as answer:
        assert answer.mimetype == "application/zip"
        assert answer.data == scene.bundle("public").read_bytes()
    with Bundle.open(scene.bundle("public")) as bundle:
        assert bundle.is_public


def test_the_raw_log_fits_its_signed_checkpoint(scene: Counted) -> None:
    browser = scene.stranger()
    lines = browser.get("audit/log/entries.jsonl").data.splitlines()
    with scene.app.app_context():
        key = db.session.scalars(db.select(Poll.log_key).where(Poll.receipt_key.is_not(None))).one()
    assert key is not None
    note = browser.get("audit/log/checkpoint").data
    checkpoint = Checkpoint.open(note, [Verifier.parse(key)])
    assert checkpoint.size == len(lines)
    assert checkpoint.root == root([leaf_hash(line) for line in lines])
    assert json.loads(lines[0])["t"] == "round.config"


@pytest.mark.both_stores
def test_the_log_is_served_in_tiles_that_give_its_root(scene: Counted) -> None:
    browser = scene.stranger()
    size = int(browser.get("audit/log/checkpoint").text.split("\n")[1])
    answer = browser.get(f"audit/log/tile/0/000.p/{size}")
    hashes = [answer.data[at : at + 32] for at in range(0, len(answer.data), 32)]
    note = browser.get("audit/log/checkpoint").data
    assert Checkpoint.parse(note.decode().rpartition("\n\n")[0] + "\n").root == root(hashes)
    assert answer.content_type == "application/octet-stream"

    bundle = browser.get(f"audit/log/tile/entries/000.p/{size}").data
    lines = browser.get("audit/log/entries.jsonl").data.splitlines()
    assert bundle == b"".join(len(line).to_bytes(2) + line for line in lines)
    packed = browser.client.get(
        f"{HOME}audit/log/tile/entries/000.p/{size}", headers={"Accept-Encoding": "gzip"}
    )
    assert (packed.headers["Content-Encoding"], gzip.decompress(packed.data)) == ("gzip", bundle)
    assert "Accept-Encoding" in packed.headers["Vary"]


@pytest.mark.parametrize(
    "name", ["0/000", "0/001.p/1", "1/000.p/1", "entries/001.p/1", "0/0", "../checkpoint"]
)
def test_a_tile_that_the_log_does_not_have_is_not_found(scene: Counted, name: str) -> None:
    assert scene.stranger().get(f"audit/log/tile/{name}").status_code == 404


def test_tiles_may_be_kept_for_ever_and_checkpoints_for_a_moment(scene: Counted) -> None:
    """Nothing of a visitor goes into a cache that others read."""
    client = scene.browser("carl").client
    for path, age in (("tile/0/000.p/5", 31_536_000), ("checkpoint", 2), ("entries.jsonl", 2)):
        answer = client.get(f"{HOME}audit/log/{path}")
        assert (answer.cache_control.public, answer.cache_control.max_age) == (True, age)
        assert bool(answer.cache_control.immutable) is (age > 2)
        assert "Set-Cookie" not in answer.headers
        again = client.get(
            f"{HOME}audit/log/{path}", headers={"If-None-Match": answer.headers["ETag"]}
        )
        assert (again.status_code, again.data) == (304, b"")


def test_a_download_of_entries_is_bounded_and_names_what_follows(
    scene: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(published, "ENTRIES_A_FILE", 100)
    client, address = scene.stranger().client, f"{HOME}audit/log/entries.jsonl"
    lines: list[bytes] = []
    following: str | None = address
    while following:
        answer = client.get(following)
        part = answer.data.splitlines()
        assert len(part) <= 100
        lines += part
        link = answer.headers.get("Link")
        following = link and link[1 : link.index(">")]
    assert json.loads(lines[0])["t"] == "round.config"
    assert json.loads(lines[-1])["t"] == "tally.result"
    for start in (-1, len(lines), 10**9):
        assert client.get(address, query_string={"start": start}).status_code == 404
    assert client.get(address, query_string={"start": "x"}).status_code == 200


@pytest.mark.both_stores
def test_the_log_shows_every_entry_over_its_pages(scene: Counted) -> None:
    browser = scene.stranger()
    assert "Entry 247" in browser.text("audit/log")
    assert "Entry 1 " in browser.text("audit/log?page=5")
    assert browser.get("audit/log?page=999").status_code == 200
    assert browser.get("audit/log?page=x").status_code == 200


@pytest.mark.both_stores
def test_the_desk_shows_the_reconciliation_with_its_numbers(scene: Counted) -> None:
    page = scene.browser("aude").text("audit/")
    assert "It adds up" in page
    assert "does not add up" not in page
    assert "tallying verify" in page


def test_evidence_of_a_round_without_a_count_says_what_will_be_there(app: Flask) -> None:
    scene = closed_round(app)
    browser = scene.stranger()
    assert "nothing to check yet" in browser.text("audit/evidence")
    assert "no result yet" in browser.text("results/")
    assert browser.get("audit/bundle").status_code == 404
    assert browser.get("results/steps").status_code == 404
    assert "no count to audit yet" in scene.browser("aude").text("audit/")


@pytest.mark.parametrize("path", ["results/versions/7/", "audit/evidence/7", "audit/bundle/7"])
def test_a_version_that_does_not_exist_is_not_found(scene: Counted, path: str) -> None:
    assert scene.stranger().get(path).status_code == 404


def test_the_desk_suggests_a_command_that_makes_a_key_of_this_host(scene: Counted) -> None:
    page = scene.browser("aude").text("audit/key")
    assert "tallying keygen --kind auditor --name localhost/aude" in page
