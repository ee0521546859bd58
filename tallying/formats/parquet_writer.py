"""Write an election into Parquet, batch by batch."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import numpy as np
import pyarrow as pa
import rfc8785
from pyarrow import parquet as pq

from tallying.election import Election
from tallying.formats.election_file import Voter
from tallying.profile import Profile
from tallying.sparse import Integers, Rows

SCHEMA = "tallying.parquet/1"
SCHEMA_KEY, ELECTION, TEXTS = b"tallying.schema", b"tallying.election", b"tallying.texts"
"""Keys of the file's metadata."""


class Writer:
    """A file that is being written; use it in `with`.

    `columns` names the voters' further columns: rows are then voters; with None, rows are
    distinct ballots with weights.
    """

    def __init__(
        self,
        target: Path | BinaryIO,
        election: Election,
        texts: Mapping[str, Any],
        columns: Sequence[str] | None,
    ) -> None:
        self._election, self._columns = election, columns
        self._ids = pa.array([project.id for project in election.projects], pa.string())
        fields = [("vote", pa.list_(pa.dictionary(pa.int32(), pa.string())))]
        if election.style.graded:
            fields.append(("points", pa.list_(pa.int64())))
        if columns is None:
            fields.append(("weight", pa.int64()))
        else:
            fields += [("voter_id", pa.string()), *((name, pa.string()) for name in columns)]
        metadata = {
            SCHEMA_KEY: SCHEMA.encode(),
            ELECTION: rfc8785.dumps(_in_order(election)),
            TEXTS: rfc8785.dumps(
                {key: _plain(value) for key, value in texts.items() if value is not None}
            ),
        }
        self._schema = pa.schema(fields, metadata=metadata)
        where = str(target) if isinstance(target, Path) else target
        self._writer = pq.ParquetWriter(where, self._schema, compression="zstd")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._writer.close()

    def write_rows(self, rows: Rows, further: Mapping[str, Any]) -> None:
        """Write ballots as one row group; `further` holds the columns besides vote and points."""
        offsets = pa.array(rows.starts.astype(np.int32))
        indices = pa.array(rows.projects.astype(np.int32))
        votes = pa.DictionaryArray.from_arrays(indices, self._ids)
        found = {"vote": pa.ListArray.from_arrays(offsets, votes)}
        if self._election.style.graded:
            found["points"] = pa.ListArray.from_arrays(offsets, pa.array(rows.numbers))
        found |= {name: pa.array(values) for name, values in further.items()}
        arrays = [found[name].cast(self._schema.field(name).type) for name in self._schema.names]
        self._writer.write_batch(pa.record_batch(arrays, schema=self._schema))

    def write_profile(self, profile: Profile, together: int) -> None:
        """Write distinct ballots by the bytes of their choices."""
        order: Integers = profile.order
        for start in range(0, len(order), together):
            part = order[start : start + together]
            self.write_rows(profile.rows.take(part), {"weight": profile.weights[part]})

    def write_voters(self, voters: Sequence[Voter]) -> None:
        """Write voters in their order."""
        index, graded = self._election.index, self._election.style.graded
        lengths = np.array([len(voter.choices) for voter in voters], dtype=np.int64)
        named = [choice for voter in voters for choice in voter.choices]
        projects = [index[choice[0] if graded else choice] for choice in named]
        numbers = np.array([choice[1] for choice in named], dtype=np.int64) if graded else None
        rows = Rows.of(lengths, np.array(projects, dtype=np.int64), numbers)
        further = {
            name: [voter.columns.get(name) or None for voter in voters]
            for name in self._columns or ()
        }
        self.write_rows(rows, {"voter_id": [voter.id for voter in voters], **further})


def _in_order(election: Election) -> dict[str, Any]:
    """The election's JSON with the projects as they stand in their file, not by id."""
    return {**election.to_json(), "projects": [p.to_json() for p in election.projects]}


def _plain(value: Any) -> Any:
    """Mappings as the dictionaries that canonical JSON is written from."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return value
