"""How many lines name a voter whom other lines name as well, without keeping the ids."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from tallying.sparse import Integers

Words = NDArray[np.uint64]
Ids = tuple[Words, Callable[[Integers], list[str]]]
"""The fingerprints of some ids, and the ids at given places among them."""

_BASE = 0x9E3779B97F4A7C15
_INVERSE = pow(_BASE, -1, 2**64)


def fingerprints(content: NDArray[np.uint8], offsets: Integers) -> Words:
    """A 64-bit word for each text, the same for the same text: Σ (byte + 1) · base^place.

    Text `i` is `content[offsets[i]:offsets[i + 1]]`; the shape of the result is that of
    `offsets[1:]`.
    """
    content = content[offsets[0] : offsets[-1]]
    values = content.astype(np.uint64) + np.uint64(1)
    sums = np.zeros(len(values) + 1, dtype=np.uint64)
    np.cumsum(values * _powers(_BASE, len(values)), out=sums[1:])
    places = offsets - offsets[0]
    found = sums[places[1:]] - sums[places[:-1]]
    words: Words = found * _powers(_INVERSE, len(values) + 1)[places[:-1]]
    return words


def ids_of(texts: Sequence[str]) -> Ids:
    """The fingerprints of texts in a list."""
    encoded = [text.encode() for text in texts]
    offsets = np.zeros(len(texts) + 1, dtype=np.int64)
    np.cumsum([len(text) for text in encoded], out=offsets[1:])
    content = np.frombuffer(b"".join(encoded), dtype=np.uint8)
    return fingerprints(content, offsets), lambda places: [texts[p] for p in places.tolist()]


def _powers(base: int, count: int) -> Words:
    powers = np.full(count, base, dtype=np.uint64)
    powers[:1] = 1
    return np.cumprod(powers, dtype=np.uint64)


def repeated(words: Sequence[Words], again: Callable[[], Iterable[Ids]]) -> int:
    """The lines whose id stands on further lines.

    `words` are the fingerprints of all ids. Where some are equal, the ids are read once more, and
    those with such a fingerprint are compared.
    """
    ordered = np.sort(np.concatenate([*words, np.zeros(0, dtype=np.uint64)]))
    suspects = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    if not len(suspects):
        return 0
    times: Counter[str] = Counter()
    for part, looked_up in again():
        times.update(looked_up(np.flatnonzero(np.isin(part, suspects))))
    return sum(count for count in times.values() if count > 1)
