"""Checking a voter's receipt offline: a proof that a ballot is in the log, or an acceptance.

Neither says anything of the choices. Keys come from the trust file, else from a bundle, which then
vouches for itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from tallying.errors import InvalidBundle, TallyingError
from tallying.evidence import canonical, merkle
from tallying.evidence.acceptance import Acceptance, parse_note, receipt_code
from tallying.evidence.bundle import Bundle
from tallying.evidence.checkpoint import Checkpoint
from tallying.evidence.checks.check import Failed, Skipped
from tallying.evidence.checks.evidence import Evidence
from tallying.evidence.notes import InvalidNote, Verifier, open_note, text_of
from tallying.evidence.policy import Policy
from tallying.evidence.proof import MAGIC, InvalidProof, Proof
from tallying.evidence.trust import Trust, named
from tallying.evidence.verify import Report, make


@dataclass(frozen=True)
class Sources:
    """What a receipt is checked against; `bundle` and `trust` None where none was given."""

    trust: Trust | None
    bundle: Evidence | None

    def keys(self, role: str) -> tuple[Verifier, ...]:
        """The keys of the `log` or of the `receipt`s; raises `Skipped` without any."""
        found: tuple[Verifier, ...] = getattr(self.trust, role) if self.trust else ()
        if not found and self.bundle is not None:
            found = self.bundle.keys(role)
        if not found:
            reason = f"no trust file (--trust) and no bundle (--bundle) names a {role} key"
            raise Skipped(reason, expected=False)
        return found

    @property
    def policy(self) -> Policy | None:
        """Which witnesses are needed; None where nobody says so."""
        if self.trust is not None and self.trust.policy is not None:
            return self.trust.policy
        return None if self.bundle is None else self.bundle.policy


def check_receipt(content: bytes, trust: Trust | None, bundle: Bundle | None) -> Report:
    """Every check of a proof or of an acceptance, whichever `content` is."""
    sources = Sources(trust, None if bundle is None else Evidence(bundle, trust))
    kind = _ProofChecks if is_proof(content) else _AcceptanceChecks
    checks = kind(content, sources)
    findings = tuple(make(id_, title, run) for id_, title, run in checks.all())
    return Report(findings, trusted=trust is not None)


def is_proof(content: bytes) -> bool:
    """Whether a receipt is a proof of inclusion; else it can only be an acceptance."""
    return content.startswith(MAGIC.encode())


Named = tuple[str, str, Callable[[], str]]
"""Id, title, and what is done."""


def is_promised(content: bytes, bundle: Bundle) -> bool:
    """Whether a receipt is an acceptance of the bundle's round, signed by its receipt key."""
    evidence = Evidence(bundle)
    try:
        Acceptance.read(content, evidence.round_id, evidence.receipt_keys)
    except (InvalidNote, TallyingError, canonical.NotCanonical):
        return False
    return True


class _ProofChecks:
    """A `tlog-proof`: the entry, its place, the log's signature, the witnesses, the bundle."""

    def __init__(self, content: bytes, sources: Sources) -> None:
        self._content, self._sources = content, sources

    def all(self) -> list[Named]:
        return [
            ("entry", "the entry is a ballot", self.entry),
            ("place", "the proof leads from the entry to the checkpoint", self.place),
            ("log", "the checkpoint is signed by the log", self.log),
            ("witnesses", "enough witnesses have signed the checkpoint", self.witnesses),
            ("bundle", "the entry stands in the bundle's log", self.bundle),
        ]

    @cached_property
    def proof(self) -> Proof:
        try:
            return Proof.parse(self._content)
        except InvalidProof as error:
            raise Failed(str(error)) from error

    @cached_property
    def leaf(self) -> bytes:
        if self.proof.extra is None:
            raise Failed("The proof does not hold its entry in the line `extra`.")
        return merkle.leaf_hash(self.proof.extra)

    @cached_property
    def checkpoint(self) -> Checkpoint:
        return Checkpoint.parse(text_of(self.proof.checkpoint))

    def entry(self) -> str:
        code = receipt_code(self.leaf)
        entry = canonical.loads(self.proof.extra or b"")
        if not isinstance(entry, dict) or entry.get("t") != "cast":
            raise Failed("The entry is not that of a ballot.")
        return f"receipt {code}, a ballot of the round {entry.get('r')}"

    def place(self) -> str:
        if not self.proof.leads_to(self.leaf, self.checkpoint):
            raise Failed("The proof does not lead from the entry to the checkpoint.")
        return f"entry index {self.proof.index} of {self.checkpoint.size} entries"

    def log(self) -> str:
        keys = self._sources.keys("log")
        try:
            Checkpoint.open(self.proof.checkpoint, keys)
        except InvalidNote as error:
            raise Failed(str(error)) from error
        return f"signed by {self.checkpoint.origin}"

    def witnesses(self) -> str:
        policy = self._sources.policy
        if policy is None or not policy.needs_witnesses:
            raise Skipped("no witnesses are asked for")
        try:
            signed = policy.names(open_note(self.proof.checkpoint, policy.keys).verified)
        except InvalidNote as error:
            raise Failed(str(error)) from error
        by = ", ".join(sorted(signed))
        if not policy.is_met(signed):
            raise Failed(f"Only {by} signed; more witnesses are asked for.")
        return f"signed by {by}"

    def bundle(self) -> str:
        evidence = self._sources.bundle
        if evidence is None:
            raise Skipped("no bundle (--bundle) was given")
        size, root = self.checkpoint.size, self.checkpoint.root
        if _position(evidence, self.leaf) != self.proof.index:
            raise Failed("The entry does not stand at that place of the bundle's log.")
        if size > len(evidence.leaves) or merkle.root(evidence.leaves[:size]) != root:
            raise Failed("The checkpoint of the proof is not of the bundle's log.")
        return f"entry index {self.proof.index} of the bundle's log too"


class _AcceptanceChecks:
    """An acceptance: the promise, its signature, and whether the final log keeps it."""

    def __init__(self, content: bytes, sources: Sources) -> None:
        self._content, self._sources = content, sources

    def all(self) -> list[Named]:
        return [
            ("promise", "the file is the acceptance of a ballot", self.promise),
            ("receipt", "the acceptance is signed", self.receipt),
            ("bundle", "the accepted ballot is in the bundle's log", self.bundle),
        ]

    @cached_property
    def lines(self) -> tuple[str, bytes]:
        """The round and the leaf's hash."""
        try:
            return parse_note(self._content)
        except InvalidNote as error:
            raise Failed("The file is neither a proof nor an acceptance.") from error

    def promise(self) -> str:
        round_id, leaf = self.lines
        return f"receipt {receipt_code(leaf)}, a ballot of the round {round_id}"

    def receipt(self) -> str:
        keys = self._sources.keys("receipt")
        try:
            note = open_note(self._content, keys)
        except InvalidNote as error:
            raise Failed(str(error)) from error
        return f"signed by {named(note.verified)}"

    def bundle(self) -> str:
        evidence = self._sources.bundle
        if evidence is None:
            raise Skipped("whether the promise was kept needs a bundle (--bundle)", expected=False)
        round_id, leaf = self.lines
        if round_id != evidence.round_id:
            raise Failed(f"The bundle is of the round {evidence.round_id}, not of {round_id}.")
        position = _position(evidence, leaf)
        if position is None:
            raise Failed(
                "The ballot is not in the final log. If the signature holds, this acceptance "
                "proves a fault: show it to the auditors."
            )
        return f"entry index {position} of the bundle's log"


def _position(evidence: Evidence, leaf: bytes) -> int | None:
    """Where a leaf stands in the signed log of a bundle; raises `InvalidBundle`."""
    checkpoint = evidence.checkpoint
    if merkle.root(evidence.leaves) != checkpoint.root:
        message = "The bundle's entries are not those that its checkpoint signs."
        raise InvalidBundle(message)
    return evidence.leaves.index(leaf) if leaf in evidence.leaves else None
