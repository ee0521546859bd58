"""Each rule on one file, on both sides in one run, with the outcomes compared."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tallying import formats
from tallying.benchmark.measure import Measure, timed
from tallying.benchmark.peer import Peer, installed
from tallying.benchmark.peer import read as read_by_peer
from tallying.formats import ElectionFile
from tallying.rules import RuleConfig, count


@dataclass(frozen=True)
class Work:
    """A rule with a completion, as both sides count it."""

    rule: str
    completion: str = "none"

    @property
    def name(self) -> str:
        """How a table calls it."""
        return self.rule if self.completion == "none" else f"{self.rule}/{self.completion}"


def measures(path: Path, works: Sequence[Work], repeat: int, limit: float) -> Iterator[Measure]:
    """Reading, then each work; the other side is measured where it is installed and has it.

    Each side reads with its own reader; counting is timed after reading. `limit` bounds each
    measured piece of work, in seconds.
    """
    file = formats.read(path)
    lots = sorted(file.election.index)
    with_peer = installed() and path.suffix == ".pb"
    peer = Peer(file, *read_by_peer(path), lots) if with_peer else None
    yield _reading(path, repeat, limit, with_peer)
    for work in works:
        yield _counting(file, work, peer, lots, repeat, limit)


def _reading(path: Path, repeat: int, limit: float, with_peer: bool) -> Measure:
    ours = timed(lambda: formats.read(path).profile.total, repeat, limit)
    theirs = timed(lambda: len(read_by_peer(path)[1]), 1, limit) if with_peer else None
    ended = theirs is not None and None not in (ours.seconds, theirs.seconds)
    return Measure(
        work="read and merge",
        ours=ours.seconds,
        peak=ours.peak,
        theirs=theirs.seconds if theirs else None,
        limit=limit,
        compared=with_peer,
        failed=ours.failed,
        theirs_failed=theirs.failed if theirs else "",
        same=theirs.result == ours.result if ended and theirs else None,
    )


def _counting(
    file: ElectionFile,
    work: Work,
    peer: Peer | None,
    lots: list[str],
    repeat: int,
    limit: float,
) -> Measure:
    config = RuleConfig(work.rule, completion=work.completion, ties=("lots",))
    ours = timed(lambda: _funded(file, config, lots), repeat, limit)
    other = None if peer is None else peer.work(work.rule, work.completion)
    theirs = None if other is None else timed(other, 1, limit)
    ended = theirs is not None and None not in (ours.seconds, theirs.seconds)
    supported = {name for choices, _ in file.profile.pairs() for name in _named(file, choices)}
    return Measure(
        work=work.name,
        ours=ours.seconds,
        peak=ours.peak,
        theirs=theirs.seconds if theirs else None,
        limit=limit,
        compared=theirs is not None,
        failed=ours.failed,
        theirs_failed=theirs.failed if theirs else "",
        same=theirs.result & supported == ours.result if ended and theirs else None,
    )


def _named(file: ElectionFile, choices: Sequence[object]) -> list[str]:
    """The ids that a ballot names; pabutools also funds projects that nobody supports."""
    graded = file.election.style.graded
    return [str(choice[0] if graded else choice) for choice in choices]  # type: ignore[index]


def _funded(file: ElectionFile, config: RuleConfig, lots: list[str]) -> set[str]:
    """One count from the ballots alone, without what an earlier count of them left computed."""
    return set(count(file.election, replace(file.profile), config, lots=lots).funded)
