"""What a sealed manifest says of the two layers around every ballot (`docs/formats/sealed.md`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from tallying.evidence import canonical
from tallying.sealing.keys import fingerprint
from tallying.sealing.seal import LAYER_BYTES, LAYERS, SUITE

OUTER, INNER = LAYERS
TEST_BOX = "key.test"
"""The box of the key test, whose name no district can have."""


@dataclass(frozen=True)
class SealedLayer:
    """A body that holds a key, and the two machines that sign what its layer gave.

    `key` is the raw HPKE public key; `signers` are verifier keys of signed notes.
    """

    layer: str
    body: Mapping[str, str]
    key: bytes
    signers: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        """What the body compares with the fingerprint of its own key."""
        return fingerprint(self.key)


@dataclass(frozen=True)
class Seal:
    """The seal of a round; `size` in bytes of a padded plain ballot (0: to be worked out).

    With `server_trust` the server holds both private keys itself: exercises and demonstrations.
    """

    layers: tuple[SealedLayer, ...]
    server_trust: bool = False
    size: int = 0
    suite: str = SUITE

    @property
    def envelope_size(self) -> int:
        """Bytes of every envelope."""
        return self.size + len(LAYERS) * LAYER_BYTES

    @property
    def keys(self) -> dict[str, bytes]:
        """The public key of each layer."""
        return {layer.layer: layer.key for layer in self.layers}

    def layer(self, name: str) -> SealedLayer:
        """The layer of that name; raises `KeyError`."""
        return {layer.layer: layer for layer in self.layers}[name]

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Read it from the manifest's value; raises `KeyError`, `TypeError` or `NotCanonical`."""
        return cls(
            layers=tuple(
                SealedLayer(
                    item["layer"],
                    item["body"],
                    canonical.unb64u(item["key"]),
                    tuple(item["signers"]),
                )
                for item in value["layers"]
            ),
            server_trust=value["server_trust"],
            size=value["size"],
            suite=value["suite"],
        )

    def to_json(self) -> dict[str, Any]:
        """The seal as a value of canonical JSON."""
        return {
            "layers": [
                {
                    "layer": layer.layer,
                    "body": dict(layer.body),
                    "key": canonical.b64u(layer.key),
                    "signers": list(layer.signers),
                }
                for layer in self.layers
            ],
            "server_trust": self.server_trust,
            "size": self.size,
            "suite": self.suite,
        }
