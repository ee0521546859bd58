"""What two officials changed of a sealed round while the vote was open: its close, its projects."""

from datetime import datetime

from tallying.evidence import canonical, manifest
from tallying.evidence.checks.check import Failed
from tallying.evidence.checks.evidence import Evidence, Json, field
from tallying.evidence.checks.times import moment

DURING = ("extend", "withdraw")


def sealed_chain(evidence: Evidence, config: Json) -> str:
    """Follow the manifest from the log's first entry through every amendment; says how many.

    Each amendment is public and stands before `open`; the newest one's manifest is the round's.
    Raises `Failed`.
    """
    amendments = evidence.by_type.get("amend", [])
    folder = manifest.AMENDED
    old = [f"{folder}{number}.json" for number in range(1, len(amendments) + 1)]
    if sorted(old) != sorted(name for name in evidence.bundle.index if name.startswith(folder)):
        raise Failed("The amended manifests are not those that the log's amendments replaced.")
    digests = [canonical.digest_of(evidence.bundle.read(name)) for name in old]
    stated = [config.get("manifest"), *(entry.get("manifest") for _, entry in amendments)]
    if stated != [*digests, evidence.manifest_digest]:
        raise Failed(
            "The manifest is not the one that the log's first entry or amendments commit to."
        )
    opened = evidence.only("open")[0]
    for position, entry in amendments:
        if position > opened:
            raise Failed(f"The amendment (entry index {position}) came after voting had opened.")
        if not field(entry, "what", f"The amendment (entry index {position})"):
            raise Failed(f"The amendment (entry index {position}) does not say what it changed.")
    return f", after {len(amendments)} public amendments" if amendments else ""


def as_logged(evidence: Evidence) -> str:
    """Judge the acts during the vote, and say how many; raises `Failed`.

    `config/acts.json`, which the count reads, lists exactly those of the log.
    """
    found = sorted(
        (position, kind) for kind in DURING for position, _ in evidence.by_type.get(kind, [])
    )
    entries = {position: act for kind in DURING for position, act in evidence.by_type.get(kind, [])}
    if [entries[position] for position, _ in found] != evidence.acts:
        raise Failed("config/acts.json does not list the acts of the log during the vote.")
    opened, closed = evidence.only("open")[0], evidence.only("close")[0]
    for position, kind in found:
        if not opened < position < closed:
            raise Failed(
                f"The act {kind} (entry index {position}) stands outside of open and close."
            )
    _withdrawn(evidence)
    committed = evidence.only("box.commit")[0]
    for position, _ in evidence.by_type.get("revoke", []):
        if not opened < position < committed:
            raise Failed(
                f"The revocation (entry index {position}) stands outside of open and box.commit."
            )
    _destroyed(evidence)
    return f"; {len(found)} acts changed it during the vote" if found else ""


def last_close(evidence: Evidence) -> datetime:
    """The time at which the vote ends: the manifest's, or the last extension's.

    Raises `Failed` when one was decided too late, or names no later time.
    """
    closes = moment(evidence.manifest, "closes", "The manifest")
    for position, entry in evidence.by_type.get("extend", []):
        where = f"The extension (entry index {position})"
        if moment(entry, "at", where) >= closes:
            raise Failed(f"{where} was decided after the close.")
        later = moment(entry, "closes", where)
        if later <= closes:
            raise Failed(f"{where} names no later close.")
        closes = later
    return closes


def _withdrawn(evidence: Evidence) -> None:
    """Each withdrawn project stands on the ballot of its box, and is withdrawn once."""
    closes = last_close(evidence)
    seen: set[str] = set()
    for position, entry in evidence.by_type.get("withdraw", []):
        where = f"The withdrawal (entry index {position})"
        box, project = (str(field(entry, name, where)) for name in ("box", "project"))
        election = evidence.elections.get(box)
        if election is None or project not in election.index or project in seen:
            raise Failed(f"{where} names no project of its box, or one withdrawn before.")
        if moment(entry, "at", where) >= closes:
            raise Failed(f"{where} was decided after the close.")
        seen.add(project)


def _destroyed(evidence: Evidence) -> None:
    """Destruction comes last, once, and after the day until which the rules keep everything."""
    found = evidence.by_type.get("key.destroyed", [])
    if not found:
        return
    position, entry = found[0]
    kept = evidence.manifest.get("keep_until")
    if len(found) > 1 or position != len(evidence.leaves) - 1:
        raise Failed("The log goes on after its keys were destroyed.")
    if not isinstance(kept, str) or str(entry.get("at"))[:10] <= kept:
        raise Failed(f"The keys were destroyed (entry index {position}) before the rules allow it.")
