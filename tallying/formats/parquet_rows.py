"""The rows of a Parquet file as ballots: nothing is done for each voter in Python."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import compute as pc
from pyarrow import parquet as pq

from tallying.election import LARGEST_AMOUNT, Election
from tallying.errors import InvalidFile
from tallying.formats.election_file import Voter
from tallying.formats.part import Part
from tallying.formats.readings import clear_ballots
from tallying.formats.voter_ids import Ids, Words, fingerprints
from tallying.formats.votes import limits_broken, mended
from tallying.profile import Profile
from tallying.sparse import Integers, concatenated

BALLOT = frozenset({"vote", "points", "weight", "voter_id"})
"""The columns that the count reads."""


class Batches:
    """The ballots of an open file; raises `InvalidFile` when a column is missing or of no use."""

    def __init__(self, opened: pq.ParquetFile, election: Election, file: str) -> None:
        self._opened, self._election, self._file = opened, election, file
        schema = opened.schema_arrow
        self._columns = [name for name in schema.names if name in BALLOT]
        if not election.style.graded and "points" in self._columns:
            self._columns.remove("points")
        for name in ("vote", *(("points",) if election.style.graded else ())):
            if name not in schema.names:
                raise self._fail(name, "the column is missing")
        for name in self._columns:
            self._check_type(name, schema.field(name).type)

    def _check_type(self, name: str, kind: pa.DataType) -> None:
        item = getattr(kind, "value_type", None) if name in ("vote", "points") else kind
        if item is not None and pa.types.is_dictionary(item):
            item = item.value_type
        text = item is not None and (pa.types.is_string(item) or pa.types.is_large_string(item))
        whole = item is not None and pa.types.is_integer(item)
        if not (text if name in ("vote", "voter_id") else whole):
            raise self._fail(name, f"the column is of the type {kind}")

    def _fail(self, name: str, message: str) -> InvalidFile:
        return InvalidFile(self._file, None, name, message)

    def parts(self, together: int, row_groups: list[int] | None = None) -> Iterator[Part]:
        """The ballots by batches, equal ones not merged; raises `InvalidFile`."""
        for batch, first in self._batches(together, self._columns, row_groups):
            yield self._part(_Batch(self, batch, first))

    def _batches(
        self, together: int, columns: list[str], row_groups: list[int] | None = None
    ) -> Iterator[tuple[pa.RecordBatch, int]]:
        """Batches with the number of their first row, from 1."""
        metadata = self._opened.metadata
        sizes = [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)]
        for group in range(len(sizes)) if row_groups is None else row_groups:
            first = 1 + sum(sizes[:group])
            for batch in self._opened.iter_batches(together, [group], columns=columns):
                yield batch, first
                first += len(batch)

    def _part(self, batch: "_Batch") -> Part:
        election = self._election
        owners = np.repeat(np.arange(len(batch.lengths)), batch.lengths)
        unclear = np.zeros(len(batch.lengths), dtype=np.bool_)
        projects = batch.positions(election)
        readings = clear_ballots(election, owners, projects, batch.numbers, unclear)
        part = Part(readings.rows, batch.weights[readings.clear])
        for policy, ballots in limits_broken(election, readings.rows):
            part.touched[policy] += int(part.weights[ballots].sum())
        part.voters += batch.voters
        if len(readings.unclear):
            pairs = []
            for place in readings.unclear.tolist():
                choices, policies = mended(election, *batch.ballot(place))
                pairs.append((choices, int(batch.weights[place])))
                part.touched.update(dict.fromkeys(policies, pairs[-1][1]))
            others = Profile.from_counts(election, pairs)
            part.rows = concatenated([part.rows, others.rows])
            part.weights = np.concatenate((part.weights, others.weights))
        return part

    def voters(self, together: int, further: Sequence[str]) -> Iterator[Voter]:
        """Each row as a voter, after the repairs, with the further columns as texts."""
        columns = [*self._columns, *further]
        for found, first in self._batches(together, columns):
            batch = _Batch(self, found, first)
            texts = {name: found.column(name).cast(pa.string()).to_pylist() for name in further}
            for place, name in enumerate(found.column("voter_id").to_pylist()):
                said = {column: texts[column][place] or "" for column in further}
                yield Voter(name, said, mended(self._election, *batch.ballot(place))[0])

    def require(self, wrong: pa.Array, first: int, name: str, message: str) -> None:
        """Raise `InvalidFile` with the first row for which `wrong`, shape (rows,), is true."""
        place = pc.index(wrong, value=True).as_py()
        if place >= 0:
            raise self._fail(name, f"row {first + place}: {message}")


class _Batch:
    """The columns of some rows, checked; `first` is the number of the first row, from 1."""

    def __init__(self, owner: Batches, batch: pa.RecordBatch, first: int) -> None:
        names = batch.schema.names
        for name in names:
            if name in BALLOT:
                owner.require(batch.column(name).is_null(), first, name, "the field is empty")
        votes = batch.column("vote")
        self.lengths = _lengths(votes)
        self._ends = np.cumsum(self.lengths)
        self._words = _dictionary(votes.flatten())
        self._no_nulls(owner, self._words, first, "vote")
        self.numbers = self._given(owner, batch, first) if "points" in names else None
        self.weights = np.ones(len(batch), dtype=np.int64)
        if "weight" in names:
            weights = batch.column("weight")
            allowed = pc.and_(pc.greater(weights, 0), pc.less_equal(weights, LARGEST_AMOUNT))
            message = f"the weight is not between 1 and {LARGEST_AMOUNT}"
            owner.require(pc.invert(allowed), first, "weight", message)
            self.weights = weights.cast(pa.int64()).to_numpy(zero_copy_only=False)
        self.voters: list[Words] = []
        if "voter_id" in names:
            self.voters = [ids_of(batch.column("voter_id"))[0]]

    def _no_nulls(self, owner: Batches, values: pa.Array, first: int, name: str) -> None:
        if values.null_count:
            place = pc.index(values.is_null(), value=True).as_py()
            row = int(np.searchsorted(self._ends, place, side="right"))
            wrong = np.arange(len(self.lengths)) == row
            owner.require(pa.array(wrong), first, name, "an item of the list is empty")

    def _given(self, owner: Batches, batch: pa.RecordBatch, first: int) -> Integers:
        points = batch.column("points")
        given = points.flatten()
        differ = pa.array(_lengths(points) != self.lengths)
        owner.require(differ, first, "points", "as many numbers must be given as projects named")
        self._no_nulls(owner, given, first, "points")
        fits = pc.and_(pc.greater_equal(given, 0), pc.less_equal(given, LARGEST_AMOUNT))
        owners = np.repeat(np.arange(len(self.lengths)), self.lengths)
        wrong = np.bincount(
            owners[~fits.to_numpy(zero_copy_only=False)], minlength=len(self.lengths)
        )
        message = f"a number is not between 0 and {LARGEST_AMOUNT}"
        owner.require(pa.array(wrong > 0), first, "points", message)
        numbers: Integers = given.cast(pa.int64()).to_numpy(zero_copy_only=False)
        return numbers

    def positions(self, election: Election) -> Integers:
        """The project of each entry, shape (entries,); -1 for one that is unknown."""
        known = [election.index.get(name, -1) for name in self._words.dictionary.to_pylist()]
        codes = np.array(known, dtype=np.int64)
        indices = self._words.indices.to_numpy(zero_copy_only=False)
        return codes[indices] if len(codes) else np.zeros(0, dtype=np.int64)

    def ballot(self, place: int) -> tuple[list[str], list[int] | None]:
        """The names and the numbers of one row as they stand."""
        end = int(self._ends[place])
        part = slice(end - int(self.lengths[place]), end)
        numbers = None if self.numbers is None else self.numbers[part].tolist()
        names: list[Any] = self._words[part].to_pylist()
        return names, numbers


def _lengths(lists: pa.Array) -> Integers:
    lengths: Integers = lists.value_lengths().cast(pa.int64()).to_numpy(zero_copy_only=False)
    return lengths


def _dictionary(values: pa.Array) -> pa.DictionaryArray:
    return values if pa.types.is_dictionary(values.type) else values.dictionary_encode()


def ids_of(column: pa.Array) -> Ids:
    """The fingerprints of a column of ids."""
    texts = column.cast(pa.large_string())
    _, offsets, data = texts.buffers()
    ends = np.frombuffer(offsets, dtype=np.int64)[texts.offset :][: len(texts) + 1]
    content = np.frombuffer(data or b"", dtype=np.uint8)
    return fingerprints(content, ends), lambda places: texts.take(pa.array(places)).to_pylist()
