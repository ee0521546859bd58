"""V04 to V10 and V17: the log is whole, signed, consistent, and says what the rules allow."""

from itertools import pairwise

from tallying.evidence import merkle
from tallying.evidence.checks import changes, entries
from tallying.evidence.checks.admin import admin_log, sealings
from tallying.evidence.checks.check import Check, Failed, Skipped, later
from tallying.evidence.checks.evidence import POLICY, Evidence
from tallying.evidence.checks.times import moment, moment_of
from tallying.evidence.notes import InvalidNote, open_note
from tallying.evidence.policy import with_log
from tallying.evidence.trust import named

TWO_OFFICIALS = (
    *("amend", "open", "extend", "withdraw", "revoke", "close", "seed", "tally.input", "incident"),
    "key.destroyed",
)
ORDER = ("round.config", "roll.commit", "open", "close", "box.commit")
KNOWN = {*TWO_OFFICIALS, *ORDER, "roll.change", "key.test", "layer", "tally.result"}
CANARIES = {"canary.commit", "canary.open"}

HISTORY = "log/history/"
MOST_ENTRY_BYTES = 65_535


def v04(evidence: Evidence) -> str:
    """The Merkle root over the entries is the checkpoint's."""
    checkpoint, leaves = evidence.checkpoint, evidence.leaves
    if len(leaves) != checkpoint.size:
        raise Failed(f"The log has {len(leaves)} entries; the checkpoint says {checkpoint.size}.")
    if merkle.root(leaves) != checkpoint.root:
        raise Failed("The root over the entries is not the one that the checkpoint signs.")
    if len(set(leaves)) != len(leaves):
        raise Failed("An entry stands twice in the log.")
    if evidence.log.longest > MOST_ENTRY_BYTES:
        raise Failed(f"An entry is above {MOST_ENTRY_BYTES} bytes.")
    return f"{checkpoint.size} entries give the signed root"


def v05(evidence: Evidence) -> str:
    """The checkpoint is signed by the log's key and names the round's log; so is that of the
    administration's log, by the key that the round's first entry names."""
    checkpoint = evidence.checkpoint
    _, config = evidence.only("round.config")
    if checkpoint.origin != config.get("origin"):
        raise Failed(f"The checkpoint is of the log {checkpoint.origin}, not of this round's.")
    told = admin_log(evidence, config)
    return f"signed by {named(evidence.log_keys)} at {checkpoint.size} entries{told}"


def v06(evidence: Evidence) -> str:
    """Enough witnesses have cosigned the newest checkpoint."""
    policy, whose = evidence.policy, "the round's policy"
    if evidence.trust is not None and evidence.trust.policy is not None:
        policy, whose = evidence.trust.policy, "the trust file"
    if not policy.needs_witnesses:
        raise Skipped(f"{whose} asks for no witnesses")
    path = "log/checkpoint"
    try:
        note = open_note(evidence.bundle.read(path), [*evidence.log_keys, *policy.keys])
    except InvalidNote as error:
        raise Failed(f"{path}: {error}") from error
    signed = policy.names(note.verified)
    by = ", ".join(sorted(signed)) or "nobody"
    if not policy.is_met(signed):
        raise Failed(f"The newest checkpoint is witnessed by {by}; {whose} asks for more.")
    return f"witnessed by {by}, as {whose} asks"


def v07(evidence: Evidence) -> str:
    """Every checkpoint signed on the way is of the same log."""
    paths = [name for name in evidence.bundle.index if name.startswith(HISTORY)]
    if not paths:
        raise Skipped("no earlier checkpoint is in this bundle: there was nothing to compare")
    read_node = merkle.nodes_of(evidence.leaves)
    for path in sorted(paths):
        checkpoint = evidence.open_checkpoint(path)
        if checkpoint.origin != evidence.checkpoint.origin:
            raise Failed(f"{path} is of another log.")
        if checkpoint.size > len(evidence.leaves):
            raise Failed(f"{path} knows more entries than the log has.")
        if merkle.root_at(checkpoint.size, read_node) != checkpoint.root:
            raise Failed(f"{path} signs another beginning of the log.")
    return f"{len(paths)} checkpoints are beginnings of this log"


def v09(evidence: Evidence) -> str:
    """One `round.config`, the first entry, before `open`, of this manifest and these keys."""
    position, config = evidence.only("round.config")
    if position != 0:
        raise Failed("round.config is not the first entry of the log.")
    amended = changes.sealed_chain(evidence, config)
    for role in ("log", "receipt"):
        if config.get(role) not in {key.text for key in evidence.keys(role)}:
            raise Failed(f"The {role} key of the bundle is not the one that was announced.")
    if evidence.bundle.read(POLICY) != with_log(str(config["log"]), evidence.sealed_policy):
        raise Failed(f"{POLICY} does not ask for the witnesses that the manifest names.")
    positions = [evidence.only(kind)[0] for kind in ORDER]
    if any(first >= second for first, second in pairwise(positions)):
        raise Failed(f"The acts do not stand in their order: {', '.join(ORDER)}.")
    foreign = [place for named, place in evidence.log.rounds.items() if named != evidence.round_id]
    if foreign:
        raise Failed(f"Entry index {min(foreign)} belongs to another round.")
    unknown = sorted(set(evidence.by_type) - KNOWN - CANARIES)
    if unknown:
        raise Failed(f"The log has entries {unknown[0]}, which this verifier cannot judge.")
    entries.in_form(evidence)
    committed = [box["box"] for box in evidence.only("box.commit")[1]["boxes"]]
    if sorted(committed) != sorted(evidence.elections):
        raise Failed("box.commit does not name each box once.")
    told = changes.as_logged(evidence)
    return f"the manifest was fixed before voting opened{amended}{told}"


def v10(evidence: Evidence) -> str:
    """The acts that need one name a second official, another than the first."""
    acts = 0
    for kind in TWO_OFFICIALS:
        for position, entry in evidence.by_type.get(kind, []):
            officials = entry.get("by")
            if not _two_names(officials):
                raise Failed(f"The act {kind} (entry index {position}) names no second official.")
            acts += 1
    return f"{acts} acts carry two different names each"


def _two_names(officials: object) -> bool:
    return (
        isinstance(officials, list)
        and all(isinstance(name, str) and name for name in officials)
        and len(set(officials)) == len(officials) == 2
    )


def v17(evidence: Evidence) -> str:
    """Every cast stands between `open` and `close`, and within the manifest's dates."""
    opened, closed = evidence.only("open")[0], evidence.only("close")[0]
    casts = evidence.casts.positions
    # Positions rise: the first and the last say it of all.
    outside = [position for position in (*casts[:1], *casts[-1:]) if not opened < position < closed]
    if outside:
        raise Failed(f"The cast at entry index {outside[0]} stands outside of open and close.")
    opens = moment(evidence.manifest, "opens", "The manifest")
    closes = changes.last_close(evidence)
    if moment(evidence.only("close")[1], "at", "The entry close") < closes:
        raise Failed("Voting was closed before the time that was announced.")
    _opened_in_time(evidence)
    if evidence.bundle.is_public:
        return f"{len(casts)} casts stand between open and close"
    openings = evidence.openings
    for time, position in zip(openings.times, openings.positions, strict=True):
        if not opens <= moment_of(time, "An opening") < closes:
            raise Failed(f"The ballot at entry index {position} was cast out of time.")
    return f"{len(casts)} casts stand between open and close, each within the dates"


def _opened_in_time(evidence: Evidence) -> None:
    """`open` is later than whatever the logs say fixed the manifest, and before `close`."""
    opened = moment(evidence.only("open")[1], "at", "The entry open")
    if opened >= moment(evidence.only("close")[1], "at", "The entry close"):
        raise Failed("The entry open names a time that is not before that of close.")
    fixed = [
        *(moment(entry, "at", "An amendment") for _, entry in evidence.by_type.get("amend", [])),
        *(moment(entry, "at", "The administration's log") for entry in sealings(evidence)),
    ]
    if any(opened < time for time in fixed):
        raise Failed("The entry open names a time before the manifest was fixed.")


CHECKS = (
    Check("V04", "the root over the entries is the checkpoint's", v04),
    Check("V05", "the checkpoint is signed by the log's key", v05),
    Check("V06", "the witnesses' quorum", v06),
    Check("V07", "earlier checkpoints are of the same log", v07),
    later("V08", "time stamps", "reserved"),
    Check("V09", "one manifest, fixed before voting opened", v09),
    Check("V10", "a second official on the acts that need one", v10),
    Check("V17", "every cast between open and close", v17),
)
