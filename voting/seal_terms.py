"""What a round's seal must say before its manifest can be sealed."""

from tallying.errors import InvalidLayerKey
from tallying.evidence import canonical
from tallying.evidence.notes import InvalidNote, Verifier
from tallying.evidence.seal import Seal, SealedLayer
from tallying.sealing.keys import read_public
from tallying.sealing.seal import LAYERS, SUITE

SIGNERS = 2


def missing(seal: Seal | None) -> list[str]:
    """What is wrong with a seal, as codes; `code:layer` where one layer is meant."""
    if seal is None:
        return []
    if tuple(layer.layer for layer in seal.layers) != LAYERS or seal.suite != SUITE:
        return ["seal_without_two_layers"]
    problems = [] if len(set(seal.keys.values())) == len(LAYERS) else ["seal_keys_equal"]
    signers = [name for layer in seal.layers for name in layer.signers]
    if len(set(signers)) != len(signers):
        problems.append("seal_signers_equal")
    return problems + [problem for layer in seal.layers for problem in _layer_missing(layer)]


def _layer_missing(layer: SealedLayer) -> list[str]:
    problems = [] if any(layer.body.values()) else [f"seal_without_body:{layer.layer}"]
    try:
        read_public(canonical.b64u(layer.key))
    except InvalidLayerKey:
        problems.append(f"seal_key_unusable:{layer.layer}")
    if len(layer.signers) != SIGNERS or not all(_is_verifier(text) for text in layer.signers):
        problems.append(f"seal_without_signers:{layer.layer}")
    return problems


def _is_verifier(text: str) -> bool:
    try:
        Verifier.parse(text)
    except InvalidNote:
        return False
    return True
