"""What two officials changed of a sealed round: an honest bundle passes, an altered one does not."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from tallying.evidence import bundle, canonical, merkle
from tallying.evidence.checkpoint import Checkpoint
from tallying.evidence.notes import Signer, generate_key
from tallying.evidence.trust import Trust
from tallying.evidence.verify import Report, verify
from tests.tallying.evidence import second
from tests.tallying.evidence.alterations import announce_input, entry, relogged
from tests.tallying.evidence.archives import detail, failed
from tests.tallying.evidence.example_round import CLOSED, ROUND, example_manifest, joined, voter_ref
from tests.tallying.evidence.synthetic import Case

Judge = Callable[[Case, Path], Report]

WHY = {"en": "The post was late."}
AT, LATER, LATEST = "2027-05-30T10:00:00Z", "2027-06-02T20:00:00Z", "2027-06-03T20:00:00Z"
EXTENDED = {"t": "extend", "at": AT, "closes": LATER, "reason": WHY}
AGAIN = {"t": "extend", "at": "2027-06-01T10:00:00Z", "closes": LATEST, "reason": WHY}
GONE = {"t": "withdraw", "at": AT, "box": "north", "project": "n1", "reason": WHY}
ADMINISTRATION = Signer(generate_key("vote.example.org/example/_administration")[0])
AMENDED = (
    example_manifest(title={"en": "Bugdet 2027"}),
    example_manifest(title={"en": "Budget 2026"}),
)


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """An honest round, amended and extended twice, without a project and two voters."""
    revoked = (voter_ref(0), voter_ref(121))
    kept = example_manifest(keep_until="2027-08-31")
    return Case(
        manifest=kept,
        admin=ADMINISTRATION,
        acts=[EXTENDED, GONE, AGAIN],
        revoked=revoked,
        amended=AMENDED,
    ).build(tmp_path_factory.mktemp("changed"))


@pytest.fixture
def acted(changed: Case) -> Case:
    """The same, to be altered."""
    copy = Case(keys=changed.keys, manifest=deepcopy(changed.manifest), acts=changed.acts)
    copy.files, copy.entries = dict(changed.files), deepcopy(changed.entries)
    return copy


@pytest.fixture(params=["tallying", "pbverify"])
def judge(request: pytest.FixtureRequest) -> Callable[[Case, Path], Report]:
    """Verify a round by either program."""

    def run(case: Case, folder: Path) -> Report:
        path = case.write(folder / "bundle.zip")
        if request.param == "pbverify":
            return second.verify(path, case.keys.trust)
        with bundle.Bundle.open(path) as opened:
            return verify(opened, Trust.parse(case.keys.trust, "trust"))

    return run


def test_an_extended_vote_without_a_project_is_verified(
    acted: Case, tmp_path: Path, judge: Judge
) -> None:
    report = judge(acted, tmp_path)
    assert report.passed, report.to_json()
    assert "3 acts changed it during the vote" in detail(report, "V09")
    outcome = canonical.loads(acted.files["tally/outcome.json"])["boxes"][0]["outcome"]
    assert "n1" not in outcome["funded"]
    assert "after 2 public amendments" in detail(report, "V09")
    assert "log of the administration, at 3 entries" in detail(report, "V05")
    assert "2 revocations open" in detail(report, "V14")


def edit_entry(kind: str, **fields: Any) -> Callable[[Case], Any]:
    """Another act in the log and in the list of acts, as an operator would write both."""

    def apply(case: Case) -> None:
        entry(case, kind).update(fields)
        case.edit("config/acts.json", lambda value: _listed(value, kind).update(fields))
        entry(case, "tally.input")["input"] = case.input_digest()
        case.relog()

    return apply


def _listed(value: Any, kind: str) -> Any:
    return next(act for act in value["acts"] if act["t"] == kind)


def list_other(change: Callable[[list[Any]], Any]) -> Callable[[Case], Any]:
    """Another list of acts than the log's, counted as if all were well."""
    return announce_input(
        lambda case: case.edit("config/acts.json", lambda value: change(value["acts"]))
    )


def drop_acts(case: Case) -> None:
    del case.files["config/acts.json"]


def move_after_close(kind: str) -> Callable[[Case], Any]:
    def apply(case: Case) -> None:
        moved = entry(case, kind)
        case.entries.remove(moved)
        case.entries.insert(case.entries.index(entry(case, "close")) + 1, moved)

    return relogged(apply)


def count_revoked(case: Case) -> None:
    """Let a revoked ballot count after all."""
    [line] = case.files.pop(f"{NORTH}/revoked.jsonl").splitlines()
    lines = sorted([*case.files[COUNTED].splitlines(), line], key=_envelope)
    case.files[COUNTED] = joined(lines)


def revoke_another(case: Case) -> None:
    """Leave out another voter's ballot than the one that is revoked."""
    lines = case.files[COUNTED].splitlines()
    revoked = case.files[f"{NORTH}/revoked.jsonl"].splitlines()
    case.files[COUNTED] = joined(sorted([*lines[1:], *revoked], key=_envelope))
    case.files[f"{NORTH}/revoked.jsonl"] = joined(lines[:1])


def _envelope(line: bytes) -> bytes:
    return canonical.unb64u(canonical.loads(line)["envelope"])


NORTH = "box/north/restricted"
COUNTED = f"{NORTH}/counted.jsonl"
REVOCATIONS = "roll/restricted/revocations.jsonl"
ADMIN_LOG = "admin-log/entries.jsonl"
FIRST = "admin-log/history/0000000001.checkpoint"


def drop_act(case: Case) -> None:
    case.edit_lines(ADMIN_LOG, lambda lines: lines.pop())


def sign_otherwise(case: Case) -> None:
    other = Signer(generate_key(ADMINISTRATION.name)[0])
    text = case.files["admin-log/checkpoint"].decode().rpartition("\n\n")[0] + "\n"
    case.files["admin-log/checkpoint"] = Checkpoint.parse(text).sign(other)


def sign_beginning(case: Case) -> bytes:
    """A checkpoint of another first entry, by the administration's own key."""
    root = merkle.root([merkle.leaf_hash(case.files[ADMIN_LOG].splitlines()[1])])
    return Checkpoint(ADMINISTRATION.name, 1, root).sign(ADMINISTRATION)


def destroyed(**fields: Any) -> Callable[[Case], Any]:
    """Log a destruction, in rules that keep everything until the end of August."""

    def apply(case: Case) -> None:
        by = entry(case, "open")["by"]
        act = {"t": "key.destroyed", "r": ROUND, "at": "2027-09-01T08:00:00Z", "by": by, **fields}
        case.entries.append(act)
        case.relog()

    return apply


MUTATIONS: dict[str, tuple[str, Callable[[Case], Any]]] = {
    "a withdrawal that only the count knows": (
        "V09",
        list_other(lambda acts: acts.append({**GONE, "project": "n2"})),
    ),
    "a withdrawal that the count does not know": ("V09", list_other(lambda acts: acts.pop(1))),
    "no list of acts": ("V09", announce_input(drop_acts)),
    "an empty list of acts": ("V09", list_other(lambda acts: acts.clear())),
    "a withdrawal after the close": ("V09", move_after_close("withdraw")),
    "an extension after the close": ("V09", move_after_close("extend")),
    "a withdrawn project of another box": ("V09", edit_entry("withdraw", box="south")),
    "a withdrawal of nothing": ("V09", edit_entry("withdraw", project="n9")),
    "a withdrawal decided too late": ("V09", edit_entry("withdraw", at=LATEST)),
    "an act of officials left out of their log": ("V05", drop_act),
    "an act of officials altered": (
        "V05",
        lambda case: case.edit_lines(ADMIN_LOG, lambda lines: lines[0].update(a="other")),
    ),
    "no log of the administration": (
        "V05",
        lambda case: [case.files.pop(name) for name in list(case.files) if "admin-log" in name],
    ),
    "a log of the administration by another key": ("V05", sign_otherwise),
    "another beginning of the administration's log": (
        "V05",
        lambda case: case.files.update({FIRST: sign_beginning(case)}),
    ),
    "a log of the administration that the round does not name": (
        "V05",
        relogged(lambda case: case.entries[0].pop("admin")),
    ),
    "an amendment after voting had opened": (
        "V09",
        relogged(lambda case: case.entries.insert(9, case.entries.pop(2))),
    ),
    "an amendment that nobody logged": (
        "V09",
        relogged(lambda case: case.entries.remove(entry(case, "amend"))),
    ),
    "an amendment to another manifest": (
        "V09",
        relogged(lambda case: case.entries[2].update(manifest=case.entries[0]["manifest"])),
    ),
    "an amendment without a word": ("V09", relogged(lambda case: case.entries[1].pop("what"))),
    "an old manifest altered": (
        "V09",
        announce_input(
            lambda case: case.edit("config/amended/1.json", lambda value: value.update(title={}))
        ),
    ),
    "an old manifest left out": (
        "V09",
        announce_input(lambda case: case.files.pop("config/amended/2.json")),
    ),
    "one official who amended": (
        "V10",
        relogged(lambda case: entry(case, "amend").update(by=["a", "a"])),
    ),
    "a revocation after the boxes were committed": (
        "V09",
        relogged(lambda case: case.entries.append(entry(case, "revoke"))),
    ),
    "one official who revoked": (
        "V10",
        relogged(lambda case: entry(case, "revoke").update(by=["a", "a"])),
    ),
    "a revocation that does not open": (
        "V14",
        lambda case: case.edit_lines(
            REVOCATIONS, lambda lines: lines[1].update(voter_ref=voter_ref(1))
        ),
    ),
    "a revocation that nobody opens": (
        "V14",
        lambda case: case.edit_lines(REVOCATIONS, lambda lines: lines.pop()),
    ),
    "a revocation opened twice": (
        "V14",
        lambda case: case.edit_lines(REVOCATIONS, lambda lines: lines.append(lines[0])),
    ),
    "a revoked ballot that counts": ("V14", count_revoked),
    "another ballot revoked than that of the voter": ("V14", revoke_another),
    "a ballot revoked without an entry": (
        "V15",
        relogged(
            lambda case: case.entries.__setitem__(
                slice(None), [item for item in case.entries if item["t"] != "revoke"]
            )
        ),
    ),
    "a destruction before its day": ("V09", destroyed(at="2027-08-31T23:59:59Z")),
    "one official who destroyed": ("V10", destroyed(by=["a", "a"])),
    "a destruction by rules that keep everything": (
        "V09",
        lambda case: (
            case.edit("config/round.json", lambda value: value.update(keep_until=None)),
            destroyed()(case),
        ),
    ),
    "a log that goes on after a destruction": (
        "V09",
        lambda case: (destroyed()(case), destroyed(at="2027-09-02T08:00:00Z")(case)),
    ),
    "one official who withdrew": ("V10", edit_entry("withdraw", by=["a", "a"])),
    "one official who extended": ("V10", edit_entry("extend", by=["a"])),
    "an extension decided after the close": ("V17", edit_entry("extend", at=CLOSED)),
    "an extension to an earlier time": ("V17", edit_entry("extend", closes=AT)),
    "a close before the extended time": (
        "V17",
        relogged(lambda case: entry(case, "close").update(at=LATER)),
    ),
    "a withdrawn project that wins": (
        "V22",
        lambda case: case.edit(
            "tally/outcome.json",
            lambda value: value["boxes"][0]["outcome"].update(funded=["n1", "n2"]),
        ),
    ),
}


@pytest.mark.parametrize("what", MUTATIONS)
def test_an_act_that_is_not_as_logged_is_caught(
    acted: Case, tmp_path: Path, judge: Judge, what: str
) -> None:
    expected, change = MUTATIONS[what]
    change(acted)
    report = judge(acted, tmp_path)
    assert expected in failed(report), report.to_json()
    assert "unexpected form" not in detail(report, expected)
