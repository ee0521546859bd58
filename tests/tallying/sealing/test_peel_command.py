"""`peel`, as the officials of the two bodies type it."""

import io
import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tallying.evidence.canonical import digest_of
from tallying.evidence.notes import Verifier, open_note
from tallying.sealing.keys import fingerprint, read_public
from tallying.sealing.seal import plain_ballot
from tests.tallying.sealing.ceremony import MARKER, SIGNERS, Ceremony, replaced
from tests.tallying.sealing.sealed import ROUND, items_of


def test_two_bodies_open_both_layers_on_two_machines_each(ceremony: Ceremony) -> None:
    manifest = ("--manifest", ceremony.folder / "round.json")
    for name in SIGNERS["outer"]:
        code, out, error = ceremony.peel_outer(name, *manifest)
        assert code == 0, error
        assert "north\t5\t5\t0\t0" in out
    for name, shares in zip(SIGNERS["inner"], [(1, 3), (3, 2)], strict=True):
        code, _, error = ceremony.peel_inner(name, shares, *manifest)
        assert code == 0, error
    ballots = [content for _, content in items_of(ceremony.folder / "uni.example" / "out.jsonl")]
    assert ballots == [plain_ballot([MARKER], number.to_bytes(16)) for number in range(5)]
    code, out, error = ceremony.join(*SIGNERS["inner"], *manifest)
    assert (code, error) == (0, "")
    note = open_note(
        (ceremony.folder / "joined.note").read_bytes(),
        [Verifier.parse(ceremony.verifiers[name]) for name in SIGNERS["inner"]],
    )
    assert len(note.verified) == 2
    report = (ceremony.folder / "uni.example" / "report.json").read_bytes()
    assert note.text == f"pb.peel/1\n{ROUND}\ninner\n{digest_of(report)}\n"


def test_peel_writes_for_its_owner_alone_and_tells_both_digests(ceremony: Ceremony) -> None:
    _, out, error = ceremony.peel_outer("office.example")
    folder = ceremony.folder / "office.example"
    assert sorted(path.name for path in folder.iterdir()) == [
        "mid.jsonl",
        "report.json",
        "report.note",
    ]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert f"Stage written: {digest_of((folder / 'mid.jsonl').read_bytes())}" in out
    assert f"Report: {digest_of((folder / 'report.json').read_bytes())}" in out
    assert "Opening ballots: 5 / 5" in error


def test_peel_gives_its_report_as_json(ceremony: Ceremony) -> None:
    code, out, _ = ceremony.peel_outer("office.example", "--json", "-")
    told = json.loads(out)
    assert code == 0
    assert set(told) == {"digest", "files", "report", "seconds"}
    assert told["report"]["boxes"] == [
        {"box": "north", "duplicates": 0, "input": 5, "output": 5, "undecryptable": 0}
    ]


def test_peel_speaks_the_officials_language(ceremony: Ceremony) -> None:
    _, out, _ = ceremony.peel_outer("office.example", "--language", "es")
    assert "escrutinio se detiene" in out


def test_peel_warns_loudly_when_nothing_opened(ceremony: Ceremony) -> None:
    code, out, _ = ceremony.run(
        *("peel", ceremony.folder / "in.jsonl", "--layer", "outer"),
        *("--share", ceremony.folder / "audit.share-1"),
        *("--share", ceremony.folder / "audit.share-2"),
        *("--sign-with", ceremony.folder / "office.example.key"),
        *("-o", ceremony.folder / "new"),
    )
    assert code == 0
    assert "NOTHING OPENED" in out
    assert "north\t5\t0\t5\t0" in out


def lines_of(content: bytes) -> list[bytes]:
    return content.splitlines(keepends=True)


@pytest.mark.parametrize(
    ("happened", "said"),
    [
        (replaced("in.jsonl", lambda old: old[:-9]), "line 6: The file ends within a line"),
        (replaced("in.jsonl", lambda old: b"".join(lines_of(old)[:-1])), "5 are announced"),
        (replaced("in.jsonl", lambda old: old + lines_of(old)[-1]), "line 7: The box 'north' has"),
        (
            replaced("in.jsonl", lambda old: b"".join(lines_of(old)[:1] + lines_of(old)[:0:-1])),
            "line 3: The item does not stand in the order",
        ),
        (replaced("in.jsonl", lambda old: old[:-3] + b'="]\n'), "line 6: It is not base64url"),
        (replaced("in.jsonl", lambda old: old.replace(b'"in"', b'"mid"')), "this is the stage"),
        (replaced("in.jsonl", lambda old: old.replace(b"schools", b"gardens")), "assembly/gardens"),
        (replaced("in.jsonl", lambda old: old.replace(b"north", b"other")), "no box other"),
        (lambda ceremony: ceremony.write_manifest(closes="later"), "this manifest is"),
        (lambda ceremony: ceremony.write_manifest(seal=None), "not that of a sealed round"),
        (replaced("round.json", lambda old: old + b"\n"), "manifest cannot be read"),
        (replaced("round.json", lambda old: b"[]"), "not that of a sealed round"),
        (
            replaced("round.json", lambda old: old.replace(b'"layer":"inner"', b'"layer":"last"')),
            "another suite or other layers",
        ),
        (
            replaced("office.private", lambda old: old.replace(b"LAYER", b"OTHER")),
            "office.private: This is not the private key of a layer",
        ),
        (replaced("office.private", lambda old: b"\xff"), "office.private is not a text file"),
        (replaced("office.example.key", lambda old: b"PB"), "This is not a signing key"),
        (
            lambda ceremony: (
                (ceremony.folder / "office.example").mkdir()
                or (ceremony.folder / "office.example" / "report.json").write_bytes(b"kept")
            ),
            "report.json exists already",
        ),
    ],
    ids=[
        *("cut", "shorter", "longer", "order", "base64", "stage", "round", "box", "manifest"),
        *("open", "canonical", "list", "layers", "key", "bytes", "signer", "exists"),
    ],
)
def test_peel_refuses_in_one_sentence_and_writes_nothing(
    happened: Callable[[Ceremony], object], said: str, ceremony: Ceremony
) -> None:
    happened(ceremony)
    code, _, error = ceremony.peel_outer(
        "office.example", "--manifest", ceremony.folder / "round.json"
    )
    assert code == 2
    assert said in error.splitlines()[-1]
    written = ceremony.folder / "office.example"
    assert not (written / "mid.jsonl").exists()
    assert not (written / "report.note").exists()


def test_peel_refuses_another_key_and_another_signer_than_the_manifests(
    ceremony: Ceremony,
) -> None:
    manifest = ("--manifest", ceremony.folder / "round.json")
    ours = fingerprint(read_public(ceremony.public("outer")))
    theirs = fingerprint(read_public(ceremony.public("inner")))
    ceremony.peel_outer("office.example")
    code, _, error = ceremony.peel_inner("office.example", (1, 2), *manifest)
    assert code == 2
    assert "other signing keys for the inner layer than this of office.example" in error
    code, _, error = ceremony.run(
        *("peel", ceremony.folder / "office.example" / "mid.jsonl", "--layer", "inner"),
        *("--key", ceremony.folder / "office.private"),
        *("--sign-with", ceremony.folder / "audit.example.key"),
        *("-o", ceremony.folder / "new", *manifest),
    )
    assert code == 2
    assert f"This is the key {ours}; the manifest names {theirs} for the inner layer" in error


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], "Give --key FILE, or --share FILE twice"),
        (["--key", "office.private", "--share", "audit.share-1"], "Give --key FILE, or"),
        (["--share", "audit.share-1"], "Two shares are needed; 1 were given"),
        (["--share", "audit.share-1", "--share", "audit.share-1"], "Both are share 1"),
        (["--share", "audit.share-1", "--share", "office.share-2"], "of different keys"),
        (["--share", "audit.share-1", "--share", "typed"], "typed: This is not a share of a key"),
        (["--share", "audit.share-1", "--share", "missing"], "missing: No such file"),
        (["--key", "office.private", "--jobs", "0"], "--jobs takes a number of processes"),
    ],
)
def test_peel_says_what_is_wrong_with_a_key_or_its_shares(
    given: list[str], said: str, ceremony: Ceremony, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ceremony.folder)
    ceremony.run("keygen", "--kind", "layer", "office", "-o", "other", "--split")
    (ceremony.folder / "other" / "office.share-2").rename("office.share-2")
    typed = (ceremony.folder / "audit.share-2").read_text()
    Path("typed").write_text(typed[:-2] + ("q" if typed[-2] != "Q" else "p") + "\n")
    code, _, error = ceremony.run(
        *("peel", "in.jsonl", "--layer", "outer", *given),
        *("--sign-with", "office.example.key", "-o", "new"),
    )
    assert code == 2
    assert said in error
    assert not Path("new").exists()


def test_peel_asks_for_shares_that_are_on_paper_until_they_are_typed_right(
    ceremony: Ceremony, monkeypatch: pytest.MonkeyPatch
) -> None:
    ceremony.peel_outer("office.example")
    one, two = (
        (ceremony.folder / f"audit.share-{n}").read_text().split("\n", 3)[3] for n in (1, 2)
    )
    wrong = one[:12] + ("q" if one[12] != "Q" else "p") + one[13:]
    typed = io.StringIO(f"{wrong}\n{one.lower()}\n{two}\n")
    typed.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr("sys.stdin", typed)
    mid = ceremony.folder / "office.example" / "mid.jsonl"
    code, out, error = ceremony.run(
        *("peel", mid, "--layer", "inner", "--share", "-", "--share", "-"),
        *("--sign-with", ceremony.folder / "audit.example.key", "-o", ceremony.folder / "new"),
    )
    assert (code, "north\t5\t5" in out) == (0, True)
    assert error.count("Type a share") == 3
    assert error.count("typing error") == 1


def test_a_wrong_share_from_a_pipe_ends_the_command(
    ceremony: Ceremony, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("PB-SHARE1 QQQQ\n"))
    code, _, error = ceremony.run(
        *("peel", ceremony.folder / "in.jsonl", "--layer", "outer"),
        *("--share", "-", "--share", ceremony.folder / "audit.share-2"),
        *("--sign-with", ceremony.folder / "audit.example.key", "-o", ceremony.folder / "new"),
    )
    assert (code, "This is not a share of a key" in error) == (2, True)


def test_a_manifest_with_another_suite_is_refused(ceremony: Ceremony) -> None:
    seal = ceremony.manifest()["seal"] | {"suite": "X25519/HKDF-SHA256/AES-128-GCM"}
    ceremony.write_manifest(seal=seal)
    code, _, error = ceremony.peel_outer(
        "office.example", "--manifest", ceremony.folder / "round.json"
    )
    assert (code, "another suite or other layers" in error) == (2, True)


def test_the_key_test_passes_with_the_manifest_and_stands_alone(ceremony: Ceremony) -> None:
    manifest = ("--manifest", ceremony.folder / "round.json")
    ceremony.write_stage(3, "key.test")
    code, out, _ = ceremony.peel_outer("office.example", *manifest)
    assert (code, "key.test\t3\t3\t0\t0" in out) == (0, True)
    ceremony.write_stage(3, "key.test", boxes={"key.test": 3, "north": 0})
    code, _, error = ceremony.peel_outer("observer.example", *manifest)
    assert (code, "knows no box key.test" in error) == (2, True)
