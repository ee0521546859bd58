"""The keys that a verifier trusts: a file copied from the gazette.

Lines `log KEY`, `receipt KEY` and `auditor KEY`, and, where witnesses are asked for, the lines
`witness`, `group` and `quorum` of a policy (`policy.py`). A bundle forged with other keys is seen.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from tallying.errors import InvalidBundle
from tallying.evidence.notes import InvalidNote, Verifier
from tallying.evidence.policy import Policy

ROLES = ("log", "receipt", "auditor")
WITNESSING = ("witness", "group", "quorum")
REMARK = re.compile(r"(^|[ \t])#.*")


@dataclass(frozen=True)
class Trust:
    """Verifier keys by what they may sign; `policy` None where no quorum of witnesses is named."""

    log: tuple[Verifier, ...] = ()
    receipt: tuple[Verifier, ...] = ()
    auditor: tuple[Verifier, ...] = ()
    policy: Policy | None = None

    @classmethod
    def parse(cls, text: str, file: str) -> Self:
        """Read a trust file; raises `InvalidBundle` naming file and line."""
        keys: dict[str, list[Verifier]] = {role: [] for role in ROLES}
        witnessing: list[str] = []
        for number, line in enumerate(text.split("\n"), start=1):
            words = REMARK.sub("", line).split()
            of_policy = bool(words) and words[0] in WITNESSING
            # An empty line for each of the others, so that a fault is named at its own number.
            witnessing.append(" ".join(words) if of_policy else "")
            if words and not of_policy:
                role, key = _key(words, f"{file}, line {number}")
                keys[role].append(key)
        content = "\n".join(witnessing)
        policy = Policy.parse(content.encode(), file) if content.strip() else None
        log, receipt, auditor = (tuple(keys[role]) for role in ROLES)
        return cls(log, receipt, auditor, policy)


def _key(words: list[str], where: str) -> tuple[str, Verifier]:
    if len(words) != 2 or words[0] not in ROLES:
        message = (
            f"{where}: a line reads ROLE KEY, with a role of {', '.join(ROLES)}, "
            f"or begins with {', '.join(WITNESSING)}."
        )
        raise InvalidBundle(message)
    try:
        return words[0], Verifier.parse(words[1])
    except InvalidNote as error:
        message = f"{where}: {error}"
        raise InvalidBundle(message) from error


def named(verifiers: Iterable[Verifier]) -> str:
    """The keys' names, for a message."""
    return ", ".join(sorted({verifier.name for verifier in verifiers})) or "no key"
