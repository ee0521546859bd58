"""Measures: median seconds of repeated work, each in a process that a limit can end."""

import multiprocessing
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from tallying.errors import TallyingError

_BYTES = 1024
"""Linux gives the peak of memory in kibibytes."""


@dataclass(frozen=True)
class Timing:
    """Median seconds, and the peak memory in bytes of the process that did the work.

    Both are None where the limit ended the work, or where it failed: `failed` then says why in a
    sentence. `result` is what it returned at last.
    """

    seconds: float | None
    peak: int | None
    result: Any = None
    failed: str = ""


@dataclass(frozen=True)
class Measure:
    """One piece of work on both sides; `same` says whether they agree, where both ended.

    `failed` and `theirs_failed` say why a side failed, and are empty where it did not.
    """

    work: str
    ours: float | None
    peak: int | None
    theirs: float | None
    limit: float
    compared: bool
    same: bool | None
    failed: str = ""
    theirs_failed: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times faster it is here."""
        return None if not self.ours or self.theirs is None else self.theirs / self.ours

    def to_json(self) -> dict[str, Any]:
        """The measure as a value of JSON, seconds and bytes as numbers."""
        return {**asdict(self), "ratio": self.ratio}

    def fields(self) -> list[str]:
        """The measure as texts, for a row of a table."""
        if self.failed:
            return [self.work, f"failed: {self.failed}", *["–"] * (len(COLUMNS) - 2)]
        theirs = _seconds(self.theirs, self.limit) if self.compared else "–"
        theirs = f"failed: {self.theirs_failed}" if self.theirs_failed else theirs
        bounded = self.compared and self.ours and not self.theirs_failed
        at_least = self.limit / self.ours if bounded and self.ours else None
        ratio = f"{self.ratio:,.0f} ×" if self.ratio else "–"
        if self.ratio is None and at_least and self.theirs is None:
            ratio = f"> {at_least:,.0f} ×"
        agreement = {True: "same", False: "DIFFERENT", None: "–"}[self.same]
        peak = "–" if self.peak is None else f"{self.peak / 2**20:,.0f} MiB"
        return [self.work, _seconds(self.ours, self.limit), peak, theirs, ratio, agreement]


COLUMNS = ("work", "here", "peak memory", "pabutools", "ratio", "outcome")


def timed(work: Callable[[], Any], repeat: int, limit: float) -> Timing:
    """Do the work `repeat` times in a process of its own that ends after `limit` seconds.

    The process inherits what is in memory, so the peak holds what was read before. Work that
    fails is told of in what comes back, and nothing is raised.
    """
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_repeat, args=(work, repeat, theirs))
    process.start()
    theirs.close()
    try:
        if not ours.poll(limit):
            return Timing(None, None)
        return Timing(*ours.recv())
    except EOFError:
        return Timing(None, None, failed="the process ended before its work was done")
    finally:
        process.kill()
        process.join()


def _repeat(work: Callable[[], Any], repeat: int, answer: Any) -> None:
    seconds, result = [], None
    try:
        for _ in range(repeat):
            began = time.perf_counter()
            result = work()
            seconds.append(time.perf_counter() - began)
    except TallyingError as error:
        answer.send((None, None, None, str(error)))
        return
    except Exception as error:  # noqa: BLE001 - what failed is named in the table
        answer.send((None, None, None, f"{type(error).__name__}: {error}"))
        return
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _BYTES
    answer.send((statistics.median(seconds), peak, result))


def _seconds(amount: float | None, limit: float) -> str:
    if amount is None:
        return f"> {limit:,.0f} s"
    return f"{amount * 1000:,.1f} ms" if amount < 1 else f"{amount:,.1f} s"
