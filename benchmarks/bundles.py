"""Large evidence bundles of one box, generated without a ballot box, and quickly.

Nobody can open the envelopes of the sealed one: they are random bytes, as real ones are to whoever
has no key. What the layers are said to have given is made beside them.
"""

from pathlib import Path

from benchmarks.open_round import OFFICIALS, ROUND, OpenRound, act
from benchmarks.sealed_round import SealedRound
from tallying.evidence import bundle, canonical
from tallying.evidence.count import count_bundle


def generate(path: Path, ballots: int, *, sealed: bool = False) -> None:
    """Write the auditors' edition of a counted round; every tenth voter voted twice."""
    made = SealedRound(ballots) if sealed else OpenRound(ballots)
    files, entries = made.files(), made.entries()
    counted = [
        [name, canonical.digest_of(content)]
        for name, content in sorted(files.items())
        if not name.startswith(("log/", "tally/"))
    ]
    entries.append(act("tally.input", input=canonical.digest(counted), version=1, by=OFFICIALS))
    bundle.write(path, files | made.log(entries), round_id=ROUND, signer=made.log_key)
    with bundle.Bundle.open(path) as written:
        files["tally/outcome.json"] = canonical.dumps(count_bundle(written))
    outcome = canonical.digest_of(files["tally/outcome.json"])
    entries.append(act("tally.result", outcome=outcome, version=1))
    bundle.write(path, files | made.log(entries), round_id=ROUND, signer=made.log_key)
