"""The evidence bundle: one archive with an index of every file's hash, signed by the log's key.

`docs/formats/bundle.md` lists the files. The same files give the same bytes: names are sorted,
times are zero. Reading trusts nothing: no path leaves the archive, no name stands twice, nothing
unpacks beyond stated sizes.
"""

import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self, TypeVar

from tallying import durable
from tallying.errors import InvalidBundle
from tallying.evidence import canonical, notes

INDEX = "INDEX.json"
SIGNATURE = "INDEX.sig"
ATTESTATIONS = "attestations/"
AFTER_COUNTING = ("log/", "admin-log/", "tally/", "acceptances.jsonl")
"""What goes on when the input of the count is fixed."""
INDEX_SCHEMA = "tallying.index/1"
NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(?:/[A-Za-z0-9_][A-Za-z0-9._-]*)*")
PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ZERO_TIME = (1980, 1, 1, 0, 0, 0)

TOGETHER = 2000
"""So many lines of a file are parsed at once."""
T = TypeVar("T")

SAMPLE_BYTES, LEAST_SAVED = 2**16, 0.7

MOST_FILES = 200_000
MOST_FILE_BYTES, MOST_LINES_BYTES = 2**31, 2**32
"""Files of lines are read line by line."""
MOST_BYTES = 2**33
MOST_EXPANSION = 400
"""No honest file of a bundle packs better than this; a decompression bomb does."""


class Bundle:
    """An opened bundle; a context manager. Raises `InvalidBundle` for an unsafe archive."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._members = _safe_members(archive)
        self._kept: dict[tuple[str, object], Any] = {}

    @classmethod
    def open(cls, path: Path | str) -> Self:
        """Open a bundle's file; raises `InvalidBundle`, also when there is none."""
        try:
            return cls(zipfile.ZipFile(path))
        except FileNotFoundError as error:
            message = f"There is no file {path}."
            raise InvalidBundle(message) from error
        except OSError as error:
            message = f"{path} cannot be read: {error.strerror or error}."
            raise InvalidBundle(message) from error
        except (zipfile.BadZipFile, UnicodeDecodeError, ValueError) as error:
            message = (
                f"{path} is not an evidence bundle: it is no zip file, or cut short ({error})."
            )
            raise InvalidBundle(message) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._archive.close()

    @property
    def names(self) -> tuple[str, ...]:
        """Every file's path, sorted."""
        return tuple(sorted(self._members))

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def read(self, name: str) -> bytes:
        """The content of one file; raises `InvalidBundle` when it is missing or damaged."""
        try:
            with self.opened(name) as file:
                return file.read()
        except InvalidBundle:
            raise
        except Exception as error:  # zipfile, zlib and the system each raise their own
            message = f"The file {name} is damaged: {error}."
            raise InvalidBundle(message) from error

    def opened(self, name: str) -> IO[bytes]:
        """One file to be read from its beginning; raises `InvalidBundle` when it is missing."""
        if name not in self._members:
            message = f"The bundle has no file {name}."
            raise InvalidBundle(message)
        try:
            return self._archive.open(self._members[name])
        except Exception as error:  # zipfile and the system each raise their own
            message = f"The file {name} is damaged: {error}."
            raise InvalidBundle(message) from error

    def size(self, name: str) -> int:
        """How many bytes the archive says a file has; 0 where there is none."""
        return self._members[name].file_size if name in self._members else 0

    @property
    def path(self) -> str | None:
        """Where the archive lies; None for one that is no file."""
        return self._archive.filename

    def read_json(self, name: str) -> Any:
        """The value of a canonical JSON file; raises `InvalidBundle`."""
        try:
            return canonical.loads(self.read(name))
        except canonical.NotCanonical as error:
            message = f"{name}: {error}"
            raise InvalidBundle(message) from error

    def lines(self, name: str) -> list[bytes]:
        """The lines of a file in which each ends in a newline; raises `InvalidBundle`."""
        content = self.read(name)
        if not content:
            return []
        if not content.endswith(b"\n"):
            message = f"{name}: the last line does not end."
            raise InvalidBundle(message)
        return content[:-1].split(b"\n")

    def read_lines(self, name: str) -> list[Any]:
        """The values of a file with one canonical JSON value a line; raises `InvalidBundle`."""
        lines, values = self.lines(name), []
        for start in range(0, len(lines), TOGETHER):
            some = lines[start : start + TOGETHER]
            found = canonical.loads_together(some)
            values += _one_by_one(name, start, some) if found is None else found
        return values

    def kept(self, path: str, read: Callable[[Self, str], T]) -> T:
        """What `read` makes of a large file, read once."""
        key = (path, read)
        if key not in self._kept:
            self._kept[key] = read(self, path)
        found: T = self._kept[key]
        return found

    @cached_property
    def index(self) -> dict[str, dict[str, Any]]:
        """Path → what the index says of it; raises `InvalidBundle`."""
        value = self.read_json(INDEX)
        try:
            schema, files = value["schema"], [dict(item) for item in value["files"]]
            paths = [str(item["path"]) for item in files]
            public = [item["visibility"] == "public" for item in files]
        except (KeyError, TypeError, ValueError) as error:
            message = f"{INDEX}: it does not have the fields of an index."
            raise InvalidBundle(message) from error
        if schema != INDEX_SCHEMA:
            message = f"{INDEX}: the schema is not {INDEX_SCHEMA}."
            raise InvalidBundle(message)
        if paths != sorted(set(paths)):
            message = f"{INDEX}: a path stands twice, or out of order."
            raise InvalidBundle(message)
        if public != [not is_restricted(path) for path in paths]:
            message = f"{INDEX}: a file is called public that is not, or the reverse."
            raise InvalidBundle(message)
        return dict(zip(paths, files, strict=True))

    @property
    def round_id(self) -> str:
        """The round that the index names."""
        return str(self.read_json(INDEX).get("round", ""))

    @cached_property
    def is_public(self) -> bool:
        """Whether this is the public edition: no restricted file that the index lists is here."""
        restricted = [path for path in self.index if is_restricted(path)]
        return not any(path in self._members for path in restricted)

    @property
    def attestations(self) -> tuple[str, ...]:
        """The paths of the attestations, which the index does not list."""
        return tuple(name for name in self.names if name.startswith(ATTESTATIONS))


def _one_by_one(name: str, start: int, lines: list[bytes]) -> list[Any]:
    """The same, slowly; raises `InvalidBundle` naming the line that is not canonical."""
    values = []
    for number, line in enumerate(lines, start=start + 1):
        try:
            values.append(canonical.loads(line))
        except canonical.NotCanonical as error:
            message = f"{name}, line {number}: {error}"
            raise InvalidBundle(message) from error
    return values


def is_restricted(path: str) -> bool:
    """Whether a file is for auditors only."""
    return "restricted" in path.split("/")


def write(path: Path, files: Mapping[str, bytes], *, round_id: str, signer: notes.Signer) -> None:
    """Write the auditor edition: `files`, their index, and the index's signature."""
    index = _index(round_id, {name: _indexed(name, content) for name, content in files.items()})
    signature = notes.sign(index_text(round_id, index), signer)
    _write_archive(path, {**files, INDEX: index, SIGNATURE: signature}.items())


def _index(round_id: str, entries: Mapping[str, dict[str, Any]]) -> bytes:
    files = [entries[name] for name in sorted(entries)]
    return canonical.dumps({"schema": INDEX_SCHEMA, "round": round_id, "files": files})


def _indexed(name: str, content: bytes) -> dict[str, Any]:
    """What the index says of a file. The size of a restricted one would tell how many envelopes
    or ballots are in it, also those of a small box."""
    restricted = is_restricted(name)
    return {
        "path": name,
        "sha256": canonical.digest_of(content),
        "size": None if restricted else len(content),
        "visibility": "restricted" if restricted else "public",
    }


def write_public(auditor: Path, public: Path) -> None:
    """Write the public edition: the auditor edition without its restricted files."""
    with Bundle.open(auditor) as source:
        _write_archive(public, _content(source, lambda name: not is_restricted(name)))


def write_longer_log(public: Path, log: Mapping[str, bytes], *, signer: notes.Signer) -> None:
    """Replace the log of a public edition by a longer one, in place; `log` by path.

    The index goes on to list what the auditors' edition held, so that the input's digest stays.
    """
    with Bundle.open(public) as source:
        own = (INDEX, SIGNATURE)
        kept = dict(_content(source, lambda name: not name.startswith("log/") and name not in own))
        entries = {path: item for path, item in source.index.items() if not path.startswith("log/")}
        round_id = source.round_id
    entries |= {name: _indexed(name, content) for name, content in log.items()}
    index = _index(round_id, entries)
    signature = notes.sign(index_text(round_id, index), signer)
    _write_archive(public, {**kept, **log, INDEX: index, SIGNATURE: signature}.items())


def add_attestation(path: Path, name: str, note: bytes) -> None:
    """Put an auditor's signed note into an edition; one of the same name is replaced."""
    added = f"{ATTESTATIONS}{name}.note"
    if not NAME.fullmatch(added):
        message = f"{name!r} cannot name an attestation."
        raise InvalidBundle(message)
    with Bundle.open(path) as source:
        kept = dict(_content(source, lambda existing: existing != added))
    _write_archive(path, {**kept, added: note}.items())


def index_text(round_id: str, index: bytes) -> str:
    """What the log's key signs of an index."""
    return f"{INDEX_SCHEMA}\n{round_id}\n{canonical.digest_of(index)}\n"


def input_digest(bundle: Bundle) -> str:
    """What `tally.input` logs: the index's paths and hashes, but for the logs and the tally."""
    counted = [
        [path, item["sha256"]]
        for path, item in sorted(bundle.index.items())
        if not path.startswith(AFTER_COUNTING)
    ]
    return canonical.digest(counted)


def _content(source: Bundle, wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes]]:
    return ((name, source.read(name)) for name in source.names if wanted(name))


def _write_archive(path: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """Write beside the final name first: a bundle is there whole, or not at all."""
    draft = path.with_name(path.name + ".draft")
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in sorted(files):
            member = zipfile.ZipInfo(name, ZERO_TIME)
            member.compress_type = _packing(content)
            member.create_system = 3
            member.external_attr = 0o644 << 16
            archive.writestr(member, content)
    durable.settle(draft, path)


def _packing(content: bytes) -> int:
    """Random bytes in base64 pack by a quarter, and unpacking a million envelopes would take longer
    than every check of them: what its beginning shows to be such is stored as it is."""
    sample = content[:SAMPLE_BYTES]
    is_random = len(zlib.compress(sample, 1)) > LEAST_SAVED * len(sample)
    return zipfile.ZIP_STORED if len(content) > SAMPLE_BYTES and is_random else zipfile.ZIP_DEFLATED


def _safe_members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    members = archive.infolist()
    if len(members) > MOST_FILES:
        message = f"The bundle has more than {MOST_FILES} files."
        raise InvalidBundle(message)
    safe: dict[str, zipfile.ZipInfo] = {}
    for member in members:
        if not NAME.fullmatch(member.filename):
            message = f"The bundle has a file with an unsafe name: {member.filename[:80]!r}."
            raise InvalidBundle(message)
        if member.filename in safe:
            message = f"The bundle has two files {member.filename}."
            raise InvalidBundle(message)
        if member.compress_type not in PACKINGS:
            message = f"The file {member.filename} is packed in another way than deflate."
            raise InvalidBundle(message)
        packed = max(member.compress_size, 1024)
        most = MOST_LINES_BYTES if member.filename.endswith(".jsonl") else MOST_FILE_BYTES
        if member.file_size > min(most, packed * MOST_EXPANSION):
            message = f"The file {member.filename} unpacks to an unreasonable size."
            raise InvalidBundle(message)
        safe[member.filename] = member
    if INDEX not in safe:
        message = f"This zip file is no evidence bundle: it has no file {INDEX}."
        raise InvalidBundle(message)
    if min(member.header_offset for member in members):
        message = "The bundle has bytes before its first file."
        raise InvalidBundle(message)
    if sum(member.file_size for member in members) > MOST_BYTES:
        message = f"The bundle unpacks to more than {MOST_BYTES} bytes."
        raise InvalidBundle(message)
    return safe
