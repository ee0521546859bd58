"""Which logs and witnesses are known, and how many must have signed: C2SP tlog-policy.

A policy is lines of `log KEY [ADDRESS]`, `witness NAME KEY [ADDRESS]`,
`group NAME all|any|K MEMBER…` and one `quorum NAME|none`. Names are octets that mean something
inside the file only.
"""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import NoReturn, Self, TypeVar

from tallying.errors import InvalidBundle
from tallying.evidence.cosignature import WitnessKey
from tallying.evidence.notes import InvalidNote, Verifier

NONE = "none"
THRESHOLD = re.compile(r"[1-9][0-9]{0,3}")
FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
MOST_LINES = 1000
COMMENT = "#"

Key = TypeVar("Key", bound=Verifier)


class InvalidPolicy(InvalidBundle):
    """A text that is no policy; the message names file and line."""


@dataclass(frozen=True)
class Log:
    """A log whose checkpoints are accepted; `address` None where the file gives none."""

    key: Verifier
    address: str | None = None


@dataclass(frozen=True)
class Witness:
    """A witness under the name that the policy gives it."""

    name: str
    key: WitnessKey
    address: str | None = None


@dataclass(frozen=True)
class Group:
    """Has signed when `threshold` of its members, witnesses or groups, have."""

    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True)
class Policy:
    """What makes a checkpoint acceptable: one of `logs`, and `quorum`."""

    logs: tuple[Log, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    groups: dict[str, Group] = field(default_factory=dict)
    quorum: str = NONE

    @classmethod
    def parse(cls, content: bytes, file: str) -> Self:
        """Read a policy; raises `InvalidPolicy`. Octets that are no UTF-8 stay as they are."""
        reader = _Reader(file)
        reader.read(content.decode(errors="surrogateescape"))
        return cls(tuple(reader.logs), tuple(reader.witnesses), reader.groups, reader.quorum)

    @property
    def needs_witnesses(self) -> bool:
        """Whether the quorum asks for anybody."""
        return self.quorum != NONE

    @property
    def keys(self) -> tuple[WitnessKey, ...]:
        """The keys of every witness."""
        return tuple(witness.key for witness in self.witnesses)

    def names(self, signers: Iterable[Verifier]) -> frozenset[str]:
        """What the policy calls those of its witnesses who are among `signers`."""
        found = set(signers)
        return frozenset(witness.name for witness in self.witnesses if witness.key in found)

    def is_met(self, signed: Collection[str]) -> bool:
        """Whether the witnesses named in `signed` are enough."""
        return not self.needs_witnesses or self._has_signed(self.quorum, signed)

    def _has_signed(self, name: str, signed: Collection[str]) -> bool:
        group = self.groups.get(name)
        if group is None:
            return name in signed
        return sum(self._has_signed(member, signed) for member in group.members) >= group.threshold


def with_log(key: str, witnessing: str | None) -> bytes:
    """The policy of one log: its key, and the lines on witnesses, if any."""
    nobody = f"quorum {NONE}\n"
    return f"log {key}\n{witnessing or nobody}".encode()


class _Reader:
    """One file, read line by line; lines refer to what stands above them."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.logs: list[Log] = []
        self.witnesses: list[Witness] = []
        self.groups: dict[str, Group] = {}
        self.quorum = ""
        self._names: set[str] = set()
        self._members: set[str] = set()  # each counts in one way only
        self._keys: set[tuple[str, bytes]] = set()

    def read(self, text: str) -> None:
        """Read every line; raises `InvalidPolicy`."""
        if FORBIDDEN.search(text):
            self._refuse("it holds a control character", None)
        lines = text.split("\n")
        if len(lines) > MOST_LINES:
            self._refuse(f"it has more than {MOST_LINES} lines", None)
        for number, line in enumerate(lines, start=1):
            words = re.split(r"[ \t]+", line.strip(" \t"))
            if words[0] and not words[0].startswith(COMMENT):
                self._line(words, number)
        if not self.quorum:
            self._refuse("it has no line `quorum NAME`", None)

    def _line(self, words: list[str], number: int) -> None:
        read: Callable[[list[str], int], None] | None = {
            "log": self._log,
            "witness": self._witness,
            "group": self._group,
            "quorum": self._quorum,
        }.get(words[0])
        if read is None:
            self._refuse("a line begins with log, witness, group or quorum", number)
        read(words[1:], number)

    def _log(self, words: list[str], number: int) -> None:
        if len(words) not in (1, 2):
            self._refuse("a log reads `log KEY [ADDRESS]`", number)
        key = self._key("log", Verifier, words[0], number)
        self.logs.append(Log(key, *words[1:]))

    def _witness(self, words: list[str], number: int) -> None:
        if len(words) not in (2, 3):
            self._refuse("a witness reads `witness NAME KEY [ADDRESS]`", number)
        self._define(words[0], number)
        key = self._key("witness", WitnessKey, words[1], number)
        self.witnesses.append(Witness(words[0], key, *words[2:]))

    def _group(self, words: list[str], number: int) -> None:
        if len(words) < 3:
            self._refuse("a group reads `group NAME all|any|K MEMBER…`", number)
        name, wanted, *members = words
        for member in members:
            if member not in self._names:
                self._refuse(f"the group {name} has a member {member} that is not defined", number)
            if member in self._members:
                self._refuse(f"{member} is already a member of a group", number)
            self._members.add(member)
        threshold = {"all": str(len(members)), "any": "1"}.get(wanted, wanted)
        if not THRESHOLD.fullmatch(threshold) or int(threshold) > len(members):
            self._refuse(f"the group {name} asks for {wanted} of {len(members)} members", number)
        self._define(name, number)
        self.groups[name] = Group(int(threshold), tuple(members))

    def _quorum(self, words: list[str], number: int) -> None:
        if self.quorum or len(words) != 1:
            self._refuse("there is one line `quorum NAME`", number)
        if words[0] != NONE and words[0] not in self._names:
            self._refuse(f"the quorum names {words[0]}, which is not defined", number)
        self.quorum = words[0]

    def _define(self, name: str, number: int) -> None:
        if name == NONE or name in self._names:
            self._refuse(f"the name {name} is taken", number)
        self._names.add(name)

    def _key(self, role: str, kind: type[Key], text: str, number: int) -> Key:
        try:
            key = kind.parse(text)
        except InvalidNote as error:
            message = f"{self.file}, line {number}: {error}"
            raise InvalidPolicy(message) from error
        if (role, key.public) in self._keys:
            self._refuse(f"the key of the {role} {key.name} stands twice", number)
        self._keys.add((role, key.public))
        return key

    def _refuse(self, why: str, number: int | None) -> NoReturn:
        where = self.file if number is None else f"{self.file}, line {number}"
        message = f"{where}: {why}."
        raise InvalidPolicy(message)
