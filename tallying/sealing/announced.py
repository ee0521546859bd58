"""What a sealed round's manifest announces: the keys of its layers, and who signs what they give."""

from dataclasses import dataclass
from typing import Self

from tallying.errors import InvalidLayerKey, TallyingError
from tallying.evidence import canonical
from tallying.evidence.notes import InvalidNote, Verifier, text_of
from tallying.evidence.seal import TEST_BOX, Seal
from tallying.sealing.agreement import check_signatures
from tallying.sealing.keys import check_public, fingerprint
from tallying.sealing.seal import LAYERS, SUITE
from tallying.sealing.stages import Header


class InvalidSeal(TallyingError):
    """A manifest that announces no sealed round."""


class NotAnnounced(TallyingError):
    """A key, a signer or a stage that is not the one of the manifest."""


@dataclass(frozen=True)
class Announced:
    """`digest` is the manifest's; `boxes` are the ids of its boxes."""

    round_id: str
    digest: str
    boxes: frozenset[str]
    seal: Seal

    @classmethod
    def read(cls, content: bytes) -> Self:
        """Read the bytes of a manifest; raises `InvalidSeal`."""
        try:
            value = canonical.loads(content)
            seal = Seal.from_json(value["seal"])
            boxes = frozenset(box["id"] for box in value["boxes"])
            announced = cls(value["round"], canonical.digest_of(content), boxes, seal)
            if seal.suite != SUITE or tuple(layer.layer for layer in seal.layers) != LAYERS:
                raise InvalidSeal("The manifest names another suite or other layers than these.")
            for layer in LAYERS:
                check_public(seal.layer(layer).key)
                announced.signers(layer)
        except (canonical.NotCanonical, InvalidLayerKey, InvalidNote) as error:
            raise InvalidSeal(f"The manifest cannot be read. {error}") from error
        except (KeyError, TypeError, AttributeError) as error:
            raise InvalidSeal("The manifest is not that of a sealed round.") from error
        return announced

    def signers(self, layer: str) -> tuple[Verifier, ...]:
        """The keys of the two machines that open the layer."""
        return tuple(map(Verifier.parse, self.seal.layer(layer).signers))

    def check_key(self, layer: str, public: bytes) -> None:
        """Raises `NotAnnounced` unless this is the layer's key."""
        expected = self.seal.layer(layer).key
        if public != expected:
            raise NotAnnounced(
                f"This is the key {fingerprint(public)}; the manifest names "
                f"{fingerprint(expected)} for the {layer} layer."
            )

    def check_signer(self, layer: str, verifier: Verifier) -> None:
        """Raises `NotAnnounced` unless this key signs what the layer gives."""
        signers = self.signers(layer)
        if verifier not in signers:
            names = " and ".join(signer.name for signer in signers)
            raise NotAnnounced(
                f"The manifest names other signing keys for the {layer} layer than this of "
                f"{verifier.name}: those of {names}."
            )

    def check_note(self, note: bytes) -> None:
        """Raises `NotAnnounced` or `InvalidNote` unless this joined note is one of this round, and
        both machines of its layer signed it."""
        _, round_id, layer, _ = text_of(note).splitlines()
        if round_id != self.round_id:
            raise NotAnnounced(
                f"The notes are of the round {round_id}; the manifest is of {self.round_id}."
            )
        check_signatures(note, self.signers(layer))

    def check_stage(self, header: Header) -> None:
        """Raises `NotAnnounced` unless the stage is one of this round and its boxes."""
        if (header.round_id, header.manifest) != (self.round_id, self.digest):
            raise NotAnnounced(
                f"The stage is one of the round {header.round_id} with the manifest "
                f"{header.manifest}; this manifest is {self.digest} of the round {self.round_id}."
            )
        unknown = sorted(set(header.boxes) - self.boxes)
        if unknown and set(header.boxes) != {TEST_BOX}:
            raise NotAnnounced(f"The manifest knows no box {', '.join(unknown)}.")
