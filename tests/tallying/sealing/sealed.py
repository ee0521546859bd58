"""A sealed round for tests: two keys, envelopes, and stages of them."""

from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from tallying.sealing.keys import LayerKey, generate, read_private
from tallying.sealing.seal import LAYERS, info, plain_ballot, seal_ballot, seal_layer
from tallying.sealing.stages import Header, Item, read_stage, write_stage

ROUND = "assembly/schools"
MANIFEST = "manifest-digest"
SIZE = 256


@cache
def layer_key(layer: str) -> LayerKey:
    return read_private(generate()[0])


def public_keys() -> dict[str, bytes]:
    return {layer: layer_key(layer).public for layer in LAYERS}


def plain(number: int, choices: list[str] | None = None) -> bytes:
    return plain_ballot(choices or ["school"], number.to_bytes(16))


def envelope(body: bytes, box: str = "north", round_id: str = ROUND) -> bytes:
    return seal_ballot(body, size=SIZE, round_id=round_id, box_id=box, keys=public_keys())


def sealed(layer: str, content: bytes, box: str = "north") -> bytes:
    return seal_layer(layer_key(layer).public, info(ROUND, box, layer), content)


def write(path: Path, items: Iterable[Item], stage: str = "in", boxes: tuple[str, ...] = ()) -> str:
    """A stage of `items` in any order; `boxes` are those that may have none."""
    ordered = sorted(items, key=lambda item: (item[0].encode(), item[1]))
    counts = dict.fromkeys(boxes, 0) | Counter(box for box, _ in ordered)
    return write_stage(path, Header(ROUND, MANIFEST, stage, counts), ordered)


def items_of(path: Path) -> list[Item]:
    with read_stage(path) as stage:
        return list(stage)
