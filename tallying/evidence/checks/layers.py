"""V18, V19 and V30: each layer gave what its report says, and both keys were tried before the vote."""

from collections.abc import Iterator
from typing import Any

from tallying.errors import Undecryptable
from tallying.evidence import canonical, opened
from tallying.evidence.bundle import is_restricted
from tallying.evidence.checks.check import Check, Failed, Skipped
from tallying.evidence.checks.evidence import Evidence, Json, field, whole
from tallying.evidence.notes import InvalidNote, Verifier, open_note
from tallying.evidence.seal import INNER, OUTER, TEST_BOX, Seal
from tallying.sealing.keys import LayerKey
from tallying.sealing.report import SCHEMA as PEEL
from tallying.sealing.seal import LAYERS, info

FILES = {OUTER: "layers/restricted/mid.jsonl", INNER: opened.OUT}
TEST_BALLOTS = 3


def v18(evidence: Evidence) -> str:
    """Both bodies signed what their layer gave; the numbers tie, from the envelopes to the ballots."""
    seal = _seal(evidence)
    paths = {layer: opened.report_path(evidence.bundle, layer) for layer in LAYERS}
    _placed(evidence, paths)
    if any(path not in evidence.bundle for path in paths.values()):
        raise Skipped("the numbers of a small box are withheld in this edition")
    reports = {layer: _report(evidence, seal, layer, path) for layer, path in paths.items()}
    _chain(reports[OUTER], reports[INNER])
    _logged(evidence, reports)
    _committed(evidence, reports[OUTER])
    for box_id, line in evidence.reconciliation.items():
        if box_id not in evidence.merged:
            _numbers(box_id, line, reports)
    if not evidence.bundle.is_public:
        _stages(evidence, reports)
    lost = sum(whole(line, "undecryptable", "report") for line in _boxes(reports))
    trust = "; the server held both keys itself (server-trust)" if seal.server_trust else ""
    return f"two layers opened, {lost} envelopes could not be{trust}"


def _placed(evidence: Evidence, paths: dict[str, str]) -> None:
    """Reports are public, unless a box hides how many ballots it has."""
    boxes = field(evidence.only("box.commit")[1], "boxes", "box.commit")
    hidden = any(box.get("size") is None for box in boxes)
    if any(is_restricted(path) is not hidden for path in paths.values()):
        raise Failed("The reports of the layers are withheld, or published, without a reason.")


def _seal(evidence: Evidence) -> Seal:
    """The seal of the manifest; open rounds are skipped."""
    if evidence.seal is None:
        raise Skipped("the ballots of an open round have no layers")
    return evidence.seal


def _report(evidence: Evidence, seal: Seal, layer: str, path: str) -> Json:
    """A layer's report, made with the manifest's key and signed by both of its machines."""
    content = evidence.bundle.read(path)
    report: Json = evidence.bundle.read_json(path)
    sealed = seal.layer(layer)
    for name, expected in (
        ("schema", PEEL),
        ("round", evidence.round_id),
        ("layer", layer),
        ("key", canonical.b64u(sealed.key)),
    ):
        if field(report, name, path) != expected:
            raise Failed(f"{path} is of another {name} than this round's.")
    text = f"{PEEL}\n{evidence.round_id}\n{layer}\n{canonical.digest_of(content)}\n"
    note = path.replace("restricted/", "").removesuffix("json") + "note"
    _signed(evidence, note, text, sealed.signers)
    for line in field(report, "boxes", path):
        n = {name: whole(line, name, path) for name in ("input", "output", *LOST)}
        if min(n.values()) < 0 or n["input"] != n["output"] + n["undecryptable"] + n["duplicates"]:
            raise Failed(f"{path}: the numbers of box {line.get('box')} do not tie.")
    return report


LOST = ("undecryptable", "duplicates")


def _signed(evidence: Evidence, path: str, text: str, signers: tuple[str, ...]) -> None:
    wanted = [Verifier.parse(signer) for signer in signers]
    if len({verifier.name for verifier in wanted}) < 2:
        raise Failed(f"Nobody observes the machine that signs {path}.")
    try:
        note = open_note(evidence.bundle.read(path), wanted)
    except InvalidNote as error:
        raise Failed(f"{path}: {error}") from error
    if note.text != text:
        raise Failed(f"{path} signs another report.")
    missing = [verifier.name for verifier in wanted if verifier not in note.verified]
    if missing:
        raise Failed(f"{path} is not signed by {missing[0]}.")


def _chain(outer: Json, inner: Json) -> None:
    if outer.get("output") != inner.get("input"):
        raise Failed("The inner layer was not opened from what the outer one gave.")
    given = {line["box"]: line["output"] for line in outer["boxes"]}
    taken = {line["box"]: line["input"] for line in inner["boxes"]}
    if given != taken:
        raise Failed("The inner layer took other numbers of ballots than the outer one gave.")


def _logged(evidence: Evidence, reports: dict[str, Json]) -> None:
    """The log names both reports, outer first, after `box.commit` and before the count."""
    found = evidence.by_type.get("layer", [])
    expected = [{"layer": layer, "report": canonical.digest(reports[layer])} for layer in LAYERS]
    stated = [{name: entry.get(name) for name in expected[0]} for _, entry in found]
    if stated != expected:
        raise Failed("The log's layer entries are not about these two reports.")
    if found[0][0] < evidence.only("box.commit")[0]:
        raise Failed("A layer was opened before the boxes were committed.")
    counted = [position for position, _ in evidence.by_type.get("tally.input", [])]
    if counted and found[-1][0] > min(counted):
        raise Failed("A layer was opened after counting began.")


def _committed(evidence: Evidence, outer: Json) -> None:
    """The outer layer took as many envelopes of each box as were committed to, where that is told."""
    taken = {line["box"]: line["input"] for line in outer["boxes"]}
    for box in field(evidence.only("box.commit")[1], "boxes", "box.commit"):
        box_id, size = field(box, "box", "box.commit"), field(box, "size", "box.commit")
        if size is not None and taken.get(box_id) != size:
            raise Failed(f"The outer layer was not given the {size} envelopes of box {box_id}.")


def _numbers(box_id: str, line: Json, reports: dict[str, Json]) -> None:
    """What the reports say of a box is what the reconciliation says."""
    lines = {
        layer: next((item for item in report["boxes"] if item.get("box") == box_id), None)
        for layer, report in reports.items()
    }
    outer, inner = lines[OUTER], lines[INNER]
    if outer is None or inner is None:
        raise Failed(f"A layer's report does not name box {box_id}.")
    if line.get("into_peel") not in (None, outer["input"]):
        raise Failed(f"The outer layer took {outer['input']} envelopes of box {box_id}.")
    for name in LOST:
        if line.get(name) not in (None, outer[name] + inner[name]):
            raise Failed(f"Box {box_id}: the reports give another number of {name}.")


def _boxes(reports: dict[str, Json]) -> Iterator[Json]:
    for report in reports.values():
        yield from report["boxes"]


def _stages(evidence: Evidence, reports: dict[str, Json]) -> None:
    """The stages that auditors hold are the ones that the reports name."""
    if evidence.files.counted.stage != reports[OUTER]["input"]:
        raise Failed("The outer layer was not opened from the counted envelopes.")
    for layer, path in FILES.items():
        if evidence.files.digest(path)[0] != reports[layer]["output"]:
            raise Failed(f"{path} is not what the {layer} layer gave.")
        items = evidence.files.items(path)
        for line in reports[layer]["boxes"]:
            if items.get(line["box"], 0) != line["output"]:
                raise Failed(f"{path} holds another number of items of box {line['box']}.")


def _contents(evidence: Evidence, box_id: str) -> list[bytes]:
    lines = evidence.bundle.read_lines(opened.counted(box_id))
    return [canonical.unb64u(item["envelope"]) for item in lines]


def v19(evidence: Evidence) -> str:
    """With the private keys at hand: each layer opens to what its report says."""
    seal = _seal(evidence)
    if not evidence.layer_keys:
        raise Skipped("no private key of a layer was given")
    before = {box_id: _contents(evidence, box_id) for box_id in evidence.elections}
    for layer in LAYERS:
        after = opened.by_box(evidence.bundle, FILES[layer])
        if layer in evidence.layer_keys:
            _peeled_again(evidence, seal, layer, before, after)
        before = after
    return f"opened again with the key of {' and '.join(evidence.layer_keys)}"


def _peeled_again(
    evidence: Evidence,
    seal: Seal,
    layer: str,
    before: dict[str, list[bytes]],
    after: dict[str, list[bytes]],
) -> None:
    key = evidence.layer_keys[layer]
    if key.public != seal.layer(layer).key:
        raise Failed(f"The key that was given is not that of the {layer} layer.")
    for box_id, items in before.items():
        context = info(evidence.round_id, box_id, layer)
        if _opened(key, context, layer, items) != after.get(box_id, []):
            raise Failed(f"The {layer} layer of box {box_id} opens to other ballots.")


def _opened(key: LayerKey, context: bytes, layer: str, items: list[bytes]) -> list[bytes]:
    """What distinct items open to, sorted; the inner layer's without the padding."""
    found = []
    for item in set(items):
        try:
            content = key.open(context, item)
        except Undecryptable:
            continue
        found.append(content.rstrip(b"\0") if layer == INNER else content)
    return sorted(found)


def v30(evidence: Evidence) -> str:
    """Test ballots passed both layers before the vote was opened, with the keys of the manifest."""
    seal = _seal(evidence)
    position, entry = evidence.only("key.test")
    if position > evidence.only("open")[0]:
        raise Failed("The keys were tried after voting opened.")
    reports = {
        layer: _report(evidence, seal, layer, f"layers/test/{layer}.json") for layer in LAYERS
    }
    _chain(reports[OUTER], reports[INNER])
    stated: dict[str, Any] = {
        **{layer: canonical.digest(report) for layer, report in reports.items()},
        "expected": reports[INNER].get("output"),
    }
    if {name: entry.get(name) for name in stated} != stated:
        raise Failed("The log's key.test is not about these reports, or another stage came out.")
    boxes = [(line["box"], line["input"], line["output"]) for line in _boxes(reports)]
    if boxes != [(TEST_BOX, TEST_BALLOTS, TEST_BALLOTS)] * len(LAYERS):
        raise Failed(f"The key test did not bring {TEST_BALLOTS} test ballots through.")
    return f"{TEST_BALLOTS} test ballots passed both layers before voting opened"


CHECKS = (
    Check("V18", "layers in and out", v18),
    Check("V19", "layers peeled again", v19, auditors_only=True),
    Check("V30", "the key test before opening", v30),
)
