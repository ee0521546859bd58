"""Opening one layer of a stage, which gives the next stage and a report.

Byte-identical items of a box are opened once: somebody who copies another's envelope adds no
vote. What comes out is never compared, because equal plain ballots are legitimate.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import groupby, islice
from pathlib import Path

from tallying.errors import TallyingError
from tallying.evidence.canonical import b64u
from tallying.sealing.keys import LayerKey
from tallying.sealing.opening import Chunk, open_chunks, processes_for
from tallying.sealing.report import BoxReport, Report
from tallying.sealing.seal import LAYERS, info
from tallying.sealing.sorting import Sorter
from tallying.sealing.stages import STAGES, Header, Item, Stage, read_stage, write_stage

CHUNK_ITEMS = 250

Progress = Callable[[int, int], None]
"""Hears how many items were opened, of how many."""


class WrongStage(TallyingError):
    """A stage that another layer opens, or none."""


def stages_of(layer: str) -> tuple[str, str]:
    """The stage that a layer reads, and the one that it writes."""
    place = LAYERS.index(layer)
    return STAGES[place], STAGES[place + 1]


def peel(
    source: Path,
    target: Path,
    key: LayerKey,
    layer: str,
    progress: Progress | None = None,
    workers: int | None = None,
) -> Report:
    """Open `layer` of the stage in `source` and write the next stage to the new file `target`.

    `workers` are processes; by default one, or for many ballots one for each core. Raises
    `InvalidStage` and `WrongStage`; then `target` is not there.
    """
    with read_stage(source) as stage, Sorter(target.parent) as sorter:
        _check_stage(stage.header, layer)
        peeling = _Peeling(stage, layer)
        processes = workers or processes_for(peeling.total)
        for box, opened in open_chunks(key, peeling.chunks(), processes):
            for content in peeling.take(box, opened):
                sorter.add((box, content))
            if progress is not None:
                progress(peeling.done, peeling.total)
        output = write_stage(
            target,
            peeling.next_header(),
            ((peeling.boxes[box], content) for box, content in sorter),
        )
        return Report(
            round_id=stage.header.round_id,
            layer=layer,
            key=b64u(key.public),
            input=stage.digest,
            output=output,
            boxes=peeling.box_reports(),
        )


def _check_stage(header: Header, layer: str) -> None:
    expected, _ = stages_of(layer)
    if header.stage != expected:
        raise WrongStage(
            f"The {layer} layer opens the stage {expected!r}; this is the stage {header.stage!r}."
        )


class _Peeling:
    """What became of each box's items so far."""

    def __init__(self, stage: Stage, layer: str) -> None:
        self._stage, self._layer = stage, layer
        self.boxes = [box["box"] for box in stage.header.to_json()["boxes"]]
        self.total = sum(stage.header.boxes.values())
        self._input: Counter[str] = Counter()
        self._unique: Counter[str] = Counter()
        self._output: Counter[str] = Counter()
        self._opened = 0

    @property
    def done(self) -> int:
        """How many items were dealt with, duplicates among them."""
        return self._opened + self._input.total() - self._unique.total()

    def chunks(self) -> Iterator[Chunk]:
        """The items to open; those that stand twice follow each other in a stage."""
        places = {box: place for place, box in enumerate(self.boxes)}
        for box, items in groupby(self._stage, key=lambda item: item[0]):
            bound = info(self._stage.header.round_id, box, self._layer)
            unique = self._without_duplicates(box, items)
            while chunk := list(islice(unique, CHUNK_ITEMS)):
                yield Chunk(places[box], bound, chunk)

    def _without_duplicates(self, box: str, items: Iterator[Item]) -> Iterator[bytes]:
        before: bytes | None = None
        for _, content in items:
            self._input[box] += 1
            if content != before:
                self._unique[box] += 1
                before = content
                yield content

    def take(self, place: int, opened: list[bytes | None]) -> Iterator[bytes]:
        """Count what a chunk gave, and pass on what opened, the last layer's without padding."""
        self._opened += len(opened)
        for content in opened:
            if content is not None:
                self._output[self.boxes[place]] += 1
                yield content.rstrip(b"\0") if self._layer == LAYERS[-1] else content

    def next_header(self) -> Header:
        """The first line of the stage that this layer gives."""
        header = self._stage.header
        counts = {box: self._output[box] for box in self.boxes}
        return Header(header.round_id, header.manifest, stages_of(self._layer)[1], counts)

    def box_reports(self) -> tuple[BoxReport, ...]:
        """One report for each box, in the order of the stage."""
        return tuple(
            BoxReport(
                box=box,
                input=self._input[box],
                output=self._output[box],
                undecryptable=self._unique[box] - self._output[box],
                duplicates=self._input[box] - self._unique[box],
            )
            for box in self.boxes
        )
