"""The files of a bundle as values, each read once. Every property may raise `InvalidBundle`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from functools import cached_property
from typing import Any

from tallying.election import Election
from tallying.errors import InvalidBundle, TallyingError
from tallying.evidence import canonical, manifest
from tallying.evidence.bundle import Bundle
from tallying.evidence.canonical import NotCanonical
from tallying.evidence.checkpoint import Checkpoint
from tallying.evidence.checks.reading import Files
from tallying.evidence.count import public_profile, read_profile
from tallying.evidence.notes import InvalidNote, Verifier
from tallying.evidence.opened import report_path
from tallying.evidence.policy import Policy
from tallying.evidence.privacy import Terms
from tallying.evidence.seal import OUTER, Seal
from tallying.evidence.tables.envelopes import Asked, Envelopes
from tallying.evidence.tables.log import Casts, Log
from tallying.evidence.tables.people import Openings, Roll
from tallying.evidence.tables.shape import expect_fields
from tallying.evidence.trust import Trust
from tallying.profile import Profile
from tallying.sealing.keys import LayerKey

Json = dict[str, Any]

POLICY = "config/policy.txt"
RECEIPT_KEY = "config/keys/receipt.txt"


class Evidence:
    """One bundle under verification; `trust` None when no trust file was given.

    `layer_keys` are the private keys of layers that the verifier was given, by the layer; `recount`
    says whether the ballots are counted again.
    """

    def __init__(
        self,
        bundle: Bundle,
        trust: Trust | None = None,
        layer_keys: Mapping[str, LayerKey] | None = None,
        *,
        recount: bool = True,
        acceptances: Sequence[bytes] = (),
    ) -> None:
        self.acceptances = acceptances
        """The signed notes that the verifier was given beside the bundle."""
        self.recount = recount
        self.bundle = bundle
        self.trust = trust
        self.layer_keys = layer_keys or {}
        self.files = Files(bundle)
        self._profiles: dict[tuple[str, bool], Profile] = {}

    def begin(self, executor: Executor | None) -> None:
        """Begin to read the counted envelopes, in a process of `executor` where there is one."""
        with suppress(TallyingError, NotCanonical, KeyError, TypeError):
            self.files.begin(self._asked(), executor)

    def _asked(self) -> Asked:
        boxes = None
        if self.seal is not None:
            path = report_path(self.bundle, OUTER)
            lines = field(self.bundle.read_json(path), "boxes", path)
            boxes = {str(line["box"]): whole(line, "input", path) for line in lines}
        return Asked(tuple(self.elections), self.round_id, self.manifest_digest, boxes)

    @cached_property
    def manifest(self) -> Json:
        """The sealed manifest."""
        return _object(self.bundle.read_json(manifest.PATH), manifest.PATH)

    @cached_property
    def manifest_digest(self) -> str:
        """SHA-256 of the manifest's bytes, in base64url."""
        return canonical.digest_of(self.bundle.read(manifest.PATH))

    @cached_property
    def round_id(self) -> str:
        """The round that the manifest is of."""
        return str(field(self.manifest, "round", manifest.PATH))

    @cached_property
    def seal(self) -> Seal | None:
        """How the ballots were sealed; None in an open round."""
        value = field(self.manifest, "seal", manifest.PATH)
        secrecy = field(self.manifest, "secrecy", manifest.PATH)
        if secrecy != ("open" if value is None else "sealed"):
            message = f"{manifest.PATH}: the secrecy is not what the seal says."
            raise InvalidBundle(message)
        try:
            return None if value is None else Seal.from_json(value)
        except (KeyError, TypeError, ValueError) as error:
            message = f"{manifest.PATH} describes no seal: {error}."
            raise InvalidBundle(message) from error

    @cached_property
    def elections(self) -> dict[str, Election]:
        """What each box is counted as, by the box's id."""
        try:
            return manifest.elections(self.manifest)
        except (KeyError, TypeError, AttributeError, ValueError, TallyingError) as error:
            message = f"{manifest.PATH} describes no election: {str(error).rstrip('.')}."
            raise InvalidBundle(message) from error

    @cached_property
    def acts(self) -> list[Json]:
        """What changed the close or the projects during the vote, as the bundle lists it."""
        if manifest.ACTS not in self.bundle:
            return []
        listed = _object(self.bundle.read_json(manifest.ACTS), manifest.ACTS)
        acts = field(listed, "acts", manifest.ACTS)
        if set(listed) != {"acts"} or not isinstance(acts, list) or not acts:
            message = f"{manifest.ACTS} holds something else than a list of acts."
            raise InvalidBundle(message)
        return [_object(act, manifest.ACTS) for act in acts]

    @cached_property
    def policy(self) -> Policy:
        """The log's key and its witnesses, as the bundle itself names them."""
        return Policy.parse(self.bundle.read(POLICY), POLICY)

    @property
    def sealed_policy(self) -> str | None:
        """The lines on witnesses and their quorum that the manifest seals; None for no witness."""
        found = field(self.manifest, "policy", manifest.PATH)
        return None if found is None else str(found)

    @cached_property
    def log_keys(self) -> tuple[Verifier, ...]:
        """The keys that may sign the log; a bundle of one round names one."""
        return tuple(log.key for log in self.policy.logs)

    @cached_property
    def receipt_keys(self) -> tuple[Verifier, ...]:
        """The keys that may sign acceptances, one a line."""
        try:
            lines = [line.decode() for line in self.bundle.lines(RECEIPT_KEY)]
            return tuple(Verifier.parse(line) for line in lines)
        except (UnicodeDecodeError, InvalidNote) as error:
            message = f"{RECEIPT_KEY} names no key: {str(error).rstrip('.')}."
            raise InvalidBundle(message) from error

    def keys(self, role: str) -> tuple[Verifier, ...]:
        """The keys of the `log`, or of the `receipt`s."""
        return self.log_keys if role == "log" else self.receipt_keys

    @cached_property
    def checkpoint(self) -> Checkpoint:
        """The newest checkpoint, signed by the log's key."""
        return self.open_checkpoint("log/checkpoint")

    def open_checkpoint(self, path: str) -> Checkpoint:
        """A checkpoint whose signature holds; raises `InvalidBundle`."""
        try:
            return Checkpoint.open(self.bundle.read(path), self.log_keys)
        except InvalidNote as error:
            message = f"{path}: {error}"
            raise InvalidBundle(message) from error

    @property
    def log(self) -> Log:
        """The entries of the log."""
        return self.files.log

    @property
    def leaves(self) -> list[bytes]:
        """The leaf hashes of the log."""
        return self.files.log.leaves

    @property
    def casts(self) -> Casts:
        """The log's entries `cast`."""
        return self.files.log.casts

    @property
    def by_type(self) -> dict[str, list[tuple[int, Json]]]:
        """Entry type → positions and entries, for all but the casts."""
        return self.files.log.acts

    def only(self, kind: str) -> tuple[int, Json]:
        """The one entry of a type; raises `InvalidBundle` when there are none or more."""
        found = self.by_type.get(kind, [])
        if len(found) != 1:
            message = f"The log has {len(found)} entries {kind} instead of one."
            raise InvalidBundle(message)
        return found[0]

    @property
    def roll(self) -> Roll:
        """Everybody on the roll."""
        return self.files.roll

    @property
    def openings(self) -> Openings:
        """What each `cast` entry commits to."""
        return self.files.openings

    @cached_property
    def revocations(self) -> list[Json]:
        """What each `revoke` entry commits to; the bundle has no such file where there are none."""
        path = "roll/restricted/revocations.jsonl"
        if path not in self.bundle:
            return []
        found = [_object(value, path) for value in self.bundle.read_lines(path)]
        expect_fields(path, found, ("box", "position", "salt", "voter_ref"), 1)
        return found

    def published(self, box_id: str) -> Profile:
        """The ballots of a box's public file; parsed once."""
        return self._profile(box_id, public_profile)

    def profile(self, box_id: str) -> Profile:
        """The ballots of a box as this edition holds them; read once."""
        return self._profile(box_id, read_profile)

    def _profile(self, box_id: str, read: Callable[[Bundle, str, Election], Profile]) -> Profile:
        key = (box_id, read is read_profile)
        if key not in self._profiles:
            self._profiles[key] = read(self.bundle, box_id, self.elections[box_id])
        return self._profiles[key]

    def ballot_size(self, box_id: str) -> int:
        """Bytes of a padded ballot of a box."""
        boxes = field(self.manifest, "boxes", manifest.PATH)
        return next(
            whole(box, "ballot_size", manifest.PATH) for box in boxes if box["id"] == box_id
        )

    def envelopes(self, box_id: str, kind: str) -> Envelopes:
        """The `counted`, `superseded` or, where there are some, `revoked` envelopes of a box."""
        path = f"box/{box_id}/restricted/{kind}.jsonl"
        if kind == "revoked" and path not in self.bundle:
            return Envelopes()
        return self.files.envelopes(path)

    @cached_property
    def result(self) -> Json:
        """The published result; raises `InvalidBundle` where there is none yet."""
        return _object(self.bundle.read_json("tally/outcome.json"), "tally/outcome.json")

    @cached_property
    def reconciliation(self) -> dict[str, Json]:
        """The numbers of each box, by its id."""
        path = "reconciliation.json"
        boxes = field(_object(self.bundle.read_json(path), path), "boxes", path)
        if not isinstance(boxes, list):
            message = f"{path} holds no list of boxes."
            raise InvalidBundle(message)
        found = {str(field(box, "box", path)): box for box in boxes}
        if len(found) != len(boxes) or set(found) != set(self.elections):
            message = f"{path} does not name each box of the manifest once."
            raise InvalidBundle(message)
        return found

    @cached_property
    def merged(self) -> frozenset[str]:
        """The boxes of so few ballots that none of their numbers is published."""
        lines = self.reconciliation.items()
        return frozenset(box for box, line in lines if line.get("result", 0) is None)

    @cached_property
    def privacy(self) -> Terms:
        """What the manifest lays down for the publication of ballots and numbers."""
        try:
            return Terms.read(self.manifest)
        except (KeyError, TypeError) as error:
            message = f"{manifest.PATH} lays down no privacy of publication: {error}."
            raise InvalidBundle(message) from error


def field(value: Json, name: str, path: str) -> Any:
    """One field of an object; raises `InvalidBundle` when it is missing."""
    if not isinstance(value, dict) or name not in value:
        message = f"{path} has no field {name}."
        raise InvalidBundle(message)
    return value[name]


def whole(value: Json, name: str, path: str) -> int:
    """One field that is a whole number; raises `InvalidBundle`."""
    found = field(value, name, path)
    if type(found) is not int:
        message = f"{path}: {name} is not a whole number."
        raise InvalidBundle(message)
    return found


def only_fields(value: Json, names: Iterable[str], path: str) -> None:
    """Raise `InvalidBundle` where an object has a field that none of the names is."""
    more = sorted(set(value) - set(names))
    if more:
        message = f"{path}: {more[0][:40]} is a field too many."
        raise InvalidBundle(message)


def _object(value: Any, path: str) -> Json:
    if not isinstance(value, dict):
        message = f"{path} holds something else than an object."
        raise InvalidBundle(message)
    return value
