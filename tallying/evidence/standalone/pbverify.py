#!/usr/bin/env python3
"""pbverify: check the evidence of a participatory budgeting vote, trusting nobody.

For the sceptical citizen
-------------------------
A parliament says that these projects won, and publishes an *evidence bundle*: one zip archive with
everything that is needed to repeat the count. This program reads such a bundle and says whether
the result follows from it. It asks no server, opens no network connection and writes no file but
the report that you ask for. It is one file, needs Python 3.9 or newer and nothing else, and is
meant to be read from top to bottom in an evening:

    1  what a check can come to            6  the archive
    2  canonical JSON                      7  the evidence: the archive's files as values
    3  Ed25519 signatures                  8  ballots
    4  signed notes, keys and policies     9  the checks, V01 to V30
    5  the Merkle tree                    10  counting again, by four rules
                                          11  the command

There is a second program, `tallying verify`, which other hands wrote; this one shares no line with
it. A mistake in one of them shows as a disagreement between the two.

Do not take this file from the bundle that you want to check: whoever forges a bundle can put
another program into it. Take it from a place that you trust, or compare the two copies.

    python3 pbverify.py BUNDLE [--trust FILE] [--json FILE|-] [--receipt FILE] [--no-recount]

BUNDLE is the public edition, which anybody may have, or the auditors'. The trust file holds the
keys as printed in the gazette: lines `log KEY`, `receipt KEY`, `auditor KEY`, and, where witnesses
sign the log, `witness NAME KEY`, `group NAME NUMBER MEMBER…` and `quorum NAME`. Without it the
verdict is "consistent, origin unproven": everything fits together, and nobody says whose keys
signed it. `--receipt` looks up your own receipt. Exit code 0: nothing failed, and nothing was
skipped that this edition allows to check. 1: something did. 2: the file is no bundle, or the
command is wrong. What each check means stands in CHECKS.md, beside this file in every bundle.
"""

from __future__ import annotations

import argparse
import base64
import csv
import io
import json
import os
import re
import struct
import sys
import unicodedata
import zipfile
import zlib
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from fractions import Fraction
from functools import cached_property, lru_cache
from hashlib import sha256, sha512
from itertools import groupby, takewhile, zip_longest
from math import gcd
from pathlib import Path
from typing import Any, NamedTuple, cast

Json = dict[str, Any]

# 1 ---- What a check can come to -----------------------------------------------------------------


class Failed(Exception):
    """The evidence contradicts itself, or cannot be read; the message says where."""


class Skipped(Exception):
    """A check cannot be made; `expected` when this edition, mode or rule never allows it."""

    def __init__(self, reason: str, expected: bool = True) -> None:
        super().__init__(reason)
        self.expected = expected


class Unsafe(Exception):
    """The file is no bundle, or it would be dangerous to unpack it."""


class Finding(NamedTuple):
    """What one check came to."""

    id: str
    status: str
    detail: str
    expected: bool = True


def require(holds: bool, message: str) -> None:
    """Fail with the message unless the condition holds."""
    if not holds:
        raise Failed(message)


def equal(found: Any, expected: Any, what: str) -> None:
    """Fail unless two values are the same; the message tells both.

    Found is what the bundle or its log says, expected what follows from everything else.
    """
    if found != expected:
        raise Failed(f"{what}: {both(found, expected)}.")


def both(found: Any, expected: Any) -> str:
    """Two values in a message; of long ones what stands around their first difference."""
    texts = [spelt(value) for value in (found, expected)]
    start = max(0, len(os.path.commonprefix(texts)) - 60)  # noqa: RUF071 — texts, not paths
    told = []
    for text in texts:
        part = text[start : start + 120]
        around = f"{'… ' if start else ''}{part}{' …' if text[start + 120 :] else ''}"
        told.append(text if len(text) <= 120 else around)
    return f"found {told[0]}, expected {told[1]}"


def short(value: Any) -> str:
    """The beginning of a value in a message."""
    text = spelt(value)
    return text if len(text) <= 120 else f"{text[:120]} …"


MISSING = object()


def spelt(value: Any) -> str:
    """A value in a message: numbers as such, also where they are kept as fractions."""
    if value is MISSING:
        return "nothing"
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=_number)


def _number(value: Any) -> Any:
    if isinstance(value, Fraction):
        return value.numerator if value.denominator == 1 else str(value)
    return repr(value)


# 2 ---- Canonical JSON (docs/formats/canonical.md) ------------------------------------------------
#
# A hash is of bytes, so each value must have exactly one spelling. We parse, write again in the one
# spelling, and compare the bytes: spaces, another order of keys, a key that stands twice or `\u0041`
# for `A` all show. Python's `json`, asked for sorted keys and no spaces, writes that spelling
# within the limits that are checked here.

MOST_INTEGER = 2**53 - 1
MOST_DEPTH = 16
KEY = re.compile(r"[a-z0-9_]+")
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
FOREIGN_ESCAPE = re.compile(r'(?<!\\)(?:\\\\)*\\[^"\\n]')
_good_keys: set[str] = set()


def _whole_number(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > MOST_INTEGER:
        raise ValueError("an integer is beyond ±(2^53 − 1)")
    return int(text)


def _no_number(text: str) -> None:
    raise ValueError(f"{text[:20]} is no whole number")


def _keys(value: Json) -> Json:
    if not _good_keys.issuperset(value):
        for key in value:
            if not KEY.fullmatch(key):
                raise ValueError(f"the key {key!r} is not made of a to z, 0 to 9 and _")
        _good_keys.update(value)
    return value


_decode = json.JSONDecoder(
    object_hook=_keys, parse_int=_whole_number, parse_float=_no_number, parse_constant=_no_number
).decode
_encode = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False
).encode


def depth(value: Any) -> int:
    """How many lists and objects stand inside each other."""
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return (1 if isinstance(value, (dict, list)) else 0) + max(map(depth, inside), default=0)


def loads(content: bytes) -> Any:
    """The value that canonical JSON writes; raises `Failed`."""
    try:
        text = content.decode()
        value = _decode(text)
        same = _encode(value) == text
    except (ValueError, RecursionError) as error:
        raise Failed(f"It is not canonical JSON: {str(error)[:80]}.") from error
    require(same, "It is JSON, but not written in canonical form.")
    if "\\" in text:
        require(not FOREIGN_ESCAPE.search(text), "It holds a control character.")
    require(text.isascii() or not CONTROL.search(text), "It holds a control character.")
    require("\x7f" not in text, "It holds a control character.")
    require(unicodedata.is_normalized("NFC", text), "It is not in Unicode's form NFC.")
    if text.count("[") + text.count("{") > MOST_DEPTH:
        require(depth(value) <= MOST_DEPTH, f"It is nested deeper than {MOST_DEPTH} levels.")
    return value


def dumps(value: Any) -> bytes:
    """The canonical bytes of a value that came out of `loads`, or is made like one."""
    return _encode(value).encode()


def b64u(content: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def unb64u(text: Any) -> bytes:
    """The bytes that base64url without padding writes, in its one spelling; raises `Failed`."""
    try:
        content = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, TypeError) as error:
        raise Failed("It is not base64url.") from error
    require(b64u(content) == text, "It is not base64url without padding.")
    return content


def digest_of(text: Any) -> bytes:
    """The 32 bytes of a SHA-256 in base64url; zeros, which no content has, when it is none."""
    try:
        found = unb64u(text)
    except Failed:
        return ZEROS
    return found if len(found) == len(ZEROS) else ZEROS


ZEROS = bytes(32)


def is_hash(text: Any) -> bool:
    """Whether a text is 32 bytes in base64url."""
    return digest_of(text) != ZEROS or text == b64u(ZEROS)


def reference(text: Any) -> bytes:
    """Who somebody is, without a name: 32 bytes; raises `Failed`, so that no two look alike."""
    found = digest_of(text)
    require(found != ZEROS, "A voter_ref is not 32 bytes in base64url.")
    return found


def column(digests: bytearray) -> Iterator[bytes]:
    """The digests that stand one behind the other: held so, they take half the memory of a list."""
    return (bytes(digests[at : at + 32]) for at in range(0, len(digests), 32))


def digest(content: bytes) -> str:
    """SHA-256 in base64url: how these files name each other."""
    return b64u(sha256(content).digest())


# 3 ---- Ed25519 (RFC 8032, section 5.1) -----------------------------------------------------------
#
# A point of the curve is (X : Y : Z : T) with x = X/Z, y = Y/Z, x·y = T/Z. A signature is the
# encoded point R and the number S; it is good when S·B = R + k·A, where A is the public key, B the
# base point and k = SHA-512(R ‖ A ‖ message). We compute S·B − k·A and compare its encoding with R:
# the check without the cofactor, the stricter of the two that the RFC allows. An S not below the
# order L, and a y not below p, are refused, so that a signature has one spelling.

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]
NEUTRAL: Point = (0, 1, 1, 0)


def _add(one: Point, two: Point) -> Point:
    a = (one[1] - one[0]) * (two[1] - two[0]) % P
    b = (one[1] + one[0]) * (two[1] + two[0]) % P
    c = 2 * one[3] * two[3] * D % P
    d = 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _point(encoded: bytes) -> Point | None:
    """Decode a point (5.1.3); None when the bytes are none."""
    number = int.from_bytes(encoded, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    if len(encoded) != 32 or y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - x2) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def _encoded(point: Point) -> bytes:
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


@lru_cache(maxsize=64)
def _multiples(point: Point) -> list[list[Point]]:
    """Row i holds j·16^i times the point, for j from 0 to 15: then products need only additions."""
    rows = []
    for _ in range(64):
        row = [NEUTRAL]
        for _ in range(15):
            row.append(_add(row[-1], point))
        rows.append(row)
        point = _add(row[-1], point)
    return rows


def _times(number: int, point: Point) -> Point:
    product = NEUTRAL
    for row in _multiples(point):
        product = _add(product, row[number & 15])
        number >>= 4
    return product


BASE = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")) or NEUTRAL


def signature_holds(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether a signature over a message is that of a public key."""
    key, s = _point(public), int.from_bytes(signature[32:], "little")
    if key is None or len(signature) != 64 or s >= L:
        return False
    k = int.from_bytes(sha512(signature[:32] + public + message).digest(), "little") % L
    minus_key = (-key[0] % P, key[1], key[2], -key[3] % P)
    return _encoded(_add(_times(s, BASE), _times(k, minus_key))) == signature[:32]


# 4 ---- Signed notes, keys and policies (C2SP signed-note, tlog-cosignature, tlog-policy) ---------
#
# A note is a text, an empty line, and a line `— NAME base64(key hash ‖ signature)` for each
# signature. A verifier key reads NAME+HASH+base64(type ‖ public key): type 1 signs the text as it
# is, type 4 is a witness, who signs the text together with the time at which it was seen.

PLAIN, COSIGNATURE = 1, 4


class Key(NamedTuple):
    """A verifier key."""

    name: str
    kind: int
    public: bytes

    @property
    def hash(self) -> bytes:
        """The four bytes that name this key in a signature."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    @property
    def text(self) -> str:
        """The key as it is written."""
        encoded = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.hash.hex()}+{encoded}"


def standard_base64(text: str) -> bytes:
    """The bytes of padded base64 in its one spelling; nothing when it is another."""
    try:
        content = base64.b64decode(text, validate=True)
    except ValueError:
        return b""
    return content if base64.b64encode(content).decode() == text else b""


def read_key(text: str) -> Key:
    """Read a verifier key; raises `Failed`."""
    name, _, rest = text.partition("+")
    content = standard_base64(rest.partition("+")[2])
    known = content[:1] in (b"\x01", b"\x04") and len(content) == 33
    require(bool(name) and known, f"{text[:60]!r} is no verifier key.")
    key = Key(name, content[0], content[1:])
    require(key.text == text, f"The verifier key of {name} is damaged: its hash does not fit.")
    return key


def note_text(note: bytes) -> str:
    """What a note says, its signatures unchecked; raises `Failed`."""
    return _split_note(note)[0]


def _split_note(note: bytes) -> tuple[str, list[str]]:
    require(len(note) <= 1_000_000, "The note is too large.")
    try:
        whole = note.decode()
    except UnicodeDecodeError as error:
        raise Failed("The note is not UTF-8.") from error
    text, gap, lines = whole.rpartition("\n\n")
    form = gap and lines.endswith("\n") and not re.search(r"[\x00-\x09\x0b-\x1f]", whole)
    require(bool(form), "It is no signed note: it has no signatures below an empty line.")
    require(lines.count("\n") <= 100, "The note has more than 100 signatures.")
    return text + "\n", lines[:-1].split("\n")


def signed_by(note: bytes, keys: Iterable[Key]) -> list[Key]:
    """Who of the keys signed the note; raises `Failed` on a signature in a key's name that is false."""
    text, lines = _split_note(note)
    known = {(key.name, key.hash): key for key in keys}
    signers = []
    for line in lines:
        found = re.fullmatch(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})", line)
        content = standard_base64(found[2]) if found else b""
        if found is None or len(content) < 5:
            raise Failed("The note has a malformed signature line.")
        key, signature = known.get((found[1], content[:4])), content[4:]
        if key is None:
            continue
        message = text.encode()
        if key.kind == COSIGNATURE:
            seen = int.from_bytes(signature[:8], "big")
            message = f"cosignature/v1\ntime {seen}\n".encode() + message
            signature = signature[8:]
        require(
            signature_holds(key.public, message, signature),
            f"The signature of {key.name} does not fit the text.",
        )
        if key not in signers:
            signers.append(key)
    return signers


class Policy:
    """Keys by what they may sign, and how many witnesses are enough; raises `Failed`.

    `quorum` is None where nothing is said of witnesses, and "none" where none is asked for.
    """

    def __init__(self, text: str, file: str) -> None:
        self.log: list[Key] = []
        self.receipt: list[Key] = []
        self.auditor: list[Key] = []
        self.witness: dict[str, Key] = {}
        self.groups: dict[str, tuple[int, list[str]]] = {}
        self.quorum: str | None = None
        for number, line in enumerate(text.splitlines(), start=1):
            words = line.split("#", 1)[0].split()
            try:
                if words:
                    self._line(words)
            except (Failed, ValueError, IndexError) as error:
                raise Failed(f"{file}, line {number}: {error}") from error

    def _line(self, words: list[str]) -> None:
        role, *rest = words
        if role in ("log", "receipt", "auditor"):
            require(len(rest) == 1 or (role == "log" and len(rest) == 2), f"it reads {role} KEY.")
            getattr(self, role).append(read_key(rest[0]))
        elif role == "witness":
            require(len(rest) in (2, 3) and not self._named(rest[0]), "it reads witness NAME KEY.")
            self.witness[rest[0]] = read_key(rest[1])
        elif role == "group":
            name, number, *members = rest
            known = all(map(self._named, members)) and len(set(members)) == len(members)
            require(known and not self._named(name), "a group names earlier witnesses and groups.")
            least = {"any": 1, "all": len(members)}.get(number) or int(number)
            require(1 <= least <= len(members), "a group asks for more members than it has.")
            self.groups[name] = (least, members)
        else:
            require(role == "quorum" and len(rest) == 1, "it names no key, group or quorum.")
            known = rest[0] == "none" or self._named(rest[0])
            require(known and self.quorum is None, "the quorum is one earlier name, stated once.")
            self.quorum = rest[0]

    def _named(self, name: str) -> bool:
        return name == "none" or name in self.witness or name in self.groups

    def reached(self, name: str, signers: Sequence[Key]) -> bool:
        """Whether the signers make up a witness or group. Members come before their group: no circles."""
        if name in self.witness:
            return self.witness[name] in signers
        least, members = self.groups[name]
        return sum(self.reached(member, signers) for member in members) >= least


class Checkpoint(NamedTuple):
    """What the log's key says of the log: its name, its number of entries, the root over them."""

    origin: str
    size: int
    root: bytes


def read_checkpoint(note: bytes) -> Checkpoint:
    """The three lines of a checkpoint, signatures unchecked; raises `Failed`."""
    lines = note_text(note).split("\n")
    form = len(lines) == 4 and lines[0] and re.fullmatch(r"0|[1-9][0-9]{0,18}", lines[1])
    root = standard_base64(lines[2]) if form else b""
    require(len(root) == 32, "A checkpoint has three lines: origin, size and root.")
    return Checkpoint(lines[0], int(lines[1]), root)


# 5 ---- The Merkle tree (RFC 6962, section 2.1) ---------------------------------------------------
#
# One hash stands for a whole list: change, add, drop or reorder anything, and it is another hash.


def leaf(entry: bytes) -> bytes:
    """The hash of one entry."""
    return sha256(b"\x00" + entry).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The hash over two subtrees."""
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree that grows leaf by leaf.

    Only the complete subtrees so far are held, largest first, as the digits of a binary counter:
    a new leaf joins its neighbour of the same height, and so on upwards.
    """

    def __init__(self) -> None:
        self.size, self._peaks = 0, list[tuple[int, bytes]]()

    def add(self, top: bytes) -> None:
        """Append a leaf."""
        height, self.size = 0, self.size + 1
        while self._peaks and self._peaks[-1][0] == height:
            top = node(self._peaks.pop()[1], top)
            height += 1
        self._peaks.append((height, top))

    def root(self) -> bytes:
        """The hash over all leaves so far."""
        root = self._peaks[-1][1] if self._peaks else sha256(b"").digest()
        for _, peak in self._peaks[-2::-1]:
            root = node(peak, root)
        return root


def roots(leaves: Iterable[bytes], sizes: Iterable[int]) -> dict[int, bytes]:
    """The roots over the first `size` leaves, for every size asked for, in one walk."""
    tree, wanted = Tree(), set(sizes)
    found = {0: tree.root()}
    for top in leaves:
        tree.add(top)
        if tree.size in wanted:
            found[tree.size] = tree.root()
    return {size: root for size, root in found.items() if size in wanted}


def root_by_path(start: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root to which an inclusion proof leads from a leaf; raises `Failed`."""
    if size == 1:
        require(not path, "The proof is too long.")
        return start
    require(bool(path), "The proof is too short.")
    split = 1 << (size - 1).bit_length() - 1
    if index < split:
        return node(root_by_path(start, index, split, path[:-1]), path[-1])
    return node(path[-1], root_by_path(start, index - split, size - split, path[:-1]))


# 6 ---- The archive -------------------------------------------------------------------------------
#
# Nothing is unpacked to disk, and large files are never in memory as a whole. Before any file is
# read, the whole directory is looked at: no name leaves the archive or stands twice, and nothing
# grows beyond what honest files do.

INDEX, SIGNATURE, ATTESTATIONS = "INDEX.json", "INDEX.sig", "attestations/"
PATH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(?:/[A-Za-z0-9_][A-Za-z0-9._-]*)*")
MOST_FILES, MOST_FILE_BYTES, MOST_BYTES, MOST_EXPANSION = 200_000, 2**32, 2**33, 400
MOST_AT_ONCE, MOST_LINE = 2**28, 2**24
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError)


class Archive:
    """The files of a bundle by their paths; raises `Unsafe`."""

    def __init__(self, path: str) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except FileNotFoundError as error:
            raise Unsafe(f"There is no file {path}.") from error
        except OSError as error:
            raise Unsafe(f"{path} cannot be read: {error.strerror or error}.") from error
        except (*DAMAGE, struct.error) as error:
            raise Unsafe(f"{path} is not an evidence bundle, or cut short ({error}).") from error
        members = self._zip.infolist()
        if len(members) > MOST_FILES or sum(m.file_size for m in members) > MOST_BYTES:
            raise Unsafe("The archive holds more than any bundle does.")
        self._members: dict[str, zipfile.ZipInfo] = {}
        for member in members:
            self._take(member)
        if INDEX not in self._members:
            raise Unsafe(f"This zip file is no evidence bundle: it has no file {INDEX}.")
        if min(member.header_offset for member in members):
            raise Unsafe("The archive has bytes before its first file.")
        self.names, self.reading = sorted(self._members), "A file"

    def _take(self, member: zipfile.ZipInfo) -> None:
        name = member.filename
        if not PATH.fullmatch(name):
            raise Unsafe(f"A file of the archive has an unsafe name: {name[:80]!r}.")
        if name in self._members:
            raise Unsafe(f"The archive has two files {name}.")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Unsafe(f"The file {name} is packed in another way than deflate.")
        if member.flag_bits & 1:
            raise Unsafe(f"The file {name} is encrypted.")
        if member.file_size > min(
            MOST_FILE_BYTES, max(member.compress_size, 1024) * MOST_EXPANSION
        ):
            raise Unsafe(f"The file {name} unpacks to an unreasonable size.")
        self._members[name] = member

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def read(self, name: str) -> bytes:
        """The bytes of a small file; raises `Failed` when it is missing, damaged or large."""
        with self._opened(name) as file:
            content = file.read(MOST_AT_ONCE + 1)
        require(len(content) <= MOST_AT_ONCE, f"The file {name} is too large to be read at once.")
        return content

    def digest(self, name: str) -> tuple[str, int]:
        """A file's hash and size."""
        found, size = sha256(), 0
        with self._opened(name) as file:
            for piece in iter(lambda: file.read(2**20), b""):
                found.update(piece)
                size += len(piece)
        return b64u(found.digest()), size

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of a file with their newlines; one beyond 16 MiB comes in pieces."""
        with self._opened(name) as file:
            yield from iter(lambda: file.readline(MOST_LINE), b"")

    @contextmanager
    def _opened(self, name: str) -> Iterator[io.BufferedReader]:
        require(name in self._members, f"The bundle has no file {name}.")
        self.reading = name
        try:
            with self._zip.open(self._members[name]) as member:
                yield io.BufferedReader(cast("io.RawIOBase", member), 2**16)
        except DAMAGE as error:
            raise Failed(f"The file {name} is damaged: {error}.") from error


# 7 ---- The evidence ------------------------------------------------------------------------------

MANIFEST, OUTCOME, ENTRIES = "config/round.json", "tally/outcome.json", "log/entries.jsonl"
POLICY, RECEIPT_KEY = "config/policy.txt", "config/keys/receipt.txt"
AMENDED, ACTS, CANARIES = "config/amended/", "config/acts.json", "canary/openings.json"
ADMIN_ENTRIES = "admin-log/entries.jsonl"
FIXING = ("round:manifest:sealed", "round:manifest:amended")
PRIVACY, TRUNCATED = "privacy/report.json", "ballots-truncated.pb"
RECONCILIATION, LAYERS = "reconciliation.json", ("outer", "inner")
ROLL, OPENINGS = "roll/restricted/roll.jsonl", "roll/restricted/openings.jsonl"
MID, OUT = "layers/restricted/mid.jsonl", "layers/restricted/out.jsonl"
ENVELOPES = ("counted.jsonl", "superseded.jsonl", "revoked.jsonl")


def restricted(path: str) -> bool:
    """Whether a file is for auditors only."""
    return "restricted" in path.split("/")


def get(value: Any, name: str, where: str) -> Any:
    """A field of an object; raises `Failed` when there is none."""
    require(isinstance(value, dict) and name in value, f"{where} has no field {name}.")
    return value[name]


def fields(value: Any, *names: str, where: str = "It") -> None:
    """Fail unless an object has just these fields."""
    found = value.keys() if isinstance(value, dict) else set[str]()
    differing = ", ".join(sorted(found ^ set(names))[:3])
    require(not differing, f"{where} has a field too many, or one too few: {differing}.")


def whole(value: Any, name: str, where: str) -> int:
    """A field that is a whole number; raises `Failed`."""
    found = get(value, name, where)
    require(type(found) is int, f"{where}: {name} is not a whole number.")
    return int(found)


def formed(value: Any, form: Any, where: str) -> None:
    """Fail unless a value is of a form: a type or several, a list of one, an object with fields."""
    if isinstance(form, dict):
        for name, inner in form.items():
            formed(get(value, name, where), inner, f"{where}, {name}")
    elif isinstance(form, list):
        require(isinstance(value, list), f"{where} is no list.")
        for number, item in enumerate(value):
            formed(item, form[0], f"{where}[{number}]")
    else:
        kinds = form if isinstance(form, tuple) else (form,)
        names = " or ".join(kind.__name__ for kind in kinds)
        require(type(value) in kinds, f"{where} is {short(value)}, which is no {names}.")


def nothing_else(value: Any, form: Any, where: str) -> None:
    """Fail where a value of this form has a field that the form does not name."""
    if isinstance(form, dict):
        more = sorted(set(value) - set(form))
        require(not more, f"{where} has a field too many: {', '.join(more[:3])}.")
        for name, inner in form.items():
            nothing_else(value[name], inner, f"{where}, {name}")
    elif isinstance(form, list):
        for number, item in enumerate(value):
            nothing_else(item, form[0], f"{where}[{number}]")


TEXT_OR_NONE, NUMBER_OR_NONE = (str, type(None)), (int, type(None))
PROJECT: Json = {"id": str, "cost": int, "name": dict, "categories": list}
PROJECT |= {"exclusive_group": TEXT_OR_NONE}
FORM: Json = {  # what the checks use of the manifest
    "boxes": [{"id": str, "budget": int, "ballot_size": int, "projects": [PROJECT]}],
    **dict.fromkeys(("currency", "round", "secrecy", "style"), str),
    "languages": [str],
    "limits": {
        **dict.fromkeys(("min_length", "min_points", "min_spend"), int),
        **dict.fromkeys(("max_length", "max_points", "max_score"), NUMBER_OR_NONE),
        "blank_allowed": bool,
    },
    "lots": (list, type(None)),
    "minor_digits": int,
    "rule": {
        "rule": str,
        "utility": TEXT_OR_NONE,
        "completion": str,
        "parameters": dict,
        "ties": [str],
    },
}


class Evidence:
    """The files of a bundle as values. Everything may raise `Failed`."""

    def __init__(
        self,
        archive: Archive,
        trust: Policy | None = None,
        receipt: bytes | None = None,
        recount: bool = True,
    ) -> None:
        self.archive, self.trust, self.receipt, self.recount = archive, trust, receipt, recount
        self.receipt_proves = True  # until it is read
        self.receipt_name = ""
        self._tables: dict[str, Table] = {}
        self._opened: dict[str, tuple[Ballots, Counter[str]]] = {}
        self._published: dict[str, Ballots] = {}

    # -- files

    def json(self, path: str) -> Any:
        """The value of a JSON file."""
        try:
            return loads(self.archive.read(path))
        except Failed as error:
            raise Failed(f"{path}: {error}") from error

    def values(self, path: str) -> list[Any]:
        """The values of a small file with one JSON value a line."""
        table = Values()
        table.read(self.archive, path)
        table.readable()
        return table.values

    def table(self, path: str, readable: bool = True) -> Any:
        """What is kept of a file of lines, which is read once; raises `Failed` unless it is readable."""
        if path not in self._tables:
            self._tables[path] = self._empty_table(path)
            self._tables[path].read(self.archive, path)
        if readable:
            self._tables[path].readable()
        return self._tables[path]

    def _empty_table(self, path: str) -> Table:
        name = path.rpartition("/")[2]
        if path in (MID, OUT):
            return Stage(self, keeps=path == OUT)
        if path.startswith("box/") and name in ENVELOPES:
            try:
                keeps = name == ENVELOPES[0] and not self.sealed
            except Failed:  # of a round whose manifest cannot be read no ballot is
                keeps = False
            return Envelopes(keeps)
        kinds = {ENTRIES: Log, ROLL: Roll, OPENINGS: Openings, ADMIN_ENTRIES: Leaves}
        return kinds.get(path, Table)()

    @cached_property
    def index(self) -> dict[str, Json]:
        """What the index says of each file, by its path."""
        value = self.json(INDEX)
        require(get(value, "schema", INDEX) == "tallying.index/1", f"{INDEX} has another schema.")
        files = get(value, "files", INDEX)
        require(isinstance(files, list), f"{INDEX} has no list of files.")
        paths = [str(get(file, "path", INDEX)) for file in files]
        require(paths == sorted(set(paths)), f"{INDEX}: a path stands twice, or out of order.")
        for path, file in zip(paths, files):
            said = "restricted" if restricted(path) else "public"
            require(file.get("visibility") == said, f"{INDEX}: {path} is {said} and not so called.")
        return dict(zip(paths, files))

    @cached_property
    def is_public(self) -> bool:
        """Whether this is the public edition: none of the restricted files is here."""
        return not any(restricted(path) and path in self.archive for path in self.index)

    @cached_property
    def input_digest(self) -> str:
        """What `tally.input` logs: the paths and hashes of everything but the logs and the tally."""
        counted = [
            [path, file.get("sha256")]
            for path, file in self.index.items()
            if not path.startswith(("log/", "admin-log/", "tally/", "acceptances.jsonl"))
        ]
        return digest(dumps(counted))

    # -- the manifest

    @cached_property
    def manifest(self) -> Json:
        """The sealed manifest: what was announced before voting opened."""
        value = self.json(MANIFEST)
        formed(value, FORM, MANIFEST)
        return dict(value)

    @cached_property
    def round(self) -> str:
        """The round's name."""
        return str(self.manifest["round"])

    @cached_property
    def boxes(self) -> dict[str, Json]:
        """What the manifest says of each box, in its order."""
        found = {box["id"]: box for box in self.manifest["boxes"]}
        require(len(found) == len(self.manifest["boxes"]), f"{MANIFEST} names a box twice.")
        return found

    @cached_property
    def sealed(self) -> bool:
        """Whether the ballots were sealed to two bodies."""
        secrecy = self.manifest["secrecy"]
        require(secrecy in ("open", "sealed"), f"The secrecy {secrecy!r} cannot be checked.")
        return bool(secrecy == "sealed")

    def layer(self, name: str) -> Json:
        """What the manifest says of a layer of a sealed round."""
        layers = get(get(self.manifest, "seal", MANIFEST), "layers", MANIFEST)
        require(isinstance(layers, list), f"{MANIFEST} has no list of layers.")
        equal([get(x, "layer", MANIFEST) for x in layers], [*LAYERS], f"{MANIFEST} names layers")
        return dict(layers[LAYERS.index(name)])

    @cached_property
    def server_trust(self) -> bool:
        """Whether the server itself holds the keys of both layers."""
        return self.sealed and self.manifest["seal"].get("server_trust") is not False

    # -- the log

    @cached_property
    def policy(self) -> Policy:
        """The keys as the bundle itself names them."""
        policy = Policy(self._text(POLICY), POLICY)
        require(not policy.receipt + policy.auditor, f"{POLICY} names keys of another kind.")
        policy.receipt += [read_key(line) for line in self._text(RECEIPT_KEY).splitlines()]
        return policy

    def _text(self, path: str) -> str:
        try:
            return self.archive.read(path).decode()
        except UnicodeDecodeError as error:
            raise Failed(f"{path} is not text.") from error

    def checkpoint(self, path: str = "log/checkpoint") -> Checkpoint:
        """A checkpoint signed by the log's key."""
        note = self.archive.read(path)
        try:
            checkpoint, signers = read_checkpoint(note), signed_by(note, self.policy.log)
        except Failed as error:
            raise Failed(f"{path}: {error}") from error
        names = [key.name for key in signers]
        require(checkpoint.origin in names, f"{path} is not signed by the key of the log it names.")
        return checkpoint

    @property
    def log(self) -> Log:
        """The log's entries, in its order."""
        return cast("Log", self.table(ENTRIES))

    def all(self, kind: str) -> list[tuple[int, Json]]:
        """Every entry of a type but `cast`, with its position."""
        return self.log.by_type.get(kind, [])

    def only(self, kind: str) -> tuple[int, Json]:
        """The one entry of a type, with its position."""
        found = self.all(kind)
        require(len(found) == 1, f"The log has {len(found)} entries {kind} instead of one.")
        return found[0]

    @cached_property
    def acts(self) -> list[Json]:
        """What two officials changed during the vote: later closes, withdrawn projects."""
        if ACTS not in self.archive:
            return []
        acts = get(self.json(ACTS), "acts", ACTS)
        require(isinstance(acts, list) and bool(acts), f"{ACTS} holds no list of acts.")
        require(all(isinstance(act, dict) for act in acts), f"{ACTS} holds no list of acts.")
        return list(acts)

    def withdrawn(self, box: str) -> list[str]:
        """The projects of a box that cannot be funded any more."""
        acts = (act for act in self.acts if act.get("t") == "withdraw" and act.get("box") == box)
        return sorted(str(act.get("project")) for act in acts)

    @cached_property
    def destroyed(self) -> bool:
        """Whether the log says that what ties ballots to people was destroyed."""
        return bool(self.all("key.destroyed"))

    # -- people and boxes

    @property
    def openings(self) -> Openings:
        """What the commitments of the casts open to; for auditors."""
        return cast("Openings", self.table(OPENINGS))

    def envelopes(self, box: str, kind: str) -> Envelopes:
        """The `counted`, `superseded` or `revoked` envelopes of a box; for auditors."""
        path = f"box/{box}/restricted/{kind}.jsonl"
        if kind == "revoked" and path not in self.archive:
            return Envelopes()
        return cast("Envelopes", self.table(path))

    @cached_property
    def revocations(self) -> list[Json]:
        """What the commitments of the revocations open to; for auditors."""
        path = "roll/restricted/revocations.jsonl"
        return self.values(path) if path in self.archive else []

    @cached_property
    def reconciliation(self) -> dict[str, Json]:
        """The numbers of each box."""
        boxes = get(self.json(RECONCILIATION), "boxes", RECONCILIATION)
        require(isinstance(boxes, list), f"{RECONCILIATION} has no list of boxes.")
        found = {str(get(box, "box", RECONCILIATION)): box for box in boxes}
        named = sorted(str(box["box"]) for box in boxes)
        equal(named, sorted(self.boxes), "The reconciliation does not name each box once")
        return found

    @cached_property
    def merged(self) -> list[str]:
        """The boxes of so few ballots that none of their numbers is published."""
        lines = self.reconciliation.items()
        return [box for box, line in lines if get(line, "result", RECONCILIATION) is None]

    @cached_property
    def terms(self) -> dict[str, int]:
        """From how many ballots and people on anything is told, as the manifest lays down."""
        terms = get(self.manifest, "privacy", MANIFEST)
        names = ("least_ballots", "least_cell", "most_unique_permille")
        found = {name: whole(terms, name, MANIFEST) for name in names}
        require(set(terms) == set(names), "The manifest lays down other terms of privacy.")
        return found

    def invalid(self, box: str) -> Counter[str]:
        """How many ballots of a box were refused, by reason."""
        path, found = f"box/{box}/invalid.json", Counter[str]()
        if path not in self.archive and f"box/{box}/withheld.json" in self.archive:
            return found  # a box of few ballots lists none, and its outcome tells no number
        for line in self.json(path):
            fields(line, "count", "reason", where=path)
            found[str(get(line, "reason", path))] += whole(line, "count", path)
        return found

    @cached_property
    def result(self) -> Json:
        """The published result."""
        value = self.json(OUTCOME)
        require(isinstance(value, dict), f"{OUTCOME} is no object.")
        return dict(value)

    @cached_property
    def outcomes(self) -> dict[str, Json]:
        """The published outcome of each box; raises `Failed` unless it is a result of this round."""
        result = self.result
        require(
            set(result) == {"schema", "round", "version", "boxes"}
            and (result["schema"], result["round"]) == ("tallying.result/1", self.round),
            "The published result is not one of this round.",
        )
        boxes = result["boxes"]
        require(
            isinstance(boxes, list)
            and all(isinstance(box, dict) and set(box) == {"box", "outcome"} for box in boxes)
            and [box["box"] for box in boxes] == list(self.boxes),
            "The published result does not name each box once, in the ballot's order.",
        )
        require(all(isinstance(box["outcome"], dict) for box in boxes), "An outcome is no object.")
        return {box["box"]: box["outcome"] for box in boxes}

    # -- the ballots

    def opened(self, box: str) -> tuple[Ballots, Counter[str]]:
        """The ballots inside the counted envelopes of a box, and refusals by reason; for auditors."""
        if box not in self._opened:
            if self.sealed:
                found = self.stage(OUT).ballots[box]
            else:  # 32 secret random bytes, the ballot, zero bytes to the full size
                envelopes, found = self.envelopes(box, "counted"), Sorting(self, box)
                size = 32 + self.boxes[box]["ballot_size"]
                right = envelopes.sizes <= {size}
                found_sizes = f"{sorted(envelopes.sizes)[:3]}, expected {size}"
                require(right, f"Envelopes of box {box} have another size: found {found_sizes}.")
                for body, times in envelopes.bodies.items():
                    found.add(body, times)
                envelopes.bodies.clear()
            self._opened[box] = dict(sorted(found.valid.items())), found.refused
        return self._opened[box]

    def published(self, box: str) -> Ballots | None:
        """The ballots of a box's public file; None where they are withheld."""
        path = f"box/{box}/ballots.pb"
        if path not in self.archive:
            return None
        if box not in self._published:
            self._published[box] = read_pabulib(self, self.manifest, box, path)
        return self._published[box]

    def ballots(self, box: str) -> Ballots | None:
        """What is counted: from the envelopes for auditors, else the public file."""
        return self.published(box) if self.is_public else self.opened(box)[0]

    # -- sealed rounds

    @cached_property
    def canaries(self) -> list[Json]:
        """The auditors' test ballots, as the log opens them."""
        return [
            canary
            for _, entry in self.all("canary.open")
            for canary in get(entry, "canaries", "canary.open")
        ]

    def stage(self, path: str) -> Stage:
        """What the outer or the inner layer gave; for auditors."""
        return cast("Stage", self.table(path))

    def stage_header(self, name: str, counts: dict[str, int]) -> bytes:
        """The first line of a stage of a sealed round."""
        boxes = [{"box": box, "count": counts[box]} for box in sorted(self.boxes, key=str.encode)]
        header = {"boxes": boxes, "manifest": digest(self.archive.read(MANIFEST))}
        header |= {"round": self.round, "schema": "pb.stage/1", "stage": name}
        return dumps(header)


# Files of lines grow with the number of voters. Each is read once, line by line; its hash grows on
# the way, and a table keeps of its lines what the checks ask for: mostly columns of 32-byte digests.


ODD = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class Table:
    """A file of lines: how many, their hash and size, and why they cannot be read, if so.

    `spelling` is what is wrong with its JSON, and `trouble` that, or what a line should hold; where
    the file itself is damaged it has no digest.
    """

    def __init__(self) -> None:
        self.count, self.size, self.digest = 0, 0, ""
        self.spelling: str | None = None
        self.trouble: str | None = None

    def read(self, archive: Archive, path: str) -> None:
        """Read the file; what is wrong with it is kept, and raised where it is asked for."""
        found = sha256()
        try:
            for line in archive.lines(path):
                found.update(line)
                self.size += len(line)
                self.count += 1
                if self.trouble is None:
                    self._read(line, f"{path}, line {self.count}")
            self.digest = b64u(found.digest())
        except Failed as error:
            self.spelling = self.trouble = str(error)

    def _read(self, line: bytes, where: str) -> None:
        try:
            require(line.endswith(b"\n"), "It does not end, or is beyond 16 MiB.")
            self.line(line[:-1])
            value = loads(line[:-1])
        except Failed as error:
            self.spelling = self.trouble = f"{where}: {error}"
            return
        try:
            self.take(value)
        except (Failed, *ODD) as error:
            self.trouble = f"{where}: {error}"

    def readable(self) -> None:
        """Raise `Failed` unless every line could be taken."""
        require(self.trouble is None, str(self.trouble))

    def line(self, content: bytes) -> None:
        """Keep what is needed of the bytes of a line."""

    def take(self, value: Any) -> None:
        """Keep what is needed of a line's value; raises `Failed`."""


class Values(Table):
    """Everything, of a small file."""

    def __init__(self) -> None:
        super().__init__()
        self.values: list[Any] = []

    def take(self, value: Any) -> None:
        self.values.append(value)


class Leaves(Table):
    """The leaves of a Merkle tree over the lines."""

    def __init__(self) -> None:
        super().__init__()
        self.leaves, self.longest = bytearray(), 0

    def line(self, content: bytes) -> None:
        self.leaves += leaf(content)
        self.longest = max(self.longest, len(content))


CAST = {"c", "ct", "r", "t"}


class Log(Leaves):
    """The entries by type with their positions; of casts only both hashes, zeros for other entries.

    `odd_cast` is the position of the first cast that says anything else, or -1.
    """

    def __init__(self) -> None:
        super().__init__()
        self.by_type: dict[str, list[tuple[int, Json]]] = defaultdict(list)
        self.envelope, self.commitment = bytearray(), bytearray()
        self.is_cast, self.casts = bytearray(), 0
        self.first_of: dict[str, int] = {}
        self.odd_cast = -1

    def take(self, value: Any) -> None:
        require(isinstance(value, dict), "It is no object.")
        position, cast_here = self.count - 1, value.get("t") == "cast"
        self.first_of.setdefault(str(value.get("r")), position)
        self.is_cast.append(cast_here)
        self.casts += cast_here
        self.envelope += digest_of(value.get("ct")) if cast_here else ZEROS
        self.commitment += digest_of(value.get("c")) if cast_here else ZEROS
        if cast_here and self.odd_cast < 0:
            hashes = value.keys() == CAST and is_hash(value["ct"]) and is_hash(value["c"])
            self.odd_cast = -1 if hashes else position
        if not cast_here:
            self.by_type[str(value.get("t"))].append((position, value))


class Roll(Table):
    """The box of everybody who may vote; `twice` is the first line that names somebody again, or 0."""

    def __init__(self) -> None:
        super().__init__()
        self.tree, self.boxes = Tree(), dict[bytes, str]()
        self.canaries, self._known = Counter[str](), dict[str, str]()
        self.twice = 0

    def line(self, content: bytes) -> None:
        self.tree.add(leaf(content))

    def take(self, value: Any) -> None:
        fields(value, "box", "class", "voter_ref")
        box, voter = str(get(value, "box", "It")), reference(get(value, "voter_ref", "It"))
        if voter in self.boxes:
            self.twice = self.twice or self.count
        self.boxes[voter] = self._known.setdefault(box, box)
        self.canaries[box] += value.get("class") == "canary"


class Openings(Table):
    """What each cast opens to: its position, voter, number and box, and the commitment they give."""

    def __init__(self) -> None:
        super().__init__()
        self.positions, self.numbers = array("q"), array("q")
        self.voters, self.commitments = bytearray(), bytearray()
        self.boxes, self._known = list[str](), dict[str, str]()
        self.earliest, self.latest = ("9999", 0), ("", 0)

    def take(self, value: Any) -> None:
        fields(value, "at", "box", "channel", "position", "salt", "seq", "voter_ref")
        personal = {
            name: get(value, name, "It") for name in ("at", "box", "channel", "seq", "voter_ref")
        }
        commitment = unb64u(get(value, "salt", "It")) + dumps(personal)
        at, box = (_time(personal["at"]), whole(value, "position", "It")), str(personal["box"])
        self.commitments += sha256(commitment).digest()
        self.voters += reference(personal["voter_ref"])
        self.positions.append(at[1])
        self.numbers.append(whole(value, "seq", "It"))
        self.boxes.append(self._known.setdefault(box, box))
        self.earliest, self.latest = min(self.earliest, at), max(self.latest, at)


class Envelopes(Table):
    """The hashes of envelopes; where the ballots are open, the ballots with their numbers."""

    def __init__(self, keeps: bool = False) -> None:
        super().__init__()
        self.hashes, self.keeps, self._last = bytearray(), keeps, b""
        self.wrong, self.out_of_order, self.twice = 0, 0, 0
        self.sizes, self.bodies = set[int](), Counter[bytes]()

    def take(self, value: Any) -> None:
        fields(value, "ct", "envelope")
        envelope = unb64u(get(value, "envelope", "It"))
        found = sha256(envelope).digest()
        self.hashes += found
        if digest_of(value.get("ct")) != found:
            self.wrong = self.wrong or self.count
        if envelope < self._last:
            self.out_of_order = self.out_of_order or self.count
        if envelope == self._last and self.count > 1:
            self.twice = self.twice or self.count
        self._last = envelope
        self.sizes.add(len(envelope))
        if self.keeps:
            self.bodies[envelope[32:].rstrip(b"\0")] += 1


class Stage(Table):
    """What came out of a layer, by box: how many; of the inner layer's, the ballots and canaries."""

    def __init__(self, e: Evidence, keeps: bool) -> None:
        super().__init__()
        self.header, self.counts, self._last = b"", Counter[str](), (b"", b"")
        self.out_of_order, self._e, self._keeps = 0, e, keeps
        self.ballots, self.canaries = dict[str, Sorting](), dict[str, list[bytes]]()
        self._hidden: dict[str, set[Any]] = defaultdict(set)

    def take(self, value: Any) -> None:
        if self.count == 1:
            self.header = dumps(value)
            self.canaries = {box: [] for box in self._e.boxes}
            if self._keeps:
                self.ballots = {box: Sorting(self._e, box) for box in self._e.boxes}
                for canary in self._e.canaries:
                    self._hidden[str(canary.get("box"))].add(canary.get("nonce"))
            return
        form = isinstance(value, list) and len(value) == 2 and value[0] in self.canaries
        require(form, "It names a box that there is none of.")
        box, item = value[0], unb64u(value[1])
        if (box.encode(), item) < self._last:
            self.out_of_order = self.out_of_order or self.count
        self._last = box.encode(), item
        self.counts[box] += 1
        if self._keeps and self._hidden[box] and nonce_of(item) in self._hidden[box]:
            self.canaries[box].append(item)
        elif self._keeps:
            self.ballots[box].add(item, 1)


# 8 ---- Ballots (docs/formats/log.md) -------------------------------------------------------------
#
# A plain ballot is {"choices": …, "v": 1}, in sealed rounds with a nonce. Choices are ids, or pairs
# [id, number] for points and scores; an empty list is a blank ballot.

Ballots = dict[bytes, int]
"""Canonical JSON of the choices → how many voters cast exactly that ballot."""

GRADED = ("points", "score")


def nonce_of(body: bytes) -> Any:
    """The nonce of a sealed round's plain ballot, or None when it is none."""
    try:
        value = loads(body)
    except Failed:
        return None
    return value.get("nonce") if isinstance(value, dict) else None


class Sorting:
    """Plain ballots sorted into valid choices with their numbers, and refusals by reason."""

    def __init__(self, e: Evidence, box: str) -> None:
        self._manifest, self._box = e.manifest, e.boxes[box]
        self._fields = {"choices", "v"} | ({"nonce"} if e.sealed else set())
        self.valid, self.refused = Counter[bytes](), Counter[str]()
        self._known: dict[bytes, tuple[str | None, bytes]] = {}

    def add(self, body: bytes, times: int) -> None:
        """Take a ballot that so many cast."""
        try:
            value = loads(body)
            require(isinstance(value, dict) and set(value) == self._fields, "another form")
            require(type(value["v"]) is int and value["v"] == 1, "another version")
            require("nonce" not in value or len(unb64u(value["nonce"])) == 16, "another nonce")
        except Failed:
            self.refused["malformed"] += times
            return
        said = dumps(value["choices"])
        if said not in self._known:
            reason = refusal(self._manifest, self._box, value["choices"])
            ordered = b"" if reason else in_order(self._manifest["style"], value["choices"])
            self._known[said] = reason, dumps(ordered) if not reason else b""
        reason, choices = self._known[said]
        if reason:
            self.refused[reason] += times
        else:
            self.valid[choices] += times


def in_order(style: str, choices: list[Any]) -> list[Any]:
    """The one order of choices: a ranking keeps the voter's, the others go by the bytes of the id."""
    if style == "ranked":
        return choices
    return sorted(choices, key=lambda choice: (choice[0] if style in GRADED else choice).encode())


def refusal(manifest: Json, box: Json, choices: Any) -> str | None:
    """The first reason why choices are no valid ballot, or None."""
    limits, graded = manifest["limits"], manifest["style"] in GRADED
    costs = {project["id"]: project["cost"] for project in box["projects"]}
    if not isinstance(choices, list) or not all(_readable(choice, graded) for choice in choices):
        return "malformed"
    if not choices:
        return None if limits["blank_allowed"] else "blank"
    ids = [choice[0] for choice in choices] if graded else choices
    for name in ids:
        if name not in costs:
            return "unknown_project"
        if ids.count(name) > 1:
            return "repeated_project"
    if len(ids) < limits["min_length"]:
        return "too_few"
    if limits["max_length"] is not None and len(ids) > limits["max_length"]:
        return "too_many"
    if graded:
        return _number_refusal(limits, [number for _, number in choices])
    if manifest["style"] == "knapsack":
        total = sum(costs[name] for name in ids)
        return "over_budget" if total > box["budget"] else _below(total, limits["min_spend"])
    return None


def _readable(choice: Any, graded: bool) -> bool:
    if not graded:
        return isinstance(choice, str)
    pair = isinstance(choice, list) and len(choice) == 2
    return pair and isinstance(choice[0], str) and type(choice[1]) is int


def _below(total: int, least: int) -> str | None:
    return "under_spend" if total < least else None


def _number_refusal(limits: Json, numbers: list[int]) -> str | None:
    for number in numbers:
        if number < 1:
            return "not_positive"
        if limits["max_score"] is not None and number > limits["max_score"]:
            return "score_too_high"
    if sum(numbers) < limits["min_points"]:
        return "too_few_points"
    if limits["max_points"] is not None and sum(numbers) > limits["max_points"]:
        return "too_many_points"
    return None


def read_pabulib(e: Evidence, manifest: Json, box: str, path: str) -> Ballots:
    """The ballots of a public Pabulib file, which names the manifest's projects at their costs."""
    said, costs, scale = Counter[tuple[str, ...]](), dict[str, Fraction](), 10 ** decimals(manifest)
    text = (line.decode() for line in e.archive.lines(path))
    rows, name, cost = csv.reader(text, delimiter=";", strict=True), -1, -1
    try:
        for row in rows:
            if row == ["VOTES"]:
                break
            if row == ["PROJECTS"]:
                header = next(rows)
                name, cost = header.index("project_id"), header.index("cost")
            elif name >= 0:
                plain = re.fullmatch(r"[0-9]{1,16}(\.[0-9]{1,6})?", row[cost])
                require(plain is not None, f"{path}: the cost {row[cost][:20]!r} is no amount.")
                costs[row[name]] = Fraction(row[cost]) * scale
        next(rows)
        for row in rows:
            said[tuple(row[1:3] if manifest["style"] in GRADED else row[1:2])] += 1
    except (ValueError, IndexError, csv.Error, StopIteration) as error:
        where = f"{path}, line {rows.line_num + 1}"
        raise Failed(f"{where}, cannot be read as a Pabulib file: {error}.") from error
    announced = {project["id"]: project["cost"] for project in e.boxes[box]["projects"]}
    equal(costs, announced, f"{path} names other projects or costs than the manifest")
    found = Counter[bytes]()
    for row_said, times in said.items():
        choices = _said(row_said, manifest["style"], path)
        reason = refusal(manifest, e.boxes[box], choices)
        require(reason is None, f"{path} holds an invalid ballot: {reason}.")
        found[dumps(in_order(manifest["style"], choices))] += times
    return dict(sorted(found.items()))


def decimals(manifest: Json) -> int:
    """How many decimals the currency's minor unit stands for."""
    found = whole(manifest, "minor_digits", MANIFEST)
    require(0 <= found <= 9, f"{MANIFEST}: minor_digits is not 0 to 9.")
    return found


def _said(row: tuple[str, ...], style: str, path: str) -> list[Any]:
    require(len(row) == (2 if style in GRADED else 1), f"{path} has a line without a ballot.")
    ids: list[Any] = row[0].split(",") if row[0] else []
    if style not in GRADED:
        return ids
    numbers = row[1].split(",") if row[1] else []
    whole_numbers = all(re.fullmatch("[0-9]{1,16}", number) for number in numbers)
    require(whole_numbers and len(ids) == len(numbers), f"{path} has a ballot without its numbers.")
    return [[name, int(number)] for name, number in zip(ids, numbers)]


def pabulib_votes(style: str, ballots: Ballots) -> Iterator[bytes]:
    """The lines of the VOTES section that says nothing but the ballots: sorted, numbered from 1."""
    graded, voter = style in GRADED, 0
    yield b"voter_id;vote;points\n" if graded else b"voter_id;vote\n"
    for said, times in ballots.items():
        choices, text = json.loads(said), io.StringIO()
        fields = [",".join(choice[0] if graded else choice for choice in choices)]
        if graded:
            fields.append(",".join(str(number) for _, number in choices))
        csv.writer(text, delimiter=";", lineterminator="\n").writerow(["", *fields])
        for _ in range(times):
            voter += 1
            yield f"{voter}{text.getvalue()}".encode()


# 9 ---- The checks --------------------------------------------------------------------------------
#
# Each answers with a sentence on what it found in order, or raises `Failed` or `Skipped`.

REQUIRED = (
    *(MANIFEST, POLICY, RECEIPT_KEY, "log/checkpoint", ENTRIES, "roll/root.json", RECONCILIATION),
    *("roll/restricted/roll.jsonl", "roll/restricted/openings.jsonl", OUTCOME),
    *("software/requirements.lock", "verify/pbverify.py", "verify/CHECKS.md", PRIVACY),
)
REQUIRED_SEALED = (
    *(f"layers/test/{layer}.{form}" for layer in LAYERS for form in ("json", "note")),
    *(f"layers/{layer}.note" for layer in LAYERS),
    *("layers/restricted/mid.jsonl", "layers/restricted/out.jsonl"),
)
TWO_OFFICIALS = (
    *("amend", "open", "extend", "withdraw", "revoke", "close", "seed", "tally.input", "incident"),
    "key.destroyed",
)
ORDER = ("round.config", "roll.commit", "open", "close", "box.commit")
AT, TWO, ROOT = {"at": str}, {"by": [str]}, {"root": str, "size": int}
ACT = AT | TWO
ENTRIES_SAY: Json = {  # what each type of entry has beside type and round, and nothing more
    "round.config": dict.fromkeys(("manifest", "origin", "log", "receipt"), str),
    "roll.commit": ROOT,
    "roll.change": ROOT,
    "amend": ACT | {"manifest": str, "what": dict},
    "key.test": dict.fromkeys(("expected", "outer", "inner"), str),
    "open": ACT,
    "extend": ACT | {"closes": str, "reason": dict},
    "withdraw": ACT | {"box": str, "project": str, "reason": dict},
    "revoke": ACT | {"reason": str, "c": str},
    "close": ACT,
    "box.commit": {"boxes": [{"box": str, "root": str, "size": NUMBER_OR_NONE}]},
    "canary.commit": TWO | {"commitments": [str]},
    "layer": {"layer": str, "report": str},
    "canary.open": {"canaries": [{"box": str, "choices": list, "found": bool, "nonce": str}]},
    "seed": TWO | {"seed": str, "record_sha256": str},
    "tally.input": TWO | {"input": str, "version": int},
    "tally.result": {"outcome": str, "version": int},
    "incident": TWO | {"what": str, "version": int},
    "key.destroyed": ACT | {"what": [str]},
}
HASHES = {"manifest", "root", "expected", "outer", "inner", "c", "report", "input", "outcome"}
HASHES |= {"record_sha256"}
KNOWN = {*TWO_OFFICIALS, *ORDER, "roll.change", "cast", "tally.result"}
KNOWN_SEALED = {"key.test", "layer", "canary.commit", "canary.open"}


def v01(e: Evidence) -> str:
    """Every file is in the index with its hash and size; no other is here, none is missing."""
    for name in e.archive.names:
        listed = name in (INDEX, SIGNATURE) or name.startswith(ATTESTATIONS) or name in e.index
        require(listed, f"The file {name} is not in the index.")
    for path, file in e.index.items():
        if path not in e.archive:
            absent = e.is_public and restricted(path)
            require(absent, f"The file {path} is in the index and missing.")
            continue
        if path.endswith(".jsonl"):
            table = e.table(path, readable=False)
            found, size = table.digest, table.size
            require(bool(found), str(table.trouble))
        else:
            found, size = e.archive.digest(path)
        described = (file.get("sha256"), file.get("size"))
        here = (found, None if restricted(path) else size)
        equal(described, here, f"The file {path} is not the one that the index describes")
    wanted = [*REQUIRED, *(REQUIRED_SEALED if e.sealed else ())]
    for box in e.boxes:
        shown = [name for name in ("ballots.pb", "withheld.json") if f"box/{box}/{name}" in e.index]
        require(len(shown) == 1, f"Box {box} must have either ballots.pb or withheld.json.")
        wanted += [f"box/{box}/restricted/{kind}.jsonl" for kind in ("counted", "superseded")]
        wanted += [] if box in e.merged else [f"box/{box}/invalid.json"]
        if shown == ["ballots.pb"]:
            wanted.append(f"box/{box}/restricted/ballots.jsonl")
    wanted += [report_path(e, layer) for layer in LAYERS] if e.sealed else []
    for path in wanted:
        require(path in e.index, f"The index lists no file {path}.")
    present, edition = sum(path in e.archive for path in e.index), "auditor edition"
    if e.is_public:
        edition = f"public edition, which leaves out {len(e.index) - present} of its files"
    return f"{present} files are those of the index ({edition})"


def v02(e: Evidence) -> str:
    """The index is signed by the log's key; with a trust file, the keys are those of it."""
    for role in ("log", "receipt"):
        require(len(getattr(e.policy, role)) == 1, f"The bundle does not name one {role} key.")
    round_id = str(get(e.json(INDEX), "round", INDEX))
    equal(round_id, e.round, "The index and the manifest name different rounds")
    text = f"tallying.index/1\n{round_id}\n{digest(e.archive.read(INDEX))}\n"
    note = e.archive.read(SIGNATURE)
    require(note_text(note) == text, f"{SIGNATURE} signs another index.")
    require(bool(signed_by(note, e.policy.log)), f"{SIGNATURE} is not signed by the log's key.")
    signer = e.policy.log[0].name
    if e.trust is None:
        return f"signed by {signer}; no trust file was given: whose keys these are is unproven"
    for role in ("log", "receipt"):
        used, trusted = getattr(e.policy, role)[0], getattr(e.trust, role)
        known = used in trusted or (role == "receipt" and not trusted)
        require(known, f"The {role} key of {used.name} is not one of the trust file.")
    held = "log and receipt keys are those" if e.trust.receipt else "log key is the one"
    return f"signed by {signer}; the {held} of the trust file"


def v03(e: Evidence) -> str:
    """Every JSON file is canonical, but for the list of software in a format of others."""
    read = 0
    for name in e.archive.names:
        if name.endswith(".json") and not name.endswith(".cdx.json"):
            e.json(name)
        elif name.endswith(".jsonl"):
            table = e.table(name, readable=False)
            require(table.spelling is None, str(table.spelling))
        else:
            continue
        read += 1
    return f"{read} files are canonical JSON"


def v04(e: Evidence) -> str:
    """The Merkle root over the entries is the checkpoint's."""
    checkpoint, log = e.checkpoint(), e.log
    equal(checkpoint.size, log.count, "The checkpoint has another number of entries than the log")
    root = roots(column(log.leaves), [log.count])[log.count]
    equal(b64u(checkpoint.root), b64u(root), "The signed root is not the root of the entries")
    require(len(set(column(log.leaves))) == log.count, "An entry stands twice in the log.")
    require(log.longest <= 65_535, f"An entry has {log.longest} bytes, above 65,535.")
    return f"{checkpoint.size} entries give the signed root"


def v05(e: Evidence) -> str:
    """The checkpoint is signed by the log's key and names this round's log."""
    checkpoint, origin = e.checkpoint(), e.only("round.config")[1].get("origin")
    equal(checkpoint.origin, origin, "The checkpoint is of another log")
    told = _administration(e, e.only("round.config")[1].get("admin"))
    return f"signed by {checkpoint.origin} at {checkpoint.size} entries{told}"


def _administration(e: Evidence, key: Any) -> str:
    """The log of the administration, by the key that the round's first entry names."""
    paths, folder = [path for path in e.index if path.startswith("admin-log/")], "admin-log/"
    if key is None:
        require(not paths, "The bundle holds a log of the administration that nobody named.")
    if key is None or (not paths and OUTCOME not in e.index):
        return ""
    history = [path for path in paths if path.startswith(f"{folder}history/")]
    found = []
    for path in (f"{folder}checkpoint", *history):
        note = e.archive.read(path)
        found.append(read_checkpoint(note))
        signed = [signer.name for signer in signed_by(note, [read_key(str(key))])]
        named = found[-1].origin in signed and found[-1].origin == found[0].origin
        require(named, f"{path} is not signed by the key of the administration's log.")
    entries: Leaves = e.table(f"{folder}entries.jsonl")
    at = roots(column(entries.leaves), [checkpoint.size for checkpoint in found])
    same = all(at.get(checkpoint.size) == checkpoint.root for checkpoint in found)
    same = same and found[0].size == entries.count
    require(same, "The administration's log is not what is signed.")
    return f"; so is the log of the administration, at {entries.count} entries"


def v06(e: Evidence) -> str:
    """Enough witnesses saw this very log: the policy's quorum, that of the trust file first."""
    trusted = e.trust is not None and e.trust.quorum is not None
    policy = e.trust if e.trust is not None and trusted else e.policy
    if policy.quorum in (None, "none"):
        raise Skipped("the policy asks for no witnesses")
    note = e.archive.read("log/checkpoint")
    read_checkpoint(note)
    signers = signed_by(note, policy.witness.values())
    names = ", ".join(sorted(key.name for key in signers)) or "nobody"
    reached = policy.reached(str(policy.quorum), signers)
    require(reached, f"The log's quorum {policy.quorum} is not reached: {names} witnessed it.")
    whose = "the trust file" if trusted else "the bundle itself"
    return f"witnessed by {names}, as the policy of {whose} asks"


def v07(e: Evidence) -> str:
    """Every checkpoint signed on the way is of a beginning of this log."""
    paths = [name for name in e.index if name.startswith("log/history/")]
    if not paths:
        raise Skipped("no earlier checkpoint is in this bundle: there was nothing to compare")
    history = {path: e.checkpoint(path) for path in paths}
    found = roots(column(e.log.leaves), [checkpoint.size for checkpoint in history.values()])
    for path, checkpoint in history.items():
        equal(checkpoint.origin, e.checkpoint().origin, f"{path} is of another log")
        require(checkpoint.size in found, f"{path} knows more entries than the log has.")
        at = b64u(found[checkpoint.size])
        equal(b64u(checkpoint.root), at, f"{path} signs another beginning of the log")
    return f"{len(paths)} checkpoints are beginnings of this log"


def v09(e: Evidence) -> str:
    """One `round.config`, the first entry, of this manifest and these keys; the acts in order."""
    position, config = e.only("round.config")
    require(position == 0, "round.config is not the first entry of the log.")
    amended = _amendments(e, config)
    for role in ("log", "receipt"):
        announced = config.get(role) in [key.text for key in getattr(e.policy, role)]
        require(announced, f"The {role} key of the bundle is not the one that was announced.")
    witnesses = get(e.manifest, "policy", MANIFEST) or "quorum none\n"
    equal(
        e.archive.read(POLICY),
        f"log {config['log']}\n{witnesses}".encode(),
        f"{POLICY} does not ask for the witnesses that the manifest names",
    )
    positions = [e.only(kind)[0] for kind in ORDER]
    in_order = positions == sorted(positions)
    require(in_order, f"The acts do not stand in their order: {', '.join(ORDER)}.")
    for name, position in e.log.first_of.items():
        equal(name, e.round, f"Entry index {position} belongs to another round")
    unknown = sorted(set(e.log.by_type) - KNOWN - (KNOWN_SEALED if e.sealed else set()))
    require(not unknown, f"The log has entries {unknown[:1]}, which this program cannot judge.")
    _entries_in_form(e)
    committed(e)
    _acts_in_place(e)
    changed = f"; {len(e.acts)} acts changed it during the vote" if e.acts else ""
    return f"the manifest was fixed before voting opened{amended}{changed}"


def _entries_in_form(e: Evidence) -> None:
    """An entry says what its type does and nothing else, which could be about somebody's vote."""
    odd = e.log.odd_cast
    require(odd < 0, f"The cast at entry index {odd} holds anything else than two hashes.")
    for kind, entries in e.log.by_type.items():
        for position, entry in entries:
            where, form = f"Entry index {position} ({kind})", {"t": str, "r": str}
            form |= ENTRIES_SAY[kind]
            form |= {"admin": str} if (kind, "admin" in entry) == ("round.config", True) else {}
            formed(entry, form, where)
            nothing_else(entry, form, where)
            for name in {"at", "closes"} & form.keys():
                _time(entry[name])
            for name in ("what", "reason"):
                texts = entry.get(name)
                if isinstance(texts, dict):
                    formed([*texts.values()], [str], f"{where}, {name}")
            for name in HASHES & form.keys():
                require(is_hash(entry[name]), f"{where}: {name} is no hash.")


def _amendments(e: Evidence, config: Json) -> str:
    """From the first manifest one public amendment leads to the next, and the last to this one."""
    amends = e.all("amend")
    old = [f"{AMENDED}{number}.json" for number in range(1, len(amends) + 1)]
    kept = sorted(name for name in e.index if name.startswith(AMENDED))
    equal(kept, sorted(old), "The earlier manifests are not those that were amended")
    said = [config.get("manifest"), *(entry.get("manifest") for _, entry in amends)]
    found = [digest(e.archive.read(path)) for path in (*old, MANIFEST)]
    equal(said, found, "The manifest is not the one that the log commits to")
    for position, entry in amends:
        public = position < e.only("open")[0] and bool(entry.get("what"))
        require(public, f"Entry index {position} amends too late, or does not say what it changed.")
    return f", after {len(amends)} public amendments" if amends else ""


def _acts_in_place(e: Evidence) -> None:
    """What may change during the vote is logged during the vote, and nothing else follows."""
    opened, closed, boxes = (e.only(kind)[0] for kind in ("open", "close", "box.commit"))
    during = dict(sorted(e.all("extend") + e.all("withdraw"), key=lambda item: item[0]))
    equal(
        list(during.values()), e.acts, f"{ACTS} does not list the acts of the log during the vote"
    )
    for position in during:
        within = opened < position < closed
        require(within, f"The act of entry index {position} stands outside of open and close.")
    gone: set[str] = set()
    for position, entry in e.all("withdraw"):
        box = e.boxes.get(str(entry.get("box")), {"projects": []})
        named = entry.get("project") in {project["id"] for project in box["projects"]} - gone
        in_time = _time(entry.get("at")) < last_close(e)
        right = named and in_time
        require(right, f"Entry index {position} withdraws too late, or no project of its box.")
        gone.add(entry["project"])
    for position, _ in e.all("revoke"):
        within = opened < position < boxes
        require(
            within, f"The revocation (entry index {position}) came before open or after box.commit."
        )
    for position, entry in e.all("key.destroyed"):
        kept = e.manifest.get("keep_until")
        allowed = isinstance(kept, str) and _time(entry.get("at"))[:10] > kept
        last = position == e.log.count - 1
        require(allowed and last, "The keys were destroyed too early, or the log went on after it.")


def last_close(e: Evidence) -> str:
    """When the vote ends: as the manifest says, or the last extension."""
    closes = _time(get(e.manifest, "closes", MANIFEST))
    for position, entry in e.all("extend"):
        right = _time(entry.get("at")) < closes < _time(entry.get("closes"))
        require(right, f"Entry index {position} extends too late, or names no later close.")
        closes = _time(entry.get("closes"))
    return closes


def v10(e: Evidence) -> str:
    """The acts that need one name a second official, another than the first."""
    acts = 0
    for kind in TWO_OFFICIALS:
        for position, entry in e.all(kind):
            by = entry.get("by")
            named = isinstance(by, list) and all(isinstance(name, str) and name for name in by)
            two = named and len(set(by or ())) == len(by or ()) == 2
            require(two, f"The act {kind} (entry index {position}) names no second official.")
            acts += 1
    return f"{acts} acts carry two different names each"


def v11(e: Evidence) -> str:
    """The roll is the last one that the log commits to, before the close."""
    stated, roll = stated_roll(e), e.table(ROLL)
    found = {"root": b64u(roll.tree.root()), "size": roll.count}
    equal(stated, found, "The roll is not the one whose root is stated")
    return f"{roll.count} people on the roll, as committed"


def stated_roll(e: Evidence) -> Json:
    """Root and size as `roll/root.json` states them, which both editions hold: the log's last."""
    commits = sorted(e.all("roll.commit") + e.all("roll.change"), key=lambda item: item[0])
    require(bool(commits), "The log commits to no roll.")
    position, last = commits[-1]
    require(position < e.only("close")[0], "The roll was changed after the close.")
    stated, logged = e.json("roll/root.json"), {name: last.get(name) for name in ("root", "size")}
    equal(stated, logged, "roll/root.json is not of the last roll that the log commits to")
    return logged


def v12(e: Evidence) -> str:
    """The commitment of every cast opens: to who, where, when and which ballot of theirs."""
    log, openings, opened = e.log, e.openings, bytearray(e.log.count)
    for n, position in enumerate(openings.positions):
        once = 0 <= position < log.count and log.is_cast[position] and not opened[position]
        what = f"{OPENINGS}, line {n + 1}, names entry index {position}"
        require(bool(once), f"{what}, which is no cast or opened already.")
        opened[position] = 1
        at, mine = slice(32 * position, 32 * position + 32), slice(32 * n, 32 * n + 32)
        same = log.commitment[at] == openings.commitments[mine]
        require(
            same, f"The cast at entry index {position} does not open to what line {n + 1} states."
        )
    first = next((n for n, pair in enumerate(zip(log.is_cast, opened)) if pair == (1, 0)), None)
    require(first is None, f"The cast at entry index {first} is not opened.")
    return f"{openings.count} casts open"


def v13(e: Evidence) -> str:
    """Every voter stands on the roll once, in the box of the ballot."""
    roll, openings = cast("Roll", e.table(ROLL)), e.openings
    require(not roll.twice, f"The roll names somebody twice: {ROLL}, line {roll.twice}.")
    for n, voter in enumerate(column(openings.voters)):
        box = openings.boxes[n]
        if roll.boxes.get(voter) != box or box not in e.boxes:
            where = f"Who cast entry index {openings.positions[n]} is not on the roll of box {box}"
            raise Failed(f"{where} ({OPENINGS}, line {n + 1}).")
    return "every voter stands on the roll, in their own district"


def v14(e: Evidence) -> str:
    """Each voter's ballots are numbered without a gap, and the last one counts."""
    log, openings, revoked, people = e.log, e.openings, _revoked(e), 0
    last = {(kind, box): bytearray() for kind in ("counted", "revoked") for box in e.boxes}
    # One card for each ballot, voter first and then its number: sorted, a voter's stand in a row.
    cards = sorted(
        voter + max(0, openings.numbers[n]).to_bytes(8, "big") + n.to_bytes(8, "big")
        for n, voter in enumerate(column(openings.voters))
    )
    for voter, ballots in groupby(cards, key=lambda card: card[:32]):
        people += 1
        for expected, card in enumerate(ballots, start=1):
            number, n = int.from_bytes(card[32:40], "big"), int.from_bytes(card[40:], "big")
            where = f"the number of the ballot at entry index {openings.positions[n]}"
            equal(number, expected, f"A voter's ballots are not numbered without a gap, {where}")
        place = max(0, openings.positions[n]) * 32
        key = ("revoked" if voter in revoked else "counted", openings.boxes[n])
        last.setdefault(key, bytearray()).extend(log.envelope[place : place + 32])
    for (kind, box), expected_hashes in last.items():
        found = e.envelopes(box, kind).hashes
        what = f"Box {box}: another ballot is {kind} than each voter's last"
        _same_envelopes(log, found, expected_hashes, what)
    told = f"; {len(revoked)} revocations open" if revoked else ""
    return f"{people} people voted; the last ballot of each counts{told}"


def _same_envelopes(log: Log, found: bytearray, expected: bytearray, what: str) -> None:
    """Fail unless the hashes are the same, each as often; the message names the first cast of others."""
    if sorted(column(found)) == sorted(column(expected)):
        return
    here, there = Counter(column(found)), Counter(column(expected))
    for position, envelope in enumerate(column(log.envelope)):
        if log.is_cast[position] and here[envelope] != there[envelope]:
            told = "is missing" if here[envelope] < there[envelope] else "is too many"
            raise Failed(f"{what}: that of entry index {position} {told}.")
    raise Failed(f"{what}: one is of no cast.")


def _revoked(e: Evidence) -> set[bytes]:
    """Whose ballot does not count: each revocation of the log opens to another voter."""
    entries, where, voters = dict(e.all("revoke")), "revocations.jsonl", set[bytes]()
    for opening in e.revocations:
        fields(opening, "box", "position", "salt", "voter_ref")
        entry = entries.pop(whole(opening, "position", where), {})
        personal = {name: get(opening, name, where) for name in ("box", "voter_ref")}
        commitment = digest(unb64u(get(opening, "salt", where)) + dumps(personal))
        require(commitment == entry.get("c"), "A revocation does not open to what is stated.")
        voters.add(reference(personal["voter_ref"]))
    complete = not entries and len(voters) == len(e.revocations)
    require(complete, "The revocations do not open each entry once, each for one voter.")
    return voters


def v15(e: Evidence) -> str:
    """The reconciliation's equations hold, and its numbers are those of the log and the files.

    A box of very few ballots tells no number, and another hides how many it accepted, so that
    those few cannot be worked out. Auditors know how many from the openings.
    """
    accepted, hidden, revoked, casts = 0, 0, 0, e.log.casts
    by_box = None if e.is_public else Counter(e.openings.boxes)
    fields(e.json(RECONCILIATION), "boxes", where=RECONCILIATION)
    for box, line in e.reconciliation.items():
        told = {name: get(line, name, RECONCILIATION) for name in RECONCILED}
        fields(line, "box", *RECONCILED, where=f"{RECONCILIATION}, box {box},")
        if by_box is not None:
            same = told["accepted"] in (None, by_box[box])
            require(same, f"{by_box[box]} casts open to box {box}, another number than is stated.")
            told["accepted"] = by_box[box]
            if told["superseded"] is None:
                told["superseded"] = e.envelopes(box, "superseded").count
        n = {name: whole(told, name, RECONCILIATION) for name in told if told[name] is not None}
        require(min(n.values(), default=0) >= 0, f"Box {box} has a negative number.")
        if box not in e.merged:
            _reconciles(e, box, n)
        hidden += "accepted" not in n
        accepted += n.get("accepted", n.get("into_peel", 0))
        revoked += n.get("revoked", 0)
    logged = revoked <= len(e.all("revoke"))
    require(logged, "More ballots are revoked than the log has revocations.")
    same = accepted == casts or (accepted < casts and hidden > 0)
    require(same, f"{accepted} ballots are accounted for; the log has {casts} casts.")
    if hidden:
        return f"the numbers tie; {hidden} boxes do not say how many ballots they accepted"
    return f"{accepted} accepted ballots are accounted for in {len(e.boxes)} boxes"


def _reconciles(e: Evidence, box: str, n: dict[str, int]) -> None:
    """The numbers of one box add up, and are those of its files."""
    not_counted = n.get("superseded", 0) + n["revoked"] + n["not_admitted"]
    lost = n["undecryptable"] + n["duplicates"] + n["canaries"]
    seen = n["valid"] + n["blank"] + n["invalid"]
    sums = {"accepted": n["into_peel"] + not_counted, "into_peel": seen + lost}
    sums["result"] = n["valid"] + n["blank"] + n["paper"]
    for name, total in sums.items():
        equal(n.get(name, total), total, f"The numbers of box {box} do not add up to {name}")
    equal(sum(e.invalid(box).values()), n["invalid"], f"Box {box} lists other refusals")
    ballots = e.ballots(box)
    if ballots is not None:
        found = (sum(ballots.values()), ballots.get(b"[]", 0))
        equal(
            found,
            (n["valid"] + n["blank"], n["blank"]),
            f"Box {box} has other numbers of ballots than the reconciliation",
        )
    if not e.is_public:
        kinds = ("counted", "superseded", "revoked")
        sizes = [e.envelopes(box, kind).count for kind in kinds]
        equal(
            sizes,
            [n["into_peel"], n["superseded"], n["revoked"]],
            f"Box {box} holds other numbers of envelopes than the reconciliation",
        )


RECONCILED = (
    *("accepted", "superseded", "revoked", "not_admitted", "into_peel", "valid", "blank"),
    *("invalid", "undecryptable", "duplicates", "canaries", "paper", "result"),
)


def committed(e: Evidence) -> dict[str, Json]:
    """What `box.commit` says of each box."""
    boxes = get(e.only("box.commit")[1], "boxes", "box.commit")
    named = isinstance(boxes, list) and sorted(str(get(b, "box", "box.commit")) for b in boxes)
    require(named == sorted(e.boxes), "box.commit does not name each box once.")
    return {box["box"]: box for box in boxes}


def v16(e: Evidence) -> str:
    """The counted envelopes are those of `box.commit`, each once, and all are in the log."""
    total, held = 0, bytearray()
    for box, commit in committed(e).items():
        for kind in ("counted", "superseded", "revoked"):
            listed, path = e.envelopes(box, kind), f"box/{box}/restricted/{kind}.jsonl"
            wrong = f"{path}, line {listed.wrong}: the envelope is not the one its hash names."
            require(not listed.wrong, wrong)
            held += listed.hashes
        counted = e.envelopes(box, "counted")
        # The layers of a sealed round drop what stands twice, and report it.
        line = counted.out_of_order or (0 if e.sealed else counted.twice)
        require(not line, f"An envelope of box {box} stands twice, or out of order: line {line}.")
        hashes = sorted(column(counted.hashes))
        root = roots(map(leaf, hashes), [len(hashes)])[len(hashes)]
        found = (b64u(root), len(hashes) if len(hashes) >= e.terms["least_cell"] else None)
        logged = (commit.get("root"), commit.get("size"))
        equal(logged, found, f"The envelopes counted in box {box} are not those of box.commit")
        total += len(hashes)
    log, casts = e.log, bytearray()
    for n, envelope in enumerate(column(log.envelope)):
        casts += envelope if log.is_cast[n] else b""
    _same_envelopes(log, held, casts, "The envelopes are not those of the casts in the log")
    return f"{total} counted envelopes are the committed ones"


@lru_cache(maxsize=4096)
def _time(text: Any) -> str:
    """A time as it is written, which is also how times are compared; raises `Failed`."""
    try:
        datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")  # noqa: DTZ007 — only its form is looked at
    except (TypeError, ValueError) as error:
        raise Failed(f"A time cannot be read: {str(text)[:40]!r}.") from error
    require(len(text) == 20 and text.isascii(), f"A time cannot be read: {text[:40]!r}.")
    return str(text)


def v17(e: Evidence) -> str:
    """Every cast stands between `open` and `close`, and `close` is not early."""
    opened, (closed, close) = e.only("open")[0], e.only("close")
    log = e.log
    first, last = log.is_cast.find(1), log.is_cast.rfind(1)
    between = not log.casts or opened < first <= last < closed
    position = last if first > opened else first
    require(between, f"The cast at entry index {position} stands outside of open and close.")
    opens, closes = _time(get(e.manifest, "opens", MANIFEST)), last_close(e)
    late = _time(get(close, "at", "close")) >= closes
    require(late, "Voting was closed before the time that was announced.")
    _opened_in_time(e)
    if not e.is_public:
        for at, position in (e.openings.earliest, e.openings.latest) if e.openings.count else ():
            in_time = opens <= at < closes
            require(in_time, f"The ballot at entry index {position} was cast out of time, at {at}.")
    return f"{log.casts} casts stand between open and close"


def _opened_in_time(e: Evidence) -> None:
    """`open` is later than whatever the logs say fixed the manifest, and before `close`."""
    at, close = (_time(get(e.only(kind)[1], "at", kind)) for kind in ("open", "close"))
    require(at < close, f"The entry open names the time {at}, which is not before that of close.")
    fixed, path = [_time(get(entry, "at", "amend")) for _, entry in e.all("amend")], ADMIN_ENTRIES
    for entry in e.values(path) if path in e.archive else ():
        sealing = isinstance(entry, dict) and entry.get("a") in FIXING
        if sealing and entry.get("manifest") == digest(e.archive.read(MANIFEST)):
            fixed.append(_time(get(entry, "at", path)))
    early = any(at < time for time in fixed)
    require(not early, f"The entry open names the time {at}, before the manifest was fixed.")


# The layers of a sealed round (docs/formats/sealed.md): after the close each body opens its layer
# and reports how many envelopes went in and came out; its machine and an observer's sign the report.


def open_rounds_skip(e: Evidence) -> None:
    """A check of sealed rounds has nothing to look at in an open one."""
    if not e.sealed:
        raise Skipped("the ballots of an open round have no layers")


def report_path(e: Evidence, name: str) -> str:
    """Where a layer's report stands: for auditors alone, where a box hides its numbers."""
    hidden = any(box.get("size") is None for box in committed(e).values())
    return f"layers/{'restricted/' if hidden else ''}{name}.json"


def read_report(e: Evidence, path: str, name: str, boxes: list[str]) -> Json:
    """A layer's report: of this round, layer and key, with numbers that tie, signed by both."""
    layer, report, content = e.layer(name), e.json(path), e.archive.read(path)
    said = [get(report, field, path) for field in ("schema", "round", "layer", "key")]
    expected = ["pb.peel/1", e.round, name, get(layer, "key", MANIFEST)]
    equal(said, expected, f"The report {path} is of another round, layer or key")
    lines = get(report, "boxes", path)
    equal([get(line, "box", path) for line in lines], boxes, f"{path} reports on other boxes")
    for line in lines:
        parts = ("output", "undecryptable", "duplicates")
        n = {part: whole(line, part, path) for part in ("input", *parts)}
        ties = n["input"] == sum(n[part] for part in parts) and min(n.values()) >= 0
        require(ties, f"The numbers of box {line['box']} in {path} do not add up.")
    path = path.replace("restricted/", "").replace(".json", ".note")
    note, signers = e.archive.read(path), get(layer, "signers", MANIFEST)
    keys = [read_key(str(signer)) for signer in signers]
    require(len({key.name for key in keys}) > 1, f"Nobody observes the machine of layer {name}.")
    text = f"pb.peel/1\n{e.round}\n{name}\n{digest(content)}\n"
    require(note_text(note) == text, f"{path} signs another report.")
    missing = [key.name for key in keys if key not in signed_by(note, keys)]
    require(not missing, f"{path} is not signed by {', '.join(missing)}.")
    return {**report, "digest": digest(content)}


def numbers(report: Json, name: str) -> dict[str, int]:
    """One number of every box of a report."""
    return {line["box"]: line[name] for line in report["boxes"]}


def v18(e: Evidence) -> str:
    """What went into each layer and came out of it: the reports, the log and the files agree."""
    open_rounds_skip(e)
    boxes = sorted(e.boxes, key=str.encode)
    paths = {name: report_path(e, name) for name in LAYERS}
    for name in LAYERS:
        other = {f"layers/{name}.json", f"layers/restricted/{name}.json"} - {paths[name]}
        require(not other & set(e.index), "The reports are public, or not, without a reason.")
    if e.is_public and any(restricted(path) for path in paths.values()):
        raise Skipped("the numbers of a small box are withheld in this edition")
    reports = {name: read_report(e, path, name, boxes) for name, path in paths.items()}
    logged = e.all("layer")
    named = [entry.get("layer") for _, entry in logged]
    equal(named, [*LAYERS], "The log does not have the outer layer, then the inner one")
    first, counting = logged[0][0], min((n for n, _ in e.all("tally.input")), default=0)
    in_order = e.only("box.commit")[0] < first and logged[1][0] < counting
    require(in_order, "The layers were not opened between box.commit and the count.")
    for _, entry in logged:
        report = reports[entry["layer"]]
        equal(
            report["digest"],
            entry.get("report"),
            f"The log says otherwise of the {entry['layer']} layer than its report",
        )
    outer, inner = reports["outer"], reports["inner"]
    same = outer["output"] == inner["input"] and numbers(outer, "output") == numbers(inner, "input")
    require(same, "The inner layer was given something else than came out of the outer one.")
    _layer_numbers(e, outer, inner)
    if not e.is_public:
        _stages(e, outer, inner)
    trust = "server-trust: the server held both keys; " if e.server_trust else ""
    return f"{trust}{sum(numbers(inner, 'output').values())} ballots came out of both layers"


def _layer_numbers(e: Evidence, outer: Json, inner: Json) -> None:
    """The numbers of the reports are those of `box.commit` and of the reconciliation."""
    sizes = {box: commit.get("size") for box, commit in committed(e).items()}
    given = {box: n for box, n in numbers(outer, "input").items() if sizes[box] is not None}
    equal(
        given,
        {box: size for box, size in sizes.items() if size is not None},
        "The outer layer was not given what was committed",
    )
    for box, line in e.reconciliation.items():
        lost = {
            name: numbers(outer, name)[box] + numbers(inner, name)[box]
            for name in ("undecryptable", "duplicates")
        }
        same = all(line.get(name) in (None, number) for name, number in lost.items())
        require(same, f"The reconciliation of box {box} differs from the reports of the layers.")


def _stages(e: Evidence, outer: Json, inner: Json) -> None:
    """The files of the stages are those that the reports name, with as many items."""
    given = {box: e.envelopes(box, "counted").count for box in e.boxes}
    equal(given, numbers(outer, "input"), "The stage in has other numbers of items")
    found = sha256(e.stage_header("in", given) + b"\n")
    for box in sorted(e.boxes, key=str.encode):  # V16 saw that the envelopes stand in their order
        begin = dumps([box])[:-1] + b","
        for line in e.archive.lines(f"box/{box}/restricted/counted.jsonl"):
            found.update(begin + line.rpartition(b":")[2][:-2] + b"]\n")
    equal(b64u(found.digest()), outer["input"], "The stage in is not the one that was reported")
    for name, path, report in (("mid", MID, outer), ("out", OUT, inner)):
        stage = e.stage(path)
        right = stage.header == e.stage_header(name, {b: stage.counts[b] for b in e.boxes})
        right = right and not stage.out_of_order
        where = f"{path}, line {stage.out_of_order or 1},"
        require(right, f"{where} is not written as a stage of this round.")
        equal(stage.digest, report["output"], f"The stage {name} is not the one reported")
        equal(
            {box: stage.counts[box] for box in e.boxes},
            numbers(report, "output"),
            f"The stage {name} has other numbers of items",
        )


def v19(e: Evidence) -> str:
    """Opening the layers again needs HPKE, which Python's library has not."""
    open_rounds_skip(e)
    raise Skipped("this program cannot open envelopes; `tallying verify` does when given the keys")


def v20(e: Evidence) -> str:
    """The auditors' test ballots came out of the last layer as they were sealed.

    One that did not come out at all may never have been cast, which the auditors know: it is told.
    One that came out with other choices shows that somebody alters ballots.
    """
    open_rounds_skip(e)
    commits, opens = e.all("canary.commit"), e.all("canary.open")
    if not commits and not opens:
        counted = any(line.get("canaries") for line in e.reconciliation.values())
        require(not counted and CANARIES not in e.index, "The log does not know these canaries.")
        raise Skipped("the auditors cast no canaries")
    layers = [position for position, _ in e.all("layer")]
    counting = min((position for position, _ in e.all("tally.input")), default=e.log.count)
    early = all(position < min(layers, default=0) for position, _ in commits)
    late = all(max(layers, default=counting) < position < counting for position, _ in opens)
    require(early and late, "Canaries are committed before the layers, and opened after them.")
    promised = [c for _, entry in commits for c in get(entry, "commitments", "canary.commit")]
    listed = get(e.json(CANARIES), "canaries", CANARIES) == sorted(e.canaries, key=dumps)
    require(listed, f"{CANARIES} does not list the canaries that the log opens.")
    opened = [
        digest(dumps({name: get(canary, name, CANARIES) for name in ("box", "choices", "nonce")}))
        for canary in e.canaries
    ]
    fit = set(opened) <= set(promised) and len(set(promised)) == len(promised)
    once = {(canary["box"], canary["nonce"]) for canary in e.canaries}
    require(fit and len(once) == len(opened), "The canaries are not those that were promised.")
    found = Counter(str(canary["box"]) for canary in e.canaries if canary.get("found") is True)
    for box, line in e.reconciliation.items():
        enough = box in e.merged or whole(line, "canaries", RECONCILIATION) >= found[box]
        require(enough, f"Box {box} takes out fewer canaries than were found.")
    if not e.is_public:
        _canaries_among(e)
    lost, told = len(opened) - sum(found.values()), f"{sum(found.values())} of {len(promised)}"
    told += " canaries came out as they were sealed"
    return told + (f"; {lost} did not come out: ask the auditors" if lost else "")


def _canaries_among(e: Evidence) -> None:
    """What the log says of the canaries is so, among the ballots that came out."""
    for box, line in e.reconciliation.items():
        own = {canary["nonce"]: canary for canary in e.canaries if canary["box"] == box}
        out = e.stage(OUT).canaries[box]
        for nonce, canary in own.items():
            plain = dumps({"choices": canary["choices"], "nonce": nonce, "v": 1})
            came = [item for item in out if nonce_of(item) == nonce]
            require(set(came) <= {plain}, f"A canary came out of box {box} with other choices.")
            said = canary["found"] is bool(came)
            require(said, f"The log says of a canary of box {box} what is not so.")
        same = box in e.merged or line["canaries"] == len(out)
        require(same, f"Box {box} does not take out the {len(out)} canaries it held.")
    roll: Roll = e.table(ROLL)
    voted = Counter(canary["box"] for canary in e.canaries if canary["found"])
    require(not voted - roll.canaries, "More canaries were found than the roll names.")


def first_difference(found: Iterable[bytes], expected: Iterable[bytes]) -> int:
    """The first line, from 1, in which they differ; 0 where they are the same."""
    pairs = enumerate(zip_longest(found, expected), start=1)
    return next((number for number, (one, other) in pairs if one != other), 0)


def v21(e: Evidence) -> str:
    """Every counted envelope is a ballot of the list, blank, or listed as invalid with a reason."""
    published = 0
    for box in e.boxes:
        shown, path = e.published(box), f"box/{box}/restricted/ballots.jsonl"
        if not e.is_public:
            ballots, refused = e.opened(box)
            listed = e.archive.lines(path) if path in e.archive else None
            expected = (b"[%b,%d]\n" % pair for pair in ballots.items())
            line = 0 if listed is None else first_difference(listed, expected)
            told = f"those in its envelopes: {path}, line {line}"
            require(not line, f"The ballots listed for box {box} are not {told}.")
            if box not in e.merged:
                what = f"The invalid ballots of box {box} are not those in its envelopes"
                equal(e.invalid(box), refused, what)
            if shown is not None:
                differing = sorted(dict(shown.items() ^ ballots.items()))[:1]
                told = f"those in its envelopes: {differing[0].decode()[:80]}" if differing else ""
                require(not differing, f"The public ballots of box {box} are not {told}.")
        published += sum((shown or {}).values())
    if e.is_public and not published:
        raise Skipped("the ballots are withheld in this edition")
    return (
        f"{published} published ballots are valid" if published else "all ballots are accounted for"
    )


def v22(e: Evidence) -> str:
    """Counting again gives the published outcome, step by step; the log names input and outcome."""
    version, places = get(e.result, "version", OUTCOME), [e.only("box.commit")[0]]
    for kind, name, found in (
        ("tally.input", "input", e.input_digest),
        ("tally.result", "outcome", digest(e.archive.read(OUTCOME))),
    ):
        said = [(n, entry.get(name)) for n, entry in e.all(kind) if entry.get("version") == version]
        logged = [value for _, value in said]
        equal(logged, [found], f"The log's {kind} is not about the {name} of this bundle")
        places.append(said[0][0])
    require(places == sorted(places), "The log names the outcome before what was counted.")
    outcomes = e.outcomes
    if not e.recount:
        _agree_with_themselves(e)
        raise Skipped("no recount was asked for (--no-recount)", expected=False)
    withheld, steps = [], 0
    for box in e.boxes:
        ballots = e.ballots(box)
        if ballots is None:
            withheld.append(box)
            continue
        try:
            steps += compare(e, box, ballots, outcomes[box])
        except Skipped:
            _agree_with_themselves(e)
            raise
        except Failed as error:
            raise Failed(f"Box {box}: {error}") from error
    _agree_with_themselves(e)
    recounted = len(e.boxes) - len(withheld)
    if withheld:
        names = ", ".join(withheld[:3]) + (" …" if withheld[3:] else "")
        of = f"{recounted} of {len(e.boxes)} boxes recounted, with the same outcome; "
        raise Skipped(
            f"{of if recounted else ''}the ballots of {names} are withheld in this edition"
        )
    return f"the recount of {recounted} boxes gives the same outcome, in all {steps} steps"


def _agree_with_themselves(e: Evidence) -> None:
    """What an outcome must say whether or not its ballots are here: of money, and of voters."""
    for box, outcome in e.outcomes.items():
        projects = {get(p, "id", OUTCOME): p for p in get(outcome, "projects", OUTCOME)}
        costs = {project["id"]: project["cost"] for project in e.boxes[box]["projects"]}
        same = len(projects) == len(outcome["projects"]) and costs == {
            name: whole(project, "cost", OUTCOME) for name, project in projects.items()
        }
        require(same, f"Box {box}: other projects or costs than in the manifest.")
        budget = whole(outcome, "budget", OUTCOME)
        equal(budget, e.boxes[box]["budget"], f"Box {box}: the budget is not the manifest's")
        funded, partial = get(outcome, "funded", OUTCOME), get(outcome, "partial", OUTCOME)
        in_part = [] if partial is None else [get(partial, "project", OUTCOME)]
        for kind, said in (("funded", sorted(funded)), ("funded_in_part", in_part)):
            by = [name for name, p in projects.items() if get(p, "verdict", OUTCOME) == kind]
            equal(said, sorted(by), f"Box {box}: {kind} is not what the verdicts say")
        amount = 0 if partial is None else whole(partial, "amount", OUTCOME)
        spent, unspent = (whole(outcome, name, OUTCOME) for name in ("spent", "unspent"))
        cost = sum(costs[name] for name in funded) + amount
        equal([spent, unspent], [cost, budget - cost], f"Box {box}: spent and unspent")
        require(unspent >= 0 <= amount, f"Box {box}: more was spent than the budget.")
        if box not in e.merged:  # of which no number is told: V28
            _votes_of_voters(e, box, outcome)


def _votes_of_voters(e: Evidence, box: str, outcome: Json) -> None:
    """As many ballots as the reconciliation says, and no project has more votes than that."""
    counts, line = get(outcome, "counts", OUTCOME), e.reconciliation[box]
    told = [whole(counts, name, OUTCOME) for name in ("ballots", "blank", "voters")]
    result, blank = (whole(line, name, RECONCILIATION) for name in ("result", "blank"))
    expected = [result, blank, result + whole(counts, "invalid", OUTCOME)]
    equal(told, expected, f"Box {box}: the ballots counted are not those of the reconciliation")
    for project in outcome["projects"]:
        enough = 0 <= whole(project, "votes", OUTCOME) <= result - blank
        require(enough, f"Box {box}: {project['id']} has more votes than the box has voters.")


def v23(e: Evidence) -> str:
    """Lots are those of the manifest; a seed was drawn after `box.commit` and before counting."""
    ties = get(get(e.manifest, "rule", MANIFEST), "ties", MANIFEST)
    ends = isinstance(ties, list) and ties[-1:] in (["lots"], ["seed"])
    require(ends, "The tie order of the manifest ends in neither lots nor a seed.")
    if "lots" in ties:
        lots, path = e.json("config/lots.json"), "config/lots.json"
        drawn, record = get(lots, "order", path), get(lots, "record", path)
        require(drawn == e.manifest.get("lots"), "The drawn lots are not those of the manifest.")
        announced = e.manifest.get("lots_record") or ""
        equal(record, announced, "The record of the lots is not the one in the manifest")
        on_ballot = {project["id"] for box in e.boxes.values() for project in box["projects"]}
        once = on_ballot <= set(drawn) and len(set(drawn)) == len(drawn)
        require(once, "The drawn lots leave out a project of the ballot, or name one twice.")
    if "seed" in ties:
        drawn, (position, entry) = e.json("seed/seed.json"), e.only("seed")
        late = position > e.only("box.commit")[0]
        require(late, "The seed was drawn before the boxes were committed.")
        counting = min(place for place, _ in e.all("tally.input"))
        require(position < counting, "The seed was drawn after counting began.")
        told, record = get(drawn, "seed", "seed.json"), get(drawn, "record", "seed.json")
        equal(told, entry.get("seed"), "The seed is not the one that the log committed to")
        record = digest(str(record).encode())
        what = "The record of the draw is not the one that the log committed to"
        equal(entry.get("record_sha256"), record, what)
    met = sum(len(get(outcome, "ties", OUTCOME)) for outcome in e.outcomes.values())
    return f"{met} ties were met; the order is {', '.join(ties)}"


def v24(e: Evidence) -> str:
    """Every attestation is about this log, input and outcome; those of known auditors are named."""
    if not any(name.startswith(ATTESTATIONS) for name in e.archive.names):
        raise Skipped("nobody has attested yet")
    signed, unknown = attested(e)
    others = f"{unknown} by keys that no trust file names"
    if not signed:
        raise Skipped(others)
    needed = whole(e.manifest, "attestations_required", MANIFEST)
    found = f"attested by {', '.join(sorted(key.name for key in signed))}"
    found = f"{found}; the round requires {needed}{f'; {others}' if unknown else ''}"
    if len(signed) < needed:
        raise Skipped(found)
    return found


def attested(e: Evidence) -> tuple[set[Key], int]:
    """The auditors of the trust file who attested, each once, and how many notes are of others."""
    logs = [read_checkpoint(e.archive.read("log/checkpoint"))]
    if e.destroyed:  # which was logged after the auditors had attested
        logs += [e.checkpoint(name) for name in e.index if name.startswith("log/history/")]
    texts = [
        f"tallying.attestation/1\n{e.round}\n"
        f"log {log.size} {base64.b64encode(log.root).decode()}\ninput {e.input_digest}\n"
        f"outcome {digest(e.archive.read(OUTCOME))}\nverdict agree\n"
        for log in logs
    ]
    signed, unknown = set[Key](), 0
    for path in (name for name in e.archive.names if name.startswith(ATTESTATIONS)):
        note = e.archive.read(path)
        require(note_text(note) in texts, f"{path} attests another log, input or outcome.")
        signers = signed_by(note, e.trust.auditor if e.trust else ())
        signed |= set(signers)
        unknown += not signers
    return signed, unknown


def v25(e: Evidence) -> str:
    """No box counts paper: this version knows no batches."""
    for box, line in e.reconciliation.items():
        if get(line, "paper", RECONCILIATION) and whole(line, "paper", RECONCILIATION):
            raise Skipped(f"this version cannot check the paper of box {box}", expected=False)
    raise Skipped("no ballot of this round was cast on paper")


def v27(e: Evidence) -> str:
    """The versions of what counted are recorded."""
    lines = e.archive.read("software/requirements.lock").decode(errors="replace").split()
    stated = bool(lines) and all("==" in line for line in lines)
    require(stated, "software/requirements.lock does not state one version a line.")
    return f"{len(lines)} packages with their versions"


# What is published of ballots (docs/formats/bundle.md): a ballot that only one voter cast can be
# recognised by whoever ordered it, and the numbers of a handful of voters tell how they voted.


def publication(style: str, ballots: Ballots, terms: dict[str, int]) -> tuple[str, Any, Any]:
    """What is done with a box's ballots: the word for it, the reason, and how many are kept."""
    total = sum(ballots.values())
    for least, done in (("least_cell", "merged"), ("least_ballots", "withheld")):
        if total < terms[least]:
            return done, f"fewer_than_{terms[least]}_ballots", None
    if style in ("approval", "knapsack") or few_unique(ballots, terms):
        return "published", None, None
    longest = max(len(json.loads(said)) for said in ballots)
    for keep in range(longest - 1, 0, -1):
        if few_unique(truncated(style, ballots, keep), terms):
            return "truncated", "too_many_unique", keep
    return "withheld", "too_many_unique", None


def few_unique(ballots: Ballots, terms: dict[str, int]) -> bool:
    """Whether no more ballots than the manifest allows were cast by one voter only."""
    unique = sum(times == 1 for times in ballots.values())
    return unique * 1000 <= terms["most_unique_permille"] * sum(ballots.values())


def truncated(style: str, ballots: Ballots, keep: int) -> Ballots:
    """Ballots with their first projects only, or those of the most points."""
    found = Counter[bytes]()
    for said, times in ballots.items():
        choices = json.loads(said)
        if style in GRADED:
            choices.sort(key=lambda pair: (-pair[1], pair[0].encode()))
        found[dumps(in_order(style, choices[:keep]))] += times
    return dict(sorted(found.items()))


def hidden_cells(counts: dict[Any, int], least: int, also: Sequence[Any] = ()) -> set[Any]:
    """Small cells of a table, and the smallest others with which they could be worked out."""
    hidden = {name for name, number in counts.items() if number < least or name in also}
    others = sorted((name for name in counts if name not in hidden), key=counts.__getitem__)
    while hidden and others and (len(hidden) < 2 or sum(counts[n] for n in hidden) < least):
        hidden.add(others.pop(0))
    return hidden


def privacy_line(style: str, box: str, ballots: Ballots, terms: dict[str, int]) -> Json:
    """What the privacy report says of a box."""
    done, reason, keep = publication(style, ballots, terms)
    line = {"box": box, "done": done, "keep": keep, "reason": reason}
    if done == "merged":
        return {**line, "ballots": None, "classes": None, "distinct": None, "unique_permille": None}
    bands = {(1, 1): 0, (2, 2): 0, (3, 4): 0, (5, 9): 0, (10, None): 0}
    for times in ballots.values():
        bands[next(b for b in bands if b[1] is None or times <= b[1])] += times
    hidden = hidden_cells({band: n for band, n in bands.items() if n}, terms["least_cell"])
    total, unique = sum(bands.values()), None if (1, 1) in hidden else bands[1, 1]
    return {
        **line,
        "ballots": total,
        "classes": [
            {"least": band[0], "most": band[1], "voters": None if band in hidden else voters}
            for band, voters in bands.items()
        ],
        "distinct": None if hidden else len(ballots),
        "unique_permille": None if unique is None else unique * 1000 // total,
    }


def v28(e: Evidence) -> str:
    """What is published tells of nobody more than the manifest allows, and the report is true."""
    terms, style = e.terms, e.manifest["style"]
    enough = terms["least_ballots"] >= 100 and terms["least_cell"] >= 10
    enough = enough and 0 <= terms["most_unique_permille"] <= 1000
    require(enough, "The manifest protects less than any round may.")
    lines = get(e.json(PRIVACY), "boxes", PRIVACY)
    about = {"boxes": lines, "round": e.round, "schema": "pb.privacy/1", "terms": terms}
    require(e.json(PRIVACY) == about, "The privacy report is of another round, or of other terms.")
    named = [get(line, "box", PRIVACY) for line in lines]
    require(named == list(e.boxes), "The privacy report does not name each box once.")
    for box, line in zip(named, lines):
        ballots = e.ballots(box)
        if ballots is not None:
            what = f"The privacy report of box {box} tells another than its ballots give"
            given = privacy_line(style, box, ballots, terms)
            equal(dumps(line).decode(), dumps(given).decode(), what)
        _files_of(e, box, line)
        if get(line, "done", PRIVACY) == "merged":
            _tells_no_number(e, box)
        else:
            _tells_only_ballots(e, box, line, ballots)
    _hidden_numbers(e)
    told = Counter(str(line["done"]) for line in lines)
    counts = ", ".join(f"{number} {done}" for done, number in told.items())
    return f"ballots of boxes: {counts}; no small number is told"


def _files_of(e: Evidence, box: str, line: Json) -> None:
    """The files of a box are those of what was done, and the notice gives the same reason."""
    done = get(line, "done", PRIVACY)
    known = done in ("published", "truncated", "withheld", "merged")
    require(known, f"The privacy report does not say what was done in box {box}.")
    wanted = {
        "ballots.pb": done == "published",
        "restricted/ballots.jsonl": done == "published",
        "withheld.json": done != "published",
        TRUNCATED: done == "truncated",
        "invalid.json": done != "merged",
    }
    for name, here in wanted.items():
        same = (f"box/{box}/{name}" in e.index) is here
        require(same, f"The ballots of box {box} are {done}, and its file {name} says otherwise.")
    if done != "published":
        equal(
            e.json(f"box/{box}/withheld.json"),
            {"reason": line.get("reason")},
            f"The notice of box {box} gives another reason than the report",
        )


def _tells_only_ballots(e: Evidence, box: str, line: Json, ballots: Ballots | None) -> None:
    """Published files say nothing but the ballots, and of withheld ones there is no hash."""
    style, path, shown = e.manifest["style"], f"box/{box}/ballots.pb", e.published(box)
    result = whole(e.reconciliation[box], "result", RECONCILIATION)
    enough, done = result >= e.terms["least_ballots"], line["done"]
    if done != "published":
        told = get(e.outcomes[box], "input", OUTCOME) is not None
        require(not told, f"The outcome gives the hash of the ballots withheld in box {box}.")
    if done == "truncated":
        path = f"box/{box}/{TRUNCATED}"
        free = {"min_length": 0, "min_points": 0, "min_spend": 0, "blank_allowed": True}
        limits = {**free, "max_length": None, "max_points": None, "max_score": None}
        short = {**e.manifest, "limits": limits}
        shown = read_pabulib(e, short, box, path)
        keep = whole(line, "keep", PRIVACY)
        longest = max((len(json.loads(said)) for said in shown), default=0)
        right = sum(shown.values()) == result and keep >= 1 and longest <= keep
        require(right, f"{path} holds other ballots than the report says, or longer ones.")
        few = few_unique(shown, e.terms)
        require(few, f"More of {path} is unique than the manifest allows.")
        shown = shown if ballots is None else truncated(style, ballots, keep)
    if done == "withheld":
        same = enough == (line["reason"] == "too_many_unique")
        require(same, f"The reason why box {box} withholds its ballots is not the true one.")
        return
    require(enough, f"Box {box} publishes the ballots of too few people.")
    lines = e.archive.lines(path)
    before = sum(1 for _ in takewhile(lambda line: line != b"VOTES\n", lines)) + 1
    found = first_difference(lines, pabulib_votes(style, shown or {}))
    where = f"{path}, line {before + found}"
    only = f"The public file of box {box} says more of its voters than their ballots: {where}."
    require(not found, only)


def _tells_no_number(e: Evidence, box: str) -> None:
    """Of a handful of voters not even a number is told."""
    line, outcome = e.reconciliation[box], e.outcomes[box]
    told = any(value is not None for name, value in line.items() if name != "box")
    require(not told, f"The reconciliation tells numbers of the few ballots of box {box}.")
    same = dumps(outcome) == dumps(without_numbers(outcome))
    require(same, f"The outcome tells numbers of the few ballots of box {box}.")


def _hidden_numbers(e: Evidence) -> None:
    """What is hidden cannot be worked out from the log and the other boxes."""
    least, lines = e.terms["least_cell"], e.reconciliation
    for box, commit in committed(e).items():
        size = get(commit, "size", "box.commit")
        many = size is None or (type(size) is int and size >= least)
        require(many, f"The log says how few ballots box {box} counts.")
    hidden = {box for box, line in lines.items() if line.get("accepted") is None}
    enough = not e.merged or len(hidden) >= min(2, len(lines))
    require(enough, "What a box hides is what the others leave of the casts in the log.")
    if not e.is_public:
        casts = Counter(e.openings.boxes)
        counts = {box: casts[box] for box in lines}
        expected = hidden_cells(counts, least, e.merged) if e.merged else set()
        require(hidden == expected, "Other boxes hide their numbers than have to.")


def without_numbers(outcome: Json) -> Json:
    """The outcome of a box of very few ballots, as it is published."""
    kept = ("schema", "rule", "budget", "currency", "minor_digits", "spent", "unspent", "partial")
    projects = []
    for project in outcome["projects"]:
        amount = project["values"].get("amount")
        gone = project["code"] == "withdrawn"
        projects.append(
            {
                **{name: project[name] for name in ("id", "cost", "verdict")},
                "votes": None,
                "score": None,
                "code": "withdrawn" if gone else "numbers_withheld",
                "values": {} if amount is None else {"amount": amount},
            }
        )
    empty: Json = {"rounds": [], "ties": [], "margins": [], "repairs": [], "completion": {}}
    return {
        **{name: outcome[name] for name in kept},
        **empty,
        "input": None,
        "counts": dict.fromkeys(("voters", "ballots", "blank", "invalid")),
        "funded": sorted(outcome["funded"], key=str.encode),
        "projects": projects,
    }


ACCEPTANCES = "acceptances.jsonl"


def v29(e: Evidence) -> str:
    """Every acceptance that was handed in, and your own receipt, is in the log."""
    is_here = ACCEPTANCES in e.archive
    handed_in = [_acceptance(e, line) for line in e.values(ACCEPTANCES)] if is_here else []
    in_order = handed_in == sorted(set(handed_in)) and bool(handed_in) == is_here
    require(in_order, f"The acceptances in {ACCEPTANCES} do not stand once each, in order.")
    given = [] if e.receipt is None else [_given(e, e.receipt)]
    if not handed_in and not given:
        raise Skipped("nobody handed in an acceptance")
    log, wanted = e.log, {*handed_in, *given}
    places = {found: n for n, found in enumerate(column(log.leaves)) if found in wanted}
    lost = [receipt_code(found) for found in (*handed_in, *given) if found not in places]
    told = f"{', '.join(lost[:10])}{' …' if len(lost) > 10 else ''}"
    require(not lost, f"THE LOG DOES NOT HOLD THIS BALLOT: {told}. Show the receipt to an auditor.")
    told = f"the log holds the ballots of all {len(handed_in)} acceptances that were handed in"
    if not given:
        return told
    position = places[given[0]]
    require(bool(log.is_cast[position]), f"Entry index {position} of the log is no ballot.")
    return (
        f"{told}; the receipt {receipt_code(given[0])} stands in the log at entry index {position}"
    )


def _acceptance(e: Evidence, line: Any) -> bytes:
    """The leaf of an acceptance in the bundle; raises `Failed` unless the receipt key signed it."""
    found, signature = (unb64u(get(line, name, ACCEPTANCES)) for name in ("leaf", "signature"))
    promise, text = "in the log within 60 seconds", base64.b64encode(found).decode()
    usual = get(line, "promise", ACCEPTANCES) == promise and len(line) == 3
    require(usual, f"{ACCEPTANCES} holds something else than acceptances.")
    key = e.policy.receipt[0]
    note = f"pb.acceptance/1\n{e.round}\n{text}\n{promise}\n\n— {key.name} "
    note += f"{base64.b64encode(key.hash + signature).decode()}\n"
    signed_by(note.encode(), [key])
    return found


def _given(e: Evidence, receipt: bytes) -> bytes:
    """The same; a receipt that proves nothing is not held against the bundle (see `closing`)."""
    try:
        found = _receipt(e, receipt)
    except (Failed, ValueError) as error:
        e.receipt_proves = False
        raise Failed(f"The receipt proves nothing: {error}") from error
    if not receipt.startswith(b"pb.acceptance/1\n"):
        _of_this_log(e, receipt, found)
    return found


def _of_this_log(e: Evidence, proof: bytes, found: bytes) -> None:
    """Two logs that one key signed are a fault of the log, whichever of them is in the bundle."""
    head, _, note = proof.partition(b"\n\n")
    index = int(next(line[6:] for line in head.split(b"\n") if line.startswith(b"index ")))
    checkpoint, log = read_checkpoint(note), e.log
    same = checkpoint.origin == e.checkpoint().origin and checkpoint.size <= log.count
    same = same and log.leaves[32 * index : 32 * index + 32] == found
    size = checkpoint.size
    same = same and roots(column(log.leaves), [size])[size] == checkpoint.root
    require(
        same, "THE RECEIPT IS OF ANOTHER LOG than this bundle's, signed by the same key. Show it."
    )


def _receipt(e: Evidence, receipt: bytes) -> bytes:
    """The leaf of your own receipt: an acceptance, or a proof."""
    if not receipt.startswith(b"pb.acceptance/1\n"):
        return _proved(e, receipt)
    _, round_id, encoded, *_ = note_text(receipt).split("\n")
    require(bool(signed_by(receipt, e.policy.receipt)), "The receipt key did not sign it.")
    require(round_id == e.round, "The receipt is of another round.")
    return standard_base64(encoded)


def _proved(e: Evidence, proof: bytes) -> bytes:
    """The leaf that a `c2sp.org/tlog-proof@v1` leads from to a checkpoint that the log's key signed."""
    head, _, note = proof.partition(b"\n\n")
    version, *lines = head.decode(errors="replace").split("\n")
    require(version == "c2sp.org/tlog-proof@v1", "It is neither an acceptance nor a proof.")
    fields = dict(line.split(" ", 1) for line in lines if " " in line)
    path = [standard_base64(line) for line in lines if " " not in line]
    entry, index = standard_base64(fields.get("extra", "")), fields.get("index", "")
    require(re.fullmatch("[0-9]{1,18}", index) is not None, "The proof names no position.")
    require(bool(signed_by(note, e.policy.log)), "The log's key did not sign its checkpoint.")
    checkpoint, start = read_checkpoint(note), leaf(entry)
    require(int(index) < checkpoint.size, "The proof is of an entry beyond its checkpoint.")
    same = root_by_path(start, int(index), checkpoint.size, path) == checkpoint.root
    require(same, "The proof does not lead to the root that the log's key signed.")
    trusted = e.trust is not None and e.trust.quorum is not None
    policy = e.trust if e.trust is not None and trusted else e.policy
    if policy.quorum not in (None, "none"):
        reached = policy.reached(str(policy.quorum), signed_by(note, policy.witness.values()))
        require(reached, "Too few witnesses signed its checkpoint.")
    return start


def receipt_code(found: bytes) -> str:
    """The first 80 bits of a leaf's hash in Crockford's base32, in four groups of four."""
    number = int.from_bytes(found[:10], "big")
    digits = ["0123456789ABCDEFGHJKMNPQRSTVWXYZ"[number >> 5 * n & 31] for n in range(15, -1, -1)]
    return "-".join("".join(digits[n : n + 4]) for n in range(0, 16, 4))


def v30(e: Evidence) -> str:
    """Before voting opened, test ballots passed both layers."""
    open_rounds_skip(e)
    position, entry = e.only("key.test")
    require(position < e.only("open")[0], "The keys were tested after voting had opened.")
    outer, inner = (
        read_report(e, f"layers/test/{name}.json", name, ["key.test"]) for name in LAYERS
    )
    said = [entry.get(name) for name in ("outer", "inner", "expected")]
    equal(
        said,
        [outer["digest"], inner["digest"], inner["output"]],
        "What came out of the key test is not what the log says",
    )
    require(outer["output"] == inner["input"], "The inner layer was tested with something else.")
    came = numbers(inner, "output")["key.test"]
    complete = came == numbers(outer, "input")["key.test"] and came > 0
    require(complete, "Not every test ballot passed both layers.")
    return f"{came} test ballots passed both layers before voting opened"


def nothing(reason: str) -> Callable[[Evidence], str]:
    """A check of the list that no bundle has anything for."""

    def skip(_: Evidence) -> str:
        raise Skipped(reason)

    return skip


CHECKS: dict[str, tuple[str, Callable[[Evidence], str]]] = {
    "V01": ("every file is listed with its hash, and no other is here", v01),
    "V02": ("the index is signed by trusted keys", v02),
    "V03": ("every JSON file is canonical", v03),
    "V04": ("the root over the entries is the checkpoint's", v04),
    "V05": ("the checkpoint is signed by the log's key", v05),
    "V06": ("the witnesses' quorum", v06),
    "V07": ("earlier checkpoints are of the same log", v07),
    "V08": ("time stamps", nothing("reserved")),
    "V09": ("one manifest, fixed before voting opened", v09),
    "V10": ("a second official on the acts that need one", v10),
    "V11": ("the roll is the committed one", v11),
    "V12": ("every cast opens", v12),
    "V13": ("every voter is on the roll", v13),
    "V14": ("one ballot counts for each voter, the last", v14),
    "V15": ("the reconciliation ties", v15),
    "V16": ("the counted envelopes are the committed ones", v16),
    "V17": ("every cast between open and close", v17),
    "V18": ("layers in and out", v18),
    "V19": ("layers peeled again", v19),
    "V20": ("canaries", v20),
    "V21": ("every ballot is valid, blank, or listed as invalid", v21),
    "V22": ("the recount equals the published outcome", v22),
    "V23": ("ties and draws as announced", v23),
    "V24": ("attestations", v24),
    "V25": ("paper batches", v25),
    "V26": ("mix network", nothing("reserved")),
    "V27": ("the versions of what counted", v27),
    "V28": ("the privacy of small boxes", v28),
    "V29": ("receipts are in the log", v29),
    "V30": ("the key test before opening", v30),
}
FOR_AUDITORS = ("V11", "V12", "V13", "V14", "V16", "V19")


# 10 --- Counting again (the rules are defined in the documents of the project) ---------------------
#
# Written for plainness, not for speed. Every decision is made in whole numbers or fractions.

NATURAL = {"ranked": "borda", "points": "points", "score": "score"}
RULES: dict[str, tuple[tuple[str, ...], Json]] = {
    "greedy": (("none",), {"order": "score", "unaffordable": "skip", "min_score": 0}),
    "borda": (("none",), {"min_score": 0}),
    "phragmen": (("none", "greedy"), {"unaffordable": "stop", "min_score": 0}),
    "equal-shares": (
        ("none", "greedy", "add1", "add1-greedy"),
        {"step": 1, "integral": False, "exhaustive": False, "compare": False, "min_score": 0},
    ),
}
TOO_EXPENSIVE = "too_expensive_when_reached"


class Selection:
    """What a count has decided so far, and why: a code for each project, with its particulars."""

    def __init__(self) -> None:
        self.funded: list[str] = []
        self.rounds: list[Json] = []
        self.ties: list[Json] = []
        self.codes: dict[str, str] = {}
        self.values: dict[str, Json] = {}
        self.ended_by: str | None = None
        self.partial: Json | None = None
        self.completion: Json = {}
        self.margins: list[Json] = []

    def say(self, p: str, code: str, **values: Any) -> None:
        """What became of a project. A completion adds to what the rule said of it before."""
        self.codes[p], self.values[p] = code, {**self.values.get(p, {}), **values}

    def decide(self, p: str, code: str, left: int, values: Json, **account: Any) -> None:
        """The same, as the next step of the count."""
        step = len(self.rounds) + 1
        self.say(p, code, step=step, **values)
        entry = {"step": step, "project": p, **account, "left": left, "verdict": code}
        self.rounds.append(entry)


class Room:
    """The money left, and the exclusive groups that have their project."""

    def __init__(self, left: int) -> None:
        self.left, self.groups = left, dict[str, str]()

    def shut_out(self, project: Json) -> Json:
        """Which project of its group is funded; nothing when none is."""
        group = project["exclusive_group"]
        return {"group": group, "with": self.groups[group]} if group in self.groups else {}

    def take(self, project: Json, amount: int) -> None:
        """Pay for a project."""
        self.left -= amount
        if project["exclusive_group"] is not None:
            self.groups[project["exclusive_group"]] = project["id"]


class Count:
    """One box's election, and who supports what.

    Equal ballots are counted together: `weights[i]` voters cast ballot i. `given[p]` lists the
    ballots that support project p with the points of it, as the ballots say by themselves.
    """

    def __init__(self, e: Evidence, box: str, ballots: Ballots) -> None:
        manifest, self.box = e.manifest, e.boxes[box]
        self.style: str = manifest["style"]
        self.every: dict[str, Json] = {p["id"]: p for p in self.box["projects"]}
        gone = e.withdrawn(box)
        self.projects = {p: project for p, project in self.every.items() if p not in gone}
        self.budget: int = self.box["budget"]
        self.major: int = 10 ** decimals(manifest)
        self._rule(manifest["rule"])
        self.lots: list[str] | None = None
        if manifest["lots"] is not None:
            self.lots = [name for name in manifest["lots"] if name in self.every]
        self.seed = bytes.fromhex(e.json("seed/seed.json")["seed"]) if "seed" in self.ties else b""
        self.weights = list(ballots.values())
        self.voters = sum(self.weights)
        self.longest = manifest["limits"]["max_length"]
        self.given = self._given(ballots, self.projects)
        self.votes, self.score = self._sums(self.given)
        same = self.utility == self.natural
        self.support = {
            p: given if same else [(ballot, 1) for ballot, _ in given]
            for p, given in self.given.items()
        }
        self.scale = {
            p: project["cost"] if self.utility == "cost" else 1
            for p, project in self.projects.items()
        }

    def _given(self, ballots: Ballots, projects: Iterable[str]) -> dict[str, list[tuple[int, int]]]:
        """What each ballot gives to each of the projects, as if no ballot named another."""
        given: dict[str, list[tuple[int, int]]] = {name: [] for name in projects}
        top = self.longest or len(given)
        for ballot, said in enumerate(ballots):
            named = json.loads(said)
            if self.style in GRADED:
                points = {name: number for name, number in named if name in given}
            else:
                kept = [name for name in named if name in given]
                ranked = self.style == "ranked"
                points = {name: top - place if ranked else 1 for place, name in enumerate(kept)}
            for name, number in points.items():
                given[name].append((ballot, number))
        return given

    def _sums(self, given: dict[str, list[tuple[int, int]]]) -> tuple[dict[str, int], ...]:
        """Votes and score of each project."""
        votes = {p: sum(self.weights[b] for b, _ in said) for p, said in given.items()}
        return votes, {p: sum(self.weights[b] * u for b, u in said) for p, said in given.items()}

    def all_votes(self, ballots: Ballots) -> tuple[dict[str, int], ...]:
        """The same for every project of the ballot, the withdrawn ones too."""
        return self._sums(self._given(ballots, self.every))

    def _rule(self, rule: Json) -> None:
        """The rule with its defaults; raises `Skipped` for those that this program does not count."""
        name, completion = rule["rule"], rule["completion"]
        completions, defaults = RULES.get(name, ((), {}))
        self.natural = NATURAL.get(self.style, "cardinality")
        own = "cost" if name == "equal-shares" and self.natural == "cardinality" else self.natural
        self.utility: str = rule["utility"] or ("cardinality" if name == "phragmen" else own)
        known = completion in completions and set(rule["parameters"]) <= set(defaults)
        if not known or self.utility not in ("cardinality", "cost", self.natural):
            raise Skipped(
                f"single implementation: only `tallying verify` counts {name}/{completion}"
            )
        self.name, self.completion, self.ties = name, completion, rule["ties"]
        self.parameters = {**defaults, **rule["parameters"]}
        self.minimum: int = self.parameters["min_score"]

    # -- ties

    def rank(self, project: str, further: int = 0) -> list[Any]:
        """What the tie order says of a project, had it further votes: the smaller, the better."""
        cost = self.projects[project]["cost"]
        place = self.lots.index(project) if self.lots else 0
        known = {
            "more_votes": -self.votes[project] - further,
            "lower_cost": cost,
            "higher_cost": -cost,
            "lots": place,
            "seed": sha256(self.seed + b"\x1f" + project.encode()).digest(),
        }
        return [known[criterion] for criterion in self.ties]

    def settle(self, equal: Iterable[str], step: int) -> tuple[list[str], Json]:
        """Several equal projects in the tie order, and the record of the tie; raises `Failed`."""
        ranks = {project: self.rank(project) for project in equal}
        ordered = sorted(ranks, key=lambda project: ranks[project])
        criteria, groups = [], 1
        for length, criterion in enumerate(self.ties, start=1):
            apart = len({repr(rank[:length]) for rank in ranks.values()})
            criteria += [criterion] if apart > groups else []
            groups = apart
        require(groups == len(ordered), f"the tie of {', '.join(ordered)} stays open.")
        record = {"decided_by": criteria, "matters": False, "open": [], "projects": ordered}
        return ordered, {**record, "raises": None, "step": step}

    # -- greedy and borda

    def left_out(self, score: dict[str, int], into: Selection) -> list[str]:
        """Say of projects that no rule looks at them: nobody's, and those below the minimum score.

        The others, in the order of the ballot, are answered.
        """
        waiting = []
        for p, votes in self.votes.items():
            if votes and score[p] >= self.minimum:
                waiting.append(p)
            elif votes:
                into.say(p, "below_minimum_support", minimum=self.minimum)
            else:
                into.say(p, "no_support")
        return waiting

    def merit(self, p: str, score: int, order: str) -> tuple[int, Fraction]:
        """Where a project of this score stands in the order of greedy: the smaller, the earlier."""
        cost = self.projects[p]["cost"]
        if order == "score":
            return 1, Fraction(-score)
        return (1, Fraction(-score, cost)) if cost else (0, Fraction(0))

    def greedy(
        self,
        into: Selection,
        score: dict[str, int],
        room: Room,
        order: str = "score",
        unaffordable: str = "skip",
        **filling: str,
    ) -> Selection:
        """Fund the projects that are not yet funded from best to worst, while there is money."""
        waiting = [p for p in self.left_out(score, into) if p not in into.funded]
        best = sorted(waiting, key=lambda p: self.merit(p, score[p], order))
        for _, group in groupby(best, key=lambda p: self.merit(p, score[p], order)):
            equal, left, criteria = list(group), room.left, []
            if len(equal) > 1:
                equal, tie = self.settle(equal, len(into.rounds) + 1)
                into.ties.append(tie)
                criteria = tie["decided_by"]
            for place, p in enumerate(equal):
                if into.ended_by is not None:
                    into.say(p, "count_ended", ended_by=into.ended_by)
                    continue
                self._walk_to(into, p, score[p], room, unaffordable, filling)
                ahead = [other for other in equal[:place] if other in into.funded]
                dear = into.codes[p] == TOO_EXPENSIVE and self.projects[p]["cost"] <= left
                if dear and ahead:
                    into.rounds[-1]["verdict"] = into.codes[p] = "lost_tie"
                    into.values[p] |= {"to": ahead, "by": criteria}
        return into

    def _walk_to(
        self,
        into: Selection,
        p: str,
        score: int,
        room: Room,
        unaffordable: str,
        filling: dict[str, str],
    ) -> None:
        """Decide about one project."""
        project, code, values = self.projects[p], TOO_EXPENSIVE, dict[str, Any]()
        cost, least, shut = project["cost"], project.get("partial_minimum"), room.shut_out(project)
        if shut:
            code = "excluded_by_group"
        elif cost <= room.left:
            code = "funded_by_completion" if filling else "funded"
            room.take(project, cost)
            into.funded.append(p)
            into.values.pop(p, None)
            values = filling
        else:
            into.ended_by = None if unaffordable == "skip" else p
            if unaffordable == "partial" and least is not None and least <= room.left:
                step = project.get("partial_step", 1)
                amount = least + (room.left - least) // step * step
                code, into.partial = "funded_in_part", {"project": p, "amount": amount}
                room.take(project, amount)
                values["amount"] = amount
        values = shut or {"left": room.left, **values}
        into.decide(p, code, room.left, values, score=written(score), cost=cost)

    def fill(self, selection: Selection) -> Selection:
        """The completion `greedy`: spend what is left on the other projects."""
        room, before, first = Room(self.budget), list(selection.funded), len(selection.rounds) + 1
        for p in before:
            room.take(self.projects[p], self.projects[p]["cost"])
        said = {p: (selection.codes[p], selection.values[p]) for p in before}
        selection.ended_by = None
        self.greedy(selection, self.score, room, completion="greedy")
        for p, (code, values) in said.items():
            selection.codes[p], selection.values[p] = code, values
        added = selection.funded[len(before) :]
        selection.completion["greedy"] = {"first_step": first, "funded": added}
        return selection

    def greedy_margins(self, selection: Selection, score: dict[str, int], order: str) -> list[Json]:
        """How many further votes or points each project lacked, all other ballots the same.

        A project that is not funded takes nothing from the others. So we look for the last step
        before which there was still room for it; from there on there is less and less. It has to
        stand before what was decided at that step, or, past the last one, only to take part.
        """
        found, rounds = [], selection.rounds
        unit = "votes" if self.utility in ("cardinality", "cost") else "points"
        before = [self.budget, *(entry["left"] for entry in rounds)]
        places = range(len(rounds) - (selection.ended_by is not None), -1, -1)
        in_part = selection.partial and selection.partial["project"]
        for p in sorted(set(self.projects) - {*selection.funded, in_part}, key=str.encode):
            names = [entry["project"] for entry in rounds]
            shut = min((names.index(q) for q in self._rivals(p, selection)), default=len(names))
            cost = self.projects[p]["cost"]
            last = next((n for n in places if n <= shut and before[n] >= cost), None)
            more, exact = None, True
            if last is not None:
                rival = names[last] if last < len(names) else None
                more, exact = self._lacked(p, rival, score, order)
            found.append({"project": p, "more": more, "unit": unit, "exact": exact})
        return found

    def _rivals(self, p: str, selection: Selection) -> list[str]:
        """The funded projects of its exclusive group."""
        group = self.projects[p]["exclusive_group"]
        same = [q for q in selection.funded if self.projects[q]["exclusive_group"] == group]
        return [] if group is None else same

    def _lacked(
        self, p: str, rival: str | None, score: dict[str, int], order: str
    ) -> tuple[int | None, bool]:
        """The least number with which a project takes part and stands before a rival; if exact.

        How many people give further points is open, and so is what a tie order makes of them: a
        number of points that would only come level, or one more, is an upper bound.
        """
        by_votes = self.utility in ("cardinality", "cost")

        def takes_part(more: int) -> bool:
            total = score[p] + more * self.scale[p]
            return self.votes[p] + more > 0 and total >= self.minimum

        def standing(more: int) -> tuple[int, Fraction]:
            return self.merit(p, score[p] + more * self.scale[p], order)

        if rival is None:
            return least_number(0, takes_part), True
        level, rank = self.merit(rival, score[rival], order), self.rank(rival)
        more = least_number(
            0,
            lambda more: (
                takes_part(more)
                and (standing(more), self.rank(p, more if by_votes else 0)) < (level, rank)
            ),
        )
        if more is None or by_votes or not takes_part(more - 1):
            return more, True
        return more, level not in (standing(more), standing(more - 1))

    # -- equal shares (Peters, Pierczyński, Skowron 2021)

    def equal_shares(self) -> Selection:
        """Everyone holds an equal share; supporters buy what is cheapest for what it gives them."""
        share = Fraction(self.budget, max(1, self.voters))
        if self.completion.startswith("add1"):
            selection = self._raise_shares(share)
        else:
            selection = Shares(self, share).run().account()
        if self.completion.endswith("greedy"):
            self.fill(selection)
        if self.parameters["compare"]:
            selection = self._compared(selection)
        selection.margins = self.sufficient_margins(selection.funded)
        return selection

    def sufficient_margins(self, funded: list[str]) -> list[Json]:
        """So many further voters, who choose nothing else, can surely pay for a project alone.

        Others can shut out a project of a group, and another outcome can be taken instead
        (`compare`): nothing is stated of those.
        """
        found = []
        for p in sorted(set(self.projects) - set(funded), key=str.encode):
            project, margin = self.projects[p], Json(project=p, unit="votes")
            if project["cost"] > self.budget:
                found.append({**margin, "more": None, "exact": True})
            elif project["exclusive_group"] is None and not self.parameters["compare"]:
                more = self._payers(project["cost"], max(1, self.minimum - self.score[p]))
                found += [] if more is None else [{**margin, "more": more, "exact": False}]
        return found

    def _payers(self, cost: int, least: int) -> int | None:
        """How many voters more can pay for a cost alone, each with an equal share of the budget."""
        more = least_number(least, lambda k: k * self.budget >= cost * (self.voters + k))
        if more is None or not (self.completion.startswith("add1") and self.parameters["integral"]):
            return more
        for k in range(more, more + 1000):  # shares are whole amounts of the currency, rounded down
            if k * (self.budget // ((self.voters + k) * self.major) * self.major) >= cost:
                return k if k <= MOST_INTEGER else None
        return None

    def _raise_shares(self, first: Fraction) -> Selection:
        """The completion `add1`: count again with greater shares, and keep the last that fits."""
        if self.parameters["integral"]:
            first = Fraction(first // self.major * self.major)
        raises, met, account, ended = 0, dict[Any, Json](), Json(), ""
        kept = Shares(self, first)
        while not ended:
            share = first + raises * self.parameters["step"] * self.major
            run = Shares(self, share).run()
            for tie in run.selection.ties:
                told = (*tie["projects"], None, *tie["decided_by"])
                met.setdefault(told, {**tie, "raises": raises})
            if run.room.left < 0:
                ended = "overrun"
                break
            kept, waiting = run, run.possible()
            account = {"raises": raises, "share": decimal(share)}
            dear = all(self.projects[p]["cost"] > run.room.left for p in waiting)
            if not waiting:
                ended = "all_funded"
            elif self.parameters["exhaustive"] and dear:
                ended = "exhaustive"
            raises += 1
        account |= {"first_share": decimal(first), "ended": ended}
        selection = kept.account()
        selection.ties, selection.completion["add1"] = list(met.values()), account
        return selection

    def _compared(self, selection: Selection) -> Selection:
        """The greedy outcome instead, if strictly more voters have the higher utility there."""
        rival = self.greedy(Selection(), self.score, Room(self.budget))
        gain = [0] * len(self.weights)
        for sign, chosen in ((1, selection), (-1, rival)):
            for p in chosen.funded:
                for ballot, units in self.support[p]:
                    gain[ballot] += sign * units * self.scale[p]
        here = sum(weight for weight, more in zip(self.weights, gain) if more > 0)
        there = sum(weight for weight, more in zip(self.weights, gain) if more < 0)
        chosen, other = (rival, selection) if there > here else (selection, rival)
        account = {
            "chosen": "greedy" if there > here else "equal-shares",
            "higher_with_equal_shares": here,
            "higher_with_greedy": there,
            "other_funded": other.funded,
        }
        chosen.completion = {**selection.completion, "compare": account}
        return chosen

    def run(self) -> Selection:
        """Count by the rule of the manifest."""
        if self.name == "phragmen":
            selection = Earnings(self).run()
            return self.fill(selection) if self.completion == "greedy" else selection
        if self.name == "equal-shares":
            return self.equal_shares()
        score = {
            p: self.scale[p] * sum(self.weights[b] * u for b, u in given)
            for p, given in self.support.items()
        }
        order = self.parameters.get("order", "score")
        unaffordable = self.parameters.get("unaffordable", "skip")
        selection = self.greedy(Selection(), score, Room(self.budget), order, unaffordable)
        selection.margins = self.greedy_margins(selection, score, order)
        return selection


class Shares:
    """One count by equal shares. Money is in whole multiples of 1/`unit`, which becomes finer.

    A project's price is the least amount per unit of utility at which its supporters, each paying
    that times their utility or else all that they hold, pay its cost together.
    """

    def __init__(self, count: Count, share: Fraction) -> None:
        self.count, self.selection, self.room = count, Selection(), Room(count.budget)
        self.unit, self.money = share.denominator, [share.numerator] * len(count.weights)
        self.paid: dict[str, tuple[int, dict[int, int]]] = {}
        self.taking_part = count.left_out(count.score, self.selection)

    def possible(self) -> list[str]:
        """The supported projects that are neither funded nor shut out."""
        return [
            p
            for p in self.taking_part
            if p not in self.selection.funded and not self.room.shut_out(self.count.projects[p])
        ]

    def price(self, p: str) -> tuple[int, int] | None:
        """The price as (missing, gain): missing / (gain · unit); None if supporters hold too little."""
        groups: dict[tuple[int, int], int] = defaultdict(int)
        for ballot, units in self.count.support[p]:
            if self.money[ballot]:
                groups[self.money[ballot], units] += self.count.weights[ballot]
        missing = self.count.projects[p]["cost"] * self.unit
        if missing > sum(money * voters for (money, _), voters in groups.items()):
            return None
        gain = sum(units * voters for (_, units), voters in groups.items())
        for money, units in sorted(groups, key=lambda group: Fraction(*group)):
            if missing * units <= money * gain:
                break  # they can pay in full, and so can all who hold more per unit
            missing -= money * groups[money, units]
            gain -= units * groups[money, units]
        return missing, gain or 1

    def run(self) -> Shares:
        """Buy until nobody can pay for anything more, or until the budget is overrun."""
        known: dict[str, Fraction] = dict.fromkeys(self.taking_part, Fraction(0))
        while self.room.left >= 0:
            best: Fraction | None = None
            offers: dict[str, tuple[int, int]] = {}
            for p in sorted(self.possible(), key=lambda p: known.get(p, Fraction(0))):
                if p not in known:
                    continue
                if best is not None and known[p] > best:
                    break  # prices never fall, since money only gets less
                offer = self.price(p)
                if offer is None:
                    del known[p]
                    continue
                scale = max(1, self.count.scale[p])
                known[p] = Fraction(offer[0], offer[1] * self.unit * scale)
                if best is None or known[p] <= best:
                    offers = {p: offer} if known[p] != best else {**offers, p: offer}
                    best = known[p]
            if best is None:
                break
            names = list(offers)
            if len(names) > 1:
                names, tie = self.count.settle(names, len(self.selection.rounds) + 1)
                self.selection.ties.append(tie)
            self._buy(names[0], offers[names[0]], best)
        return self

    def account(self) -> Selection:
        """Say of each project that nobody could pay for what its supporters held, and had paid."""
        weights = self.count.weights
        for p in [p for p in self.taking_part if p not in self.selection.funded]:
            shut = self.room.shut_out(self.count.projects[p])
            if shut:
                self.selection.say(p, "excluded_by_group", **shut)
                continue
            ballots = [ballot for ballot, _ in self.count.support[p]]
            held = sum(self.money[ballot] * weights[ballot] for ballot in ballots)
            used: list[tuple[str, int]] = []
            for other, (unit, paid) in self.paid.items():
                amount = sum(paid[b] * weights[b] for b in ballots if b in paid) // unit
                used += [(other, amount)] if amount else []
            used.sort(key=lambda pair: (-pair[1], pair[0].encode()))
            values = {"held": held // self.unit, "used": [list(pair) for pair in used]}
            self.selection.say(p, "supporters_short", **values)
        return self.selection

    def _buy(self, p: str, offer: tuple[int, int], rho: Fraction) -> None:
        (missing, gain), project = offer, self.count.projects[p]
        per_unit = Fraction(missing, gain * self.unit)
        finer = gain // gcd(missing, gain)
        self.unit *= finer
        self.money = [money * finer for money in self.money]
        amount, full, short, paid = missing * finer // gain, 0, 0, dict[int, int]()
        for ballot, units in self.count.support[p]:
            held, voters = self.money[ballot], self.count.weights[ballot]
            if held:
                paid[ballot] = min(held, amount * units)
                self.money[ballot] = held - paid[ballot]
                full += voters if held >= amount * units else 0
                short += voters if held < amount * units else 0
        self.paid[p] = self.unit, paid
        self.room.take(project, project["cost"])
        self.selection.funded.append(p)
        shares = {"full": full, "full_pays": decimal(per_unit), "short": short}
        account = {"cost": project["cost"], "rho": ratio(rho), **shares}
        values = {"left": self.room.left, **shares}
        self.selection.decide(p, "funded", self.room.left, values, **account)


class Earnings:
    """One count by `phragmen` (Los, Christoff, Grossi 2022).

    Everyone earns one unit of money per unit of time; supporters buy as soon as they can, with all
    that they hold, and begin anew. `since[i]` is when the voters of ballot i paid last.
    """

    def __init__(self, count: Count) -> None:
        self.count, self.selection, self.room = count, Selection(), Room(count.budget)
        self.stop = count.parameters["unaffordable"] == "stop"
        self.since = [Fraction(0)] * len(count.weights)
        self.times: dict[str, Fraction] = {}
        for p in count.left_out(count.score, self.selection):
            if self._cost(p) > count.budget:
                self.selection.say(p, TOO_EXPENSIVE, step=1, left=count.budget)
            else:
                self.times[p] = self._time(p)

    def _time(self, p: str) -> Fraction:
        """When the supporters of a project together hold its cost, if they buy nothing before."""
        earlier: dict[Fraction, int] = defaultdict(int)
        for ballot, _ in self.count.support[p]:
            earlier[self.since[ballot]] += self.count.weights[ballot]
        together = Fraction(self.count.projects[p]["cost"])
        together += sum(moment * voters for moment, voters in earlier.items())
        return together / self.count.votes[p]

    def run(self) -> Selection:
        """Buy the earliest project, until nobody waits or the earliest does not fit."""
        while self.times:
            now = min(self.times.values())
            equal = [p for p in self.times if self.times[p] == now]
            for p in sorted(equal, key=str.encode):
                shut = self.room.shut_out(self.count.projects[p])
                if shut or (self._cost(p) > self.room.left and not self.stop):
                    self._decide(p, "excluded_by_group" if shut else TOO_EXPENSIVE, **shut)
                    equal.remove(p)
            if len(equal) > 1:
                equal, tie = self.count.settle(equal, len(self.selection.rounds) + 1)
                self.selection.ties.append(tie)
            if equal and self._cost(equal[0]) > self.room.left:
                self._decide(equal[0], TOO_EXPENSIVE)
                for p in self.times:
                    self.selection.say(p, "count_ended", ended_by=equal[0])
                break
            if equal:
                self._buy(equal[0], now)
        return self.selection

    def _cost(self, p: str) -> int:
        return int(self.count.projects[p]["cost"])

    def _buy(self, p: str, now: Fraction) -> None:
        self.room.take(self.count.projects[p], self._cost(p))
        self.selection.funded.append(p)
        self._decide(p, "funded")
        for ballot, _ in self.count.support[p]:
            self.since[ballot] = now
        self.times = {other: self._time(other) for other in self.times}

    def _decide(self, p: str, code: str, **shut: str) -> None:
        account = {"cost": self._cost(p), "time": ratio(self.times.pop(p))}
        values = {"left": self.room.left, **shut}
        self.selection.decide(p, code, self.room.left, values, **account)


def least_number(least: int, enough: Callable[[int], bool]) -> int | None:
    """The least number from `least` on that is enough, where more is never worse; None without one."""
    most = MOST_INTEGER
    if least > most or not enough(most):
        return None
    while least < most:
        middle = (least + most) // 2
        least, most = (least, middle) if enough(middle) else (middle + 1, most)
    return least


def ratio(number: Fraction) -> str:
    """A fraction as text, both parts always."""
    return f"{number.numerator}/{number.denominator}"


def decimal(amount: Fraction) -> str:
    """An amount with six decimals, rounded down, without zeros at the end."""
    whole_part, rest = divmod(amount.numerator * 10**6 // amount.denominator, 10**6)
    return f"{whole_part}.{rest:06d}".rstrip("0").rstrip(".")


def written(number: int) -> Any:
    """A whole number in JSON: beyond 2^53 − 1 as text, since some readers lose digits."""
    return number if abs(number) <= MOST_INTEGER else str(number)


def compare(e: Evidence, box: str, ballots: Ballots, published: Json) -> int:
    """Count a box again and compare; returns the number of steps, raises `Failed` or `Skipped`."""
    count = Count(e, box, ballots)
    expected = outcome_of(e, box, ballots, count, count.run())
    if count.voters < e.terms["least_cell"]:  # nothing is published that tells a number
        expected = without_numbers(expected)
    ours, theirs = expected["rounds"], get(published, "rounds", OUTCOME)
    for step, (mine, other) in enumerate(zip(ours, theirs), start=1):
        require(mine == other, f"the recount departs from the published steps at step {step}.")
    require(len(ours) == len(theirs), f"the recount has {len(ours)} steps, not {len(theirs)}.")
    if dumps(published) != dumps(expected):
        raise Failed(_difference("", published, expected))
    return len(ours)


def _difference(where: str, found: Any, expected: Any) -> str:
    """The first place in which the outcome departs from the recount, and what both say there."""
    if isinstance(found, dict) and isinstance(expected, dict):
        for name in (*expected, *(extra for extra in found if extra not in expected)):
            one, other = found.get(name, MISSING), expected.get(name, MISSING)
            if one != other or type(one) is not type(other):
                return _difference(f"{where}, {name}" if where else name, one, other)
    if isinstance(found, list) and isinstance(expected, list):
        for number, (one, other) in enumerate(zip(found, expected), start=1):
            if one != other:
                about = other if isinstance(other, dict) else {}
                item = about.get("project", about.get("id", number))
                return _difference(f"{where}, {item}", one, other)
    return f"{where}: {both(found, expected)}."


def outcome_of(e: Evidence, box: str, ballots: Ballots, count: Count, ours: Selection) -> Json:
    """The outcome of a count as it is published."""
    votes, score = count.all_votes(ballots)
    spent = sum(count.projects[p]["cost"] for p in ours.funded)
    spent += ours.partial["amount"] if ours.partial else 0
    refused, settled = sum(e.invalid(box).values()), count.ties
    withheld = f"box/{box}/withheld.json" in e.archive
    verdicts = dict.fromkeys(("funded", "funded_by_completion"), "funded")
    verdicts["funded_in_part"] = "funded_in_part"
    projects = []
    for p in sorted(count.every, key=str.encode):
        code = ours.codes.get(p, "withdrawn")
        said = {"id": p, "cost": count.every[p]["cost"], "votes": votes[p], "code": code}
        said |= {"verdict": verdicts.get(code, "not_funded"), "values": ours.values.get(p, {})}
        projects.append({**said, "score": written(score[p])})
    return {
        "schema": "tallying.outcome/1",
        "rule": {
            "rule": count.name,
            "utility": count.utility,
            "completion": count.completion,
            "parameters": count.parameters,
            "ties": settled,
            "lots": count.lots if "lots" in settled else None,
            "seed": count.seed.hex() if "seed" in settled else None,
        },
        "input": None if withheld else counted_digest(e, box, ballots),
        "counts": {
            "voters": count.voters + refused,
            "ballots": count.voters,
            "blank": ballots.get(b"[]", 0),
            "invalid": refused,
        },
        "repairs": [],
        "budget": count.budget,
        "currency": e.manifest["currency"],
        "minor_digits": e.manifest["minor_digits"],
        "funded": ours.funded,
        "partial": ours.partial,
        "spent": spent,
        "unspent": count.budget - spent,
        "projects": projects,
        "rounds": ours.rounds,
        "ties": ours.ties,
        "margins": ours.margins,
        "completion": ours.completion,
    }


def counted_digest(e: Evidence, box: str, ballots: Ballots) -> str:
    """SHA-256 over what was counted: the ballots and the election."""
    manifest, projects = e.manifest, []
    for project in sorted(e.boxes[box]["projects"], key=lambda project: project["id"].encode()):
        names, fixed = project["name"], {"district": "", "partial_minimum": None, "partial_step": 1}
        name = next((names[lang] for lang in manifest["languages"] if lang in names), "")
        kept = {key: project[key] for key in ("id", "cost", "categories", "exclusive_group")}
        projects.append({**fixed, **kept, "name": name})
    election = {name: manifest[name] for name in ("currency", "limits", "minor_digits", "style")}
    election |= {"budget": e.boxes[box]["budget"], "projects": projects}
    gone = e.withdrawn(box)
    election |= {"withdrawn": gone} if gone else {}
    pairs = b",".join(b"[%b,%d]" % pair for pair in ballots.items())
    return sha256(b'{"ballots":[%b],"election":%b}' % (pairs, dumps(election))).hexdigest()


# 11 --- The command -------------------------------------------------------------------------------

MEANING = {
    "verified": "Verified: nothing failed, and the keys are those of your trust file.",
    "verified, not recounted": (
        "Verified, not recounted: nothing failed, and the keys are those of your trust file."
    ),
    "consistent, origin unproven": (
        "Consistent, origin unproven: nothing failed, but no trust file (--trust) says whose keys"
        " signed it."
    ),
    "incomplete": "Incomplete: a check was skipped that this edition allows to make.",
    "failed": "FAILED: this bundle does not prove its result.",
}


def make(check: str, evidence: Evidence) -> Finding:
    """Make one check. Whatever a hostile file makes it stumble over is a FAIL of that check."""
    try:
        if check in FOR_AUDITORS and evidence.is_public:
            if check == "V11":
                stated_roll(evidence)
            raise _unseen(evidence)
        return Finding(check, "PASS", printable(CHECKS[check][1](evidence)))
    except Skipped as skip:
        return Finding(check, "SKIP", printable(str(skip)), skip.expected)
    except Failed as error:
        return Finding(check, "FAIL", printable(str(error)))
    except Exception as error:  # noqa: BLE001 — a file decides what goes wrong here
        what = f"{evidence.archive.reading}, or a file read before, has an unexpected form"
        what = f"{what} ({type(error).__name__}: {str(error)[:120]})."
        return Finding(check, "FAIL", printable(what))


def _unseen(e: Evidence) -> Skipped:
    """Why what only auditors see is not checked: it is elsewhere, or destroyed and attested before."""
    if not e.destroyed:
        return Skipped("needs the auditor edition")
    number, needed = len(attested(e)[0]), whole(e.manifest, "attestations_required", MANIFEST)
    told = f"{number} trusted auditors attested before, of {needed} that the round requires"
    return Skipped(f"destroyed; {told}", expected=number >= needed)


def printable(text: str) -> str:
    """The text on one line, without what a hostile file could send to a terminal."""
    kept = (character if character.isprintable() else "?" for character in text[:400])
    return unicodedata.normalize("NFC", "".join(kept))


def verdict(findings: Sequence[Finding], trusted: bool) -> str:
    """The worst that was found."""
    if any(finding.status == "FAIL" for finding in findings):
        return "failed"
    if not all(finding.expected for finding in findings):
        return "incomplete"
    if not trusted:
        return "consistent, origin unproven"
    return "verified, not recounted" if "V22" in skipped(findings) else "verified"


def skipped(findings: Sequence[Finding]) -> list[str]:
    """Which checks were not made."""
    return [finding.id for finding in findings if finding.status == "SKIP"]


def closing(evidence: Evidence, said: str, findings: Sequence[Finding]) -> Iterator[str]:
    """The last lines: what it comes to, and what that leaves open."""
    failing = [finding.id for finding in findings if finding.status == "FAIL"]
    if failing == ["V29"] and not evidence.receipt_proves:
        yield f"FAILED: the receipt {evidence.receipt_name} proves nothing; nothing else failed."
        return
    yield MEANING[said]
    if said == "failed":
        return
    if evidence.server_trust or not evidence.sealed:
        yield "Server-trust: the server itself could open the ballots of this round."
    if "V22" in skipped(findings):
        yield "The count was not done again, or not in every box: V22 says why."
    if said != "incomplete" and evidence.is_public:
        unseen = [n for n in skipped(findings) if n in (*FOR_AUDITORS, "V21", "V22")]
        told = "who voted, that each ballot counted is one that was cast, and what is withheld"
        unseen_by = f"only auditors can check ({', '.join(unseen)})."
        yield f"This is the public edition: {told}, {unseen_by}"


def verify(
    evidence: Evidence, tell: Callable[[Finding], None] | None = None
) -> tuple[str, list[Finding]]:
    """Make every check, one after the other; the verdict, and what each came to."""
    findings = []
    for check in CHECKS:
        findings.append(make(check, evidence))
        if tell:
            tell(findings[-1])
    return verdict(findings, evidence.trust is not None), findings


def report(said: str, findings: Sequence[Finding]) -> bytes:
    """The report for machines."""
    checks = [{"id": f.id, "status": f.status, "detail": f.detail} for f in findings]
    return dumps({"verdict": said, "checks": checks}) + b"\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify a bundle; 0 when it passes, 1 when it does not, 2 when it cannot be read."""
    parser = argparse.ArgumentParser(description="Check the evidence bundle of a vote.")
    parser.add_argument("bundle", metavar="BUNDLE")
    parser.add_argument("--trust", metavar="FILE", help="keys as printed in the gazette")
    parser.add_argument("--json", metavar="FILE", help="write a report; - is standard output")
    parser.add_argument("--receipt", metavar="FILE", help="look up your own receipt in the log")
    parser.add_argument("--no-recount", action="store_true", help="do not count again (V22)")
    args = parser.parse_args(arguments)
    out = sys.stderr if args.json == "-" else sys.stdout
    try:
        trust = (
            Policy(Path(args.trust).read_text(encoding="utf8"), args.trust) if args.trust else None
        )
        receipt = Path(args.receipt).read_bytes() if args.receipt else None
        evidence = Evidence(Archive(args.bundle), trust, receipt, not args.no_recount)
        evidence.receipt_name = printable(args.receipt or "")
    except OSError as error:
        print(printable(f"{error.filename} cannot be read: {error.strerror}."), file=sys.stderr)
        return 2
    except UnicodeDecodeError:
        print(printable(f"{args.trust} is not text in UTF-8."), file=sys.stderr)
        return 2
    except (Unsafe, Failed) as error:
        print(printable(str(error)), file=sys.stderr)
        return 2

    def tell(finding: Finding) -> None:
        line = f"{finding.id}  {finding.status}  {CHECKS[finding.id][0]}: {finding.detail}"
        print(line, file=out, flush=True)

    said, findings = verify(evidence, tell)
    for line in closing(evidence, said, findings):
        print(line, file=out)
    if args.json == "-":
        sys.stdout.buffer.write(report(said, findings))
    elif args.json:
        try:
            Path(args.json).write_bytes(report(said, findings))
        except OSError as error:
            print(f"The report cannot be written: {error}.", file=sys.stderr)
            return 2
    return 1 if said in ("incomplete", "failed") else 0


if __name__ == "__main__":
    sys.exit(main())
