"""The log of the parliament's administration, which goes along with a counted round."""

from tallying.evidence import merkle
from tallying.evidence.checkpoint import Checkpoint
from tallying.evidence.checks.check import Failed
from tallying.evidence.checks.evidence import Evidence, Json
from tallying.evidence.notes import InvalidNote, Verifier

FOLDER = "admin-log/"
FIXING = ("round:manifest:sealed", "round:manifest:amended")


def admin_log(evidence: Evidence, config: Json) -> str:
    """Judge it by the key that the round's first entry names; says how long it is.

    Raises `Failed` when it is missing, altered, or signed by another key.
    """
    key = config.get("admin")
    paths = [path for path in evidence.bundle.index if path.startswith(FOLDER)]
    if key is None:
        if paths:
            raise Failed(
                "The bundle holds a log of the administration that the round does not name."
            )
        return ""
    if not paths and "tally/outcome.json" not in evidence.bundle.index:
        return ""
    try:
        verifiers = (Verifier.parse(str(key)),)
        newest = Checkpoint.open(evidence.bundle.read(f"{FOLDER}checkpoint"), verifiers)
        earlier = [
            Checkpoint.open(evidence.bundle.read(path), verifiers)
            for path in paths
            if path.startswith(f"{FOLDER}history/")
        ]
    except InvalidNote as error:
        raise Failed(f"The log of the administration: {error}") from error
    leaves = [merkle.leaf_hash(line) for line in evidence.bundle.lines(f"{FOLDER}entries.jsonl")]
    read_node = merkle.nodes_of(leaves)
    for checkpoint in (newest, *earlier):
        if checkpoint.origin != newest.origin or checkpoint.size > len(leaves):
            raise Failed("A checkpoint is not one of this log of the administration.")
        if merkle.root_at(checkpoint.size, read_node) != checkpoint.root:
            raise Failed("The log of the administration is not what its checkpoint signs.")
    if newest.size != len(leaves):
        raise Failed("The log of the administration has other entries than its checkpoint says.")
    return f"; so is the log of the administration, at {newest.size} entries"


def sealings(evidence: Evidence) -> list[Json]:
    """Its entries that say when this manifest was sealed, or took the place of another."""
    path = f"{FOLDER}entries.jsonl"
    if path not in evidence.bundle:
        return []
    entries = [item for item in evidence.bundle.read_lines(path) if isinstance(item, dict)]
    return [
        item
        for item in entries
        if item.get("a") in FIXING and item.get("manifest") == evidence.manifest_digest
    ]
