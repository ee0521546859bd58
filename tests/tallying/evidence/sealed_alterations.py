"""What a dishonest operator, or a body that opens a layer, does to a sealed round of the evidence."""

from collections.abc import Callable
from typing import Any

from tallying.evidence import canonical
from tallying.evidence.notes import Signer, generate_key
from tests.tallying.evidence.example_round import joined
from tests.tallying.evidence.sealed import SealedCase

OUT = "layers/restricted/out.jsonl"
MID = "layers/restricted/mid.jsonl"
BALLOTS = "box/north/restricted/ballots.jsonl"


def entry(case: SealedCase, kind: str, place: int = 0) -> dict[str, Any]:
    return [item for item in case.entries if item["t"] == kind][place]


def logged(change: Callable[[SealedCase], Any]) -> Callable[[SealedCase], Any]:
    """A change after which the input is committed to and the log signed anew."""

    def apply(case: SealedCase) -> None:
        change(case)
        entry(case, "tally.input")["input"] = case.input_digest()
        case.relog()

    return apply


def report_of(folder: str, name: str, change: Callable[[Any], Any]) -> Callable[[SealedCase], Any]:
    """A changed report, signed and logged as if the machines had written it."""

    def apply(case: SealedCase) -> None:
        report = canonical.loads(case.files[f"{folder}{name}.json"])
        change(report)
        case.files |= case.signed(folder, {name: report})
        if folder == "layers/":
            said = entry(case, "layer", ("outer", "inner").index(name))
            said["report"] = canonical.digest(report)
        else:
            entry(case, "key.test")[name] = canonical.digest(report)

    return logged(apply)


def box_of(place: int, **numbers: int) -> Callable[[Any], Any]:
    return lambda report: report["boxes"][place].update(numbers)


def one_signature(folder: str) -> Callable[[SealedCase], Any]:
    def apply(case: SealedCase) -> None:
        case.signing["inner"] = 1
        report = canonical.loads(case.files[f"{folder}inner.json"])
        case.files |= case.signed(folder, {"inner": report})

    return logged(apply)


def stranger_signs(case: SealedCase) -> None:
    """Somebody signs in the observer's name, with another key."""
    office, observer = case.bodies["outer"]
    case.bodies = {**case.bodies, "outer": (office, Signer(generate_key(observer.name)[0]))}
    report = canonical.loads(case.files["layers/outer.json"])
    case.files |= case.signed("layers/", {"outer": report})


def other_out(change: Callable[[list[bytes]], Any]) -> Callable[[SealedCase], Any]:
    """The inner body lies: other ballots come out, and both of its machines sign them."""

    def apply(case: SealedCase) -> None:
        items = {box: list(found) for box, found in case.items["out"].items()}
        change(items["north"])
        case.files[OUT] = case.stage("out", items)
        digest = canonical.digest_of(case.files[OUT])
        report_of("layers/", "inner", lambda report: report.update(output=digest))(case)

    return apply


def alter_ballot(items: list[bytes]) -> None:
    place = next(n for n, item in enumerate(items) if b'["n3"]' in item)
    items[place] = items[place].replace(b"n3", b"n5")


def alter_canary(case: SealedCase) -> None:
    canary = case.canaries[0]

    def change(items: list[bytes]) -> None:
        items.remove(plain(canary))
        items.append(plain(canary, ["n3"]))

    other_out(change)(case)


def plain(canary: dict[str, Any], choices: list[str] | None = None) -> bytes:
    said = {"choices": choices or canary["choices"], "nonce": canary["nonce"], "v": 1}
    return canonical.dumps(said)


def drop_canary(case: SealedCase) -> None:
    """Say that a canary is lost, as it is."""
    case.canaries[0]["found"] = False
    case.files |= case.canary_file()
    entry(case, "canary.open")["canaries"] = case.canaries


def invent_canary(case: SealedCase) -> None:
    """Call a voter's ballot a canary, so that it is not counted."""
    cast = case.sealed("north")[3]
    case.canaries.append(cast.canary)
    case.files |= case.canary_file()
    entry(case, "canary.open")["canaries"] = case.canaries


def move(kind: str, place: int) -> Callable[[SealedCase], Any]:
    def apply(case: SealedCase) -> None:
        moved = entry(case, kind)
        case.entries.remove(moved)
        case.entries.insert(place, moved)

    return logged(apply)


def renamed_stage(case: SealedCase) -> None:
    first, *lines = case.files[MID].splitlines()
    header = {**canonical.loads(first), "round": "example/other"}
    case.files[MID] = joined([canonical.dumps(header), *lines])


def fewer_committed(case: SealedCase) -> None:
    entry(case, "box.commit")["boxes"][0]["size"] = 45
