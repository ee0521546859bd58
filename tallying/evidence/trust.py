"""The keys that a verifier trusts: a file with lines `log KEY`, `receipt KEY`, `auditor KEY`.

The same form stands in the bundle as `config/policy.txt`; a trust file is copied from the
gazette, so that a bundle forged with other keys is seen.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from tallying.errors import InvalidBundle
from tallying.evidence.notes import InvalidNote, Verifier

ROLES = ("log", "receipt", "auditor")


@dataclass(frozen=True)
class Trust:
    """Verifier keys by what they may sign."""

    log: tuple[Verifier, ...] = ()
    receipt: tuple[Verifier, ...] = ()
    auditor: tuple[Verifier, ...] = ()

    @classmethod
    def parse(cls, text: str, file: str) -> Self:
        """Read a policy or trust file; raises `InvalidBundle` naming file and line."""
        keys: dict[str, list[Verifier]] = {role: [] for role in ROLES}
        for number, line in enumerate(text.splitlines(), start=1):
            words = line.split("#", 1)[0].split()
            if not words:
                continue
            if len(words) != 2 or words[0] not in ROLES:
                message = (
                    f"{file}, line {number}: a line reads ROLE KEY, with a role of {_roles()}."
                )
                raise InvalidBundle(message)
            try:
                keys[words[0]].append(Verifier.parse(words[1]))
            except InvalidNote as error:
                message = f"{file}, line {number}: {error}"
                raise InvalidBundle(message) from error
        return cls(*(tuple(keys[role]) for role in ROLES))


def _roles() -> str:
    return ", ".join(ROLES)


def named(verifiers: Iterable[Verifier]) -> str:
    """The keys' names, for a message."""
    return ", ".join(sorted({verifier.name for verifier in verifiers})) or "no key"
