"""V01 to V03: the files are those of the index, the index is signed, JSON is canonical."""

from tallying.evidence import privacy
from tallying.evidence.bundle import ATTESTATIONS, INDEX, SIGNATURE, index_text, is_restricted
from tallying.evidence.checks.check import Check, Failed
from tallying.evidence.checks.evidence import POLICY, RECEIPT_KEY, Evidence
from tallying.evidence.notes import InvalidNote, open_note
from tallying.evidence.opened import report_path
from tallying.evidence.trust import named
from tallying.sealing.seal import LAYERS

UNLISTED = frozenset({INDEX, SIGNATURE})
ENDS = ("json", "note")
REQUIRED = (
    "config/round.json",
    POLICY,
    RECEIPT_KEY,
    "log/checkpoint",
    "log/entries.jsonl",
    "roll/root.json",
    "reconciliation.json",
    privacy.PATH,
    "tally/outcome.json",
    "software/requirements.lock",
    "verify/CHECKS.md",
    "verify/pbverify.py",
)
BOX_RESTRICTED = ("counted.jsonl", "superseded.jsonl")
SEALED = (
    *(f"layers/test/{layer}.{end}" for layer in LAYERS for end in ENDS),
    *(f"layers/{layer}.note" for layer in LAYERS),
    "layers/restricted/mid.jsonl",
    "layers/restricted/out.jsonl",
)
ROLL_RESTRICTED = ("roll.jsonl", "openings.jsonl")


def v01(evidence: Evidence) -> str:
    """Every file is listed with its hash and size, and every listed file that may be is here."""
    bundle = evidence.bundle
    for name in bundle.names:
        if name not in UNLISTED and not name.startswith(ATTESTATIONS) and name not in bundle.index:
            raise Failed(f"The file {name} is not in the index.")
    # The counted envelopes last: another process may be reading them.
    for path in sorted(bundle.index, key=lambda name: name.endswith("/counted.jsonl")):
        item = bundle.index[path]
        if path not in bundle:
            if not (bundle.is_public and is_restricted(path)):
                raise Failed(f"The file {path} is in the index and missing.")
            continue
        digest, length = evidence.files.digest(path)
        size = None if is_restricted(path) else length
        if digest != item.get("sha256") or size != item.get("size"):
            raise Failed(f"The file {path} is not the one that the index describes.")
    _all_required(evidence)
    here = sum(path in bundle for path in bundle.index)
    edition = "auditor edition"
    if bundle.is_public:
        edition = f"public edition, which leaves out {len(bundle.index) - here} of its files"
    return f"{here} files are those of the index ({edition})"


def _all_required(evidence: Evidence) -> None:
    """The index cannot leave out what the other checks stand on."""
    wanted = [*REQUIRED, *(f"roll/restricted/{name}" for name in ROLL_RESTRICTED)]
    if evidence.seal is not None:
        wanted += [*SEALED, *(report_path(evidence.bundle, layer) for layer in LAYERS)]
    for box_id in evidence.elections:
        wanted += [f"box/{box_id}/restricted/{name}" for name in BOX_RESTRICTED]
        if box_id not in evidence.merged:
            wanted.append(f"box/{box_id}/invalid.json")
        public = {f"box/{box_id}/ballots.pb", f"box/{box_id}/withheld.json"}
        if len(public & set(evidence.bundle.index)) != 1:
            raise Failed(f"Box {box_id} must have either ballots.pb or withheld.json.")
        if f"box/{box_id}/ballots.pb" in evidence.bundle.index:
            wanted.append(f"box/{box_id}/restricted/ballots.jsonl")
    for path in wanted:
        if path not in evidence.bundle.index:
            raise Failed(f"The index lists no file {path}.")


def v02(evidence: Evidence) -> str:
    """The index is signed by the log's key, and the keys are those that the verifier trusts."""
    for role, path in (("log", POLICY), ("receipt", RECEIPT_KEY)):
        if len(evidence.keys(role)) != 1:
            raise Failed(f"{path} does not name one {role} key.")
    text = index_text(evidence.bundle.round_id, evidence.bundle.read(INDEX))
    try:
        note = open_note(evidence.bundle.read(SIGNATURE), evidence.log_keys)
    except InvalidNote as error:
        raise Failed(f"{SIGNATURE}: {error}") from error
    if note.text != text:
        raise Failed(f"{SIGNATURE} signs another index.")
    if evidence.bundle.round_id != evidence.round_id:
        raise Failed("The index and the manifest name different rounds.")
    return f"signed by {named(note.verified)}; {_trusted(evidence)}"


def _trusted(evidence: Evidence) -> str:
    if evidence.trust is None:
        return "no trust file was given: whose keys these are is unproven"
    for role in ("log", "receipt"):
        used, trusted = evidence.keys(role), getattr(evidence.trust, role)
        foreign = [verifier for verifier in used if verifier not in trusted]
        if foreign and (trusted or role == "log"):
            raise Failed(f"The {role} key of {named(foreign)} is not one of the trust file.")
    held = "log and receipt keys are those" if evidence.trust.receipt else "log key is the one"
    return f"the {held} of the trust file"


def v03(evidence: Evidence) -> str:
    """Every JSON file is in canonical form."""
    read = 0
    for name in evidence.bundle.names:
        if name.endswith(".json"):
            evidence.bundle.read_json(name)
            read += 1
        elif name.endswith(".jsonl"):
            evidence.files.check_lines(name)
            read += 1
    return f"{read} files are canonical JSON"


CHECKS = (
    Check("V01", "every file is listed with its hash, and no other is here", v01),
    Check("V02", "the index is signed by trusted keys", v02),
    Check("V03", "every JSON file is canonical", v03),
)
