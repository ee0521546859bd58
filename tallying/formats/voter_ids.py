"""How many rows name a voter whom other rows name as well, without keeping the ids."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Words = NDArray[np.uint64]

_BASE = 0x9E3779B97F4A7C15
_INVERSE = pow(_BASE, -1, 2**64)


def fingerprints(ids: pa.Array) -> Words:
    """A 64-bit word for each text, the same for the same text: Σ (byte + 1) · base^place."""
    texts = ids.cast(pa.large_binary())
    count = len(texts)
    offsets = np.frombuffer(texts.buffers()[1], dtype=np.int64)[texts.offset :][: count + 1]
    data = texts.buffers()[2]
    content = np.frombuffer(data, dtype=np.uint8) if data is not None else np.zeros(0, np.uint8)
    content = content[offsets[0] : offsets[-1]].astype(np.uint64) + np.uint64(1)
    sums = np.zeros(len(content) + 1, dtype=np.uint64)
    np.cumsum(content * _powers(_BASE, len(content)), out=sums[1:])
    places = offsets - offsets[0]
    found = sums[places[1:]] - sums[places[:-1]]
    shifted: Words = found * _powers(_INVERSE, len(content) + 1)[places[:-1]]
    return shifted


def _powers(base: int, count: int) -> Words:
    powers = np.full(count, base, dtype=np.uint64)
    powers[:1] = 1
    return np.cumprod(powers, dtype=np.uint64)


def repeated(words: Sequence[Words], ids: Callable[[], Iterable[pa.Array]]) -> int:
    """The rows whose id stands on further rows.

    `words` are the fingerprints of all ids. Where some are equal, the ids are read once more, and
    those with such a fingerprint are compared.
    """
    ordered = np.sort(np.concatenate([*words, np.zeros(0, dtype=np.uint64)]))
    suspects = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    if not len(suspects):
        return 0
    times: Counter[str] = Counter()
    for part in ids():
        alike = np.isin(fingerprints(part), suspects)
        times.update(part.filter(pa.array(alike)).to_pylist())
    return sum(count for count in times.values() if count > 1)
