"""Parquet: elections with many ballots, read by batches and merged at once.

The layout is ours, described in `docs/formats/parquet.md`. The memory that reading takes grows
with the distinct ballots, and eight bytes for each row that names a voter.
"""

import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
from pyarrow import parquet as pq

from tallying.election import Election
from tallying.errors import InvalidBallot, InvalidElection, InvalidFile
from tallying.formats.election_file import ElectionFile, PlainFile, Voter
from tallying.formats.parquet_rows import BALLOT, Batches, ids_of
from tallying.formats.parquet_writer import ELECTION, SCHEMA, SCHEMA_KEY, TEXTS, Writer
from tallying.formats.part import Part
from tallying.formats.voter_ids import Ids, repeated
from tallying.formats.votes import Policy, repairs_of
from tallying.profile import Profile
from tallying.sparse import Merger

__all__ = ["Head", "encode", "read", "read_head", "read_part", "repeated_voters", "voters", "write"]

TOGETHER = 2**17
"""Rows that are read or written together."""

Source = Path | bytes


def read(source: Source, file: str | None = None) -> PlainFile:
    """Read a file by its path, or the bytes of one; raises `InvalidFile`.

    `file` is the name that errors give it.
    """
    name = file or (source.name if isinstance(source, Path) else "file")
    head = read_head(source, name)
    return _assembled(head, source, read_part(source, head, None))


class Head:
    """What a file says besides its ballots."""

    def __init__(self, file: str, metadata: Mapping[bytes, bytes], row_groups: int) -> None:
        self.file, self.row_groups = file, row_groups
        if metadata.get(SCHEMA_KEY, b"").decode(errors="replace") != SCHEMA:
            message = f"the metadata {SCHEMA_KEY.decode()} is not {SCHEMA}"
            raise InvalidFile(file, None, SCHEMA_KEY.decode(), message)
        try:
            self.election = Election.from_json(json.loads(metadata.get(ELECTION, b"")))
        except (InvalidElection, ValueError) as error:
            raise InvalidFile(file, None, ELECTION.decode(), str(error)) from error
        try:
            texts = json.loads(metadata.get(TEXTS, b"{}"))
            self.meta = _texts(texts.get("meta", {}))
            self.columns = {name: _texts(of) for name, of in texts.get("columns", {}).items()}
            selected = texts.get("selected")
            self.selected = None if selected is None else {k: int(n) for k, n in selected.items()}
        except (AttributeError, TypeError, ValueError) as error:
            raise InvalidFile(file, None, TEXTS.decode(), f"this is unreadable: {error}") from error


def _texts(value: Mapping[str, Any]) -> dict[str, str]:
    return {str(key): str(text) for key, text in value.items()}


def read_head(source: Source, file: str) -> Head:
    """The election of a file; raises `InvalidFile`."""
    with _opened(source, file) as opened:
        return Head(file, opened.schema_arrow.metadata or {}, opened.num_row_groups)


def read_part(source: Source, head: Head, row_groups: list[int] | None) -> Part:
    """The distinct ballots of some row groups, or of all; raises `InvalidFile`."""
    merger, whole = Merger(), Part()
    with _opened(source, head.file) as opened:
        batches = Batches(opened, head.election, head.file)
        try:
            for part in batches.parts(TOGETHER, row_groups):
                merger.add(part.rows, part.weights)
                whole.add_account(part)
        except (pa.ArrowException, OSError) as error:
            raise InvalidFile(head.file, None, "", f"the file is damaged: {error}") from error
    whole.rows, whole.weights = merger.result()
    return whole


def _assembled(head: Head, source: Source, whole: Part) -> PlainFile:
    try:
        profile = Profile.from_rows(head.election, whole.rows, whole.weights)
    except InvalidBallot as error:
        raise InvalidFile(head.file, None, "weight", str(error)) from error
    whole.touched[Policy.REPEATED_VOTER] += repeated_voters(source, head.file, whole)
    return PlainFile(
        file=head.file,
        meta=head.meta,
        election=head.election,
        profile=profile,
        repairs=repairs_of(whole.touched),
        columns=head.columns,
        selected=head.selected,
    )


def repeated_voters(source: Source, file: str, whole: Part) -> int:
    """The rows whose voter stands on further rows, by the fingerprints of all parts."""

    def ids() -> Iterable[Ids]:
        with _opened(source, file) as opened:
            for batch in opened.iter_batches(TOGETHER, columns=["voter_id"]):
                yield ids_of(batch.column(0))

    return repeated(whole.voters, ids)


def voters(source: Source, file: ElectionFile) -> tuple[Voter, ...] | None:
    """Each row with its columns, where each is one voter with an id; else None."""
    with _opened(source, file.file) as opened:
        names = opened.schema_arrow.names
        if "voter_id" not in names or "weight" in names:
            return None
        batches = Batches(opened, file.election, file.file)
        further = [name for name in names if name not in BALLOT]
        return tuple(batches.voters(TOGETHER, further))


def write(
    target: Path | BinaryIO, source: ElectionFile, rows_of: Iterable[Voter] | None = None
) -> None:
    """Write an election; with voters each has a row, else each distinct ballot with its weight."""
    texts = {"meta": source.meta, "columns": source.columns, "selected": source.selected}
    listed = None if rows_of is None else list(rows_of)
    further = sorted({name for voter in listed or () for name in voter.columns})
    with Writer(target, source.election, texts, further if listed is not None else None) as writer:
        if listed is None:
            writer.write_profile(source.profile, TOGETHER)
        else:
            for start in range(0, len(listed), TOGETHER):
                writer.write_voters(listed[start : start + TOGETHER])


def encode(source: ElectionFile, voters: Iterable[Voter] | None = None) -> bytes:
    """The file's bytes: as `write`."""
    target = io.BytesIO()
    write(target, source, voters)
    return target.getvalue()


def _opened(source: Source, file: str) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(source if isinstance(source, Path) else pa.BufferReader(source))
    except OSError as error:
        message = error.strerror or " ".join(str(error).split())
        raise InvalidFile(file, None, "", message) from error
    except pa.ArrowException as error:
        raise InvalidFile(file, None, "", f"this is no Parquet file: {error}") from error
