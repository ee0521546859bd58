"""What a sealed round's manifest announces: the keys of its layers, and who signs what they give."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from tallying.errors import InvalidLayerKey, TallyingError
from tallying.evidence import canonical
from tallying.evidence.notes import InvalidNote, Verifier, text_of
from tallying.sealing.agreement import check_signatures
from tallying.sealing.keys import fingerprint, read_public
from tallying.sealing.seal import LAYERS, SUITE
from tallying.sealing.stages import Header

TEST_BOX = "key.test"


class InvalidSeal(TallyingError):
    """A manifest that announces no sealed round."""


class NotAnnounced(TallyingError):
    """A key, a signer or a stage that is not the one of the manifest."""


@dataclass(frozen=True)
class Layer:
    """The public key of a body, and the keys of the two machines that open its layer."""

    key: bytes
    signers: tuple[Verifier, ...]


@dataclass(frozen=True)
class Announced:
    """`digest` is the manifest's; `layers` are `outer` and `inner`."""

    round_id: str
    digest: str
    boxes: frozenset[str]
    layers: Mapping[str, Layer]

    @classmethod
    def read(cls, content: bytes) -> Self:
        """Read the bytes of a manifest; raises `InvalidSeal`."""
        try:
            value = canonical.loads(content)
            seal = value["seal"]
            if seal is None or seal["suite"] != SUITE:
                raise InvalidSeal("The manifest is not that of a sealed round.")
            layers = {layer["layer"]: _layer(layer) for layer in seal["layers"]}
            boxes = frozenset(box["id"] for box in value["boxes"])
            if tuple(layers) != LAYERS:
                raise InvalidSeal("The manifest does not name the outer and the inner layer.")
            return cls(value["round"], canonical.digest_of(content), boxes, layers)
        except (canonical.NotCanonical, InvalidLayerKey, InvalidNote) as error:
            raise InvalidSeal(f"The manifest cannot be read. {error}") from error
        except (KeyError, TypeError, AttributeError) as error:
            raise InvalidSeal("The manifest is not that of a sealed round.") from error

    def check_key(self, layer: str, public: bytes) -> None:
        """Raises `NotAnnounced` unless this is the layer's key."""
        expected = self.layers[layer].key
        if public != expected:
            raise NotAnnounced(
                f"This is the key {fingerprint(public)}; the manifest names "
                f"{fingerprint(expected)} for the {layer} layer."
            )

    def check_signer(self, layer: str, verifier: Verifier) -> None:
        """Raises `NotAnnounced` unless this key signs what the layer gives."""
        if verifier not in self.layers[layer].signers:
            names = " and ".join(signer.name for signer in self.layers[layer].signers)
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
        check_signatures(note, self.layers[layer].signers)

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


def _layer(value: Mapping[str, Any]) -> Layer:
    return Layer(read_public(value["key"]), tuple(map(Verifier.parse, value["signers"])))
