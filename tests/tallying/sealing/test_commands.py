"""`keygen --kind layer`, `peel` and `join`, as the officials of the two bodies type them."""

import io
import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tallying.cli import main
from tallying.evidence.canonical import digest_of, dumps
from tallying.evidence.notes import Verifier, open_note
from tallying.sealing.key_files import read_key
from tallying.sealing.keys import fingerprint, read_public
from tallying.sealing.seal import SUITE, plain_ballot, seal_ballot
from tallying.sealing.stages import Header, write_stage
from tests.tallying.sealing.sealed import ROUND, items_of

Captured = pytest.CaptureFixture[str]
MARKER = "marker-project"
BODIES = {"outer": "office", "inner": "audit"}
SIGNERS = {
    "outer": ("office.example", "observer.example"),
    "inner": ("audit.example", "uni.example"),
}


class Ceremony:
    """A folder with the keys of two bodies, four machines' keys, a manifest and a stage."""

    def __init__(self, folder: Path, capsys: Captured) -> None:
        self.folder, self._capsys = folder, capsys
        assert self.run("keygen", "--kind", "layer", "office", "-o", folder)[0] == 0
        assert self.run("keygen", "--kind", "layer", "audit", "-o", folder, "--split")[0] == 0
        self.verifiers = {
            name: self.run("keygen", "--kind", "official", name, "-o", folder / f"{name}.key")[1]
            for names in SIGNERS.values()
            for name in names
        }
        self.write_manifest()
        self.write_stage(5)

    def run(self, *arguments: object) -> tuple[int, str, str]:
        self._capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        said = self._capsys.readouterr()
        assert MARKER not in said.out + said.err
        return code, said.out.strip(), said.err.strip()

    def public(self, layer: str) -> str:
        return (self.folder / f"{BODIES[layer]}.public").read_text().strip()

    def manifest(self) -> dict[str, Any]:
        return {
            "boxes": [{"id": "north"}],
            "round": ROUND,
            "seal": {
                "layers": [
                    {
                        "key": self.public(layer),
                        "layer": layer,
                        "signers": [self.verifiers[name] for name in SIGNERS[layer]],
                    }
                    for layer in BODIES
                ],
                "server_trust": False,
                "size": 256,
                "suite": SUITE,
            },
        }

    def write_manifest(self, **changes: Any) -> None:
        content = dumps(self.manifest() | changes)
        (self.folder / "round.json").write_bytes(content)

    def write_stage(self, voters: int, box: str = "north", **changes: Any) -> None:
        keys = {layer: read_public(self.public(layer)) for layer in BODIES}
        envelopes = sorted(
            seal_ballot(
                plain_ballot([MARKER], number.to_bytes(16)),
                size=256,
                round_id=ROUND,
                box_id=box,
                keys=keys,
            )
            for number in range(voters)
        )
        digest = digest_of((self.folder / "round.json").read_bytes())
        header: dict[str, Any] = {
            "round_id": ROUND,
            "manifest": digest,
            "stage": "in",
            "boxes": {box: voters},
        }
        (self.folder / "in.jsonl").unlink(missing_ok=True)
        write_stage(
            self.folder / "in.jsonl",
            Header(**header | changes),
            [(box, content) for content in envelopes],
        )

    def peel_outer(self, signer: str, *more: object) -> tuple[int, str, str]:
        return self.run(
            *("peel", self.folder / "in.jsonl", "--layer", "outer"),
            *("--key", self.folder / "office.private"),
            *("--sign-with", self.folder / f"{signer}.key"),
            *("-o", self.folder / signer),
            *more,
        )

    def peel_inner(
        self, signer: str, shares: tuple[int, ...], *more: object
    ) -> tuple[int, str, str]:
        given = [
            word for share in shares for word in ("--share", self.folder / f"audit.share-{share}")
        ]
        return self.run(
            *("peel", self.folder / "office.example" / "mid.jsonl", "--layer", "inner", *given),
            *("--sign-with", self.folder / f"{signer}.key"),
            *("-o", self.folder / signer),
            *more,
        )

    def join(self, one: str, other: str, *more: object) -> tuple[int, str, str]:
        notes = [self.folder / name / "report.note" for name in (one, other)]
        return self.run("join", *notes, "-o", self.folder / "joined.note", *more)


@pytest.fixture
def ceremony(tmp_path: Path, capsys: Captured) -> Ceremony:
    return Ceremony(tmp_path, capsys)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_keygen_writes_the_public_key_and_a_private_one_for_its_owner_alone(
    tmp_path: Path, ceremony: Ceremony
) -> None:
    code, out, _ = ceremony.run("keygen", "--kind", "layer", "--name", "x", "-o", tmp_path / "new")
    assert code == 0
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["x.private", "x.public"]
    assert mode(tmp_path / "new" / "x.private") == 0o400
    public = read_public((tmp_path / "new" / "x.public").read_text())
    assert read_key(tmp_path / "new" / "x.private", []).public == public
    assert f"Fingerprint of the new key: {fingerprint(public)}" in out
    assert str(tmp_path / "new" / "x.public") in out
    assert "PB-LAYER-KEY" not in out


def test_keygen_splits_a_key_into_three_files_and_keeps_no_whole_one(ceremony: Ceremony) -> None:
    shares = sorted(ceremony.folder.glob("audit.[ps]*"))
    assert [path.name for path in shares] == [
        "audit.public",
        *(f"audit.share-{number}" for number in (1, 2, 3)),
    ]
    assert {mode(path) for path in shares[1:]} == {0o400}
    public = read_public(ceremony.public("inner"))
    assert f"# Share 2 of 3 of the key audit, fingerprint {fingerprint(public)}." in (
        shares[2].read_text()
    )
    assert read_key(None, shares[2:]).public == public


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--kind", "layer"], "Say whose key it is"),
        (["--kind", "layer", "a/b"], "letters, digits, dots"),
        (["--kind", "layer", ".a"], "letters, digits, dots"),
        (["--kind", "layer", "office"], "office.public exists already"),
        (["--kind", "official", "a.example", "--split"], "Only the key of a layer is split"),
    ],
)
def test_keygen_refuses_in_one_sentence(
    arguments: list[str], said: str, ceremony: Ceremony
) -> None:
    before = sorted(ceremony.folder.iterdir())
    code, _, error = ceremony.run("keygen", *arguments, "-o", ceremony.folder)
    assert (code, len(error.splitlines())) == (2, 1)
    assert said in error
    assert sorted(ceremony.folder.iterdir()) == before


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
    assert {mode(path) for path in folder.iterdir()} == {0o600}
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


def replaced(name: str, change: Callable[[bytes], bytes]) -> Callable[[Ceremony], None]:
    """Something that happens to a file of the ceremony before the layer is opened."""

    def happen(ceremony: Ceremony) -> None:
        path = ceremony.folder / name
        content = change(path.read_bytes())
        path.unlink()
        path.write_bytes(content)

    return happen


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
            "does not name the outer and the inner layer",
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


def test_two_machines_that_disagree_stop_the_count_and_say_where(ceremony: Ceremony) -> None:
    ceremony.peel_outer("office.example")
    ceremony.write_stage(4)
    ceremony.peel_outer("observer.example")
    code, _, error = ceremony.join(*SIGNERS["outer"])
    assert code == 1
    assert "The two machines disagree; the count stops" in error
    assert "box north, input: 5 / 4" in error
    assert "box north, output: 5 / 4" in error
    assert "stage read: " in error
    assert not (ceremony.folder / "joined.note").exists()


def test_notes_without_their_reports_differ_in_what_they_sign(ceremony: Ceremony) -> None:
    ceremony.peel_outer("office.example")
    ceremony.write_stage(4)
    ceremony.peel_outer("observer.example")
    (ceremony.folder / "observer.example" / "report.json").unlink()
    code, _, error = ceremony.join(*SIGNERS["outer"])
    assert code == 1
    assert "digest of the report: " in error
    assert "box north" not in error


def test_a_report_that_is_not_the_signed_one_is_not_believed(ceremony: Ceremony) -> None:
    ceremony.peel_outer("office.example")
    ceremony.write_stage(4)
    ceremony.peel_outer("observer.example")
    replaced("observer.example/report.json", lambda old: old.replace(b":4,", b":9,"))(ceremony)
    _, _, error = ceremony.join(*SIGNERS["outer"])
    assert "9" not in error.split("digest of the report")[0].split("differ in")[1]
    assert "digest of the report: " in error


def test_join_refuses_one_machine_twice_and_signatures_of_others(ceremony: Ceremony) -> None:
    manifest = ("--manifest", ceremony.folder / "round.json")
    ceremony.peel_outer("office.example")
    ceremony.peel_outer("uni.example")
    code, _, error = ceremony.join("office.example", "office.example")
    assert (code, "Both notes are signed by office.example" in error) == (2, True)
    code, _, error = ceremony.join("office.example", "uni.example", *manifest)
    assert (code, "not signed by observer.example" in error) == (2, True)
    code, out, _ = ceremony.join("office.example", "uni.example")
    assert (code, "was not checked" in out) == (0, True)
    code, _, error = ceremony.join("office.example", "uni.example")
    assert (code, "exists already" in error) == (2, True)


def test_join_refuses_notes_of_another_round_than_the_manifests(ceremony: Ceremony) -> None:
    for name in SIGNERS["outer"]:
        ceremony.peel_outer(name)
    ceremony.write_manifest(round="assembly/gardens")
    code, _, error = ceremony.join(*SIGNERS["outer"], "--manifest", ceremony.folder / "round.json")
    assert (code, "the manifest is of assembly/gardens" in error) == (2, True)


def test_the_key_test_passes_with_the_manifest_and_stands_alone(ceremony: Ceremony) -> None:
    manifest = ("--manifest", ceremony.folder / "round.json")
    ceremony.write_stage(3, "key.test")
    code, out, _ = ceremony.peel_outer("office.example", *manifest)
    assert (code, "key.test\t3\t3\t0\t0" in out) == (0, True)
    ceremony.write_stage(3, "key.test", boxes={"key.test": 3, "north": 0})
    code, _, error = ceremony.peel_outer("observer.example", *manifest)
    assert (code, "knows no box key.test" in error) == (2, True)


def test_join_refuses_a_forged_signature_and_another_kind_of_note(ceremony: Ceremony) -> None:
    manifest = ("--manifest", ceremony.folder / "round.json")
    ceremony.peel_outer("office.example")
    ceremony.peel_outer("observer.example")
    note = ceremony.folder / "observer.example" / "report.note"
    honest = note.read_bytes()
    name, signature = honest.decode().splitlines()[-1].split(" ")[1:]
    other = signature[:20] + ("A" if signature[20] != "A" else "B") + signature[21:]
    note.write_bytes(honest.replace(signature.encode(), other.encode()))
    code, _, error = ceremony.join(*SIGNERS["outer"], *manifest)
    assert (code, f"The signature of {name} does not fit" in error) == (2, True)
    for text in (b"something else\n", honest.split(b"\n\n")[0].replace(b"outer", b"top") + b"\n"):
        note.write_bytes(text + b"\n" + honest.split(b"\n\n")[1])
        code, _, error = ceremony.join(*SIGNERS["outer"], *manifest)
        assert (code, "not the note of a layer" in error) == (2, True)
